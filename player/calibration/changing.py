"""One change to a shape: moved, added, taken away, reset. Pure, and never judged here: the editor refuses what cannot be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, cast

import numpy as np

from player.calibration.actions import Action, Do, Move
from player.calibration.snapping import NEAR_PX, snapped
from player.calibration.soundness import BOUNDS, COLOURS
from player.calibration.spot import SIDES, VALUES, WHOLE, Edited, Part, Spot, in_words, landed, mask_at, place_of
from player.errors import GeometryError
from player.output.blend import overlaps
from player.output.homography import applied, homography, inverse
from player.output.mesh import resampled
from player.output.refusals import MAX_FEATHER_PX, check_room
from player.output.shape import MAX_GRID, MIN_GRID, Box, Corners, Edges, Light, Mask, MaskKind, Mesh, Point, Seat, Shape
from player.units import Size

FEATHER_STEP_PX: Final = 1.0
USUAL_GAMMA: Final = 2.2  # where a gamma begins that was the curve of sRGB
NEW_MASK: Final = 0.1  # of the output's sides: about a window
_DECIMALS: Final = 4  # of a pixel: a tenth ten times is one, and no edge of light tells the difference
_SMALLEST: Final = 3  # points of a polygon
_OPPOSITE: Final = {"left": "right", "right": "left", "top": "bottom", "bottom": "top"}
_KINDS: Final[tuple[MaskKind, ...]] = ("drop", "keep", "text")


@dataclass(frozen=True, slots=True)
class Change:
    """What an action would make of a shape."""

    shape: Shape
    spot: Spot
    """What is selected then."""
    what: str
    """For the history."""
    message: str = ""
    """For the operator."""


def changed(outputs: Sequence[Edited], chosen: int, spot: Spot, action: Action) -> Change:
    """Return what *action* makes of the output that is *chosen*.

    Raises:
        GeometryError: there is nothing to change so; the message says what would.
    """
    edited = outputs[chosen]
    shape, name = edited.shape, in_words(edited.shape, spot)
    others = [*outputs[:chosen], *outputs[chosen + 1 :]]
    match action:
        case Move():
            found = moved(edited, spot, action, [each.seat.crop for each in (edited, *others)])
            return Change(found, spot, f"{name} moved" if place_of(shape, spot) else f"{name} {value_in_words(found, spot)}")
        case Do.FINER | Do.COARSER | Do.MORE_COLUMNS | Do.FEWER_COLUMNS:
            by = 1 if action in (Do.FINER, Do.MORE_COLUMNS) else -1
            found = resized(shape, by=by, rows_too=action in (Do.FINER, Do.COARSER))
            return Change(found, _kept(shape.mesh, found.mesh, spot), f"mesh {found.mesh.columns}x{found.mesh.rows}")
        case Do.SNAP:
            return _snapped(edited, spot, others, name)
        case Do.NEW_MASK:
            found = with_new_mask(shape, edited.seat.size)
            return Change(found, Spot(Part.MASKS, len(shape.masks)), f"mask {found.masks[-1].id} new")
        case _:
            return _with_mask_changed(shape, spot, action)


def _with_mask_changed(shape: Shape, spot: Spot, action: Action) -> Change:
    """Change the mask that is selected."""
    name, after = in_words(shape, spot), spot
    match action:
        case Do.KIND_OF_MASK:
            found = with_other_kind(shape, spot)
            what = message = f"mask {found.masks[spot.index].id} is {found.masks[spot.index].kind}"
        case Do.SOFTER | Do.HARDER:
            found = with_feather(shape, spot, FEATHER_STEP_PX if action is Do.SOFTER else -FEATHER_STEP_PX)
            what = message = f"mask {found.masks[spot.index].id} feather {found.masks[spot.index].feather_px:g} px"
        case Do.INSERT:
            found, after = with_point_after(shape, spot)
            what, message = f"{name}: a point after it", ""
        case Do.DELETE:
            found, after = without(shape, spot)
            is_whole = spot.point == WHOLE
            what = f"{name} removed"
            message = "The mask is gone; a corner is selected. Z brings it back." if is_whole else "Removed. Z brings it back."
        case _:
            raise GeometryError("There is nothing to change so.")
    return Change(found, after, what, message)


def _snapped(edited: Edited, spot: Spot, others: Sequence[Edited], name: str) -> Change:
    if place_of(edited.shape, spot) is None or (spot.part is Part.MASKS and spot.point == WHOLE):
        raise GeometryError("Only points snap: Tab to one first.")
    found = snapped(edited, spot, others)
    if found is None:
        raise GeometryError(f"No point of another output shows the same spot within {NEAR_PX:g} px.")
    place, mark = found
    return Change(placed(edited.shape, spot, place), spot, f"{name} snapped", f"Snapped to {mark.output}, {mark.name}.")


def moved(edited: Edited, spot: Spot, move: Move, crops: Sequence[Box]) -> Shape:
    """Return the shape with *spot* moved; *crops* are those of all outputs, that of *edited* first.

    Raises:
        GeometryError: there is nothing to move, or the value is at its end.
    """
    shape, onwards = edited.shape, seen(move, edited.seat)
    match spot.part:
        case Part.CORNERS:
            corners = list(shape.corners)
            corners[spot.index] = _shifted(corners[spot.index], onwards)
            return replace(shape, corners=cast("Corners", tuple(corners)))
        case Part.MESH:
            place = landed(shape, shape.mesh.points[spot.index])
            return with_mesh_point(shape, spot.index, Point(place.x + onwards.dx, place.y + onwards.dy))
        case Part.MASKS:
            return _with_mask_moved(shape, spot, onwards)
        case Part.BLEND:
            return replace(shape, edges=_widened(shape.edges or overlaps(crops, 0), spot, move.dx - move.dy, edited.seat.crop))
        case Part.LIGHT:
            return replace(shape, light=_lit(shape.light, VALUES[spot.index], move.dx - move.dy))


def seen(move: Move, seat: Seat) -> Move:
    """Return *move* in the output's own pixels: a key goes where people see it go, on a turned projector and behind a screen."""
    turned = {0: move, 90: Move(-move.dy, move.dx), 180: Move(-move.dx, -move.dy), 270: Move(move.dy, -move.dx)}[seat.rotate]
    across, down = (-1 if seat.mirror == "horizontal" else 1), (-1 if seat.mirror == "vertical" else 1)
    return Move(turned.dx * across, turned.dy * down)


def placed(shape: Shape, spot: Spot, place: Point) -> Shape:
    """Return the shape with the selected point at *place*, in output pixels."""
    if spot.part is Part.CORNERS:
        corners = list(shape.corners)
        corners[spot.index] = place
        return replace(shape, corners=cast("Corners", tuple(corners)))
    if spot.part is Part.MESH:
        return with_mesh_point(shape, spot.index, place)
    mask = _free_mask(shape, spot)
    points = (*mask.points[: spot.point], place, *mask.points[spot.point + 1 :])
    return _with_mask(shape, spot.index, replace(mask, points=points))


def with_mesh_point(shape: Shape, index: int, place: Point) -> Shape:
    """Return the shape with a point of its mesh at *place*, in output pixels."""
    u, v = applied(inverse(homography(shape.corners)), np.array(place, np.float64))
    points = list(shape.mesh.points)
    points[index] = Point(float(u), float(v))
    return replace(shape, mesh=replace(shape.mesh, points=tuple(points)))


def resized(shape: Shape, *, by: int, rows_too: bool) -> Shape:
    """Return the shape with a finer mesh (*by* 1) or a coarser one (-1); its surface stays.

    Cells are halved and joined, so that points stay where they are.

    Raises:
        GeometryError: no mesh is finer or coarser.
    """
    mesh = shape.mesh
    columns = _halved(mesh.columns, by)
    rows = _halved(mesh.rows, by) if rows_too else mesh.rows
    if (rows, columns) == (mesh.rows, mesh.columns):
        raise GeometryError(f"A mesh has {MIN_GRID} to {MAX_GRID} rows and columns of points: this is as far as it goes.")
    return replace(shape, mesh=resampled(mesh, rows, columns))


def with_new_mask(shape: Shape, size: Size) -> Shape:
    """Return the shape with one more mask, in the middle of the picture: a window that gets no light.

    Raises:
        GeometryError: there are as many as there may be.
    """
    check_room(shape.masks)
    names = {mask.id for mask in shape.masks}
    name = next(f"mask-{n}" for n in range(1, len(names) + 2) if f"mask-{n}" not in names)
    middle = landed(shape, Point(0.5, 0.5))
    x, y = round(middle.x), round(middle.y)
    w, h = round(size.width * NEW_MASK / 2), round(size.height * NEW_MASK / 2)
    points = (Point(x - w, y - h), Point(x + w, y - h), Point(x + w, y + h), Point(x - w, y + h))
    return replace(shape, masks=(*shape.masks, Mask(name, "drop", points)))


def with_other_kind(shape: Shape, spot: Spot) -> Shape:
    """Return the shape with the selected mask of the next kind; none becomes locked by a key, or free.

    Raises:
        GeometryError: it is locked, or no mask is selected.
    """
    mask = _free_mask(shape, spot)
    return _with_mask(shape, spot.index, replace(mask, kind=_KINDS[(_KINDS.index(mask.kind) + 1) % len(_KINDS)]))


def with_feather(shape: Shape, spot: Spot, by_px: float) -> Shape:
    """Return the shape with a softer or harder edge of the selected mask.

    Raises:
        GeometryError: it is locked, no mask is selected, or there is no such feather.
    """
    mask = _free_mask(shape, spot)
    feather = min(MAX_FEATHER_PX, max(0.0, mask.feather_px + by_px))
    if feather == mask.feather_px:
        raise GeometryError(f"A feather is 0 to {MAX_FEATHER_PX:g} px: this is as far as it goes.")
    return _with_mask(shape, spot.index, replace(mask, feather_px=feather))


def with_point_after(shape: Shape, spot: Spot) -> tuple[Shape, Spot]:
    """Return the shape with a point more, halfway from the selected one to the next, and that point.

    Raises:
        GeometryError: it is locked, or no mask is selected.
    """
    mask = _free_mask(shape, spot)
    at = max(0, spot.point)
    a, b = mask.points[at], mask.points[(at + 1) % len(mask.points)]
    points = (*mask.points[: at + 1], Point((a.x + b.x) / 2, (a.y + b.y) / 2), *mask.points[at + 1 :])
    return _with_mask(shape, spot.index, replace(mask, points=points)), replace(spot, point=at + 1)


def without(shape: Shape, spot: Spot) -> tuple[Shape, Spot]:
    """Return the shape without the selected point of a mask, or without the mask when all of it is selected.

    Then a corner is selected: Delete once more takes nothing of another mask.

    Raises:
        GeometryError: it is locked, no mask is selected, or the polygon would be none any more.
    """
    mask = _free_mask(shape, spot)
    if spot.point == WHOLE:
        return replace(shape, masks=(*shape.masks[: spot.index], *shape.masks[spot.index + 1 :])), Spot()
    if len(mask.points) <= _SMALLEST:
        raise GeometryError("A mask has three points at least. To remove all of it, Tab to the whole first.")
    points = (*mask.points[: spot.point], *mask.points[spot.point + 1 :])
    after = replace(spot, point=min(spot.point, len(points) - 1))
    return _with_mask(shape, spot.index, replace(mask, points=points)), after


def reset(edited: Edited, part: Part) -> Shape:
    """Return the shape with *part* as the configuration has it."""
    shape, configured = edited.shape, edited.configured
    match part:
        case Part.CORNERS:
            return replace(shape, corners=configured.corners)
        case Part.MESH:
            return replace(shape, mesh=configured.mesh)
        case Part.MASKS:
            return replace(shape, masks=configured.masks)
        case Part.BLEND:
            return replace(shape, edges=configured.edges)
        case Part.LIGHT:
            return replace(shape, light=configured.light)


def value_in_words(shape: Shape, spot: Spot) -> str:
    """Return the value that is selected, as operators read it; empty for what is no value."""
    if spot.part is Part.LIGHT:
        value = value_of(shape.light, VALUES[spot.index])
        return "sRGB" if value is None else f"{value:.4g}"
    if spot.part is Part.BLEND:
        return "as the outputs overlap" if shape.edges is None else f"{_widths(shape.edges)[SIDES[spot.index]]:.1f} px"
    return ""


def value_of(light: Light, name: str) -> float | None:
    """Return a value of *light* by its name; None for a gamma that is the curve of sRGB."""
    if name in COLOURS:
        return light.balance[COLOURS.index(name)]
    if name.startswith("gamma"):
        channel = name.removeprefix("gamma ")
        return None if light.gamma is None else light.gamma[COLOURS.index(channel) if channel in COLOURS else 1]
    return {"gain": light.gain, "black": light.black, "steepness": light.p}[name]


def _shifted(point: Point, move: Move) -> Point:
    return Point(round(point.x + move.dx, _DECIMALS), round(point.y + move.dy, _DECIMALS))


def _with_mask_moved(shape: Shape, spot: Spot, move: Move) -> Shape:
    mask = _free_mask(shape, spot)
    points = tuple(_shifted(p, move) if spot.point in (WHOLE, i) else p for i, p in enumerate(mask.points))
    return _with_mask(shape, spot.index, replace(mask, points=points))


def _with_mask(shape: Shape, index: int, mask: Mask) -> Shape:
    return replace(shape, masks=(*shape.masks[:index], mask, *shape.masks[index + 1 :]))


def _free_mask(shape: Shape, spot: Spot) -> Mask:
    """Return the selected mask, if keys may change it."""
    mask = mask_at(shape, spot)
    if mask is None:
        raise GeometryError("That is for masks: press K first.")
    if mask.kind == "lock":
        raise GeometryError(f"The mask {mask.id} is locked: only the configuration changes it.")
    return mask


def _halved(points: int, by: int) -> int:
    """Return the number of points a side after halving all cells, or joining them in pairs."""
    cells = points - 1
    found = cells * 2 if by > 0 else cells // 2
    return found + 1 if MIN_GRID <= found + 1 <= MAX_GRID else points


def _widened(edges: Edges, spot: Spot, by: float, crop: Box) -> Edges:
    values = _widths(edges)
    name = SIDES[spot.index]
    room = crop.width if name in ("left", "right") else crop.height
    most = max(values[name], room - values[_OPPOSITE[name]])
    values[name] = _within(values[name] + by, 0.0, most, values[name])
    return Edges(**values)


def _widths(edges: Edges) -> dict[str, float]:
    return dict(zip(SIDES, (edges.left, edges.right, edges.top, edges.bottom), strict=True))


def _kept(before: Mesh, after: Mesh, spot: Spot) -> Spot:
    """Return the point of a mesh of another size that lies where the selected one did, or next to it."""
    row, column = divmod(spot.index, before.columns)
    down, across = (after.rows - 1) / (before.rows - 1), (after.columns - 1) / (before.columns - 1)
    return replace(spot, index=round(row * down) * after.columns + round(column * across))


def _lit(light: Light, name: str, by: float) -> Light:
    bounds = BOUNDS[name]
    now = value_of(light, name)
    start = USUAL_GAMMA if now is None else now
    value = _within(start + by * bounds.step, bounds.least, bounds.most, start)
    if name in COLOURS:
        return replace(light, balance=_one_of(light.balance, COLOURS.index(name), value))
    if name == "gamma":
        return replace(light, gamma=(value, value, value))
    if name.startswith("gamma"):
        return replace(
            light, gamma=_one_of(light.gamma or (start, start, start), COLOURS.index(name.removeprefix("gamma ")), value)
        )
    return replace(light, **{{"gain": "gain", "black": "black", "steepness": "p"}[name]: value})


def _one_of(three: tuple[float, float, float], index: int, value: float) -> tuple[float, float, float]:
    red, green, blue = (value if i == index else each for i, each in enumerate(three))
    return red, green, blue


def _within(value: float, least: float, most: float, now: float) -> float:
    """Return *value* taken into its bounds.

    Raises:
        GeometryError: it was at the end already.
    """
    found = round(min(most, max(least, value)), 6)
    if found == now:
        raise GeometryError(f"It may be {least:g} to {most:g}: this is as far as it goes.")
    return found
