"""Which configuration the console goes by, looked at in a thread: a disk that hangs must not keep the pages from answering.

Whether there is another one is `player.in_force.Staleness`'s to say, as for every process; who may wait for a disk asks that.
Whoever orders at a terminal that it be read again gets an answer.
"""

from __future__ import annotations

import threading
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from pathlib import Path
from typing import Final

from player.clock import Clock
from player.console.summons import Summons
from player.in_force import InForce, Staleness
from player.settings import Configuration
from player.units import SECOND, Nanos

LOOK_EVERY: Final[Nanos] = SECOND


class Watch:
    """Reads the configuration at the start, on order, and when another process of the player has taken in a new one."""

    def __init__(self, in_force: InForce, reload: threading.Event, clock: Clock, *, lane: Executor | None = None) -> None:
        """Read it; tests look in their own *lane*."""
        self._in_force = in_force
        self._reload = reload
        self._clock = clock
        self._lane = lane or ThreadPoolExecutor(1, "configuration")
        self._looking: Future[bool] | None = None
        self._next: Nanos = clock.monotonic() + LOOK_EVERY
        self.configuration: Configuration | None = in_force.read()
        """What is in force; None: nothing that can be used."""
        self._is_stale = Staleness(in_force, self.configuration)
        self._summons: Summons | None = None

    def has_changed(self) -> bool:
        """Whether `configuration` is another one since this was asked last; never waits."""
        if self._looking is not None and self._looking.done():
            changed, self._looking = self._looking.result(), None
            return changed
        now = self._clock.monotonic()
        if self._looking is None and (self._reload.is_set() or now >= self._next):
            self._next = now + LOOK_EVERY
            self._looking = self._lane.submit(self._look)
        return False

    def close(self) -> None:
        """Look no more."""
        self._lane.submit(self._change_folder, None)
        self._lane.shutdown(wait=False)

    def _look(self) -> bool:
        self._change_folder(self.configuration.data if self.configuration else None)
        is_asked = self._reload.is_set()
        self._reload.clear()
        is_ordered = self._summons is not None and self._summons.answered()
        if not is_asked and not is_ordered and not self._is_stale():
            return False
        self.configuration = self._in_force.read()
        self._is_stale = Staleness(self._in_force, self.configuration)
        return True

    def _change_folder(self, folder: Path | None) -> None:
        if self._summons and self._summons.folder != folder:
            self._summons.close()
            self._summons = None
        if folder and not self._summons:
            self._summons = Summons(folder, self._clock)
