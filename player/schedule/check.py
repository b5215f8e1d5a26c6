"""What no single line of a schedule can know: names that are missing, slots that never happen, equals that overlap."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, timedelta
from typing import Final, TypeAlias
from zoneinfo import ZoneInfo

from player.schedule import days
from player.schedule.days import WEEKDAYS
from player.schedule.meaning import named_days, quiet_ids, rules_of
from player.schedule.resolve import Calendar, Occurrence
from player.schedule.rules import HOUR, Daily, Dates, Do, HebrewDate, Rules, Slot
from player.schedule.section import DayTexts, QuietSection, Schedule
from player.schedule.sun import Place
from player.schedule.zones import day_span, local
from player.schema import did_you_mean

Found: TypeAlias = tuple[tuple[str | int, ...], str]
"""Where in the section, and what is wrong."""

FIRST: Final = date(2027, 1, 1)
"""A Friday. Rules without a date of their own are tried from here on, so that a file is as right tomorrow as today."""
_SHOW: Final = f"{Do.SHOW.value} "
_NO_SUCH_DAY: Final = "there is no such day: the weekday is not among the dates"
_DAY: Final = timedelta(days=1)
_YEAR: Final = 366  # days: for the sun, every season
_WEEK: Final = 7
_WEEKS: Final = 14  # days: for the clock, every weekday with each other
_HEBREW_YEARS: Final = 19  # after which the leap years come again
_MAX_DATES: Final = 400  # of one range; a longer one has every season
_MAX_TOLD: Final = 20  # overlaps; whoever has mended those runs it again
_MAX_TRIED: Final = 20_000  # times that slots of one priority are laid out: a second; beyond it not every date is tried


def problems(schedule: Schedule, *, zone: str, place: Place | None, show: str, shows: Collection[str]) -> Iterator[Found]:
    """Yield all that is wrong with *schedule*, beyond what each of its lines shows.

    Args:
        schedule: Sound line by line.
        zone: The site's.
        place: Where the site is; None: the configuration does not say, or not wholly.
        show: The configuration's show.
        shows: The names of all playlists.
    """
    yield from _shows(schedule, shows)
    names = [*_twice(schedule), *_unknown_days(schedule)]
    yield from names
    if any(len(path) > 1 for path, _ in names):
        return
    rules = rules_of(schedule, zone=zone, place=place, show=show)
    nowhere = [*_nowhere(rules)]
    yield from nowhere
    if nowhere:
        return
    calendar = Calendar(rules)
    never = {path[1]: (path, why) for path, why in _never(calendar)}
    yield from never.values()
    yield from _overlaps(calendar, [slot for index, slot in enumerate(rules.slots) if index not in never])


def _shows(schedule: Schedule, shows: Collection[str]) -> Iterator[Found]:
    named: list[tuple[tuple[str | int, ...], str]] = [(("fallback",), schedule.fallback or "")]
    named += [(("slots", index, "show"), slot.show.rpartition(" else ")[2]) for index, slot in enumerate(schedule.slots)]
    named += [(("quiet", index, "do"), rule.do.removeprefix(_SHOW).strip()) for index, rule in _with_show(schedule)]
    for path, name in named:
        if name and name not in shows:
            yield path, f'there is no playlist "{name}".{did_you_mean(name, shows)}'


def _with_show(schedule: Schedule) -> Iterator[tuple[int, QuietSection]]:
    return ((index, rule) for index, rule in enumerate(schedule.quiet) if rule.do.startswith(_SHOW))


def _twice(schedule: Schedule) -> Iterator[Found]:
    for kind, ids in (("slots", [slot.id for slot in schedule.slots]), ("quiet", list(quiet_ids(schedule.quiet)))):
        for index, name in enumerate(ids):
            if name in ids[:index]:
                yield (kind, index, "id"), f'"{name}" is the name of another one: each needs its own'


def _unknown_days(schedule: Schedule) -> Iterator[Found]:
    named = named_days(schedule)
    written: list[tuple[tuple[str | int, ...], DayTexts | None]] = [
        *((("slots", index, "day"), slot.day) for index, slot in enumerate(schedule.slots)),
        *((("quiet", index, "when", "day"), rule.when.day) for index, rule in enumerate(schedule.quiet)),
    ]
    for path, texts in written:
        for number, text in enumerate(texts or ()):
            try:
                days.parse_day(text, named)
            except ValueError as error:
                yield (*path, number) if len(texts or ()) > 1 else path, str(error)


def _nowhere(rules: Rules) -> Iterator[Found]:
    """Find what asks where the sun is, on a site that does not say where it is."""
    if rules.place:
        return
    slots = ((("slots", index), slot.has_sun) for index, slot in enumerate(rules.slots))
    quiet = ((("quiet", index), rule.has_sun) for index, rule in enumerate(rules.quiet))
    for path, has_sun in (*slots, *quiet):
        if has_sun:
            yield path, "where is the sun? Give `latitude` and `longitude` under `site:`"


def _never(calendar: Calendar) -> Iterator[Found]:
    for index, slot in enumerate(calendar.rules.slots):
        if not isinstance(slot.when, Daily) or any(calendar.occurrences(slot, day) for day in _dates(calendar, slot)):
            continue
        if not any(calendar.is_on(slot.when, day) for day in _dates(calendar, slot)):
            yield ("slots", index, "day"), _no_such_day(slot.when)
        elif slot.has_sun:
            why = "on none of its days does the sun do that, or the end comes before the start"
            yield ("slots", index, "at"), f"never happens: {why}. Look at the times, `only_if` and the site's latitude"
        elif not any(_is_whole(day, calendar.zone) for day in _dates(calendar, slot)):
            yield ("slots", index, "at"), "never happens: the clocks are set forward past all of it"
        else:
            yield ("slots", index, "at"), "never happens: the end comes before the start"


def _no_such_day(when: Daily) -> str:
    """Return what is wrong with days that there are none of: dates among which the weekdays are not."""
    for rule in when.days:
        if isinstance(rule, Dates) and rule.first and rule.last:
            known = sorted(
                {(rule.first + step * _DAY).weekday() for step in range(min(_WEEK, (rule.last - rule.first).days + 1))}
            )
            right = ", ".join(WEEKDAYS[number] for number in known)
            return f"{_NO_SUCH_DAY}: {rule.first}..{rule.last} has {right}"
    return _NO_SUCH_DAY


def _dates(calendar: Calendar, slot: Slot) -> list[date]:
    """Return the days to try a slot on: its own, or so many that each of its kind is among them."""
    if not isinstance(slot.when, Daily):
        lengths = {each.day: (each.span.end - each.span.start) // (24 * HOUR) for each in calendar.moments() if each.slot is slot}
        return [day + step * _DAY for day, length in lengths.items() for step in range(length + 1)]
    recurring = [FIRST + step * _DAY for step in range(_YEAR if slot.has_sun else _WEEKS)]
    found: set[date] = set()
    for rule in slot.when.days:
        if isinstance(rule, HebrewDate):
            for year in range(FIRST.year, FIRST.year + _HEBREW_YEARS):
                found |= calendar.dates_of(rule, year)
        elif rule.first is None or rule.last is None:
            found.update(recurring)
        else:
            length = min((rule.last - rule.first).days + 1, _MAX_DATES)
            found.update(rule.first + step * _DAY for step in range(length))
    return sorted(found) if slot.when.days else recurring


def _overlaps(calendar: Calendar, slots: list[Slot]) -> Iterator[Found]:
    """Find slots of equal priority that are on at the same time, once for each pair."""
    groups: dict[int, list[Slot]] = {}
    for slot in slots:
        groups.setdefault(slot.priority, []).append(slot)
    order = {slot.id: index for index, slot in enumerate(calendar.rules.slots)}
    for priority, group in groups.items():
        found: dict[tuple[str, str], str] = {}
        for one, other in _touching(calendar, group):
            early, late = sorted((one.slot.id, other.slot.id), key=order.__getitem__)
            begins, ends = max(one.span.start, other.span.start), min(one.span.end, other.span.end)
            when = f"{local(begins, calendar.zone):%a %Y-%m-%d from %H:%M} to {local(ends, calendar.zone):%H:%M}"
            found.setdefault((early, late), when)
            if len(found) >= _MAX_TOLD:
                break
        for (early, late), when in found.items():
            message = f'"{late}" and "{early}" are both on, first {when}, with the same priority {priority}'
            yield ("slots", order[late]), f"{message}: give one of them a higher `priority`"


def _touching(calendar: Calendar, group: list[Slot]) -> Iterator[tuple[Occurrence, Occurrence]]:
    """Yield pairs that overlap, by time. Days with a change of the clocks are left out: one hour there is two."""
    if len(group) < len(("one", "other")):
        return
    tried = {day for slot in group for day in _dates(calendar, slot)}
    near = sorted({day + step * _DAY for day in tried for step in (-1, 0, 1)})
    near = near[:: 1 + len(near) * len(group) // _MAX_TRIED]
    found = [each for day in near if _is_whole(day, calendar.zone) for slot in group for each in calendar.occurrences(slot, day)]
    on: list[Occurrence] = []
    for each in sorted(dict.fromkeys(found), key=lambda each: each.span):
        on = [other for other in on if other.span.end > each.span.start]
        yield from ((other, each) for other in on if other.slot is not each.slot)
        on.append(each)


def _is_whole(day: date, zone: ZoneInfo) -> bool:
    span = day_span(day, zone)
    return span.end - span.start == 24 * HOUR
