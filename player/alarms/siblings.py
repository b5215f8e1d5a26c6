"""Whether the player's other processes stay up, by what the kernel says of the children of our own parent.

The supervisor starts again whatever dies, within seconds: nobody would notice that it does so all night.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

from player.alarms.rules import MINUTE
from player.units import Nanos

NAMES: Final = ("screen", "ingest")
"""As the command line calls them, after `python -m player`."""
STEADY_AFTER: Final[Nanos] = MINUTE  # the pauses between deaths are half a minute at most
MAX_BYTES: Final = 4096  # of a command line: what counts is its beginning

_PROC: Final = Path("/proc")


class Siblings:
    """Remembers since when each of the others has been the same process. Used by one thread."""

    def __init__(self, *, proc: Path = _PROC, parent: int | None = None) -> None:
        self._proc = proc
        self._parent = os.getppid() if parent is None else parent
        self._since: dict[str, tuple[int, Nanos]] = {}
        self._are_known = False
        self._began: Nanos | None = None

    def look(self, now: Nanos) -> Mapping[str, bool] | None:
        """Return of each whether it has been the same process for a minute at *now* (monotonic).

        None: nobody can say, for this is no player's process, the kernel does not tell, or we have not looked for a minute.
        """
        found = self._found()
        if found is None:
            return None
        self._are_known = self._are_known or bool(found)
        if not self._are_known:
            return None
        for name in NAMES:
            number = found.get(name)
            if number is None:
                self._since.pop(name, None)
            elif self._since.get(name, (None, 0))[0] != number:
                self._since[name] = (number, now)
        if self._began is None:
            self._began = now
        if now - self._began < STEADY_AFTER:
            return None
        return {name: name in self._since and now - self._since[name][1] >= STEADY_AFTER for name in NAMES}

    def _found(self) -> dict[str, int] | None:
        try:
            task = self._proc / str(self._parent) / "task" / str(self._parent) / "children"
            numbers = [int(each) for each in task.read_text("ascii").split()]
        except (OSError, ValueError):
            return None
        found: dict[str, int] = {}
        for number in numbers:
            with suppress(OSError), (self._proc / str(number) / "cmdline").open("rb") as file:
                name = _name(file.read(MAX_BYTES).split(b"\0"))
                if name:
                    found[name] = number
        return found


def _name(words: list[bytes]) -> str:
    """Return which of the player's processes was started by these words; empty when it is none of them."""
    for option, module, name in zip(words, words[1:], words[2:], strict=False):
        if (option, module) == (b"-m", b"player") and name.decode("ascii", "replace") in NAMES:
            return name.decode("ascii")
    return ""
