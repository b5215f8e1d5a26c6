"""Whether screen and ingest stay up.

The supervisor starts again whatever dies, within seconds: nobody would notice that it does so all night.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from player.alarms.rules import MINUTE
from player.siblings import NEEDED, PROC, running
from player.units import Nanos

STEADY_AFTER: Final[Nanos] = MINUTE  # the pauses between deaths are half a minute at most


class Siblings:
    """Remembers since when each of the others has been the same process. Used by one thread."""

    def __init__(self, *, proc: Path = PROC, parent: int | None = None) -> None:
        self._proc = proc
        self._parent = parent
        self._since: dict[str, tuple[int, Nanos]] = {}
        self._are_known = False
        self._began: Nanos | None = None

    def look(self, now: Nanos) -> Mapping[str, bool] | None:
        """Return of each whether it has been the same process for a minute at *now* (monotonic).

        None: nobody can say, for this is no player's process, the kernel does not tell, or we have not looked for a minute.
        """
        found = running(proc=self._proc, parent=self._parent)
        if found is None:
            return None
        self._are_known = self._are_known or any(name in found for name in NEEDED)
        if not self._are_known:
            return None
        for name in NEEDED:
            number = found.get(name)
            if number is None:
                self._since.pop(name, None)
            elif self._since.get(name, (None, 0))[0] != number:
                self._since[name] = (number, now)
        if self._began is None:
            self._began = now
        if now - self._began < STEADY_AFTER:
            return None
        return {name: name in self._since and now - self._since[name][1] >= STEADY_AFTER for name in NEEDED}
