"""What takes a moment to find out and is asked for often: found out once for all who ask, and kept for a while."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from player.units import Nanos

T = TypeVar("T")


class Kept(Generic[T]):
    """One answer. Used from one event loop."""

    def __init__(self, lasts: Nanos) -> None:
        """Keep an answer for as long as it *lasts*."""
        self._lasts = lasts
        self._found: tuple[object, Nanos, T] | None = None
        self._finding: tuple[object, asyncio.Task[T]] | None = None

    async def get(self, about: object, find: Callable[[], Awaitable[T]], *, now: Nanos) -> T:
        """Return what is kept *about* something at *now* (monotonic), or *find* it; who asks meanwhile waits for the same.

        Raises:
            WeRememberError: whatever *find* raises, to everybody who waited; the next one tries again.
        """
        if self._found and self._found[0] == about and 0 <= now - self._found[1] < self._lasts:
            return self._found[2]
        if self._finding is None or self._finding[0] != about or self._finding[1].done():
            self._finding = about, asyncio.create_task(_run(find))
        task = self._finding[1]
        value = await asyncio.shield(task)  # one who hangs up takes the answer from nobody
        self._found = about, now, value
        return value


async def _run(find: Callable[[], Awaitable[T]]) -> T:
    return await find()
