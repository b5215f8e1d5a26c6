"""Photos that were chosen but whose showing is not written yet: the next choice must count them."""

from __future__ import annotations

import threading
from collections.abc import Collection, Mapping

from player.library.photo import Pick


class Ledger:
    """Shared by the loader, which chooses, and the writer, which writes."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: dict[int, tuple[Pick, ...]] = {}
        self._number = 0

    def add(self, picks: tuple[Pick, ...]) -> int:
        """Count *picks* as shown from now on; return the entry's number."""
        with self._lock:
            self._number += 1
            self._open[self._number] = picks
            return self._number

    def close(self, number: int) -> None:
        """The showing was written, or will not happen."""
        with self._lock:
            self._open.pop(number, None)

    def keep(self, numbers: Collection[int]) -> None:
        """Close all entries but these."""
        with self._lock:
            self._open = {number: picks for number, picks in self._open.items() if number in numbers}

    def picks(self) -> tuple[Pick, ...]:
        """Return all picks of open entries, in order."""
        with self._lock:
            entries: Mapping[int, tuple[Pick, ...]] = dict(self._open)
        return tuple(pick for _, picks in sorted(entries.items()) for pick in picks)
