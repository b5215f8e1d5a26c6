"""When the campaign ends, and which rows of the agenda count toward showing everyone by then. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, time, timedelta
from typing import Final

from player.schedule import hebrew
from player.schedule.agenda import Row
from player.schedule.desired import Phase
from player.schedule.meaning import named_days
from player.schedule.rules import Daily, Dates, DayRule, Do, Moment, Rules
from player.schedule.section import Schedule
from player.schedule.zones import local, start_of, zone
from player.units import SECOND, Nanos, Seconds

CAMPAIGN: Final = "campaign"
"""The name under `days:` that means the campaign."""
HORIZON: Final = timedelta(days=731)  # two years: a day of the Hebrew calendar comes every year, and ends nothing


def campaign_end(schedule: Schedule, rules: Rules, now: Nanos) -> Nanos | None:
    """Return when the campaign ends, in UTC; None when nothing in *schedule* has an end.

    That is the end of the last day called campaign that is not over; without such days, of the last date that a slot names.
    """
    here = zone(rules.zone)
    today = local(now, here).date()
    named = [last for rule in named_days(schedule).get(CAMPAIGN, ()) if (last := _last(rule, today)) is not None]
    ends = [start_of(last + timedelta(1), time(), here) for last in named]
    if not ends:
        for slot in rules.slots:
            match slot.when:
                case Moment(start=start, length=length):
                    ends.append(start + length)
                case Daily(days=several):
                    lasts = [last for rule in several if (last := _last(rule, today)) is not None]
                    ends += [start_of(last + timedelta(1), time(), here) for last in lasts]
    return max((end for end in ends if end > now), default=None)


def rows_of_slides(rows: Iterable[Row], rules: Rules) -> Iterator[Row]:
    """Yield the rows in which slides of a playlist are seen: no title page, no darkness, no stream in their place."""
    yield from (row for row in _seen(rows, rules) if row.live is None)


def live_time(rows: Iterable[Row], rules: Rules, *, now: Nanos, until: Nanos) -> Seconds:
    """Return how long a stream is to be on from *now* to *until*."""
    mine = ((max(row.start, now), min(row.end, until)) for row in _seen(rows, rules) if row.live is not None)
    return sum(end - start for start, end in mine if end > start) / SECOND


def time_left(rows: Iterable[Row], show: str, *, now: Nanos, until: Nanos) -> Seconds:
    """Return how long *show* will be on from *now* to *until*."""
    mine = ((max(row.start, now), min(row.end, until)) for row in rows if row.show == show)
    return sum(end - start for start, end in mine if end > start) / SECOND


def _seen(rows: Iterable[Row], rules: Rules) -> Iterator[Row]:
    dark = {rule.id for rule in rules.quiet if rule.do is Do.DARK}
    yield from (row for row in rows if row.phase is not Phase.PREROLL and row.quiet not in dark)


def _last(rule: DayRule, today: date) -> date | None:
    if isinstance(rule, Dates):
        return rule.last
    found = hebrew.occurrences(rule.day, rule.month, rule.rule, today, today + HORIZON)
    return min(found, default=None)
