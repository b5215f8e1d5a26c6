"""What will be on, as rows for people and programs: the sheets of a timetable put in one list."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Final

from player.schedule.desired import Phase, Timetable, Wanted
from player.schedule.rules import FULL_LIGHT, Rules
from player.schedule.why import Reason, in_words
from player.units import SECOND, Nanos

MAX_DAYS: Final = 3_660  # ten years; what is asked for by mistake shall not take for ever
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A stretch of time in which nothing changes that people ask about."""

    start: Nanos
    end: Nanos
    slot: str | None
    """None: a gap, which the fallback fills."""
    show: str
    live: str | None
    title: str
    phase: Phase
    quiet: str | None
    """The quiet rule in force."""
    dim: int
    """How bright the wall may be, in percent."""
    reasons: tuple[Reason, ...]
    hides: tuple[str, ...]
    overlaps: tuple[str, ...]

    @property
    def why(self) -> str:
        """Return the reasons in English."""
        return in_words(self.reasons)


def agenda(rules: Rules, first: date, days: int) -> tuple[Row, ...]:
    """Return what is on from *first* on, for so many local days (1 to 3660): rows without gap or overlap.

    Raises:
        ValueError: it is more than that, or beyond the calendar.
    """
    if not 1 <= days <= MAX_DAYS:
        raise ValueError(f"an agenda is of 1 to {MAX_DAYS} days, not {days}")
    timetable = Timetable(rules)
    return tuple(_joined(row for step in range(days) for row in _rows(timetable, first + step * _DAY)))


def row_of(wanted: Wanted, start: Nanos) -> Row:
    """Return one answer as a row that begins at *start*."""
    return Row(
        start=start,
        end=wanted.until,
        slot=wanted.slot,
        show=wanted.show,
        live=wanted.live,
        title=wanted.title,
        phase=wanted.phase,
        quiet=wanted.quiet.id if wanted.quiet else None,
        dim=wanted.quiet.dim if wanted.quiet else FULL_LIGHT,
        reasons=wanted.reasons,
        hides=wanted.hides,
        overlaps=wanted.overlaps,
    )


def as_object(row: Row) -> dict[str, object]:
    """Return a row as JSON has it: times in UTC, ISO 8601."""
    fields = asdict(row)
    return {
        "start": utc(row.start),
        "end": utc(row.end),
        **{key: fields[key] for key in ("slot", "show", "live", "title", "quiet", "dim")},
        "why": row.why,
        **{key: fields[key] for key in ("hides", "overlaps")},
        "phase": row.phase.value,
        "gap": row.slot is None,
    }


def utc(at: Nanos) -> str:
    """Return an instant as ISO 8601 in UTC, with parts of a second only where it has some."""
    return f"{datetime.fromtimestamp(at / SECOND, UTC).replace(tzinfo=None).isoformat()}Z"


def _rows(timetable: Timetable, day: date) -> Iterator[Row]:
    sheet = timetable.sheet(day)
    if sheet.span.start < sheet.span.end:  # else a zone left this date out
        yield from (row_of(wanted, start) for start, wanted in zip(sheet.starts, sheet.wanted, strict=True))


def _joined(rows: Iterator[Row]) -> Iterator[Row]:
    """Join rows that differ in nothing but their times."""
    before: Row | None = None
    for row in rows:
        if before and _says(before) == _says(row):
            before = replace(before, end=row.end)
            continue
        if before:
            yield before
        before = row
    if before:
        yield before


def _says(row: Row) -> tuple[object, ...]:
    return row.slot, row.show, row.live, row.phase, row.quiet, row.dim, row.reasons, row.hides, row.overlaps
