"""A server that says, byte for byte, what a test wants it to say, and remembers what it was asked."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager, suppress
from itertools import repeat
from typing import Final, TypeAlias

PATIENCE_S: Final = 10.0  # a test that fails must end

Script: TypeAlias = Callable[[bytes], Iterable[bytes]]
"""From the head of a request to the pieces of the answer, which may be endless."""


class ScriptedServer:
    """Answers each connection with a script, until the client has gone."""

    def __init__(self, script: Script, *, waits: bool = True, tls: ssl.SSLContext | None = None, polite: bool = True) -> None:
        self.requests: list[bytes] = []
        """The heads of the requests, in order."""
        self.sent = 0
        """Bytes that the clients took."""
        self._script = script
        self._waits = waits
        self._tls = tls
        self._polite = polite
        self._stopped = threading.Event()

    @contextmanager
    def serve(self) -> Generator[int]:
        """Serve on 127.0.0.1 and give the port; stops at the end."""
        with socket.create_server(("127.0.0.1", 0)) as listener:
            listener.settimeout(0.02)
            thread = threading.Thread(target=self._run, args=(listener,), name="scripted server")
            thread.start()
            try:
                yield listener.getsockname()[1]
            finally:
                self._stopped.set()
                thread.join()

    def _run(self, listener: socket.socket) -> None:
        while not self._stopped.is_set():
            with suppress(OSError):  # nobody came, or who came has gone, as it should
                client, _ = listener.accept()
                client.settimeout(PATIENCE_S)
                with self._secured(client) as line:
                    self._talk(line)

    def _secured(self, client: socket.socket) -> socket.socket:
        if self._tls is None:
            return client
        try:
            return self._tls.wrap_socket(client, server_side=True)
        except OSError:
            client.close()
            raise

    def _talk(self, line: socket.socket) -> None:
        head = self._head(line) if self._waits else b""
        for piece in self._script(head):
            if self._stopped.is_set():
                break
            line.sendall(piece)
            self.sent += len(piece)
        if isinstance(line, ssl.SSLSocket) and self._polite:
            line.unwrap()
        elif not self._waits:
            self._head(line)

    def _head(self, line: socket.socket) -> bytes:
        head = b""
        while b"\r\n\r\n" not in head and (piece := line.recv(65536)):
            head += piece
        self.requests.append(head)
        return head


def always(*pieces: bytes) -> Script:
    """The same answer to everybody."""
    return lambda _: pieces


def endless(piece: bytes, *, after: bytes = b"") -> Script:
    """*after*, then *piece* for ever."""

    def script(_: bytes) -> Iterator[bytes]:
        yield after
        yield from repeat(piece)

    return script


def page(body: bytes = b"{}", *headers: str, status: str = "200 OK") -> bytes:
    """A whole answer of HTTP/1.1."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body
