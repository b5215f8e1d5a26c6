"""Where connections are taken in. Those that have not agreed on TLS yet are no connections to anybody else, and are bounded here.

Without that, whoever opens sockets and says nothing takes all files that the process may have open, and so the one for dark.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Final

from player.console.door import plainly, seats
from player.console.door.limits import network_of
from player.console.door.origin import Names

if TYPE_CHECKING:
    import ssl

SHAKEN_WITHIN_S: Final = 5.0  # TLS, with a phone at the edge of a network; and as long to say the first word
SHAKING: Final = 64  # at once; each is a file and, with TLS, some 100 kB
AT_A_TIME: Final = 32  # are taken in before those who are in are heard again
NO_FILES_S: Final = 0.1  # after the system had none left


@dataclass(frozen=True, slots=True, eq=False)
class _Guest:
    """Somebody at the door."""

    number: int
    network: str
    connection: socket.socket
    rank: int = seats.SILENT

    def turn_away(self) -> None:
        """Hang up; whoever shakes hands with them finds out."""
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)


class Porch:
    """One listening socket, and whoever has come by it and is not in yet."""

    def __init__(
        self,
        listening: socket.socket,
        protocol: Callable[[], asyncio.Protocol],
        *,
        tls: Callable[[], ssl.SSLContext | None],
        names: Names,
    ) -> None:
        """Take in whoever comes, from now on, by the *tls* that counts then. To be called where the event loop runs.

        Whoever speaks plain HTTP all the same is sent to where they meant, if that is one of our *names*.
        """
        self._loop = asyncio.get_running_loop()
        self._socket = listening
        self._protocol = protocol
        self._tls = tls
        self._names = names
        self._numbers = count()
        self._guests: set[_Guest] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._is_closed = False
        self._open()

    def close(self) -> None:
        """Take in nobody any more."""
        if not self._is_closed:
            self._is_closed = True
            self._loop.remove_reader(self._socket)
        for guest in self._guests:
            guest.turn_away()

    async def wait_closed(self) -> None:
        """Wait until nobody is at the door."""
        if self._tasks:
            await asyncio.wait(self._tasks)

    def _open(self) -> None:
        if not self._is_closed:
            self._loop.add_reader(self._socket, self._take)

    def _take(self) -> None:
        for _ in range(AT_A_TIME):
            try:
                connection, address = self._socket.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return
            except OSError:
                self._loop.remove_reader(self._socket)
                self._loop.call_later(NO_FILES_S, self._open)
                return
            connection.setblocking(False)  # noqa: FBT003 - the name is socket's
            self._welcome(_Guest(next(self._numbers), network_of(str(address[0])), connection))

    def _welcome(self, guest: _Guest) -> None:
        self._guests.add(guest)
        if len(self._guests) > SHAKING:
            other = seats.first_to_go(self._guests)
            self._guests.discard(other)
            other.turn_away()
        task = self._loop.create_task(self._let_in(guest))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _let_in(self, guest: _Guest) -> None:
        tls = self._tls()
        try:
            with contextlib.suppress(OSError):  # they have gone, speak neither, or not in time
                if tls is None or await self._wants_tls(guest.connection):
                    await self._loop.connect_accepted_socket(
                        self._protocol, guest.connection, ssl=tls, ssl_handshake_timeout=SHAKEN_WITHIN_S if tls else None
                    )
        finally:
            self._guests.discard(guest)

    async def _wants_tls(self, connection: socket.socket) -> bool:
        """Whether they begin by TLS. Whoever speaks plain HTTP gets their answer; whoever says nothing in time has gone."""
        wants = False
        try:
            async with asyncio.timeout(SHAKEN_WITHIN_S):
                wants = not await plainly.is_plain(connection)
                if not wants:
                    await plainly.answer(connection, self._names)
        finally:
            if not wants:
                connection.close()
        return wants
