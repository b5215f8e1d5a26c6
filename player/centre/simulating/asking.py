"""HTTP for many players over few connections: a GET with the ETag that is known, and what came of it (h11 speaks HTTP)."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Final

import h11

from player.errors import NetworkError
from player.units import Seconds

CONNECTIONS: Final = 8  # kept open; one answers a thousand requests a second on this computer
ANSWER_S: Final[Seconds] = 10.0  # as long as the player itself waits for a feed
MAX_BODY: Final = 4_000_000  # the player's own limit for a page of a feed
_PIECE: Final = 65_536


@dataclass(frozen=True, slots=True)
class Answered:
    """What a server answered."""

    status: int
    etag: str
    body: bytes
    bytes_both_ways: int
    """Of HTTP: the request, the answer's head and its body."""


class _Wire:
    """One connection that is kept."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._http = h11.Connection(h11.CLIENT)

    async def get(self, host: str, path: str, etag: str) -> Answered:
        headers = [("host", host), ("user-agent", "WeRemember/1 (photo wall)"), ("accept-encoding", "identity")]
        headers += [("if-none-match", etag)] if etag else []
        request = self._http.send(h11.Request(method="GET", target=path, headers=headers)) or b""
        request += self._http.send(h11.EndOfMessage()) or b""
        self._writer.write(request)
        status, found, body, count = 0, "", bytearray(), len(request)
        while True:
            event = self._http.next_event()
            match event:
                case h11.NEED_DATA:
                    data = await self._reader.read(_PIECE)
                    count += len(data)
                    self._http.receive_data(data)
                case h11.Response():
                    status = event.status_code
                    found = dict(event.headers).get(b"etag", b"").decode("ascii", "replace")
                case h11.Data():
                    body += event.data
                    if len(body) > MAX_BODY:
                        raise NetworkError(f"{path}: longer than {MAX_BODY:,} bytes")
                case h11.EndOfMessage():
                    break
                case _:
                    raise NetworkError(f"{path}: the connection ended in the middle of an answer")
        if self.is_spent:
            self.close()
        else:
            self._http.start_next_cycle()
        return Answered(status, found, bytes(body), count)

    @property
    def is_spent(self) -> bool:
        return self._http.our_state is not h11.DONE or self._http.their_state is not h11.DONE

    def close(self) -> None:
        self._writer.close()


class Asking:
    """A few connections to one server, shared."""

    def __init__(self, host: str, port: int, connections: int = CONNECTIONS) -> None:
        self._host = host
        self._port = port
        self._free = asyncio.Semaphore(connections)
        self._idle: list[_Wire] = []

    async def get(self, path: str, etag: str = "") -> Answered:
        """Return what lies at *path*, or that it is still what *etag* says.

        Raises:
            NetworkError: no answer.
        """
        async with self._free:
            wire = self._idle.pop() if self._idle else None
            try:
                async with asyncio.timeout(ANSWER_S):
                    if wire is None:
                        wire = _Wire(*await asyncio.open_connection(self._host, self._port))
                    answer = await wire.get(f"{self._host}:{self._port}", path, etag)
            except (OSError, h11.ProtocolError, NetworkError) as error:
                if wire is not None:
                    wire.close()
                raise NetworkError(f"{path}: {error or 'no answer in time'}") from error
            except asyncio.CancelledError:
                if wire is not None:
                    wire.close()
                raise
            if not wire.is_spent:
                self._idle.append(wire)
            return answer

    def close(self) -> None:
        """Close every connection that is kept."""
        while self._idle:
            self._idle.pop().close()
