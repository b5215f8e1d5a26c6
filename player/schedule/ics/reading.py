"""The whole way: an .ics file's bytes to slots as text, and a line for everything that was left out."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Final
from zoneinfo import ZoneInfo

from player.schedule.ics.events import Event, Moment, Occurrence, event_of, occurrences
from player.schedule.ics.lines import MAX_BYTES, Calendar, Component, read_calendar
from player.schedule.ics.slots import slots_of
from player.schedule.ics.writing import clean, written
from player.schedule.ics.zones import Zones, zones_of
from player.schedule.section import MAX_SLOTS

__all__ = ["MAX_BYTES", "Imported", "imported"]

MAX_EVENTS: Final = 1000  # a busy hall has three a day
MAX_OCCURRENCES: Final = 2000  # days on which something happens, all events together: more is not looked through by anybody
MAX_AHEAD: Final = timedelta(days=731)  # two years: nobody reviews what comes later
MAX_STEPS: Final = 600_000  # of all rules together; under a second. A daily rule that counts from 1970 takes 42,000
MAX_LINES: Final = 100  # of what was left out; then their number

_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Imported:
    """What a calendar came to."""

    yaml: str
    """Slots in the schedule's grammar, for a person to look through."""
    slots: int
    left_out: tuple[str, ...]
    """A sentence for each thing that was left out, and why."""


def imported(content: bytes, *, zone: str, shows: Collection[str], first: date, last: date) -> Imported:
    """Return what becomes of an .ics file.

    Args:
        content: Of the file.
        zone: The site's, by its IANA name: what has no zone in the calendar is meant in it.
        shows: The names of the playlists; a summary that is none of them is kept, with a comment.
        first: The first day that is asked for, local to the site.
        last: The last day; two years after the first at most.

    Raises:
        OperatorError: it is no calendar, or a larger one than is read.
    """
    calendar = read_calendar(content)
    last = min(last, first + MAX_AHEAD)
    reader = _Reader(zones_of(calendar, site=zone, year=first.year), first, last)
    found = slots_of(reader.read(calendar), reader.zones)
    slots = found[:MAX_SLOTS]
    left_out = tuple(calendar.unread) + reader.left_out()
    if len(found) > len(slots):
        left_out = (f"{len(found) - MAX_SLOTS:,} slots after the first {MAX_SLOTS}: a schedule holds no more", *left_out)
    if len(left_out) > MAX_LINES:
        left_out = (*left_out[:MAX_LINES], f"and {len(left_out) - MAX_LINES:,} more")
    return Imported(written(slots, shows, site=zone), len(slots), left_out)


class _Reader:
    """One calendar's way from components to occurrences, with what was left out on it."""

    def __init__(self, zones: Zones, first: date, last: date) -> None:
        self.zones = zones
        self._first = first
        self._last = last
        self._told: dict[str, int] = {}
        """Sentences, with how often each is true."""
        self._outside = 0
        self._left = MAX_OCCURRENCES
        self._steps = MAX_STEPS

    def read(self, calendar: Calendar) -> Iterator[Occurrence]:
        """Yield what happens in the time that is asked for."""
        events = list(self._events(calendar))
        series: dict[str, list[Event]] = {}
        for number, event in enumerate(events):
            series.setdefault(event.uid or f"\0{number}", []).append(event)
        for several in series.values():
            for occurrence in self._of(several):
                days = max(1, occurrence.length.days) if occurrence.start.is_day else 1
                if self._left < days:
                    self._tell(f"more than {MAX_OCCURRENCES:,} days and times: what comes after them in the file")
                    return
                self._left -= days
                yield occurrence

    def left_out(self) -> tuple[str, ...]:
        """Return a sentence for each thing that was left out."""
        told = [f"{sentence}{f' ({count} times)' if count > 1 else ''}" for sentence, count in self._told.items()]
        if self._outside:
            what = "1 event lies" if self._outside == 1 else f"{self._outside:,} events lie"
            told.append(f"{what} outside {self._first} to {self._last}")
        return tuple(told)

    def _tell(self, sentence: str) -> None:
        self._told[sentence] = self._told.get(sentence, 0) + 1

    def _events(self, calendar: Calendar) -> Iterator[Event]:
        is_cancelled = any(component.text("METHOD").upper() == "CANCEL" for component in calendar.itself)
        for component in calendar.events[:MAX_EVENTS]:
            name = _name(component)
            try:
                event = event_of(component, self.zones)
            except (ValueError, OverflowError) as error:
                self._tell(f"{name}: {error}")
                continue
            self._tell_guess(component)
            event = replace(event, title=clean(event.title) or "untitled")
            yield replace(event, absent="is cancelled") if is_cancelled else event
        if len(calendar.events) > MAX_EVENTS:
            self._tell(f"{len(calendar.events) - MAX_EVENTS:,} events after the first {MAX_EVENTS:,}")

    def _tell_guess(self, component: Component) -> None:
        started = component.one("DTSTART")
        named = started.parameters.get("TZID", "") if started else ""
        if named and self.zones.is_guessed(named):
            sentence = f'look at its times: the zone "{clean(named)}" is taken for {self.zones.site}, whose hours it has'
            self._told.setdefault(sentence, 1)

    def _of(self, several: list[Event]) -> Iterator[Occurrence]:
        """Yield when one event happens: its series, and what takes the place of single times of it."""
        newest = _newest(several)
        series = next((event for event in newest if event.instead_of is None), None)
        if series and series.absent:
            self._tell(f"{series.name} {series.absent}")
            return
        changes = [event for event in newest if event.instead_of is not None]
        named: set[object] = set()
        if series:
            yield from self._series(series, changes, named)
        for event in changes:
            if event.absent:
                self._tell(f"{event.name}, once, {event.absent}")
            elif event.with_all_later:
                self._tell(f"{event.name}: this and all later times were changed at once, which is not read: write them yourself")
            elif series is None or self._counts_still(event, series, named):
                once = Occurrence(event.title, event.start, event.length)
                self._outside += not self._is_asked_for(once)
                yield from [self._cut(once)] if self._is_asked_for(once) else []

    def _series(self, event: Event, changes: list[Event], named: set[object]) -> Iterator[Occurrence]:
        """Yield when a series happens but for what *changes* take the place of; what it names goes into *named*."""
        start = event.start.wall.date()
        since = max(start, self._first - event.length - _DAY)
        steps = sum(rule.steps(start if rule.count else since, self._last_of(end)) for rule, end in event.rules)
        if steps > self._steps:
            self._tell(f"{event.name}: the rules of this calendar ask for more than is counted here")
            return
        self._steps -= steps
        replaced = {self._key(change.instead_of, event) for change in changes if change.instead_of}
        end = self._end(changes)
        last = min(self._last, end.date() + _DAY) if end else self._last  # what was changed later is not looked at at all
        several = occurrences(event, self.zones, first=self._first, last=last)
        found = [each for each in islice(several, MAX_OCCURRENCES + len(replaced)) if self._is_asked_for(each)]
        self._outside += not found and end is None
        for each in found:
            key = self._key(each.start, event)
            if end is None or each.start.instant(self.zones.site) < end:
                named.add(key)
                if key not in replaced and each.start.wall.date() not in replaced:
                    yield self._cut(each)

    def _last_of(self, end: Moment | None) -> date:
        """Return the last day that is looked at of a rule with this *end*."""
        return min(self._last, end.wall.date() + _DAY) if end else self._last

    def _counts_still(self, change: Event, series: Event, named: set[object]) -> bool:
        """Whether a change of a series that is newer than it still has its place there."""
        if change.instead_of is None or change.sequence >= series.sequence:
            return True
        return self._key(change.instead_of, series) in named or not self._first <= change.instead_of.wall.date() <= self._last

    def _is_asked_for(self, occurrence: Occurrence) -> bool:
        site = ZoneInfo(self.zones.site)
        begins = occurrence.start.instant(self.zones.site).astimezone(site).replace(tzinfo=None)
        return begins.date() <= self._last and begins + occurrence.length > datetime.combine(self._first, datetime.min.time())

    def _cut(self, occurrence: Occurrence) -> Occurrence:
        """Return whole days without those that are not asked for."""
        if not occurrence.start.is_day:
            return occurrence
        begins = occurrence.start.wall
        ends = begins + occurrence.length
        start = max(begins, datetime.combine(self._first, datetime.min.time()))
        end = min(ends, datetime.combine(self._last + _DAY, datetime.min.time()))
        return replace(occurrence, start=replace(occurrence.start, wall=start), length=end - start)

    def _key(self, moment: Moment, series: Event) -> object:
        """Return what two ways of writing one time of a series have in common."""
        return moment.wall.date() if moment.is_day or series.start.is_day else moment.instant(self.zones.site)

    def _end(self, changes: list[Event]) -> datetime | None:
        """Return from when on all later times of a series were changed at once."""
        from_now_on = [e.instead_of.instant(self.zones.site) for e in changes if e.with_all_later and e.instead_of]
        return min(from_now_on, default=None)


def _newest(several: list[Event]) -> list[Event]:
    """Return of every event and every change of it the newest: of equals, the one further down."""
    newest: dict[Moment | None, Event] = {}
    for event in several:
        known = newest.get(event.instead_of)
        if known is None or event.sequence >= known.sequence:
            newest[event.instead_of] = event
    return list(newest.values())


def _name(component: Component) -> str:
    started = component.text("DTSTART")
    when = (
        f"{started[:4]}-{started[4:6]}-{started[6:8]}"
        if started[:8].isdecimal() and len(started) >= len("20270127")
        else "no date"
    )
    return f'"{clean(component.text("SUMMARY")) or "untitled"}" ({when})'
