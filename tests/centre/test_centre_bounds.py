"""What a broker may fill of the centre's memory: long packets are not read, and what nobody can take in ends the connection."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager

import pytest

from player.centre import link as linking
from player.centre.link import Broker, Link
from player.fleet.connection import IN_FLIGHT, MAX_PACKET
from tests.fakes.broker import until

TOPIC = "wr/1/p/a/event"
WELCOME = b"\x20\x03\x00\x00\x00"


def packet(kind: int, content: bytes) -> bytes:
    """Return a packet of MQTT."""
    length, rest = bytearray(), len(content)
    while True:
        rest, digit = divmod(rest, 128)
        length.append(digit | (128 if rest else 0))
        if not rest:
            return bytes([kind]) + bytes(length) + content


def message(number: int, quality: int, payload: bytes = b"x") -> bytes:
    """Return a message of a QoS."""
    topic = len(TOPIC).to_bytes(2, "big") + TOPIC.encode()
    return packet(0x30 | quality << 1, topic + (number.to_bytes(2, "big") if quality else b"") + b"\x00" + payload)


@contextmanager
def _broker(said: Callable[[], bytes]) -> Generator[tuple[int, list[bytes]]]:
    """Welcome whoever comes, say what is *said*, and note what each asked for."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.05)
        over, came = threading.Event(), list[bytes]()

        def serve() -> None:
            while not over.is_set():
                try:
                    found, _ = server.accept()
                except TimeoutError:
                    continue
                with found:
                    found.settimeout(2)
                    try:
                        came.append(found.recv(4096))
                        found.sendall(WELCOME + said())
                        while found.recv(65536) and not over.is_set():
                            pass
                    except OSError:
                        continue

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield server.getsockname()[1], came
        finally:
            over.set()
            thread.join()


@pytest.mark.parametrize(
    "said",
    [
        packet(0x30, bytes(MAX_PACKET + 1)),
        b"\x30\xff\xff\xff\x7f" + bytes(10_000),
        b"".join(message(n + 1, 2) for n in range(IN_FLIGHT + 2)) + message(1, 0) * 10,
    ],
)
def test_a_broker_that_sends_too_much_is_left(said: bytes) -> None:
    """A packet longer than was asked for, and more half-told messages than that: the connection ends, and is made anew."""
    with _broker(lambda: said) as (port, came):
        link = Link(Broker("127.0.0.1", port), None, name="x")
        link.start()
        until(lambda: len(came) > 1, "another attempt")
        link.close()

    assert b"\x27" + MAX_PACKET.to_bytes(4, "big") in came[0], "it was told how much is taken"


def test_what_nobody_takes_in_is_not_kept_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond so many the connection ends, whatever their QoS; nothing that has to be kept was acknowledged, so it comes again."""
    monkeypatch.setattr(linking, "MAX_WAITING", 20)
    monkeypatch.setattr(linking, "MOST_WAITING", 30)
    monkeypatch.setattr(linking, "AT_MOST_S", 0)
    flood = b"".join(message(n + 1, 0) for n in range(50)) + b"".join(message(n + 1, 1) for n in range(50))
    with _broker(lambda: flood) as (port, came):
        link = Link(Broker("127.0.0.1", port), None, name="x")
        link.start()
        until(lambda: len(came) > 1, "another attempt")
        link.close()
        taken = link.take(1000, 0)

    assert len(taken) == 30
    assert [each.number for each in taken] == [0] * 20 + [*range(1, 11)]
    assert link.let_go >= 30
