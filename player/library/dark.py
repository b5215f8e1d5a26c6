"""Dark on demand, whatever else hangs: an empty file in the data folder, and nothing to wait for.

A process that is stuck may hold the orders for ever. So whoever wants the wall dark leaves this file besides; the screen looks
for it with every frame, obeys it, and takes it away once the darkness is on record. A person can make it by hand:
`touch DATA/dark`.
"""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Final

from player.errors import LibraryError

NAME: Final = "dark"


def demand(folder: Path) -> None:
    """Leave the file.

    Raises:
        LibraryError: not even that can be written.
    """
    try:
        (folder / NAME).touch()
    except OSError as error:
        raise LibraryError(f"{folder / NAME} cannot be written: {error.strerror}") from error


def demanded(folder: Path) -> int | None:
    """Return which demand lies there, as a number that differs from one to the next; None: there is none."""
    try:
        return (folder / NAME).stat().st_mtime_ns
    except OSError:
        return None


def take_away(folder: Path, demand: int | None = None) -> None:
    """Take the file away, if the disk lets us; if it is this *demand* alone, where one is given."""
    if demand is not None and demanded(folder) != demand:
        return
    with contextlib.suppress(OSError):
        (folder / NAME).unlink()
