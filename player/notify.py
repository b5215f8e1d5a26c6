"""Tells systemd how we are, as sd_notify(3) defines it. Without systemd it says nothing and costs nothing."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping
from types import TracebackType
from typing import Self


class Notifier:
    """A way to the service manager; a silent one when there is none."""

    def __init__(self, address: str | None) -> None:
        """Open the way to *address*: a path, or an abstract name that begins with `@`; None for nobody."""
        self._socket: socket.socket | None = None
        if address is None or not address.startswith(("/", "@")):
            return
        self._address = "\0" + address[1:] if address.startswith("@") else address
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC)
        self._socket.settimeout(0)

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> Self:
        """Return the way that systemd gave us."""
        return cls(environ.get("NOTIFY_SOCKET"))

    def tell(self, **state: str) -> bool:
        """Send *state*, such as ``READY="1"`` or ``STATUS="presenting"``; return whether it went.

        Never waits and never fails: a service manager that is busy or gone is no reason to disturb the show.
        """
        if self._socket is None:
            return False
        lines = [f"{key}={' '.join(value.split())}" for key, value in state.items()]
        try:
            self._socket.sendto("\n".join(lines).encode(errors="backslashreplace"), self._address)
        except OSError:
            return False
        return True

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Close the way."""
        if self._socket is not None:
            self._socket.close()
