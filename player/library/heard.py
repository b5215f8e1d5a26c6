"""What the screen says of itself once a second, as others hear it: read from the data folder, and asked whether it is of now.

How old it is goes by the machine's monotonic time: whatever becomes of the time of day, and however far the clocks of two
processes are believed, a word of this start of the machine has an age, and one of another start has none.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final, cast

from player.clock import Clock, boot
from player.library import record_file
from player.units import SECOND, Nanos

STATUS: Final = "status.json"
"""In the data folder: how the screen is, written by it each second."""
FRESH: Final[Nanos] = 5 * SECOND  # a screen that runs says how it is each second
MAX_BYTES: Final = 262_144  # it is 2 kB; two mosaics of 120 photos whose ids are long addresses come to 130 kB


def dated(told: Mapping[str, object], monotonic: Nanos) -> dict[str, object]:
    """Return what a screen is about to say, with what its age is told by."""
    return {**told, "boot": boot(), "monotonic": monotonic}


def heard(folder: Path) -> Mapping[str, object]:
    """Return what the screen whose data *folder* this is said last; nothing where it never said anything that can be read."""
    found = record_file.read(folder / STATUS, MAX_BYTES)
    return cast("Mapping[str, object]", found) if isinstance(found, dict) else {}


def age(said: Mapping[str, object], clock: Clock) -> Nanos | None:
    """Return for how long nothing more was *said*; None: nobody knows, for it was before the machine started, or never."""
    if "boot" in said:
        then, now = said.get("monotonic"), clock.monotonic()
        if said["boot"] != boot():
            return None
    else:  # a screen of an earlier version tells the time of day alone
        then, now = said.get("at"), clock.wall()
    if not isinstance(then, int) or then - now >= FRESH:
        return None
    return max(0, now - then)


def is_of_now(said: Mapping[str, object], clock: Clock) -> bool:
    """Whether what was *said* is how it is: a screen runs."""
    found = age(said, clock)
    return found is not None and found < FRESH
