"""Fetching under our own limits: addresses, redirects, time, size. Returns bytes; parses nothing.

Every failure is a NetworkError with one line, and means that nothing was confirmed and nothing withdrawn.
"""

from __future__ import annotations

import email.utils
import ssl
import zlib
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Protocol, cast
from urllib.parse import urljoin

import requests
from certifi import where

from player.clock import Clock
from player.errors import NetworkError, OperatorError
from player.feed import wire
from player.feed.address import AddressPolicy, Destination, Resolve, plain
from player.feed.item import Validators
from player.units import SECOND, Seconds

PAGE_BYTES: Final = 4_000_000  # decoded; a page of 5,000 items with every field is about 3 MB
PHOTO_BYTES: Final = 25_000_000  # a 48 MP phone photo is 10 to 20 MB
PAGE_DEADLINE_S: Final[Seconds] = 10.0
PHOTO_DEADLINE_S: Final[Seconds] = 60.0
MAX_HOPS: Final = 3  # redirects followed
MAX_CONNECTS: Final = 4  # addresses of one name that are tried
MAX_RETRY_AFTER_S: Final[Seconds] = 86_400.0  # a server that says "next year" is asked again tomorrow

_AGENT: Final = "WeRemember/1 (photo wall)"
_MAX_VALIDATOR: Final = 512  # characters of an ETag that we keep
_FRESH_S: Final = (
    2  # a file changed within the second it was served in keeps its date: such a date proves nothing (RFC 9110 8.8.2.2)
)
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_OK: Final = 200
_NOT_MODIFIED: Final = 304


@dataclass(frozen=True, slots=True)
class Response:
    """An answer with status 200, or 304 where validators had been sent."""

    status: int
    body: bytes
    etag: str | None = None
    last_modified: str | None = None
    retry_after_s: Seconds | None = None
    url: str = ""
    """Where the body came from in the end; relative addresses in it start here."""

    @property
    def is_unchanged(self) -> bool:
        """Whether the server says that what we have is still what it has."""
        return self.status == _NOT_MODIFIED

    @property
    def validators(self) -> Validators:
        """What to send next time to ask whether it changed."""
        return Validators(self.etag, self.last_modified)


class AnsweredError(NetworkError):
    """The server answered, but with neither content nor "unchanged"."""

    def __init__(self, message: str, *, status: int, retry_after_s: Seconds | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.retry_after_s = retry_after_s
        """When it asked us to come back, in seconds; the scheduler obeys."""


class Fetcher(Protocol):
    """What gets bytes: the network, a local folder, or a test's publisher."""

    def get(
        self,
        url: str,
        *,
        limit_bytes: int,
        deadline_s: Seconds,
        validators: Validators | None = None,
        identity: bool = False,
    ) -> Response:
        """Return the content of *url*.

        Args:
            url: Absolute URL or, for local feeds, absolute path.
            limit_bytes: The most that is read, after decompression.
            deadline_s: For the whole exchange, redirects included.
            validators: Ask only for what changed since; status 304 is then a possible answer.
            identity: Ask for uncompressed bytes, as for photos.

        Raises:
            NetworkError: Anything else than content or "unchanged".
        """
        ...


class HttpFetcher:
    """Fetches over https (and http from this machine), as one feed's policy allows."""

    def __init__(
        self,
        policy: AddressPolicy,
        *,
        clock: Clock,
        proxy: str | None = None,
        ca_file: str | None = None,
        resolve: Resolve = wire.resolve,
    ) -> None:
        self._policy = policy
        self._clock = clock
        self._proxy = f"http://{proxy}" if proxy and "://" not in proxy else proxy or None
        self._resolve = resolve
        try:
            self._trusted = ssl.create_default_context(cafile=ca_file or where())
        except OSError as error:
            raise OperatorError(f"network.ca_file: {ca_file} cannot be used ({error})") from error

    def get(
        self,
        url: str,
        *,
        limit_bytes: int,
        deadline_s: Seconds,
        validators: Validators | None = None,
        identity: bool = False,
    ) -> Response:
        """See ``Fetcher.get``."""
        deadline = wire.Deadline(self._clock, deadline_s)
        headers = _headers(validators, identity=identity)
        target = url
        try:
            for _ in range(MAX_HOPS + 1):
                destination = self._policy.check(target, self._resolve, proxied=self._proxy is not None)
                with closing(self._ask(destination, headers, deadline)) as answer:
                    location = answer.headers.get("Location") if answer.status_code in _REDIRECTS else None
                    if location is None:
                        return self._read(answer, destination.url, limit_bytes=limit_bytes, conditional=validators is not None)
                target = urljoin(destination.url, location)
        except wire.TROUBLE as error:
            raise wire.failure(target, error) from error
        except ValueError as error:  # urljoin on a malformed Location
            raise NetworkError(f"{plain(url)}: redirected to a malformed address") from error
        raise NetworkError(f"{plain(url)}: redirected more than {MAX_HOPS} times")

    def _ask(self, to: Destination, headers: Mapping[str, str], deadline: wire.Deadline) -> requests.Response:
        """Send to the first address that takes the connection."""
        request = {**headers, "Host": to.host_header, **self._authorization(to)}
        proxy = None if to.addresses else self._proxy
        attempts: tuple[str | None, ...] = to.addresses[:MAX_CONNECTS] or (None,)
        for address in attempts[:-1]:
            try:
                return wire.Wire(to, address=address, trusted=self._trusted, deadline=deadline).ask(request, proxy)
            except requests.ConnectionError:
                deadline.left_s(wire.CONNECT_S)  # no time left ends the attempts here
        return wire.Wire(to, address=attempts[-1], trusted=self._trusted, deadline=deadline).ask(request, proxy)

    def _authorization(self, to: Destination) -> dict[str, str]:
        credentials = self._policy.credentials_for(to)
        if credentials is None:
            return {}
        return {"Authorization": "Basic " + b64encode(":".join(credentials).encode()).decode("ascii")}

    def _read(self, answer: requests.Response, url: str, *, limit_bytes: int, conditional: bool) -> Response:
        status, headers = answer.status_code, answer.headers
        retry_after_s = _retry_after(headers.get("Retry-After"), self._clock)
        if status == _NOT_MODIFIED and not conditional:
            raise AnsweredError(f"{plain(url)}: answered 304 without having been asked whether it changed", status=status)
        if status not in {_OK, _NOT_MODIFIED}:
            raise AnsweredError(f"{plain(url)}: answered {status}", status=status, retry_after_s=retry_after_s)
        etag, modified = _validators(headers)
        body = b"" if status == _NOT_MODIFIED else _body(answer, url, limit_bytes)
        return Response(status, body, etag, modified, retry_after_s, url)


def _headers(validators: Validators | None, *, identity: bool) -> dict[str, str]:
    headers = {
        "User-Agent": _AGENT,
        "Accept": "*/*",
        "Accept-Encoding": "identity" if identity else "gzip",
        "Connection": "close",
        "Cache-Control": "no-cache",  # a cache on the way would hide a withdrawal
    }
    if validators is not None and validators.etag:
        headers["If-None-Match"] = validators.etag
    if validators is not None and validators.last_modified:
        headers["If-Modified-Since"] = validators.last_modified
    return headers


def _body(answer: requests.Response, url: str, limit: int) -> bytes:
    """The decoded body, never more than *limit* bytes of it in memory, whatever a compressed one would become."""
    length = answer.headers.get("Content-Length", "")
    if length.isascii() and length.isdigit() and int(length[:18]) > limit:
        raise NetworkError(f"{plain(url)}: larger than {limit:,} bytes")
    encoding = answer.headers.get("Content-Encoding", "").strip().lower()
    chunks = cast("Iterator[bytes]", answer.raw.stream(wire.CHUNK, decode_content=False))
    if encoding in {"", "identity"}:
        return _joined(chunks, url, limit)
    if encoding in {"gzip", "x-gzip"}:
        return _unzipped(chunks, url, limit)
    raise NetworkError(f"{plain(url)}: encoded in a way that was not asked for")


def _joined(chunks: Iterator[bytes], url: str, limit: int) -> bytes:
    body = bytearray()
    for chunk in chunks:
        body += chunk
        if len(body) > limit:
            raise NetworkError(f"{plain(url)}: larger than {limit:,} bytes")
    return bytes(body)


def _unzipped(chunks: Iterator[bytes], url: str, limit: int) -> bytes:
    """As _joined; decompression itself stops one byte past the limit (48 kB of gzip can become 50 MB)."""
    inflate = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)

    def inflated() -> Iterator[bytes]:
        had = 0
        for chunk in chunks:
            piece = inflate.decompress(chunk, limit + 1 - had)
            had += len(piece)
            yield piece
            if inflate.eof:
                return

    try:
        body = _joined(inflated(), url, limit)
    except zlib.error as error:
        raise NetworkError(f"{plain(url)}: its compression is damaged") from error
    if not inflate.eof:
        raise NetworkError(f"{plain(url)}: ended too early")
    return body


def _validators(headers: Mapping[str, str]) -> tuple[str | None, str | None]:
    """ETag and Last-Modified, but neither when the content changed within the very second it was served in."""
    etag, modified = headers.get("ETag"), headers.get("Last-Modified")
    if modified is not None:
        served, changed = _http_date(headers.get("Date")), _http_date(modified)
        if served is None or changed is None or (served - changed).total_seconds() < _FRESH_S:
            return (None, None) if changed is not None else (_sendable(etag), None)
    return _sendable(etag), modified


def _sendable(etag: str | None) -> str | None:
    return etag if etag and len(etag) <= _MAX_VALIDATOR and etag.isascii() and etag.isprintable() else None


def _http_date(text: str | None) -> datetime | None:
    if text is None or len(text) > _MAX_VALIDATOR:
        return None
    try:
        read = email.utils.parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return read if read.tzinfo is not None else read.replace(tzinfo=UTC)


def _retry_after(text: str | None, clock: Clock) -> Seconds | None:
    """Retry-After as seconds from now: a number, or a date (RFC 9110 10.2.3)."""
    if text is None:
        return None
    text = text.strip()
    if text.isascii() and text.isdigit():
        return min(MAX_RETRY_AFTER_S, float(text[:10]))
    date = _http_date(text)
    return None if date is None else min(MAX_RETRY_AFTER_S, max(0.0, date.timestamp() - clock.wall() / SECOND))
