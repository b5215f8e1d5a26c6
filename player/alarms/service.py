"""The alarms' process: one watch for each configuration, until it is to end. It needs neither the screen nor ingest."""

from __future__ import annotations

import threading
from contextlib import ExitStack
from typing import Final

from player.alarms.facts import Lookout
from player.alarms.keeping import Keeper
from player.alarms.sending import Courier
from player.alarms.watch import Watch
from player.heartbeat import Heartbeat
from player.in_force import InForce, Staleness
from player.library.trusted_time import TrustedClock
from player.settings import Configuration
from player.units import SECOND, Nanos

TICK: Final[Nanos] = SECOND


def run(
    in_force: InForce, *, clock: TrustedClock, heartbeat: Heartbeat, stopped: threading.Event, reload: threading.Event
) -> None:
    """Watch until *stopped*; without alarms in the configuration, nothing is looked at.

    The configuration is read again on *reload*, and when another process of the player has taken in a new one.
    """
    while not stopped.is_set():
        reload.clear()
        configuration = in_force.read()
        is_stale = Staleness(in_force, configuration)
        with ExitStack() as stack:
            watch = _begun(configuration, clock) if configuration else None
            if watch:
                stack.callback(watch.close)
            while not stopped.is_set() and not reload.is_set() and not is_stale():
                now = clock.monotonic()
                heartbeat.beat(now, presented=False)
                if watch:
                    watch.step(now)
                clock.wait(stopped, TICK)
            # Another configuration is in no such hurry that anybody must be told twice.
            while watch and watch.is_telling() and not stopped.is_set():
                heartbeat.beat(clock.monotonic(), presented=False)
                clock.wait(stopped, TICK)


def _begun(configuration: Configuration, clock: TrustedClock) -> Watch | None:
    """Return what watches; None where nobody is to be told, and then what was once told is forgotten."""
    keeper = Keeper(configuration.data)
    if not configuration.settings.alarms:
        keeper.forget()
        return None
    return Watch(
        configuration,
        clock=clock,
        lookout=Lookout(configuration, clock),
        sender=Courier(configuration.settings.network),
        keeper=keeper,
    )
