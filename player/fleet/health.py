"""How the machine is: its disk, its heat, its clock. Read in one go, each as far as it can be told."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

from player.timekeeping import ClockOffset, ClockState, Kept, ask_kernel, offset_of, state_of

THERMAL: Final = Path("/sys/class/thermal")
MAX_ZONES: Final = 32  # a server board has a dozen
MAX_BYTES: Final = 32  # of one: `47123` and a line's end
HOTTEST: Final = 150  # °C; what says more is no thermometer, or a broken one
MB: Final = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """How it is. None: nobody can tell."""

    free_mb: int | None
    """On the disk that the data folder is on."""
    hottest_c: int | None
    """The hottest of its thermometers."""
    clock: ClockState
    offset: ClockOffset | None


def health(folder: Path, *, thermal: Path = THERMAL, kernel: Callable[[], Kept | None] = ask_kernel) -> Health:
    """Return how the machine is that the data *folder* is on."""
    kept = kernel()
    return Health(free_mb=free_mb(folder), hottest_c=hottest(thermal), clock=state_of(kept), offset=offset_of(kept))


def free_mb(folder: Path) -> int | None:
    """Return how much of a folder's disk is free, in millions of bytes."""
    with suppress(OSError):
        return shutil.disk_usage(folder).free // MB
    return None


def hottest(thermal: Path = THERMAL) -> int | None:
    """Return what the hottest thermometer shows, in whole degrees Celsius; the kernel has thousandths."""
    found: list[int] = []
    for zone in islice(thermal.glob("thermal_zone*"), MAX_ZONES):
        with suppress(OSError, ValueError), (zone / "temp").open("rb") as file:
            found.append(int(file.read(MAX_BYTES)) // 1000)
    return max((each for each in found if 0 < each <= HOTTEST), default=None)
