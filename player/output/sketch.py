"""An output as it can be shown at once, until its maps are made: the same picture from maps a quarter as fine.

Whole maps of a wall with windows take seconds. Until then there would be black, or light where none may be. So a sketch errs
towards dark: it gives no light in any window, and its edges end up to two coarse pixels early. It knows neither white balance
nor the output's own curve, lifts no black, and mixes codes instead of light: for a second, or while a key is held, nobody sees.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from math import ceil, floor
from typing import Final, TypeAlias, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from player.errors import GeometryError
from player.output.curve import FULL, LINEAR
from player.output.homography import Floats
from player.output.mapping import NOWHERE, check
from player.output.maps import Maps, bare_maps, is_bare, maps_of
from player.output.mask import inside
from player.output.refusals import check_masks
from player.output.runs import TILES
from player.output.scaling import scaled
from player.output.shape import Edges, Mask, Point, Seat, Shape
from player.output.stepwise import Step, go_on
from player.units import Rect, Size

Pixels: TypeAlias = NDArray[np.uint8]

FINE, COARSE = 4, 8  # pixels of an output that one of the coarse maps stands for, in width and height
FEW_PIXELS: Final = 2_500_000  # of all outputs together: one of 1920x1080. Beyond, COARSE keeps an edit within 50 ms
LEAST_SIDE: Final = 2  # coarse pixels of an output's side: a line of light has no area
_NARROWER: Final = 1 - 1e-9  # of a blend: two that meet still do when they are rounded, and do not overlap
_OPAQUE: Final = np.uint32(0xFF000000)
_PERCEIVED: Final = 1 / 2.2  # from factors of light to factors of codes, about
_GRAIN: Final = 8  # tiles a side of one tile, of which its light is the mean
_NO_MAP: Final = cast("NDArray[np.float32]", None)  # x and y are in one


class Sketch:
    """Brings the canvas to one output, roughly; used as a `Finish` is."""

    def __init__(self, maps: Maps, seat: Seat, shape: Shape) -> None:
        """Spread coarse *maps*, as `sketches` makes them, over the pixels of *seat*."""
        self._size = seat.size
        self._gain = shape.light.gain
        places, light = _fine(maps, seat, shape)
        self._places: Floats = places - np.float32(0.5)
        codes = np.rint(np.power(light, np.float32(_PERCEIVED)) * 255).astype(np.uint8)
        self._weight: Pixels | None = None if (codes == 255).all() else np.asarray(cv2.merge((codes,) * 4), np.uint8)  # noqa: PLR2004

    def finish(self, canvas: Pixels, out: Pixels, gain: float = 1.0, *, dim: float = 1.0) -> Floats:
        """Draw *canvas* into *out*, both BGRA; as `Finish.finish`, whose light *gain* and *dim* are.

        Returns:
            The mean light of each tile of what was drawn, 16 x 16 x 3 (red, green, blue), linear.
        """
        left = max(0.0, min(1.0, gain)) * max(0.0, min(1.0, dim)) * self._gain
        if left <= 0:
            out.view(np.uint32).fill(_OPAQUE)
            return np.zeros((TILES, TILES, 3), np.float32)
        cv2.remap(canvas, self._places, _NO_MAP, cv2.INTER_LINEAR, dst=out, borderMode=cv2.BORDER_CONSTANT)
        factor = left**_PERCEIVED
        if self._weight is not None:
            cv2.multiply(out, self._weight, dst=out, scale=factor / 255)
        elif factor != 1:
            cv2.convertScaleAbs(out, dst=out, alpha=factor)
        words = out.view(np.uint32)
        np.bitwise_or(words, _OPAQUE, out=words)
        return _tiles(out)

    def wipe(self) -> None:
        """Nothing of a picture is kept here."""

    def close(self) -> None:
        """There are no threads here."""


def sketches(outputs: Sequence[tuple[Seat, Shape]], of: Collection[int] | None = None, step: Step = go_on) -> dict[int, Sketch]:
    """Return outputs of one canvas as they can be shown at once, by their place in *outputs*.

    Args:
        outputs: All of the canvas: their blends depend on each other.
        of: Which are wanted; None: all.
        step: Is called now and then.

    Raises:
        GeometryError: as `maps_of`, of which it refuses nothing that is not refused there.
    """
    return {i: Sketch(maps, *outputs[i]) for i, maps in _coarse_maps(outputs, of, step).items()}


def sketched_maps(
    outputs: Sequence[tuple[Seat, Shape]], of: Collection[int] | None = None, step: Step = go_on
) -> dict[int, Maps]:
    """Return the same as maps, for what mixes light by itself; see `sketches`."""
    if len(outputs) == 1 and is_bare(*outputs[0]):
        return {0: bare_maps(outputs[0][0])}
    return {i: _maps(maps, *outputs[i]) for i, maps in _coarse_maps(outputs, of, step).items()}


def _coarse_maps(outputs: Sequence[tuple[Seat, Shape]], of: Collection[int] | None, step: Step) -> dict[int, Maps]:
    pixels = sum(seat.size.width * seat.size.height for seat, _ in outputs)
    fineness = FINE if pixels <= FEW_PIXELS else COARSE
    made = maps_of([_coarse(seat, shape, fineness) for seat, shape in outputs], step)
    return {i: maps for i, maps in enumerate(made) if of is None or i in of}


def _maps(coarse: Maps, seat: Seat, shape: Shape) -> Maps:
    places, light = _fine(coarse, seat, shape)
    return Maps(
        seat=seat,
        sampling=places,
        scale=light,
        offset=np.zeros_like(light),
        count=(light > 0).astype(np.uint8),  # nobody knows yet how many
        is_straight=False,
        is_plain=False,
    )


def _fine(coarse: Maps, seat: Seat, shape: Shape) -> tuple[Floats, Floats]:
    """Return the place on the canvas and the light of each pixel of *seat*, spread from *coarse* maps."""
    is_seen = coarse.sampling[..., 0] > NOWHERE
    across, down = seat.canvas.width / coarse.seat.canvas.width, seat.canvas.height / coarse.seat.canvas.height
    places = np.where(is_seen[..., None], coarse.sampling * np.array([across, down], np.float32), np.float32(NOWHERE))
    # Where a coarse pixel beside it is dark, a pixel may be: the least of its neighbours counts.
    least = cv2.erode(np.where(is_seen, coarse.scale, np.float32(0)), np.ones((3, 3), np.uint8))
    light = _spread(np.asarray(least, np.float32), seat.size)
    light[~_open(shape.masks, seat.size)] = 0
    return _spread(places, seat.size), light


def _coarse(seat: Seat, shape: Shape, fineness: int) -> tuple[Seat, Shape]:
    """Return an output in pixels *fineness* times as large, on a canvas of such pixels.

    What is too flat, thin or fine to be drawn in those keeps its own: a corner that lies a pixel off a line, say.
    """
    canvas, size = (Size(*(max(LEAST_SIDE, ceil(side / fineness)) for side in each)) for each in (seat.canvas, seat.size))
    x, y = canvas.width / seat.canvas.width, canvas.height / seat.canvas.height
    crop = Rect(seat.crop.x * x, seat.crop.y * y, seat.crop.width * x, seat.crop.height * y)
    small = scaled(shape, seat.size, size)
    if not _can_be(small):
        small, size = shape, seat.size
    return replace(seat, canvas=canvas, crop=crop, size=size), replace(small, edges=shape.edges and _narrower(shape.edges, x, y))


def _can_be(shape: Shape) -> bool:
    try:
        check(shape)
        check_masks(shape.masks)
    except GeometryError:
        return False
    return True


def _narrower(edges: Edges, x: float, y: float) -> Edges:
    """Return blends on a canvas that is *x* times as wide and *y* times as high."""
    x, y = x * _NARROWER, y * _NARROWER
    return Edges(edges.left * x, edges.right * x, edges.top * y, edges.bottom * y)


def _spread(coarse: Floats, size: Size) -> Floats:
    return np.asarray(cv2.resize(coarse, size, interpolation=cv2.INTER_LINEAR), np.float32)


def _open(masks: Sequence[Mask], size: Size) -> NDArray[np.bool_]:
    """Return the pixels that no mask darkens: exactly those that the whole maps have, but for feathers."""
    found = np.full((size.height, size.width), all(mask.kind != "keep" for mask in masks), np.bool_)
    for mask in masks:
        if mask.kind == "keep":
            part, within = _within(mask, size)
            found[part] |= within
    for mask in masks:
        if mask.kind in ("drop", "lock"):
            part, within = _within(mask, size)
            found[part] &= ~within
    return found


def _within(mask: Mask, size: Size) -> tuple[tuple[slice, slice], NDArray[np.bool_]]:
    """Return the part of an output that a mask lies in, and which pixels of that are inside it."""
    left, top = (max(0, floor(min(point[i] for point in mask.points))) for i in (0, 1))
    right, bottom = (min(size[i], ceil(max(point[i] for point in mask.points))) for i in (0, 1))
    moved = [Point(point.x - left, point.y - top) for point in mask.points]
    part = Size(max(0, right - left), max(0, bottom - top))
    return np.s_[top : top + part.height, left : left + part.width], inside(moved, part)


def _tiles(out: Pixels) -> Floats:
    grain = np.asarray(cv2.resize(out, (TILES * _GRAIN, TILES * _GRAIN), interpolation=cv2.INTER_AREA), np.uint8)
    light = np.asarray(cv2.LUT(grain, LINEAR), np.float32) / np.float32(FULL)
    return np.asarray(cv2.resize(light, (TILES, TILES), interpolation=cv2.INTER_AREA), np.float32)[..., 2::-1]
