"""The command line: parses, calls, prints. What a command does lies in the module that it calls, imported when it is called.

Exit status: 0 fine, 1 a problem was found, 2 wrong usage. Errors are one line on stderr that says what to do.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final, NoReturn, TypeVar

import click

from player import __version__, log
from player.errors import OrdersLostError, WeRememberError
from player.units import Nanos, Size, nanos, parse_duration, parse_size

if TYPE_CHECKING:
    from player.in_force import InForce
    from player.settings import Configuration

R = TypeVar("R")
T = TypeVar("T")

PROBLEM: Final = 1


class WrongUsage(click.ClickException):
    """What was typed is no command: one line, as every error of ours."""

    exit_code = 2

    def show(self, file: IO[Any] | None = None) -> None:
        """Print it."""
        click.echo(f"weremember: {self.message}", file=file, err=True)


@contextmanager
def _in_one_line() -> Generator[None]:
    try:
        yield
    except click.exceptions.NoArgsIsHelpError:
        raise
    except click.UsageError as error:
        command = f"{error.ctx.info_name} " if error.ctx and error.ctx.parent else ""
        raise WrongUsage(f"{error.format_message()} (weremember {command}--help)") from error


class Commands(click.Group):
    """The commands; whatever is wrong with their words is said in one line."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Take in the words before the command."""
        with _in_one_line():
            return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> object:
        """Take in the words after the command, and do it."""
        with _in_one_line():
            return super().invoke(ctx)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, message="weremember %(version)s")
def main() -> None:
    """Show approved photos as a quiet, full-screen show with the words We Remember."""


def _where(command: Callable[..., R]) -> Callable[..., R]:
    """Give *command* the options that every command takes, and turn our errors into one line and a status."""

    @wraps(command)
    def guarded(*args: object, verbose: bool, **kwargs: object) -> R:
        log.set_up(verbose=verbose)
        try:
            return command(*args, **kwargs)
        except OrdersLostError as error:
            _fail(f"{error}. What to do: weremember doctor")
        except WeRememberError as error:
            _fail(str(error))

    config = click.option("--config", metavar="FILE", help="The configuration: config.yaml here, or beside the program.")
    data = click.option("--data", metavar="DIR", help="The data folder, instead of the configuration's.")
    verbose = click.option("--verbose", is_flag=True, help="Tell more.")
    return config(data(verbose(guarded)))


def _parsed(parse: Callable[[str], T]) -> Callable[[click.Context, click.Parameter, str | None], T | None]:
    """Return a callback that parses an option; what is wrong with it is wrong usage."""

    def callback(_context: click.Context, _parameter: click.Parameter, value: str | None) -> T | None:
        try:
            return None if value is None else parse(value)
        except (ValueError, OverflowError) as error:
            raise click.BadParameter(str(error)) from error

    return callback


def _nanos(text: str) -> Nanos:
    return nanos(parse_duration(text))


_windowed = click.option("--windowed", metavar="WxH", callback=_parsed(parse_size), help="In a window of this size.")


@main.command()
@_where
@_windowed
@click.option("--for", "length", metavar="TIME", callback=_parsed(_nanos), help="End by itself after, say, 20s.")
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
@_where
@_windowed
@click.option("--ends-by-key", is_flag=True, help="Escape twice, or closing the window, ends it.")
@click.option("--trace", type=click.Path(dir_okay=False, path_type=Path), help="Write the time and work of every frame here.")
def screen(*, config: str | None, data: str | None, windowed: Size | None, ends_by_key: bool, trace: Path | None) -> None:
    """Show what is in the library: the screen process alone."""
    from player.screen.wall import first_wall

    stopped, reload = _signalled()
    wall = first_wall(data, windowed)  # the plate is up before the rest is even imported
    from player.clock import SystemClock
    from player.heartbeat import Heartbeat
    from player.screen.loop import Ending
    from player.screen.service import Options
    from player.screen.service import run as show
    from player.supervisor import EXIT_ENDED

    ending = show(
        _in_force(config, data),
        wall=wall,
        options=Options(windowed=windowed, ends_by_key=ends_by_key, trace=trace),
        clock=SystemClock(),
        heartbeat=Heartbeat.from_environment(),
        stopped=stopped,
        reload=reload,
    )
    raise SystemExit(EXIT_ENDED if ending is Ending.ASKED else 0)


@main.command()
@_where
@click.option("--once", is_flag=True, help="Ask each source once, prepare all that is new, and end.")
@click.option(
    "--forgiving", is_flag=True, hidden=True, help="Go by the last clean copy of a faulty configuration, as `run` does."
)
def ingest(*, config: str | None, data: str | None, once: bool, forgiving: bool) -> None:
    """Fetch, check and prepare photos: the ingest process alone."""
    from player.clock import SystemClock
    from player.heartbeat import Heartbeat

    if once:
        from player.ingest.once import run_once

        raise SystemExit(PROBLEM if run_once(_clean(config, data), SystemClock(), click.echo) else 0)
    from player.ingest import service

    if not forgiving:
        _clean(config, data)
    stopped, reload = _signalled()
    service.run(
        _in_force(config, data),
        clock=SystemClock(),
        heartbeat=Heartbeat.from_environment(),
        stopped=stopped,
        reload=reload,
    )
    # A poll in progress may take ten seconds more to give up; everything of ours is closed by now.
    os._exit(0)


@main.command()
@_where
def check(*, config: str | None, data: str | None) -> None:
    """Print every problem of the configuration and its playlists."""
    from player.settings import find, load

    del data  # every command takes it; nothing of the data folder is checked here
    file = find(config)
    loaded = load(file)
    for problem in loaded.problems:
        click.echo(str(problem))
    if loaded.problems:
        raise SystemExit(PROBLEM)
    click.echo(f"{file}: no problem found")


@main.command()
@_where
@click.option("--at", required=True, metavar="INSTANT", help="Such as 2027-01-27T12:00:05Z.")
@click.option("--size", metavar="WxH", callback=_parsed(parse_size), help="Of the canvas; the display's, or 1920x1080.")
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="A .png or .jpg file.")
def render(*, config: str | None, data: str | None, at: str, size: Size | None, out: Path) -> None:
    """Draw one instant of the configured show, without a window."""
    from player.clock import SystemClock
    from player.progress import progress
    from player.still import instant, save, still

    configuration = _clean(config, data)
    try:
        moment = instant(at, configuration.settings.site.zone)
    except (ValueError, OverflowError) as error:
        raise click.BadParameter(str(error), param_hint="'--at'") from error
    with progress("Planning the show") as tell:
        image = still(configuration, moment, size, SystemClock(), tell)
    save(image, out)


@main.command()
@_where
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
@_where
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
@_where
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
@_where
def reload(*, config: str | None, data: str | None) -> None:
    """Let the running player read its configuration again."""
    from player.command import order_all

    missing = order_all(_clean(config, data), "reload", click.echo)
    if missing:
        _fail(f"no answer from {', '.join(missing)} within 5 s: is the player running? (weremember run)")


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
        _fail(f"{loaded.problems[0]}" + (f" (and {more} more: weremember check)" if more else ""))
    return with_data(loaded.configuration, data)


def _fail(message: str) -> NoReturn:
    click.echo(f"weremember: {message}", err=True)
    raise SystemExit(PROBLEM)
