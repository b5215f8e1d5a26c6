"""The agenda of the next days, to scale: what is on, where it lies in its day, and why it wins; and what would be on when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from player.console.looks.wording import plain
from player.errors import OperatorError
from player.schedule.agenda import Row, agenda, row_of
from player.schedule.desired import desired
from player.schedule.rules import Do, QuietRule, Rules
from player.schedule.why import Reason
from player.schedule.zones import day_span, local, zone
from player.units import Nanos

DAYS: Final = 8
"""How many are shown unless somebody asks for more: a week, and today's weekday again."""
MOST_DAYS: Final = 62  # two months: beyond them nobody scrolls


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A part of a day in which nothing changes that people ask about."""

    start: Nanos
    end: Nanos
    offset: float
    """Where in its day it begins, 0 to 1: a day with 23 or 25 hours is a whole one."""
    share: float
    """Of its day."""
    show: str
    slot: str
    """Empty: a gap, which the fallback fills."""
    title: str
    why: str
    """In English; `reasons` say it in any language."""
    reasons: tuple[Reason, ...]
    phase: str
    """preroll, on or overrun."""
    live: str
    quiet: str
    """The quiet rule in force."""
    is_dark: bool
    is_dimmed: bool
    dim: int
    hides: tuple[str, ...]
    """The slots that would be on without this one, the strongest first."""
    overlaps: tuple[str, ...]
    """Those of them that have the same priority."""
    is_now: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A local day."""

    date: dt.date
    start: Nanos
    end: Nanos
    now: float | None
    """Where this moment lies in it; None: in another."""
    stretches: tuple[Stretch, ...]


def days(rules: Rules, now: Nanos, *, first: date | None = None, count: int = DAYS) -> tuple[Day, ...]:
    """Return so many days from *first* (today) on.

    Raises:
        OperatorError: there is no such agenda.
    """
    here = zone(rules.zone)
    begins = first or local(now, here).date()
    try:
        rows = agenda(rules, begins, max(1, min(count, MOST_DAYS)))
        return tuple(_days(rows, rules, now, [begins + timedelta(n) for n in range(max(1, min(count, MOST_DAYS)))]))
    except (ValueError, OverflowError) as error:
        raise OperatorError(f"there is no such agenda: {error}") from error


def at(rules: Rules, instant: Nanos, now: Nanos) -> Stretch:
    """Return what would be on at an *instant*, and until when at least.

    Raises:
        OperatorError: it is beyond the calendar.
    """
    try:
        row = row_of(desired(instant, rules), instant)
        span = day_span(local(instant, zone(rules.zone)).date(), zone(rules.zone))
    except (ValueError, OverflowError, OSError) as error:
        raise OperatorError(f"there is no such instant: {error}") from error
    return _stretch(row, row.start, row.end, rules, now, (span.start, span.end))


def _days(rows: tuple[Row, ...], rules: Rules, now: Nanos, dates: Iterable[date]) -> Iterator[Day]:
    here = zone(rules.zone)
    for day in dates:
        span = day_span(day, here)
        if span.start >= span.end:
            continue  # a zone left this date out
        parts = ((max(row.start, span.start), min(row.end, span.end), row) for row in rows)
        yield Day(
            date=day,
            start=span.start,
            end=span.end,
            now=_part(now, (span.start, span.end)) if span.start <= now < span.end else None,
            stretches=tuple(
                _stretch(row, start, end, rules, now, (span.start, span.end)) for start, end, row in parts if start < end
            ),
        )


def _stretch(row: Row, start: Nanos, end: Nanos, rules: Rules, now: Nanos, day: tuple[Nanos, Nanos]) -> Stretch:  # noqa: PLR0917 - a row, what is seen of it, and where
    quiet = _quiet(row, rules)
    return Stretch(
        start=start,
        end=end,
        offset=_part(start, day),
        share=max(0.0, (min(end, day[1]) - start) / (day[1] - day[0])),
        show=plain(row.show),
        slot=plain(row.slot or ""),
        title=plain(row.title),
        why=plain(row.why),
        reasons=row.reasons,
        phase=row.phase.value,
        live=plain(row.live or ""),
        quiet=plain(row.quiet or ""),
        is_dark=quiet is not None and quiet.do is Do.DARK,
        is_dimmed=quiet is not None and quiet.do is Do.DIM,
        dim=row.dim,
        hides=tuple(map(plain, row.hides)),
        overlaps=tuple(map(plain, row.overlaps)),
        is_now=start <= now < end,
    )


def _quiet(row: Row, rules: Rules) -> QuietRule | None:
    return next((rule for rule in rules.quiet if rule.id == row.quiet), None)


def _part(instant: Nanos, day: tuple[Nanos, Nanos]) -> float:
    return (instant - day[0]) / (day[1] - day[0])
