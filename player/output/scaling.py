"""A shape on a display of another size than it was made for: everything keeps its place in proportion."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from player.output.refusals import MAX_FEATHER_PX
from player.output.shape import Mask, Point, Shape
from player.units import Size


def scaled(shape: Shape, made_for: Size, size: Size) -> Shape:
    """Return *shape*, which was *made_for* an output of that size, for one of *size*, both in output pixels.

    Mesh and blends stay as they are: they are measured in the unit square and on the canvas. A feather grows to the widest
    there is at most: what was sound where somebody wrote it stays so.
    """
    if made_for == size:
        return shape
    x, y = size.width / made_for.width, size.height / made_for.height
    p0, p1, p2, p3 = _moved(shape.corners, x, y)
    return replace(shape, corners=(p0, p1, p2, p3), masks=tuple(_stretched(mask, x, y) for mask in shape.masks))


def _stretched(mask: Mask, x: float, y: float) -> Mask:
    return replace(mask, points=_moved(mask.points, x, y), feather_px=min(MAX_FEATHER_PX, mask.feather_px * (x + y) / 2))


def _moved(points: Sequence[Point], x: float, y: float) -> tuple[Point, ...]:
    return tuple(Point(point.x * x, point.y * y) for point in points)
