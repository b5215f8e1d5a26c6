"""What no wall can show, refused in words: corners, meshes, masks and blends that a hand or a file may bring.

Without numpy: whoever reads the configuration imports this.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import dist, isfinite
from typing import Final

from player.errors import GeometryError
from player.output.shape import MAX_GRID, MIN_GRID, Box, Corners, Edges, Mask, Mesh, Point

MIN_BULGE_PX: Final = 1.0  # a corner nearer to its neighbours' line makes a triangle, and next a fold
MIN_WEIGHT: Final = 0.02  # of the largest: a far edge 50 times smaller than the near one; keystones stay below 5
MAX_PLACE_PX: Final = 100_000.0  # six displays away: a slip, and beyond what float32 places to a hundredth
MAX_LAYERS: Final = 8  # sizes of grid with fine work of their own; each costs a little at every edit, and nobody uses four
MAX_BEYOND: Final = 0.5  # of a side: how far outside the unit square a point may be pulled, for walls that belly out
MAX_MASKS: Final = 200  # an ornate façade has 80 windows; a thousand would make every edit slow
MAX_POINTS: Final = 200  # of one mask; a rose window drawn by hand has 40
MAX_FEATHER_PX: Final = 500.0
_NAMES: Final = ("top left", "top right", "bottom right", "bottom left")
_CORNERS: Final = 3  # of the smallest polygon


def check_corners(corners: Corners) -> None:
    """Refuse corners that no lens throws.

    Raises:
        GeometryError: crossed, inside out, without area, not strictly convex, or too steep to show.
    """
    check_places(corners, "Corners")
    turns = [turn(corners[i - 1], corners[i], corners[(i + 1) % 4]) for i in range(4)]
    spans = [dist(corners[i - 1], corners[(i + 1) % 4]) for i in range(4)]
    if max(spans) < MIN_BULGE_PX or all(abs(t) < MIN_BULGE_PX * max(span, 1.0) for t, span in zip(turns, spans, strict=True)):
        raise GeometryError("The corners lie on a line: the picture would have no area.")
    if all(t < 0 for t in turns):
        raise GeometryError("The corners are inside out: the picture would be mirrored. For that, use mirror.")
    negative = sum(t < 0 for t in turns)
    if negative == 2:  # noqa: PLR2004 - two of four turn the other way exactly when two sides cross
        raise GeometryError("The corners are crossed: top left, top right, bottom right and bottom left go round in this order.")
    for name, t, span in zip(_NAMES, turns, spans, strict=True):
        if t < MIN_BULGE_PX * span:
            raise GeometryError(
                f"The {name} corner is dented: move it out, at least {MIN_BULGE_PX:g} px off its neighbours' line."
            )
    g, h = foreshortening(corners)
    weights = (1.0, 1.0 + g, 1.0 + g + h, 1.0 + h)
    if min(weights) <= MIN_WEIGHT * max(weights):
        raise GeometryError("The corners are too steep: one side would be more than fifty times as large as the other.")


def foreshortening(corners: Corners) -> tuple[float, float]:
    """Return g and h of a corner pin: g·u + h·v + 1 is how far away a place of the unit square looks.

    Raises:
        GeometryError: the corners lie on a line.
    """
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = corners
    dx1, dx2, dx3 = x1 - x2, x3 - x2, x0 - x1 + x2 - x3
    dy1, dy2, dy3 = y1 - y2, y3 - y2, y0 - y1 + y2 - y3
    den = dx1 * dy2 - dx2 * dy1
    if abs(den) < MIN_BULGE_PX**2:
        raise GeometryError("The corners lie on a line: the picture would have no area.")
    return (dx3 * dy2 - dx2 * dy3) / den, (dx1 * dy3 - dx3 * dy1) / den


def check_mesh(mesh: Mesh) -> None:
    """Refuse a mesh that cannot be evaluated; whether it folds is seen only under its corners.

    Raises:
        GeometryError: sizes, counts or places that no mesh has.
    """
    if len(mesh.under) > MAX_LAYERS:
        raise GeometryError(f"A mesh has at most {MAX_LAYERS} grids under it.")
    parts = ((mesh.rows, mesh.columns, mesh.points), *((each.rows, each.columns, each.moved) for each in mesh.under))
    for rows, columns, points in parts:
        check_grid(rows, columns)
        if len(points) != rows * columns:
            raise GeometryError(f"A mesh of {rows}x{columns} has {rows * columns} points, not {len(points)}.")
        if not all(-MAX_BEYOND <= value <= 1 + MAX_BEYOND for point in points for value in point):
            raise GeometryError("The points of a mesh lie in the unit square, or little outside.")


def check_grid(rows: int, columns: int) -> None:
    """Refuse a number of points that no mesh has.

    Raises:
        GeometryError: saying how many there may be.
    """
    if not (MIN_GRID <= rows <= MAX_GRID and MIN_GRID <= columns <= MAX_GRID):
        raise GeometryError(f"A mesh has {MIN_GRID} to {MAX_GRID} rows and columns of points, not {rows}x{columns}.")


def check_order(mesh: Mesh) -> None:
    """Refuse a mesh whose points stand in no order; that its surface does not fold between them is for `mapping.check`.

    Raises:
        GeometryError: naming a point.
    """
    for row in range(mesh.rows - 1):
        for column in range(mesh.columns - 1):
            first = row * mesh.columns + column
            cell = [mesh.points[i] for i in (first, first + 1, first + mesh.columns + 1, first + mesh.columns)]
            if any(turn(cell[i - 1], cell[i], cell[(i + 1) % 4]) <= 0 for i in range(4)):
                raise GeometryError(f"The mesh is folded near its point {column + 1} in row {row + 1}: points go row by row.")


def check_masks(masks: Sequence[Mask]) -> None:
    """Refuse masks that are no polygons, or two of one name. How many there may be is judged where somebody makes one.

    Raises:
        GeometryError: naming the mask and what to do.
    """
    names: set[str] = set()
    for mask in masks:
        if mask.id in names:
            raise GeometryError(f"Two masks are called {mask.id}.")
        names.add(mask.id)
        check_mask(mask)


def check_room(masks: Sequence[Mask]) -> None:
    """Refuse one mask more where there are as many as there may be.

    Raises:
        GeometryError: saying how many.
    """
    if len(masks) >= MAX_MASKS:
        raise GeometryError(f"There are {len(masks)} masks: an output has at most {MAX_MASKS}.")


def check_mask(mask: Mask) -> None:
    """Refuse a mask that is no polygon.

    Raises:
        GeometryError: naming it and what to do.
    """
    name = f"The mask {mask.id}"
    if len(mask.points) < _CORNERS:
        raise GeometryError(f"{name} has {len(mask.points)} of the {_CORNERS} points that a polygon needs.")
    if len(mask.points) > MAX_POINTS:
        raise GeometryError(f"{name} has {len(mask.points)} points: it may have {MAX_POINTS}.")
    check_places(mask.points, f"The points of mask {mask.id}")
    if not 0 <= mask.feather_px <= MAX_FEATHER_PX:
        raise GeometryError(f"{name} has a feather of {mask.feather_px:g} px: it may have 0 to {MAX_FEATHER_PX:g}.")
    if any(a == b for a, b in sides(mask.points)):
        raise GeometryError(f"{name} has the same point twice in a row: take one out.")
    _check_uncrossed(mask, name)


def check_edges(edges: Edges, crop: Box) -> None:
    """Refuse ramps that do not fit into the crop.

    Raises:
        GeometryError: saying which.
    """
    if not all(0 <= side < float("inf") for side in (edges.left, edges.right, edges.top, edges.bottom)):
        raise GeometryError("A blend is 0 pixels wide or more on each side.")
    for one, other, room, name in (
        (edges.left, edges.right, crop.width, "left and right"),
        (edges.top, edges.bottom, crop.height, "top and bottom"),
    ):
        if one + other > room:
            raise GeometryError(
                f"The blends {name} are {one + other:g} px wide together: the output has {room:g} px of the canvas."
            )


def check_places(points: tuple[Point, ...], what: str) -> None:
    """Refuse places that are no numbers or far away.

    Raises:
        GeometryError: naming *what* they are.
    """
    if not all(isfinite(value) and abs(value) <= MAX_PLACE_PX for point in points for value in point):
        raise GeometryError(f"{what} must lie within {MAX_PLACE_PX:.0f} pixels.")


def turn(a: Point, b: Point, c: Point) -> float:
    """Return twice the area of the triangle; positive when it turns clockwise on a screen."""
    return (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x)


def sides(points: Sequence[Point]) -> list[tuple[Point, Point]]:
    """Return the sides of a polygon."""
    return [(points[i], points[(i + 1) % len(points)]) for i in range(len(points))]


def _check_uncrossed(mask: Mask, name: str) -> None:
    around = sides(mask.points)
    count = len(around)
    for i, (a, b) in enumerate(around):
        c = around[(i + 1) % count][1]
        if turn(a, b, c) == 0 and (c.x - b.x) * (b.x - a.x) + (c.y - b.y) * (b.y - a.y) < 0:
            raise GeometryError(f"{name} turns back on itself at its point {(i + 1) % count + 1}: move that point.")
        for j in range(i + 2, count - (i == 0)):
            if _meet(a, b, *around[j]):
                raise GeometryError(f"{name} crosses itself: its side {i + 1} meets its side {j + 1}. Move a point between them.")


def _meet(a: Point, b: Point, c: Point, d: Point) -> bool:
    """Whether the stretches a-b and c-d have a point in common."""
    if (
        max(a.x, b.x) < min(c.x, d.x)
        or max(c.x, d.x) < min(a.x, b.x)
        or max(a.y, b.y) < min(c.y, d.y)
        or max(c.y, d.y) < min(a.y, b.y)
    ):
        return False
    return turn(a, b, c) * turn(a, b, d) <= 0 and turn(c, d, a) * turn(c, d, b) <= 0
