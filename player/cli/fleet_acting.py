"""What a centre does to its players: withdraw everywhere, order, release a programme in step; and what a campaign came to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

import click

from player.cli.beginning import length
from player.cli.of_a_centre import of_a_centre
from player.cli.operating import order_of
from player.terminal import PROBLEM, operator, parsed
from player.units import Nanos

if TYPE_CHECKING:
    from player.centre.campaign import Span

R = TypeVar("R")

_PATH: Final = click.Path(path_type=Path)
_FILE: Final = click.Path(path_type=Path, dir_okay=False)
_WHOLE: Final = 100
_PAGE: Final = ".html"
_TABLE: Final = ".csv"


def _percent(text: str) -> int:
    """Return a part of a hundred, 1 to 100, as people write it: `90%`."""
    digits = text.strip().removesuffix("%").strip()
    if not digits.isascii() or not digits.isdecimal() or not 1 <= int(digits[:4]) <= _WHOLE:
        raise ValueError(f'write how many of a hundred, such as 90%, not "{text}"')
    return int(digits)


@dataclass(frozen=True, slots=True, kw_only=True)
class Whom:
    """To which players an order goes, and how that is told."""

    folder: Path
    ids: tuple[str, ...]
    group: str | None
    everybody: bool
    patience: Nanos | None
    yes: int
    as_json: bool


def _whom(command: Callable[..., None]) -> Callable[..., None]:
    """Give *command* the options that say which players, and how it answers: it gets them as `whom`."""

    @wraps(command)
    def told(
        *,
        folder: Path,
        ids: tuple[str, ...],
        group: str | None,
        everybody: bool,
        patience: Nanos | None,
        yes: int,
        as_json: bool,
        **rest: object,
    ) -> None:
        whom = Whom(folder=folder, ids=ids, group=group, everybody=everybody, patience=patience, yes=yes, as_json=as_json)
        command(whom=whom, **rest)

    each = click.option("--player", "ids", multiple=True, metavar="ID", help="This player; again for more.")
    group = click.option("--group", metavar="NAME", help="All players of a group.")
    everybody = click.option("--all", "everybody", is_flag=True, help="All players.")
    wait = click.option("--wait", "patience", metavar="TIME", callback=parsed(length), help="For their answers; 20s.")
    yes = click.option("--yes", count=True, help="Do not ask; twice where it is asked twice.")
    as_json = click.option("--json", "as_json", is_flag=True, help="For programs.")
    return of_a_centre(each(group(everybody(wait(yes(as_json(told)))))))


@click.command()
@of_a_centre
@click.argument("name", required=False, metavar="[SOURCE/ID]")
@click.option("--reason", default="", metavar="TEXT", help="For the record, here and at every player.")
@click.option("--wait", "patience", metavar="TIME", callback=parsed(length), help="For players to confirm; 60s.")
@click.option(
    "--publish", "studio", type=_PATH, metavar="STUDIO", help="Sign it in the publisher's studio, so that the feed lists it."
)
@click.option("--key", type=_FILE, metavar="FILE", help="With --publish: the key of the person who signs.")
@click.option("--passphrase-file", "secret", type=_FILE, metavar="FILE", help="Instead of being asked.")
@click.option("--list", "everything", is_flag=True, help="Say how far all withdrawals have come; nothing is sent.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def withdraw(
    *,
    folder: Path,
    name: str | None,
    reason: str,
    patience: Nanos | None,
    studio: Path | None,
    key: Path | None,
    secret: Path | None,
    everything: bool,
    as_json: bool,
) -> None:
    """Take a photo down everywhere, and wait until every player has said so.

    Say it again to see how far it has come. A bare ID means every source.
    """
    from player.centre import unrecorded
    from player.centre.acting import acting
    from player.centre.taking_down import Signed, take_down, tell_all
    from player.clock import SystemClock
    from player.errors import LibraryError, OperatorError

    if everything == (name is not None):
        raise click.UsageError("name the photo, SOURCE/ID; or --list: how far all have come")
    if (studio is None) != (key is None):
        raise click.UsageError("--publish STUDIO and --key FILE go together")
    try:
        with acting(folder, SystemClock()) as centre:
            if name is None:
                is_done = tell_all(centre, click.echo, as_json=as_json)
            else:
                signed = Signed(studio, key, secret) if studio is not None and key is not None else None
                is_done = take_down(centre, name, reason, signed, patience=patience, by=operator(), as_json=as_json)
    except LibraryError as error:
        if name is None:
            raise
        unrecorded.tell(folder, name, reason, SystemClock())
        raise LibraryError(
            f"{error}. Perhaps it is NOT on record here; the players that are online were told to take it down. See that the disk"
            " has room, and type it again for those that are away"
        ) from error
    except KeyboardInterrupt:
        if name is None:
            raise
        raise OperatorError(
            "stopped before anybody was waited for: whether it is on record, and who has confirmed, is said by weremember fleet"
            " withdraw --list"
        ) from None
    if not is_done:
        raise SystemExit(PROBLEM)


@click.command()
@_whom
@click.argument("show", metavar="SHOW")
@click.option("--for", "for_", metavar="TIME", help="For so long, such as 30m or 2h; else until `auto`.")
def go(*, whom: Whom, show: str, for_: str | None) -> None:
    """Put a show on at players: `fleet go facade --for 30m --group memorial`."""
    _give(("go", show, *(() if for_ is None else ("for", for_))), whom)


@click.command()
@_whom
def dark(*, whom: Whom) -> None:
    """Make walls dark, until `light` or `auto`. For all of them it asks twice."""
    _give(("dark",), whom)


@click.command()
@_whom
def light(*, whom: Whom) -> None:
    """Make walls light again."""
    _give(("light",), whom)


@click.command()
@_whom
def auto(*, whom: Whom) -> None:
    """Let walls go back to their schedules."""
    _give(("auto",), whom)


@click.command()
@_whom
@click.argument("time", nargs=-1, required=True, metavar="TIME")
def extend(*, time: tuple[str, ...], whom: Whom) -> None:
    """Let what is on go on for longer: `fleet extend 30m --all`."""
    _give(("extend", *time), whom)


@click.command()
@_whom
def end(*, whom: Whom) -> None:
    """End what is on before its time."""
    _give(("end",), whom)


@click.command()
@_whom
@click.argument("level", metavar="0-100")
def dim(*, level: str, whom: Whom) -> None:
    """Make walls less bright, or 100 again: `fleet dim 60 --group memorial`."""
    _give(("dim", level), whom)


def _give(words: tuple[str, ...], whom: Whom) -> None:
    from player.centre.acting import acting
    from player.centre.commanding import command_all
    from player.clock import SystemClock

    command = order_of(words)  # what is no order is wrong usage, before anybody is looked for
    with acting(whom.folder, SystemClock()) as centre:
        is_done = command_all(
            centre,
            command,
            ids=whom.ids,
            group=whom.group,
            everybody=whom.everybody,
            patience=whom.patience,
            yes=whom.yes,
            by=operator(),
            as_json=whom.as_json,
        )
    if not is_done:
        raise SystemExit(PROBLEM)


def _days(first: str, last: str, here: str) -> tuple[Span, tuple[str, str]]:
    """Return from when until when two days are at *here*, and the days themselves as they are counted."""
    from datetime import time, timedelta

    from player import instants
    from player.centre.campaign import Span
    from player.schedule.zones import start_of, zone

    try:
        days = instants.day(first), instants.day(last)
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    if days[1] < days[0]:
        raise click.UsageError(f"--to {days[1]} is before --from {days[0]}")
    there = zone(here)
    return (
        Span(start_of(days[0], time(), there), start_of(days[1] + timedelta(days=1), time(), there)),
        (days[0].isoformat(), days[1].isoformat()),
    )


@click.command()
@of_a_centre
@click.argument("version", metavar="VERSION")
@click.option("--at", metavar="INSTANT", help="When the group switches to it, such as 2027-01-27T12:00; at least 15 min ahead.")
@click.option("--group", metavar="NAME", help="Whose; needed when there are several.")
@click.option("--show", metavar="NAME", help="Which playlist; needed when several are in step with the group.")
@click.option("--config", metavar="FILE", help="Of the player whose library it is made of; config.yaml in the centre's folder.")
@click.option("--quorum", metavar="90%", callback=parsed(_percent), help="So many ready players are enough; 100%.")
@click.option("--into", type=_PATH, metavar="DIR", help="Write the document there, too: beside the feed, as it is served.")
@click.option("--drop", is_flag=True, help="Take back what is announced and not committed.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def release(
    *,
    folder: Path,
    version: str,
    at: str | None,
    group: str | None,
    show: str | None,
    config: str | None,
    quorum: int | None,
    into: Path | None,
    drop: bool,
    as_json: bool,
) -> None:
    """Let a group switch to a new programme, all at one instant, or not at all.

    It waits until the players are ready. Stopped, it goes on where it stood when it is said again.
    """
    from player.centre.acting import acting
    from player.centre.switching import Asked, give_up, switch
    from player.clock import SystemClock

    with acting(folder, SystemClock()) as centre:
        if drop:
            if at is not None or show is not None or quorum is not None or into is not None:
                raise click.UsageError("--drop takes back what is announced: leave --at, --show, --quorum and --into out")
            click.echo(give_up(centre, version, group))
            return
        asked = Asked(version=version, at=at, group=group, show=show, config=config, percent=quorum or _WHOLE, into=into)
        if not switch(centre, asked, as_json=as_json):
            raise SystemExit(PROBLEM)


@click.command()
@of_a_centre
@click.option("--from", "first", required=True, metavar="DAY", help="The first day, such as 2027-01-20.")
@click.option("--to", "last", required=True, metavar="DAY", help="The last day.")
@click.option("--out", type=_FILE, metavar="FILE", help="report.html, a page to print; report.csv, every figure as a table.")
def report(*, folder: Path, first: str, last: str, out: Path | None) -> None:
    """Say what a campaign came to: photos shown, hours on, outages, withdrawals."""
    from player.centre.acting import acting
    from player.centre.campaign import figures
    from player.centre.campaign_page import Headed, lines, page, save, table
    from player.centre.collecting import is_collecting
    from player.centre.recollecting import heard
    from player.clock import SystemClock

    if out is not None and out.suffix.lower() not in {_PAGE, _TABLE}:
        raise click.BadParameter("name a .html or a .csv file", param_hint="'--out'")
    clock = SystemClock()
    with acting(folder, clock) as centre:
        span, days = _days(first, last, centre.zone)
        found = figures(heard(centre.store, span, days), span, clock.wall())
        headed = Headed(centre.office.centre.name, centre.zone)
        if not is_collecting(centre.store, clock.wall()):
            click.echo("no collector is at work (weremember fleet collect): only what was heard while one was is in it", err=True)
    if out is None:
        for line in lines(found):
            click.echo(line)
        return
    save(page(found, headed) if out.suffix.lower() == _PAGE else table(found), out)
    click.echo(f"{out}: {len(found.members):,} players, {len(found.withdrawals):,} withdrawals")


COMMANDS: Final = (withdraw, go, dark, light, auto, extend, end, dim, release, report)
"""For the group `weremember fleet`."""
