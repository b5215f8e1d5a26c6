"""`run` and its processes; `check` and `reload` for its configuration."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path

import click

from player.cli.beginning import clean, in_force, length, serve, signalled
from player.cli.consoling import of_fleet
from player.terminal import PROBLEM, fail, parsed, where
from player.units import Nanos, Size, parse_size

_windowed = click.option("--windowed", metavar="WxH", callback=parsed(parse_size), help="In a window of this size.")


@click.command()
@where
@_windowed
@click.option("--for", "ends_after", metavar="TIME", callback=parsed(length), help="End by itself after, say, 20s.")
@of_fleet
def run(*, config: str | None, data: str | None, windowed: Size | None, ends_after: Nanos | None, fleet: Path | None) -> None:
    """Run the show: a screen, the feeds, the alarms."""
    from player import supervisor
    from player.clock import SystemClock
    from player.heartbeat import Heartbeat
    from player.one_run import held
    from player.places import RUN_DATA, data_to_be, find
    from player.processes import children
    from player.text.shaping import trouble

    missing = trouble()
    if missing:
        fail(missing)
    Heartbeat.from_environment()  # a rehearsal's player ends with it, however that ends: nobody else would take it off the wall
    # Under systemd no key ends the run; the person at a terminal may.
    by_key = sys.stdin.isatty() and "INVOCATION_ID" not in os.environ
    file = find(config)  # by its name from here on: without it a process that begins anew would find another one
    folder = Path(data).expanduser() if data else data_to_be(file)
    table = children(config=str(file), data=data, windowed=windowed, ends_by_key=by_key, fleet=fleet)
    environ = os.environ | {RUN_DATA: str(folder)}
    with held(folder):
        raise SystemExit(supervisor.run(table, clock=SystemClock(), ends_after=ends_after, environ=environ))


@click.command()
@where
@_windowed
@click.option("--ends-by-key", is_flag=True, help="Escape twice, or closing the window, ends it.")
@click.option("--trace", type=click.Path(dir_okay=False, path_type=Path), help="Write the time and work of every frame here.")
def screen(*, config: str | None, data: str | None, windowed: Size | None, ends_by_key: bool, trace: Path | None) -> None:
    """Show what is in the library: one half of `run`."""
    from player.screen.wall import first_wall

    stopped, again = signalled()
    wall = first_wall(data, windowed, config)  # the plate is up before the rest is even imported
    from player.heartbeat import Heartbeat
    from player.library.trusted_time import trusted_clock
    from player.screen.crew import Ending
    from player.screen.service import Options
    from player.screen.service import run as show
    from player.supervisor import EXIT_ENDED

    ending = show(
        in_force(config, data),
        wall=wall,
        options=Options(windowed=windowed, ends_by_key=ends_by_key, trace=trace),
        clock=trusted_clock(),
        heartbeat=Heartbeat.from_environment(),
        stopped=stopped,
        reload=again,
    )
    raise SystemExit(EXIT_ENDED if ending is Ending.ASKED else 0)


@click.command()
@where
@click.option("--once", is_flag=True, help="Ask each source once, prepare all that is new, and end.")
@click.option(
    "--forgiving", is_flag=True, hidden=True, help="Go by the last clean copy of a faulty configuration, as `run` does."
)
def ingest(*, config: str | None, data: str | None, once: bool, forgiving: bool) -> None:
    """Fetch, check and prepare photos: the other half of `run`."""
    if once:
        from player.ingest.once import run_once
        from player.library.trusted_time import trusted_clock

        raise SystemExit(PROBLEM if run_once(clean(config, data), trusted_clock(), click.echo) else 0)
    from player.ingest import service

    if not forgiving:
        clean(config, data)
    serve(service.run, config, data)


@click.command()
@where
def check(*, config: str | None, data: str | None) -> None:
    """Find every mistake in the configuration and its shows.

    With `viewing_distance` and `wall_width` it also says which words nobody will read; that is no mistake.
    """
    from player import films
    from player.clock import SystemClock
    from player.errors import WorkerError
    from player.film.looking import Looks
    from player.remarks import remarks
    from player.settings import find, load, with_data

    file = find(config)
    look = Looks(SystemClock())
    loaded = load(file, look)
    for problem in loaded.problems:
        click.echo(str(problem))
    if loaded.configuration:
        with contextlib.suppress(WorkerError):  # then a player that runs looks for itself
            look.keep(with_data(loaded.configuration, data).data)
    if loaded.problems:
        raise SystemExit(PROBLEM)
    told: list[str] = []
    if loaded.configuration and loaded.configuration.settings.display.viewing_distance is not None:
        from player.viewing import unread

        told += unread(loaded.configuration)
    if loaded.configuration:
        told += remarks(with_data(loaded.configuration, data), SystemClock().wall())
        told += films.remarks(loaded.configuration.playlists.values(), look, loaded.configuration.settings.display.fps)
    click.echo(f"{file}: {f'no mistake, but {len(told)} to look at:' if told else 'no problem found'}")
    for sentence in told:
        click.echo(sentence)


@click.command()
@where
def reload(*, config: str | None, data: str | None) -> None:
    """Let the running player read its configuration again."""
    from player.ordering import order_all

    missing = order_all(clean(config, data), "reload", click.echo)
    if missing:
        fail(f"no answer from {', '.join(missing)} within 5 s: is the player running? (weremember run)")
