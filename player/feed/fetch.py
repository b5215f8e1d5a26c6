"""Fetching under our own limits: addresses, redirects, time, size. Returns bytes; parses nothing.

Every failure is a NetworkError with one line, and means that nothing was confirmed and nothing withdrawn.
"""

from __future__ import annotations

import email.utils
import ssl
from base64 import b64encode
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol, TypeVar, cast
from urllib.parse import quote, quote_plus, unquote, urljoin

import requests
from certifi import where

from player.clock import Clock
from player.errors import NetworkError, OperatorError
from player.feed import wire
from player.feed.address import MAX_URL, AddressPolicy, Destination, Resolve, Token, plain, without_key
from player.feed.body import pieces, read_body
from player.feed.item import Validators
from player.units import SECOND, Seconds

PAGE_BYTES: Final = 4_000_000  # decoded; a page of 5,000 items with every field is about 3 MB
PHOTO_BYTES: Final = 25_000_000  # a 48 MP phone photo is 10 to 20 MB
PAGE_DEADLINE_S: Final[Seconds] = 10.0
PHOTO_DEADLINE_S: Final[Seconds] = 60.0
MAX_HOPS: Final = 3  # redirects followed
MAX_CONNECTS: Final = 4  # addresses of one name that are tried
MAX_RETRY_AFTER_S: Final[Seconds] = 86_400.0  # a server that says "next year" is asked again tomorrow

T = TypeVar("T")

_AGENT: Final = "WeRemember/1 (photo wall)"
_MAX_VALIDATOR: Final = 512  # characters of an ETag that we keep
_MAX_AGE: Final = 6  # digits of an answer's age in seconds: eleven days
_FRESH_S: Final = (
    2  # a file changed within the second it was served in keeps its date: such a date proves nothing (RFC 9110 8.8.2.2)
)
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_OK: Final = 200
_EVENTS: Final = "text/event-stream"
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
    served: datetime | None = None
    """What time it was when it was served, by the server; None: it did not say."""

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
            NetworkError: Anything else than content or "unchanged"; TooLargeError, of body.py, when there is too much of it.
            OperatorError: The source's key is not where the configuration says.
        """
        ...


class Saver(Protocol):
    """What gets bytes that are too many for memory, piece by piece."""

    def save(self, url: str, take: Callable[[bytes], object], *, limit_bytes: int, deadline_s: Seconds) -> None:
        """Hand the content of *url* to *take*, piece by piece; it is whole when this returns, and worth nothing before.

        Args:
            url: As for ``Fetcher.get``, likewise the limits.
            take: What it raises comes out here.
            limit_bytes: The most that is read.
            deadline_s: For the whole exchange.

        Raises:
            NetworkError: As ``Fetcher.get``.
            OperatorError: As ``Fetcher.get``.
        """
        ...

    def cut(self) -> None:
        """End what is under way in another thread, and refuse all that follows."""
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
        token: Token | None = None,
    ) -> None:
        self._policy = policy
        self._clock = clock
        self._proxy = f"http://{proxy}" if proxy and "://" not in proxy else proxy or None
        self._resolve = resolve
        self._token = token
        self._scissors = wire.Scissors()
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
        limits = wire.Limits(self._clock, length_s=deadline_s, content_bytes=limit_bytes, scissors=self._scissors)
        key = self._key()

        def take(answer: requests.Response, there: str) -> Response:
            read = self._read(answer, there, limit_bytes=limit_bytes, conditional=validators is not None)
            return read if identity else _without_echo(read, key)

        return self._followed(url, _headers(validators, identity=identity), limits, take)

    def save(self, url: str, take: Callable[[bytes], object], *, limit_bytes: int, deadline_s: Seconds) -> None:
        """See ``Saver.save``."""
        limits = wire.Limits(self._clock, length_s=deadline_s, content_bytes=limit_bytes, scissors=self._scissors)

        def taken(answer: requests.Response, there: str) -> None:
            self._check_ok(answer, there)
            for piece in pieces(answer.headers, _chunks(answer), shown=plain(there), limit=limit_bytes):
                take(piece)

        self._followed(url, _headers(None, identity=True), limits, taken)

    def _followed(
        self, url: str, headers: Mapping[str, str], limits: wire.Limits, take: Callable[[requests.Response, str], T]
    ) -> T:
        """Return what *take* makes of the answer, and where it came from, after all redirects."""
        key = self._key()
        target, is_at_home = self._without(key, url), True
        try:
            for _ in range(MAX_HOPS + 1):
                to = self._policy.check(target, wire.within(limits, self._resolve), proxied=self._proxy is not None)
                is_at_home = is_at_home and self._policy.is_own(to)  # whoever has been sent away comes back without secrets
                with closing(self._ask(to, headers, limits, key=key, is_at_home=is_at_home)) as answer:
                    location = _location(answer, to)
                    if location is None:
                        return take(answer, to.url)
                target = self._without(key, location)
        except wire.TROUBLE as error:
            raise wire.failure(target, error) from error
        raise NetworkError(f"{plain(url)}: redirected more than {MAX_HOPS} times")

    def cut(self) -> None:
        """End what is under way in another thread, and refuse all that follows; at once, or within half a second."""
        self._scissors.cut()

    def stream(self, url: str, *, limits: wire.Limits) -> Generator[bytes]:
        """Yield what comes over one long answer of server-sent events, as it comes; first nothing, as soon as it has begun.

        No redirect is followed: whoever moves a stream is asked for its new address.

        Raises:
            NetworkError: Anything else than such an answer, or its end by an error; within *limits* it may last for ever.
            OperatorError: The source's key is not where the configuration says.
        """
        key = self._key()
        headers = {**_headers(None, identity=True), "Accept": _EVENTS}
        try:
            bare = self._without(key, url)
            to = self._policy.check(bare, wire.within(limits, self._resolve), proxied=self._proxy is not None)
            with closing(self._ask(to, headers, limits, key=key, is_at_home=self._policy.is_own(to))) as answer:
                self._check_stream(answer, to.url)
                yield b""
                while piece := cast("bytes", answer.raw.read1(wire.CHUNK, decode_content=False)):
                    yield piece
        except wire.TROUBLE as error:
            raise wire.failure(url, error) from error

    def _check_stream(self, answer: requests.Response, url: str) -> None:
        self._check_ok(answer, url)
        kind = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if kind != _EVENTS or answer.headers.get("Content-Encoding", "identity").strip().lower() != "identity":
            raise NetworkError(f"{plain(url)}: not a stream of events")

    def _check_ok(self, answer: requests.Response, url: str) -> None:
        if answer.status_code != _OK:
            later = _retry_after(answer.headers.get("Retry-After"), self._clock)
            raise AnsweredError(f"{plain(url)}: answered {answer.status_code}", status=answer.status_code, retry_after_s=later)

    def _ask(
        self, to: Destination, headers: Mapping[str, str], limits: wire.Limits, *, key: str, is_at_home: bool
    ) -> requests.Response:
        """Send to the first address that takes the connection."""
        query = {self._token.query: key} if self._token and self._token.query and is_at_home else {}
        request = {**headers, "Host": to.host_header, **(self._authorization(to, key) if is_at_home else {})}
        proxy = None if to.addresses else self._proxy
        attempts: tuple[str | None, ...] = to.addresses[:MAX_CONNECTS] or (None,)
        for address in attempts[:-1]:
            try:
                one = wire.Wire(to, address=address, trusted=self._trusted, limits=limits)
                return one.ask(request, proxy=proxy, query=query)
            except requests.ConnectionError:
                limits.left_s(wire.CONNECT_S)  # no time left ends the attempts here
        last = wire.Wire(to, address=attempts[-1], trusted=self._trusted, limits=limits)
        return last.ask(request, proxy=proxy, query=query)

    def _key(self) -> str:
        return self._token.secret.reveal() if self._token else ""

    def _authorization(self, to: Destination, key: str) -> dict[str, str]:
        if self._token and not self._token.query:
            return {"Authorization": f"Bearer {key}"}
        credentials = self._policy.credentials_for(to)
        if credentials is None:
            return {}
        return {"Authorization": "Basic " + b64encode(":".join(credentials).encode()).decode("ascii")}

    def _without(self, key: str, url: str) -> str:
        """*url* without our own key, which a server's redirect or next page may repeat; it is added anew where it belongs."""
        if not self._token or len(url) > MAX_URL:
            return url
        try:
            bare = without_key(url, self._token.query, key) if self._token.query else url
        except ValueError:
            return url  # no address at all, as the policy will say
        if key in unquote(bare):
            raise NetworkError(f"{plain(self._policy.own)}: leads to an address with our key in it")
        return bare

    def _read(self, answer: requests.Response, url: str, *, limit_bytes: int, conditional: bool) -> Response:
        status, headers = answer.status_code, answer.headers
        retry_after_s = _retry_after(headers.get("Retry-After"), self._clock)
        if status == _NOT_MODIFIED and not conditional:
            raise AnsweredError(f"{plain(url)}: answered 304 without having been asked whether it changed", status=status)
        if status != _NOT_MODIFIED:
            self._check_ok(answer, url)
        etag, modified = _validators(headers)
        body = b"" if status == _NOT_MODIFIED else _body(answer, url, limit_bytes)
        return Response(status, body, etag, modified, retry_after_s, url, _served(headers))


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


def _location(answer: requests.Response, at: Destination) -> str | None:
    """Where the answer sends us, as a whole address; None when it is no redirect."""
    if answer.status_code not in _REDIRECTS or "Location" not in answer.headers:
        return None
    location = answer.headers["Location"]
    if len(location) > MAX_URL:
        raise NetworkError(f"{plain(at.url)}: redirected to an address of {len(location):,} characters")
    try:
        target = urljoin(at.url, location)
    except ValueError as error:
        raise NetworkError(f"{plain(at.url)}: redirected to a malformed address") from error
    if at.scheme == "https" and not target.lower().startswith("https:"):
        raise NetworkError(f"{plain(at.url)}: redirected away from https")
    return target


def _body(answer: requests.Response, url: str, limit: int) -> bytes:
    return read_body(answer.headers, _chunks(answer), shown=plain(url), limit=limit)


def _chunks(answer: requests.Response) -> Iterator[bytes]:
    return cast("Iterator[bytes]", answer.raw.stream(wire.CHUNK, decode_content=False))


def _without_echo(answer: Response, key: str) -> Response:
    """*answer* without our key, which services repeat in the address of the next page: what is stored of it must not hold it."""
    body = answer.body
    for form in {key, quote(key, safe=""), quote_plus(key)} - {""}:
        body = body.replace(form.encode(), b"")
    return replace(answer, body=body)


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


def _served(headers: Mapping[str, str]) -> datetime | None:
    """When the answer was served: what a cache gives is as old as it says (RFC 9111, 5.1)."""
    date, age = _http_date(headers.get("Date")), headers.get("Age", "0").strip()
    if date is None or not (age.isascii() and age.isdigit() and len(age) <= _MAX_AGE):
        return date
    try:
        return date + timedelta(seconds=int(age))
    except OverflowError:
        return None


def _retry_after(text: str | None, clock: Clock) -> Seconds | None:
    """Retry-After as seconds from now: a number, or a date (RFC 9110 10.2.3)."""
    if text is None:
        return None
    text = text.strip()
    if text.isascii() and text.isdigit():
        return min(MAX_RETRY_AFTER_S, float(text[:10]))
    date = _http_date(text)
    return None if date is None else min(MAX_RETRY_AFTER_S, max(0.0, date.timestamp() - clock.wall() / SECOND))
