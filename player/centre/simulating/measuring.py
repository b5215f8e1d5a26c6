"""Memory and processor time of programs, from /proc; and the small sums that verdicts are made of."""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from player.units import Seconds

_TICKS: Final = os.sysconf("SC_CLK_TCK")
_PAGE: Final = os.sysconf("SC_PAGE_SIZE")
_UTIME, _STIME, _RSS = 11, 12, 21  # of /proc/PID/stat behind the name, from 0; proc(5)


@dataclass(frozen=True, slots=True)
class Use:
    """What a program has used."""

    cpu_s: Seconds = 0.0
    memory_mb: float = 0.0
    """Resident now."""

    def __add__(self, other: Use) -> Use:
        """Return both together."""
        return Use(self.cpu_s + other.cpu_s, self.memory_mb + other.memory_mb)


def use(pid: int, *, children: bool = True) -> Use:
    """Return what the process *pid* (0: this one) and its children use; nothing of one that is gone."""
    pid = pid or os.getpid()
    try:
        stat = Path(f"/proc/{pid}/stat").read_text("ascii", "replace").rpartition(")")[2].split()
        below = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split() if children else []
    except OSError:
        return Use()
    own = Use((int(stat[_UTIME]) + int(stat[_STIME])) / _TICKS, int(stat[_RSS]) * _PAGE / 1e6)
    return sum((use(int(child)) for child in below), own)


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value that *share* of *values* do not exceed (nearest rank); not a number for none."""
    if not values:
        return math.nan
    ranked = sorted(values)
    return ranked[max(0, math.ceil(share * len(ranked)) - 1)]
