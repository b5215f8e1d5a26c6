"""A publisher in memory: builds feeds as a real one does, and serves them as a Fetcher or over real HTTP, well or badly."""

from __future__ import annotations

import gzip
import hashlib
import json
import ssl
import threading
from collections.abc import Generator
from contextlib import contextmanager
from enum import StrEnum, auto
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from player.errors import NetworkError
from player.feed.fetch import AnsweredError, Response
from player.feed.item import Validators
from player.units import Seconds

APPROVED_AT = "2027-01-20T08:00:00Z"
NOWHERE = "http://169.254.169.254/latest/meta-data"


class Fault(StrEnum):
    """Ways in which a publisher or its server misbehaves."""

    HTML = auto()
    DRIP = auto()
    DRIPPING_HEADERS = auto()
    BOMB = auto()
    REDIRECT_LOOP = auto()
    REDIRECT_INSIDE = auto()
    UNASKED_304 = auto()
    NEXT_LOOP = auto()
    HUGE = auto()
    TRUNCATED = auto()
    UNAUTHORISED = auto()
    TOO_MANY = auto()
    BROKEN = auto()
    OFFLINE = auto()


class Publisher:
    """Holds items and pictures; every change is a new publication with a higher sequence."""

    def __init__(self, *, page_size: int = 0, base: str = "https://publisher.example") -> None:
        self.base = base
        self.page_size = page_size
        self.sequence: int | None = 1
        self.complete = True
        self.halt = False
        self.ours: dict[str, Any] = {}
        """More fields of the feed's own ``_we_remember``."""
        self.feed: dict[str, Any] = {}
        """More fields of the feed."""
        self.items: dict[str, dict[str, Any]] = {}
        self.withdrawn: list[dict[str, Any]] = []
        self.pictures: dict[str, bytes] = {}
        self.redirects: dict[str, str] = {}
        """By path: where it leads."""
        self.requests: list[str] = []
        """Paths, in the order they were asked for."""
        self.headers: list[dict[str, str]] = []
        """Of the requests, in the same order; only over HTTP."""
        self._faults: dict[str, Fault] = {}
        self._stop = threading.Event()
        self._raw: tuple[int, dict[str, str], bytes] | None = None

    @property
    def url(self) -> str:
        """The feed's address."""
        return f"{self.base}/feed.json"

    def add(self, name: str, picture: bytes = b"", *, status: str | None = "approved", **ours: Any) -> None:
        """Publish an item with *picture*; *ours* are more fields of its ``_we_remember``."""
        path = f"/photos/{hashlib.sha256(name.encode()).hexdigest()[:16]}.jpg"
        self.pictures[path] = picture
        said: dict[str, Any] = {} if status is None else {"status": status}
        if status == "approved":
            said |= {"approved_at": APPROVED_AT, "approved_by": ["reviewer-1", "reviewer-2"]}
        if picture:
            said |= {"sha256": hashlib.sha256(picture).hexdigest(), "size_in_bytes": len(picture)}
        self.items[name] = {"id": name, "image": path, "content_text": f"This is {name}", "_we_remember": said | ours}
        self._publish()

    def approve(self, name: str, *, at: str = APPROVED_AT) -> None:
        """Approve an item that was pending or edited."""
        self.items[name]["_we_remember"] |= {"status": "approved", "approved_at": at}
        self._publish()

    def edit(self, name: str, *, at: str, **fields: Any) -> None:
        """Change an item's own fields; its approval stays as it was."""
        self.items[name] |= {"date_modified": at, **fields}
        self._publish()

    def withdraw(self, name: str, reason: str = "author") -> None:
        """Withdraw an item for ever."""
        self.items.pop(name, None)
        self.withdrawn.append({"id": name, "at": APPROVED_AT, "reason": reason})
        self._publish()

    def remove(self, name: str) -> None:
        """Leave an item out, without withdrawing it."""
        del self.items[name]
        self._publish()

    def misbehave(self, fault: Fault | None, path: str = "/feed.json") -> None:
        """Misbehave at *path* from now on; None mends it."""
        if fault is None:
            self._faults.pop(path, None)
        else:
            self._faults[path] = fault

    def page(self, number: int) -> bytes:
        """The bytes of one page, counted from 0."""
        items = list(self.items.values())
        size = self.page_size or len(items) or 1
        ours: dict[str, Any] = {"schema": 1, "complete": self.complete, "halt": self.halt} | self.ours
        if self.sequence is not None:
            ours["sequence"] = self.sequence
        if number == 0:
            ours["withdrawn"] = self.withdrawn
        feed: dict[str, Any] = {
            "version": "https://jsonfeed.org/version/1.1",
            "title": "A publisher of the tests",
            "items": items[number * size : (number + 1) * size],
            "_we_remember": ours,
        } | self.feed
        if Fault.NEXT_LOOP in self._faults.values():
            feed["next_url"] = "/feed.json"
        elif (number + 1) * size < len(items):
            feed["next_url"] = f"/feed-{number + 1}.json"
        return json.dumps(feed).encode()

    def content(self, path: str) -> bytes | None:
        """What lies at *path* when nothing misbehaves; None for nothing."""
        if path == "/feed.json":
            return self.page(0)
        if path.startswith("/feed-"):
            return self.page(int(path.removeprefix("/feed-").removesuffix(".json")))
        return self.pictures.get(path)

    def get(
        self,
        url: str,
        *,
        limit_bytes: int,
        deadline_s: Seconds,
        validators: Validators | None = None,
        identity: bool = False,
    ) -> Response:
        """As a Fetcher: what a good HTTP fetcher would make of this publisher."""
        del deadline_s, identity
        path = urlsplit(url).path
        self.requests.append(path)
        fault = self._faults.get(path)
        body = self.content(path)
        match fault:
            case Fault.HTML:
                body = b"<!DOCTYPE html><title>Log in</title>"
            case Fault.UNAUTHORISED | Fault.TOO_MANY | Fault.BROKEN:
                status, later = _STATUS[fault]
                raise AnsweredError(f"{url}: answered {status}", status=status, retry_after_s=later)
            case None | Fault.NEXT_LOOP:
                pass
            case _:
                raise NetworkError(f"{url}: {fault}")
        if not url.startswith(self.base) or body is None:
            raise AnsweredError(f"{url}: answered 404", status=404)
        if len(body) > limit_bytes:
            raise NetworkError(f"{url}: larger than {limit_bytes:,} bytes")
        etag = _etag(body)
        if validators is not None and validators.etag == etag:
            return Response(304, b"", etag, url=url)
        return Response(200, body, etag, url=url)

    @contextmanager
    def serve(self, tls: ssl.SSLContext | None = None) -> Generator[str]:
        """Serve on 127.0.0.1 and give the feed's address; stops at the end."""
        server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        server.daemon_threads = False
        if tls is not None:
            server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        port = server.server_address[1]
        before, self.base = self.base, f"{'http' if tls is None else 'https'}://127.0.0.1:{port}"
        self._stop.clear()
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, name="publisher")
        thread.start()
        try:
            yield self.url
        finally:
            self._stop.set()
            server.shutdown()
            thread.join()
            server.server_close()
            self.base = before

    @contextmanager
    def serve_raw(self, headers: dict[str, str], body: bytes, *, status: int = 200) -> Generator[str]:
        """Serve one answer, word for word, whatever is asked."""
        self._raw = (status, headers, body)
        with self.serve() as url:
            yield url

    def _publish(self) -> None:
        if self.sequence is not None:
            self.sequence += 1

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        publisher = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                path = urlsplit(self.path).path
                publisher.requests.append(path)
                publisher.headers.append(dict(self.headers.items()))
                try:
                    publisher._answer(self, path)
                    self.wfile.flush()
                except OSError:
                    self.close_connection = True  # the client gave up, as it should

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  http.server's name
                pass

            def handle(self) -> None:
                try:
                    super().handle()
                except OSError:
                    self.close_connection = True  # a TLS handshake that the client refused

        return Handler

    def _answer(self, to: BaseHTTPRequestHandler, path: str) -> None:
        fault = self._faults.get(path)
        if self._raw is not None:
            status, headers, body = self._raw
            _head(to, status, headers)
            to.wfile.write(body)
        elif path in self.redirects:
            _head(to, 302, {"Location": self.redirects[path], "Content-Length": "0"})
        elif fault is None or fault is Fault.NEXT_LOOP:
            self._answer_well(to, path)
        elif fault in _STATUS:
            status, later = _STATUS[fault]
            _head(to, status, {"Retry-After": f"{later:.0f}"} if later else {})
        else:
            self._answer_badly(to, path, fault)

    def _answer_well(self, to: BaseHTTPRequestHandler, path: str) -> None:
        body = self.content(path)
        if body is None:
            _head(to, 404, {})
        elif to.headers.get("If-None-Match") == _etag(body):
            _head(to, 304, {"ETag": _etag(body)})
        else:
            _head(to, 200, {"ETag": _etag(body), "Content-Length": str(len(body))})
            to.wfile.write(body)

    def _answer_badly(self, to: BaseHTTPRequestHandler, path: str, fault: Fault) -> None:
        match fault:
            case Fault.DRIPPING_HEADERS:
                to.wfile.write(b"HTTP/1.0 200 OK\r\nX-Slow: ")
                self._drip(to)
            case Fault.DRIP:
                _head(to, 200, {"Content-Length": "1000000"})
                self._drip(to)
            case Fault.HUGE:
                _head(to, 200, {})
                for _ in range(100):
                    to.wfile.write(bytes(1_000_000))
            case Fault.OFFLINE:
                to.close_connection = True  # not a word
            case _:
                status, headers, body = _bad_answer(fault, path)
                _head(to, status, headers)
                to.wfile.write(body)

    def _drip(self, to: BaseHTTPRequestHandler) -> None:
        while not self._stop.wait(0.002):
            to.wfile.write(b"x")
            to.wfile.flush()


_STATUS: dict[Fault, tuple[int, float | None]] = {
    Fault.UNAUTHORISED: (401, None),
    Fault.TOO_MANY: (429, 120.0),
    Fault.BROKEN: (503, 30.0),
}


def _bad_answer(fault: Fault, path: str) -> tuple[int, dict[str, str], bytes]:
    match fault:
        case Fault.HTML:
            return 200, {"Content-Type": "application/feed+json"}, b"<!DOCTYPE html><title>Log in</title>"
        case Fault.BOMB:
            return 200, {"Content-Encoding": "gzip"}, gzip.compress(bytes(50_000_000), 9)
        case Fault.REDIRECT_LOOP:
            return 302, {"Location": path}, b""
        case Fault.REDIRECT_INSIDE:
            return 302, {"Location": NOWHERE}, b""
        case Fault.UNASKED_304:
            return 304, {}, b""
        case _:  # TRUNCATED
            return 200, {"Content-Length": "1000"}, b'{"version":'


def _etag(body: bytes) -> str:
    return f'"{hashlib.sha256(body).hexdigest()[:24]}"'


def _head(to: BaseHTTPRequestHandler, status: int, headers: dict[str, str]) -> None:
    to.send_response_only(status)
    for name, value in headers.items():
        to.send_header(name, value)
    to.end_headers()
