"""The properties of MQTT 5: which there are, and how their values are written (OASIS MQTT 5.0, 2.2.2 and 1.5)."""

from __future__ import annotations

from typing import Final, TypeAlias

from player.errors import NetworkError

Value: TypeAlias = int | str | bytes | tuple[str, str]
Properties: TypeAlias = tuple[tuple[str, Value], ...]
"""Names and values in order; some names may come more than once."""

MAX_VARINT: Final = 268_435_455  # four bytes of seven bits: the largest length that MQTT can write
MAX_TEXT: Final = 65_535  # bytes: lengths of texts are two bytes
MAX_PROPERTIES: Final = 64  # of one packet; a broker sends a handful, and a hostile one no more of our time than this

_BYTE, _SHORT, _LONG, _VARINT, _TEXT, _DATA, _PAIR = range(7)
_WIDTHS: Final = {_BYTE: 1, _SHORT: 2, _LONG: 4}
_KNOWN: Final[dict[str, tuple[int, int]]] = {
    "payload_format": (1, _BYTE),
    "message_expiry": (2, _LONG),
    "content_type": (3, _TEXT),
    "response_topic": (8, _TEXT),
    "correlation": (9, _DATA),
    "subscription": (11, _VARINT),
    "session_expiry": (17, _LONG),
    "assigned_client": (18, _TEXT),
    "server_keep_alive": (19, _SHORT),
    "authentication_method": (21, _TEXT),
    "authentication_data": (22, _DATA),
    "request_problem": (23, _BYTE),
    "will_delay": (24, _LONG),
    "request_response": (25, _BYTE),
    "response_information": (26, _TEXT),
    "server_reference": (28, _TEXT),
    "reason": (31, _TEXT),
    "receive_maximum": (33, _SHORT),
    "topic_alias_maximum": (34, _SHORT),
    "topic_alias": (35, _SHORT),
    "maximum_qos": (36, _BYTE),
    "retain_available": (37, _BYTE),
    "user": (38, _PAIR),
    "maximum_packet": (39, _LONG),
    "wildcards_available": (40, _BYTE),
    "subscriptions_available": (41, _BYTE),
    "shared_available": (42, _BYTE),
}
_NAMES: Final = {number: (name, kind) for name, (number, kind) in _KNOWN.items()}
KINDS: Final = {name: kind for name, (_, kind) in _KNOWN.items()}
"""By name, what a value must be; for tests that try them all."""


class MalformedError(NetworkError):
    """What came is no MQTT 5, or more than we take: the connection ends."""


class Cursor:
    """Reads a packet from its beginning to its end, and never beyond."""

    __slots__ = ("_at", "_data", "_end")

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0
        self._end = len(data)

    @property
    def is_done(self) -> bool:
        """Whether everything was read."""
        return self._at >= self._end

    def take(self, count: int) -> bytes:
        """Return the next *count* bytes; MalformedError when there are fewer."""
        at = self._at
        if at + count > self._end:
            raise MalformedError("a packet is shorter than what it says is in it")
        self._at = at + count
        return self._data[at : at + count]

    def rest(self) -> bytes:
        """Return all that is left."""
        return self.take(self._end - self._at)

    def number(self, width: int) -> int:
        """Return a whole number of *width* bytes."""
        return int.from_bytes(self.take(width), "big")

    def varint(self) -> int:
        """Return a number of one to four bytes."""
        value = 0
        for place in range(4):
            byte = self.number(1)
            value |= (byte & 127) << (7 * place)
            if byte < 128:  # noqa: PLR2004  the eighth bit says that more follows
                return value
        raise MalformedError("a length is written in more than four bytes")

    def data(self) -> bytes:
        """Return bytes with their length in front."""
        return self.take(self.number(2))

    def text(self) -> str:
        """Return a text with its length in front."""
        try:
            return self.data().decode("utf-8")
        except UnicodeDecodeError as error:
            raise MalformedError("a text is not UTF-8") from error

    def properties(self) -> Properties:
        """Return the properties that stand here."""
        length = self.varint()
        if not length:
            return ()
        inner = Cursor(self.take(length))
        found: list[tuple[str, Value]] = []
        while not inner.is_done:
            number = inner.varint()
            if number not in _NAMES or len(found) >= MAX_PROPERTIES:
                raise MalformedError(f"property {number} is unknown, or there are too many")
            name, kind = _NAMES[number]
            found.append((name, inner.value(kind)))
        return tuple(found)

    def value(self, kind: int) -> Value:
        """Return one property's value."""
        if kind in _WIDTHS:
            return self.number(_WIDTHS[kind])
        if kind == _VARINT:
            return self.varint()
        if kind == _TEXT:
            return self.text()
        if kind == _DATA:
            return self.data()
        return self.text(), self.text()


def varint(value: int) -> bytes:
    """Write a number in one to four bytes."""
    if not 0 <= value <= MAX_VARINT:
        raise MalformedError(f"{value} cannot be written as a length")
    written = bytearray()
    while True:
        value, byte = value >> 7, value & 127
        written.append(byte | (128 if value else 0))
        if not value:
            return bytes(written)


def data(value: bytes) -> bytes:
    """Write bytes with their length in front."""
    if len(value) > MAX_TEXT:
        raise MalformedError(f"{len(value)} bytes are more than a field of MQTT holds")
    return len(value).to_bytes(2, "big") + value


def text(value: str) -> bytes:
    """Write a text with its length in front."""
    return data(value.encode("utf-8"))


def properties(values: Properties) -> bytes:
    """Write properties, with their length in front."""
    written = bytearray()
    for name, value in values:
        number, kind = _KNOWN[name]
        written.append(number)
        match value:
            case int():
                written += varint(value) if kind == _VARINT else value.to_bytes(_WIDTHS[kind], "big")
            case str():
                written += text(value)
            case bytes():
                written += data(value)
            case (first, second):
                written += text(first) + text(second)
    return varint(len(written)) + bytes(written)
