"""Where an output's pixels look on the canvas, and where the canvas lands on the output: H(M(u, v)) both ways.

The way from the canvas is a formula. The way back is one too while the mesh is even; else the surface is cut into small
cells, and every output pixel asks the cell that it lies in. A shape that folds is refused before anything is shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from player.errors import GeometryError
from player.output.homography import Doubles, Floats, applied, centres, homography, inverse
from player.output.mesh import surface
from player.output.refusals import check_mesh
from player.output.shape import Point, Seat, Shape, whole
from player.output.stepwise import Step, go_on
from player.units import Size

Whole: TypeAlias = NDArray[np.intp]

NOWHERE: Final = -1e6  # canvas pixels: far outside, and still a number for cv2.remap and for a texture
CELL_PX: Final = 4.0  # at most, of a cell's side
MISS_PX: Final = 0.06  # at most, how far a cell shows something from its place; judged by a trial, so within 0.1 px
WIDE_CELL_PX: Final = 16.0  # the same where no picture is looked up: a fold is seen in such cells, too
MAX_CELLS: Final = 1500  # a side: 4K in cells of 4 px with room for perspective; beyond it cells grow instead
_TRIAL: Final = 64  # cells a side, at least: what the size of cells is judged by
_SEAM: Final = 1e-4  # of a cell: pixels on a seam belong to both sides rather than to none
_ROUND: Final = 1e-9  # of a crop: the same for the border of a formula
_WHOLE_PX: Final = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class Lattice:
    """The surface of an output cut into cells."""

    u: Doubles
    """Columns, 0 to 1."""
    v: Doubles
    """Rows, 0 to 1."""
    places: Doubles
    """rows x columns x 2, in output pixels."""


def sampling(seat: Seat, shape: Shape, step: Step = go_on) -> Floats:
    """Return for each output pixel's centre its place on the canvas, height x width x 2, in canvas pixels.

    Centres are at +0.5 on both sides. A pixel whose centre is not on the picture gets NOWHERE.

    Raises:
        GeometryError: the shape is folded or has no area.
    """
    check(shape)
    found = _by_formula(seat, shape) if shape.mesh.is_even else _by_cells(seat, shape, step)
    step()
    return _placed(seat, *found)


def landing(seat: Seat, shape: Shape, x: Doubles, y: Doubles) -> Doubles:
    """Return where the crossings of canvas columns *x* and rows *y* land: len(y) x len(x) x 2, in output pixels.

    Places outside the crop are taken to its border.
    """
    crop = seat.crop
    across, down = np.clip((x - crop.x) / crop.width, 0, 1), np.clip((y - crop.y) / crop.height, 0, 1)
    is_upright = seat.rotate in (0, 180)
    u, v = (across, down) if is_upright else (down, across)
    # The other way round than _on_canvas: first the turn, then the mirror.
    u = 1 - u if (seat.rotate in (180, 90)) != (seat.mirror == "horizontal") else u
    v = 1 - v if (seat.rotate in (180, 270)) != (seat.mirror == "vertical") else v
    found = applied(homography(shape.corners), surface(shape.mesh, u, v))
    return found if is_upright else found.transpose(1, 0, 2)


def lattice(shape: Shape, cell_px: float = WIDE_CELL_PX, miss_px: float = 1.0) -> Lattice:
    """Return the surface cut into cells with sides of *cell_px* at most; shown as corner pins, they miss it by *miss_px* at most.

    Where that would take more than MAX_CELLS a side, cells are larger.

    Raises:
        GeometryError: the shape is folded or has no area.
    """
    h = homography(shape.corners)
    columns, rows = (ceil(_TRIAL / (n - 1)) * (n - 1) for n in (shape.mesh.columns, shape.mesh.rows))
    across, down = _fineness(_cut(shape, h, 2 * columns, 2 * rows).places, cell_px, miss_px)
    return _cut(shape, h, min(MAX_CELLS, ceil(columns * across)), min(MAX_CELLS, ceil(rows * down)))


def texture(seat: Seat, cut: Lattice) -> Doubles:
    """Return the place on the canvas of each point of a lattice: rows x columns x 2, in canvas pixels."""
    u, v = np.broadcast_arrays(cut.u[None, :], cut.v[:, None])
    return np.stack(_on_canvas(seat, u, v), axis=-1)


def outline(shape: Shape) -> tuple[Point, ...]:
    """Return the border of the picture as a polygon in output pixels."""
    if shape.mesh.is_even:
        return shape.corners
    places = lattice(shape, WIDE_CELL_PX / 2, MISS_PX).places
    border = np.concatenate((places[0, :-1], places[:-1, -1], places[-1, :0:-1], places[:0:-1, 0]))
    return tuple(Point(float(x), float(y)) for x, y in border)


def check(shape: Shape) -> None:
    """Refuse corners and a mesh that cannot be shown.

    Raises:
        GeometryError: saying which, and what to do.
    """
    homography(shape.corners)
    check_mesh(shape.mesh)
    if not shape.mesh.is_even:
        _check_unfolded(lattice(shape, WIDE_CELL_PX))


def is_straight(seat: Seat, shape: Shape) -> bool:
    """Whether the output shows whole pixels of the canvas as they are, turned and mirrored at most."""
    crop, canvas = seat.crop, seat.canvas
    shown = Size(*seat.size) if seat.rotate in (0, 180) else Size(seat.size.height, seat.size.width)
    return (
        shape.mesh.is_even
        and all(
            abs(a - b) < _WHOLE_PX
            for p, q in zip(shape.corners, whole(seat.size), strict=True)
            for a, b in zip(p, q, strict=True)
        )
        and all(float(value).is_integer() for value in crop)
        and (crop.width, crop.height) == shown
        and crop.x >= 0
        and crop.y >= 0
        and crop.right <= canvas.width
        and crop.bottom <= canvas.height
    )


def _placed(seat: Seat, u: Doubles, v: Doubles) -> Floats:
    is_inside = (u >= 0) & (u <= 1) & (v >= 0) & (v <= 1)
    x, y = _on_canvas(seat, u, v)
    found = np.empty((seat.size.height, seat.size.width, 2), np.float32)
    found[..., 0] = np.where(is_inside, x, NOWHERE)
    found[..., 1] = np.where(is_inside, y, NOWHERE)
    return found


def _on_canvas(seat: Seat, u: Doubles, v: Doubles) -> tuple[Doubles, Doubles]:
    """Return the canvas place of the unit square's (u, v), which is as the output shows it: mirrored and turned."""
    u = 1 - u if seat.mirror == "horizontal" else u
    v = 1 - v if seat.mirror == "vertical" else v
    turned = {0: (u, v), 90: (v, 1 - u), 180: (1 - u, 1 - v), 270: (1 - v, u)}
    across, down = turned[seat.rotate]
    crop = seat.crop
    return crop.x + across * crop.width, crop.y + down * crop.height


def _by_formula(seat: Seat, shape: Shape) -> tuple[Doubles, Doubles]:
    h = inverse(homography(shape.corners))
    x, y = centres(0, seat.size.width), centres(0, seat.size.height)[:, None]
    w = h[2, 0] * x + h[2, 1] * y + h[2, 2]
    # Beyond the horizon w has the other sign, and (u, v) come back as if they lay in front.
    with np.errstate(divide="ignore", invalid="ignore"):
        u = (h[0, 0] * x + h[0, 1] * y + h[0, 2]) / w
        v = (h[1, 0] * x + h[1, 1] * y + h[1, 2]) / w
    middle = applied(homography(shape.corners), np.array([0.5, 0.5]))
    is_front = w * float(h[2, 0] * middle[0] + h[2, 1] * middle[1] + h[2, 2]) > 0
    is_inside = is_front & (np.abs(u - 0.5) <= 0.5 + _ROUND) & (np.abs(v - 0.5) <= 0.5 + _ROUND)
    return np.where(is_inside, np.clip(u, 0, 1), NOWHERE), np.where(is_inside, np.clip(v, 0, 1), NOWHERE)


def _by_cells(seat: Seat, shape: Shape, step: Step) -> tuple[Doubles, Doubles]:
    """Find the cell of every output pixel and undo its perspective: each cell is a small corner pin."""
    cut = lattice(shape, CELL_PX, MISS_PX)
    size = seat.size
    rows, columns = cut.places.shape[0] - 1, cut.places.shape[1] - 1
    cells = _cells(cut.places).reshape(4, -1, 2)
    first = np.maximum(np.ceil(cells.min(axis=0) - 0.5 - _SEAM), 0).astype(np.intp)
    beyond = np.minimum(np.floor(cells.max(axis=0) - 0.5 + _SEAM), np.array(size) - 1.0).astype(np.intp) + 1
    seen = np.flatnonzero((beyond > first).all(axis=1))
    first, reach = first[seen], (beyond - first)[seen]
    undo = _undoing(cells[:, seen], first)
    row, column = (part.astype(np.float32) for part in np.divmod(seen, columns))
    start = first[:, 1] * size.width + first[:, 0]
    u = np.full(size.height * size.width, NOWHERE, np.float32)
    v = np.full(size.height * size.width, NOWHERE, np.float32)
    for down in range(int(reach[:, 1].max(initial=0))):
        for across in range(int(reach[:, 0].max(initial=0))):
            step()
            here = np.flatnonzero((reach[:, 0] > across) & (reach[:, 1] > down))
            a, b = _undone(undo[:, here], across, down)
            hit = (np.abs(a - 0.5) <= 0.5 + _SEAM) & (np.abs(b - 0.5) <= 0.5 + _SEAM)
            cell = here[hit]
            pixel = start[cell] + (down * size.width + across)
            u[pixel] = np.clip((column[cell] + a[hit]) / columns, 0, 1)
            v[pixel] = np.clip((row[cell] + b[hit]) / rows, 0, 1)
    places = np.stack((u, v)).reshape(2, size.height, size.width).astype(np.float64)
    return places[0], places[1]


def _undoing(cells: Doubles, first: Whole) -> Floats:
    """Return what takes places relative to the pixels *first* (n x 2) to the unit squares of n *cells* (4 x n x 2): 9 x n."""
    origin = cells[0]
    right, down, g, h = _pins(cells)
    # The inverse of [[right.x, down.x, 0], [right.y, down.y, 0], [g, h, 1]], up to a factor.
    undo = (
        *(first - origin).T,
        down[:, 1],
        -down[:, 0],
        -right[:, 1],
        right[:, 0],
        h * right[:, 1] - g * down[:, 1],
        g * down[:, 0] - h * right[:, 0],
        _cross(right, down),
    )
    return np.stack(undo).astype(np.float32)


def _pins(cells: Doubles) -> tuple[Doubles, Doubles, Doubles, Doubles]:
    """Return right, down, g and h of each cell's corner pin: (u, v) is at cells[0] + (u right + v down) / (1 + g u + h v).

    *cells* are the corners from the top left on, clockwise: 4 x ... x 2. Heckbert, Fundamentals of Texture Mapping, 1989, 2.2.3.
    """
    p1, p2, p3 = cells[1] - cells[0], cells[2] - cells[0], cells[3] - cells[0]
    d1, d2, d3 = p1 - p2, p3 - p2, p2 - p1 - p3
    den = _cross(d1, d2)
    g, h = _cross(d3, d2) / den, _cross(d1, d3) / den
    return p1 * (1 + g)[..., None], p3 * (1 + h)[..., None], g, h


def _undone(undo: Floats, across: int, down: int) -> tuple[Floats, Floats]:
    """Return the place of the pixel that is so far *across* and *down* from each cell's first, in the cell's unit square."""
    x0, y0, a0, a1, b0, b1, w0, w1, w2 = undo
    x, y = x0 + np.float32(across + 0.5), y0 + np.float32(down + 0.5)
    w = w0 * x + w1 * y + w2
    return (a0 * x + a1 * y) / w, (b0 * x + b1 * y) / w


def _cross(a: Doubles, b: Doubles) -> Doubles:
    return a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0]


def _cut(shape: Shape, h: Doubles, columns: int, rows: int) -> Lattice:
    u, v = np.linspace(0, 1, columns + 1), np.linspace(0, 1, rows + 1)
    bent = surface(shape.mesh, u, v)
    weights = h[2, 0] * bent[..., 0] + h[2, 1] * bent[..., 1] + h[2, 2]
    if weights.min() <= 0:
        raise GeometryError("A point of the mesh is pulled beyond the horizon: put it back inside.")
    return Lattice(u, v, applied(h, bent))


def _fineness(places: Doubles, cell_px: float, miss_px: float) -> tuple[float, float]:
    """Return into how many parts each cell must be cut across and down.

    *places* are the corners of cells, and what lies half-way between: a cell misses the surface most there, and each time
    that it is halved by a quarter of that.
    """
    corners = places[::2, ::2]
    cells = _cells(corners)
    with np.errstate(divide="ignore", invalid="ignore"):  # a cell without area: the shape is refused later
        right, down, g, h = _pins(cells)

        def missed(u: float, v: float, there: Doubles) -> float:
            pinned = cells[0] + (u * right + v * down) / (1 + g * u + h * v)[..., None]
            # No more than a cell, and nothing for one without area: a folded shape must not ask for a million cells.
            return float(np.fmin(_lengths(pinned - there), cell_px).max())

        across = max(missed(0.5, 0, places[:-1:2, 1::2]), missed(0.5, 1, places[2::2, 1::2]))
        along = max(missed(0, 0.5, places[1::2, :-1:2]), missed(1, 0.5, places[1::2, 2::2]))
        amid = missed(0.5, 0.5, places[1::2, 1::2])
    wide, high = (float(_lengths(np.diff(corners, axis=axis)).max()) for axis in (1, 0))
    return max(wide / cell_px, (max(across, amid) / miss_px) ** 0.5), max(high / cell_px, (max(along, amid) / miss_px) ** 0.5)


def _cells(places: Doubles) -> Doubles:
    """Return the corners of each cell of a lattice of *places*, from the top left on, clockwise: 4 x rows x columns x 2."""
    return np.stack((places[:-1, :-1], places[:-1, 1:], places[1:, 1:], places[1:, :-1]))


def _lengths(ways: Doubles) -> Doubles:
    return np.hypot(ways[..., 0], ways[..., 1])


def _check_unfolded(cut: Lattice) -> None:
    places = cut.places
    across, down = np.diff(places, axis=1), np.diff(places, axis=0)
    turns = (
        _cross(across[:-1], down[:, :-1]),
        _cross(across[:-1], down[:, 1:]),
        _cross(across[1:], down[:, :-1]),
        _cross(across[1:], down[:, 1:]),
    )
    if min(float(each.min()) for each in turns) <= 0:
        raise GeometryError("The mesh is folded: a point was pulled over its neighbours. Put it back between them.")
