"""The lines of an .ics file, as components with the few properties that matter here; the limits come before the work."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, cast

from icalendar.parser import Contentline, Contentlines

from player.errors import OperatorError

MAX_BYTES: Final = 1_000_000  # a year of a busy calendar is a tenth of it
MAX_LINE_CHARS: Final = 40_000  # unfolded; a list of 2,000 dates has 32,000 characters, and descriptions are not read
MAX_DEPTH: Final = 4  # a calendar, an event, its alarm, and one to spare

_NAME: Final = re.compile(r"\s*([A-Za-z][A-Za-z-]*)\s*[;:]")
_WANTED: Final = frozenset({
    "UID", "SUMMARY", "STATUS", "TRANSP", "SEQUENCE",
    "DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "EXRULE", "RECURRENCE-ID",
    "METHOD", "X-WR-TIMEZONE", "TZID", "X-LIC-LOCATION", "TZOFFSETTO",
})  # fmt: skip
_HELD: Final[Mapping[tuple[str, ...], str]] = {
    ("VCALENDAR",): "VCALENDAR",
    ("VCALENDAR", "VEVENT"): "VEVENT",
    ("VCALENDAR", "VTIMEZONE"): "VTIMEZONE",
    ("VCALENDAR", "VTIMEZONE", "STANDARD"): "VTIMEZONE",
    ("VCALENDAR", "VTIMEZONE", "DAYLIGHT"): "VTIMEZONE",
}
"""By what encloses a line: whose it is. An alarm has a duration and a summary of its own."""


@dataclass(frozen=True, slots=True)
class Property:
    """A line: what it names, and what it says."""

    value: str
    parameters: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Component:
    """An event, a zone, or what the calendar says of itself."""

    properties: Mapping[str, tuple[Property, ...]]
    """By name in capitals, in the order of the file."""

    def one(self, name: str) -> Property | None:
        """Return the first line of this name."""
        return next(iter(self.properties.get(name, ())), None)

    def text(self, name: str) -> str:
        """Return what the first line of this name says; nothing when there is none."""
        found = self.one(name)
        return found.value.strip() if found else ""


@dataclass(slots=True)
class Calendar:
    """What an .ics file holds."""

    itself: list[Component] = field(default_factory=list[Component])
    zones: list[Component] = field(default_factory=list[Component])
    events: list[Component] = field(default_factory=list[Component])
    unread: list[str] = field(default_factory=list[str])
    """A sentence for each line that could not be read."""


def read_calendar(content: bytes) -> Calendar:
    """Return the components of an .ics file.

    Raises:
        OperatorError: it is too large, or no calendar.
    """
    if len(content) > MAX_BYTES:
        raise OperatorError(f"the calendar is larger than {MAX_BYTES // 1_000_000} MB: export a shorter time, or fewer events")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", "replace")  # Outlook, where nobody told it otherwise
    calendar = Calendar()
    stack: list[tuple[str, dict[str, list[Property]]]] = []
    for line in _unfolded(text):
        _take(line, stack, calendar)
    for kind, properties in reversed(stack):  # the end of the file is missing: what there is counts
        _close(kind, properties, calendar)
    if not calendar.itself:
        raise OperatorError("this is no calendar: it has no BEGIN:VCALENDAR")
    return calendar


def _unfolded(text: str) -> Iterable[Contentline]:
    unfold = cast("Callable[[str], Contentlines]", Contentlines.from_ical)  # pyright: ignore[reportUnknownMemberType] - untyped
    return unfold(text.replace("\r\n", "\n").replace("\r", "\n"))


def _take(line: Contentline, stack: list[tuple[str, dict[str, list[Property]]]], calendar: Calendar) -> None:
    named = _NAME.match(line)
    name = named[1].upper() if named else ""
    if named and name == "BEGIN":
        if len(stack) >= MAX_DEPTH:
            raise OperatorError("this is no calendar: events within events within events")
        stack.append((line[named.end() :].strip().upper(), {}))
    elif named and name == "END":
        if stack:
            _close(*stack.pop(), calendar)
    elif name in _WANTED and (kind := _HELD.get(tuple(kind for kind, _ in stack))):
        owner = next(properties for enclosing, properties in stack if enclosing == kind)
        for found in _parts(line, name, calendar):
            owner.setdefault(name, []).append(found)


def _parts(line: Contentline, name: str, calendar: Calendar) -> Iterator[Property]:
    if len(line) > MAX_LINE_CHARS:
        calendar.unread.append(f"a line {name} of {len(line):,} characters is left out: {MAX_LINE_CHARS:,} at most")
        return
    try:
        _, parameters, value = line.parts()
    except ValueError:
        calendar.unread.append(f"a line {name} cannot be read: {line[:60]}")
        return
    yield Property(value, {key.upper(): str(said) for key, said in cast("Mapping[str, object]", parameters).items()})


def _close(kind: str, properties: Mapping[str, list[Property]], calendar: Calendar) -> None:
    held = {"VCALENDAR": calendar.itself, "VTIMEZONE": calendar.zones, "VEVENT": calendar.events}.get(kind)
    if held is not None:
        held.append(Component({name: tuple(said) for name, said in properties.items()}))
