"""Wall and monotonic time: the only module that reads either, or waits.

Wall time decides what is on; monotonic time paces frames, holds and fades.
"""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Protocol

from player.units import SECOND, Nanos


class Clock(Protocol):
    """What reads time. Everything that needs the time of day is given one."""

    def wall(self) -> Nanos:
        """Return UTC as nanoseconds since 1970; may jump when the machine's clock is set."""
        ...

    def monotonic(self) -> Nanos:
        """Return nanoseconds that never jump, from an unknown beginning."""
        ...

    def wait(self, until: threading.Event, length: Nanos) -> bool:
        """Wait at most *length* for *until* to be set; return whether it was."""
        ...


def boot() -> str:
    """Return which start of the machine this is; monotonic times of another one cannot be compared. Empty: nobody knows."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
    except OSError:
        return ""


def process_time() -> Nanos:
    """Return how much of the processors this process has used, in nanoseconds."""
    return time.process_time_ns()


class SystemClock:
    """The machine's own clocks."""

    def wall(self) -> Nanos:
        """Return UTC as nanoseconds since 1970."""
        return time.time_ns()

    def monotonic(self) -> Nanos:
        """Return nanoseconds that never jump."""
        return time.monotonic_ns()

    def wait(self, until: threading.Event, length: Nanos) -> bool:
        """Wait at most *length* for *until* to be set; return whether it was."""
        return until.wait(max(0, length) / SECOND)
