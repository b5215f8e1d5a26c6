"""What was fetched of a stream and not yet handed on: a short queue between the thread that fetches and the one that feeds."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass
from typing import Final

from player.film.live.wire import PLAIN, Tag, Track
from player.units import Nanos

MAX_AHEAD: Final = 4  # segments of pictures; who is so far ahead, and as long as is wanted, has no reason to go on
MAX_AHEAD_BYTES: Final = 48_000_000  # of both tracks: one and a half of the largest segments, a minute at 6 Mbit/s
MOST_AHEAD: Final = 1_000  # pieces of both tracks, however short and small: a minute of the shortest that anybody makes


@dataclass(frozen=True, slots=True)
class Piece:
    """A segment, or the end of the stream."""

    run: int
    """Which run it is a part of, counted by who fetches."""
    data: bytes
    """Empty: the stream has ended."""
    track: Track = Track.PICTURES
    tag: Tag = PLAIN
    """Of its run."""
    length: Nanos = 0
    """As it was listed."""


class Pieces:
    """For two threads: one puts, one takes. Whoever recalls them does so from a third."""

    def __init__(self, wanted: Nanos = 0) -> None:
        """*wanted*: so much of pictures is kept, where that is more than MAX_AHEAD segments and less than the other limits."""
        self._wanted = wanted
        self._lock = threading.Lock()
        self._pieces: deque[Piece] = deque()
        self._is_recalled = False
        self.came = threading.Event()
        """Set when there is something to take."""

    def has_room(self, track: Track = Track.PICTURES) -> bool:
        """Whether more of *track* is to be fetched. Sound is not fetched ahead of its pictures, so only memory bounds it here."""
        with self._lock:
            if len(self._pieces) >= MOST_AHEAD or sum(len(piece.data) for piece in self._pieces) >= MAX_AHEAD_BYTES:
                return False
            lengths = [piece.length for piece in self._pieces if piece.track is Track.PICTURES]
            return track is Track.SOUND or len(lengths) < MAX_AHEAD or sum(lengths) < self._wanted

    def put(self, piece: Piece) -> None:
        """Add a piece, unless what is fetched now was recalled."""
        with self._lock:
            if not self._is_recalled:
                self._pieces.append(piece)
                self.came.set()

    def take(self) -> Piece | None:
        """Return the next piece; None when there is none yet."""
        with self._lock:
            if not self._pieces:
                self.came.clear()
                return None
            return self._pieces.popleft()

    def recall(self) -> None:
        """Let go of all, and of whatever is put until who fetches has begun anew: whoever takes next takes nothing of before."""
        with self._lock:
            self._is_recalled = True
            self._pieces.clear()

    @property
    def is_recalled(self) -> bool:
        """Whether what is fetched now is no longer wanted."""
        return self._is_recalled

    def begin_anew(self) -> bool:
        """Take what is put from now on, if they were recalled; return whether they were."""
        with self._lock:
            was_recalled, self._is_recalled = self._is_recalled, False
            return was_recalled
