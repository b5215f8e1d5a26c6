"""How outputs that light the same spot share it, so that the wall is even, in white and in black.

Everything is decided on the canvas, before any warp, and for all outputs of one canvas at once. An output's ramp is
m = f(dx)·f(dy)·mask, its weight w = m / Σm. Ramps are multiplied after f: before it, a four-way corner has half its light.
Weights are of linear light.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor
from typing import Final, TypeAlias, TypeVar, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from player.errors import GeometryError
from player.output.homography import Doubles, Floats, centres
from player.output.mapping import landing
from player.output.mask import inside, masked
from player.output.refusals import check_edges
from player.output.shape import Box, Edges, Seat, Shape
from player.output.stepwise import Step, go_on
from player.units import Size

Flags: TypeAlias = NDArray[np.bool_]
Real = TypeVar("Real", np.float32, np.float64)

_HALF: Final = 0.5  # of its light: an output that gives less at a spot is not counted on there
_TOUCH_PX: Final = 1e-6  # crops that touch do not overlap
_ON_EDGE_PX: Final = 1e-3  # rounding puts what lands on an output's edge a little beyond it


@dataclass(frozen=True, slots=True, eq=False)
class Share:
    """What one output gives of the light on its part of the canvas."""

    left: int
    top: int
    """The canvas pixel that the arrays begin with."""
    weight: Floats
    """height x width: the share of the light, where the output's mask is open; its mask is not in it."""
    scale: Floats
    """height x width: *weight*, less what the black lift takes."""
    offset: Floats
    """height x width: the black lift."""


@dataclass(frozen=True, slots=True, eq=False)
class Blend:
    """What all outputs of one canvas give to it."""

    shares: tuple[Share, ...]
    count: NDArray[np.uint8]
    """Of the whole canvas: how many outputs light each pixel."""


@dataclass(frozen=True, slots=True, eq=False)
class Open:
    """What of a canvas can be used: height x width each."""

    lit: Flags
    """Where an output gives half of its light or more."""
    words: Flags
    """Of that, what lies in no output's `text` mask."""


@dataclass(slots=True, eq=False)
class _Part:
    """One output's part of the canvas while the others are asked."""

    seat: Seat
    shape: Shape
    area: tuple[slice, slice]
    x: Doubles
    y: Doubles
    open: Floats
    """What its masks leave, 0 to 1; 0 too where its light would land beside the output."""
    reaches: Flags
    """Where its projector can throw light, masked or not: there its black is."""


def ramp(x: NDArray[Real], p: float) -> NDArray[Real]:
    """Return f(x): 0 at 0, 1 at 1, and f(x) + f(1-x) = 1. *p* says how steep it is in the middle."""
    low = 0.5 * (2 * np.minimum(x, 1 - x)) ** p
    return cast("NDArray[Real]", np.where(x < _HALF, low, 1 - low))


def overlaps(crops: Sequence[Box], of: int) -> Edges:
    """Return how far the other crops reach into each side of one of them, in canvas pixels."""
    own = crops[of]
    others = [
        crop
        for i, crop in enumerate(crops)
        if i != of
        and min(own.right, crop.right) - max(own.x, crop.x) > _TOUCH_PX
        and min(own.bottom, crop.bottom) - max(own.y, crop.y) > _TOUCH_PX
    ]
    left = (min(own.right, crop.right) - own.x for crop in others if crop.x < own.x - _TOUCH_PX)
    right = (own.right - max(own.x, crop.x) for crop in others if crop.right > own.right + _TOUCH_PX)
    top = (min(own.bottom, crop.bottom) - own.y for crop in others if crop.y < own.y - _TOUCH_PX)
    bottom = (own.bottom - max(own.y, crop.y) for crop in others if crop.bottom > own.bottom + _TOUCH_PX)
    return Edges(*(max(side, default=0.0) for side in (left, right, top, bottom)))


def blended(outputs: Sequence[tuple[Seat, Shape]], step: Step = go_on) -> Blend:
    """Return what each output gives to the canvas that they share; *step* is called now and then.

    Raises:
        GeometryError: a shape, a mask or a blend cannot be; or the outputs have not the same canvas.
    """
    if not outputs:
        raise ValueError("A blend is of one output at least.")
    canvas = outputs[0][0].canvas
    if any(seat.canvas != canvas for seat, _ in outputs):
        raise GeometryError("Outputs that share their light must share a canvas.")
    parts = [_part(seat, shape, step) for seat, shape in outputs]
    shape = (canvas.height, canvas.width)
    count, black = np.zeros(shape, np.uint8), np.zeros(shape, np.float32)
    brightest = np.zeros(shape, np.float32)
    for part in parts:
        count[part.area] += part.open > 0
        black[part.area] += part.reaches * np.float32(part.shape.light.black)
        np.maximum(brightest[part.area], part.open, out=brightest[part.area])
    counted_on = np.zeros(shape, np.uint8)
    for part in parts:
        counted_on[part.area] += part.open >= _HALF
    ramps: list[tuple[Floats, Floats]] = []
    for i, part in enumerate(parts):
        step()
        ramps.append(_ramps(part, [each.crop for each, _ in outputs], i, counted_on))
    total = np.zeros(shape, np.float32)
    for part, (own, _) in zip(parts, ramps, strict=True):
        total[part.area] += own * part.open
    darkest = float(black[brightest > 0].max(initial=0.0))
    shares: list[Share] = []
    for part, both in zip(parts, ramps, strict=True):
        step()
        shares.append(_share(part, both, (total, brightest, black), darkest))
    return Blend(tuple(shares), count)


def wall(outputs: Sequence[tuple[Seat, Shape]], lights: Sequence[Floats]) -> Floats:
    """Return what the wall gets of all outputs together: linear, on the canvas, each projector's own black with it.

    Args:
        outputs: One at least, all of one canvas.
        lights: What each output shows, linear, 0 to 1: height x width, or height x width x channels.
    """
    canvas = outputs[0][0].canvas
    found = np.zeros((canvas.height, canvas.width, *lights[0].shape[2:]), np.float32)
    for (seat, shape), light in zip(outputs, lights, strict=True):
        area, x, y = _area(seat)
        places = landing(seat, shape, x, y)
        reaches = _lands(places, seat.size)
        black = np.float32(shape.light.black)
        found[area][reaches] += (black + (1 - black) * _looked_up(light, places))[reaches]
    return found


def room_for_words(outputs: Sequence[tuple[Seat, Shape]]) -> Flags:
    """Return which pixels of the canvas may carry words: lit by an output, and in no output's `text` mask."""
    return opened(outputs).words


def opened(outputs: Sequence[tuple[Seat, Shape]]) -> Open:
    """Return which pixels of the canvas are lit, and which of them may carry words.

    Args:
        outputs: One at least, all of one canvas.

    Raises:
        GeometryError: a shape or a mask cannot be.
    """
    canvas = outputs[0][0].canvas
    found, kept_out = np.zeros((canvas.height, canvas.width), np.bool_), np.zeros((canvas.height, canvas.width), np.bool_)
    for seat, shape in outputs:
        part = _part(seat, shape)
        found[part.area] |= part.open >= _HALF
        texts = [mask for mask in shape.masks if mask.kind == "text"]
        if texts:
            places = landing(seat, shape, part.x, part.y)
            taken = np.any([inside(mask.points, seat.size) for mask in texts], axis=0).astype(np.float32)
            kept_out[part.area] |= part.reaches & (_looked_up(taken, places) > 0)
    return Open(found, found & ~kept_out)


def _area(seat: Seat) -> tuple[tuple[slice, slice], Doubles, Doubles]:
    """Return the canvas pixels that a crop touches, and their centres across and down."""
    crop, canvas = seat.crop, seat.canvas
    left, right = max(0, floor(crop.x + _TOUCH_PX)), min(canvas.width, ceil(crop.right - _TOUCH_PX))
    top, bottom = max(0, floor(crop.y + _TOUCH_PX)), min(canvas.height, ceil(crop.bottom - _TOUCH_PX))
    if left >= right or top >= bottom:
        raise GeometryError("The crop has no pixel of the canvas.")
    return (slice(top, bottom), slice(left, right)), centres(left, right), centres(top, bottom)


def _part(seat: Seat, shape: Shape, step: Step = go_on) -> _Part:
    area, x, y = _area(seat)
    if shape.edges:
        check_edges(shape.edges, seat.crop)
    places = landing(seat, shape, x, y)
    step()
    reaches = _lands(places, seat.size)
    opened = reaches.astype(np.float32)
    if shape.masks:
        opened *= _looked_up(masked(shape.masks, seat.size, step), places)
    return _Part(seat, shape, area, x, y, opened, reaches)


def _lands(places: Doubles, size: Size) -> Flags:
    """Whether light for these places leaves an output at all: corners may be dragged beyond it."""
    low, high = -_ON_EDGE_PX, np.array(size) + _ON_EDGE_PX
    return cast("Flags", ((places >= low) & (places <= high)).all(axis=-1))


def _looked_up(picture: Floats, places: Doubles) -> Floats:
    at = (places - 0.5).astype(np.float32)
    return np.asarray(cv2.remap(picture, at[..., 0], at[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.float32)


def _ramps(part: _Part, crops: Sequence[Box], index: int, counted_on: NDArray[np.uint8]) -> tuple[Floats, Floats]:
    """Return an output's ramps without its mask: those that others make up for, and those for neighbours nobody told us of."""
    crop, p = crops[index], part.shape.light.p
    known = overlaps(crops, index)
    given = part.shape.edges or known
    shared, apart = np.ones(part.open.shape, np.float32), np.ones(part.open.shape, np.float32)
    for width, met, far in (
        (given.left, known.left, part.x - crop.x),
        (given.right, known.right, crop.right - part.x),
        (given.top, known.top, (part.y - crop.y)[:, None]),
        (given.bottom, known.bottom, (crop.bottom - part.y)[:, None]),
    ):
        if width > 0:
            rising = ramp(np.clip(far / width, 0, 1), p).astype(np.float32)
            target = shared if met > 0 else apart
            target *= rising
    own = part.open >= _HALF
    others = counted_on[part.area] > own
    shared *= _inwards(own, others, p)
    return shared, apart


def _inwards(own: Flags, others: Flags, p: float) -> Floats | np.float32:
    """Return the ramp from where an output's masks end in the light of others to where the others end in its own."""
    ends = others & ~own
    if not ends.any():
        return np.float32(1)
    here = _distance(ends)
    alone = own & ~others
    there = _distance(alone) if alone.any() else np.maximum(here.max() - here, np.float32(_HALF))
    return (ramp(here / (here + there), p) * ~ends).astype(np.float32)


def _distance(flags: Flags) -> Floats:
    """Return how far each pixel is from the edge of the nearest one of *flags*; half a pixel for what is next to it."""
    apart = np.asarray(cv2.distanceTransform((~flags).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE), np.float32)
    return np.maximum(apart - np.float32(_HALF), np.float32(1e-6))


def _share(part: _Part, ramps: tuple[Floats, Floats], sums: tuple[Floats, Floats, Floats], darkest: float) -> Share:
    """Return w·T over the own mask (which comes in at the output's own pixels), with and without the lift.

    T is what the most open mask leaves: where two overlap, one takes over what the feather of the other takes away.
    """
    total, brightest, black = (each[part.area] for each in sums)
    shared, apart = ramps
    is_lit = total > 0
    weight = np.where(is_lit, shared * brightest / np.where(is_lit, total, 1), 1).astype(np.float32) * apart
    signal = 1 - part.shape.light.black
    scale = weight * np.float32((1 - darkest) / signal)
    offset = weight * np.maximum(darkest - black, 0) / np.float32(signal)
    rows, columns = part.area
    return Share(int(columns.start), int(rows.start), weight, scale, offset)
