"""The console's process: listens while the configuration wants it to, and beats while its own pages answer it.

Whatever it lacks (a port, a certificate, the data folder), the show goes on, and it tries again.
"""

from __future__ import annotations

import asyncio
import logging
import resource
import threading
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Final

from player import log, rank
from player.console import freeing
from player.console.at_centre import Fleet, has_wall
from player.console.house import House
from player.console.watch import Watch
from player.errors import WeRememberError
from player.heartbeat import Heartbeat
from player.in_force import InForce
from player.library.trusted_time import TrustedClock
from player.units import MILLISECOND, SECOND, Nanos

TICK: Final[Nanos] = 200 * MILLISECOND
TRIED_AGAIN: Final[tuple[Nanos, ...]] = (SECOND, 2 * SECOND, 5 * SECOND, 10 * SECOND, 30 * SECOND)
RANK: Final = 10
"""A tenth of the show's share of a processor, when both want it: with the same share, whoever flooded us cost the show a tenth to
two fifths of its frames on two cores, and with this one none. Not lower: whoever wants the wall dark comes by here."""
FILES: Final = 4096  # open at once, if the machine lets us; 1024 are usual, and connections take some of them

_log = log.get("console")


class Service:
    """One console over all its configurations. For the thread that runs the event loop."""

    def __init__(
        self,
        in_force: InForce,
        *,
        clock: TrustedClock,
        heartbeat: Heartbeat,
        stopped: threading.Event,
        reload: threading.Event,
        fleet: Path | None = None,
    ) -> None:
        self._fleet = fleet
        self._watch = Watch(in_force, reload, clock)
        self._clock = clock
        self._heartbeat = heartbeat
        self._stopped = stopped
        self._deaf = log.Edge(_log, begins="the console cannot be opened; it is tried again", ends="the console can be opened")
        self._mute = log.Edge(_log, begins="the console does not answer itself", ends="the console answers itself again")

    async def run(self) -> None:
        """Serve until stopped, whatever the configuration says meanwhile."""
        try:
            while not self._stopped.is_set():
                async with AsyncExitStack() as stack:
                    await self._stay(stack)
        finally:
            self._watch.close()

    async def _stay(self, stack: AsyncExitStack) -> None:
        """Serve by one configuration, and by others that want nothing else of the socket, until stopped or told otherwise."""
        house: House | None = None
        tries, next_try = 0, self._clock.monotonic()
        while not self._stopped.is_set():
            if self._watch.has_changed() and not (house and house.takes(self._watch.configuration)):
                return
            now = self._clock.monotonic()
            if house is None and now >= next_try:
                house = await self._opened(stack)
                next_try, tries = now + TRIED_AGAIN[min(tries, len(TRIED_AGAIN) - 1)], tries + 1
            if house is not None and house.has_fallen:
                return
            is_well = house is None or house.answers_itself(now)
            self._mute.note("console", holds=not is_well)
            if is_well:
                self._heartbeat.beat(now, presented=False)
            await asyncio.sleep(TICK / SECOND)

    async def _opened(self, stack: AsyncExitStack) -> House | None:
        configuration = self._watch.configuration
        if configuration is None or not configuration.settings.console.enabled:
            return None
        try:
            fleet = Fleet(self._fleet, has_wall(configuration.data)) if self._fleet else None
            house = House(configuration, self._clock, fleet)
        except WeRememberError as error:
            self._deaf.note("console", holds=True, why=str(error))
            return None
        self._deaf.note("console", holds=False)
        stack.push_async_callback(house.close)
        return house


def run(
    in_force: InForce,
    *,
    clock: TrustedClock,
    heartbeat: Heartbeat,
    stopped: threading.Event,
    reload: threading.Event,
    fleet: Path | None = None,
) -> None:
    """Serve until *stopped*; the configuration is read again on *reload*, and when another process has taken in a new one.

    *fleet* is the folder of a centre, whose players are shown, too.
    """
    rank.give_way(RANK)
    freeing.give_back()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < FILES:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(FILES, hard) if hard != resource.RLIM_INFINITY else FILES, hard))
    logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)  # it has a line for every request that is no HTTP
    asyncio.run(Service(in_force, clock=clock, heartbeat=heartbeat, stopped=stopped, reload=reload, fleet=fleet).run())
