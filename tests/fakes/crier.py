"""A server of one long answer after another, on a real socket of this machine; what each connection gets is a script."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from typing import Final, TypeAlias

Script: TypeAlias = Callable[["Connection"], None]

HEAD: Final = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\nCache-Control: no-store\r\n"
PATIENCE_S: Final = 10.0  # for what a test waits for; it takes milliseconds


class Connection:
    """One client, as a script sees it."""

    def __init__(self, sock: socket.socket, closing: threading.Event) -> None:
        self._sock = sock
        self._closing = closing

    def begin(self, *, chunked: bool = True) -> None:
        """Answer well; what follows is the stream."""
        self.send_raw(HEAD + (b"Transfer-Encoding: chunked\r\n\r\n" if chunked else b"\r\n"))

    def send_raw(self, data: bytes) -> None:
        """Send bytes as they are."""
        self._sock.sendall(data)

    def send(self, data: bytes) -> None:
        """Send a piece of a stream that is chunked."""
        self.send_raw(f"{len(data):x}\r\n".encode() + data + b"\r\n")

    def hold(self) -> None:
        """Say nothing more until the client has gone or the test is over."""
        while not self._closing.is_set():
            with suppress(TimeoutError):
                if not self._sock.recv(1):
                    return


class Crier:
    """Serves *scripts* in order, the last one for ever."""

    def __init__(self, *scripts: Script, tls: ssl.SSLContext | None = None) -> None:
        self.requests: list[str] = []
        """The head of each request."""
        self._scripts = scripts
        self._tls = tls
        self._closing = threading.Event()
        self._asked = threading.Condition()

    @contextmanager
    def serve(self) -> Generator[str]:
        """Give the stream's address; stops at the end."""
        listening = socket.create_server(("127.0.0.1", 0))
        listening.settimeout(0.02)
        thread = threading.Thread(target=self._serve, args=(listening,), name="crier")
        thread.start()
        try:
            scheme = "http" if self._tls is None else "https"
            yield f"{scheme}://127.0.0.1:{listening.getsockname()[1]}/api/v1/streaming/user"
        finally:
            self._closing.set()
            thread.join()
            listening.close()

    def wait_for_requests(self, count: int) -> bool:
        """Wait until *count* requests have come; return whether they have."""
        with self._asked:
            return self._asked.wait_for(lambda: len(self.requests) >= count, PATIENCE_S)

    def _serve(self, listening: socket.socket) -> None:
        """One client after the other: a listener has one connection."""
        while not self._closing.is_set():
            with suppress(OSError):
                client, _ = listening.accept()
                client.settimeout(PATIENCE_S)
                with self._tls.wrap_socket(client, server_side=True) if self._tls else client as sock:
                    self._answer(sock)

    def _answer(self, sock: socket.socket) -> None:
        head = b""
        while b"\r\n\r\n" not in head:
            data = sock.recv(65536)
            if not data:
                return
            head += data
        with self._asked:
            self.requests.append(head.decode("latin-1"))
            number = len(self.requests)
            self._asked.notify_all()
        sock.settimeout(0.02)
        self._scripts[min(number, len(self._scripts)) - 1](Connection(sock, self._closing))
