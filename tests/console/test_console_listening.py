"""Tests of `player.console.door.listening`, on sockets of this machine."""

from __future__ import annotations

import asyncio
import socket

import pytest

from player.console.door import certificate, listening
from player.console.section import Console

HOST = "127.0.0.1"


def test_answers_are_sent_at_once() -> None:
    """Left to itself, the kernel holds the second part of an answer back until the first is known to have come: 40 ms a page."""

    async def is_at_once() -> bool:
        found: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

        async def heard(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            found.set_result(bool(writer.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)))
            writer.close()
            await writer.wait_closed()

        place = listening.bound(HOST, 0)
        async with await asyncio.start_server(heard, sock=place):
            _, writer = await asyncio.open_connection(HOST, place.getsockname()[1])
            is_set = await found
            writer.close()
            await writer.wait_closed()
        return is_set

    assert asyncio.run(is_at_once())


@pytest.mark.parametrize(
    ("hosts", "covers", "found"),
    [
        ((), (), ["192.168.1.20", "wall", "wall.local", "[2001:db8::2]"]),
        (("wall.example.org",), (), ["wall.example.org", "192.168.1.20", "wall", "wall.local", "[2001:db8::2]"]),
        ((), ("192.168.1.20", "localhost", "wall.local"), ["192.168.1.20", "wall.local"]),
        (("wall.example.org",), ("*.example.org",), ["wall.example.org"]),
        (
            ("wall.example.org",),
            ("other.example.com",),
            ["wall.example.org", "192.168.1.20", "wall", "wall.local", "[2001:db8::2]"],
        ),
    ],
    ids=["no names", "a name", "some are covered", "a wildcard", "another's certificate"],
)
def test_a_phone_finds_an_address_that_is_of_use_to_it(
    monkeypatch: pytest.MonkeyPatch, hosts: tuple[str, ...], covers: tuple[str, ...], found: list[str]
) -> None:
    """Names first, then what the machine has, as far as the certificate covers it; loopback is of no use elsewhere."""
    machine = ("127.0.0.1", "192.168.1.20", "2001:db8::2", "::1", "localhost", "wall", "wall.local")
    monkeypatch.setattr(certificate, "names_of_machine", lambda: machine)
    everywhere = Console.model_validate({"host": "::", "tls": "own", "hosts": hosts})
    assert listening.addresses(everywhere, covers) == tuple(f"https://{name}:8600/" for name in found)


def test_an_address_that_was_written_is_the_one() -> None:
    """Whatever else the machine has; and without any network there is loopback."""
    assert listening.addresses(Console()) == ("http://127.0.0.1:8600/",)
    assert listening.addresses(Console.model_validate({"host": "::1"})) == ("http://[::1]:8600/",)
    one = Console.model_validate({"host": "192.168.1.20", "tls": "own", "hosts": ["wall.lan"]})
    assert listening.addresses(one) == ("https://wall.lan:8600/", "https://192.168.1.20:8600/")


def test_a_machine_without_a_network_is_found_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing else reaches it."""
    monkeypatch.setattr(certificate, "names_of_machine", lambda: ("127.0.0.1", "::1", "localhost"))
    assert listening.addresses(Console.model_validate({"host": "::", "tls": "own"})) == ("https://127.0.0.1:8600/",)
