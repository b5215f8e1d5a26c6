"""The signals that end a process, or let it read its configuration again, as events."""

from __future__ import annotations

import signal
import threading


def signalled() -> tuple[threading.Event, threading.Event]:
    """Return two events: SIGTERM and Ctrl-C set the first, SIGHUP the second."""
    stopped, again = threading.Event(), threading.Event()

    def end(_number: int, _frame: object) -> None:
        stopped.set()

    def read_again(_number: int, _frame: object) -> None:
        again.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    signal.signal(signal.SIGHUP, read_again)
    return stopped, again
