"""The centre's desk in a simulation: signs and says what the real one would, and takes in what all players say, with its time.

What it signs with, what it writes down and where is the centre's own; only the connection is this room's, so that one process can
time each message as it comes.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import Final

from player.centre import hinting, ledger
from player.centre.founding import Office
from player.centre.link import Message
from player.centre.signing import Signer
from player.centre.simulating import mischief
from player.centre.simulating.codec import REFUSED, Connack, Connect, Packet, Puback, Publish, Subscribe
from player.centre.simulating.line import Broker, Line, Traffic
from player.centre.simulating.properties import Properties
from player.centre.store import Store
from player.clock import Clock
from player.errors import NetworkError
from player.fleet import topics
from player.fleet.happenings import Answered, Receipt
from player.fleet.topics import CENTRE, Kind
from player.fleet.voices import Heard, Status
from player.fleet.voices import heard as read
from player.fleet.wire import WireError
from player.units import SECOND, Nanos, Seconds

IN_FLIGHT: Final = 2_000  # messages that the broker sends before the first is acknowledged
KEEP_ALIVE_S: Final = 30
SESSION_S: Final = 3_600
PATIENCE_S: Final[Seconds] = 30.0
AGAIN_S: Final[Seconds] = 0.5  # between two attempts to come back: there is one centre
WRITE_S: Final[Seconds] = 0.5  # receipts are written down in batches
ORDER_LASTS: Final[Nanos] = 120 * SECOND


@dataclass(slots=True)
class Told:
    """A withdrawal, and who has confirmed it when."""

    number: int
    at: Nanos
    """Monotonic, just before it was said."""
    expected: frozenset[str]
    """Who was online then."""
    off: dict[str, Nanos] = field(default_factory=dict[str, Nanos])
    """By player: how long after it the receipt that it is off was here."""
    gone: set[str] = field(default_factory=set[str])

    @property
    def is_confirmed(self) -> bool:
        """Whether everybody has who was online."""
        return self.expected <= self.off.keys()

    def took(self) -> list[Nanos]:
        """Return how long it took each of those that were online."""
        return [length for name, length in self.off.items() if name in self.expected]


class Desk:
    """The centre, connected."""

    def __init__(self, office: Office, store: Store, clock: Clock, broker: Broker) -> None:
        self._signer = Signer(office.signing_key(), store, clock)
        self._store = store
        self._clock = clock
        self._broker = broker
        self._line: Line | None = None
        self._is_wanted = True
        self._number = 0
        self._waiting: dict[int, asyncio.Future[int]] = {}
        self._unwritten: list[tuple[str, Receipt]] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._greeted = asyncio.Event()
        self.traffic = Traffic()
        self.online: set[str] = set()
        """As the players' statuses say, wills among them."""
        self.told: dict[int, Told] = {}
        self.answers: dict[int, tuple[str, bool, str]] = {}
        self.counts: Counter[str] = Counter()
        """Messages by kind."""
        self.malformed = 0
        self.forged = 0
        """Messages said in another's name that have come through: must be none."""

    async def open(self) -> None:
        """Connect, and go on trying until it is so."""
        while self._is_wanted and self._line is None:
            self._greeted.clear()
            hello = Connect(
                client="centre-simulating",
                user=CENTRE,
                clean=False,
                keep_alive_s=KEEP_ALIVE_S,
                properties=(("session_expiry", SESSION_S), ("receive_maximum", IN_FLIGHT)),
            )
            try:
                await self._broker.open(hello, self, self.traffic)
                async with asyncio.timeout(PATIENCE_S):
                    await self._greeted.wait()
            except (OSError, TimeoutError):
                if self._line is not None:
                    self._line.cut("the broker does not greet the centre")
                await asyncio.sleep(AGAIN_S)

    async def close(self) -> None:
        """Leave, with everything written down."""
        self._is_wanted = False
        if self._line is not None:
            self._line.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.write()

    async def keep_writing(self) -> None:
        """Write receipts down, for ever."""
        while True:
            await asyncio.sleep(WRITE_S)
            await self.write()

    async def write(self) -> None:
        """Write down the receipts that came, in the centre's own file."""
        batch, self._unwritten = self._unwritten, []
        if batch:
            await asyncio.to_thread(ledger.keep_receipts, self._store, batch)

    async def kept(self) -> tuple[int, int]:
        """Return how many confirmations were heard until now, and how many stand in the centre's own file then.

        Each player counts once for each withdrawal; more may come meanwhile.
        """
        heard = sum(len(told.off) for told in self.told.values())
        await self.write()
        found = [await asyncio.to_thread(ledger.confirmations, self._store, number) for number in list(self.told)]
        return heard, sum(map(len, found))

    async def withdraw(self, item: str, feed: int, expected: frozenset[str]) -> Told:
        """Withdraw *item* everywhere, as the centre does; also say that the feed has its version *feed*.

        Raises:
            NetworkError: the broker does not have it.
        """
        wall = self._clock.wall()
        withdrawal = await asyncio.to_thread(
            ledger.withdraw, self._store, source="*", item=item, reason="author", by="simulation", at=wall
        )
        everything = await asyncio.to_thread(ledger.withdrawals, self._store)
        hint = replace(hinting.for_everybody(everything, first=(withdrawal,)), feed=feed)
        message = self._signer.hint(hint)
        found = self.told[withdrawal.number] = Told(withdrawal.number, self._clock.monotonic(), expected)
        await self._say(message)
        return found

    async def order(self, player: str, verb: str) -> int:
        """Order *player* to do something; return the order's number.

        Raises:
            NetworkError: the broker does not have it.
        """
        number, message = self._signer.order(player, verb, {}, ORDER_LASTS)
        await self._say(message)
        return number

    def opened(self, line: Line) -> None:
        """Have a connection."""
        self._line = line

    def heard(self, packet: Packet) -> None:
        """Take what the broker says."""
        match packet:
            case Publish():
                if packet.qos and self._line is not None:
                    self._line.send(Puback(number=packet.number))
                self._take(packet)
            case Puback():
                waiting = self._waiting.pop(packet.number, None)
                if waiting is not None and not waiting.done():
                    waiting.set_result(packet.reason)
            case Connack() if packet.reason < REFUSED and self._line is not None:
                filters = tuple((wanted, 1) for wanted in topics.said_by_all())
                self._line.send(Subscribe(number=self._next_number(), filters=filters))
                self._greeted.set()
            case _:
                pass

    def lost(self, line: Line, why: str) -> None:
        """Come back at once."""
        del why
        if line is not self._line:
            return
        self._line = None
        for waiting in self._waiting.values():
            if not waiting.done():
                waiting.set_exception(NetworkError("the broker was lost before it had it"))
        self._waiting.clear()
        if self._is_wanted:
            task = asyncio.get_running_loop().create_task(self.open())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _say(self, message: Message) -> None:
        """Say something, and wait until the broker has it."""
        if self._line is None:
            raise NetworkError("the centre has lost the broker")
        number = self._next_number()
        waiting = self._waiting[number] = asyncio.get_running_loop().create_future()
        properties: Properties = ()
        properties += (("message_expiry", message.expiry_s),) if message.expiry_s else ()
        properties += (("correlation", message.correlation),) if message.correlation else ()
        properties += (("response_topic", message.response_topic),) if message.response_topic else ()
        said = Publish(
            topic=message.topic,
            payload=message.payload,
            qos=1,
            retain=message.is_retained,
            number=number,
            properties=properties,
        )
        self._line.send(said)
        try:
            async with asyncio.timeout(PATIENCE_S):
                reason = await waiting
        except TimeoutError as error:
            raise NetworkError("the broker has not confirmed what the centre said") from error
        if reason >= REFUSED:
            raise NetworkError(f"the broker refuses what the centre says ({reason})")

    def _take(self, packet: Publish) -> None:
        topic = topics.parse(packet.topic)
        if topic is None:
            return
        self.counts[topic.kind] += 1
        if mischief.FORGED.encode() in packet.payload and not topic.player.startswith(mischief.PREFIX):
            self.forged += 1
        try:
            found = read(topic.kind, packet.payload)
        except WireError:
            self.malformed += 1
            return
        self._note(topic.player, topic.kind, found)

    def _note(self, player: str, kind: Kind, found: Heard) -> None:
        match found.voice:
            case Receipt() as receipt:
                self._unwritten.append((player, receipt))
                told = self.told.get(receipt.number or 0)
                if told is not None:
                    told.off.setdefault(player, self._clock.monotonic() - told.at)
                    if receipt.gone_at is not None:
                        told.gone.add(player)
            case Answered(answer):
                self.answers[answer.to] = (player, answer.is_done, answer.text)
            case Status() as status if kind is Kind.STATUS:
                (self.online.add if status.is_online else self.online.discard)(player)
            case _:
                pass

    def _next_number(self) -> int:
        while True:
            self._number = self._number % 65_535 + 1
            if self._number not in self._waiting:
                return self._number
