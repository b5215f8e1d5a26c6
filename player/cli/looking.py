"""How the player, this machine and one instant of the show are."""

from __future__ import annotations

import json
from pathlib import Path

import click

from player.cli.beginning import clean, in_use, instant
from player.terminal import PROBLEM, ended, parsed, where
from player.units import Size, parse_size


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


@click.command()
@where
@click.option("--at", required=True, metavar="INSTANT", help="Such as 2027-01-27T12:00:05Z.")
@click.option("--size", metavar="WxH", callback=parsed(parse_size), help="Of the canvas; the display's, or 1920x1080.")
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="A .png or .jpg file.")
def render(*, config: str | None, data: str | None, at: str, size: Size | None, out: Path) -> None:
    """Draw one instant of the show into a picture file."""
    from player.clock import SystemClock
    from player.progress import progress
    from player.still import save, still

    configuration = clean(config, data)
    moment = instant(at, configuration, "--at")
    with progress("Planning the show") as tell:
        image = still(configuration, moment, size, SystemClock(), tell)
    save(image, out)


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
