"""One connection to the broker, for whoever speaks MQTT here: opens it, counts it, keeps it alive, and says when it is gone."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

from player.centre.simulating.codec import Connect, Disconnect, Packet, Pingreq, Reader, encode
from player.centre.simulating.properties import MalformedError
from player.units import Seconds

OPENING_S: Final[Seconds] = 20.0  # to connect, with TLS, on a machine that has ten thousand others to serve
MAX_UNSENT: Final = 1 << 20  # bytes that a slow broker may leave with us for one connection, before it counts as lost


@dataclass(slots=True)
class Traffic:
    """What went over the connections of many, in bytes of MQTT, and in how many pieces."""

    sent: int = 0
    received: int = 0
    pieces: int = 0

    def add(self, other: Traffic) -> None:
        """Add what went over others' connections."""
        self.sent += other.sent
        self.received += other.received
        self.pieces += other.pieces


class Ends(Protocol):
    """Who has a connection."""

    def opened(self, line: Line) -> None:
        """Take the connection; called before anything is said on it."""
        ...

    def heard(self, packet: Packet) -> None:
        """Take what the broker says."""
        ...

    def lost(self, line: Line, why: str) -> None:
        """The connection is gone; called once."""
        ...


class Line(asyncio.Protocol):
    """An open connection. Nothing in it waits."""

    def __init__(self, hello: Connect, owner: Ends, traffic: Traffic) -> None:
        self._hello = hello
        self._owner = owner
        self._traffic = traffic
        self._reader = Reader()
        self._transport: asyncio.Transport | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._spoke_at = 0.0
        self._why = ""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Say who we are."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101  asyncio's own promise for a connection of bytes
        self._transport = transport
        self._owner.opened(self)
        self.send(self._hello)
        self._beat_in(self._hello.keep_alive_s)

    def data_received(self, data: bytes) -> None:
        """Hand on what is complete."""
        self._traffic.received += len(data)
        self._traffic.pieces += 1
        try:
            for packet in self._reader.feed(data):
                self._owner.heard(packet)
        except MalformedError as error:
            self.cut(str(error))

    def connection_lost(self, exc: Exception | None) -> None:
        """Say so, once."""
        self._transport = None
        if self._timer is not None:
            self._timer.cancel()
        self._owner.lost(self, self._why or (str(exc) if exc else "the broker closed it"))

    @property
    def is_open(self) -> bool:
        """Whether anything can be sent."""
        return self._transport is not None and not self._transport.is_closing()

    def send(self, packet: Packet) -> None:
        """Send *packet*; nothing happens on a connection that is gone."""
        self.send_raw(encode(packet))

    def send_raw(self, data: bytes) -> None:
        """Send bytes as they are."""
        transport = self._transport
        if transport is None or transport.is_closing():
            return
        transport.write(data)
        self._traffic.sent += len(data)
        self._traffic.pieces += 1
        self._spoke_at = asyncio.get_running_loop().time()
        if transport.get_write_buffer_size() > MAX_UNSENT:
            self.cut("the broker takes nothing any more")

    def close(self) -> None:
        """Say good-bye: the broker forgets the will."""
        self._why = self._why or "closed by us"
        self.send(Disconnect())
        if self._transport is not None:
            self._transport.close()

    def cut(self, why: str) -> None:
        """End it without a word, as a cable does."""
        self._why = self._why or why
        if self._transport is not None:
            self._transport.abort()

    def _beat(self) -> None:
        """Say something where nothing was said for as long as the broker waits."""
        silent = asyncio.get_running_loop().time() - self._spoke_at
        if silent >= self._hello.keep_alive_s:
            self.send(Pingreq())
            silent = 0.0
        self._beat_in(self._hello.keep_alive_s - silent)

    def _beat_in(self, length_s: Seconds) -> None:
        self._timer = asyncio.get_running_loop().call_later(length_s, self._beat)


@dataclass(frozen=True, slots=True)
class Broker:
    """Where the broker is."""

    host: str
    port: int
    tls: Callable[[str], ssl.SSLContext] | None = None
    """By whom: what proves it to be them; None: without TLS."""

    async def open(self, hello: Connect, owner: Ends, traffic: Traffic) -> None:
        """Give *owner* a new connection, on which *hello* was said.

        Raises:
            OSError: there is none.
            TimeoutError: it took too long.
        """
        context = self.tls(hello.user or hello.client) if self.tls else None
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(OPENING_S):
            await loop.create_connection(
                lambda: Line(hello, owner, traffic),
                self.host,
                self.port,
                ssl=context,
                server_hostname=self.host if context else None,
            )
