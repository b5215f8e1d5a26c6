"""The command line: parses, calls, prints. What a command does lies in the module that it calls, imported when it is called.

Exit status: 0 fine, 1 a problem was found, 2 wrong usage. Errors are one line on stderr that says what to do.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import click

from player import __version__
from player.publish.commands import publish
from player.terminal import PROBLEM, Commands, fail, parsed, where
from player.units import Nanos, Size, nanos, parse_duration, parse_size

if TYPE_CHECKING:
    from player.in_force import InForce
    from player.settings import Configuration


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, message="weremember %(version)s")
def main() -> None:
    """Show approved photos as a quiet, full-screen show with the words We Remember."""


def _nanos(text: str) -> Nanos:
    return nanos(parse_duration(text))


_windowed = click.option("--windowed", metavar="WxH", callback=parsed(parse_size), help="In a window of this size.")


@main.command()
@where
@_windowed
@click.option("--for", "length", metavar="TIME", callback=parsed(_nanos), help="End by itself after, say, 20s.")
def run(*, config: str | None, data: str | None, windowed: Size | None, length: Nanos | None) -> None:
    """Run the player: screen and ingest, watched and restarted."""
    from player import supervisor
    from player.clock import SystemClock
    from player.processes import children

    # Under systemd no key ends the run; the person at a terminal may.
    by_key = sys.stdin.isatty() and "INVOCATION_ID" not in os.environ
    table = children(config=config, data=data, windowed=windowed, ends_by_key=by_key)
    raise SystemExit(supervisor.run(table, clock=SystemClock(), ends_after=length))


@main.command()
@where
@_windowed
@click.option("--ends-by-key", is_flag=True, help="Escape twice, or closing the window, ends it.")
@click.option("--trace", type=click.Path(dir_okay=False, path_type=Path), help="Write the time and work of every frame here.")
def screen(*, config: str | None, data: str | None, windowed: Size | None, ends_by_key: bool, trace: Path | None) -> None:
    """Show what is in the library: the screen process alone."""
    from player.screen.wall import first_wall

    stopped, reload = _signalled()
    wall = first_wall(data, windowed, config)  # the plate is up before the rest is even imported
    from player.heartbeat import Heartbeat
    from player.library.trusted_time import trusted_clock
    from player.screen.crew import Ending
    from player.screen.service import Options
    from player.screen.service import run as show
    from player.supervisor import EXIT_ENDED

    ending = show(
        _in_force(config, data),
        wall=wall,
        options=Options(windowed=windowed, ends_by_key=ends_by_key, trace=trace),
        clock=trusted_clock(),
        heartbeat=Heartbeat.from_environment(),
        stopped=stopped,
        reload=reload,
    )
    raise SystemExit(EXIT_ENDED if ending is Ending.ASKED else 0)


@main.command()
@where
@click.option("--once", is_flag=True, help="Ask each source once, prepare all that is new, and end.")
@click.option(
    "--forgiving", is_flag=True, hidden=True, help="Go by the last clean copy of a faulty configuration, as `run` does."
)
def ingest(*, config: str | None, data: str | None, once: bool, forgiving: bool) -> None:
    """Fetch, check and prepare photos: the ingest process alone."""
    from player.heartbeat import Heartbeat
    from player.library.trusted_time import trusted_clock

    if once:
        from player.ingest.once import run_once

        raise SystemExit(PROBLEM if run_once(_clean(config, data), trusted_clock(), click.echo) else 0)
    from player.ingest import service

    if not forgiving:
        _clean(config, data)
    stopped, reload = _signalled()
    service.run(
        _in_force(config, data),
        clock=trusted_clock(),
        heartbeat=Heartbeat.from_environment(),
        stopped=stopped,
        reload=reload,
    )
    # A poll in progress may take ten seconds more to give up; everything of ours is closed by now.
    os._exit(0)


@main.command()
@where
def check(*, config: str | None, data: str | None) -> None:
    """Print every problem of the configuration and its playlists."""
    from player.clock import SystemClock
    from player.settings import find, load

    del data  # every command takes it; nothing of the data folder is checked here
    file = find(config)
    loaded = load(file)
    for problem in loaded.problems:
        click.echo(str(problem))
    if loaded.problems:
        raise SystemExit(PROBLEM)
    click.echo(f"{file}: no problem found")
    end = loaded.configuration.delete_at if loaded.configuration else None
    if end is not None and end <= SystemClock().wall():
        click.echo("retention.delete_after: this day is past: a player that starts with it deletes all photos")


@main.command()
@where
@click.option("--at", required=True, metavar="INSTANT", help="Such as 2027-01-27T12:00:05Z.")
@click.option("--size", metavar="WxH", callback=parsed(parse_size), help="Of the canvas; the display's, or 1920x1080.")
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="A .png or .jpg file.")
def render(*, config: str | None, data: str | None, at: str, size: Size | None, out: Path) -> None:
    """Draw one instant of the configured show, without a window."""
    from player.clock import SystemClock
    from player.progress import progress
    from player.still import save, still

    configuration = _clean(config, data)
    moment = _instant(at, configuration, "--at")
    with progress("Planning the show") as tell:
        image = still(configuration, moment, size, SystemClock(), tell)
    save(image, out)


@main.command()
@where
@click.option("--json", "as_json", is_flag=True, help="As a list of objects.")
def photos(*, config: str | None, data: str | None, as_json: bool) -> None:
    """List every photo with its state and the reason for it."""
    from player.report import photo_table, photos_as_json

    configuration = _clean(config, data)
    if as_json:
        photos_as_json(configuration, sys.stdout)
    else:
        photo_table(configuration)


@main.command()
@where
@click.option("--accept-loss", is_flag=True, help="Go on although the record of withdrawals is lost.")
def doctor(*, config: str | None, data: str | None, accept_loss: bool) -> None:
    """Say what is well and what is not, and what would mend it."""
    from player.doctor import accept, examine, print_findings

    configuration = _clean(config, data)
    if accept_loss:
        click.echo(accept(configuration))
        return
    raise SystemExit(PROBLEM if print_findings(examine(configuration)) else 0)


@main.command()
@where
@click.option("--json", "as_json", is_flag=True, help="As one object.")
def bench(*, config: str | None, data: str | None, as_json: bool) -> None:
    """Measure frames, preparation, planning and queries on this machine."""
    from player.bench import measure, print_rows

    _clean(config, data)
    rows = measure()
    if as_json:
        click.echo(json.dumps(rows, indent=1))
    else:
        print_rows(rows)


@main.command()
@where
def reload(*, config: str | None, data: str | None) -> None:
    """Let the running player read its configuration again."""
    from player.ordering import order_all

    missing = order_all(_clean(config, data), "reload", click.echo)
    if missing:
        fail(f"no answer from {', '.join(missing)} within 5 s: is the player running? (weremember run)")


@main.command()
@where
@click.argument("names", nargs=-1, required=True, metavar="SOURCE/ID...")
@click.option("--reason", metavar="TEXT", help="For the record.")
def withdraw(*, config: str | None, data: str | None, names: tuple[str, ...], reason: str | None) -> None:
    """Take photos down at once and for ever, also offline; a bare ID in every source."""
    from player.withdrawals import withdraw as take_down

    raise SystemExit(0 if take_down(_clean(config, data), names, reason, click.echo) else PROBLEM)


@main.command()
@where
@click.argument("names", nargs=-1, required=True, metavar="SOURCE/ID...")
@click.option("--by", required=True, metavar="NAME", help="Who answers for it.")
def reinstate(*, config: str | None, data: str | None, names: tuple[str, ...], by: str) -> None:
    """Take back a withdrawal on this player, in the name of a person."""
    from player.withdrawals import reinstate as bring_back

    raise SystemExit(0 if bring_back(_clean(config, data), names, by, click.echo) else PROBLEM)


@main.group(cls=Commands)
def feed() -> None:
    """Try a feed, or pin the root of a signed one."""


@feed.command()
@where
@click.argument("root", type=click.Path(dir_okay=False, path_type=Path), metavar="ROOT.json")
@click.option("--feed", "name", metavar="NAME", help="Which feed of the configuration; needed when several are signed.")
@click.option("--forget", is_flag=True, help="Forget how far the feed had come: after its machine's key was stolen.")
def trust(*, config: str | None, data: str | None, root: Path, name: str | None, forget: bool) -> None:
    """Pin the root that a signed feed is believed by."""
    from player.anchoring import pin
    from player.terminal import operator

    click.echo(pin(_clean(config, data), name, root, by=operator(), forget=forget))


@feed.command()
@where
@click.argument("url")
@click.option("--kind", required=True, metavar="KIND", help="jsonfeed, folder, rss, wallsio, mapped, mastodon or bluesky.")
@click.option("--map", "map_", default="", metavar="MAP", help="For mapped: curator, taggbox, juicer, or a file.")
@click.option("--token", metavar="REF", help="Where its key is: env:NAME or file:PATH.")
@click.option("--assume-approved", is_flag=True, help="As in the configuration.")
@click.option("--root", type=click.Path(dir_okay=False, path_type=Path), metavar="ROOT.json", help="Of a signed feed.")
def test(
    *,
    config: str | None,
    data: str | None,
    url: str,
    kind: str,
    map_: str,
    token: str | None,
    assume_approved: bool,
    root: Path | None,
) -> None:
    """Ask a feed once: what of it would be shown, what not, and why."""
    from player.feed_check import Asked, see_and_print
    from player.library.trusted_time import trusted_clock

    asked = Asked(url=url, kind=kind, map=map_, token=token, assume_approved=assume_approved, root=root)
    raise SystemExit(0 if see_and_print(asked, _clean(config, data), trusted_clock()) else PROBLEM)


@main.group(cls=Commands)
def journal() -> None:
    """Read and verify the record of what was approved, withdrawn, refused and shown."""


@journal.command()
@where
def verify(*, config: str | None, data: str | None) -> None:
    """Find any line of the journal that was changed or is missing."""
    from player.journal import verify as verify_journal

    raise SystemExit(0 if verify_journal(_clean(config, data), click.echo) else PROBLEM)


@journal.command()
@where
@click.option("--since", metavar="INSTANT", help="Such as 2027-01-27T12:00.")
@click.option("--kind", metavar="KIND", help="One kind of line, such as withdrawn, receipt, approvals or plays.")
@click.option("--json", "as_json", is_flag=True, help="As objects, one a line.")
def show(*, config: str | None, data: str | None, since: str | None, kind: str | None, as_json: bool) -> None:
    """Print the lines of the journal, oldest first."""
    from player.journal import show as show_journal

    configuration = _clean(config, data)
    moment = None if since is None else _instant(since, configuration, "--since")
    show_journal(configuration, click.echo, since=moment, kind=kind, as_json=as_json)


main.add_command(publish)


def _instant(text: str, configuration: Configuration, option: str) -> Nanos:
    """Return an instant as people write it; without an offset it is the site's own time."""
    from player.still import instant

    try:
        return instant(text, configuration.settings.site.zone)
    except (ValueError, OverflowError) as error:
        raise click.BadParameter(str(error), param_hint=f"'{option}'") from error


def _signalled() -> tuple[threading.Event, threading.Event]:
    """Return two events: SIGTERM and Ctrl-C set the first, SIGHUP the second."""
    stopped, again = threading.Event(), threading.Event()

    def end(_number: int, _frame: object) -> None:
        stopped.set()

    def read_again(_number: int, _frame: object) -> None:
        again.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    signal.signal(signal.SIGHUP, read_again)
    return stopped, again


def _in_force(config: str | None, data: str | None) -> InForce:
    from player.in_force import InForce
    from player.settings import find

    return InForce(find(config), data)


def _clean(config: str | None, data: str | None) -> Configuration:
    """Return the configuration, or end with its first problem."""
    from player.settings import find, load, with_data

    loaded = load(find(config))
    if loaded.configuration is None:
        more = len(loaded.problems) - 1
        fail(f"{loaded.problems[0]}" + (f" (and {more} more: weremember check)" if more else ""))
    return with_data(loaded.configuration, data)
