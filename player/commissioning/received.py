"""What a wall receives: all outputs, each down to the 8 bits that leave for its projector, summed as light on the canvas.

The projectors are all alike and obey: white is 1, black is what is configured, the curve is the one that was measured. So
gain and balance, which make real ones alike, are left out, and what is uneven here is uneven by the blend's own fault.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from player.commissioning.throw import Throw
from player.errors import GeometryError
from player.output.blend import blended, wall
from player.output.course import light as light_of
from player.output.curve import WHITE, decoded, encoded
from player.output.finish import Finish
from player.output.homography import Floats, applied, homography, inverse
from player.output.maps import maps_of
from player.output.mask import coverage
from player.output.shape import Box, Corners, Light, Point, Seat, Shape
from player.units import Size

Flags: TypeAlias = NDArray[np.bool_]
Pixels: TypeAlias = NDArray[np.uint8]

STILL: Final = Point(0.0, 0.0)
_OPEN: Final = 0.999  # of its light: here an output's masks and borders take nothing away
_EDGE_PX: Final = 2  # of the canvas: beside a border or a mask, sampling mixes light and dark
_BESIDE: Final = 2.0  # of a crop: how far beyond it a projector's raster is looked at; its black falls there
_TRIES: Final = 4  # each half as far: corners so steep reach the horizon
FRAMES: Final = 4  # of a picture that stands still: what the eye takes as one
_UNIT: Final = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])


class Wall:
    """A wall with its projectors."""

    def __init__(self, outputs: Sequence[Throw], moved: Mapping[str, Point] | None = None) -> None:
        """Make all maps; a second for a wall of four.

        Args:
            outputs: One at least, of one canvas.
            moved: By output, how far its projector has moved since it was set up, in its own pixels.

        Raises:
            GeometryError: a shape cannot be.
        """
        alike = [(each.seat, replace(each.shape, light=_alike(each.shape.light))) for each in outputs]
        self.canvas: Size = outputs[0].seat.canvas
        self._alike = alike
        self._brightness = [each.brightness for each in outputs]
        self._finishes = [
            Finish(maps, shape.light, seed=i) for i, (maps, (_, shape)) in enumerate(zip(maps_of(alike), alike, strict=True))
        ]
        self._curves = [curve_of(shape.light) for _, shape in alike]
        found = moved or {}
        self._thrown = [
            thrown(each.seat, shape, found.get(each.id, STILL)) for each, (_, shape) in zip(outputs, alike, strict=True)
        ]
        self.count: NDArray[np.uint8] = blended(alike).count
        """How many outputs light each pixel of the canvas."""

    def received(self, canvas: Pixels, *, takes: int = 1, dim: float = 1.0) -> Floats:
        """Return the light that the wall gets of a BGRA *canvas*: height x width x 3 (red, green, blue), linear.

        1 is the white of one projector. *takes* are drawn and averaged, as the eye does: dither is another one in each. *dim*
        is of the picture, as light.
        """
        return wall(self._thrown, self.shown(canvas, takes=takes, dim=dim))

    def shown(self, canvas: Pixels, *, takes: int = 1, dim: float = 1.0) -> list[Floats]:
        """Return what each projector makes of its 8 bits, in its own pixels, its black not counted; see `received`."""
        return [self._shown(i, canvas, takes, dim) for i in range(len(self._finishes))]

    def level(self, code: int) -> Floats:
        """Return the light that the wall gets of a field of one grey: height x width."""
        return np.asarray(self.received(_field(self.canvas, code), takes=FRAMES)[..., 1], np.float32)

    def whole(self) -> Flags:
        """Return where on the canvas the wall should be even: in the full light of an output at least."""
        most = np.zeros((self.canvas.height, self.canvas.width), np.float32)
        for seat, shape in self._alike:
            bare = replace(shape, light=Light())
            np.maximum(most, wall([(seat, bare)], [coverage(shape, seat.size)]), out=most)
        side = 2 * _EDGE_PX + 1
        rim = np.pad((most >= _OPEN).astype(np.uint8), 1)  # the canvas ends in the dark
        return cv2.erode(rim, np.ones((side, side), np.uint8))[1:-1, 1:-1] > 0

    def _shown(self, number: int, canvas: Pixels, takes: int, dim: float) -> Floats:
        size = self._alike[number][0].size
        out = np.zeros((size.height, size.width, 4), np.uint8)
        total = np.zeros((size.height, size.width, 4), np.float32)
        for _ in range(takes):
            self._finishes[number].finish(canvas, out, dim=dim * light_of(self._brightness[number]))
            cv2.accumulate(cv2.LUT(out, self._curves[number]), total)
        return total[..., 2::-1] / np.float32(takes)


def as_codes(light: Floats) -> Pixels:
    """Return linear light, height x width x 3 (red, green, blue), as BGRA in sRGB; what is more than white is white."""
    codes = np.rint(encoded(np.clip(light[..., ::-1], 0, 1).astype(np.float64)) * WHITE).astype(np.uint8)
    return np.asarray(cv2.cvtColor(codes, cv2.COLOR_BGR2BGRA), np.uint8)


def thrown(seat: Seat, shape: Shape, moved: Point) -> tuple[Seat, Shape]:
    """Return a projector's whole raster as it falls on the canvas, when it has *moved* by so many of its pixels.

    Beyond its picture there is its black. Where a mesh bends the picture nobody knows how it goes on, so it ends there.
    """
    corners = np.array(shape.corners) - np.array(moved)
    if shape.mesh.is_even:
        width, height = seat.size
        raster = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float64)
        for attempt in range(_TRIES):
            try:
                return _widened(seat, shape, _corners(corners), _beyond(_corners(corners), raster) / 2**attempt)
            except GeometryError:
                continue
    return seat, replace(shape, corners=_corners(corners))


def _beyond(corners: Corners, raster: NDArray[np.float64]) -> float:
    """Return how far the raster reaches beyond the unit square that lands on *corners*."""
    h = inverse(homography(corners))
    weights = raster @ h[2, :2] + h[2, 2]
    if weights.min() * weights.max() <= 0:
        return _BESIDE
    reach = applied(h, raster)
    return float(min(_BESIDE, max(0.0, -reach.min(), reach.max() - 1)))


def _widened(seat: Seat, shape: Shape, corners: Corners, by: float) -> tuple[Seat, Shape]:
    """Return the same projection with *by* of its crop more on each side; that is the same whichever way it is turned."""
    crop = seat.crop
    wide = Box(crop.x - by * crop.width, crop.y - by * crop.height, (1 + 2 * by) * crop.width, (1 + 2 * by) * crop.height)
    outer = applied(homography(corners), _UNIT * (1 + 2 * by) - by)
    widened = replace(shape, corners=_corners(outer))
    homography(widened.corners)
    return replace(seat, crop=wide), widened


def _corners(places: NDArray[np.float64]) -> Corners:
    p0, p1, p2, p3 = (Point(float(x), float(y)) for x, y in places)
    return p0, p1, p2, p3


def _alike(light: Light) -> Light:
    return replace(light, gain=1.0, balance=(1.0, 1.0, 1.0))


def curve_of(light: Light) -> Floats:
    """Return the light of each code, a table for BGRA: a projector undoes what its output's curve did."""
    code = np.arange(256) / WHITE
    red, green, blue = (decoded(code) if gamma is None else code**gamma for gamma in light.gamma or (None, None, None))
    return np.stack((blue, green, red, np.zeros(256)), axis=-1).astype(np.float32)[None]


def _field(size: Size, code: int) -> Pixels:
    field = np.full((size.height, size.width, 4), code, np.uint8)
    field[..., 3] = 255
    return field
