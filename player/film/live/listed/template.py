"""How a manifest of DASH names segments: templates, timelines and lists (ISO/IEC 23009-1, 5.3.9), to addresses. Pure."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final
from xml.etree.ElementTree import Element

from player.errors import FilmError
from player.film.live.listed.media import ENDLESS, PARTS, joined

MAX_LISTED: Final = 600  # segments that are kept in view, the newest: twenty minutes of 2 s
MAX_TEMPLATE: Final = 2000  # characters of one; a signed address has as many
MAX_NAME: Final = 200  # characters of a representation's, which a template may repeat
MAX_TIME_S: Final = 2**32  # seconds that a manifest may speak of, 136 years; from 1970 on it is now less than half of that
MAX_WIDTH: Final = 20  # digits that a number is filled up to

_NAMED: Final = re.compile(r"\$(RepresentationID|Number|Bandwidth|Time|)(?:%0(\d{1,3})d)?\$")
_WHOLE: Final = re.compile(r"[0-9]{1,18}")
_SIGNED: Final = re.compile(r"-?[0-9]{1,18}")


@dataclass(frozen=True, slots=True)
class Place:
    """What of a representation goes into the addresses of its segments."""

    url: str
    name: str
    bandwidth: int


@dataclass(frozen=True, slots=True)
class Slot:
    """One segment's place in its period."""

    at: Fraction
    """Seconds from the beginning of the period."""
    length: Fraction
    """Seconds."""
    number: int
    time: int
    """As the segments say it, in their own ticks."""


@dataclass(frozen=True, slots=True)
class Span:
    """Which part of a period there is now."""

    since: Fraction | None
    """Seconds from its beginning; None: from its beginning on."""
    until: Fraction | None
    """Likewise; None: nobody knows, for it is written out."""
    is_over: bool
    """Whether the period ends there: its last segment may be a short one."""


@dataclass(frozen=True, slots=True)
class _Run:
    time: int
    length: int
    count: int | None
    """None: as many as there is time for, which only the last can have."""
    first: int
    """How many segments come before it."""


@dataclass(frozen=True, slots=True)
class Addressing:
    """How the segments of one representation are found."""

    place: Place
    scale: int
    """Ticks in a second."""
    offset: int
    """What the segments call the beginning of the period, in ticks."""
    first: int
    """The number of the first segment."""
    each: int
    """Ticks of every segment, where `runs` are empty."""
    runs: tuple[_Run, ...]
    media: str
    """A template; empty: `listed` holds the addresses."""
    listed: tuple[str, ...]
    start: str
    """A template of what is read before all segments; empty: nothing."""

    @property
    def zero(self) -> Fraction:
        """What the segments call the beginning of the period, in seconds."""
        return Fraction(self.offset, self.scale)

    @property
    def usual(self) -> Fraction:
        """How long a segment is, in seconds."""
        return Fraction(self.runs[-1].length if self.runs else self.each, self.scale)

    def head(self) -> str:
        """Return the address of what is read before all segments; empty: there is none."""
        return joined(self.place.url, self._filled(self.start, None)) if self.start else ""

    def url(self, slot: Slot) -> str:
        """Return the address of a segment."""
        named = self._filled(self.media, slot) if self.media else self.listed[slot.number - self.first]
        return joined(self.place.url, named)

    def slots(self, span: Span) -> Iterator[Slot]:
        """Yield the segments that there are in *span*, the newest MAX_LISTED at most."""
        if self.runs:
            yield from self._written(span)
            return
        length = Fraction(self.each, self.scale)
        if span.until is None and not self.listed:
            raise FilmError("its manifest does not say how long it is")
        # What is written out is there, whatever the time is.
        end = len(self.listed) if self.listed else (math.ceil if span.is_over else math.floor)((span.until or 0) / length)
        begin = 0 if span.since is None or self.listed else max(0, math.ceil(span.since / length))
        shift = self.first - 1 if self.listed else 0  # the list moves on, and says so by its first number
        for index in range(max(begin, end - MAX_LISTED), end):
            yield Slot((index + shift) * length, length, self.first + index, self.offset + index * self.each)

    def _written(self, span: Span) -> Iterator[Slot]:
        """Yield what a timeline says; it is there, whatever the time is, but for what goes on without an end."""
        kept: list[Slot] = []
        for run in reversed(self.runs):  # from the newest on, and no further than is kept: a line may stand for a million
            count = self._count(run, span)
            # A list may be shorter than its timeline says.
            end = min(count, len(self.listed) - run.first) if self.listed else count
            for index in range(end - 1, max(-1, count - 1 - (MAX_LISTED - len(kept))), -1):
                time = run.time + index * run.length
                at = Fraction(time - self.offset, self.scale)
                kept.append(Slot(at, Fraction(run.length, self.scale), self.first + run.first + index, time))
            if len(kept) >= MAX_LISTED:
                break
        yield from reversed(kept)

    def _count(self, run: _Run, span: Span) -> int:
        if run.count is not None:
            return run.count
        left = self.offset + math.floor((span.until or 0) * self.scale) - run.time
        return max(0, -(-left // run.length) if span.is_over else left // run.length)

    def _filled(self, text: str, slot: Slot | None) -> str:
        values: dict[str, str | int] = {"RepresentationID": self.place.name, "Bandwidth": self.place.bandwidth}
        if slot is not None:
            values |= {"Number": slot.number, "Time": slot.time}

        def value(found: re.Match[str]) -> str:
            if not found[1]:
                return "$"
            said = values.get(found[1], "")
            return f"{said:0{min(MAX_WIDTH, int(found[2]))}d}" if found[2] and isinstance(said, int) else str(said)

        return _NAMED.sub(value, text)


@dataclass(frozen=True, slots=True)
class _Written:
    """What one element says within itself."""

    runs: tuple[_Run, ...]
    heads: tuple[str, ...]
    listed: tuple[str, ...]


class Addressings:
    """How segments are found in one manifest. What many representations share is read once, and kept once."""

    def __init__(self) -> None:
        self._read: dict[Element, _Written] = {}

    def of(self, levels: Sequence[Element], place: Place) -> Addressing:
        """Return how they are found by what *levels* say, the innermost last and strongest.

        Raises:
            FilmError: They are parts of one file, or it does not say how long they are.
        """
        if len(place.name) > MAX_NAME:
            raise FilmError(ENDLESS)
        for tag in ("SegmentTemplate", "SegmentList"):
            found = [element for level in levels if (element := level.find(tag)) is not None]
            if found:
                return _addressing(found, [self._written(element) for element in found], place)
        raise FilmError(PARTS)

    def _written(self, element: Element) -> _Written:
        if element not in self._read:
            self._read[element] = _written(element)
        return self._read[element]


def _written(element: Element) -> _Written:
    timeline, heads, listed = (element.findall(name) for name in ("SegmentTimeline", "Initialization", "SegmentURL"))
    if any("mediaRange" in each.attrib or "range" in each.attrib for each in (*listed, *heads)):
        raise FilmError(PARTS)
    return _Written(
        tuple(_runs(timeline[0])) if timeline else (),
        tuple(each.get("sourceURL", "") for each in heads),
        tuple(each.get("media", "") for each in listed),
    )


def _addressing(found: Sequence[Element], written: Sequence[_Written], place: Place) -> Addressing:
    said = {name: value for element in found for name, value in element.attrib.items()}
    innermost = written[::-1]
    heads = next((each.heads for each in innermost if each.heads), ())
    made = Addressing(
        place=place,
        scale=whole(said.get("timescale", "1")) or 1,
        offset=whole(said.get("presentationTimeOffset", "0")),
        first=whole(said.get("startNumber", "1")),
        each=whole(said.get("duration", "0")),
        runs=next((each.runs for each in innermost if each.runs), ()),
        media=said.get("media", ""),
        listed=next((each.listed for each in innermost if each.listed), ()),
        start=said.get("initialization", "") or (heads[0] if heads else ""),
    )
    if not (made.runs or made.each) or not (made.media or made.listed):
        raise FilmError("its manifest does not say how long its segments are, or where")
    if max(len(made.media), len(made.start)) > MAX_TEMPLATE:
        raise FilmError(ENDLESS)
    if made.offset > MAX_TIME_S * made.scale:
        raise FilmError("its manifest speaks of times that no stream has")
    return made


def _runs(timeline: Element) -> Iterator[_Run]:
    time = first = 0
    open_one: _Run | None = None
    for each in timeline.findall("S"):
        time = whole(each.get("t", "")) if each.get("t") else time
        length = whole(each.get("d", ""))
        repeat = int(said) if _SIGNED.fullmatch(said := each.get("r", "0")) else 0
        if not length:
            continue
        if open_one is not None:  # it reaches up to where this one begins
            count = max(0, -(-(time - open_one.time) // open_one.length))
            yield replace(open_one, count=count)
            first, open_one = first + count, None
        if repeat < 0:
            open_one = _Run(time, length, None, first)
            time += length
            continue
        yield _Run(time, length, repeat + 1, first)
        first += repeat + 1
        time += length * (repeat + 1)
    if open_one is not None:
        yield open_one


def whole(text: str) -> int:
    """Return a whole number that is not below 0; 0 when *text* is none."""
    return int(text) if _WHOLE.fullmatch(text.strip()) else 0
