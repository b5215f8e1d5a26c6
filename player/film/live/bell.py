"""One descriptor to wait for: rung by other threads, or readable when something that was added to it is."""

from __future__ import annotations

import os
import select
import threading
from contextlib import suppress


class Bell:
    """Rung from any thread, also after it was closed; all else from the one that waits."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._is_closed = False
        self._event = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._poll = select.epoll()
        self._poll.register(self._event, select.EPOLLIN)

    def fileno(self) -> int:
        """Return what is readable when it was rung."""
        return self._poll.fileno()

    def ring(self) -> None:
        """Wake who waits."""
        with self._lock, suppress(BlockingIOError):
            if not self._is_closed:
                os.eventfd_write(self._event, 1)

    def quieten(self) -> None:
        """Stop ringing, before looking at what has happened."""
        with suppress(BlockingIOError):
            os.eventfd_read(self._event)

    def add(self, descriptor: int) -> None:
        """Ring whenever *descriptor* is readable too."""
        self._poll.register(descriptor, select.EPOLLIN)

    def remove(self, descriptor: int) -> None:
        """Heed *descriptor* no longer."""
        with suppress(OSError, ValueError):
            self._poll.unregister(descriptor)

    def close(self) -> None:
        """Close it; more than once does no harm."""
        with self._lock:
            if not self._is_closed:
                self._is_closed = True
                self._poll.close()
                os.close(self._event)
