"""`weremember agenda`: what will be on and why, as a table, as JSON, as a calendar file, or for one instant."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import icalendar
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from player import __version__
from player.errors import OperatorError
from player.schedule.agenda import MAX_DAYS, Row, agenda, as_object, row_of
from player.schedule.desired import Phase, desired
from player.schedule.zones import local, zone
from player.settings import Configuration
from player.units import SECOND, Nanos

DAYS: Final = 8
"""How many days are printed unless somebody says otherwise: a week, and today's weekday again."""
_PHASES: Final = {Phase.PREROLL: "title page", Phase.OVERRUN: "overrun"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What somebody wants to see of the agenda."""

    first: date | None = None
    """None: today."""
    days: int = DAYS
    as_of: Nanos | None = None
    """Only what is on at this instant."""
    as_json: bool = False
    ics: Path | None = None
    """A file to write instead of printing."""


def parse_date(text: str) -> date:
    """Return a day as it is written on the command line.

    Raises:
        ValueError: it is none.
    """
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f'write a day as 2027-01-20, not "{text}"') from None


def show_agenda(configuration: Configuration, asked: Asked, *, now: Nanos, say: Callable[[str], None]) -> None:
    """Print what is asked of the agenda, or write it into a file.

    Raises:
        OperatorError: there are too many days, or the file cannot be written.
    """
    rules = configuration.rules
    here = zone(rules.zone)
    if asked.as_of is not None:
        rows: tuple[Row, ...] = (row_of(desired(asked.as_of, rules), asked.as_of),)
    else:
        try:
            rows = agenda(rules, asked.first or local(now, here).date(), asked.days)
        except (ValueError, OverflowError) as error:
            raise OperatorError(f"there is no such agenda: {error}. Ask for 1 to {MAX_DAYS} days of our time") from error
    if asked.ics:
        _write(asked.ics, as_calendar(rows, now, configuration.settings.site.name))
        say(f"{asked.ics}: {sum(1 for row in rows if row.slot)} events")
    elif asked.as_json:
        say(json.dumps([as_object(row) for row in rows], ensure_ascii=False, indent=1))
    elif asked.as_of is not None:
        say(_sentence(rows[0], here))
    else:
        print_rows(rows, here)


def print_rows(rows: tuple[Row, ...], here: ZoneInfo, console: Console | None = None) -> None:
    """Print rows as a table: local time, UTC, the show, why it won, and what it hides."""
    table = Table(box=None, pad_edge=False)
    for column in (here.key, "UTC"):
        table.add_column(column, no_wrap=True)
    for column in ("show", "slot", "quiet", "why", "hides"):
        table.add_column(column)
    day: date | None = None
    for row in rows:
        begins = local(row.start, here)
        if begins.date() != day:
            day = begins.date()
            table.add_row(f"[bold]{begins:%a %Y-%m-%d}[/]")
        table.add_row(
            _from_to(row, here, later="+%dd"),
            _from_to(row, ZoneInfo("UTC")),
            escape(_show(row)),
            escape(row.slot) if row.slot else "gap",
            escape(row.quiet or ""),
            escape(row.why),
            ", ".join(f"[bold red]{escape(each)} (overlap)[/]" if each in row.overlaps else escape(each) for each in row.hides),
            style="" if row.slot else "dim",
        )
    (console or Console()).print(table)


def as_calendar(rows: tuple[Row, ...], now: Nanos, site: str) -> bytes:
    """Return the slots among *rows* as an iCalendar file: the summary is the show's name, as `schedule import` reads it."""
    calendar = icalendar.Calendar.new(prodid=f"-//We Remember//weremember {__version__}//EN", uid="agenda@weremember")
    for row in rows:
        if row.slot is None:
            continue
        notes = [f"slot {row.slot}: {row.why}", f"quiet: {row.quiet}" if row.quiet else "", _PHASES.get(row.phase, "")]
        event = icalendar.Event.new(
            uid=f"{row.slot}-{row.start // SECOND}@weremember",
            stamp=_moment(now),
            start=_moment(row.start),
            end=_moment(row.end),
            summary=row.show,
            description="\n".join(filter(None, notes)),
            location=site or None,
        )
        calendar.add_component(event)
    return calendar.to_ical()


def _write(file: Path, content: bytes) -> None:
    try:
        file.write_bytes(content)
    except OSError as error:
        raise OperatorError(f"{file} cannot be written: {error.strerror}") from error


def _moment(at: Nanos) -> datetime:
    return datetime.fromtimestamp(at // SECOND, UTC)


def _sentence(row: Row, here: ZoneInfo) -> str:
    at, until = local(row.start, here), local(row.end, here)
    until_words = f"{until:%H:%M:%S}" if until.date() == at.date() else f"{until:%Y-%m-%d %H:%M:%S}"
    lines = [
        f"{at:%a %Y-%m-%d %H:%M:%S} {here.key} ({_moment(row.start):%Y-%m-%d %H:%M:%S} UTC): {_show(row)}",
        f"  {'slot ' + row.slot if row.slot else 'gap'}: {row.why}; at least until {until_words}",
        f"  quiet: {row.quiet}" if row.quiet else "",
        f"  hides {', '.join(row.hides)}" if row.hides else "",
    ]
    return "\n".join(filter(None, lines))


def _show(row: Row) -> str:
    show = f"{row.live} (live), else {row.show}" if row.live else row.show
    return f"{show}, {_PHASES[row.phase]}" if row.phase in _PHASES else show


def _from_to(row: Row, here: ZoneInfo, later: str = "") -> str:
    """Return from when to when by the clock; *later* is put after an end on another day."""
    begins, ends = local(row.start, here), local(row.end, here)
    days = (ends.date() - begins.date()).days
    if days == 1 and _clock(ends) == "00:00":
        return f"{_clock(begins)}–24:00"
    return f"{_clock(begins)}–{_clock(ends)}" + (f" {later % days}" if days and later else "")


def _clock(at: datetime) -> str:
    return f"{at:%H:%M:%S}" if at.second else f"{at:%H:%M}"
