"""Walls with masks on them, and the stages that they leave."""

from __future__ import annotations

from typing import Final

from player.output.shape import Box, Mask, MaskKind, Point, Seat, Shape, whole
from player.show.slide import Stage
from player.staging import stage_for
from player.units import Rect, Size

FULL_HD: Final = Size(1920, 1080)


def box(x: float, y: float, width: float, height: float) -> tuple[Point, ...]:
    """Return a rectangle as a polygon."""
    return Point(x, y), Point(x + width, y), Point(x + width, y + height), Point(x, y + height)


def masks(kind: MaskKind, *polygons: tuple[Point, ...]) -> tuple[Mask, ...]:
    """Return a mask of each polygon."""
    return tuple(Mask(f"{kind}-{i}", kind, points) for i, points in enumerate(polygons))


def output(*of: Mask, canvas: Size = FULL_HD, crop: Box | None = None, size: Size = FULL_HD) -> tuple[Seat, Shape]:
    """Return an output that shows its crop as it is, but for masks."""
    return Seat(canvas, crop or Rect(0.0, 0.0, *map(float, canvas)), size), Shape(whole(size), masks=of)


SIX: Final = tuple(box(200 + 600 * column, y, 240, 300) for column in range(3) for y in (130, 620))
"""Windows in two rows."""
GAP: Final = Size(3840, 1080)

OUTPUTS: Final[dict[str, tuple[tuple[Seat, Shape], ...]]] = {
    "six windows": (output(*masks("drop", *SIX)),),
    "left two thirds": (output(*masks("keep", (Point(60, 180), Point(1270, 40), Point(1270, 1060), Point(60, 1060)))),),
    "no words below": (output(*masks("text", box(0, 760, 1920, 320))),),
    "a door": (output(*masks("lock", box(780, 560, 360, 520))),),
    "a tall wall with windows": (
        output(*masks("drop", box(620, 300, 260, 300), box(200, 900, 300, 260)), canvas=Size(1080, 1920), size=Size(1080, 1920)),
    ),
    "a gap": (
        output(canvas=GAP, crop=Rect(0.0, 0.0, 1700.0, 1080.0)),
        output(canvas=GAP, crop=Rect(2140.0, 0.0, 1700.0, 1080.0)),
    ),
}
"""By what they are."""


def stage_of(name: str) -> Stage:
    """Return the stage that a wall leaves."""
    outputs = OUTPUTS[name]
    return stage_for(outputs[0][0].canvas, outputs)
