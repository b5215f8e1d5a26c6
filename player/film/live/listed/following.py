"""Which segment of a live playlist is next: at the edge when it begins, then one after another. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from player.film.live.listed.media import Media, Segment
from player.units import SECOND, Nanos

LEAST_HELD: Final = 2  # segments behind the edge to begin with: one to play while the next is fetched
NEWS: Final[Nanos] = 3 * SECOND  # of a list that stood and goes on; less would run dry before the next segment is listed
RESTARTED: Final = 50  # sequence numbers further back than what was fetched last: the packager began anew


@dataclass(frozen=True, slots=True)
class Step:
    """What to fetch."""

    segment: Segment
    is_apart: bool
    """Whether it does not follow what was fetched before it: decoding begins anew."""


class Follower:
    """The place in one rendition's playlist."""

    def __init__(self, latency: Nanos) -> None:
        """*latency*: how far behind the edge to begin."""
        self._latency = latency
        self._next: int | None = None
        self._newest: int | None = None
        """The last one that was taken."""
        self._past: int | None = None
        """Up to which nothing is to be taken again."""
        self._head = ""

    def rejoin(self) -> None:
        """Begin at the edge again."""
        self._next = None

    def shun(self) -> None:
        """Having rejoined: take nothing again that was taken before. Of a list that stands, its edge is what was shown last."""
        self._past = self._newest

    def begin(self, number: int) -> None:
        """Begin with a segment."""
        self._next, self._head = number, ""

    def again(self, segment: Segment) -> None:
        """Take the step to *segment* back: it is not there yet."""
        self._next, self._newest = segment.number, segment.number - 1

    def step(self, media: Media) -> Step | None:
        """Return what to fetch next; None: it is not there yet."""
        if not media.segments:
            return None
        segments = media.segments
        first, last = segments[0].number, max(each.number for each in segments)
        is_apart = False
        if self._next is not None and (last + 1 < self._next - RESTARTED or (last + 1 < self._next and first == 0)):
            self._next = None  # numbered anew
        if self._next is None and media.has_ended:
            return None  # it was over before we came: a player that starts anew does not begin a ceremony again
        if self._next is None and not self._has_news(media):
            return None
        if self._next is None or self._next < first:
            is_apart = True
            past = first if self._past is None else self._past + 1
            self._next, self._past = max(segments[edge(media, self._latency)].number, past), None
        if self._next > last:
            return None
        wanted = self._next
        segment = next((each for each in segments if each.number >= wanted), None)
        if segment is None:
            return None
        self._newest = segment.number
        # Whatever a list makes of its numbers: one that is left out is a hole, and no fault of ours.
        is_apart = is_apart or segment.is_new or segment.head != self._head or segment.number != wanted
        self._next = segment.number + 1
        self._head = segment.head
        return Step(segment, is_apart)

    def _has_news(self, media: Media) -> bool:
        """Whether enough is listed to begin with that may be taken."""
        past, segments = self._past, media.segments
        if past is None or segments[-1].number < past or segments[0].number > past + 1:
            self._past = None  # nothing to shun, or what there is is numbered anew
            return True
        return sum(each.length for each in segments if each.number > past) >= min(self._latency, NEWS)

    def is_through(self, media: Media) -> bool:
        """Whether everything was fetched of a stream that has ended."""
        if not media.has_ended:
            return False
        return self._next is None or not media.segments or self._next > media.segments[-1].number


def edge(media: Media, latency: Nanos) -> int:
    """Return the index of the segment to begin with, *latency* behind the newest, and never the newest alone."""
    held: Nanos = 0
    for index in range(len(media.segments) - 1, -1, -1):
        held += media.segments[index].length
        if held >= latency and len(media.segments) - index >= LEAST_HELD:
            return index
    return 0


def beside(segment: Segment, pictures: Media, sound: Media) -> int | None:
    """Return the number of the segment of *sound* to begin with beside *segment* of *pictures*; None: there is none.

    By the clock on the wall where both say it; else by the distance to the newest, or the same number if that is about there.
    """
    if not sound.segments:
        return None
    if segment.start is not None:
        known = [each for each in sound.segments if each.start is not None and each.era == segment.era]
        if known:
            fits = [each for each in known if (each.start or 0) <= segment.start]
            return (fits[-1] if fits else known[0]).number
    left = sum(each.length for each in pictures.segments if each.number >= segment.number)
    held: Nanos = 0
    index = len(sound.segments)
    while index and held < left:
        index -= 1
        held += sound.segments[index].length
    same = segment.number - sound.segments[0].number
    return sound.segments[same if abs(same - index) <= 1 and 0 <= same < len(sound.segments) else index].number
