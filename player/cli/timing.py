"""What will be on when: the agenda, what it comes to, and slots from a calendar."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from player.cli.beginning import clean, instant
from player.terminal import PROBLEM, Commands, parsed, where


def _day(text: str) -> date:
    from player.instants import day

    return day(text)


_from = click.option("--from", "first", metavar="DAY", callback=parsed(_day), help="Such as 2027-01-20; else today.")
_json = click.option("--json", "as_json", is_flag=True, help="For programs; times in UTC.")


@click.command()
@where
@_from
@click.option("--days", type=int, metavar="N", help="How many days; else 8.")
@click.option("--as-of", metavar="INSTANT", help="Only what is on at this moment, such as 2027-01-27T15:00.")
@_json
@click.option("--ics", type=click.Path(path_type=Path), metavar="FILE", help="Write a calendar file instead.")
def agenda(
    *,
    config: str | None,
    data: str | None,
    first: date | None,
    days: int | None,
    as_of: str | None,
    as_json: bool,
    ics: Path | None,
) -> None:
    """Say what will be on when, and why."""
    from player.library.trusted_time import trusted_clock
    from player.timetable import Asked, show_agenda

    if as_of is not None and (first is not None or days is not None or ics is not None):
        raise click.UsageError("--as-of asks for one moment: leave --from, --days and --ics out")
    if as_json and ics is not None:
        raise click.UsageError("--json is printed, --ics is written: choose one")
    configuration = clean(config, data)
    moment = None if as_of is None else instant(as_of, configuration, "--as-of")
    asked = Asked(first=first, days=days, as_of=moment, as_json=as_json, ics=ics)
    show_agenda(configuration, asked, now=trusted_clock().wall(), say=click.echo)


@click.command()
@where
@click.option("--photos", type=int, metavar="N", help="For so many photos; else for those in the library.")
@_from
@click.option("--days", type=int, metavar="N", help="How many days; else to the end of the campaign.")
@_json
def plan(
    *, config: str | None, data: str | None, photos: int | None, first: date | None, days: int | None, as_json: bool
) -> None:
    """Say whether everyone will have been seen, and what would help."""
    from player.forecast import Asked
    from player.library.trusted_time import trusted_clock
    from player.planning import plan as say_plan

    asked = Asked(photos=photos, first=first, days=days)
    say_plan(clean(config, data), asked, now=trusted_clock().wall(), say=click.echo, as_json=as_json)


@click.group(cls=Commands)
def schedule() -> None:
    """Make slots out of a calendar of another program."""


@schedule.command("import")
@where
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True), metavar="FILE.ics")
@_from
@click.option("--days", type=int, metavar="N", help="How many days; else a year.")
def import_(*, config: str | None, data: str | None, file: Path, first: date | None, days: int | None) -> None:
    """Print slots for a calendar's events, for you to look through.

    An event's title names its show. What cannot be read is left out, and said. `-` reads the calendar from a pipe.
    """
    from player.calendars import Asked, import_calendar
    from player.library.trusted_time import trusted_clock

    asked = Asked(file=file, first=first, days=days)
    found = import_calendar(clean(config, data), asked, now=trusted_clock().wall(), say=click.echo, note=_note)
    raise SystemExit(0 if found else PROBLEM)


def _note(text: str) -> None:
    click.echo(text, err=True)
