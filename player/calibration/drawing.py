"""What the operator sees while editing, drawn into an output's finished pixels: handles, lines, and a few quiet words.

Nothing here is bright: a handle is a hairline, and the words stand on a darkened plate. Outside editing nobody calls this.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from functools import lru_cache
from math import hypot
from typing import Final

import cv2
import numpy as np

from player.calibration.actions import help_lines
from player.calibration.changing import value_in_words
from player.calibration.editing import State
from player.calibration.spot import Edited, Part, Spot, in_words, landed, mask_at, place_of
from player.output.blend import overlaps
from player.output.homography import Doubles, applied, homography
from player.output.mapping import landing, outline
from player.output.mesh import surface
from player.output.pen import Pen, Pixels, as_shown, canvas, circle, disc, line
from player.output.room import CELL_PX, Flags, dark_cells, inside_any, place, unlit
from player.output.shape import MaskKind, Point, Seat, Shape
from player.units import Colour, Size

INK: Final[Colour] = (150, 146, 138)
"""Of words: a quarter of white's light, which is plenty on a wall that eyes have got used to in the dark."""
AMBER: Final[Colour] = (170, 132, 76)
"""What is selected."""
LINES: Final[Colour] = (104, 100, 94)
GRID: Final[Colour] = (58, 56, 53)
_SHADE: Final[Colour] = (0, 0, 0)
MASKS: Final[dict[MaskKind, Colour]] = {
    "drop": (150, 74, 62),
    "lock": (120, 60, 110),
    "keep": (74, 122, 76),
    "text": (70, 96, 140),
}
CELLS: Final = 8  # of the grid a side, at least; a mesh that is finer has its own
_SAMPLES: Final = 129  # places on a bent line: every 15 px of a 1080p picture, which no eye sees as corners
LINES_ON: Final = 42.0  # of the help would fill an output's short side
NAME_ON: Final = 7.0  # of an output's name would fill its short side
_SMALLEST: Final = 9.0  # px
_PLATE_KEEPS: Final = 0.15  # of what is below the words
_WIDEST: Final = 0.92  # of the output that words may take
_LOCKED_PX: Final = 5  # of its border, the inner half of which is taken away again
_REMEMBERED: Final = 16  # outputs, whose dark places are asked for in every frame: 2 MB each at 1920x1080
_DARK: Final = int.from_bytes(bytes((0, 0, 0, 255)), sys.byteorder)
_DOT, _RING, _ARM = 3.0, 10.0, 22.0  # px
_FURTHER_IN: Final = 3.0  # radii from the border, for a handle that would be cut there
_ARROW: Final = 2.6  # radii from the handle to its arrow's tip
_BARB: Final = 0.55  # of a ring's radius, back and aside from an arrow's tip


def draw(out: Pixels, state: State, output: int, pen: Pen) -> None:
    """Draw what belongs to editing over the finished pixels of an output.

    Args:
        out: BGRA, of the output's size; it may be a window's memory, with padded rows.
        state: What is edited.
        output: Which of its outputs *out* is.
        pen: Kept between calls, for it remembers its words.
    """
    edited = state.outputs[output]
    spot = state.spot if output == state.chosen else None
    if state.shows_grid:
        draw_grid(out, edited.shape)
    draw_shape(out, edited.shape, spot)
    at = None if spot is None else place_of(edited.shape, spot)
    if spot is not None and spot.part is Part.BLEND:
        _draw_blend(out, state)
    if at is not None:
        _draw_selected(out, at)
    _draw_words(out, [edited.id] if spot is None else _lines(state, at), edited, at, pen)
    locks = tuple(mask for mask in edited.shape.masks if mask.kind == "lock")
    if locks:
        _darken(out, _locked(locks, Size(out.shape[1], out.shape[0])))


def name_plate(seat: Seat, lines: Sequence[str], pen: Pen) -> Pixels:
    """Return which output this is, the first of *lines* so large that it is read from afar, turned as the output is."""
    upright = seat.size if seat.rotate in (0, 180) else (seat.size.height, seat.size.width)
    sizes = [min(upright) / (NAME_ON if i == 0 else LINES_ON / 2) for i in range(len(lines))]
    widest = max(pen.width(words, em) for words, em in zip(lines, sizes, strict=True)) + 2 * sizes[0]
    sizes = [round(max(_SMALLEST, em * min(1.0, _WIDEST * upright[0] / widest)), 1) for em in sizes]
    width = max(pen.width(words, em) for words, em in zip(lines, sizes, strict=True)) + 1.6 * sizes[0]
    plate = canvas(round(width), round(sum(_leading(em) for em in sizes) + 0.4 * sizes[0]), _SHADE)
    top = 0.2 * sizes[0]
    for words, em in zip(lines, sizes, strict=True):
        pen.words(plate, words, Point(width / 2, top + 0.72 * _leading(em)), size_px=em, colour=INK, anchor="middle")
        top += _leading(em)
    return as_shown(plate, seat)


def draw_name(out: Pixels, seat: Seat, shape: Shape, plate: Pixels) -> None:
    """Lay a `name_plate` over the middle of the picture, smaller where that is; what is kept dark stays so."""
    left, right, top, bottom = _extent(shape, seat)
    share = min(1.0, (right - left) / plate.shape[1], (bottom - top) / plate.shape[0])
    if share < 1:
        small = max(1, round(plate.shape[1] * share)), max(1, round(plate.shape[0] * share))
        plate = np.asarray(cv2.resize(plate, small, interpolation=cv2.INTER_AREA), np.uint8)
    _lay(out, plate, _room(shape, seat, None))
    _darken(out, unlit(shape, Size(out.shape[1], out.shape[0])))


def draw_grid(out: Pixels, shape: Shape) -> None:
    """Draw lines of the surface, through every point of its mesh."""
    h = homography(shape.corners)
    along = np.linspace(0.0, 1.0, _SAMPLES)
    for count, is_row in ((_cells(shape.mesh.rows), True), (_cells(shape.mesh.columns), False)):
        across = np.linspace(0.0, 1.0, count + 1)
        places = surface(shape.mesh, along, across) if is_row else surface(shape.mesh, across, along).transpose(1, 0, 2)
        for row in applied(h, places):
            line(out, _points(row), GRID)


def draw_shape(out: Pixels, shape: Shape, spot: Spot | None) -> None:
    """Draw the border, corners, masks, and the points of what is edited at *spot*."""
    _hairline(out, outline(shape), LINES)
    chosen = mask_at(shape, spot) if spot else None
    for mask in shape.masks:
        _hairline(out, mask.points, MASKS[mask.kind], thickness=_LOCKED_PX if mask.kind == "lock" else 1)
        for point in mask.points if mask is chosen else ():
            disc(out, point, _DOT, MASKS[mask.kind])
    if spot and spot.part is Part.MESH:
        for unit in shape.mesh.points:
            disc(out, landed(shape, unit), _DOT, LINES)
    for i, corner in enumerate(shape.corners):
        if spot is None or (spot.part, spot.index) != (Part.CORNERS, i):
            _draw_ring(out, corner, 2 * _DOT, LINES)


def _draw_words(out: Pixels, lines: list[str], edited: Edited, at: Point | None, pen: Pen) -> None:
    """Write *lines* where the picture is and no window, away from *at*, the right way up as people see the wall."""
    seat = edited.seat
    is_upright = seat.rotate in (0, 180)
    size = seat.size if is_upright else (seat.size.height, seat.size.width)
    em = max(_SMALLEST, min(size) / LINES_ON)
    widest = max(pen.width(each, em) for each in lines) + 2 * em
    em = round(max(_SMALLEST, em * min(1.0, _WIDEST * size[0] / widest)), 1)
    plate = canvas(
        round(max(pen.width(each, em) for each in lines) + 1.8 * em), round(len(lines) * _leading(em) + 0.8 * em), _SHADE
    )
    for i, text in enumerate(lines):
        baseline = Point(plate.shape[1] / 2, 0.4 * em + (i + 0.72) * _leading(em))
        pen.words(plate, text, baseline, size_px=em, colour=AMBER if i == 0 else INK, anchor="middle")
    plate = as_shown(plate, seat)
    dark = dark_cells(edited.shape, seat.size)
    if at is not None:
        dark = dark.copy()
        handle = _within(out, at, _RING * _FURTHER_IN)
        rows, columns = (slice(max(0, int((v - _ARM) / CELL_PX)), int((v + _ARM) / CELL_PX) + 1) for v in (handle.y, handle.x))
        dark[rows, columns] = True
    _lay(out, plate, place(dark, plate.shape[1], plate.shape[0], _room(edited.shape, seat, at)).middle)


def _lines(state: State, at: Point | None) -> list[str]:
    """Return what is said: what is selected and where, what came of the last key, and what keys there are."""
    edited, spot = state.edited, state.spot
    where = f"{at.x:.1f}, {at.y:.1f}" if at is not None else value_in_words(edited.shape, spot)
    width, height = edited.seat.size
    off = "" if at is None or (0 <= at.x <= width and 0 <= at.y <= height) else "off the display"
    mask = mask_at(edited.shape, spot)
    feather = f"feather {mask.feather_px:g} px" if mask is not None else ""
    card = f"card {state.card}" if state.card else ""
    head = " · ".join(filter(None, (edited.id, in_words(edited.shape, spot), where, off, feather, card)))
    return [head, *([state.message] if state.message else []), *(help_lines(spot.part) if state.shows_help else ())]


def _draw_selected(out: Pixels, at: Point) -> None:
    """Draw a ring, and four arms that leave the place itself to be seen; at the border an arrow shows there instead."""
    if not _draw_ring(out, at, _RING, AMBER):
        return
    for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1)):
        ends = [Point(at.x + dx * far, at.y + dy * far) for far in (_DOT, _ARM)]
        _draw_firm(out, ends, AMBER)


def _draw_ring(out: Pixels, at: Point, radius: float, colour: Colour) -> bool:
    """Draw a handle; where it would be cut or off the display, further in, with an arrow. Return whether it is in its place."""
    is_whole = _within(out, at, radius + 2) == at
    seat = at if is_whole else _within(out, at, radius * _FURTHER_IN)
    for each, thickness in ((_SHADE, 4.0), (colour, 2.0)):
        circle(out, seat, radius, each, thickness)
    if not is_whole:
        _draw_arrow(out, seat, at, radius, colour)
    return is_whole


def _draw_firm(out: Pixels, points: list[Point], colour: Colour) -> None:
    line(out, points, _SHADE, thickness=4)
    line(out, points, colour, thickness=2)


def _within(out: Pixels, at: Point, margin: float) -> Point:
    """Return what is nearest to *at* and *margin* from every border; the middle where the output is too narrow for that."""
    height, width = out.shape[:2]
    x, y = (min(max(v, margin), side - margin) if side > 2 * margin else side / 2 for v, side in ((at.x, width), (at.y, height)))
    return Point(x, y)


def _draw_arrow(out: Pixels, seat: Point, to: Point, radius: float, colour: Colour) -> None:
    """Draw an arrow from a handle's ring, towards the place that it stands for."""
    away = hypot(to.x - seat.x, to.y - seat.y)
    if away <= radius + _DOT:
        return  # the output is smaller than a handle
    dx, dy = (to.x - seat.x) / away, (to.y - seat.y) / away
    far = min(radius * _ARROW, away - _DOT)
    tip, start = (Point(seat.x + dx * r, seat.y + dy * r) for r in (far, radius))
    back = radius * _BARB
    barbs = [Point(tip.x - (dx - side * dy) * back, tip.y - (dy + side * dx) * back) for side in (1, -1)]
    _draw_firm(out, [start, tip], colour)
    _draw_firm(out, [barbs[0], tip, barbs[1]], colour)


def _darken(out: Pixels, dark: Flags) -> None:
    """Take all light out again where it is to be dark: nothing shines in there, not even a help text."""
    np.copyto(out.view(np.uint32)[..., 0], np.uint32(_DARK), where=dark)


_locked: Final = lru_cache(_REMEMBERED)(inside_any)


def _draw_blend(out: Pixels, state: State) -> None:
    """Draw where the ramps end, each as a line on the wall; the one that is edited in amber."""
    edited = state.edited
    seat, shape, crop = edited.seat, edited.shape, edited.seat.crop
    crops = [each.seat.crop for each in (edited, *state.outputs[: state.chosen], *state.outputs[state.chosen + 1 :])]
    edges = shape.edges or overlaps(crops, 0)
    x, y = np.linspace(crop.x, crop.right, _SAMPLES), np.linspace(crop.y, crop.bottom, _SAMPLES)
    ends = (
        (np.array([crop.x + edges.left]), y),
        (np.array([crop.right - edges.right]), y),
        (x, np.array([crop.y + edges.top])),
        (x, np.array([crop.bottom - edges.bottom])),
    )
    for i, (across, down) in enumerate(ends):
        places = landing(seat, shape, across, down).reshape(-1, 2)
        _hairline(out, _points(places), AMBER if i == state.spot.index else LINES, closed=False)


def _hairline(
    out: Pixels, points: tuple[Point, ...] | list[Point], colour: Colour, *, thickness: int = 1, closed: bool = True
) -> None:
    """Draw a line on a dark one, so that it is seen on bright pictures, too."""
    line(out, points, _SHADE, thickness=thickness + 2, closed=closed)
    line(out, points, colour, thickness=thickness, closed=closed)


def _room(shape: Shape, seat: Seat, at: Point | None) -> Point:
    """Return where the middle of the words goes: into the picture, in the half that has not *at*."""
    left, right, top, bottom = _extent(shape, seat)
    x, y = (left + right) / 2, (top + bottom) / 2
    if at is None:
        return Point(x, y)
    if seat.rotate in (0, 180):
        return Point(x, top + (bottom - top) * (0.25 if at.y > y else 0.75))
    return Point(left + (right - left) * (0.25 if at.x > x else 0.75), y)


def _extent(shape: Shape, seat: Seat) -> tuple[float, float, float, float]:
    """Return how far the picture goes on its output: left, right, top, bottom."""
    xs = [min(max(p.x, 0.0), float(seat.size.width)) for p in shape.corners]
    ys = [min(max(p.y, 0.0), float(seat.size.height)) for p in shape.corners]
    return min(xs), max(xs), min(ys), max(ys)


def _lay(out: Pixels, plate: Pixels, middle: Point) -> None:
    """Lay words over the picture, which shines through a little."""
    height, width = plate.shape[:2]
    left = min(max(0, round(middle.x - width / 2)), max(0, out.shape[1] - width))
    top = min(max(0, round(middle.y - height / 2)), max(0, out.shape[0] - height))
    part = out[top : top + height, left : left + width]
    inked = plate[: part.shape[0], : part.shape[1]]
    cv2.addWeighted(part, _PLATE_KEEPS, inked, 1.0, 0.0, dst=part)


def _cells(points: int) -> int:
    """Return into how many cells a side is divided: lines through all points of the mesh, and not too few."""
    own = points - 1
    return own * -(-CELLS // own)


def _points(places: Doubles) -> list[Point]:
    return [Point(float(x), float(y)) for x, y in places]


def _leading(em: float) -> float:
    return 1.5 * em
