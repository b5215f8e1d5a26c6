"""Events: what an .ics file says of one, typed; and the times at which they happen, exceptions and additions applied."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import takewhile
from typing import Final, cast
from zoneinfo import ZoneInfo

from icalendar.prop import vDuration

from player.schedule.ics.lines import Component, Property
from player.schedule.ics.rules import Rule, days, parsed
from player.schedule.ics.zones import UTC, Zones

MAX_DATES: Final = 2000  # in one list of exceptions or additions: one a day for five years
EARLIEST: Final = date(1970, 1, 1)  # what began before is no show's
LATEST: Final = datetime(2200, 1, 1)  # noqa: DTZ001 - a time by the clock on the wall; what is written as later means for ever
MAX_LENGTH: Final = timedelta(days=366)  # of whole days: an exhibition's year
MAX_HOURS: Final = timedelta(days=31)  # of anything else; a slot with a start and a length lasts no longer

_MOMENT: Final = re.compile(r"(\d{8})(?:T(\d{6})(Z)?)?")
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Moment:
    """A day, or a time of day in a zone, as it was written."""

    wall: datetime
    """Without a zone; midnight of a day."""
    zone: str
    """IANA name; empty: wherever one is."""
    is_day: bool = False

    def instant(self, site: str) -> datetime:
        """Return the one instant that it is, at a site in the zone *site*; in a gap later, of a repeated hour the first."""
        return self.wall.replace(tzinfo=ZoneInfo(self.zone or site)).astimezone(ZoneInfo(UTC))


@dataclass(frozen=True, slots=True)
class Occurrence:
    """Once that something happens."""

    title: str
    start: Moment
    length: timedelta
    """By the clock on the wall."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """An event as it was written."""

    uid: str
    title: str
    start: Moment
    length: timedelta
    rules: tuple[tuple[Rule, Moment | None], ...] = ()
    """Each with its end, if it has one."""
    also: tuple[tuple[Moment, timedelta | None], ...] = ()
    """Further times, some with a length of their own."""
    but: tuple[Moment, ...] = ()
    """The times at which it does not happen."""
    instead_of: Moment | None = None
    """The time of a series that this takes the place of."""
    with_all_later: bool = False
    """It takes the place of all later ones too."""
    sequence: int = 0
    absent: str = ""
    """Why it does not happen: cancelled, or free time."""

    @property
    def name(self) -> str:
        """How a person finds it."""
        return f'"{self.title}" ({self.start.wall:%Y-%m-%d})'


def event_of(component: Component, zones: Zones) -> Event:
    """Return the event that *component* says.

    Raises:
        ValueError: it cannot be read; the message says why.
    """
    started = component.one("DTSTART")
    if started is None:
        raise ValueError("it does not say when")
    if component.one("EXRULE"):
        raise ValueError("it has a rule of exceptions (EXRULE), which is not read here")
    start = _moment(started.value, started, zones)
    if start.wall.date() < EARLIEST:
        raise ValueError(f"it begins before {EARLIEST.year}")
    instead = component.one("RECURRENCE-ID")
    return Event(
        uid=component.text("UID"),
        title=component.text("SUMMARY"),
        start=start,
        length=_length(component, start, zones),
        rules=tuple(_rule(said, zones) for said in component.properties.get("RRULE", ())),
        also=_additions(component, zones),
        but=tuple(moment for said in component.properties.get("EXDATE", ()) for moment in _moments(said, zones)),
        instead_of=_moment(instead.value, instead, zones) if instead else None,
        with_all_later=bool(instead) and instead.parameters.get("RANGE", "").upper() == "THISANDFUTURE",
        sequence=int(text) if (text := component.text("SEQUENCE")).isdecimal() and len(text) < 10 else 0,  # noqa: PLR2004 - it fits
        absent=_absence(component),
    )


def occurrences(event: Event, zones: Zones, *, first: date, last: date) -> Iterator[Occurrence]:
    """Yield when *event* happens, from about *first* to *last* at the site; a day more on each side, for the zones."""
    excluded_days = {moment.wall.date() for moment in event.but if moment.is_day or event.start.is_day}
    excluded = {moment.instant(zones.site) for moment in event.but if not moment.is_day}
    begin = max(event.start.wall.date(), first - event.length - _DAY)  # what began before may last until then
    told: set[datetime] = set()
    for start, length in _times(event, zones, begin=begin, last=last + _DAY):
        if start.wall in told or start.wall.date() in excluded_days:
            continue
        told.add(start.wall)
        if start.is_day or start.instant(zones.site) not in excluded:
            yield Occurrence(event.title, start, length)


def _times(event: Event, zones: Zones, *, begin: date, last: date) -> Iterator[tuple[Moment, timedelta]]:
    yield event.start, event.length
    for moment, length in event.also:
        yield moment, event.length if length is None else length
    for rule, end in event.rules:
        for day in _by(rule, end, event.start, zones, begin=begin, last=last):
            yield Moment(datetime.combine(day, event.start.wall.time()), event.start.zone, event.start.is_day), event.length


def _by(rule: Rule, end: Moment | None, start: Moment, zones: Zones, *, begin: date, last: date) -> Iterator[date]:
    """Yield the days of a rule, its end and its count obeyed; the first day counts, whether the rule names it or not."""
    first = start.wall.date()
    found = days(rule, first, begin=first if rule.count else begin, last=last)
    if end:
        found = takewhile(lambda day: _is_by(Moment(datetime.combine(day, start.wall.time()), start.zone), end, zones), found)
    left = rule.count
    for day in found:
        if left is not None:
            left -= 1 if day != first else 0
            if left < 1 and day != first:
                return
        if day >= begin:
            yield day


def _rule(said: Property, zones: Zones) -> tuple[Rule, Moment | None]:
    rule = parsed(said.value)
    return rule, _moment(rule.until, Property(rule.until, {}), zones) if rule.until else None


def _is_by(moment: Moment, end: Moment, zones: Zones) -> bool:
    if end.zone:
        return moment.instant(zones.site) <= end.instant(zones.site)
    return moment.wall.date() <= end.wall.date() if end.is_day else moment.wall <= end.wall


def _length(component: Component, start: Moment, zones: Zones) -> timedelta:
    ended, lasts = component.one("DTEND"), component.text("DURATION")
    if ended:
        length = _span(start, _moment(ended.value, ended, zones), zones)
    elif lasts:
        length = _duration(lasts)
    else:
        length = _DAY if start.is_day else timedelta()
    if length <= timedelta():
        raise ValueError("it lasts no time")
    if length > (MAX_LENGTH if start.is_day else MAX_HOURS):
        raise ValueError("it lasts more than a year" if start.is_day else f"it lasts more than {MAX_HOURS.days} days")
    return length


def _span(start: Moment, end: Moment, zones: Zones) -> timedelta:
    """Return how long it is from *start* to *end* on a clock on the wall where it starts."""
    if end.zone != start.zone and not start.is_day and not end.is_day:
        there = ZoneInfo(start.zone or zones.site)
        return end.instant(zones.site).astimezone(there).replace(tzinfo=None) - start.wall
    return end.wall - start.wall


def _duration(text: str) -> timedelta:
    try:
        duration = cast("Callable[[str], timedelta]", vDuration.from_ical)  # pyright: ignore[reportUnknownMemberType] - untyped
        return duration(text.strip())
    except (ValueError, OverflowError) as error:
        raise ValueError(f'it lasts "{text[:20]}", which is no length of time') from error


def _additions(component: Component, zones: Zones) -> tuple[tuple[Moment, timedelta | None], ...]:
    found: list[tuple[Moment, timedelta | None]] = []
    for said in component.properties.get("RDATE", ()):
        for entry in _entries(said):
            begins, _, ends = entry.partition("/")
            moment = _moment(begins, said, zones)
            length = None
            if ends:
                length = _duration(ends) if ends.startswith("P") else _span(moment, _moment(ends, said, zones), zones)
            if length is None or timedelta() < length <= MAX_LENGTH:
                found.append((moment, length))
    return tuple(found)


def _moments(said: Property, zones: Zones) -> Iterator[Moment]:
    for entry in _entries(said):
        yield _moment(entry, said, zones)


def _entries(said: Property) -> list[str]:
    entries = [entry.strip() for entry in said.value.split(",") if entry.strip()]
    if len(entries) > MAX_DATES:
        raise ValueError(f"it lists {len(entries):,} dates")
    return entries


def _moment(text: str, said: Property, zones: Zones) -> Moment:
    match = _MOMENT.fullmatch(text.strip())
    wall = _wall(match[1], match[2] or "000000") if match else None
    if match is None or wall is None:
        raise ValueError(f'it has a time that there is not: "{text[:20]}"')
    if match[2] is None:
        return Moment(wall, "", is_day=True)
    if match[3]:
        return Moment(wall, UTC)
    named = said.parameters.get("TZID", "")
    if not named:
        return Moment(wall, "")
    zone = zones.known(named)
    if zone is None:
        raise ValueError(f'nobody knows its time zone "{named[:60]}"')
    return Moment(wall, zone)


def _wall(day: str, clock: str) -> datetime | None:
    try:
        date_of = date(int(day[:4]), int(day[4:6]), int(day[6:]))
        wall = datetime.combine(date_of, time(int(clock[:2]), int(clock[2:4]), int(clock[4:])))
    except ValueError:
        return None
    return min(max(wall, datetime(1900, 1, 1)), LATEST)  # noqa: DTZ001 - by the clock on the wall; zones need room on both sides


def _absence(component: Component) -> str:
    if component.text("STATUS").upper() == "CANCELLED":
        return "is cancelled"
    return "is marked as free time, not as busy" if component.text("TRANSP").upper() == "TRANSPARENT" else ""
