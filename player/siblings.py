"""The player's own processes, by what the kernel says of the children of one parent: which run, and under which numbers."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import Final

NEEDED: Final = ("screen", "ingest")
"""Without these there is no player, as the command line calls them; where neither was ever seen, this is no player's process."""
NAMES: Final = (*NEEDED, "projector", "alarm", "console", "film", "broadcast", "fleetlink")
"""All that there may be, after `python -m player`."""
PROC: Final = Path("/proc")
MAX_BYTES: Final = 4096  # of a command line: what counts is its beginning


def running(*, proc: Path = PROC, parent: int | None = None) -> dict[str, int] | None:
    """Return the numbers of the player's processes by name, as far as *parent* (our own) has started them.

    None: the kernel does not tell.
    """
    parent = os.getppid() if parent is None else parent
    try:
        children = proc / str(parent) / "task" / str(parent) / "children"
        numbers = [int(each) for each in children.read_text("ascii").split()]
    except (OSError, ValueError):
        return None
    found: dict[str, int] = {}
    for number in numbers:
        with suppress(OSError), (proc / str(number) / "cmdline").open("rb") as file:
            name = _name(file.read(MAX_BYTES).split(b"\0"))
            if name:
                found[name] = number
    return found


def _name(words: list[bytes]) -> str:
    """Return which process was started by these words; empty when it is none of ours."""
    for option, module, name in zip(words, words[1:], words[2:], strict=False):
        if (option, module) == (b"-m", b"player"):
            return next((known for known in NAMES if known.encode() == name), "")
    return ""
