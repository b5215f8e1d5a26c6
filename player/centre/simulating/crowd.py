"""A process full of light players: reads orders, a line of JSON each, and says every second how it stands, the same way.

Started as `python -m player.centre.simulating.crowd`: one process carries five thousand connections, and two use two cores.
"""

from __future__ import annotations

import asyncio
import gc
import json
import random
import sys
from asyncio import sslproto
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from player.centre.simulating.asking import Asking
from player.centre.simulating.light import REPORT_S, LightPlayer, World
from player.centre.simulating.line import Broker
from player.centre.simulating.mischief import Rascal
from player.centre.simulating.polling import Polling
from player.centre.simulating.tally import Tally
from player.centre.simulating.wearing import Wardrobe
from player.clock import SystemClock, process_time
from player.fleet.envelope import public_key
from player.fleet.guard import TOLERANCE_MS
from player.units import MILLISECOND, Seconds

TELL_S: Final[Seconds] = 1.0
MAX_ORDER: Final = 1 << 20  # bytes of one line
WRONG_BY_MS: Final = 2 * TOLERANCE_MS  # clocks that are wrong are wrong enough
EACH_THIRD: Final = 3
MAX_READ: Final = 16_384  # bytes; asyncio keeps so much for each connection with TLS, 256 kB if nobody says less


class Order(StrEnum):
    """What the parent may ask of a process; anything else ends it."""

    CUT_OFF = "cut off a third"
    LET_BACK = "let them back"
    SET_WRONG = "set clocks wrong"
    SET_RIGHT = "set clocks right"
    MISBEHAVE = "misbehave"
    BEHAVE = "behave"


@dataclass(frozen=True, slots=True, kw_only=True)
class Crew:
    """What one process is to be: as it comes in the first line."""

    first: int
    last: int
    """The numbers of its players; both are in it."""
    players: int
    """In the whole fleet."""
    groups: int
    rascals: tuple[int, ...]
    host: str
    port: int
    feed_port: int
    centre: str
    """The centre's public key, in PEM."""
    per_second: float
    seed: int
    papers: str = ""
    """The folder with everybody's certificates; empty: without TLS."""


def player_name(number: int) -> str:
    """Return the id of the *number*-th player."""
    return f"player-{number:05d}"


def group_of(number: int, groups: int) -> str:
    """Return the group of the *number*-th player."""
    return f"group-{number % groups + 1}"


class Crowd:
    """The players of this process."""

    def __init__(self, crew: Crew) -> None:
        wardrobe = Wardrobe(crew.papers) if crew.papers else None
        sslproto.SSLProtocol.max_size = MAX_READ
        self._tally = Tally()
        self._world = World(
            broker=Broker(crew.host, crew.port, wardrobe.context if wardrobe else None),
            centre=public_key(crew.centre.encode()),
            clock=SystemClock(),
            chance=random.Random(f"{crew.seed} {crew.first}"),
            players=crew.players,
            tally=self._tally,
        )
        self._crew = crew
        self._polling = Polling(Asking(crew.host, crew.feed_port), self._world)
        self._players = {
            number: LightPlayer(player_name(number), (group_of(number, crew.groups),), self._world)
            for number in range(crew.first, crew.last + 1)
        }
        self._acts: dict[str, Callable[[dict[str, Any]], Awaitable[None]]] = {
            Order.CUT_OFF: self._cut_off,
            Order.LET_BACK: self._let_back,
            Order.SET_WRONG: self._set_wrong,
            Order.SET_RIGHT: self._set_right,
            Order.MISBEHAVE: self._misbehave,
            Order.BEHAVE: self._behave,
        }
        self._rascals = [Rascal(number, player_name(crew.first), self._world) for number in crew.rascals]

    async def arrive(self) -> None:
        """Connect everybody, at the pace of the simulation."""
        loop = asyncio.get_running_loop()
        await self._polling.prime()
        began = loop.time()
        for place, player in enumerate(self._players.values()):
            await asyncio.sleep(max(0.0, began + place / self._crew.per_second - loop.time()))
            player.begin()
            player.after(player.phase(REPORT_S), player.report)
            self._polling.begin(player)
        gc.collect()
        gc.freeze()  # what is here stays: to look through it again and again costs a tenth of the time

    async def obey(self, order: dict[str, Any]) -> bool:
        """Do what the parent says; False: that was the last."""
        act = self._acts.get(order.get("do", ""))
        if act is not None:
            await act(order)
        return act is not None

    def said(self) -> dict[str, object]:
        """Return how it stands."""
        self._tally.untold = sum(player.untold for player in self._players.values())
        self._tally.cpu_ms = process_time() // MILLISECOND
        return self._tally.said() | {"at": self._world.clock.monotonic()}

    async def end(self) -> None:
        """Leave, all of them."""
        await asyncio.gather(*(rascal.end() for rascal in self._rascals))
        await self._polling.stop()
        for player in self._players.values():
            player.end()
        await asyncio.sleep(0)

    async def _cut_off(self, _: dict[str, Any]) -> None:
        for player in self._third():
            player.cut_off()
        self._tally.offline = len(self._third())

    async def _let_back(self, _: dict[str, Any]) -> None:
        for player in self._third():
            player.back()
        self._tally.offline = 0

    async def _set_wrong(self, order: dict[str, Any]) -> None:
        for number in order["numbers"]:
            if number in self._players:
                self._players[number].skew_ms = WRONG_BY_MS if number % 2 else -WRONG_BY_MS

    async def _set_right(self, _: dict[str, Any]) -> None:
        for player in self._players.values():
            player.skew_ms = 0

    async def _misbehave(self, _: dict[str, Any]) -> None:
        for rascal in self._rascals:
            rascal.begin()

    async def _behave(self, _: dict[str, Any]) -> None:
        await asyncio.gather(*(rascal.end() for rascal in self._rascals))

    def _third(self) -> list[LightPlayer]:
        return [player for number, player in self._players.items() if number % EACH_THIRD == 0]


async def work() -> None:
    """Be a crowd until the parent says that it is enough, or is gone."""
    loop = asyncio.get_running_loop()
    orders = asyncio.StreamReader(limit=MAX_ORDER)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(orders), sys.stdin)
    said = await _line(orders)
    said["rascals"] = tuple(said["rascals"])
    crowd = Crowd(Crew(**said))
    telling = loop.create_task(_tell(crowd))
    arriving = loop.create_task(crowd.arrive())
    try:
        while (order := await _line(orders)) and await crowd.obey(order):
            pass
    finally:
        for task in (arriving, telling):
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        await crowd.end()


async def _tell(crowd: Crowd) -> None:
    """Say every second how it stands."""
    while True:
        sys.stdout.write(json.dumps(crowd.said()) + "\n")
        sys.stdout.flush()
        await asyncio.sleep(TELL_S)


async def _line(orders: asyncio.StreamReader) -> dict[str, Any]:
    line = await orders.readline()
    return json.loads(line) if line else {}


if __name__ == "__main__":
    asyncio.run(work())
