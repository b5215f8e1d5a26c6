"""Threads for what may wait: a disk, another process, a file that hangs.

Each kind of work has its own, so that one that hangs keeps no other waiting: above all not what makes the wall dark.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from typing import Final, TypeVar

from player.errors import LibraryError
from player.units import SECOND, Nanos

T = TypeVar("T")

READERS: Final = 2  # the machine has two cores, and the show comes first
PASSWORDS: Final = 10  # as many as may wait for one; each is a thread that sleeps
PATIENCE: Final[Nanos] = 8 * SECOND  # less than a request may take: the page then says what it waited for


class SlowError(LibraryError):
    """The disk, or whoever holds the file, does not answer in time."""


class Lanes:
    """The threads of one process; each is started when it is first needed."""

    def __init__(self) -> None:
        self.reading: Executor = ThreadPoolExecutor(READERS, "reading")
        self.searching: Executor = ThreadPoolExecutor(1, "searching")
        """Looks that may take a second: among a million photos."""
        self.writing: Executor = ThreadPoolExecutor(1, "writing")
        """Withdrawals and verdicts: behind nobody who looks."""
        self.trying: Executor = ThreadPoolExecutor(1, "trying")
        """Whether a withdrawal could be recorded."""
        self.papers: Executor = ThreadPoolExecutor(1, "papers")
        """Whether there is another certificate."""
        self.people: Executor = ThreadPoolExecutor(1, "people")
        self.passwords: Executor = ThreadPoolExecutor(PASSWORDS, "passwords")
        """Where people wait for their passwords to be checked: waiting costs no processor."""
        self.reserved: Executor = ThreadPoolExecutor(1, "reserved")
        """Who is it that asks for light: not behind those who ask for anything else."""
        self.orders: Executor = ThreadPoolExecutor(1, "orders")
        self.dark: Executor = ThreadPoolExecutor(1, "dark")
        """Leaves the file that makes the wall dark, and does nothing else."""

    async def run(self, lane: Executor, work: Callable[[], T], *, within: Nanos = PATIENCE, is_done_late: bool = False) -> T:
        """Return what *work* gives, done in *lane*. What has not begun in time is never done; what has, comes to its end unheard.

        What *is_done_late* keeps its turn, and comes to its end unheard, too.

        Raises:
            SlowError: it takes longer than *within*.
        """
        try:
            async with asyncio.timeout(within / SECOND):
                doing = asyncio.get_running_loop().run_in_executor(lane, work)
                return await (asyncio.shield(doing) if is_done_late else doing)
        except TimeoutError as error:
            raise SlowError("the data folder does not answer in time") from error

    def close(self) -> None:
        """Take in no more work; what hangs is left behind."""
        lanes: tuple[Executor, ...] = tuple(vars(self).values())
        for lane in lanes:
            lane.shutdown(wait=False, cancel_futures=True)
