"""Plain HTTP at a door for TLS, on a real socket: the old bookmark leads on, and leads nobody anywhere else."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Generator
from typing import Final

import pytest

from player.console import service
from player.console.door import porch
from player.console.door.headers import ALWAYS
from player.console.door.origin import names_of
from player.console.door.porch import Porch
from player.units import SECOND
from tests.fakes.served import Served, heard, served

HERE: Final = b"Host: 127.0.0.1:%d\r\n"
WALL: Final = b"Host: wall.example:%d\r\n"


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Generator[Served]:
    """A console by TLS that stays open."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(service, "TICK", SECOND // 50)
        with served(tmp_path_factory.mktemp("served"), "tls: own, hosts: wall.example") as each:
            yield each


def said(console: Served, request: bytes) -> bytes:
    """Return the whole answer to *request*, in which %d is the port."""
    with console.connected() as connection:
        connection.sendall(request.replace(b"%d", str(console.port).encode()))
        return heard(connection)


@pytest.mark.parametrize(
    ("request_line", "host", "leads_to"),
    [
        (b"GET / HTTP/1.1", HERE, "https://127.0.0.1:%d/"),
        (b"GET /photos?state=ready&q=a%20b HTTP/1.1", WALL, "https://wall.example:%d/photos?state=ready&q=a%20b"),
        (b"GET //evil.example/ HTTP/1.1", HERE, "https://127.0.0.1:%d//evil.example/"),
        (b"GET /@evil.example HTTP/1.0", HERE, "https://127.0.0.1:%d/@evil.example"),
    ],
)
def test_a_bookmark_from_before_leads_on(console: Served, request_line: bytes, host: bytes, leads_to: str) -> None:
    """Somebody who forgot the `s` comes to the same page, at the name that they typed and at no other."""
    answer = said(console, request_line + b"\r\n" + host + b"\r\n").decode()
    head, _, body = answer.partition("\r\n\r\n")
    assert head.startswith("HTTP/1.1 307 ")
    assert f"\r\nlocation: {leads_to.replace('%d', str(console.port))}\r\n" in head
    assert all(f"{name}: {value}" in head for name, value in ALWAYS.items())
    assert f"content-length: {len(body)}" in head


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: evil.example:%d\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1:%d@evil.example\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1:1\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + HERE + b"Host: evil.example\r\n\r\n",
        b"GET / HTTP/1.0\r\n\r\n",
        b"GET http://evil.example/ HTTP/1.1\r\n" + HERE + b"\r\n",
        b"GET @evil.example/ HTTP/1.1\r\n" + HERE + b"\r\n",
        b"POST /dark HTTP/1.1\r\n" + HERE + b"Content-Length: 200000\r\n\r\n" + b"x" * 200_000,
        b"CONNECT evil.example:443 HTTP/1.1\r\n" + HERE + b"\r\n",
        b"SSH-2.0-OpenSSH_9.2\r\n\r\n",
        b"\x80\x2e\x01\x00\x02\r\n\r\n",
        b"GET /" + b"x" * 20_000,
    ],
)
def test_everybody_else_is_told_what_is_wrong(console: Served, request_bytes: bytes) -> None:
    """In one sentence, and leads nobody elsewhere; then the line is cut."""
    head, _, body = said(console, request_bytes).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 ")
    assert b"location:" not in head
    assert body == b"The console speaks https only: write https:// before its address.\n"


@pytest.mark.parametrize("word", [b"", b"GET / HTTP/1.1\r\nHost: x"])
def test_who_does_not_come_to_the_end_is_hung_up_on(monkeypatch: pytest.MonkeyPatch, word: bytes) -> None:
    """And nothing of them is left at the door."""
    monkeypatch.setattr(porch, "SHAKEN_WITHIN_S", 0.05)

    async def heard_of() -> bytes:
        with socket.create_server(("127.0.0.1", 0)) as listening:
            listening.setblocking(False)  # noqa: FBT003 - the name is socket's
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            names = names_of((), port=listening.getsockname()[1], scheme="https")
            door = Porch(listening, asyncio.Protocol, tls=lambda: context, names=names)
            reader, writer = await asyncio.open_connection(*listening.getsockname())
            writer.write(word)
            answer = await reader.read()
            writer.close()
            await door.wait_closed()
            door.close()
        return answer

    assert asyncio.run(heard_of()) == b""
