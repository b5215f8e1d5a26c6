"""Where words fit on an output: clear of windows, of the outline, and of what lies off the display."""

from __future__ import annotations

from functools import lru_cache
from math import ceil, floor
from typing import Final, NamedTuple, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from player.output.mapping import landing, outline
from player.output.mask import inside
from player.output.shape import Mask, Point, Seat, Shape
from player.units import Size

Flags: TypeAlias = NDArray[np.bool_]

CELL_PX: Final = 8  # of the grid that is searched: less than any word's height, and a 4K output has 130 000 of them
_REMEMBERED: Final = 16  # outputs, whose dark places are asked for in every frame: 2 MB each at 1920x1080


class Found(NamedTuple):
    """A place for words."""

    middle: Point
    dark_cells: int
    """How many cells of it have no light; 0: all of it can be read."""


def inside_any(masks: tuple[Mask, ...], size: Size) -> Flags:
    """Return the pixels inside of any of these masks: exactly those that the finished picture leaves dark for them."""
    found = np.zeros((size.height, size.width), np.bool_)
    for mask in masks:
        found |= inside(mask.points, size)
    return found


@lru_cache(_REMEMBERED)
def unlit(shape: Shape, size: Size) -> Flags:
    """Return where an output gives no light, and a pixel round that: a centre on the very edge of a mask has none either."""
    keeps = tuple(mask for mask in shape.masks if mask.kind == "keep")
    drops = tuple(mask for mask in shape.masks if mask.kind in ("drop", "lock"))
    dark = ~inside(outline(shape), size) | inside_any(drops, size)
    if keeps:
        dark |= ~inside_any(keeps, size)
    return _wider(dark, 3)


@lru_cache(_REMEMBERED)
def dark_cells(shape: Shape, size: Size) -> Flags:
    """Return the cells of an output, in its own pixels, that have a place without light."""
    return in_cells(unlit(shape, size))


@lru_cache(_REMEMBERED)
def dark_cells_of_crop(seat: Seat, shape: Shape) -> Flags:
    """Return the cells of an output's crop of the canvas that land, at least in part, where it gives no light."""
    crop, size = seat.crop, seat.size
    upright = size if seat.rotate in (0, 180) else Size(size.height, size.width)
    pitch = CELL_PX * max(1.0, upright.width / crop.width, upright.height / crop.height)
    dark = _wider(unlit(shape, size), 2 * ceil(pitch / 2) + 1)
    left, top = max(0, floor(crop.x)), max(0, floor(crop.y))
    columns, rows = ceil((ceil(crop.right) - left) / CELL_PX), ceil((ceil(crop.bottom) - top) / CELL_PX)
    # The last cell may be cut: what is asked of is always within the crop.
    x = np.minimum(left + (np.arange(columns, dtype=np.float64) + 0.5) * CELL_PX, crop.right - 0.5)
    y = np.minimum(top + (np.arange(rows, dtype=np.float64) + 0.5) * CELL_PX, crop.bottom - 0.5)
    # What has no end is taken far off the display first: no whole number is as large.
    places = np.floor(np.clip(landing(seat, shape, x, y), -1, max(size) + 1)).astype(np.intp)
    across, down = places[..., 0], places[..., 1]
    off = (across < 0) | (across >= size.width) | (down < 0) | (down >= size.height)
    return off | dark[np.clip(down, 0, size.height - 1), np.clip(across, 0, size.width - 1)]


def in_cells(dark: Flags) -> Flags:
    """Return the cells of which any pixel is *dark*."""
    height, width = dark.shape
    whole = np.zeros((ceil(height / CELL_PX) * CELL_PX, ceil(width / CELL_PX) * CELL_PX), np.bool_)
    whole[:height, :width] = dark
    return np.asarray(whole.reshape(whole.shape[0] // CELL_PX, CELL_PX, -1, CELL_PX).any(axis=(1, 3)), np.bool_)


def place(dark: Flags, width: float, height: float, wanted: Point) -> Found:
    """Return where a box goes: where least of it is *dark* (cells), and of such places the nearest to *wanted*, its middle."""
    rows, columns = dark.shape
    # A cell more than it takes, for the box may begin within one.
    across, down = min(columns, ceil(width / CELL_PX) + 1), min(rows, ceil(height / CELL_PX) + 1)
    if not dark.any():
        return Found(wanted, 0)
    sums = np.asarray(cv2.integral(dark.view(np.uint8)), np.int64)
    counts = sums[down:, across:] - sums[:-down, across:] - sums[down:, :-across] + sums[:-down, :-across]
    x = (np.arange(counts.shape[1], dtype=np.float64) + across / 2) * CELL_PX
    y = (np.arange(counts.shape[0], dtype=np.float64) + down / 2) * CELL_PX
    away = (x[None, :] - wanted.x) ** 2 + (y[:, None] - wanted.y) ** 2
    least = int(counts.min())
    row, column = np.unravel_index(np.argmin(np.where(counts == least, away, np.inf)), away.shape)
    return Found(Point(float(x[column]), float(y[row])), least)


def _wider(dark: Flags, side: int) -> Flags:
    return np.asarray(cv2.dilate(dark.view(np.uint8), np.ones((side, side), np.uint8)), np.uint8).view(np.bool_)
