"""What the screen says of itself once a second, as others hear it: read from the data folder, and asked whether it is of now."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final, cast

from player.library import record_file
from player.units import SECOND, Nanos

STATUS: Final = "status.json"
"""In the data folder: how the screen is, written by it each second."""
FRESH: Final[Nanos] = 5 * SECOND  # a screen that runs says how it is each second
MAX_BYTES: Final = 65_536  # it is 1 kB


def heard(folder: Path) -> Mapping[str, object]:
    """Return what the screen whose data *folder* this is said last; nothing where it never said anything that can be read."""
    found = record_file.read(folder / STATUS, MAX_BYTES)
    return cast("Mapping[str, object]", found) if isinstance(found, dict) else {}


def is_of_now(said: Mapping[str, object], now: Nanos) -> bool:
    """Whether what was *said* is how it is: a screen runs."""
    said_at = said.get("at")
    return isinstance(said_at, int) and abs(now - said_at) < FRESH
