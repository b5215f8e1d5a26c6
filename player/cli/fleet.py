"""`weremember fleet …`: a centre for many players. Parses, calls and prints; what a command does lies in `player.centre`."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

import click

from player.cli import fleet_acting, fleet_simulating, fleet_trying
from player.cli.of_a_centre import of_a_centre
from player.terminal import PROBLEM, Commands, ended, guarded, parsed

if TYPE_CHECKING:
    from player.centre.link import Broker

R = TypeVar("R")

_PATH: Final = click.Path(path_type=Path)
_FILE: Final = click.Path(path_type=Path, dir_okay=False)


def _broker(text: str) -> Broker:
    from player.centre.section import parse_broker

    return parse_broker(text)


@click.group("fleet", cls=Commands)
def fleet() -> None:
    """See and order many players from one place."""


@fleet.command()
@guarded
@click.argument("folder", type=_PATH)
@click.option(
    "--broker", metavar="HOST[:PORT]", required=True, callback=parsed(_broker), help="Where players reach the MQTT broker."
)
@click.option("--name", default="We Remember", show_default=True, help="Of the fleet, for people.")
@click.option(
    "--players", type=click.IntRange(1, 50_000), default=1000, show_default=True, help="How many the broker makes room for."
)
def init(*, folder: Path, broker: Broker, name: str, players: int) -> None:
    """Make the centre's FOLDER: its keys, its certificates, and what the broker is told."""
    from player.centre import brokering
    from player.centre.founding import found
    from player.clock import SystemClock

    office = found(folder, broker, SystemClock().wall(), name=name, players=players)
    click.echo(f"centre: {office.folder}, for a broker at {office.centre.broker}; keep a copy of it in a safe place")
    click.echo(
        "on the broker's computer (Debian: apt install mosquitto), once; if it is another one, copy these files there first:"
    )
    _echo(brokering.to_install(office.folder))
    click.echo("then say which centre you mean, and enrol each player:")
    _echo((f"export WEREMEMBER_CENTRE={shlex.quote(str(office.folder.absolute()))}", "weremember fleet enrol ID --group GROUP"))


@fleet.command()
@of_a_centre
@click.argument("player", metavar="ID")
@click.option("--group", required=True, help="Of players that are told the same.")
@click.option("--site", default="", help="Where it stands, for people.")
@click.option("--feed", default="", metavar="URL", help="The signed feed that it shows.")
@click.option("--root", type=_FILE, metavar="1.root.json", help="That feed's root, to go with it.")
@click.option("--config", "template", type=_FILE, metavar="FILE", help="A config.yaml: the rest of the player's own.")
@click.option("--again", is_flag=True, help="New papers for one that has some; those count no more.")
def enrol(
    *, folder: Path, player: str, group: str, site: str, feed: str, root: Path | None, template: Path | None, again: bool
) -> None:
    """Let a player belong to the fleet: its papers and its configuration, in one file to carry there."""
    from player.centre import brokering
    from player.centre import enrolling as enrolment
    from player.centre.founding import opened
    from player.centre.store import Store
    from player.clock import SystemClock

    office, clock = opened(folder), SystemClock()
    wish = enrolment.Wish(id=player, group=group, site=site, feed=feed, root=root, template=template)
    with Store(folder) as store:
        done = enrolment.enrol(office, store, wish, clock.wall(), again=again)
        told = enrolment.tell_enrolled(office, store, player, clock)
    click.echo(f"{player}: {done.archive} is for its computer alone; its README says how to begin")
    for remark in done.remarks:
        click.echo(f"  {remark}")
    if done.problems:
        click.echo(f"weremember check says of {done.folder / enrolment.CONFIG}:")
        _echo(done.problems)
    click.echo(told)
    if feed and root is None:
        click.echo("its feed's root is still to be pinned there: weremember feed trust 1.root.json")
    if done.is_again:
        click.echo("its old papers count until the broker's files are installed again:")
        _echo(brokering.to_reload(office.folder))


@fleet.command()
@of_a_centre
@click.argument("player", metavar="ID")
def revoke(*, folder: Path, player: str) -> None:
    """Let a player belong to the fleet no more: nothing it says counts, and nothing is told to it."""
    from player.centre import brokering, enrolling
    from player.centre.founding import opened
    from player.centre.store import Store
    from player.clock import SystemClock
    from player.errors import NetworkError, OperatorError

    office = opened(folder)
    with Store(folder) as store:
        enrolling.revoke(office, store, player, SystemClock().wall())
    click.echo(f"{player} is revoked. It is put out once the broker knows:")
    _echo(brokering.to_reload(office.folder))
    try:
        with office.link(enrolling.visitor()).open() as link:
            link.publish_all(enrolling.farewell(player))
    except (NetworkError, OperatorError) as error:
        click.echo(f"what the broker keeps of it stays there for now: {error}", err=True)


@fleet.command()
@of_a_centre
@click.option("--group", default="", help="Only this one.")
@click.option("--search", default="", metavar="TEXT", help="Part of an id, a site or a group.")
@click.option("--wrong", is_flag=True, help="Only those that need a look.")
@click.option("--all", "is_whole", is_flag=True, help="Every one, and not the worst hundred.")
@click.option("--revoked", is_flag=True, help="Also those that belong to the fleet no more.")
@click.option("--watch", is_flag=True, help="A page that follows them, until Ctrl-C.")
@click.option("--json", "as_json", is_flag=True, help="For programs: every one.")
def status(
    *, folder: Path, group: str, search: str, wrong: bool, is_whole: bool, revoked: bool, watch: bool, as_json: bool
) -> None:
    """Say how every player is, the wrong ones first. Exit status 1 when one needs a look."""
    from player.centre import watching
    from player.centre.founding import opened
    from player.centre.store import Wanted
    from player.clock import SystemClock

    office = opened(folder)
    wanted = Wanted(text=search, group=group, state="wrong" if wrong else "", revoked=revoked)
    if watch:
        if as_json or not watching.is_terminal():
            raise click.UsageError("--watch is a page on a terminal; for programs, ask for --json again and again")
        watching.watch(office, wanted, SystemClock(), ended())
        return
    if not watching.print_status(office, wanted, SystemClock(), is_json=as_json, is_whole=is_whole):
        raise SystemExit(PROBLEM)


@fleet.command()
@of_a_centre
def collect(*, folder: Path) -> None:
    """Take in what players say, until it is ended: for `status`, the console and the report. One for a centre."""
    from player.centre import collecting
    from player.centre.founding import opened
    from player.centre.keeping import Keeper
    from player.centre.signing import Signer
    from player.centre.store import Store
    from player.clock import SystemClock

    office, clock, stopped = opened(folder), SystemClock(), ended()
    with collecting.alone(folder), Store(folder) as store, collecting.link_of(office) as link:
        link.start()
        click.echo(f"collecting from {office.centre.broker}")
        collector = collecting.Collector(store, link, clock)
        keeper = Keeper(store, link, Signer(office.signing_key(), store, clock), clock, players=office.centre.players)
        collecting.keep_on(collector, clock, stopped, keeper)
    lost = f"; reports let go, for too many came at once: {link.let_go:,}" if link.let_go else ""
    click.echo(f"messages taken in: {collector.taken:,}{lost}")


for _command in (*fleet_acting.COMMANDS, fleet_simulating.simulate, fleet_trying.demo):
    fleet.add_command(_command)


def _echo(lines: tuple[str, ...]) -> None:
    for line in lines:
        click.echo(f"  {line}")
