"""A console that is open: its socket, its server, its desk, and whether it answers itself."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path
from typing import Final

import uvicorn
from starlette.types import ASGIApp, Message

from player import log
from player.clock import Clock
from player.console import app, health
from player.console.at_centre import Fleet
from player.console.door import listening
from player.console.door.papers import LOOK_EVERY, Papers
from player.console.door.wire import Listener, Wire
from player.console.people.gate import People
from player.console.people.notes import Notes
from player.console.section import Console
from player.errors import LibraryError, OperatorError
from player.library.trusted_time import TrustedClock
from player.settings import Configuration
from player.units import MILLISECOND, SECOND, Nanos

ASKED_EVERY: Final[Nanos] = SECOND
SILENT_FOR: Final[Nanos] = 5 * SECOND  # the health page gives up on a disk after two; the supervisor ends us after ten more
ENDS_WITHIN: Final[Nanos] = 600 * MILLISECOND  # the supervisor waits for twice that
HEADERS: Final = 16_384  # bytes of a request before its body, for the parser; the guard counts again
ADDRESSES_SAID: Final = 8  # in one line; a machine with more has them for containers
KEPT_ALIVE_S: Final = 15  # a connection that nobody uses

_log = log.get("console")


class House:
    """One socket for as long as it is open."""

    def __init__(self, configuration: Configuration, clock: TrustedClock, fleet: Fleet | None = None) -> None:
        """Open it, at the centre of a *fleet* or not. To be called where the event loop runs.

        Raises:
            OperatorError: the port is taken, or a file of the installation is missing.
            LibraryError: the certificate could not be written.
        """
        self._configuration = configuration
        console = configuration.settings.console
        self._papers = _papers(console, configuration.data, clock)
        self._socket = listening.bound(console.host, console.port)
        try:
            port: int = self._socket.getsockname()[1]
            names = listening.names(console, port)
            people = People(
                configuration.data,
                clock.machines,
                notes=Notes(configuration.data, clock),
                site=lambda: self._configuration.settings.site.name,
            )
            self._desk = app.furnish(lambda: self._configuration, clock=clock, names=names, people=people, fleet=fleet)
            self._app = app.build(self._desk)
            config = uvicorn.Config(
                self._app,
                loop="asyncio",
                http=Wire,
                ws="none",
                lifespan="off",
                interface="asgi3",
                log_config=None,
                access_log=False,
                proxy_headers=False,
                server_header=False,
                timeout_keep_alive=KEPT_ALIVE_S,
                timeout_graceful_shutdown=1,
                h11_max_incomplete_event_size=HEADERS,
            )
            config.load()
        except BaseException:
            self._socket.close()
            raise
        if self._desk.centre:
            self._desk.centre.gather()
        self._server = Listener(config, names, lambda: self._papers.context)
        self._task = asyncio.create_task(self._server.serve(sockets=[self._socket]))
        self._warming = asyncio.create_task(self._warm())
        self._asking: asyncio.Task[bool] | None = None
        self._renewing: asyncio.Task[None] | None = None
        self._answered_at = self._asked_at = self._renewed_at = clock.monotonic()
        self._stale = log.Edge(
            _log, begins="the console's certificate cannot be kept up", ends="its certificate can be kept up again"
        )
        addresses = listening.addresses(console, self._papers.covers)[:ADDRESSES_SAID]
        _log.info("the console is open", address=" ".join(addresses), **self._fingerprint())

    @property
    def has_fallen(self) -> bool:
        """Whether the server has ended without being asked, or who collects what players say."""
        return self._task.done() or (self._desk.centre is not None and self._desk.centre.has_fallen)

    def takes(self, configuration: Configuration | None) -> bool:
        """Go by another *configuration* from now on; False when that wants another socket, another folder, or none."""
        if configuration is None:
            return True  # nothing that can be used: what was in force stays so
        now, then = configuration, self._configuration
        if now.data != then.data or _of_socket(now.settings.console) != _of_socket(then.settings.console):
            return False
        self._configuration = configuration
        return True

    def answers_itself(self, now: Nanos) -> bool:
        """Whether a page was answered within this process a moment ago; to be asked again and again, for it never waits."""
        self._renew(now)
        if self._asking is not None and self._asking.done():
            if not self._asking.cancelled() and self._asking.exception() is None and self._asking.result():
                self._answered_at = now
            self._asking = None
        if self._asking is None and now - self._asked_at >= ASKED_EVERY:
            self._asked_at = now
            self._asking = asyncio.create_task(answers(self._app, self._desk.names.port, self._desk.names.scheme))
        return now - self._answered_at < SILENT_FOR

    async def close(self) -> None:
        """Hang up, and let go of everything, in less than a second."""
        if self._desk.centre:
            self._desk.centre.stop()
        self._desk.live.close()
        self._server.should_exit = True
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(ENDS_WITHIN / SECOND):
                await asyncio.shield(self._task)
        self._server.force_exit = True
        for task in (self._warming, self._asking, self._renewing):
            if task:
                task.cancel()
        await app.clear(self._desk)

    def _renew(self, now: Nanos) -> None:
        """See now and then whether there is another certificate, or should be."""
        is_due = now - self._renewed_at >= LOOK_EVERY and (self._renewing is None or self._renewing.done())
        if self._papers.context is not None and is_due:
            self._renewed_at = now
            self._renewing = asyncio.create_task(self._keep_papers())

    async def _keep_papers(self) -> None:
        try:
            is_another = await self._desk.lanes.run(self._desk.lanes.papers, self._papers.look)
        except (OSError, LibraryError) as error:
            self._stale.note("console", holds=True, why=str(error))
            return
        self._stale.note("console", holds=False)
        if is_another:
            _log.info("the console has another certificate", **self._fingerprint())

    def _fingerprint(self) -> dict[str, object]:
        return {"fingerprint": self._papers.fingerprint} if self._papers.fingerprint else {}

    async def _warm(self) -> None:
        """Say how to get in where nobody can yet, and open what orders need before anybody is in a hurry."""
        desk = self._desk
        await desk.lanes.run(desk.lanes.people, lambda: desk.people.offer_code(anew=True))
        await desk.orders.warm()
        await desk.writer.warm()
        await desk.lanes.run(desk.lanes.passwords, desk.people.warm)


async def answers(application: ASGIApp, port: int, scheme: str) -> bool:
    """Whether *application* answers for its health, well or not."""
    host = f"127.0.0.1:{port}".encode()
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": scheme,
        "path": health.PATH,
        "raw_path": health.PATH.encode(),
        "query_string": b"",
        "headers": [(b"host", host)],
        "client": None,
        "server": ("127.0.0.1", port),
    }
    statuses: list[int] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    async with asyncio.timeout(SILENT_FOR / SECOND):
        await application(scope, receive, send)
    return statuses in ([200], [503])


def _papers(console: Console, folder: Path, clock: Clock) -> Papers:
    try:
        return Papers(console, folder, clock)
    except OSError as error:
        raise OperatorError(f"the console's certificate cannot be used: {error}") from error


def _of_socket(console: Console) -> tuple[object, ...]:
    return console.enabled, console.host, console.port, console.tls, console.hosts
