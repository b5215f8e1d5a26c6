"""Libraries of one data folder, opened once and kept: each is one thread's while it is out, and opened anew if it is another."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from player.clock import Clock
from player.library.library import Library, identities
from player.units import SECOND, Nanos

LOOK_EVERY: Final[Nanos] = SECOND  # a deleted file stays readable through an open handle, for ever deaf


@dataclass(slots=True)
class _Held:
    library: Library
    identity: tuple[tuple[int, int], ...] | None
    looked_at: Nanos


class Libraries:
    """As many as were ever out at the same time. Safe to use from every thread."""

    def __init__(self, folder: Path, clock: Clock, opened: Callable[[], Library]) -> None:
        """Keep what *opened* returns: libraries of *folder*."""
        self._folder = folder
        self._clock = clock
        self._opened = opened
        self._lock = threading.Lock()
        self._idle: list[_Held] = []
        self._is_closed = False

    @contextmanager
    def one(self) -> Generator[Library]:
        """Give the block a library, which must keep nothing of it.

        Raises:
            LibraryError: it cannot be opened.
        """
        held = self._taken() or self._new()
        try:
            yield held.library
        except BaseException:
            held.library.close()  # whatever went wrong, the next one begins anew
            raise
        with self._lock:
            if not self._is_closed:
                self._idle.append(held)
                return
        held.library.close()

    def close(self) -> None:
        """Close what lies ready; what is out is closed when it comes back."""
        with self._lock:
            self._is_closed = True
            idle, self._idle = self._idle, []
        for held in idle:
            held.library.close()

    def _taken(self) -> _Held | None:
        """Return one that lies ready and is still the one in the folder."""
        while True:
            with self._lock:
                if not self._idle:
                    return None
                held = self._idle.pop()
            now = self._clock.monotonic()
            if now - held.looked_at < LOOK_EVERY:
                return held
            if identities(self._folder) == held.identity:
                held.looked_at = now
                return held
            held.library.close()

    def _new(self) -> _Held:
        library = self._opened()
        return _Held(library, identities(self._folder), self._clock.monotonic())
