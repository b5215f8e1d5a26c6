"""The feed's origin: one JSON Feed, served with its ETag over HTTP, counted, and taken away and brought back."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, Final

import h11

from player.units import SECOND, Nanos

PATH: Final = "/feed.json"
MAX_AGE_S: Final = 30  # as a cache keeps it: a withdrawal told by no hint is late by no more than this
STALE_S: Final = 86_400  # how long a cache goes on with what it has when the origin answers nothing
ITEMS: Final = 40  # on the one page: 20 kB
_PIECE: Final = 65_536


class Feed:
    """What is published: approved photos, and what was withdrawn."""

    def __init__(self, items: int = ITEMS) -> None:
        self._items = {f"photo-{number:04d}": f"This is photo {number}" for number in range(1, items + 1)}
        self._withdrawn: dict[str, str] = {}
        self.sequence = 0
        self.body = b""
        self.etag = ""

    def publish(self, now: Nanos) -> int:
        """Write it anew; return its sequence."""
        self.sequence += 1
        at = _date(now)
        said: dict[str, Any] = {
            "version": "https://jsonfeed.org/version/1.1",
            "title": "A simulated campaign",
            "items": [_item(name, text, at) for name, text in self._items.items()],
            "_we_remember": {
                "schema": 1,
                "complete": True,
                "sequence": self.sequence,
                "generated_at": at,
                "lease_s": 900,
                "withdrawn": [{"id": name, "at": when, "reason": "author"} for name, when in self._withdrawn.items()],
            },
        }
        self.body = json.dumps(said).encode()
        self.etag = f'"{hashlib.sha256(self.body).hexdigest()[:32]}"'
        return self.sequence

    def withdraw(self, now: Nanos) -> str:
        """Withdraw the first photo that is left, and publish that; return its id."""
        name = next(iter(self._items))
        del self._items[name]
        self._withdrawn[name] = _date(now)
        self.publish(now)
        return name


class Origin:
    """Serves a feed on a port of this computer, while it is up."""

    def __init__(self, feed: Feed) -> None:
        self.feed = feed
        self.requests = 0
        self.unchanged = 0
        """How many were answered by 304."""
        self.port = 0
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()

    async def start(self) -> None:
        """Listen; on the same port as before, where there was one."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port, backlog=1024)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Be gone: nobody listens, and no connection is left."""
        server, self._server = self._server, None
        if server is None:
            return
        server.close()
        for writer in list(self._open):
            writer.transport.abort()
        await server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        http = h11.Connection(h11.SERVER)
        try:
            with suppress(OSError, h11.RemoteProtocolError):
                await self._talk(http, reader, writer)
        finally:
            self._open.discard(writer)
            writer.close()

    async def _talk(self, http: h11.Connection, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        path, etag = "", b""
        while True:
            event = http.next_event()
            match event:
                case h11.NEED_DATA:
                    http.receive_data(await reader.read(_PIECE))
                case h11.Request():
                    path, etag = event.target.decode("ascii", "replace"), dict(event.headers).get(b"if-none-match", b"")
                case h11.EndOfMessage():
                    writer.write(self._answer(http, path, etag.decode("ascii", "replace")))
                    await writer.drain()
                    if http.our_state is not h11.DONE or http.their_state is not h11.DONE:
                        return
                    http.start_next_cycle()
                case h11.Data():
                    pass
                case _:
                    return

    def _answer(self, http: h11.Connection, path: str, etag: str) -> bytes:
        self.requests += 1
        feed = self.feed
        headers: Mapping[str, str] = {
            "etag": feed.etag,
            "cache-control": f"max-age={MAX_AGE_S}, stale-if-error={STALE_S}",
            "content-type": "application/feed+json",
        }
        status, body = (404, b"") if path != PATH else (304, b"") if etag == feed.etag else (200, feed.body)
        self.unchanged += status == 304  # noqa: PLR2004  not modified
        length = {} if status == 304 else {"content-length": str(len(body))}  # noqa: PLR2004
        written = http.send(h11.Response(status_code=status, headers=list((headers | length).items()))) or b""
        written += (http.send(h11.Data(data=body)) or b"") if body else b""
        return written + (http.send(h11.EndOfMessage()) or b"")


def _item(name: str, text: str, at: str) -> dict[str, Any]:
    ours = {
        "status": "approved",
        "approved_at": at,
        "approved_by": ["reviewer-1", "reviewer-2"],
        "sha256": hashlib.sha256(name.encode()).hexdigest(),
        "size_in_bytes": 300_000,
        "mime_type": "image/jpeg",
    }
    return {"id": name, "image": f"/photos/{name}.jpg", "content_text": text, "_we_remember": ours}


def _date(now: Nanos) -> str:
    return datetime.fromtimestamp(now // SECOND, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
