"""`fleet simulate`: a whole fleet on this computer, to see what the protocol bears before anybody stands before a wall."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Final

import click

from player.terminal import PROBLEM, guarded

MOST_PLAYERS: Final = 25_000  # each has a port of its own on loopback, and there are 28,000
FEWEST_PLAYERS: Final = 10  # of which a third may be offline and some clocks be wrong
LONGEST_MIN: Final = 24 * 60.0


@click.command()
@guarded
@click.option("--players", type=click.IntRange(FEWEST_PLAYERS, MOST_PLAYERS), default=1000, show_default=True, help="How many.")
@click.option(
    "--minutes",
    type=click.FloatRange(0.1, LONGEST_MIN),
    default=5.0,
    show_default=True,
    help="How long, once everybody has connected; 0.5 is half a minute. All of 10,000 are back from a restart in 20.",
)
@click.option("--tls", is_flag=True, help="With TLS and a certificate for each player.")
@click.option(
    "--faults", metavar="NAMES", default="all", show_default=True, help="clocks, rascals, origin, third, restart; all; none."
)
@click.option("--seed", type=int, default=1, show_default=True, help="For the same choices again.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.option("--plot", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE.svg", help="Also as a picture.")
@click.option("--no-judge", is_flag=True, help="Exit with 0 whatever was measured: for a machine that has other work.")
def simulate(
    *, players: int, minutes: float, tls: bool, faults: str, seed: int, as_json: bool, plot: Path | None, no_judge: bool
) -> None:
    """Simulate a fleet on this computer.

    Light players keep to the whole protocol against a real broker (Mosquitto), with a feed behind a cache (nginx), while things
    go wrong: a restart of the broker, a third offline, clocks and a group that misbehave, a feed that is down. Prints what was
    measured against what the fleet must hold, and exits with 1 when something does not.
    """
    from rich.console import Console

    from player.centre.simulating.parts import chosen, plan
    from player.centre.simulating.plot import svg
    from player.centre.simulating.run import simulate as run
    from player.centre.simulating.stage import Wishes
    from player.centre.simulating.tables import as_object, tell
    from player.centre.simulating.verdicts import missed
    from player.clock import SystemClock
    from player.errors import OperatorError

    if plot is not None and not plot.absolute().parent.is_dir():
        raise OperatorError(f"{plot}: there is no folder {plot.parent}")  # said before it has run for twenty minutes
    clock, progress = SystemClock(), Console(stderr=True, highlight=False)
    outcome = run(
        Wishes(players=players, seed=seed, has_tls=tls),
        plan(players, minutes * 60, chosen(faults)),
        clock=clock,
        say=lambda line: progress.print(line, markup=False),
    )
    if as_json:
        click.echo(json.dumps(as_object(outcome)))
    else:
        tell(outcome, Console(highlight=False, width=None if sys.stdout.isatty() else 140))
    if plot is not None:
        try:
            plot.write_text(svg(outcome), "utf-8")
        except OSError as error:
            raise OperatorError(f"{plot} could not be written: {error.strerror}") from error
    wrong = missed(outcome.verdicts)
    for each in wrong:
        progress.print(f"missed: {each.line}", markup=False)
    if wrong and not no_judge:
        raise SystemExit(PROBLEM)
