"""MQTT 5 as bytes and back: whatever is written is read as it was, and whatever comes is MQTT or refused."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from player.centre.simulating.codec import (
    MAX_FILTERS,
    Connack,
    Connect,
    Disconnect,
    Packet,
    Pingreq,
    Pingresp,
    Puback,
    Publish,
    Reader,
    Suback,
    Subscribe,
    Will,
    encode,
)
from player.centre.simulating.properties import KINDS, MAX_TEXT, MAX_VARINT, MalformedError, Properties, Value, varint

TEXTS = st.text(st.characters(exclude_categories=("Cs",)), max_size=40)
BYTES = st.binary(max_size=60)
NUMBERS = st.integers(1, 65_535)
VALUES: dict[int, st.SearchStrategy[Value]] = {
    0: st.integers(0, 255),
    1: st.integers(0, 65_535),
    2: st.integers(0, 2**32 - 1),
    3: st.integers(0, MAX_VARINT),
    4: TEXTS,
    5: BYTES,
    6: st.tuples(TEXTS, TEXTS),
}


def _property(name: str) -> st.SearchStrategy[tuple[str, Value]]:
    return st.tuples(st.just(name), VALUES[KINDS[name]])


PROPERTIES = st.lists(st.sampled_from(sorted(KINDS)).flatmap(_property), max_size=6).map(tuple)
WILLS = st.builds(Will, topic=TEXTS, payload=BYTES, qos=st.integers(0, 1), retain=st.booleans(), properties=PROPERTIES)
PUBLISHED = st.builds(
    Publish, topic=TEXTS, payload=BYTES, retain=st.booleans(), again=st.booleans(), properties=PROPERTIES
) | st.builds(Publish, topic=TEXTS, payload=BYTES, qos=st.just(1), number=NUMBERS, properties=PROPERTIES)
PACKETS: st.SearchStrategy[Packet] = st.one_of(
    PUBLISHED,
    st.builds(
        Connect,
        client=TEXTS,
        user=st.none() | TEXTS,
        password=st.none() | BYTES,
        keep_alive_s=st.integers(0, 65_535),
        clean=st.booleans(),
        will=st.none() | WILLS,
        properties=PROPERTIES,
    ),
    st.builds(Connack, reason=st.integers(0, 255), resumed=st.booleans(), properties=PROPERTIES),
    st.builds(Puback, number=NUMBERS, reason=st.integers(0, 255)),
    st.builds(
        Subscribe, number=NUMBERS, filters=st.lists(st.tuples(TEXTS, st.integers(0, 1)), min_size=1, max_size=5).map(tuple)
    ),
    st.builds(Suback, number=NUMBERS, reasons=st.lists(st.integers(0, 255), min_size=1, max_size=5).map(tuple)),
    st.builds(Disconnect, reason=st.integers(0, 255)),
    st.just(Pingreq()),
    st.just(Pingresp()),
)


def _read(data: bytes, most: int = 65_536) -> list[Packet]:
    return list(Reader(most).feed(data))


@given(PACKETS)
def test_what_is_written_is_read_as_it_was(packet: Packet) -> None:
    """Every packet with any properties comes back the same."""
    assert _read(encode(packet)) == [packet]


@given(st.lists(PACKETS, max_size=5), st.lists(st.integers(0, 400), max_size=8))
def test_packets_are_read_whatever_pieces_they_come_in(packets: Sequence[Packet], cuts: Sequence[int]) -> None:
    """A stream cut anywhere holds the same packets in the same order."""
    data = b"".join(map(encode, packets))
    edges = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    reader = Reader()

    found = [each for first, last in itertools.pairwise(edges) for each in reader.feed(data[first:last])]

    assert found == list(packets)


@given(st.binary(max_size=200))
def test_bytes_of_anybody_are_packets_or_refused(data: bytes) -> None:
    """Nothing but MalformedError comes of what is no MQTT."""
    with contextlib.suppress(MalformedError):
        _read(data)


@given(PACKETS, st.data())
def test_a_packet_with_one_byte_changed_is_a_packet_or_refused(packet: Packet, data: st.DataObject) -> None:
    """Damage ends in MalformedError, in another packet, or in waiting for more; never in another error."""
    written = bytearray(encode(packet))
    written[data.draw(st.integers(0, len(written) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(MalformedError):
        _read(bytes(written))


def test_a_packet_that_is_too_long_is_refused_before_it_has_come() -> None:
    """The length alone ends it: nothing of a megabyte is kept."""
    reader = Reader(most=100)

    with pytest.raises(MalformedError, match="100 are taken"):
        list(reader.feed(b"\x30" + varint(1 << 20)))


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"\x30\xff\xff\xff\xff\x01", "bytes"),
        (b"\xf0\x00", "kind 15"),
        (b"\x34\x05\x00\x01a\x00\x01", "QoS 2"),
        (b"\x40\x01\x00", "shorter"),
        (b"\x40\x05\x00\x01\x00\x00\x00", "longer"),
        (b"\x20\x05\x00\x00\x02\x7e\x00", "property 126"),
        (b"\x30\x04\x00\x02\xff\xfe", "UTF-8"),
        (b"\x82\x05\x00\x01\x00\x00\x01", "shorter"),
    ],
)
def test_what_is_wrong_is_said(data: bytes, why: str) -> None:
    """A malformed packet is refused with what is wrong with it."""
    with pytest.raises(MalformedError, match=why):
        _read(data)


def test_too_many_subscriptions_are_refused() -> None:
    """One packet cannot make us keep any number of filters."""
    packet = Subscribe(number=1, filters=(("a", 0),) * (MAX_FILTERS + 1))

    with pytest.raises(MalformedError, match="subscriptions"):
        _read(encode(packet))


@pytest.mark.parametrize(
    "packet",
    [
        Publish(topic="x" * (MAX_TEXT + 1), payload=b""),
        Publish(topic="x", payload=b"", qos=2),
        Connect(client="x", will=Will(topic="x", payload=b"x" * (MAX_TEXT + 1))),
    ],
)
def test_what_mqtt_cannot_say_is_not_written(packet: Packet) -> None:
    """A text or a QoS beyond the format is our own fault, and said so."""
    with pytest.raises(MalformedError):
        encode(packet)


def test_a_connect_stands_as_the_standard_writes_it() -> None:
    """The bytes of a small CONNECT are those of MQTT 5, 3.1."""
    properties: Properties = (("session_expiry", 300),)
    packet = Connect(client="p", user="u", keep_alive_s=60, clean=True, properties=properties)

    head = b"\x00\x04MQTT\x05\x82\x00\x3c"  # protocol, version, flags (a user, a clean start), a minute
    assert encode(packet) == b"\x10\x16" + head + b"\x05\x11\x00\x00\x01\x2c" + b"\x00\x01p" + b"\x00\x01u"
