"""Dark on demand, whatever else hangs: an empty file in the data folder, and nothing to wait for.

A process that is stuck may hold the orders for ever. So whoever wants the wall dark leaves this file besides; the screen looks
for it with every frame, obeys it, and takes it away once the darkness is on record. A person can make it by hand:
`touch DATA/dark`.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from player.errors import LibraryError

NAME: Final = "dark"


def demand(folder: Path) -> None:
    """Leave the file, or leave it anew: each time it is another demand.

    Raises:
        LibraryError: not even that can be written.
    """
    path, before = folder / NAME, demanded(folder)
    try:
        path.touch()
        if before is not None and demanded(folder) == before:  # two within a tick of the file system's clock
            os.utime(path, ns=(before + 1, before + 1))
    except OSError as error:
        raise LibraryError(f"{path} cannot be written: {error.strerror}") from error


def demanded(folder: Path) -> int | None:
    """Return which demand lies there, as a number that differs from one to the next; None: there is none."""
    try:
        return (folder / NAME).stat().st_mtime_ns
    except OSError:
        return None


def take_away(folder: Path, demand: int | None = None) -> bool:
    """Take the file away, if it is this *demand*, where one is given; return whether that lies there no more."""
    if demand is not None and demanded(folder) != demand:
        return True
    try:
        (folder / NAME).unlink(missing_ok=True)
    except OSError:
        return False
    return True
