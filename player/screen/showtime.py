"""The show's own time: wall time once, monotonic from there, so that a clock step never disturbs a picture."""

from __future__ import annotations

from typing import Final

from player.clock import Clock
from player.units import MILLISECOND, SECOND, Nanos

STEP: Final[Nanos] = 250 * MILLISECOND  # beyond what a clock that is being steered drifts within a second
CHECK_EVERY: Final[Nanos] = SECOND


class ShowTime:
    """Wall time as it would be if nobody ever set the clock."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._anchor = clock.wall() - clock.monotonic()
        self._next_check = clock.monotonic() + CHECK_EVERY

    def now(self, monotonic: Nanos) -> Nanos:
        """Return the show's time at *monotonic*."""
        return self._anchor + monotonic

    def step(self, monotonic: Nanos) -> Nanos:
        """Return by how much the clock was set since the last look; cues are then moved by as much."""
        if monotonic < self._next_check:
            return 0
        self._next_check = monotonic + CHECK_EVERY
        moved = self._clock.wall() - self._clock.monotonic() - self._anchor
        if abs(moved) <= STEP:
            return 0
        self._anchor += moved
        return moved
