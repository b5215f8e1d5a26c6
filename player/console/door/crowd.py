"""How many requests are worked on at once: a few, some more wait their turn, and all others are told to come back.

Dark and light take no turn: there is always room for them.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Final

from player.console.refusal import RefusedError

AT_ONCE: Final = 8  # there are two threads to read with; more would only share them
WAITING: Final = 64
COME_BACK_S: Final = 2


class Crowd:
    """Counts requests in and out."""

    def __init__(self, at_once: int = AT_ONCE, waiting: int = WAITING) -> None:
        self._turns = asyncio.Semaphore(at_once)
        self._most = waiting
        self._waiting = 0

    @asynccontextmanager
    async def turn(self, *, is_reserved: bool) -> AsyncGenerator[None]:
        """Wait for a turn, and have it for the block.

        Raises:
            RefusedError: too many wait already.
        """
        if is_reserved:
            yield
            return
        if self._waiting >= self._most:
            raise RefusedError(503, headers={"retry-after": str(COME_BACK_S)})
        self._waiting += 1
        try:
            await self._turns.acquire()
        finally:
            self._waiting -= 1
        try:
            yield
        finally:
            self._turns.release()
