"""Where an output may give light: polygons with soft edges, and the border of the picture itself.

A pixel belongs to the side that its centre is on. All ramps lie on the side with light, so that inside a window the
coverage is exactly 0, and no rounding, dither or black lift can find anything to add to.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, floor
from typing import Final

import numpy as np
from numpy.typing import NDArray

from player.output.homography import Doubles, Floats, centres
from player.output.mapping import outline
from player.output.refusals import check_masks, sides
from player.output.shape import Mask, Point, Shape
from player.output.stepwise import Step, go_on
from player.units import Size

SMOOTHING_PX: Final = 0.5  # a hard edge ramps from the edge to the first pixel that lies wholly in the light


def coverage(shape: Shape, size: Size, step: Step = go_on) -> Floats:
    """Return how much light each pixel of an output of *size* may give: height x width, 0 to 1, linear.

    Exactly 0 where light must never be: outside the picture, outside every `keep`, inside every `drop` and `lock`.

    Raises:
        GeometryError: a mask or the shape cannot be.
    """
    found = masked(shape.masks, size, step)
    step()
    border = outline(shape)
    np.minimum(found, _ramp(border, size, SMOOTHING_PX) * inside(border, size), out=found)
    return found


def masked(masks: Sequence[Mask], size: Size, step: Step = go_on) -> Floats:
    """Return what the masks alone leave of an output of *size*: height x width, 0 to 1.

    Raises:
        GeometryError: one of them cannot be.
    """
    check_masks(masks)
    keeps = [mask for mask in masks if mask.kind == "keep"]
    found = np.full((size.height, size.width), 0.0 if keeps else 1.0, np.float32)
    for mask in keeps:
        step()
        np.maximum(found, lit(mask, size), out=found)
    for mask in masks:
        if mask.kind in ("drop", "lock"):
            step()
            np.minimum(found, lit(mask, size), out=found)
    return found


def lit(mask: Mask, size: Size) -> Floats:
    """Return the light that one mask leaves: 0 on its dark side, smoothly to 1 over its feather on the other."""
    is_light = inside(mask.points, size)
    if mask.kind != "keep":
        is_light = ~is_light
    return _ramp(mask.points, size, max(mask.feather_px, SMOOTHING_PX)) * is_light


def inside(points: Sequence[Point], size: Size) -> NDArray[np.bool_]:
    """Return which pixels of an output of *size* have their centre inside the polygon, by the even-odd rule."""
    found = np.zeros((size.height, size.width), np.bool_)
    left, right = (_first_centre(edge(p.x for p in points), size.width) for edge in (min, max))
    first, beyond = (_first_centre(edge(p.y for p in points), size.height) for edge in (min, max))
    crossings = np.zeros((beyond - first, right - left + 1), np.uint8)
    for a, b in sides(points):
        top, bottom = (a, b) if a.y < b.y else (b, a)
        rows = np.arange(_first_centre(top.y, size.height), _first_centre(bottom.y, size.height))
        if rows.size:
            x = top.x + (rows + 0.5 - top.y) * ((bottom.x - top.x) / (bottom.y - top.y))
            columns = np.clip(np.ceil(x - 0.5), left, right).astype(np.intp)
            crossings[rows - first, columns - left] += np.uint8(1)
    found[first:beyond, left:right] = np.cumsum(crossings[:, :-1], axis=1, dtype=np.uint8) & 1
    return found


def _first_centre(edge: float, count: int) -> int:
    """Return the first of *count* pixels whose centre is at *edge* or beyond."""
    return min(max(ceil(edge - 0.5), 0), count)


def _ramp(points: Sequence[Point], size: Size, width_px: float) -> Floats:
    """Return 0 on the sides of a polygon, smoothly to 1 at *width_px* from them, whichever way."""
    squared = np.ones((size.height, size.width), np.float32)  # in units of the width, so that full light is exactly 1
    for a, b in sides(points):
        left, right = (floor(min(a.x, b.x) - width_px), ceil(max(a.x, b.x) + width_px))
        top, bottom = (floor(min(a.y, b.y) - width_px), ceil(max(a.y, b.y) + width_px))
        left, right, top, bottom = max(left, 0), min(right, size.width), max(top, 0), min(bottom, size.height)
        if left < right and top < bottom:
            part = squared[top:bottom, left:right]
            away = _squared_distance(a, b, centres(left, right), centres(top, bottom))
            np.minimum(part, away / np.float32(width_px**2), out=part)
    ramp = np.sqrt(squared, out=squared)
    if width_px > SMOOTHING_PX:
        ramp *= ramp * (3 - 2 * ramp)
    return ramp


def _squared_distance(a: Point, b: Point, x: Doubles, y: Doubles) -> Floats:
    """Return the squared distance of the crossings of *x* and *y* to the stretch from *a* to *b*."""
    along = np.array([b.x - a.x, b.y - a.y], np.float64)
    length = float(np.hypot(*along)) or 1.0
    along /= length
    dx, dy = (x - a.x).astype(np.float32), (y - a.y).astype(np.float32)[:, None]
    ahead = dx * np.float32(along[0]) + dy * np.float32(along[1])
    aside = dx * np.float32(along[1]) - dy * np.float32(along[0])
    past = np.maximum(np.maximum(-ahead, ahead - np.float32(length)), np.float32(0))
    return (aside * aside + past * past).astype(np.float32, copy=False)
