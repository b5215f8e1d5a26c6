"""What may be selected while editing, in which order Tab goes through it, and where it lies on the output."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np

from player.calibration.soundness import BOUNDS
from player.output.homography import applied, homography
from player.output.shape import Mask, Point, Seat, Shape


class Part(StrEnum):
    """What of a shape is edited; the word that operators read."""

    CORNERS = "corner"
    MESH = "mesh point"
    MASKS = "mask"
    BLEND = "blend"
    LIGHT = "light"


WHOLE: Final = -1
"""As the point of a mask: all of them together."""
SIDES: Final = ("left", "right", "top", "bottom")
VALUES: Final = tuple(BOUNDS)


@dataclass(frozen=True, slots=True)
class Spot:
    """What is selected."""

    part: Part = Part.CORNERS
    index: int = 0
    """Of the corner, the mesh point (row by row), the mask, the side of the blend or the value of light."""
    point: int = WHOLE
    """Of a mask's points; nothing else has any."""


@dataclass(frozen=True, slots=True)
class Edited:
    """An output while it is edited."""

    id: str
    seat: Seat
    shape: Shape
    configured: Shape
    """What the configuration says: where a reset leads to."""


def spots(shape: Shape, part: Part) -> tuple[Spot, ...]:
    """Return everything of *part* that can be selected, in Tab's order; empty where there is nothing."""
    match part:
        case Part.MASKS:
            masks = enumerate(shape.masks)
            return tuple(Spot(part, i, point) for i, mask in masks for point in range(WHOLE, len(mask.points)))
        case Part.CORNERS | Part.MESH | Part.BLEND | Part.LIGHT:
            mesh = shape.mesh
            counts = {
                Part.CORNERS: len(shape.corners),
                Part.MESH: mesh.rows * mesh.columns,
                Part.BLEND: len(SIDES),
                Part.LIGHT: len(VALUES),
            }
            return tuple(Spot(part, i) for i in range(counts[part]))


def next_spot(shape: Shape, spot: Spot, by: int) -> Spot:
    """Return the spot *by* presses of Tab further; round and round, within one mask."""
    around = spots(shape, spot.part)
    if spot.part is Part.MASKS:
        around = tuple(each for each in around if each.index == spot.index)
    return around[(around.index(spot) + by) % len(around)] if spot in around else spot


def still(shape: Shape, spot: Spot) -> Spot:
    """Return *spot* if *shape* has it, else what is nearest to it; a corner where a mask is gone."""
    around = spots(shape, spot.part)
    if spot in around:
        return spot
    if spot.part is Part.MASKS:
        # Never another mask: the next key would change somebody else's window.
        around = tuple(each for each in around if each.index == spot.index)
    if not around:
        return Spot()
    return max((each for each in around if _order(each) < _order(spot)), default=around[0], key=_order)


def _order(spot: Spot) -> tuple[int, int]:
    return spot.index, spot.point


def mask_at(shape: Shape, spot: Spot) -> Mask | None:
    """Return the mask that is selected, or whose point is; None: neither."""
    return shape.masks[spot.index] if spot.part is Part.MASKS and spot.index < len(shape.masks) else None


def place_of(shape: Shape, spot: Spot) -> Point | None:
    """Return where *spot* lies, in output pixels; None for what is no place."""
    if spot.part is Part.CORNERS:
        return shape.corners[spot.index]
    if spot.part is Part.MESH:
        return landed(shape, shape.mesh.points[spot.index])
    mask = mask_at(shape, spot)
    if mask is None:
        return None
    return centre(mask) if spot.point == WHOLE else mask.points[spot.point]


def landed(shape: Shape, unit: Point) -> Point:
    """Return where the corners carry a place of the unit square."""
    x, y = applied(homography(shape.corners), np.array(unit, np.float64))
    return Point(float(x), float(y))


def centre(mask: Mask) -> Point:
    """Return the middle of the points of a mask."""
    count = len(mask.points)
    return Point(sum(p.x for p in mask.points) / count, sum(p.y for p in mask.points) / count)


def in_words(shape: Shape, spot: Spot) -> str:
    """Return what is selected, as operators read it."""
    match spot.part:
        case Part.CORNERS:
            return f"corner {spot.index + 1}"
        case Part.MESH:
            row, column = divmod(spot.index, shape.mesh.columns)
            return f"mesh {shape.mesh.columns}x{shape.mesh.rows}, column {column + 1}, row {row + 1}"
        case Part.MASKS:
            mask = shape.masks[spot.index]
            point = "whole" if spot.point == WHOLE else f"point {spot.point + 1} of {len(mask.points)}"
            return f"mask {mask.id} ({mask.kind}), {point}"
        case Part.BLEND:
            return f"blend {SIDES[spot.index]}"
        case Part.LIGHT:
            return f"light {VALUES[spot.index]}"
