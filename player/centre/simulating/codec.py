"""MQTT 5, as much of it as a light player and a centre speak: packets to bytes, and bytes to packets (OASIS MQTT 5.0, chapter 3).

Written for ten thousand connections in two processes, which an ordinary client cannot carry. Opens no socket. What comes is
bounded before it is kept; anything that is not MQTT raises MalformedError, and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias

from player.centre.simulating.properties import Cursor, MalformedError, Properties, data, properties, text, varint

MAX_PACKET: Final = 65_536  # bytes taken of one packet: messages of the fleet are 4 kB
MAX_FILTERS: Final = 32  # subscriptions in one packet; a player has five

CONNECT, CONNACK, PUBLISH, PUBACK, SUBSCRIBE, SUBACK, PINGREQ, PINGRESP, DISCONNECT = 1, 2, 3, 4, 8, 9, 12, 13, 14
REFUSED: Final = 128  # reason codes from here on say no
_VERSION: Final = 5
_MAX_QOS: Final = 1  # of what the fleet sends; two is for those who cannot count


@dataclass(frozen=True, slots=True, kw_only=True)
class Will:
    """What the broker says when this client is gone."""

    topic: str
    payload: bytes
    qos: int = 1
    retain: bool = True
    properties: Properties = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Connect:
    """The first packet of a client."""

    client: str
    user: str | None = None
    password: bytes | None = None
    keep_alive_s: int = 60
    clean: bool = True
    will: Will | None = None
    properties: Properties = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Connack:
    """The broker's answer to it."""

    reason: int = 0
    resumed: bool = False
    properties: Properties = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Publish:
    """A message, either way."""

    topic: str
    payload: bytes
    qos: int = 0
    retain: bool = False
    again: bool = False
    number: int = 0
    """The packet's, where the QoS is 1."""
    properties: Properties = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Puback:
    """A message of QoS 1 has arrived."""

    number: int
    reason: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscribe:
    """Which messages a client wants: filters with the QoS of each."""

    number: int
    filters: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Suback:
    """What became of each filter."""

    number: int
    reasons: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Pingreq:
    """Are you there?"""


@dataclass(frozen=True, slots=True)
class Pingresp:
    """Here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Disconnect:
    """One side goes; with 4 the client wants its will to be said all the same."""

    reason: int = 0


Packet: TypeAlias = Connect | Connack | Publish | Puback | Subscribe | Suback | Pingreq | Pingresp | Disconnect


def encode(packet: Packet) -> bytes:  # noqa: PLR0911  a table of packets, one line each
    """Return the bytes of *packet*; MalformedError when it cannot be written."""
    match packet:
        case Publish():
            return _publish(packet)
        case Puback():
            body = packet.number.to_bytes(2, "big") + (bytes((packet.reason,)) if packet.reason else b"")
            return _framed(PUBACK << 4, body)
        case Connect():
            return _connect(packet)
        case Connack():
            return _framed(CONNACK << 4, bytes((packet.resumed, packet.reason)) + properties(packet.properties))
        case Subscribe():
            filters = b"".join(text(wanted) + bytes((qos,)) for wanted, qos in packet.filters)
            return _framed(SUBSCRIBE << 4 | 2, packet.number.to_bytes(2, "big") + b"\0" + filters)
        case Suback():
            return _framed(SUBACK << 4, packet.number.to_bytes(2, "big") + b"\0" + bytes(packet.reasons))
        case Pingreq():
            return _framed(PINGREQ << 4, b"")
        case Pingresp():
            return _framed(PINGRESP << 4, b"")
        case Disconnect():
            return _framed(DISCONNECT << 4, bytes((packet.reason,)) if packet.reason else b"")


class Reader:
    """Makes packets of the bytes of one connection, whatever pieces they come in."""

    __slots__ = ("_kept", "_most")

    def __init__(self, most: int = MAX_PACKET) -> None:
        self._kept = b""
        self._most = most

    def feed(self, data: bytes) -> Iterator[Packet]:
        """Yield every packet that *data* completes.

        Raises:
            MalformedError: This is no MQTT, or a packet is larger than we take.
        """
        kept = self._kept + data if self._kept else data
        at = 0
        try:
            while (framed := self._frame(kept, at)) is not None:
                first, body_at, at = framed
                yield _packet(first, kept[body_at:at])
        finally:
            self._kept = kept[at:]

    def _frame(self, kept: bytes, at: int) -> tuple[int, int, int] | None:
        """Return the first byte of the packet at *at*, and where its body begins and ends; None: it is not all here."""
        length = 0
        for place in range(4):
            where = at + 1 + place
            if where >= len(kept):
                return None
            length |= (kept[where] & 127) << (7 * place)
            if length > self._most:
                raise MalformedError(f"a packet of {length} bytes or more; {self._most} are taken")
            if kept[where] < 128:  # noqa: PLR2004  the eighth bit says that more follows
                end = where + 1 + length
                return (kept[at], where + 1, end) if end <= len(kept) else None
        raise MalformedError("the length of a packet is written in more than four bytes")


def _framed(first: int, body: bytes) -> bytes:
    return bytes((first,)) + varint(len(body)) + body


def _publish(packet: Publish) -> bytes:
    if not 0 <= packet.qos <= _MAX_QOS:
        raise MalformedError("messages are sent with QoS 0 or 1")
    first = PUBLISH << 4 | packet.again << 3 | packet.qos << 1 | packet.retain
    number = packet.number.to_bytes(2, "big") if packet.qos else b""
    return _framed(first, text(packet.topic) + number + properties(packet.properties) + packet.payload)


def _connect(packet: Connect) -> bytes:
    flags = packet.clean << 1 | (packet.user is not None) << 7 | (packet.password is not None) << 6
    body = b""
    if packet.will is not None:
        will = packet.will
        flags |= 4 | will.qos << 3 | will.retain << 5
        body = properties(will.properties) + text(will.topic) + data(will.payload)
    body += b"" if packet.user is None else text(packet.user)
    body += b"" if packet.password is None else data(packet.password)
    head = text("MQTT") + bytes((_VERSION, flags)) + packet.keep_alive_s.to_bytes(2, "big") + properties(packet.properties)
    return _framed(CONNECT << 4, head + text(packet.client) + body)


def _packet(first: int, body: bytes) -> Packet:
    reader = _READERS.get(first >> 4)
    if reader is None:
        raise MalformedError(f"a packet of kind {first >> 4} is not for us")
    cursor = Cursor(body)
    packet = reader(first & 15, cursor)
    if not cursor.is_done:
        raise MalformedError("a packet is longer than what is in it")
    return packet


def _read_publish(flags: int, cursor: Cursor) -> Publish:
    qos = flags >> 1 & 3
    if qos > _MAX_QOS:
        raise MalformedError("a message comes with QoS 2, which nobody asked for")
    topic = cursor.text()
    number = cursor.number(2) if qos else 0
    found = cursor.properties()
    return Publish(
        topic=topic,
        payload=cursor.rest(),
        qos=qos,
        retain=bool(flags & 1),
        again=bool(flags & 8),
        number=number,
        properties=found,
    )


def _read_puback(_: int, cursor: Cursor) -> Puback:
    number = cursor.number(2)
    reason = 0 if cursor.is_done else cursor.number(1)
    if not cursor.is_done:
        cursor.properties()
    return Puback(number=number, reason=reason)


def _read_connack(_: int, cursor: Cursor) -> Connack:
    resumed, reason = cursor.number(1), cursor.number(1)
    return Connack(reason=reason, resumed=bool(resumed & 1), properties=cursor.properties())


def _read_connect(_: int, cursor: Cursor) -> Connect:
    if (cursor.text(), cursor.number(1)) != ("MQTT", _VERSION):
        raise MalformedError("a client speaks another protocol than MQTT 5")
    flags, keep_alive_s = cursor.number(1), cursor.number(2)
    found, client = cursor.properties(), cursor.text()
    will = None
    if flags & 4:
        said = cursor.properties()
        topic, payload = cursor.text(), cursor.data()
        will = Will(topic=topic, payload=payload, qos=flags >> 3 & 3, retain=bool(flags & 32), properties=said)
    return Connect(
        client=client,
        user=cursor.text() if flags & 128 else None,
        password=cursor.data() if flags & 64 else None,
        keep_alive_s=keep_alive_s,
        clean=bool(flags & 2),
        will=will,
        properties=found,
    )


def _read_subscribe(_: int, cursor: Cursor) -> Subscribe:
    number = cursor.number(2)
    cursor.properties()
    filters: list[tuple[str, int]] = []
    while not cursor.is_done:
        if len(filters) >= MAX_FILTERS:
            raise MalformedError(f"more than {MAX_FILTERS} subscriptions at once")
        filters.append((cursor.text(), cursor.number(1)))
    return Subscribe(number=number, filters=tuple(filters))


def _read_suback(_: int, cursor: Cursor) -> Suback:
    number = cursor.number(2)
    cursor.properties()
    return Suback(number=number, reasons=tuple(cursor.rest()))


def _read_disconnect(_: int, cursor: Cursor) -> Disconnect:
    reason = 0 if cursor.is_done else cursor.number(1)
    if not cursor.is_done:
        cursor.properties()
    return Disconnect(reason=reason)


_READERS: Final[dict[int, Callable[[int, Cursor], Packet]]] = {
    CONNECT: _read_connect,
    CONNACK: _read_connack,
    PUBLISH: _read_publish,
    PUBACK: _read_puback,
    SUBSCRIBE: _read_subscribe,
    SUBACK: _read_suback,
    PINGREQ: lambda _, __: Pingreq(),
    PINGRESP: lambda _, __: Pingresp(),
    DISCONNECT: _read_disconnect,
}
