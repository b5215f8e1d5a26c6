"""The group that misbehaves: enrolled like all others, and doing whatever its certificate lets it try.

It floods within its rights, sends a megabyte, says what is no JSON, speaks as others and as the centre, takes others' ids. The
others must not notice.
"""

from __future__ import annotations

import asyncio
import json
from enum import StrEnum
from typing import Final

from player.centre.simulating.codec import REFUSED, Connack, Connect, Disconnect, Packet, Puback, Publish
from player.centre.simulating.light import World
from player.centre.simulating.line import Line
from player.fleet import topics
from player.fleet.topics import Kind
from player.units import Seconds

PREFIX: Final = "rascal-"
FORGED: Final = "forged"
"""What stands in everything that is said in another's name, so that it is known when it arrives."""
EVERY_S: Final[Seconds] = 0.05  # between two deeds of one of them
MEGABYTE: Final = 1 << 20
KEEP_ALIVE_S: Final = 60
AGAIN_S: Final[Seconds] = 1.0  # after it was thrown out: it keeps to no order either


class Deed(StrEnum):
    """What one of them does."""

    FLOOD = "floods"
    HUGE = "sends a megabyte"
    JUNK = "sends what is no JSON"
    FOREIGN = "speaks as others"
    DOUBLE = "takes others' ids"


DEEDS: Final = tuple(Deed)


class Rascal:
    """One of the group."""

    def __init__(self, number: int, victim: str, world: World) -> None:
        """Be the *number*-th; *victim* is a player that behaves, in whose name things are said."""
        self.name = name_of(number)
        self.deed = DEEDS[number % len(DEEDS)]
        self._victim = victim
        self._world = world
        self._line: Line | None = None
        self._task: asyncio.Task[None] | None = None

    def begin(self) -> None:
        """Misbehave from now on."""
        self._task = asyncio.get_running_loop().create_task(self._go())

    async def end(self) -> None:
        """Leave it."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None
        if self._line is not None:
            self._line.cut("enough")

    def opened(self, line: Line) -> None:
        """Have a connection."""
        self._line = line

    def heard(self, packet: Packet) -> None:
        """Take no notice, but of being refused."""
        match packet:
            case Connack() | Puback() if packet.reason >= REFUSED:
                self._world.tally.refused += 1
            case Disconnect():
                self._world.tally.refused += 1
            case _:
                pass

    def lost(self, line: Line, why: str) -> None:
        """Take note of being thrown out."""
        del why
        if line is self._line:
            self._line = None
            self._world.tally.thrown_out += 1

    async def _go(self) -> None:
        count = 0
        while True:
            if self._line is None:
                await self._come()
            count += 1
            if self._line is not None:
                for packet in self._said(count):
                    self._world.tally.mischief += 1
                    self._line.send(packet)
            await asyncio.sleep(AGAIN_S if self._line is None else EVERY_S)

    async def _come(self) -> None:
        client = self._victim if self.deed is Deed.DOUBLE else self.name
        hello = Connect(client=client, user=self.name, keep_alive_s=KEEP_ALIVE_S)
        try:
            await self._world.broker.open(hello, self, self._world.tally.other)
        except (OSError, TimeoutError):
            self._world.tally.refused += 1

    def _said(self, count: int) -> tuple[Publish, ...]:
        own = topics.of_player(self.name, Kind.EVENT)
        number = count % 65_535 + 1
        match self.deed:
            case Deed.FLOOD:
                body = {"kind": "gap", "lost": count, "seq": count, "session": "00000000", "ts": 0}
                return (Publish(topic=own, payload=json.dumps(body).encode(), qos=1, number=number),)
            case Deed.HUGE:
                return (Publish(topic=own, payload=b"x" * MEGABYTE, qos=1, number=number),) if count % 20 == 1 else ()
            case Deed.JUNK:
                junk = (b"[" * 4000, b'{"a":1,"a":2}', b"\xff\xfe", b'{"kind":1e999}', b"")[count % 5]
                return (Publish(topic=own, payload=junk, qos=1, number=number),)
            case Deed.FOREIGN:
                return self._foreign(count, number)
            case Deed.DOUBLE:
                return (Publish(topic=own, payload=b"{}", qos=1, number=number),)

    def _foreign(self, count: int, number: int) -> tuple[Publish, ...]:
        """Say what another player, or the centre, might say."""
        topic = (
            topics.of_player(self._victim, Kind.STATUS),
            topics.ALL_HINT,
            topics.command(self._victim, "dark"),
            topics.of_player(self._victim, Kind.EVENT),
            topics.of_player(self._victim, Kind.DESIRED),
        )[count % 5]
        body = {"state": "offline", "version": FORGED, "boot": 1, "seq": 1, "session": "00000000", "ts": 0, "kind": FORGED}
        return (Publish(topic=topic, payload=json.dumps(body).encode(), qos=1, number=number, retain=count % 2 == 0),)


def name_of(number: int) -> str:
    """Return the id of the *number*-th of the group."""
    return f"{PREFIX}{number:03d}"
