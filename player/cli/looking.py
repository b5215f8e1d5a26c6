"""How the player, this machine and one instant of the show are."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from player.cli.beginning import clean, in_use, instant, length, serve
from player.terminal import PROBLEM, ended, fail, parsed, where
from player.units import SECOND, Nanos, Size, parse_size

if TYPE_CHECKING:
    import threading
    from fractions import Fraction

    from player.filming.film import Order
    from player.heartbeat import Heartbeat
    from player.in_force import InForce
    from player.library.trusted_time import TrustedClock
    from player.settings import Configuration

_EITHER: Final = "A picture has --at; a film --from, and --until or --length"
_FILM: Final = "--from, --until, --length, --show, --fps and --outputs"


@click.command()
@where
@click.option("--json", "as_json", is_flag=True, help="As one object, for programs.")
@click.option("--watch", "follow", is_flag=True, help="Stay, and follow it each second; Ctrl-C ends it.")
def status(*, config: str | None, data: str | None, as_json: bool, follow: bool) -> None:
    """Say how the running player is."""
    from player.status import is_terminal, print_status, watch

    if as_json and follow:
        raise click.UsageError("--watch is for people, --json for programs: choose one")
    if follow and not is_terminal():
        raise click.UsageError("--watch needs a terminal")
    configuration = in_use(config, data)
    if not follow:
        raise SystemExit(0 if print_status(configuration, json_only=as_json) else PROBLEM)
    from player.clock import SystemClock

    watch(configuration, SystemClock(), ended())


@click.command()
@where
@click.option("--accept-loss", is_flag=True, help="Go on although the record of withdrawals is lost.")
def doctor(*, config: str | None, data: str | None, accept_loss: bool) -> None:
    """Say what is well, what is not, and what would mend it."""
    from player.doctor import accept, examine, print_findings

    configuration = clean(config, data)
    if accept_loss:
        click.echo(accept(configuration))
        return
    raise SystemExit(PROBLEM if print_findings(examine(configuration)) else 0)


def _rate(text: str) -> Fraction:
    """Return pictures a second; read only when somebody names some, for fractions take 0.5 MB of every process."""
    from player.filming.rate import parse_rate

    return parse_rate(text)


@click.command()
@where
@click.option("--at", metavar="INSTANT", help="One instant as a picture, such as 2027-01-27T12:00:05Z.")
@click.option("--from", "start", metavar="INSTANT", help="A film: its first instant.")
@click.option("--until", metavar="INSTANT", help="A film: when it ends.")
@click.option("--length", "long", metavar="TIME", callback=parsed(length), help="A film: how long it is, such as 10m.")
@click.option("--show", metavar="NAME", help="A film: of this show alone, from its first slide on, now or from --from on.")
@click.option("--fps", "rate", metavar="N", callback=parsed(_rate), help="A film: pictures a second; 30.")
@click.option("--outputs", is_flag=True, help="A film of each output as it is mapped: show-LEFT.mp4, and so on.")
@click.option("--size", metavar="WxH", callback=parsed(parse_size), help="Of the canvas; the display's, or 1920x1080.")
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="A .png, .jpg or .mp4 file.")
def render(
    *,
    config: str | None,
    data: str | None,
    at: str | None,
    start: str | None,
    until: str | None,
    long: Nanos | None,
    show: str | None,
    rate: Fraction | None,
    outputs: bool,
    size: Size | None,
    out: Path,
) -> None:
    """Draw an instant of the show as a picture, or a film of it."""
    if at is None:
        if until is not None and long is not None:
            raise click.UsageError("--until and --length say the same: write one of them")
        is_endless = until is None and long is None
        if is_endless or (start is None and show is None):
            missing = "--at" if is_endless and start is show is None else "--until" if is_endless else "--from"
            raise click.UsageError(f"Missing option '{missing}'. {_EITHER}")
        from player.filming.film import Order
        from player.filming.rate import USUAL

        configuration = clean(config, data)
        begins, ends = _span(configuration, start, until, long)
        _film(configuration, Order(start=begins, until=ends, rate=rate or USUAL, out=out, size=size, outputs=outputs, show=show))
        return
    if start or until or long or show or rate or outputs:
        raise click.UsageError(f"--at draws one picture: leave {_FILM} out. {_EITHER}")
    from player.clock import SystemClock
    from player.progress import progress
    from player.still import save, still

    configuration = clean(config, data)
    moment = instant(at, configuration, "--at")
    _inspect(configuration, None)
    with progress("Planning the show") as tell:
        image = still(configuration, moment, size, SystemClock(), tell)
    save(image, out)


def _span(configuration: Configuration, start: str | None, until: str | None, long: Nanos | None) -> tuple[Nanos, Nanos]:
    """Return when a film begins, which is now unless it is said, and when it ends."""
    from player.clock import SystemClock

    begins = SystemClock().wall() // SECOND * SECOND if start is None else instant(start, configuration, "--from")
    return begins, begins + (long or 0) if until is None else instant(until, configuration, "--until")


def _film(configuration: Configuration, order: Order) -> None:
    from player.clock import SystemClock
    from player.filming.film import film
    from player.progress import progress

    if problem := order.problem(configuration.playlists):
        raise click.UsageError(problem)
    stopped = ended()
    filmed = None
    if _inspect(configuration, stopped, order.show):
        with progress("Filming the show") as tell:
            filmed = film(configuration, order, SystemClock(), tell, stopped)
    if filmed is None:
        fail("stopped: nothing was written")
    for file in filmed.files:
        click.echo(f"{file}: {filmed.pictures} pictures, {float(order.rate):g} a second")


def _inspect(configuration: Configuration, stopped: threading.Event | None, show: str | None = None) -> bool:
    from player.clock import SystemClock
    from player.filming.inspection import inspect
    from player.progress import progress

    with progress("Looking at the films") as tell:
        return inspect(configuration, SystemClock(), tell, stopped, show=show)


@click.command(hidden=True)
@where
def broadcast(*, config: str | None, data: str | None) -> None:
    """Make a stream of the running show: its process alone."""
    from player.standby import SERVE

    serve(_broadcast, config, data, need=SERVE)


def _broadcast(
    in_force: InForce, /, *, clock: TrustedClock, heartbeat: Heartbeat, stopped: threading.Event, reload: threading.Event
) -> None:
    """Serve it; only now is loaded what that takes."""
    from player.filming.broadcast import run

    run(in_force, clock=clock, heartbeat=heartbeat, stopped=stopped, reload=reload)


@click.command(hidden=True)
@where
def film(*, config: str | None, data: str | None) -> None:
    """Decode films and streams for the screen, and let them be heard: its process alone."""
    from player.standby import FILMS

    serve(_film_service, config, data, need=FILMS)


def _film_service(
    in_force: InForce, /, *, clock: TrustedClock, heartbeat: Heartbeat, stopped: threading.Event, reload: threading.Event
) -> None:
    """Serve them; only now is loaded what that takes."""
    from player.film.service import run

    run(in_force, clock=clock, heartbeat=heartbeat, stopped=stopped, reload=reload)


@click.command()
@where
@click.option("--json", "as_json", is_flag=True, help="As one object.")
def bench(*, config: str | None, data: str | None, as_json: bool) -> None:
    """Measure how fast this machine draws and prepares."""
    from player.bench import measure, print_rows

    clean(config, data)
    rows = measure()
    if as_json:
        click.echo(json.dumps(rows, indent=1))
    else:
        print_rows(rows)
