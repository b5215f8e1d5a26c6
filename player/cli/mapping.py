"""Setting up a façade: test cards, shapes edited on the wall, displays, projectors, and the wall judged on paper."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from player.cli.beginning import clean, in_force, in_use, instant, signalled
from player.cli.operating import give, known, order_of
from player.command.replies import remark
from player.terminal import PROBLEM, fail, parsed, where

if TYPE_CHECKING:
    from player.output.shape import Point
    from player.settings import Configuration

_output = click.option("--output", metavar="ID", help="On this output alone; else on all, or the first.")
_length = click.option("--for", "length", metavar="TIME", help="For so long, such as 5m or 2h; else for 15 minutes.")
_json = click.option("--json", "as_json", is_flag=True, help="For programs.")


@click.command()
@where
@click.argument("name", metavar="NAME|off")
@_output
@_length
def testcard(*, config: str | None, data: str | None, name: str, output: str | None, length: str | None) -> None:
    """Show a test card on the outputs, for a time.

    NAME is grid, crosshair, checker, bars, rgbw, blacks, whites, ramp, text, count or bar; `off` takes it away before its time.
    """
    if name == "off" and length is not None:
        raise click.UsageError("off is at once: leave --for out")
    order = order_of(_words(("testcard", name), output, length))
    configuration = in_use(config, data)
    _know_output(output, configuration)
    if name != "off":
        from player.output.testcard import NAMES

        known("test card", name, NAMES)
    give(configuration, order)


@click.command()
@where
@_output
@_length
@click.option("--off", is_flag=True, help="End editing.")
@click.option("--history", is_flag=True, help="List what was kept, the newest first.")
@click.option("--restore", metavar="N", help="Make number N of the history count again; or `previous`.")
@_json
def calibrate(
    *,
    config: str | None,
    data: str | None,
    output: str | None,
    length: str | None,
    off: bool,
    history: bool,
    restore: str | None,
    as_json: bool,
) -> None:
    """Let keys shape what the outputs show, on the wall itself.

    Every edit is kept at once, the last hundred of them. It ends with Esc, or when no key was pressed for 15 minutes.
    """
    asked = [name for name, is_given in (("--off", off), ("--history", history), ("--restore", restore is not None)) if is_given]
    if len(asked) > 1 or (asked and (output is not None or length is not None)):
        raise click.UsageError(f"{asked[0]} stands alone: leave the other options out")
    if as_json and not history:
        raise click.UsageError("--json goes with --history")
    order = order_of(("calibrate", "off") if off else _words(("calibrate",), output, length))
    configuration = in_use(config, data)
    if history or restore is not None:
        from player import calibrating

        if restore is None:
            calibrating.history(configuration, click.echo, as_json=as_json)
        else:
            calibrating.restore(configuration, restore, click.echo)
        return
    _know_output(output, configuration)
    give(configuration, order)


@click.command()
@where
@_json
def outputs(*, config: str | None, data: str | None, as_json: bool) -> None:
    """List the displays that are there, and who has which."""
    from player.outputs import list_displays

    raise SystemExit(0 if list_displays(clean(config, data), click.echo, as_json=as_json) else PROBLEM)


@click.command()
@where
@click.option("--ask", is_flag=True, help="Ask each now, changing nothing: to try an address and a password.")
@_json
def projectors(*, config: str | None, data: str | None, ask: bool, as_json: bool) -> None:
    """Say how the projectors are."""
    from player.clock import SystemClock
    from player.projector.listing import ask_all, print_projectors

    if ask and as_json:
        raise click.UsageError("--ask is for people, --json for programs: choose one")
    configuration, clock = in_use(config, data), SystemClock()
    if ask:
        is_well = ask_all(configuration, click.echo, clock=clock)
    else:
        is_well = print_projectors(configuration, clock=clock, json_only=as_json)
    raise SystemExit(0 if is_well else PROBLEM)


@click.command(hidden=True)
@where
def projector(*, config: str | None, data: str | None) -> None:
    """Switch the projectors: their process alone."""
    from player.clock import SystemClock
    from player.heartbeat import Heartbeat
    from player.standby import PROJECTORS, stand_by

    stopped, again = signalled()
    heartbeat = Heartbeat.from_environment()
    if not stand_by(PROJECTORS, config, data, clock=SystemClock(), heartbeat=heartbeat, stopped=stopped, reload=again):
        return
    # Only now, for it takes three times the memory.
    from player.library.trusted_time import trusted_clock
    from player.projector.service import run

    run(in_force(config, data), clock=trusted_clock(), heartbeat=heartbeat, stopped=stopped, reload=again)


def _move(text: str) -> tuple[str, Point]:
    from player.simulating import parse_move

    return parse_move(text)


def _each(parse: Callable[[str], tuple[str, Point]]) -> Callable[..., dict[str, Point]]:
    def callback(context: click.Context, parameter: click.Parameter, values: Sequence[str]) -> dict[str, Point]:
        one = parsed(parse)
        return dict(found for value in values if (found := one(context, parameter, value)) is not None)

    return callback


@click.command()
@where
@click.option("--outputs", "of_outputs", is_flag=True, required=True, help="What the wall receives of all outputs together.")
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="A .png or .jpg file.")
@click.option("--at", metavar="INSTANT", help="Such as 2027-01-27T17:30; else now.")
@click.option(
    "--moved", metavar="ID=X,Y", multiple=True, callback=_each(_move), help="As if a projector stood off by X, Y pixels."
)
def simulate(
    *, config: str | None, data: str | None, of_outputs: bool, out: Path, at: str | None, moved: dict[str, Point]
) -> None:
    """Draw what the wall would receive, into a picture file.

    The light of all outputs is added up, with how many fall on each spot and how even they are.
    """
    from player.simulating import simulate as draw

    del of_outputs  # said so that another kind of simulation may come
    configuration = clean(config, data)
    moment = None if at is None else instant(at, configuration, "--at")
    draw(configuration, moment, out, click.echo, moved=moved)


@click.command()
@where
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="An .html file.")
def report(*, config: str | None, data: str | None, out: Path) -> None:
    """Write what a wall is judged by before it opens.

    Flashes, picture level, the smallest letter where people stand, contrast, and how even the blends are.
    """
    from player.commissioning import report as write
    from player.library.trusted_time import trusted_clock

    write(clean(config, data), out, now=trusted_clock().wall(), say=click.echo)


def _words(order: tuple[str, ...], output: str | None, length: str | None) -> tuple[str, ...]:
    on = ("on", output) if output is not None else ()
    return (*order, *on, *(("for", length) if length is not None else ()))


def _know_output(output: str | None, configuration: Configuration) -> None:
    """Refuse what is to be set up where there is nothing of the kind."""
    there = [each.id for each in configuration.settings.outputs]
    if not there:
        fail(str(remark("no_outputs")))
    if output is not None:
        known("output", output, there)
