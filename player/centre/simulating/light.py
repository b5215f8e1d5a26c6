"""One light player: all that a real one says and hears over MQTT, decided by the very modules that the real one has.

It shows nothing. What a wall would take (a frame until a picture is off it, some seconds until the last byte is gone) is
waited for.
"""

from __future__ import annotations

import asyncio
import hashlib
import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from player import __version__
from player.centre.simulating import saying
from player.centre.simulating.codec import REFUSED, Connack, Connect, Disconnect, Packet, Puback, Publish, Suback, Subscribe, Will
from player.centre.simulating.tally import Tally
from player.fleet import envelope, guard, hints, messages, topics, voices
from player.fleet.guard import Accept, Answer, Memory, Refuse, Repeat
from player.fleet.happenings import Answered, Receipt
from player.fleet.reconnect import SETTLED, Pace
from player.fleet.topics import Kind
from player.fleet.voices import Stamp, Status, Voice
from player.fleet.wire import WireError
from player.units import MILLISECOND, SECOND, Nanos, Seconds

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    from player.centre.simulating.line import Broker, Line
    from player.clock import Clock

KEEP_ALIVE_S: Final = 60  # these four as the player's own link has them, which loads what this room does without
THROWN_OUT: Final = 3  # connections in a row
WILL_DELAY_S: Final = 60
WISHES: Final = (("session_expiry", 300), ("maximum_packet", 8192), ("receive_maximum", 16))
REPORT_S: Final = 300
OFF_S: Final[Seconds] = 0.1  # from knowing to the next frame without it, and to the process that says so
GONE_S: Final[Seconds] = 4.0  # until the last byte is purged; over so long they are spread
UP: Final = 0.01  # of all walls: they show just that picture
MAX_UNTOLD: Final = 1000  # events that wait for a broker
TAKEN_OVER: Final = 0x8E  # another client came with our id


@dataclass(slots=True)
class World:
    """What all light players of a process share."""

    broker: Broker
    centre: Ed25519PublicKey
    clock: Clock
    chance: random.Random
    players: int
    """In the whole fleet."""
    tally: Tally


class LightPlayer:
    """A player that is only its voice and its ears."""

    def __init__(self, name: str, groups: tuple[str, ...], world: World) -> None:
        self.name = name
        self.world = world
        self.skew_ms = 0
        """How wrong its clock is."""
        self.feed_wanted: int | None = None
        """The feed's version that a hint has named."""
        self.poll_soon: asyncio.TimerHandle | None = None
        self.on_hint: Callable[[LightPlayer, Seconds], None] = _nobody
        self.groups = groups
        self._pace = Pace(name, world.players)
        self._client = f"{name}-{hashlib.sha256(f'{name} {world.chance.random()}'.encode()).hexdigest()[:16]}"
        """Not to be guessed: whoever connects with the client's id of another throws it out, whatever certificate they show."""
        self._session = hashlib.sha256(f"{name} {world.chance.random()}".encode()).hexdigest()[:8]
        self._seq = 0
        self._number = 0
        self._line: Line | None = None
        self._is_wanted = False
        self._is_up = False
        self._opened_at: Nanos = 0
        self._failures = 0
        self._thrown = 0
        self._is_taken_over = False
        self._memory = Memory()
        self._known: dict[int, Nanos] = {}
        self._untold: dict[int, bytes] = {}
        """Events without their PUBACK, by packet number, in order."""
        self._timers: set[asyncio.TimerHandle] = set()
        self._retry: asyncio.TimerHandle | None = None
        self._opening: asyncio.Task[None] | None = None

    @property
    def is_online(self) -> bool:
        """Whether the broker has greeted it, and it has not lost the broker since."""
        return self._is_up

    @property
    def has_network(self) -> bool:
        """Whether it is not cut off."""
        return self._is_wanted

    @property
    def untold(self) -> int:
        """How many events the broker has not confirmed."""
        return len(self._untold)

    @property
    def number(self) -> bytes:
        """A digest of its id, for what each does at a time of its own."""
        return hashlib.sha256(self.name.encode()).digest()

    def phase(self, period_s: Seconds) -> Seconds:
        """Return at which moment of a period this player acts: evenly over all, and always the same."""
        return int.from_bytes(self.number[8:16]) % round(period_s * 1000) / 1000

    def begin(self) -> None:
        """Connect now, as at the simulation's own pace."""
        self._is_wanted = True
        self._connect()

    def cut_off(self) -> None:
        """Lose the network."""
        self._is_wanted = False
        self._forget_retry()
        if self._opening is not None:
            self._opening.cancel()
        if self._line is not None:
            self._line.cut("its network is gone")

    def back(self) -> None:
        """Have the network again: come back at its place in the order."""
        if not self._is_wanted:
            self._is_wanted = True
            self._try_in(self._pace.first())

    def end(self) -> None:
        """Leave for good."""
        self._is_wanted = False
        self._forget_retry()
        for timer in self._timers:
            timer.cancel()
        if self.poll_soon is not None:
            self.poll_soon.cancel()
        if self._line is not None:
            self._line.close()

    def after(self, length_s: Seconds, act: Callable[[], None]) -> None:
        """Do *act* in a while, unless this player ends before."""

        def run() -> None:
            self._timers.discard(timer)
            act()

        timer = asyncio.get_running_loop().call_later(length_s, run)
        self._timers.add(timer)

    def opened(self, line: Line) -> None:
        """Have a connection."""
        self._line = line

    def heard(self, packet: Packet) -> None:
        """Take what the broker says."""
        match packet:
            case Publish():
                if packet.qos:
                    self._send(Puback(number=packet.number))
                self._take(packet)
            case Puback():
                if packet.reason >= REFUSED:
                    self.world.tally.refused += 1
                self._untold.pop(packet.number, None)
            case Connack():
                self._greeted(packet)
            case Suback():
                self.world.tally.deaf += any(reason >= REFUSED for reason in packet.reasons)
            case Disconnect():
                self._is_taken_over = packet.reason == TAKEN_OVER
            case _:
                pass

    def lost(self, line: Line, why: str) -> None:
        """Come back when it is this player's turn."""
        if line is not self._line:
            return
        tally, now = self.world.tally, self.world.clock.monotonic()
        self._line = None
        was_up, self._is_up = self._is_up, False
        tally.online -= was_up
        if was_up:
            tally.losses += 1
            tally.why_lost = why
        if not self._is_wanted:
            return
        has_held = was_up and now - self._opened_at >= SETTLED
        self._failures = 0 if has_held else self._failures + 1
        self._thrown = self._thrown + 1 if was_up and not has_held else 0
        chance = self.world.chance.random()
        is_another_there = self._is_taken_over or self._thrown >= THROWN_OUT
        self._is_taken_over = False
        self._try_in(self._pace.after_taken_over(chance) if is_another_there else self._pace.after(self._failures, chance))

    def say(self, kind: Kind, voice: Voice, *, retain: bool) -> None:
        """Say something that need not arrive."""
        self._send(Publish(topic=topics.of_player(self.name, kind), payload=self._payload(voice), retain=retain))

    def report(self) -> None:
        """Say how everything is, and again in five minutes."""
        self.after(REPORT_S, self.report)
        if self._is_up:
            self.world.tally.reports += 1
            self.say(Kind.REPORT, saying.report(self.name, self.groups, self.feed_wanted or 1, self.world.chance), retain=True)

    def status(self) -> None:
        """Say that it is there."""
        self._publish(Kind.STATUS, Status(is_online=True, boot=1, version=__version__), retain=True)

    def event(self, happening: Receipt | Answered) -> None:
        """Tell what happened, until the broker has it."""
        if len(self._untold) >= MAX_UNTOLD:
            self.world.tally.dropped += 1
            return
        self.world.tally.events += 1
        self._publish(Kind.EVENT, happening, retain=False)

    def _publish(self, kind: Kind, voice: Voice, *, retain: bool) -> None:
        number = self._next_number()
        payload = self._payload(voice)
        if kind is Kind.EVENT:
            self._untold[number] = payload
        self._send(Publish(topic=topics.of_player(self.name, kind), payload=payload, qos=1, retain=retain, number=number))

    def _greeted(self, packet: Connack) -> None:
        tally = self.world.tally
        if packet.reason >= REFUSED:
            tally.refused += 1
            if self._line is not None:
                self._line.cut(f"the broker refuses it ({packet.reason})")
            return
        self._is_up = True
        self._opened_at = self.world.clock.monotonic()
        tally.online += 1
        tally.connects += 1
        filters = tuple((wanted, 1) for wanted in topics.heard_by(self.name, self.groups))
        self._send(Subscribe(number=self._next_number(), filters=filters))
        self.status()
        for number, payload in self._untold.items():
            topic = topics.of_player(self.name, Kind.EVENT)
            self._send(Publish(topic=topic, payload=payload, qos=1, again=True, number=number))

    def _take(self, packet: Publish) -> None:
        topic = topics.parse(packet.topic)
        if topic is None:
            return
        try:
            said = self._open(packet)
        except WireError:
            self.world.tally.disbelieved += 1
            return
        if topic.kind is Kind.HINT:
            self._hinted(said)
        elif topic.kind is Kind.COMMAND:
            self._ordered(said, topic.verb)
        elif topic.kind is Kind.DESIRED:
            self._pace = Pace(self.name, messages.desired(said.body).players)

    def _open(self, packet: Publish) -> envelope.Opened:
        """Check the centre's signature: each player for itself, as it must."""
        return envelope.opened(packet.payload, packet.topic, self.world.centre)

    def _hinted(self, said: envelope.Opened) -> None:
        now_ms = self._now_ms()
        for each in hints.new(messages.withdrawals(said.body), self._known):
            self._known[each.number] = now_ms
            self.world.tally.withdrawn += 1
            self.after(OFF_S * self.world.chance.random(), lambda each=each: self._off(each, now_ms))
        try:
            hint = messages.hint(said.body)
        except WireError:
            self.world.tally.disbelieved += 1
            return
        now = self.world.clock.monotonic()
        fetch = hints.fetch(hint, player=self.name, seq=said.seq, newest=self.feed_wanted, now=now)
        if fetch is not None:
            self.feed_wanted = fetch.feed
            self.on_hint(self, (fetch.at - now) / SECOND)

    def _off(self, each: messages.Withdrawn, known_at: int) -> None:
        receipt = Receipt(
            number=each.number,
            source=each.source,
            item=each.item,
            known_at=known_at,
            off_at=self._now_ms(),
            gone_at=None,
            was_up=self.world.chance.random() < UP,
            is_here=True,
        )
        self.event(receipt)
        self.after(GONE_S * self.world.chance.random(), lambda: self._gone(receipt))

    def _gone(self, receipt: Receipt) -> None:
        self.event(replace(receipt, gone_at=self._now_ms()))

    def _ordered(self, said: envelope.Opened, verb: str) -> None:
        try:
            order = messages.order(said.body, verb)
        except WireError:
            self.world.tally.disbelieved += 1
            return
        verdict = guard.judge(self._memory, seq=said.seq, ts=said.ts, expires_at=order.expires_at, now=self._now_ms())
        match verdict:
            case Accept():
                answer = Answer(said.seq, is_done=True, text=f"{verb}: done")
                self._memory = self._memory.begun(said.seq).answered(answer)
            case Refuse():
                answer = Answer(said.seq, is_done=False, text=verdict.why)
            case Repeat():
                answer = verdict.answer
            case _:
                return
        self.event(Answered(answer))

    def _connect(self) -> None:
        self._retry = None
        if self._opening is not None:
            self._try_in(SECOND)  # the last attempt has just been lost, and its task is not over yet
        elif self._is_wanted and self._line is None:
            self.world.tally.attempts += 1
            self._opening = asyncio.get_running_loop().create_task(self._open_line())

    async def _open_line(self) -> None:
        world = self.world
        will = Status(is_online=False, boot=1, version=__version__)
        hello = Connect(
            client=self._client,
            user=self.name,
            keep_alive_s=KEEP_ALIVE_S,
            clean=False,
            will=Will(
                topic=topics.of_player(self.name, Kind.STATUS),
                payload=self._payload(will),
                properties=(("will_delay", WILL_DELAY_S),),
            ),
            properties=WISHES,
        )
        try:
            await world.broker.open(hello, self, world.tally.traffic)
        except (OSError, TimeoutError):
            self._failures += 1
            if self._is_wanted:
                self._try_in(self._pace.after(self._failures, world.chance.random()))
        finally:
            self._opening = None

    def _try_in(self, length: Nanos) -> None:
        self._forget_retry()
        self._retry = asyncio.get_running_loop().call_later(length / SECOND, self._connect)

    def _forget_retry(self) -> None:
        if self._retry is not None:
            self._retry.cancel()
            self._retry = None

    def _send(self, packet: Packet) -> None:
        if self._line is not None:
            self._line.send(packet)

    def _payload(self, voice: Voice) -> bytes:
        self._seq += 1
        return voices.payload(voice, Stamp(self._session, self._seq, self._now_ms()))

    def _next_number(self) -> int:
        """Return a packet number that is not in use."""
        while True:
            self._number = self._number % 65_535 + 1
            if self._number not in self._untold:
                return self._number

    def _now_ms(self) -> int:
        return self.world.clock.wall() // MILLISECOND + self.skew_ms


def _nobody(_player: LightPlayer, _delay_s: Seconds) -> None:
    """Fetch nothing: for a player without a feed."""
