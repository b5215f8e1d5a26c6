"""One HTTP exchange on one connection, made to an address that was checked, within one limit of time and bytes for all of it.

Requests' adapter is used without its session: a session reads the body of a redirect without any limit, keeps cookies, and looks
at the environment. Each exchange has its own connection; a feed is asked once a minute, so keeping them would save little.
"""

from __future__ import annotations

import errno
import io
import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import ExitStack, suppress
from functools import partial
from typing import TYPE_CHECKING, Any, Final, cast

from requests import PreparedRequest, Request, Response
from requests.adapters import HTTPAdapter
from requests.exceptions import RequestException
from urllib3 import HTTPConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError

from player.clock import Clock
from player.errors import NetworkError
from player.feed.address import Destination, Resolve, plain
from player.units import SECOND, Seconds, nanos

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

CONNECT_S: Final[Seconds] = 3.05  # just over the 3 s after which TCP sends its first packet again
READ_S: Final[Seconds] = 10.0  # silence that we bear before giving up; the deadline ends what is not silent but slow
CHUNK: Final = 65_536  # bytes read at once
LOOKS: Final = 20  # at the answer to a question for a name, within READ_S: how soon it is seen that nobody waits any more

ENVELOPE_BYTES: Final = 1_000_000  # beside twice the content: headers, and the lengths between chunks

TROUBLE: Final = (RequestException, HTTPError, OSError, ValueError)
"""What requests, urllib3 and the system raise when an exchange fails; the limits' own are a TimeoutError and a FloodError.

ValueError is what int() and read() make of nonsense, where the libraries let that through.
"""


class FloodError(OSError):
    """More came than any honest answer has."""


class Scissors:
    """What another thread ends an exchange with, and all that would follow it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._cut: Callable[[], None] | None = None
        self.is_shut = False
        """Whether they have cut: nothing is to begin any more."""

    def hold(self, cut: Callable[[], None]) -> None:
        """Learn how to cut the connection that is used now."""
        with self._lock:
            self._cut = cut
            is_shut = self.is_shut
        if is_shut:
            cut()

    def cut(self) -> None:
        """End what is under way, at once; more than once does no harm."""
        with self._lock:
            self.is_shut = True
            cut = self._cut
        if cut is not None:
            cut()


class Limits:
    """The one end of an exchange: connecting, waiting and reading together, through all redirects."""

    def __init__(self, clock: Clock, *, length_s: Seconds, content_bytes: int, scissors: Scissors | None = None) -> None:
        """*scissors*: whoever may end it from another thread has them."""
        self._clock = clock
        self._scissors = scissors
        self._end = clock.monotonic() + nanos(length_s)
        self._left_bytes = 2 * content_bytes + ENVELOPE_BYTES

    def left_s(self, most: Seconds) -> Seconds:
        """Return the seconds left, at most *most*; raises TimeoutError when there are none."""
        if self._scissors is not None and self._scissors.is_shut:
            raise TimeoutError("ended from here")
        left = (self._end - self._clock.monotonic()) / SECOND
        if left <= 0:
            raise TimeoutError("it took too long altogether")
        return min(most, left)

    def count(self, received: int) -> None:
        """Take *received* bytes off what may still come; raises FloodError when that is spent.

        The libraries skip some of what they read (interim answers, trailers) and bound neither its time nor its size.
        """
        self._left_bytes -= received
        if self._left_bytes < 0:
            raise FloodError("more came than any honest answer has")

    def hold(self, cut: Callable[[], None]) -> None:
        """Learn how to cut the connection that these limits are for; whoever ends exchanges from another thread needs it."""
        if self._scissors is not None:
            self._scissors.hold(cut)


def resolve(host: str, port: int) -> Sequence[str]:
    """Every address of *host*, as text.

    The system's resolver has its own time-outs (resolv.conf) and cannot be interrupted: see `within`.

    Raises:
        NetworkError: It has none, or nobody could be asked.
    """
    try:
        answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NetworkError(f"{host}: the name cannot be resolved: {_unresolved(error)}") from error
    return [str(answer[4][0]) for answer in answers]


def _unresolved(error: OSError | UnicodeError) -> str:
    """Why a name has no address, in words: the system's are for who writes programs."""
    if isinstance(error, UnicodeError) or error.errno in {socket.EAI_NONAME, socket.EAI_NODATA}:
        return "nobody knows it"
    return "no name server answers" if error.errno == socket.EAI_AGAIN else error.strerror or "nobody could be asked"


def within(limits: Limits, ask: Resolve) -> Resolve:
    """Return *ask* such that nobody waits for it beyond *limits*.

    It has a thread for each question; one that is left waiting ends when the system's resolver gives up, within a minute.
    """

    def bounded(host: str, port: int) -> Sequence[str]:
        asking = ThreadPoolExecutor(1, "looking up")
        try:
            asked = asking.submit(ask, host, port)
            for _ in range(LOOKS):
                done, _ = wait((asked,), limits.left_s(READ_S / LOOKS))
                if done:
                    return asked.result()
        except TimeoutError as error:
            raise NetworkError(f"{host}: the name was not resolved in time") from error
        finally:
            asking.shutdown(wait=False)
        raise NetworkError(f"{host}: the name was not resolved in time")

    return bounded


class Wire(HTTPAdapter):
    """Sends one request to one address, or through a proxy, with the certificate checked against the name."""

    def __init__(self, destination: Destination, *, address: str | None, trusted: ssl.SSLContext, limits: Limits) -> None:
        super().__init__(max_retries=0)
        self._destination = destination
        self._address = address
        self._trusted = trusted
        self._limits = limits
        self._opened = ExitStack()

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
        cast("Any", pool).ConnectionCls = _limited(to.scheme, self._address, self._limits, self._opened)
        return pool

    def cert_verify(self, conn: object, url: object, verify: object, cert: object) -> None:
        """Leave the pool as it is: our TLS context holds the authorities already. Called by requests."""

    def ask(self, headers: Mapping[str, str], *, proxy: str | None, query: Mapping[str, str]) -> Response:
        """Send a GET, with *query* beside the URL's own, and return the response with its body unread; the caller closes it.

        Raises:
            RequestException | HTTPError | OSError | ValueError: One of ``TROUBLE``.
        """
        request = Request("GET", self._destination.url, headers=dict(headers), params=dict(query)).prepare()
        try:
            return self.send(
                request,
                stream=True,
                timeout=(self._limits.left_s(CONNECT_S), self._limits.left_s(READ_S)),
                proxies={"https": proxy} if proxy else None,
            )
        except BaseException:
            self._opened.close()  # urllib3 leaves all open when the head of the answer makes no sense
            raise


def failure(url: str, error: BaseException) -> NetworkError:
    """Return the one clear line for what *error*, one of ``TROUBLE``, means. The caller chains the cause."""
    root: BaseException = error
    seen = {id(root)}
    while (deeper := root.__cause__ or root.__context__) is not None and id(deeper) not in seen:
        seen.add(id(deeper))
        root = deeper
    if isinstance(root, ssl.SSLCertVerificationError):
        return NetworkError(f"{plain(url)}: its certificate is not accepted ({root.verify_message})")
    if isinstance(root, FloodError):
        return NetworkError(f"{plain(url)}: {root}")
    if isinstance(root, TimeoutError):
        return NetworkError(f"{plain(url)}: did not answer in time")
    reason = root.strerror if isinstance(root, OSError) and root.strerror else type(root).__name__
    return NetworkError(f"{plain(url)}: the exchange failed ({reason})")


class _LimitedReader(io.RawIOBase):
    """A socket's incoming bytes, within the limits: neither a drip nor a flood outlasts them."""

    def __init__(self, sock: socket.socket, limits: Limits) -> None:
        super().__init__()
        self._sock = sock
        self._raw = sock.makefile("rb", buffering=0)
        self._limits = limits

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int | None:
        self._sock.settimeout(self._limits.left_s(READ_S))
        count = self._raw.readinto(buffer)
        self._limits.count(count or 0)
        return count

    def close(self) -> None:
        self._raw.close()
        super().close()


class _LimitedSocket:
    """As much of a socket as http.client uses, after connecting and TLS."""

    def __init__(self, sock: socket.socket, limits: Limits, opened: ExitStack) -> None:
        self._sock = sock
        self._limits = limits
        limits.hold(partial(_cut, sock))
        self._opened = opened

    def makefile(self, mode: str = "rb", *_: object) -> io.BufferedReader:
        if mode != "rb":
            raise ValueError(mode)
        reader: io.BufferedReader = io.BufferedReader(_LimitedReader(self._sock, self._limits))
        self._opened.callback(reader.close)
        return reader

    def sendall(self, data: bytes) -> None:
        self._sock.settimeout(self._limits.left_s(READ_S))
        self._sock.sendall(data)

    def settimeout(self, _: float | None) -> None:
        """Leave it: each read sets what is left of the time."""

    def fileno(self) -> int:
        return self._sock.fileno()

    def shutdown(self, how: int) -> None:
        self._sock.shutdown(how)

    def close(self) -> None:
        self._sock.close()


def _cut(sock: socket.socket) -> None:
    """Wake whoever waits for bytes. Not by TLS's own shutdown, which takes TLS away under the reader's hands."""
    with suppress(OSError):
        socket.socket.shutdown(sock, socket.SHUT_RDWR)


def _limited(scheme: str, address: str | None, limits: Limits, opened: ExitStack) -> type[HTTPConnection]:
    """A connection that leads to *address* and keeps to *limits*; urllib3 makes connections from a class alone."""

    class LimitedHTTP(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            sock = super()._new_conn() if address is None else self._connected(address)
            opened.callback(sock.close)
            limits.hold(partial(_cut, sock))
            _see_that_it_is(address, sock)
            sock.settimeout(limits.left_s(CONNECT_S))  # for the whole handshake of TLS
            return sock

        def _connected(self, address: str) -> socket.socket:
            """Connect as urllib3 does, but so that it can be ended meanwhile."""
            sock = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET)
            try:
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                limits.hold(partial(_cut, sock))
                sock.settimeout(limits.left_s(CONNECT_S))
                sock.connect((address, self.port))
            except OSError as error:
                sock.close()
                if isinstance(error, TimeoutError):
                    raise ConnectTimeoutError(self, "no connection in time") from error
                raise NewConnectionError(self, "no connection") from error
            return sock

        def _tunnel(self) -> None:
            plain_socket = self.sock  # TLS will want it as it is
            self.sock = cast("socket.socket", _LimitedSocket(plain_socket, limits, opened))
            super()._tunnel()
            self.sock = plain_socket

        def connect(self) -> None:
            super().connect()
            opened.callback(self.sock.close)  # TLS has taken the first one's place
            if isinstance(self.sock, ssl.SSLSocket):
                cast("Any", self.sock).suppress_ragged_eofs = False  # whoever cuts the line must not end the answer
            self.sock = cast("socket.socket", _LimitedSocket(self.sock, limits, opened))

    class LimitedHTTPS(LimitedHTTP, HTTPSConnection):
        pass

    return LimitedHTTPS if scheme == "https" else LimitedHTTP


def _see_that_it_is(address: str | None, sock: socket.socket) -> None:
    """Compare who is at the other end with who was checked, whatever lies between a number and a connection."""
    if address is None:
        return  # a proxy, which the operator named
    peer = str(sock.getpeername()[0])
    if ipaddress.ip_address(peer) != ipaddress.ip_address(address):
        raise OSError(errno.ECONNABORTED, "connected to another address than the one that was checked")
