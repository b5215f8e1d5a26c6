"""The sockets of the projectors' process: TCP to the address that the configuration names, and the packet that wakes a display.

No name is ever looked up: a projector is wanted at night, when perhaps nobody answers for names. Private addresses are normal
here, and no address comes from anywhere but the configuration. Waiting is done in short turns, so that the process ends at once.
"""

from __future__ import annotations

import errno
import ipaddress
import os
import select
import socket
import threading
from contextlib import suppress
from typing import Final

from player.clock import Clock
from player.errors import NetworkError
from player.units import MILLISECOND, SECOND, Nanos

CONNECT_WITHIN: Final[Nanos] = 4 * SECOND  # two lost packets; a projector is in the next room
SEND_WITHIN: Final[Nanos] = 2 * SECOND  # of 60 bytes
TURN: Final[Nanos] = 200 * MILLISECOND  # how long an order to end may wait
CHUNK: Final = 2048  # bytes read at once
WAKE_PORT: Final = 9  # discard: what everybody sends magic packets to
EVERYBODY: Final = "255.255.255.255"
TIMES: Final = 3  # a packet that nobody confirms is sent more than once

_WORDS: Final = {
    errno.ECONNREFUSED: "takes no connection: its network control is off, or another control holds the only one",
    errno.EHOSTUNREACH: "cannot be reached: is it plugged in, and is its network on in standby?",
    errno.ENETUNREACH: "cannot be reached: this machine has no network there",
    errno.ETIMEDOUT: "does not answer: is it plugged in, and is its network on in standby?",
    errno.ECONNRESET: "hangs up: another control may hold its only connection",
    errno.EPIPE: "hangs up: another control may hold its only connection",
}


class Wire:
    """A TCP connection. See `player.projector.call.Pipe`."""

    def __init__(self, host: str, port: int, *, clock: Clock, stopped: threading.Event) -> None:
        """Connect to an address; waiting ends when *stopped*.

        Raises:
            NetworkError: nobody is there, or nobody in time.
        """
        self._clock = clock
        self._stopped = stopped
        is_six = ipaddress.ip_address(host).version == 6  # noqa: PLR2004 - IPv6
        try:
            self._socket = socket.socket(socket.AF_INET6 if is_six else socket.AF_INET, socket.SOCK_STREAM)
        except OSError as error:
            raise _failure(error) from error
        try:
            self._socket.settimeout(0)
            self._connect(host, port)
        except BaseException:
            self.close()
            raise

    def send(self, data: bytes) -> None:
        """See ``Pipe``."""
        until = self._clock.monotonic() + SEND_WITHIN
        while data:
            try:
                self._wait(until, for_writing=True)
                data = data[self._socket.send(data) :]
            except BlockingIOError:
                continue
            except OSError as error:
                raise _failure(error) from error

    def receive(self, until: Nanos) -> bytes:
        """See ``Pipe``."""
        while True:
            self._wait(until, for_writing=False)
            try:
                return self._socket.recv(CHUNK)
            except BlockingIOError:
                continue
            except OSError as error:
                if error.errno == errno.ECONNRESET:
                    return b""
                raise _failure(error) from error

    def close(self) -> None:
        """See ``Pipe``."""
        with suppress(OSError):
            self._socket.close()

    def _connect(self, host: str, port: int) -> None:
        try:
            code = self._socket.connect_ex((host, port))
        except OSError as error:  # an interface that is not there, as in fe80::1%eth7
            raise _failure(error) from error
        if code in {errno.EINPROGRESS, errno.EWOULDBLOCK}:
            try:
                self._wait(self._clock.monotonic() + CONNECT_WITHIN, for_writing=True)
            except TimeoutError as error:
                raise NetworkError(_WORDS[errno.ETIMEDOUT]) from error
            code = self._socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if code:
            error = OSError(code, os.strerror(code))
            raise _failure(error) from error

    def _wait(self, until: Nanos, *, for_writing: bool) -> None:
        """Return once something can be read or written.

        Raises:
            TimeoutError: not until an instant.
            NetworkError: the player ends.
        """
        post = select.poll()
        post.register(self._socket, select.POLLOUT if for_writing else select.POLLIN)
        while not self._stopped.is_set():
            left = until - self._clock.monotonic()
            if left <= 0:
                raise TimeoutError
            if post.poll(max(1, min(left, TURN) // MILLISECOND)):
                return
        raise NetworkError("the player ends")


def wake(mac: str, to: str = EVERYBODY, *, port: int = WAKE_PORT) -> None:
    """Send the magic packet that wakes the display with the hardware address *mac*, to all in the network or to an address.

    Raises:
        NetworkError: it cannot be sent. That it was heard nobody can know.
    """
    packet = b"\xff" * 6 + bytes.fromhex(mac.replace(":", "").replace("-", "")) * 16
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
            out.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
            for _ in range(TIMES):
                out.sendto(packet, (to, port))
    except OSError as error:
        raise NetworkError(f"cannot be woken: {error.strerror or error}") from error


def _failure(error: OSError) -> NetworkError:
    return NetworkError(_WORDS.get(error.errno or 0, f"cannot be talked to: {error.strerror or type(error).__name__}"))
