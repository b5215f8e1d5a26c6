"""Rules laid out in time: which stretches of UTC each slot and each quiet rule have on a local date.

Each date is worked out afresh, once, and kept for a while. Pure, but for that memory.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Final, TypeVar

from player.schedule import hebrew, shabbat
from player.schedule.rules import (
    NOON,
    Daily,
    DayRule,
    HebrewDate,
    Moment,
    Point,
    QuietRule,
    Rules,
    Shabbat,
    Slot,
    Stretch,
    Sun,
    Word,
)
from player.schedule.span import Span
from player.schedule.sun import below
from player.schedule.zones import end_of, local, start_of, zone
from player.units import Nanos

KEPT: Final = 256  # entries of each memory: weeks of dates, with a few words for the sun on each
_DAY: Final = timedelta(days=1)
_FAR: Final[Nanos] = 1 << 62  # later than any time that there is
_NEVER_DARK: Final = {Word.SUNSET: _FAR, Word.DARK: _FAR, Word.SUNRISE: -_FAR, Word.LIGHT: -_FAR}
"""When a sun that does not get low sets, rises and so on: never, or long ago."""


K = TypeVar("K")
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A slot, once."""

    slot: Slot
    day: date
    """The local date that it belongs to."""
    span: Span
    """Without preroll and overrun."""

    @property
    def key(self) -> tuple[str, Nanos]:
        """Name it: the slot's id and its start. The same after a restart."""
        return self.slot.id, self.span.start

    @property
    def shown_from(self) -> Nanos:
        """When its preroll begins."""
        return self.span.start - self.slot.preroll

    @property
    def shown_to(self) -> Nanos:
        """When it is over even if it runs late."""
        return self.span.end + self.slot.overrun


@dataclass(frozen=True, slots=True)
class Quieted:
    """A quiet rule, once."""

    rule: QuietRule
    span: Span


class Calendar:
    """The dates of some rules. For one thread."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self.zone = zone(rules.zone)
        self._slots: dict[date, tuple[Occurrence, ...]] = {}
        self._quiet: dict[date, tuple[Quieted, ...]] = {}
        self._nights: dict[tuple[float, date], Span | None] = {}
        self._hebrew: dict[tuple[HebrewDate, int], frozenset[date]] = {}
        self._moments = tuple(self._moment(slot, slot.when) for slot in rules.slots if isinstance(slot.when, Moment))

    def slots(self, day: date) -> tuple[Occurrence, ...]:
        """Return what belongs to *day*, in the order of the file: daily slots alone."""
        if day not in self._slots:
            found = (self.occurrences(slot, day) for slot in self.rules.slots if isinstance(slot.when, Daily))
            _keep(self._slots, day, tuple(each for some in found for each in some))
        return self._slots[day]

    def moments(self) -> tuple[Occurrence, ...]:
        """Return the slots that begin at one instant everywhere."""
        return self._moments

    def quiet(self, day: date) -> tuple[Quieted, ...]:
        """Return when it is quiet by what belongs to *day*; Shabbat belongs to the Monday before it."""
        if day not in self._quiet:
            found = ((rule, self._quiet_spans(rule, day)) for rule in self.rules.quiet)
            _keep(self._quiet, day, tuple(Quieted(rule, span) for rule, spans in found for span in spans))
        return self._quiet[day]

    def occurrences(self, slot: Slot, day: date) -> tuple[Occurrence, ...]:
        """Return *slot* as it is on *day*: nothing, once, or in parts where it is dark only for parts of it."""
        if isinstance(slot.when, Moment):
            return tuple(each for each in self._moments if each.slot is slot and each.day == day)
        span = self._stretch(slot.when.stretch, day) if self.is_on(slot.when, day) else None
        return tuple(Occurrence(slot, day, part) for part in self._dark_parts(slot, span)) if span else ()

    def is_on(self, when: Daily, day: date) -> bool:
        """Whether *day* is one of the days of a rule."""
        return not when.days or any(self._holds(rule, day) for rule in when.days)

    def dates_of(self, rule: HebrewDate, year: int) -> frozenset[date]:
        """Return the days of a civil year on which a Hebrew date falls."""
        if (rule, year) not in self._hebrew:
            found = hebrew.occurrences(rule.day, rule.month, rule.rule, date(year, 1, 1), date(year, 12, 31))
            _keep(self._hebrew, (rule, year), frozenset(found))
        return self._hebrew[rule, year]

    def _holds(self, rule: DayRule, day: date) -> bool:
        return day in self.dates_of(rule, day.year) if isinstance(rule, HebrewDate) else rule.holds(day)

    def _moment(self, slot: Slot, when: Moment) -> Occurrence:
        return Occurrence(slot, local(when.start, self.zone).date(), Span(when.start, when.start + when.length))

    def _dark_parts(self, slot: Slot, span: Span) -> tuple[Span, ...]:
        if slot.dark_below is None:
            return (span,)
        return below(slot.dark_below, span, self.rules.place) if self.rules.place else ()

    def _quiet_spans(self, rule: QuietRule, day: date) -> tuple[Span, ...]:
        if isinstance(rule.when, Daily):
            span = self._stretch(rule.when.stretch, day) if self.is_on(rule.when, day) else None
            return (span,) if span else ()
        return self._shabbat(rule.when, day) if day.weekday() == 0 else ()

    def _shabbat(self, when: Shabbat, monday: date) -> tuple[Span, ...]:
        if self.rules.place is None:
            return ()
        week = Span(start_of(monday, time(0), self.zone), start_of(monday + 7 * _DAY, time(0), self.zone))
        return shabbat.shabbat(week, self.rules.place, self.zone, candles=when.candles, end_angle=when.end_angle)

    def _stretch(self, stretch: Stretch, day: date) -> Span | None:
        """Return a stretch on *day*; None where the sun does not come to it, or the clocks pass over it."""
        start = self._time(stretch.start, day, stretch, is_end=False)
        end = self._time(stretch.end, day + _DAY if stretch.ends_next_day else day, stretch, is_end=True)
        return Span(start, end) if start is not None and end is not None and start < end else None

    def _time(self, point: Point, day: date, stretch: Stretch, *, is_end: bool) -> Nanos | None:
        of = day - _DAY if point.is_eve else day
        if not isinstance(point.at, Sun):
            if is_end:
                return end_of(of, point.at, self.zone) + point.offset
            return start_of(of, point.at or time(0), self.zone) + point.offset
        at = self._end_by_sun(point.at, of) if is_end else self._start_by_sun(point.at, of)
        found = at if abs(at) == _FAR else at + point.offset
        if not is_end or not isinstance(stretch.start.at, Sun):
            found = self._clamped(found, of, stretch)
        return None if abs(found) == _FAR else found

    def _clamped(self, at: Nanos, day: date, stretch: Stretch) -> Nanos:
        if stretch.latest is not None:
            at = min(at, start_of(day, stretch.latest, self.zone))
        if stretch.earliest is not None:
            at = max(at, start_of(day, stretch.earliest, self.zone))
        return at

    def _start_by_sun(self, sun: Sun, day: date) -> Nanos:
        """Return when it begins by a word for the sun; far ahead: the sun does not come to it; far back: it did before."""
        night = self._night(sun, day)
        if night is None:
            return start_of(day, time(0), self.zone) if sun.word is Word.LIGHT else _NEVER_DARK[sun.word]
        if sun.word.is_of_the_morning:
            return night.end if night.end < self._noon(day) else _FAR
        is_all_day = sun.word is Word.SUNSET and night.start == self._noon(day)
        return -_FAR if is_all_day else night.start

    def _end_by_sun(self, sun: Sun, day: date) -> Nanos:
        """Return when it ends by a word for the sun; far back: what it would end was not so on that day at all."""
        night = self._night(sun, day)
        if night is None:
            return end_of(day, None, self.zone) if sun.word is Word.DARK else _NEVER_DARK[sun.word]
        if sun.word.is_of_the_morning:
            is_all_day = sun.word is Word.SUNRISE and night.end == self._noon(day)
            return _FAR if is_all_day else night.end
        return night.start if night.start > self._noon(day) else -_FAR

    def _noon(self, day: date) -> Nanos:
        return start_of(day, NOON, self.zone)

    def _night(self, sun: Sun, day: date) -> Span | None:
        """Return the night that a word begins or ends, from noon to noon where the sun stays low; None where it does not get low.

        From noon to noon, so that a sun that sets after midnight sets on the evening before. The longest stretch counts: far
        from its zone's meridian, the last dark minutes of a polar morning may be past noon.
        """
        if self.rules.place is None:
            return None
        evening = day - _DAY if sun.word.is_of_the_morning else day
        if (sun.angle, evening) not in self._nights:
            dark = below(sun.angle, Span(self._noon(evening), self._noon(evening + _DAY)), self.rules.place)
            _keep(self._nights, (sun.angle, evening), max(dark, key=lambda span: span.end - span.start, default=None))
        return self._nights[sun.angle, evening]


def _keep(memory: dict[K, V], key: K, value: V) -> None:
    """Remember *value*, and forget what was remembered first when there is too much."""
    while len(memory) >= KEPT:
        del memory[next(iter(memory))]
    memory[key] = value
