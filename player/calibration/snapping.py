"""Snapping to the points of other outputs, through the canvas: two points belong together when they show the same spot of it.

A point of a mask moves to where its own output shows that spot, so that a window is cut out of two projectors' light at the
same place of the wall. A corner or a point of the mesh shows the same spot wherever it is moved; it takes the pixel of its
counterpart, which is right where two projectors, or two slices of LED, were put up alike.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import dist
from typing import Final, NamedTuple

import numpy as np

from player.calibration.spot import Edited, Part, Spot, landed, place_of
from player.output.homography import Doubles, applied, homography, inverse
from player.output.mapping import Lattice, landing, texture
from player.output.mesh import surface_at
from player.output.shape import Point, Seat, Shape, grid

NEAR_PX: Final = 20.0
SAME_PX: Final = 0.5  # of the canvas: counterparts are meant to be the same, to within what a typed crop rounds off
_TRIES: Final = 20  # of Newton's: four are enough on any sound mesh
_FOUND: Final = 1e-9  # of a side
_BEYOND: Final = 0.5  # of a side: a guess further off finds nothing
_STEP: Final = 1e-5  # of a side: for slopes
_OUTSIDE_PX: Final = 1e-3  # of a crop


class Landmark(NamedTuple):
    """A point of an output."""

    output: str
    name: str
    canvas: Point
    """The spot of the canvas that it shows."""
    place: Point
    """In that output's own pixels."""


def snapped(edited: Edited, spot: Spot, others: Sequence[Edited]) -> tuple[Point, Landmark] | None:
    """Return where the selected point belongs, in pixels of its own output, and to what; None: nothing is near."""
    now = place_of(edited.shape, spot)
    if now is None:
        return None
    near = sorted(
        ((place, mark) for place, mark in _candidates(edited, spot, others) if dist(place, now) <= NEAR_PX),
        key=lambda found: dist(found[0], now),
    )
    return near[0] if near else None


def landmarks(edited: Edited) -> Iterator[Landmark]:
    """Yield the points of an output that others may snap to: those of its mesh, its corners among them, and of its masks."""
    shape, seat, mesh = edited.shape, edited.seat, edited.shape.mesh
    for i, unit in enumerate(grid(mesh.rows, mesh.columns)):
        name = f"mesh point {i + 1}" if (mesh.rows, mesh.columns) != (2, 2) else f"corner {(1, 2, 4, 3)[i]}"
        yield Landmark(edited.id, name, on_canvas(seat, unit), landed(shape, mesh.points[i]))
    for mask in shape.masks:
        for i, place in enumerate(mask.points):
            unit = unit_at(shape, place)
            if unit is not None:
                yield Landmark(edited.id, f"mask {mask.id} point {i + 1}", on_canvas(seat, unit), place)


def on_canvas(seat: Seat, unit: Point) -> Point:
    """Return the spot of the canvas that is shown at *unit* of the unit square."""
    x, y = texture(seat, Lattice(np.array([unit.x]), np.array([unit.y]), np.zeros((1, 1))))[0, 0]
    return Point(float(x), float(y))


def unit_at(shape: Shape, place: Point) -> Point | None:
    """Return where in the unit square the picture is taken for *place*, in output pixels; None beside the picture."""
    target = applied(inverse(homography(shape.corners)), np.array(place, np.float64))
    if shape.mesh.is_even:
        return _if_inside(target)
    steps = np.array([[0.0, 0.0], [_STEP, 0.0], [0.0, _STEP]])
    found: Doubles = np.asarray(np.clip(target, 0.0, 1.0), np.float64)
    for _ in range(_TRIES):
        here, across, down = surface_at(shape.mesh, found + steps)
        miss = target - here
        if float(np.abs(miss).max()) < _FOUND:
            return _if_inside(found)
        slopes = np.stack(((across - here) / _STEP, (down - here) / _STEP), axis=1)
        if abs(float(np.linalg.det(slopes))) < _FOUND:
            return None
        step = np.asarray(np.linalg.solve(slopes, miss), np.float64)
        found = np.asarray(np.clip(found + step, -_BEYOND, 1 + _BEYOND), np.float64)
    return None


def _candidates(edited: Edited, spot: Spot, others: Sequence[Edited]) -> Iterator[tuple[Point, Landmark]]:
    marks = [mark for other in others for mark in landmarks(other)]
    if spot.part is Part.MASKS:
        crop = edited.seat.crop
        for mark in marks:
            x, y = mark.canvas
            is_inside = (
                crop.x - _OUTSIDE_PX <= x <= crop.right + _OUTSIDE_PX and crop.y - _OUTSIDE_PX <= y <= crop.bottom + _OUTSIDE_PX
            )
            if is_inside:
                found = landing(edited.seat, edited.shape, np.array([x]), np.array([y]))[0, 0]
                yield Point(float(found[0]), float(found[1])), mark
        return
    mesh = edited.shape.mesh
    unit = grid(mesh.rows, mesh.columns)[spot.index] if spot.part is Part.MESH else grid(2, 2)[(0, 1, 3, 2)[spot.index]]
    own = on_canvas(edited.seat, unit)
    yield from ((mark.place, mark) for mark in marks if dist(mark.canvas, own) <= SAME_PX)


def _if_inside(unit: Doubles) -> Point | None:
    u, v = float(unit[0]), float(unit[1])
    return Point(u, v) if -_FOUND <= u <= 1 + _FOUND and -_FOUND <= v <= 1 + _FOUND else None
