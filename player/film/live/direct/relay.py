"""The one connection of an RTMP or RTSP stream: made, checked and encrypted here, and its bytes passed on both ways.

What is parsed of them is parsed in the confined child at the other end, which has no network: it holds one end of a pair of
sockets and is told that it is the connection it wanted. The rules for feeds hold: a name is looked up once, each of its addresses
checked, and what is connected to is what was checked; certificates are, always.
"""

from __future__ import annotations

import select
import socket
import ssl
import threading
from collections.abc import Callable
from contextlib import ExitStack, suppress
from typing import Final

from certifi import where

from player.clock import Clock
from player.errors import NetworkError, OperatorError
from player.feed import wire
from player.feed.fetch import MAX_CONNECTS
from player.film.live.direct.far import Far
from player.units import MILLISECOND, SECOND, Nanos, nanos

SILENCE: Final[Nanos] = 10 * SECOND  # without a byte from there: it is begun anew; a server that is alive sends pictures
PIECE: Final = 65_536  # bytes passed on at once; what cannot be passed on is not read: the other end waits
GLANCE: Final[Nanos] = 250 * MILLISECOND  # between looks whether it is to end

CLOSED: Final = "the server has closed the connection"
_TROUBLE: Final = (OSError, ValueError)  # what sockets and TLS raise; ssl.SSLError is an OSError, CertificateError a ValueError
_AGAIN: Final = (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError)


class Relay:
    """One connection, made and served by a thread of its own. `stop` it."""

    def __init__(self, far: Far, *, clock: Clock, ring: Callable[[], None]) -> None:
        """*ring*: called when it has connected or ended, from the thread; must not wait.

        Raises:
            OperatorError: The file of certificates cannot be used.
        """
        self._far = far
        self._clock = clock
        self._ring = ring
        self._trusted = _trusted(far.ca_file) if far.scheme.endswith("s") else None
        self._stop = threading.Event()
        self._opened = ExitStack()
        self._near, self._end = socket.socketpair()
        self._opened.callback(self._near.close)
        self._near.settimeout(0)
        self.address = ""
        """What it is connected to; empty: nothing yet."""
        self.why = ""
        """Why it ended."""
        self._thread = threading.Thread(target=self._go, name="relaying a stream")

    @property
    def end(self) -> int:
        """Descriptor of the child's end, until `let_go` or `stop`."""
        return self._end.fileno()

    @property
    def is_alive(self) -> bool:
        """Whether its thread runs."""
        return self._thread.is_alive()

    def start(self) -> None:
        """Begin to connect."""
        self._thread.start()

    def let_go(self) -> None:
        """Close the child's end here, so that the child alone has it: then its death is seen."""
        self._end.close()

    def stop(self) -> None:
        """End it; within a second, unless a name is being looked up."""
        self._stop.set()
        self._end.close()
        if self._thread.ident is None:
            self._opened.close()

    def join(self) -> None:
        """Wait until it has ended."""
        if self._thread.ident is not None:
            self._thread.join()

    def _go(self) -> None:
        with self._opened:
            try:
                far = self._connected()
                self._ring()
                self._pass(far)
            except NetworkError as error:
                self.why = str(error)
            except _TROUBLE as error:
                # When it is the child that has gone, its keeper hears why from itself.
                self.why = "" if _has_gone(self._near) else self._told(error)
        self._ring()

    def _told(self, error: OSError | ValueError) -> str:
        name = f"{self._far.scheme}://{self._far.host}"
        if isinstance(error, ssl.SSLCertVerificationError):
            return f"{name}: its certificate is refused ({error.verify_message})"
        return f"{name}: {(error.strerror if isinstance(error, OSError) else None) or error}"

    def _connected(self) -> socket.socket:
        """Return a connection to one of the checked addresses.

        Raises:
            NetworkError, OSError, ValueError: There is none.
        """
        far = self._far
        limits = wire.Limits(self._clock, length_s=SILENCE / SECOND, content_bytes=0)
        try:
            checked = far.policy.check(far.judged, wire.within(limits, far.resolve))
        except NetworkError as error:
            raise NetworkError(str(error).replace("https://", f"{far.scheme}://", 1)) from error
        attempts = checked.addresses[:MAX_CONNECTS]
        for address in attempts:
            try:
                made = self._reached(address, checked.host)
            except OSError:
                if address == attempts[-1] or self._stop.is_set():
                    raise
            else:
                self.address = address
                return made
        raise NetworkError(f"{far.host} has no address")

    def _reached(self, address: str, host: str) -> socket.socket:
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        made = socket.socket(family, socket.SOCK_STREAM)
        with ExitStack() as opened:
            opened.callback(made.close)
            made.settimeout(0)
            with suppress(BlockingIOError):
                made.connect((address, self._far.port))
            self._wait_until(made, select.POLLOUT, nanos(wire.CONNECT_S))
            if error := made.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
                raise OSError(error, f"no connection to port {self._far.port}")
            made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self._trusted is not None:
                made = self._trusted.wrap_socket(made, server_hostname=host, do_handshake_on_connect=False)
                opened.callback(made.close)
                self._greet(made)
            opened.pop_all()
        self._opened.callback(made.close)
        return made

    def _greet(self, made: ssl.SSLSocket) -> None:
        end = self._clock.monotonic() + SILENCE
        while True:
            try:
                made.do_handshake()
            except ssl.SSLWantReadError:
                self._wait_until(made, select.POLLIN, end - self._clock.monotonic())
            except ssl.SSLWantWriteError:
                self._wait_until(made, select.POLLOUT, end - self._clock.monotonic())
            else:
                return

    def _wait_until(self, made: socket.socket, events: int, most: Nanos) -> None:
        """Wait until a socket is ready; TimeoutError or, when this is to end, InterruptedError."""
        poll = select.poll()
        poll.register(made, events)
        end = self._clock.monotonic() + most
        while not poll.poll(GLANCE // MILLISECOND):
            if self._stop.is_set():
                raise InterruptedError("it was closed")
            if self._clock.monotonic() >= end:
                raise TimeoutError("it does not answer")

    def _pass(self, far: socket.socket) -> None:
        """Pass bytes on both ways, until one end closes; NetworkError or OSError when one is broken."""
        outwards, inwards = _Lane(self._near, far), _Lane(far, self._near)
        heard = self._clock.monotonic()
        while not self._stop.is_set():
            came = inwards.step()
            went = outwards.step()
            now = self._clock.monotonic()
            if came:
                heard = now
            if inwards.is_over or outwards.is_over:
                self.why = CLOSED if inwards.is_over else ""
                return
            if now - heard > SILENCE and not inwards.is_full:
                raise NetworkError(f"nothing came from {self._far.host} for {SILENCE // SECOND} s")
            if not (came or went):
                _rest(far, self._near, inwards, outwards)


class _Lane:
    """One way: a piece at a time; the next one is read when it has gone."""

    def __init__(self, source: socket.socket, sink: socket.socket) -> None:
        self._source, self._sink = source, sink
        self._piece = memoryview(b"")
        self.is_over = False

    @property
    def is_full(self) -> bool:
        """Whether something waits to go."""
        return bool(self._piece)

    def step(self) -> bool:
        """Pass on what can be; return whether anything was. OSError when an end is broken."""
        if not self._piece:
            with suppress(*_AGAIN):
                data = self._source.recv(PIECE)
                self._piece = memoryview(data)
                self.is_over = not data
        if not self._piece:
            return False
        with suppress(*_AGAIN):
            self._piece = self._piece[self._sink.send(self._piece) :]
            return True
        return False


def _rest(far: socket.socket, near: socket.socket, inwards: _Lane, outwards: _Lane) -> None:
    """Wait until something can be passed on; TLS may want the other direction: a glance later it is tried again."""
    poll = select.poll()
    for each, reads, writes in ((far, inwards, outwards), (near, outwards, inwards)):
        events = (0 if reads.is_full else select.POLLIN) | (select.POLLOUT if writes.is_full else 0)
        if events:  # without, one that has hung up would be told of for ever
            poll.register(each, events)
    poll.poll(GLANCE // MILLISECOND)


def _has_gone(near: socket.socket) -> bool:
    """Whether the child's end is closed."""
    poll = select.poll()
    poll.register(near, 0)
    return bool(poll.poll(0))


def _trusted(ca_file: str | None) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=ca_file or where())
    except OSError as error:
        raise OperatorError(f"network.ca_file: {ca_file} cannot be used ({error})") from error
