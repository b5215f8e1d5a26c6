"""How many of what takes long are under way: a few, and fewer of one person. Whoever wants more is told at once to come back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Hashable
from contextlib import contextmanager

from player.console.refusal import RefusedError


class UnderWay:
    """Counts them in and out. Used from one event loop."""

    def __init__(self, *, most: int, of_one: int) -> None:
        """Let *most* be under way at once, and *of_one* person so many of them."""
        self._most = most
        self._of_one = of_one
        self._of: Counter[Hashable] = Counter()

    @contextmanager
    def one(self, who: Hashable) -> Generator[None]:
        """Count one of *who* in for the block.

        Raises:
            RefusedError: there are too many.
        """
        if self._of[who] >= self._of_one:
            raise RefusedError(429, headers={"retry-after": "1"})
        if self._of.total() >= self._most:
            raise RefusedError(503, headers={"retry-after": "1"})
        self._of[who] += 1
        try:
            yield
        finally:
            self._of[who] -= 1
            self._of += Counter()  # forgets those at nought
