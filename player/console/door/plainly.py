"""Who speaks plain HTTP at a door for TLS: told where to go, if they named a host of ours, and else what is wrong.

Somebody typed the address without `https`, or has a bookmark from before there was TLS; an empty answer tells them nothing.
"""

from __future__ import annotations

import asyncio
import socket
from typing import Final

import h11

from player.console.door.headers import ALWAYS, NO_STORE
from player.console.door.origin import Names

HANDSHAKE: Final = b"\x16"
"""What TLS begins with (RFC 8446, 5.1), and HTTP never."""
HEAD: Final = 8192  # bytes of a request before its body; a browser sends one
PIECES: Final = 16  # of a body that nobody wants are waited for: hung up on amid it, the other side would lose our answer
PIECE: Final = 65_536
_TOLD: Final = b"The console speaks https only: write https:// before its address.\n"


async def is_plain(connection: socket.socket) -> bool:
    """Wait until they say something; return whether that is something, and no TLS. It is still to be read."""
    loop = asyncio.get_running_loop()
    speaks = asyncio.Event()
    loop.add_reader(connection, speaks.set)
    try:
        await speaks.wait()
    finally:
        loop.remove_reader(connection)
    return connection.recv(1, socket.MSG_PEEK) not in {b"", HANDSHAKE}


async def answer(connection: socket.socket, names: Names) -> None:
    """Read a request, and answer it. How long that may take is for the caller to say, and to hang up, too.

    Raises:
        OSError: they have gone.
    """
    loop = asyncio.get_running_loop()
    reading = h11.Connection(h11.SERVER, max_incomplete_event_size=HEAD)
    while (reply := _reply(reading, names, local=connection.getsockname()[0])) is None:
        reading.receive_data(await loop.sock_recv(connection, HEAD))
    await loop.sock_sendall(connection, reply)
    connection.shutdown(socket.SHUT_WR)
    for _ in range(PIECES):
        if not await loop.sock_recv(connection, PIECE):
            return


def _reply(reading: h11.Connection, names: Names, *, local: str) -> bytes | None:
    """Return the whole answer to what was *reading* so far; None: more is to be read."""
    try:
        asked = reading.next_event()
    except h11.RemoteProtocolError:
        return _written(400, "Bad Request")
    if asked is h11.NEED_DATA:
        return None
    if not isinstance(asked, h11.Request) or asked.method != b"GET" or not asked.target.startswith(b"/"):
        return _written(400, "Bad Request")
    # There is one at most, which h11 sees to, and a page elsewhere cannot make a browser send another one than its address has.
    host = next((value.decode("ascii", "replace") for name, value in asked.headers if name == b"host"), "")
    if not names.take(host, local):
        return _written(400, "Bad Request")
    # Temporary: a browser never forgets a permanent one, and TLS may be switched off again.
    return _written(307, "Temporary Redirect", location=f"https://{host}{asked.target.decode('ascii', 'replace')}")


def _written(status: int, reason: str, **more: str) -> bytes:
    headers = {
        **more,
        **ALWAYS,
        "cache-control": NO_STORE,
        "content-type": "text/plain; charset=utf-8",
        "content-length": str(len(_TOLD)),
        "connection": "close",
    }
    head = "\r\n".join((f"HTTP/1.1 {status} {reason}", *(f"{name}: {value}" for name, value in headers.items())))
    return f"{head}\r\n\r\n".encode("ascii") + _TOLD
