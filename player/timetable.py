"""`weremember agenda`: what will be on and why, as a table, as JSON, as a calendar file, or for one instant."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

import icalendar

from player import __version__
from player.errors import OperatorError
from player.schedule.agenda import Row, agenda, as_object, row_of
from player.schedule.desired import Phase, desired
from player.schedule.rules import Do, QuietRule, Rules
from player.schedule.zones import local, zone
from player.settings import Configuration
from player.timesheet import PHASES, done, effects, print_table, rule_of
from player.units import SECOND, Nanos

DAYS: Final = 8
"""How many days are printed unless somebody says otherwise: a week, and today's weekday again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What somebody wants to see of the agenda."""

    first: date | None = None
    """None: today."""
    days: int | None = None
    """None: `DAYS`."""
    as_of: Nanos | None = None
    """Only what is on at this instant."""
    as_json: bool = False
    ics: Path | None = None
    """A file to write instead of printing."""


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
            rows = agenda(rules, asked.first or local(now, here).date(), DAYS if asked.days is None else asked.days)
        except (ValueError, OverflowError) as error:
            raise OperatorError(f"there is no such agenda: {error}") from error
    if asked.ics:
        _write(asked.ics, as_calendar(rows, now, configuration.settings.site.name))
        say(f"{asked.ics}: {sum(map(_is_an_event, rows))} events")
    elif asked.as_json:
        say(json.dumps([as_object(row) for row in rows], ensure_ascii=False, indent=1))
    elif asked.as_of is not None:
        say(_moment_in_words(rows[0], rules))
    else:
        print_table(rows, rules)


def as_calendar(rows: tuple[Row, ...], now: Nanos, site: str) -> bytes:
    """Return the slots among *rows* as an iCalendar file: the summary is the show's name, as `schedule import` reads it."""
    calendar = icalendar.Calendar.new(prodid=f"-//We Remember//weremember {__version__}//EN", uid="agenda@weremember")
    for row in filter(_is_an_event, rows):
        notes = [f"slot {row.slot}: {row.why}", f"quiet: {row.quiet}" if row.quiet else "", PHASES.get(row.phase, "")]
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


def _is_an_event(row: Row) -> bool:
    """Whether a calendar has it: no gap, and no title page, which would be read back as the show itself, begun too early."""
    return row.slot is not None and row.phase is not Phase.PREROLL


def _write(file: Path, content: bytes) -> None:
    try:
        file.write_bytes(content)
    except OSError as error:
        raise OperatorError(f"{file} cannot be written: {error.strerror}") from error


def _moment(at: Nanos) -> datetime:
    return datetime.fromtimestamp(at // SECOND, UTC)


def _effects(row: Row, rule: QuietRule, rules: Rules) -> list[str]:
    return effects(row, rules) if rule.do in {Do.DARK, Do.STILL, Do.DIM} else [rule.do.value, *effects(row, rules)]


def _moment_in_words(row: Row, rules: Rules) -> str:
    here, rule = zone(rules.zone), rule_of(row, rules)
    at, until = local(row.start, here), local(row.end, here)
    live = f"{row.live} (live), else " if row.live else ""
    phase = f", {PHASES[row.phase]}" if row.phase in PHASES else ""
    told = {
        "show": f"{live}{row.show}{done(row, rules)}{phase}",
        "slot": f"{row.slot}: {row.why}" if row.slot else "none: the fallback",
        "until": f"{until:%H:%M:%S} at least" if until.date() == at.date() else f"{until:%a %Y-%m-%d %H:%M:%S} at least",
        "quiet": f"{rule.id}: {', '.join([*_effects(row, rule, rules), *(['mute'] if rule.mute else [])])}" if rule else "",
        "hides": ", ".join(row.hides),
    }
    head = f"{at:%a %Y-%m-%d %H:%M:%S} {here.key}, {_moment(row.start):%Y-%m-%d %H:%M:%S} UTC"
    return "\n".join([head, *(f"  {label:<6} {said}" for label, said in told.items() if said)])
