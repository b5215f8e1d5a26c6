"""What was shown, for the journal: hashes and times alone, many to a line."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from player.library.orders import Orders
from player.units import SECOND, Nanos

MOST: Final = 200  # plays to a line; at most so many, and those of so much time, are lost with the process
LONGEST: Final[Nanos] = 300 * SECOND


class Plays:
    """Collects plays; used by the writer's thread alone."""

    def __init__(self) -> None:
        self._show = ""
        self._began: Nanos = 0
        self._plays: list[tuple[int, str]] = []
        self._full: list[tuple[str, Nanos, list[tuple[int, str]]]] = []

    def add(self, plays: Iterable[str], *, show: str, at: Nanos) -> None:
        """Take in what was on screen in full at *at*, by the beginnings of the photos' hashes."""
        if show != self._show or at < self._began:  # another show, or the clock went back
            self._close()
        for play in plays:
            if not self._plays:
                self._show, self._began = show, at
            self._plays.append(((at - self._began) // SECOND, play))
            if len(self._plays) >= MOST:
                self._close()

    def write(self, orders: Orders | None, *, now: Nanos, is_last: bool = False) -> None:
        """Write the lines that are due; all of them when *is_last*. Where the orders are lost, nobody keeps them.

        Raises:
            LibraryError: the disk refuses; they are kept for the next time.
        """
        if self._plays and (is_last or not 0 <= now - self._began < LONGEST):
            self._close()
        while self._full:
            show, began, plays = self._full[0]
            if orders:
                orders.note("plays", {"show": show, "from": began, "plays": [list(play) for play in plays]}, at=now)
            self._full.pop(0)

    def _close(self) -> None:
        if self._plays:
            self._full.append((self._show, self._began, self._plays))
        self._plays = []
