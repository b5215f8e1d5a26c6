"""One HTTP exchange on one connection, made to an address that was checked, under one deadline for all of it.

Requests' adapter is used without its session: a session reads the body of a redirect without any limit, keeps cookies, and looks
at the environment. Each exchange has its own connection; a feed is asked once a minute, so keeping them would save little.
"""

from __future__ import annotations

import io
import socket
import ssl
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, cast

from requests import PreparedRequest, Request, Response
from requests.adapters import HTTPAdapter
from requests.exceptions import RequestException
from urllib3 import HTTPConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

from player.clock import Clock
from player.errors import NetworkError
from player.feed.address import Destination, plain
from player.units import SECOND, Seconds, nanos

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

CONNECT_S: Final[Seconds] = 3.05  # just over the 3 s after which TCP sends its first packet again
READ_S: Final[Seconds] = 10.0  # silence that we bear before giving up; the deadline ends what is not silent but slow
CHUNK: Final = 65_536  # bytes read at once

TROUBLE: Final = (RequestException, HTTPError, OSError, UnicodeError)
"""What requests, urllib3 and the system raise when an exchange fails; our own deadline is a TimeoutError."""


class Deadline:
    """The one end of an exchange, for connecting, waiting and reading together."""

    def __init__(self, clock: Clock, length_s: Seconds) -> None:
        self._clock = clock
        self._end = clock.monotonic() + nanos(length_s)

    def left_s(self, most: Seconds) -> Seconds:
        """Return the seconds left, at most *most*; raises TimeoutError when there are none."""
        left = (self._end - self._clock.monotonic()) / SECOND
        if left <= 0:
            raise TimeoutError("it took too long altogether")
        return min(most, left)


def resolve(host: str, port: int) -> Sequence[str]:
    """Every address of *host*, as text.

    The system's resolver has its own time-outs (resolv.conf) and cannot be interrupted; the deadline is looked at right after it.

    Raises:
        NetworkError: It has none, or nobody could be asked.
    """
    try:
        answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NetworkError(f"{host}: the name cannot be resolved ({error})") from error
    return [str(answer[4][0]) for answer in answers]


class Wire(HTTPAdapter):
    """Sends one request to one address, or through a proxy, with the certificate checked against the name."""

    def __init__(self, destination: Destination, *, address: str | None, trusted: ssl.SSLContext, deadline: Deadline) -> None:
        super().__init__(max_retries=0)
        self._destination = destination
        self._address = address
        self._trusted = trusted
        self._deadline = deadline

    def get_connection_with_tls_context(
        self,
        request: PreparedRequest,
        verify: object,
        proxies: Mapping[str, str] | None = None,
        cert: object = None,
    ) -> HTTPConnectionPool:
        """Return a pool for the checked address; SNI and certificate stay on the name. Called by requests."""
        del request, verify, cert
        to = self._destination
        proxy = (proxies or {}).get(to.scheme)
        manager = self.proxy_manager_for(proxy) if proxy else self.poolmanager
        keys: dict[str, object] = {"ssl_context": self._trusted, "server_hostname": to.host} if to.scheme == "https" else {}
        pool = cast(
            "HTTPConnectionPool",
            manager.connection_from_host(self._address or to.host, port=to.port, scheme=to.scheme, pool_kwargs=keys),
        )
        cast("Any", pool).ConnectionCls = _timed(to.scheme, self._deadline)
        return pool

    def cert_verify(self, conn: object, url: object, verify: object, cert: object) -> None:
        """Leave the pool as it is: our TLS context holds the authorities already. Called by requests."""

    def ask(self, headers: Mapping[str, str], proxy: str | None) -> Response:
        """Send a GET and return the response with its body unread; the caller closes it.

        Raises:
            RequestException | HTTPError | OSError | UnicodeError: One of ``TROUBLE``.
        """
        request = Request("GET", self._destination.url, headers=dict(headers)).prepare()
        return self.send(
            request,
            stream=True,
            timeout=(self._deadline.left_s(CONNECT_S), self._deadline.left_s(READ_S)),
            proxies={"https": proxy} if proxy else None,
        )


def failure(url: str, error: BaseException) -> NetworkError:
    """Return the one clear line for what *error*, one of ``TROUBLE``, means. The caller chains the cause."""
    root: BaseException = error
    seen = {id(root)}
    while (deeper := root.__cause__ or root.__context__) is not None and id(deeper) not in seen:
        seen.add(id(deeper))
        root = deeper
    if isinstance(root, ssl.SSLCertVerificationError):
        return NetworkError(f"{plain(url)}: its certificate is not accepted ({root.verify_message})")
    if isinstance(root, TimeoutError):
        return NetworkError(f"{plain(url)}: did not answer in time")
    reason = root.strerror if isinstance(root, OSError) and root.strerror else type(root).__name__
    return NetworkError(f"{plain(url)}: the exchange failed ({reason})")


class _TimedReader(io.RawIOBase):
    """A socket's incoming bytes, waiting at most until the deadline for each piece: a drip of bytes cannot outlast it."""

    def __init__(self, sock: socket.socket, deadline: Deadline) -> None:
        super().__init__()
        self._sock = sock
        self._raw = sock.makefile("rb", buffering=0)
        self._deadline = deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int | None:
        self._sock.settimeout(self._deadline.left_s(READ_S))
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _TimedSocket:
    """As much of a socket as http.client uses, after connecting and TLS."""

    def __init__(self, sock: socket.socket, deadline: Deadline) -> None:
        self._sock = sock
        self._deadline = deadline

    def makefile(self, mode: str = "rb", *_: object) -> io.BufferedReader:
        if mode != "rb":
            raise ValueError(mode)
        return io.BufferedReader(_TimedReader(self._sock, self._deadline))

    def sendall(self, data: bytes) -> None:
        self._sock.settimeout(self._deadline.left_s(READ_S))
        self._sock.sendall(data)

    def settimeout(self, _: float | None) -> None:
        """Leave it: each read sets what is left of the deadline."""

    def fileno(self) -> int:
        return self._sock.fileno()

    def shutdown(self, how: int) -> None:
        self._sock.shutdown(how)

    def close(self) -> None:
        self._sock.close()


def _timed(scheme: str, deadline: Deadline) -> type[HTTPConnection]:
    """A connection whose socket, once connected, keeps to *deadline*; urllib3 makes connections from a class alone."""

    class TimedHTTP(HTTPConnection):
        def connect(self) -> None:
            super().connect()
            self.sock = cast("socket.socket", _TimedSocket(self.sock, deadline))

    class TimedHTTPS(HTTPSConnection):
        def connect(self) -> None:
            super().connect()
            self.sock = cast("socket.socket", _TimedSocket(self.sock, deadline))

    return TimedHTTPS if scheme == "https" else TimedHTTP
