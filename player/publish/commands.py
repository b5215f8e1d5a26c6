"""`weremember publish …`: parses, calls and prints. What a command does lies in the module that it imports."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from player.terminal import PROBLEM, Commands, ended, fail, guarded, parsed
from player.units import Nanos, Size, nanos, parse_duration, parse_size

if TYPE_CHECKING:
    from player.publish.desk import Desk
    from player.publish.studio import Studio

R = TypeVar("R")

_PATH = click.Path(path_type=Path)
_FILE = click.Path(path_type=Path, dir_okay=False)
_studio = click.option(
    "--studio",
    "folder",
    type=_PATH,
    default=Path(),
    envvar="WEREMEMBER_STUDIO",
    metavar="DIR",
    help="The studio; or this folder.",
)
_yes = click.option("--yes", is_flag=True, help="Do not ask; for scripts.")
_json = click.option("--json", "as_json", is_flag=True, help="For programs.")


def _nanos(text: str) -> Nanos:
    return nanos(parse_duration(text))


def _keyed(command: Callable[..., R]) -> Callable[..., R]:
    """Give *command* the options by which a person signs."""
    key = click.option("--key", type=_FILE, required=True, metavar="FILE", help="The key of the person who signs.")
    secret = click.option("--passphrase-file", "secret", type=_FILE, metavar="FILE", help="Instead of being asked.")
    return guarded(_studio(key(secret(command))))


@click.group("publish", cls=Commands)
def publish() -> None:
    """Make a signed feed: two people approve, one withdraws."""


@publish.command()
@guarded
@_studio
@click.option(
    "--person", "people", multiple=True, metavar="NAME", help="Somebody who reviews; the first three also hold the root."
)
@click.option("--title", help="Of the feed.")
@click.option("--passphrases", "secrets", type=_FILE, metavar="FILE", help="Lines NAME=passphrase; instead of being asked.")
def init(*, folder: Path, people: tuple[str, ...], title: str | None, secrets: Path | None) -> None:
    """Make a studio: keys for at least three people, and an empty feed."""
    from player.clock import SystemClock
    from player.publish.asking import passphrases
    from player.publish.founding import TITLE, Person, check_people, found
    from player.publish.keys import check_person

    try:
        names = [check_person(name) for name in people]
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="'--person'") from error
    check_people(folder, names)
    given = passphrases(names, secrets)
    studio = found(folder, [Person(name, given[name]) for name in names], SystemClock(), title=title or TITLE)
    click.echo(f"keys: {', '.join(f'{name}.key' for name in names)} in {studio.keys}")
    click.echo(
        "Each person takes the files of their name to a stick or machine of their own, and leaves none. Only online.key stays."
    )
    click.echo(f"root: {studio.root_file}")
    click.echo(f"its fingerprint: {studio.anchor}")
    click.echo(f"on each player: weremember feed trust {studio.root_file.name}, and compare the fingerprint")


@publish.command()
@guarded
@click.argument("name")
@click.option("--out", type=_PATH, default=Path(), metavar="DIR", help="Where; or this folder.")
@click.option("--passphrase-file", "secret", type=_FILE, metavar="FILE", help="Instead of being asked.")
def key(*, name: str, out: Path, secret: Path | None) -> None:
    """Make a key for NAME on their own machine: NAME.key to keep, NAME.pub to hand over."""
    from player.publish.asking import passphrase
    from player.publish.disk import read
    from player.publish.founding import make_key
    from player.publish.keys import check_person, fingerprint, read_public

    try:
        check_person(name)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="NAME") from error
    made = make_key(out, name, lambda: passphrase(name, secret, is_new=True))
    public = made.with_suffix(".pub")
    click.echo(f"{made} is to keep; {public} is to hand over")
    click.echo(f"its fingerprint, to be compared by telephone: {fingerprint(read_public(read(public), where=str(public)))}")


@publish.command()
@guarded
@_studio
@click.argument("sources", nargs=-1, required=True, type=_PATH, metavar="FOLDER|FILE...")
def add(*, folder: Path, sources: tuple[Path, ...]) -> None:
    """Take photos into the studio, stripped of everything but the picture. They are pending then."""
    from player.clock import SystemClock
    from player.progress import progress
    from player.publish.adding import add as take
    from player.publish.report import photo_line
    from player.publish.studio import open_studio

    with progress("Looking at the photos") as tell:
        added = take(open_studio(folder), sources, SystemClock(), tell)
    for facts in added.new:
        click.echo(photo_line(facts.id, facts.file))
    for line in added.refused:
        click.echo(f"refused: {line}", err=True)
    for line in added.wordless:
        click.echo(line, err=True)
    for name in added.reworded:
        click.echo(f"{name}  has other words now; approvals of the old ones count no more")
    click.echo(f"{len(added.new)} added, {added.known} there already, {len(added.refused)} refused")
    if added.refused or added.wordless:
        raise SystemExit(PROBLEM)


@publish.command()
@guarded
@_studio
@_json
@click.option("--sheet", type=_FILE, metavar="FILE.jpg", help="Draw them all, to look at.")
def pending(*, folder: Path, as_json: bool, sheet: Path | None) -> None:
    """List the photos that wait, who approved each, and what it still needs."""
    from dataclasses import asdict

    from player.publish import report
    from player.publish.sitting import warn
    from player.publish.studio import open_studio

    studio = open_studio(folder)
    rows = report.pending(studio, _now())
    warn(studio.pending.look().damaged)
    if sheet is not None:
        from player.clock import SystemClock
        from player.publish.sheet import draw

        for file in draw(studio, [row.id for row in rows], sheet, SystemClock()):
            click.echo(f"drawn: {file}", err=True)
    if as_json:
        click.echo(json.dumps([asdict(row) for row in rows], ensure_ascii=False, indent=1))
        return
    _echo(report.waiting_lines(rows))
    click.echo(f"{len(rows)} pending")


@publish.command()
@_keyed
@_yes
@click.option("--all", "everything", is_flag=True, help="All that is pending.")
@click.argument("ids", nargs=-1)
def approve(*, folder: Path, key: Path, secret: Path | None, yes: bool, everything: bool, ids: tuple[str, ...]) -> None:
    """Sign that photos may be shown. Two people must."""
    from player.publish import approving, report
    from player.publish.asking import is_agreed

    if everything == bool(ids):
        raise click.UsageError("name the photos, or say --all")
    studio, sit = _desk(folder, key, secret)
    names = [row.id for row in report.pending(studio, _now())] if everything else ids
    desk = sit()
    _echo(report.review_lines(approving.review(desk, names)))
    if not is_agreed("Sign for these?", yes=yes):
        fail("nothing was signed")
    done = approving.approve(desk, names)
    _echo(report.draft_lines(done.drafts))
    if done.complete:
        click.echo(f"{len(done.complete)} approved by enough people: the signer publishes them (weremember publish sign)")
    _echo(done.lacking)


@publish.command()
@_keyed
@click.option("--reason", required=True, metavar="TEXT", help="Such as author, family, rights.")
@click.argument("ids", nargs=-1, required=True)
def withdraw(*, folder: Path, key: Path, secret: Path | None, reason: str, ids: tuple[str, ...]) -> None:
    """Sign that photos must go, for ever. One person is enough, and nobody asks twice."""
    from player.publish.withdrawing import withdraw as take_back

    done = take_back(_desk(folder, key, secret)[1](), ids, reason)
    for entry in (*done.new, *done.others):
        click.echo(f"withdrawn: {entry.id}")
    click.echo("the signer publishes it (weremember publish sign)")


@publish.command()
@_keyed
@click.argument("ids", nargs=-1, required=True)
def reinstate(*, folder: Path, key: Path, secret: Path | None, ids: tuple[str, ...]) -> None:
    """Sign that withdrawals are taken back. Two of the targets keys must."""
    from player.publish.ruling import reinstate as take_in

    done = take_in(_desk(folder, key, secret)[1](), ids)
    _told(done.draft.name, done.draft.role, done.missing)
    click.echo("a photo that has left the pages meanwhile is pending again, and needs two approvals")


@publish.command()
@_keyed
@click.argument("ids", nargs=-1)
def core(*, folder: Path, key: Path, secret: Path | None, ids: tuple[str, ...]) -> None:
    """Sign the whole set that may be shown without a network; without IDs, none. Two of the targets keys must."""
    from player.publish.ruling import set_core

    done = set_core(_desk(folder, key, secret)[1](), ids)
    _told(done.draft.name, done.draft.role, done.missing)


@publish.command()
@_keyed
@click.option("--lift", is_flag=True, help="Show the photos again.")
@click.option("--reason", default="", metavar="TEXT", help="For those who share the studio.")
def halt(*, folder: Path, key: Path, secret: Path | None, lift: bool, reason: str) -> None:
    """Sign that every player shows the plate. One person is enough."""
    from player.publish.withdrawing import halt as stop

    stop(_desk(folder, key, secret)[1](), lift=lift, reason=reason)
    click.echo(f"{'lifted' if lift else 'halted'}: the signer publishes it (weremember publish sign)")


@publish.command()
@_keyed
@click.argument("role", type=click.Choice(["root", "targets", "approved", "withdrawn", "snapshot", "timestamp"]))
@click.option("--add", "adds", multiple=True, metavar="NAME=FILE.pub", help="Somebody who gains a key.")
@click.option("--remove", "removes", multiple=True, metavar="NAME", help="Somebody who loses theirs.")
def rotate(*, folder: Path, key: Path, secret: Path | None, role: str, adds: tuple[str, ...], removes: tuple[str, ...]) -> None:
    """Sign that people gain or lose a key in ROLE; for snapshot and timestamp, that the machine has a new one."""
    from player.publish import ruling
    from player.publish.keys import read_named

    if role in ruling.OF_MACHINE:
        if adds or removes:
            raise click.UsageError(f"the key of {role} is the machine's: it is made here, nothing is to be named")
        done, path = ruling.rotate_machine(_desk(folder, key, secret)[1](), role)
        click.echo(f"new key: {path}")
    else:
        if not adds and not removes:
            raise click.UsageError("say who gains a key (--add NAME=FILE.pub) or loses theirs (--remove NAME)")
        done = ruling.rotate(_desk(folder, key, secret)[1](), role, adds=[read_named(each) for each in adds], removes=removes)
    _told(done.draft.name, done.draft.role, done.missing)


@publish.command()
@guarded
@_studio
@_yes
@click.option("--key", type=_FILE, metavar="FILE", help="Sign as a person; without it, as the machine.")
@click.option("--passphrase-file", "secret", type=_FILE, metavar="FILE", help="Instead of being asked.")
@click.option("--every", metavar="TIME", callback=parsed(_nanos), help="As the machine, again and again, say 5m.")
@click.argument("drafts", nargs=-1)
def sign(*, folder: Path, yes: bool, key: Path | None, secret: Path | None, every: Nanos | None, drafts: tuple[str, ...]) -> None:
    """As the machine: publish what is ready and renew. With --key: sign what this person owes, or the DRAFTS named."""
    if key is not None:
        if every is not None:
            raise click.UsageError("a person signs once; --every is for the machine")
        from player.publish.sitting import sign_as_person

        desk = _desk(folder, key, secret)[1]()
        sign_as_person(desk, drafts, yes=yes)
        if desk.damaged:
            raise SystemExit(PROBLEM)
        return
    if drafts:
        raise click.UsageError("drafts are signed by people: --key FILE")
    from player.clock import SystemClock
    from player.publish.rounds import keep_signing
    from player.publish.signer import sign_once
    from player.publish.sitting import warn
    from player.publish.studio import open_studio

    studio = open_studio(folder)
    if every is not None:
        keep_signing(studio, SystemClock(), every=every, stopped=ended(), say=click.echo)
        return
    done = sign_once(studio, SystemClock())
    _echo(done.news or ("nothing new; the time is signed anew",))
    warn((*done.warnings, *done.damaged))
    if done.warnings or done.damaged:
        raise SystemExit(PROBLEM)


@publish.command()
@guarded
@_studio
@_json
def status(*, folder: Path, as_json: bool) -> None:
    """Say what runs out when, and whose signature is next. Exit status 1 when one is due within 72 hours."""
    from player.publish import report
    from player.publish.studio import open_studio

    stands = report.status(open_studio(folder), _now())
    if as_json:
        click.echo(json.dumps(report.status_record(stands), ensure_ascii=False, indent=1))
    else:
        _echo(report.status_lines(stands))
    if stands.is_alarming:
        raise SystemExit(PROBLEM)


@publish.command()
@guarded
@_studio
@click.option("--port", type=click.IntRange(0, 65535), default=8080, show_default=True, help="0: any that is free.")
def serve(*, folder: Path, port: int) -> None:
    """Serve what is published on this computer alone, to try it. At a memorial a real web server does."""
    from player.clock import SystemClock
    from player.publish.server import serve as answer
    from player.publish.studio import open_studio

    answer(open_studio(folder).public, port=port, clock=SystemClock(), stopped=ended(), say=click.echo)


@publish.command()
@guarded
@click.option("--folder", type=_PATH, metavar="DIR", help="Keep everything there; else it is removed at the end.")
@click.option("--windowed", metavar="WxH", callback=parsed(parse_size), help="In a window of this size.")
@click.option("--no-player", is_flag=True, help="Without a screen: only what it would say.")
def demo(*, folder: Path | None, windowed: Size | None, no_player: bool) -> None:
    """Show approval, withdrawal, a replay and a lease running out, in two minutes."""
    from player.publish.demo import run

    if not run(folder=folder, windowed=windowed, has_screen=not no_player, stopped=ended()):
        raise SystemExit(PROBLEM)


def _desk(folder: Path, key: Path, secret: Path | None) -> tuple[Studio, Callable[[], Desk]]:
    from player.publish.sitting import open_desk

    return open_desk(folder, key, secret)


def _now() -> datetime:
    from player.clock import SystemClock
    from player.publish.instants import moment

    return moment(SystemClock().wall())


def _told(name: str, role: str, missing: int) -> None:
    click.echo(f"signed {role}/{name}")
    more = f"{missing} more must sign it: weremember publish sign {role}/{name} --key FILE"
    click.echo(more if missing else "enough have signed: the signer publishes it (weremember publish sign)")


def _echo(lines: Iterable[str]) -> None:
    for line in lines:
        click.echo(line)
