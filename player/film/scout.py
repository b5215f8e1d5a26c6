"""The thread in which films are looked at and heard ahead of their show: behind everything else that the machine does."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from player.clock import Clock
from player.film.facts import Facts
from player.units import SECOND, Nanos

RANK: Final = 15  # as for `nice`: a show without this film is still a show
AGAIN: Final[Nanos] = 30 * SECOND  # a film may be copied into its place at any time; to see whether, nothing is opened
STOPPED_WITHIN_S: Final = 2.0  # seconds


class Scout:
    """Looks at the films of one configuration, again and again, until it is stopped."""

    def __init__(self, folder: Path, films: Iterable[str], *, target: float | None, clock: Clock) -> None:
        """Keep in the data *folder* what is found of *films*; *target* as for `Facts.look`."""
        self._folder, self._films, self._target, self._clock = folder, tuple(films), target, clock
        self._stopped = threading.Event()
        self._before: Scout | None = None
        self._thread = threading.Thread(target=self._run, name="looking at films")

    def start(self, before: Scout | None = None) -> None:
        """Begin, after the one *before*, which has been told to stop, has ended."""
        self._before = before
        self._thread.start()

    def end(self) -> None:
        """Tell it to stop, and wait for nothing."""
        self._stopped.set()

    def wait(self) -> None:
        """Wait until it has ended."""
        self._thread.join()

    def stop(self) -> None:
        """Stop it, and wait a little; a look at a film goes on for seconds, and ends with the process."""
        self.end()
        self._thread.join(STOPPED_WITHIN_S)

    def _run(self) -> None:
        before, self._before = self._before, None
        if before is not None:
            before.wait()
        # This thread alone, and what it starts: sound, which another one plays, gives way to nobody.
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), RANK)
        facts = Facts(self._folder, self._clock, self._stopped)
        while not self._stopped.is_set():
            facts.look(self._films, target=self._target)
            self._clock.wait(self._stopped, AGAIN)
