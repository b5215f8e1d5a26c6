"""One connection, with bounds that uvicorn leaves open: how long a request may take to arrive, how many connections there are.

Whoever opens connections and says nothing, or says it a letter at a time, would keep everybody else out. So a full house makes
room for each new one (`player.console.door.seats` says whose). Whoever wants the wall dark gets in.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Generator
from contextlib import contextmanager
from itertools import count
from typing import TYPE_CHECKING, Final, cast

import h11
from uvicorn.config import Config
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle
from uvicorn.server import Server

from player.console.door import seats
from player.console.door.headers import ALWAYS, NO_STORE
from player.console.door.limits import network_of
from player.console.door.origin import Names
from player.console.door.porch import Porch
from player.units import SECOND, Nanos

if TYPE_CHECKING:
    import socket
    import ssl

MOST: Final = 256  # connections: 32 streams, six for each of a dozen browsers, and as many again; each costs some 20 kB
ARRIVES_WITHIN: Final[Nanos] = 10 * SECOND  # the headers of a request, from a phone at the edge of a network
BACKLOG: Final = 128

_numbers: Final = count()


class Wire(H11Protocol):
    """A connection that is hung up on when it keeps others waiting."""

    number = 0
    network = ""
    _hanging_up: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:
        """Let it in; hang up on another when the house is full."""
        self.number = next(_numbers)
        super().connection_made(transport)
        self.network = network_of(self.client[0] if self.client else "")
        make_room(cast("set[Wire]", self.connections), MOST)
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget it."""
        self._wait_no_more()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take in what came; what is no whole request yet must be one in time."""
        super().data_received(data)
        if self.rank < seats.WORKING:
            self._wait()
        else:
            self._wait_no_more()

    def send_400_response(self, msg: str) -> None:
        """Answer what is no HTTP, with what every answer carries."""
        if self.conn.our_state is not h11.IDLE:
            self.transport.close()  # in the middle of another answer there is no room for this one
            return
        named = [(name.encode(), value.encode()) for name, value in {**ALWAYS, "cache-control": NO_STORE}.items()]
        fixed = [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close"), *named]
        for event in (h11.Response(status_code=400, headers=fixed), h11.Data(data=msg.encode("ascii")), h11.EndOfMessage()):
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()

    @property
    def rank(self) -> int:
        """What it is at."""
        cycle = cast("RequestResponseCycle | None", self.cycle)  # uvicorn says of itself that there is always one
        if cycle is None or cycle.response_complete:
            return seats.SILENT
        if cycle.response_started:
            return seats.SENT
        return seats.SPEAKING if cycle.more_body else seats.WORKING

    def _wait(self) -> None:
        if self._hanging_up is None:
            self._hanging_up = self.loop.call_later(ARRIVES_WITHIN / SECOND, self.transport.abort)

    def _wait_no_more(self) -> None:
        if self._hanging_up is not None:
            self._hanging_up.cancel()
        self._hanging_up = None


def make_room(connections: set[Wire], most: int) -> None:
    """Hang up on one of *connections* when there are more than *most*."""
    if len(connections) > most:
        other = seats.first_to_go(connections)
        connections.discard(other)
        other.transport.abort()


class Listener(Server):
    """Uvicorn's server without its signals, which are ours, and with a porch of ours, for it has no bound on TLS handshakes."""

    def __init__(self, config: Config, names: Names, tls: Callable[[], ssl.SSLContext | None] = lambda: None) -> None:
        """Serve by *config*, under *names*, and each new connection by the *tls* that counts then."""
        super().__init__(config)
        self._names = names
        self._tls = tls

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        """Leave signals alone."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to listen on *sockets*."""
        config = self.config
        await self.lifespan.startup()

        def wire() -> asyncio.Protocol:
            return Wire(config=config, server_state=self.server_state, app_state={})

        porches = [Porch(each, wire, tls=self._tls, names=self._names) for each in sockets or []]
        self.servers = cast("list[asyncio.Server]", porches)  # it closes them, and waits for that
        self.started = True
