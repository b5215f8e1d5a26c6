"""When a film's frames come: instants mended where a file is wrong about them, and thinned where there are too many. Pure."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

from player.units import MILLISECOND, SECOND, Nanos

USUAL: Final[Nanos] = SECOND // 25  # between frames, where nothing says otherwise
SMALL_STEP: Final[Nanos] = MILLISECOND // 10  # between two frames that claim the same instant: in order, and nothing shifts
LONGEST_GAP: Final[Nanos] = 10 * SECOND  # without a frame, where the length is unknown: a screen recording's still desktop has it
SLACK: Final[Nanos] = SECOND  # beyond the length that a file claims; containers round it
NEARLY: Final = 0.9  # of a period: WebM writes whole milliseconds, so 60 a second come as 16 and 17


class Mender:
    """Instants of one stream, from zero on and always forward."""

    def __init__(self, *, origin: Nanos, usual: Nanos, length: Nanos | None) -> None:
        """*origin*: what the file calls its beginning; *usual*: between frames; *length* of the film, None: unknown."""
        self._origin = origin
        self._usual = usual
        self._length = length
        self._last: Nanos | None = None
        self._next: Nanos = 0

    def mend(self, claimed: Nanos | None, lasts: Nanos = 0) -> Nanos:
        """Return when a frame comes that *claimed* an instant, or none, and *lasts* so long (0: it did not say).

        What goes back far, or leaps beyond the film's end, begins anew where it was expected; what follows moves with it. So
        a film that jumps goes on without a pause; where picture and sound jump alike they stay together.
        """
        instant = self._next if claimed is None else claimed - self._origin
        if self._last is not None and instant <= self._last:
            if self._last - instant > 2 * self._usual:
                self._origin -= self._next - instant
                instant = self._next
            else:
                instant = self._last + SMALL_STEP
        elif self._last is not None and self._leaps(instant):
            self._origin -= self._next - instant
            instant = self._next
        self._last = instant
        self._next = instant + (lasts if 0 < lasts <= LONGEST_GAP else self._usual)
        return instant

    def _leaps(self, instant: Nanos) -> bool:
        if self._length is not None:
            return instant > self._length + SLACK and instant > self._next + SLACK
        return instant > self._next + LONGEST_GAP


class Thinner:
    """Leaves out frames that no output could show."""

    def __init__(self, rate: float) -> None:
        """*rate*: frames that an output shows in a second."""
        self._step: Nanos = round(NEARLY * SECOND / rate)
        self._last: Nanos | None = None

    def keeps(self, instant: Nanos) -> bool:
        """Whether the frame at *instant* is wanted; asked in order."""
        if self._last is not None and instant - self._last < self._step:
            return False
        self.count(instant)
        return True

    def count(self, instant: Nanos) -> None:
        """Take the frame at *instant* as wanted, unasked."""
        self._last = instant


def in_nanos(ticks: int, base: Fraction) -> Nanos:
    """Return *ticks* of *base* seconds, to the nearest nanosecond."""
    return round(ticks * base * SECOND)
