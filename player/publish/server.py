"""A small file server for a published folder, on this machine alone: for the demonstration, for tests, behind a web server.

It is trusted with nothing, as no web server of a signed feed is. It answers GET and HEAD for plain files below one folder,
says as little as HTTP allows, and closes each connection after one answer: nobody can hold a place for long.
"""

from __future__ import annotations

import io
import os
import re
import socket
import stat
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import TCPServer
from typing import BinaryIO, Final, cast

from player import log
from player.clock import Clock
from player.errors import OperatorError
from player.units import SECOND, Nanos, Seconds

HOST: Final = "127.0.0.1"
MAX_AT_ONCE: Final = 16  # connections, each with a thread; a player opens one at a time
ASKING: Final[Nanos] = 5 * SECOND  # for a whole request; ours is one packet
ANSWERING: Final[Nanos] = 60 * SECOND  # for a whole answer; a player gives up on a photo after as long
SILENCE_S: Final[Seconds] = 5.0  # without a byte in either direction
LOOK_S: Final[Seconds] = 0.1  # how often the listener looks at deadlines, and whether it is to end
TICK: Final[Nanos] = 60 * SECOND  # nothing is due; a wait must have some end
CHUNK: Final = 65_536  # bytes read and sent at once

_PATH: Final = re.compile(r"(?:/[A-Za-z0-9_-][A-Za-z0-9._-]*)+")
"""What the files of a publication are called. So `..`, half-written files (`.name`), escapes and queries find nothing."""

_log = log.get("publish")


class Server:
    """Serves a folder on 127.0.0.1 from a thread of its own, until it is stopped."""

    def __init__(self, folder: Path, *, clock: Clock, port: int = 0) -> None:
        """Take a port; nothing is answered before `start`.

        Args:
            folder: What is served; opened anew at each request, so it may be a link that is turned over.
            clock: Tells monotonic time, for the deadlines.
            port: 0 takes any that is free.

        Raises:
            OperatorError: there is no such folder, or the port cannot be used.
        """
        if not folder.is_dir():
            raise OperatorError(f"{folder} is not a folder: there is nothing to serve")
        try:
            self._listener = _Listener(folder, clock, port)
        except (OSError, OverflowError) as error:
            raise OperatorError(f"port {port} of {HOST} cannot be used ({error})") from error
        self._thread = threading.Thread(target=self._listener.serve_forever, args=(LOOK_S,), name="publication server")

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return cast("tuple[str, int]", self._listener.server_address)[1]

    @property
    def url(self) -> str:
        """The base URL of the publication."""
        return f"http://{HOST}:{self.port}/"

    def start(self) -> None:
        """Answer from now on."""
        self._thread.start()

    def stop(self) -> None:
        """Answer no more: cut what is open; no thread of ours is left when it returns."""
        if self._thread.ident is not None:
            self._listener.shutdown()
            self._thread.join()
        self._listener.server_close()


def serve(folder: Path, *, port: int, clock: Clock, stopped: threading.Event, say: Callable[[str], None]) -> None:
    """Serve *folder* on 127.0.0.1 until *stopped*, telling the address first.

    Raises:
        OperatorError: there is no such folder, or the port cannot be used.
    """
    server = Server(folder, clock=clock, port=port)
    try:
        server.start()
        say(f"{folder} is at {server.url}, for this computer alone. Ctrl-C ends it.")
        while not clock.wait(stopped, TICK):
            pass
    finally:
        server.stop()


class _Listener(TCPServer):
    """Accepts connections, gives each a thread, and cuts those that take too long."""

    allow_reuse_address = True  # the demonstration takes the same port again
    request_queue_size = MAX_AT_ONCE

    def __init__(self, folder: Path, clock: Clock, port: int) -> None:
        self.folder = folder
        self._clock = clock
        self._lock = threading.Lock()
        self._due: dict[socket.socket, Nanos] = {}
        self._threads: set[threading.Thread] = set()
        super().__init__((HOST, port), _Answer)

    def verify_request(self, request: object, client_address: object) -> bool:
        """Whether there is a place free; if not, the connection is closed unanswered."""
        del request, client_address
        with self._lock:
            return len(self._due) < MAX_AT_ONCE

    def process_request(self, request: object, client_address: object) -> None:
        """Answer in a thread, which `server_close` joins."""
        connection = cast("socket.socket", request)
        with self._lock:
            self._due[connection] = self._clock.monotonic() + ASKING
        thread = threading.Thread(target=self._answer, args=(connection, client_address), name="publication answer")
        self._threads = {other for other in self._threads if other.is_alive()} | {thread}
        thread.start()

    def service_actions(self) -> None:
        """Cut connections whose time is up; the listening loop calls it several times a second."""
        self._cut(self._clock.monotonic())

    def extend(self, connection: socket.socket) -> None:
        """Give *connection*, which has asked in full, the time for its answer."""
        with self._lock:
            self._due[connection] = self._clock.monotonic() + ANSWERING

    def server_close(self) -> None:
        """Close the port and every connection, and join the threads."""
        super().server_close()
        self._cut(None)
        for thread in self._threads:
            thread.join()

    def _answer(self, connection: socket.socket, client_address: object) -> None:
        try:
            self.finish_request(connection, client_address)
        except OSError as error:  # it went away, or was cut
            _log.debug("a client was not answered in full", error=error)
        finally:
            with self._lock:  # before it is closed: the system may give its number to another at once
                del self._due[connection]
            self.shutdown_request(connection)

    def _cut(self, now: Nanos | None) -> None:
        """Cut those that are due at *now*, or all: whoever waits for them sees the end of the stream."""
        with self._lock:
            for connection, due in self._due.items():
                if now is None or due <= now:
                    with suppress(OSError):  # the other side was quicker
                        connection.shutdown(socket.SHUT_RDWR)


class _Answer(BaseHTTPRequestHandler):
    """One request and its answer."""

    timeout = SILENCE_S
    wbufsize = CHUNK  # headers and a small file leave in one packet
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Send a file."""
        cast("_Listener", self.server).extend(self.connection)
        try:
            content = _open(cast("_Listener", self.server).folder, self.path)
        except OSError:
            self._head(HTTPStatus.NOT_FOUND, {"Content-Length": "0"})
            return
        with content:
            self._send(content)

    do_HEAD = do_GET  # noqa: N815 - http.server calls it by this name

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Refuse in as few bytes as possible. Called by http.server for what it cannot read."""
        del message, explain
        self._head(code, {"Content-Length": "0"})

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server calls it so
        """Say what was asked to those who look for a fault."""
        _log.debug("a request", line=format % args)

    def _send(self, content: BinaryIO) -> None:
        about = os.fstat(content.fileno())
        etag = f'"{about.st_ino:x}-{about.st_mtime_ns:x}-{about.st_size:x}"'
        if etag in self.headers.get("If-None-Match", ""):
            self._head(HTTPStatus.NOT_MODIFIED, {"ETag": etag})
            return
        # Photos have no ending: they are told by their bytes.
        kind = {"Content-Type": "application/json"} if self.path.endswith(".json") else {}
        self._head(HTTPStatus.OK, {"Content-Length": str(about.st_size), "ETag": etag, **kind})
        left = about.st_size if self.command == "GET" else 0  # never more than was promised
        while left and (piece := content.read(min(CHUNK, left))):
            self.wfile.write(piece)
            left -= len(piece)

    def _head(self, code: int, fields: Mapping[str, str]) -> None:
        """Write the status and the few fields that RFC 9110 wants; no name of a program."""
        self.send_response_only(code)
        self.send_header("Date", self.date_time_string())
        for name, value in fields.items():
            self.send_header(name, value)
        self.send_header("Connection", "close")
        self.end_headers()


def _open(folder: Path, path: str) -> BinaryIO:
    """Open the plain file at *path* below *folder*, following no link on the way.

    Raises:
        OSError: there is none.
    """
    if not _PATH.fullmatch(path):
        raise FileNotFoundError(path)
    *folders, name = path[1:].split("/")
    at = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        for each in folders:
            deeper = os.open(each, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=at)
            os.close(at)
            at = deeper
        # Without waiting: a pipe would keep us until somebody writes to it.
        found = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=at)
    finally:
        os.close(at)
    if not stat.S_ISREG(os.fstat(found).st_mode):
        os.close(found)
        raise FileNotFoundError(path)
    return cast("BinaryIO", io.FileIO(found, "rb"))
