"""Alarms: one to try, and the process that watches."""

from __future__ import annotations

import click

from player.cli.beginning import clean, in_force, signalled
from player.terminal import PROBLEM, Commands, where


@click.group(cls=Commands)
def alarm() -> None:
    """Try whether alarms reach you."""


@alarm.command()
@where
def test(*, config: str | None, data: str | None) -> None:
    """Send everyone under `alarms:` a test, and say what became of it."""
    from player.alarms.trial import try_all

    raise SystemExit(0 if try_all(clean(config, data), click.echo) else PROBLEM)


@alarm.command(hidden=True)
@where
def watch(*, config: str | None, data: str | None) -> None:
    """Watch and tell: the alarms' process alone."""
    from player.clock import SystemClock
    from player.heartbeat import Heartbeat
    from player.standby import ALARMS, stand_by

    stopped, again = signalled()
    heartbeat = Heartbeat.from_environment()
    if not stand_by(ALARMS, config, data, clock=SystemClock(), heartbeat=heartbeat, stopped=stopped, reload=again):
        return
    # Only now, for it takes three times the memory.
    from player.alarms.service import run
    from player.library.trusted_time import trusted_clock

    run(in_force(config, data), clock=trusted_clock(), heartbeat=heartbeat, stopped=stopped, reload=again)
