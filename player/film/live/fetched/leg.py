"""The place in one list of segments, of pictures or of sound: what is next of it, and how it is handed on."""

from __future__ import annotations

from typing import Final

from player.film.heads import HEAD_BYTES, packed_at
from player.film.live.fetched.pieces import Piece
from player.film.live.listed.dash import Numbering
from player.film.live.listed.following import Follower, Step
from player.film.live.listed.media import Media, Segment
from player.film.live.wire import PLAIN, Tag, Track
from player.units import Nanos

MOST_TRIES: Final = 8  # for a segment whose time has come: as many seconds' halves are less than what is held in reserve
_JOINED_BITS: Final = 42  # of an era, below the number of times that the stream was joined: milliseconds of 139 years
_FARTHEST: Final[Nanos] = 2**62  # that the instants of a run are moved; a manifest from outside says by how much


class Leg:
    """One track being followed, for the thread that fetches."""

    def __init__(self, track: Track, latency: Nanos) -> None:
        """*latency*: how far behind the edge to begin."""
        self.track = track
        self.follower = Follower(latency)
        self.numbering = Numbering()
        self.url: str = ""
        """Of its list; empty: there is none."""
        self.media: Media | None = None
        """What was listed when it was looked at; None: it is to be looked at."""
        self.is_apart = True
        """Whether what comes next does not follow what came before."""
        self.reached: Nanos = 0
        """How much was fetched since it was joined."""
        self._missed = (-1, 0)
        self.run = 0
        """The newest one, counted from 1."""
        self.run_length: Nanos = 0
        """Of that one, as far as it was handed on."""
        self._tag = PLAIN
        self._eras = 0
        self._is_first = True
        self.has_begun = False
        """Whether it is known where in the list it stands."""

    def go_to(self, url: str) -> None:
        """Follow the list at *url* from now on."""
        if url != self.url:
            self.url, self.media, self.is_apart = url, None, True

    def rejoin(self) -> None:
        """Begin at the edge again."""
        self.follower.rejoin()
        self.media, self.is_apart = None, True
        self.reached = self._eras = 0
        self.has_begun, self._is_first = False, True

    def begin(self, number: int | None, reached: Nanos) -> None:
        """Begin with a segment, if there is one, where another leg was when it had *reached* so far."""
        if number is not None:
            self.follower.begin(number)
            self.has_begun, self.reached = True, reached

    def step(self, media: Media) -> Step | None:
        """Return what is to be fetched next; None: it is not there yet."""
        step = self.follower.step(media)
        if step is not None:
            self._eras += step.segment.is_new and not self._is_first
            self._is_first = False
            self.reached += step.segment.length
            self.is_apart = self.is_apart or step.is_apart
        return step

    def again(self, segment: Segment) -> bool:
        """Take a step back for a segment that was not there; False when that was done often enough."""
        number, tries = self._missed
        tries = tries + 1 if number == segment.number else 1
        self._missed = segment.number, tries
        if tries > MOST_TRIES:
            return False
        self.follower.again(segment)
        self.reached -= segment.length
        return True

    def forgiven(self) -> int:
        """Return how often in vain the segment was asked for that is still awaited, and forget it."""
        (_, tries), self._missed = self._missed, (-1, 0)
        return min(tries, MOST_TRIES)

    def era(self, segment: Segment, media: Media, joins: int) -> int:
        """Return the era of *segment*, the stream having been joined so often."""
        return (joins << _JOINED_BITS) + (segment.era if media.has_eras else self._eras) % (1 << _JOINED_BITS)

    def piece(self, segment: Segment, data: bytes, era: int) -> Piece:
        """Return what is handed on for *segment*, with what must be read before it."""
        if self.is_apart:
            self.is_apart = False
            self.run += 1
            self.run_length = 0
            offset = segment.offset + packed_at(data[:HEAD_BYTES])
            self._tag = Tag(era, max(-_FARTHEST, min(_FARTHEST, offset)))
        self._missed = -1, 0
        self.run_length += segment.length
        return Piece(self.run, data, self.track, self._tag, segment.length)
