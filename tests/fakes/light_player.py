"""A player of a fleet without a wall: says that it is there, obeys what the centre signed, and answers as a real one does."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Self, cast

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from player.centre.link import Papers
from player.fleet import envelope, messages, topics
from player.fleet.guard import Answer
from player.fleet.happenings import Answered, Readiness, Receipt
from player.fleet.messages import Order, Release
from player.fleet.topics import Kind
from player.fleet.voices import Report, Stamp, Status, Voice, payload
from player.fleet.wire import WireError
from tests.fakes.broker import PATIENCE_S, until


@dataclass
class LightPlayer:
    """One player. Use it as a context: it is online within, and leaves with a word."""

    port: int
    name: str
    key: Ed25519PublicKey
    groups: tuple[str, ...] = ()
    papers: Papers | None = None
    session: str = "0badcafe"
    here: bool = True
    """Whether it has the photos that are withdrawn."""
    is_deaf: bool = False
    """Whether it obeys nothing and answers nothing."""
    ready: Callable[[Release], str] = lambda _: ""
    """Why a release is not ready here; empty: it is."""
    answer: Callable[[Order], tuple[bool, str]] = lambda order: (True, order.verb)
    withdrawn: list[messages.Withdrawn] = field(default_factory=list[messages.Withdrawn])
    orders: list[Order] = field(default_factory=list[Order])
    committed: list[Release] = field(default_factory=list[Release])
    announced: list[Release] = field(default_factory=list[Release])
    retained_orders: int = 0

    def __enter__(self) -> Self:
        self._seq = 0
        self._done: set[int] = set()
        self._subscribed = False
        client = Client(CallbackAPIVersion.VERSION2, self.name, protocol=MQTTProtocolVersion.MQTTv5)
        client.on_message = self._hear
        client.on_subscribe = self._granted
        if self.papers:
            cast("Any", client).tls_set(str(self.papers.ca), str(self.papers.certificate), str(self.papers.key))
        client.will_set(self._topic(Kind.STATUS), self._payload(self._status(is_online=False)), 1, retain=True)
        client.connect("127.0.0.1", self.port)
        self._client = client
        client.loop_start()
        until(client.is_connected, "a connection")
        self.say(Kind.STATUS, self._status(is_online=True), retain=True)
        client.subscribe([(topic, 1) for topic in topics.heard_by(self.name, self.groups)])
        until(lambda: self._subscribed, "a subscription")
        return self

    def __exit__(self, *_: object) -> None:
        self.say(Kind.STATUS, self._status(is_online=False), retain=True)
        self._client.disconnect()
        self._client.loop_stop()

    def say(self, kind: Kind, voice: Voice, *, retain: bool = False) -> None:
        """Say something, and wait until the broker has it."""
        self._client.publish(self._topic(kind), self._payload(voice), 1, retain).wait_for_publish(PATIENCE_S)

    def report(self, report: Report) -> None:
        """Say how everything is."""
        self.say(Kind.REPORT, report, retain=True)

    @staticmethod
    def _status(*, is_online: bool) -> Status:
        return Status(is_online=is_online, boot=1, version="test")

    def _topic(self, kind: Kind) -> str:
        return topics.of_player(self.name, kind)

    def _payload(self, voice: Voice) -> bytes:
        self._seq += 1
        return payload(voice, Stamp(self.session, self._seq, time.time_ns() // 1_000_000))

    def _granted(self, *_: Any) -> None:
        self._subscribed = True

    def _hear(self, _client: Any, _data: Any, message: Any) -> None:
        try:
            opened = envelope.opened(message.payload, message.topic, self.key)
        except WireError:  # another centre's, from a test before: nothing is done about it
            return
        topic = topics.parse(message.topic)
        assert topic is not None
        if topic.kind is Kind.COMMAND:
            self.retained_orders += message.retain
            self._obey(messages.order(opened.body, topic.verb), opened.seq)
        elif topic.kind is Kind.HINT:
            self._take(messages.hint(opened.body), topic.group)
        elif topic.kind is Kind.COMMIT:
            self.committed.append(messages.commit(opened.body))

    def _obey(self, order: Order, seq: int) -> None:
        self.orders.append(order)
        if not self.is_deaf:
            is_done, text = self.answer(order)
            self._tell(Answered(Answer(seq, is_done, text)))

    def _take(self, hint: messages.Hint, group: str) -> None:
        now = time.time_ns() // 1_000_000
        for each in hint.withdrawn:
            self.withdrawn.append(each)
            if not self.is_deaf and each.number not in self._done:
                self._done.add(each.number)
                self._tell(self._receipt(each, now, None))
                self._tell(self._receipt(each, now, now))
        if hint.coming and not self.is_deaf:
            release = hint.coming.release
            self.announced.append(release)
            why = self.ready(release)
            self._tell(Readiness(not why, group, release.version, release.hash, why))

    def _receipt(self, each: messages.Withdrawn, off_at: int, gone_at: int | None) -> Receipt:
        return Receipt(
            number=each.number,
            source=each.source,
            item=each.item,
            known_at=off_at,
            off_at=off_at,
            gone_at=gone_at,
            was_up=False,
            is_here=self.here,
        )

    def _tell(self, voice: Voice) -> None:
        """Say it without waiting: this is paho's own thread."""
        self._client.publish(self._topic(Kind.EVENT), self._payload(voice), 1)
