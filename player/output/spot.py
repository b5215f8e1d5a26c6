"""Where on a display an output is: all of it, or a slice of an LED wall."""

from __future__ import annotations

from typing import NamedTuple


class Spot(NamedTuple):
    """A part of a display, in its own whole pixels."""

    left: int
    top: int
    width: int
    height: int

    @property
    def right(self) -> int:
        """The first column beyond it."""
        return self.left + self.width

    @property
    def bottom(self) -> int:
        """The first row beyond it."""
        return self.top + self.height

    def meets(self, other: Spot) -> bool:
        """Whether the two have a pixel in common."""
        across = min(self.right, other.right) > max(self.left, other.left)
        return across and min(self.bottom, other.bottom) > max(self.top, other.top)
