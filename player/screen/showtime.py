"""The show's own time: wall time once, monotonic from there, so that a clock step never disturbs a picture.

Once a second it looks whether the clock was set, and whether it may be believed: both at the same moment, for the schedule must
never be asked by a time that is not believed any more, nor by an old one that is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from player.clock import Clock
from player.library.trusted_time import TrustedClock
from player.timekeeping import NEAR, Belief, ClockState, Reading, believed, clock_state
from player.units import MILLISECOND, SECOND, Nanos

STEP: Final[Nanos] = 250 * MILLISECOND  # beyond what a clock that is being steered drifts within a second
SMALL: Final[Nanos] = 2 * MILLISECOND  # less is noise; walls that are in step follow it, and nobody sees that one did
CHECK_EVERY: Final[Nanos] = SECOND


class ShowTime:
    """Wall time as it would be if nobody ever set the clock."""

    def __init__(
        self,
        clock: Clock,
        ask: Callable[[], Reading] | None = None,
        *,
        belief: Belief | None = None,
        saved: Nanos = 0,
        is_own: bool = False,
        boot: str = "",
    ) -> None:
        """Begin now.

        Args:
            clock: Says what time it is.
            ask: Reads what there is to judge it by; None: it is believed.
            belief: What was held of it by an earlier process since the machine started.
            saved: When a player was last here. No time before that is believed but from a clock that is being kept, or was set
                since, or is the site's own: then the saved time was the wrong one.
            is_own: The site keeps its clock by hand.
            boot: Which start of the machine this is.
        """
        self._ask = ask or (lambda: believable(clock))
        self._saved = saved
        self.is_own = is_own
        self.boot = boot
        self.belief = belief or Belief()
        self.began = clock.monotonic()
        """When (monotonic) this process did."""
        reading = self._ask()
        self._believe(reading)
        self._anchor = _time_of_day(reading) - reading.monotonic
        self._next_check = reading.monotonic + CHECK_EVERY

    def now(self, monotonic: Nanos) -> Nanos:
        """Return the show's time at *monotonic*."""
        return self._anchor + monotonic

    def step(self, monotonic: Nanos, *, is_in_step: bool = False) -> Nanos:
        """Return by how much the clock was set since the last look; cues are then moved by as much.

        While the show is in step with others, the time follows the clock in small steps too: cues stay where they are.
        """
        if monotonic < self._next_check:
            return 0
        self._next_check = monotonic + CHECK_EVERY
        reading = self._ask()
        moved = _time_of_day(reading) - reading.monotonic - self._anchor
        step = moved if abs(moved) > STEP else 0
        if step:
            self._anchor += step
            self._saved = 0  # somebody has just seen to it
        elif is_in_step and abs(moved) >= SMALL:
            again = self._ask()  # who was held up between two clocks has read a step that is none
            sure = min(moved, _time_of_day(again) - again.monotonic - self._anchor, key=abs)
            self._anchor += sure if abs(sure) >= SMALL else 0
        self._believe(reading)
        return step

    def _believe(self, reading: Reading) -> None:
        # A clock kept by hand that was once years ahead would else keep the schedule off until those years are over, though it
        # is right by now: nobody would set it again.
        if self._saved and reading.state is not ClockState.SYNCED and not self.is_own:
            reading = replace(reading, floor=max(reading.floor, self._saved))
        self.belief = believed(self.belief, reading, is_own=self.is_own)
        if not self.belief.why:
            self._saved = 0


def believable(clock: Clock) -> Reading:
    """Return what there is to judge a clock by of which nothing is known but its time."""
    return Reading(own=clock.wall(), monotonic=clock.monotonic(), state=ClockState.HOLDOVER)


def of_this_machine(clock: TrustedClock) -> Reading:
    """Return what there is to judge this machine's clock by; it takes some 20 microseconds."""
    return Reading(own=clock.own(), monotonic=clock.monotonic(), state=clock_state(), floor=clock.floor())


def _time_of_day(reading: Reading) -> Nanos:
    """Return the time to go by: the machine's own, but where that cannot be right, the earliest that can."""
    return reading.own if reading.floor - reading.own <= NEAR else reading.floor
