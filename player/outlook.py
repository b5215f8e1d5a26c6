"""What the schedule makes of the next day, in a line."""

from __future__ import annotations

from itertools import groupby
from typing import Final

from player.schedule.agenda import Row, agenda
from player.schedule.rules import FULL_LIGHT, Do, Rules
from player.schedule.zones import clock_of, local, zone
from player.units import SECOND, Nanos

AHEAD: Final[Nanos] = 24 * 3600 * SECOND
MAX_TOLD: Final = 8  # changes of a day: more are for `agenda`


def next_day(rules: Rules, now: Nanos) -> str:
    """Return what is on from *now* on, with the times of its changes: `wall, facade from 17:03, dark from 23:30`."""
    here = zone(rules.zone)
    rows = (row for row in agenda(rules, local(now, here).date(), 2) if row.end > now and row.start < now + AHEAD)
    changes = [next(group) for _, group in groupby(rows, lambda row: _seen(row, rules))]
    told = [f"{_seen(row, rules)}{f' from {clock_of(row.start, here)}' if row.start > now else ''}" for row in changes]
    more = len(told) - MAX_TOLD
    return ", ".join(told[:MAX_TOLD]) + (f", and {more} more changes (weremember agenda)" if more > 0 else "")


def _seen(row: Row, rules: Rules) -> str:
    is_dark = any(rule.id == row.quiet and rule.do is Do.DARK for rule in rules.quiet)
    dimmed = f" (dim {row.dim})" if row.dim < FULL_LIGHT else ""
    return "dark" if is_dark else f"{row.show}{dimmed}"
