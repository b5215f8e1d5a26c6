"""The player's processes: which are up, which were started again, and which do not stay up."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from player.siblings import NEEDED, PROC, running
from player.units import SECOND, Nanos

CALLED: Final[Mapping[str, str]] = {"alarm": "alarms", "fleetlink": "fleet"}
"""What people call a process whose word on the command line is another."""
STEADY_AFTER: Final[Nanos] = 60 * SECOND  # the pauses between deaths are half a minute at most


@dataclass(frozen=True, slots=True)
class Process:
    """One of them."""

    name: str
    is_up: bool
    restarts: int
    """Since the console began to look."""
    is_steady: bool
    """It is up, and was not started again within the last minute."""


class Processes:
    """Remembers which process had which number. Safe to use from every thread."""

    def __init__(self, *, proc: Path = PROC, parent: int | None = None) -> None:
        self._proc = proc
        self._parent = parent
        self._lock = threading.Lock()
        self._numbers: dict[str, int | None] = {}
        self._restarts: dict[str, int] = {}
        self._again_at: dict[str, Nanos] = {}

    def look(self, now: Nanos) -> tuple[Process, ...]:
        """Return how each is at *now* (monotonic) that was ever seen, and those without which there is no player.

        Nothing where the kernel does not tell, or this is no player's process.
        """
        found = running(proc=self._proc, parent=self._parent)
        if found is None:
            return ()
        with self._lock:
            if any(name in found for name in NEEDED):
                self._numbers = dict.fromkeys(NEEDED) | self._numbers
            for name, number in found.items():
                before = self._numbers.get(name)
                if before not in (None, number):
                    self._restarts[name] = self._restarts.get(name, 0) + 1
                    self._again_at[name] = now
                self._numbers[name] = number
            return tuple(self._one(name, now, is_up=name in found) for name in sorted(self._numbers))

    def _one(self, name: str, now: Nanos, *, is_up: bool) -> Process:
        again_at = self._again_at.get(name)
        is_steady = is_up and (again_at is None or now - again_at >= STEADY_AFTER)
        return Process(CALLED.get(name, name), is_up, self._restarts.get(name, 0), is_steady)
