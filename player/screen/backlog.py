"""What waits to be written into one file, in order, for as long as the disk refuses."""

from __future__ import annotations

import contextlib
import itertools
import queue
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from player.library.library import Library

MAX_BACKLOG: Final = 10_000  # writes kept while the disk refuses; a day of cues. Turns are kept beyond that, 30 MB a week


@dataclass(frozen=True, slots=True)
class Work:
    """Something to be written."""

    do: Callable[[Library], None]
    is_vital: bool = False
    """Without it a photo's turn, a withdrawal or an answer would be lost. Kept however long the disk refuses."""


class Backlog:
    """Anybody puts work in, one thread does it."""

    def __init__(self) -> None:
        self._new: queue.SimpleQueue[Work] = queue.SimpleQueue()
        self._work: deque[Work] = deque()

    @property
    def waiting(self) -> tuple[Work, ...]:
        """What was taken in and is not written; to be asked by the thread that writes."""
        return tuple(self._work)

    def put(self, work: Work) -> None:
        """Let *work* wait."""
        self._new.put(work)

    def take_in(self) -> None:
        """Take in what is new; where that is too much, the oldest of what is not vital goes."""
        with contextlib.suppress(queue.Empty):
            while True:
                self._work.append(self._new.get_nowait())
        over = sum(not work.is_vital for work in self._work) - MAX_BACKLOG if len(self._work) > MAX_BACKLOG else 0
        if over > 0:
            gone = set(itertools.islice((id(work) for work in self._work if not work.is_vital), over))
            self._work = deque(work for work in self._work if id(work) not in gone)

    def write(self, library: Library, between: Callable[[], None]) -> None:
        """Do all that waits, and *between* after each piece.

        Raises:
            LibraryError: the disk refuses; what is left waits on.
        """
        while self._work:
            self._work[0].do(library)
            self._work.popleft()
            between()
