"""From times that things happen to slots: those alike in one, with its dates, and priorities that no two rivals share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from player.schedule.ics.events import Moment, Occurrence
from player.schedule.ics.zones import UTC as UTC_NAME
from player.schedule.ics.zones import Zones

LOWEST: Final = 40  # the priority of what gives way to everything else from the calendar; below it, the site's own slots
HIGHEST: Final = 1000  # that a schedule knows; ninety things at the same time are to be looked through in any case
STEP: Final = 10  # between priorities, so that a person finds room between two
WHOLE_DAY: Final = timedelta(days=1)

Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A slot to be written."""

    title: str
    """Of the event: the show's name, as far as there is one."""
    spans: tuple[Span, ...]
    """From when to when, in UTC."""
    dates: tuple[date, ...] = ()
    """Local to the site; none: it has one start, in a zone."""
    begins: time = time()
    ends: time = time()
    """On the following day when it is not after the beginning."""
    start: Moment | None = None
    length: timedelta = timedelta()
    priority: int = LOWEST

    @property
    def seconds(self) -> float:
        """How long it is up in all."""
        return sum((end - start).total_seconds() for start, end in self.spans)


def slots_of(found: Iterable[Occurrence], zones: Zones) -> tuple[Slot, ...]:
    """Return slots for what was found, those first that begin first."""
    alike: dict[tuple[str, time, time], dict[date, Span]] = {}
    single: dict[tuple[str, datetime], Slot] = {}
    for occurrence in found:
        start, length = _placed(occurrence, zones)
        if start.zone not in {"", zones.site} or (not start.is_day and not _is_of_one_day(start, length)):
            begins = start.instant(zones.site)
            ends = Moment(start.wall + length, start.zone).instant(zones.site)
            one = Slot(title=occurrence.title, spans=((begins, ends),), start=start, length=ends - begins)
            single[occurrence.title, begins] = one
            continue
        for day in range(length.days if start.is_day else 1):
            begin = start.wall + timedelta(day)
            end = begin + (WHOLE_DAY if start.is_day else length)
            key = (occurrence.title, begin.time(), end.time())
            alike.setdefault(key, {})[begin.date()] = (_utc(begin, zones), _utc(end, zones))
    grouped = [
        Slot(
            title=title,
            spans=tuple(span for _, span in sorted(days.items())),
            dates=tuple(sorted(days)),
            begins=begins,
            ends=ends,
        )
        for (title, begins, ends), days in alike.items()
    ]
    return _ranked([*grouped, *single.values()])


def _is_of_one_day(start: Moment, length: timedelta) -> bool:
    """Whether the schedule can say it as from one time of a day to another."""
    return length < WHOLE_DAY or (length == WHOLE_DAY and start.wall.time() == time())


def _placed(occurrence: Occurrence, zones: Zones) -> tuple[Moment, timedelta]:
    """Return when it is, in the zone that it is to be written in.

    A time in UTC is what a program makes of the time where it runs: it is put back. A series in another zone than the site's
    is another time of day here once summer begins, and stands date by date.
    """
    start, length = occurrence.start, occurrence.length
    if start.zone != UTC_NAME:
        return start, length
    there = ZoneInfo(zones.shown_in)
    begins = start.instant(zones.site)
    wall = begins.astimezone(there).replace(tzinfo=None)
    ends = (begins + length).astimezone(there).replace(tzinfo=None)
    return Moment(wall, zones.shown_in), ends - wall


def _utc(wall: datetime, zones: Zones) -> datetime:
    return wall.replace(tzinfo=ZoneInfo(zones.site)).astimezone(UTC)


def _ranked(slots: Sequence[Slot]) -> tuple[Slot, ...]:
    """Give each slot a priority above those that it overlaps and that are up for longer in all: a ceremony beats the wall."""
    order = sorted(range(len(slots)), key=lambda i: (-slots[i].seconds, slots[i].spans, slots[i].title))
    rank = {i: n for n, i in enumerate(order)}
    rivals: list[set[int]] = [set() for _ in slots]
    up: dict[int, datetime] = {}
    for begin, end, i in sorted((begin, end, i) for i, slot in enumerate(slots) for begin, end in slot.spans):
        up = {other: until for other, until in up.items() if until > begin}
        rivals[i].update(up)
        for other in up:
            rivals[other].add(i)
        up[i] = max(end, up.get(i, end))
    priority: dict[int, int] = {}
    for i in order:
        longer = (priority[other] + STEP for other in rivals[i] if rank[other] < rank[i])
        priority[i] = min(HIGHEST, max(longer, default=LOWEST))
    ranked = [replace(slot, priority=priority[i]) for i, slot in enumerate(slots)]
    return tuple(sorted(ranked, key=lambda slot: (slot.spans[0], slot.title)))
