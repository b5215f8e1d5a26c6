"""The page that a slide is laid out on: the canvas, its unit and safe area, and what measures its lines."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, Protocol

from player.show.scene import Face
from player.show.slide import Stage
from player.units import Rect, Size

MAX_MARGIN: Final = 0.25  # of the shorter side; on a strip, a margin made for a façade would leave nothing between


class Extent(Protocol):
    """The ink box of a line about its origin (left end of the baseline; y down), in pixels."""

    @property
    def left(self) -> float:
        """The ink's left edge."""
        ...

    @property
    def top(self) -> float:
        """The ink's upper edge; negative above the baseline."""
        ...

    @property
    def right(self) -> float:
        """The ink's right edge."""
        ...

    @property
    def bottom(self) -> float:
        """The ink's lower edge."""
        ...

    @property
    def advance(self) -> float:
        """How far the pen goes."""
        ...


class Measure(Protocol):
    """What knows how wide a line is."""

    def extent(self, text: str, *, language: str, face: Face, size_px: float) -> Extent:
        """Return the ink box of *text* at an em of *size_px*; all zero when nothing of it can be drawn."""
        ...


@dataclass(frozen=True, slots=True)
class Page:
    """A canvas with its measures."""

    canvas: Size
    unit: float
    """U in pixels: the height of a 16:9 canvas of the same area."""
    safe: Rect
    """Where ink may be."""
    measure: Measure


def page_of(stage: Stage, measure: Measure) -> Page:
    """Return the page for *stage*."""
    width, height = stage.canvas
    unit = 0.75 * math.sqrt(width * height)
    margin = min(stage.margin * unit, MAX_MARGIN * min(width, height))
    return Page(stage.canvas, unit, Rect(margin, margin, width - 2 * margin, height - 2 * margin), measure)
