"""How bright the wall is at an instant: a ramp from wherever it was. A function of time, as everything that is seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from player.show.transition import fade
from player.units import MILLISECOND, SECOND, Nanos

SWITCH: Final[Nanos] = 300 * MILLISECOND  # soft enough not to look like a fault, short enough to be at once
DIM: Final[Nanos] = SECOND  # from one brightness to another nobody is in a hurry
ROUNDING: Final[Nanos] = MILLISECOND  # by which the frames of 0.3 s may be longer than that: 18 of a sixtieth are, by 6 ns


@dataclass(frozen=True, slots=True)
class Ramp:
    """The way from one brightness to another, 0 to 1."""

    first: float
    last: float
    start: Nanos = 0
    length: Nanos = 0

    @property
    def end(self) -> Nanos:
        """From when on nothing changes."""
        return self.start + self.length


LIT: Final = Ramp(1.0, 1.0)


def level_at(ramp: Ramp, t: Nanos) -> float:
    """Return how bright it is at *t*: not rounded, for a façade is dithered, and a step of light may be less than a code."""
    k = fade(t, ramp.start, ramp.length)
    return ramp.first + (ramp.last - ramp.first) * k


def turned(ramp: Ramp, last: float, t: Nanos, *, frame: Nanos = 0) -> Ramp:
    """Return the way to *last* from wherever *ramp* is at *t*; the same ramp, when it leads there already.

    To and from black takes 0.3 s, and less where those are no whole number of frames of length *frame*: at 25 a second the wall
    would be black only with the eighth of them.
    """
    if ramp.last == last:
        return ramp
    length = SWITCH if 0.0 in {ramp.last, last} else DIM
    return Ramp(level_at(ramp, t), last, t, (length + ROUNDING) // frame * frame if frame else length)
