"""Test cards of places: grid, circle, text, moving bar. Drawn on the canvas, so that outputs which share a spot agree on it."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import ceil, floor, radians, tan
from typing import Final

import numpy as np

from player.output.curve import encoded
from player.output.pen import Anchor, Pen, Pixels, box, canvas, circle, frame, line
from player.output.shape import Point, Seat
from player.output.testcard_label import Facts
from player.units import SECOND, Colour, Nanos, Rect

CELLS: Final = 9  # along the canvas's short side, about
_NICE: Final = (8, 10, 16, 20, 25, 32, 40, 50, 60, 80, 100, 120, 160, 200, 240, 320, 400, 480, 640)  # px; a grid people can count
LINE: Final[Colour] = (200, 196, 188)
FAINT: Final[Colour] = (96, 94, 90)
AMBER: Final[Colour] = (214, 168, 96)
IN_CIRCLE: Final = 0.7  # of the height: a label there leaves the circle whole
SAFE: Final = ((0.9, "90 %"), (0.8, "80 %"))  # of each side: what tubes and façades lose at their edges
BAR_TAKES: Final[Nanos] = 8 * SECOND  # over the canvas: 4 px a frame at 1920 and 60 Hz, which every eye follows
_BAR: Final = 0.02  # of the canvas
_BAR_LIGHT: Final = 0.7
ACUITY: Final = (
    (16.0, "smallest: 16′"),
    (22.0, "preferred: 22′"),
    (44.0, "twice that: 44′"),
)
"""Minutes of arc of a letter's height that people read: from far, and in comfort."""
_LADDER: Final = (16, 24, 32, 48, 72)  # px of a letter's height, where nobody said how far away people stand
INK: Final[Colour] = (244, 239, 228)
_INDENT: Final = 0.05  # of the width
_LETTERS_END: Final = 0.74  # of the height: the label is below
_ENDS: Final[tuple[Anchor, Anchor]] = ("left", "right")
_PHRASES: Final = (("We Remember", "en"), ("אנחנו זוכרים", "he"))


@dataclass(slots=True, eq=False)
class Sheet:
    """A card in the making: the canvas, of which an output sees its crop."""

    seat: Seat
    facts: Facts
    pen: Pen
    t: Nanos
    image: Pixels = field(init=False)
    part: Pixels = field(init=False)
    """A view of the crop."""

    def __post_init__(self) -> None:
        crop, size = self.seat.crop, self.seat.canvas
        self.image = canvas(size.width, size.height)
        self.part = self.image[
            max(0, floor(crop.y)) : max(1, ceil(crop.bottom)), max(0, floor(crop.x)) : max(1, ceil(crop.right))
        ]

    @property
    def place(self) -> Rect:
        """All of the crop, in its own pixels."""
        height, width = self.part.shape[:2]
        return Rect(0.0, 0.0, width, height)

    @property
    def left(self) -> int:
        """The canvas column that the crop begins with."""
        return max(0, floor(self.seat.crop.x))

    @property
    def top(self) -> int:
        """The canvas row that the crop begins with."""
        return max(0, floor(self.seat.crop.y))


def grid(sheet: Sheet) -> None:
    """Draw a grid of squares, each with its column and row; every fifth line is strong, and the crop has a border."""
    size, out = sheet.seat.canvas, sheet.part
    pitch = min(_NICE, key=lambda nice: abs(nice - min(size) / CELLS))
    em = pitch * 0.26
    for way, length in ((0, size.width), (1, size.height)):
        for i in range(length // pitch + 1):
            colour, thickness = (LINE, 2) if i % 5 == 0 else (FAINT, 1)
            at = i * pitch - (thickness // 2)
            x, y = (at - sheet.left, 0) if way == 0 else (0, at - sheet.top)
            wide, high = (thickness, size.height) if way == 0 else (size.width, thickness)
            box(out, Rect(x, y, wide, high), colour)
    for row in range(ceil(size.height / pitch)):
        for column in range(ceil(size.width / pitch)):
            at = Point((column + 0.5) * pitch - sheet.left, (row + 0.5) * pitch - sheet.top + em * 0.36)
            sheet.pen.words(out, f"{_letters(column)}{row + 1}", at, size_px=em, colour=LINE, anchor="middle")
    frame(out, sheet.place, AMBER, 2)


def crosshair(sheet: Sheet) -> None:
    """Draw the middle, a circle that must be round, diagonals, a circle in each corner, and the safe areas."""
    out, place = sheet.part, sheet.place
    middle = Point(place.width / 2, place.height / 2)
    small = min(place.width, place.height)
    corners = [Point(0, 0), Point(place.width, 0), Point(place.width, place.height), Point(0, place.height)]
    for a, b in ((corners[0], corners[2]), (corners[1], corners[3])):
        line(out, (a, b), FAINT)
    for share, name in SAFE:
        inner = Rect(
            round(place.width * (1 - share) / 2),
            round(place.height * (1 - share) / 2),
            round(place.width * share),
            round(place.height * share),
        )
        frame(out, inner, FAINT, 1)
        em = max(9.0, small / 54)
        at = Point(place.width * 0.2, inner.y + em * 1.3)
        sheet.pen.words(out, f"safe {name}", at, size_px=em, colour=LINE)
    # Two pixels where the middle is an edge between two, one where it is a pixel's centre: the cross is exact either way.
    thick_x, thick_y = 2 - int(place.width) % 2, 2 - int(place.height) % 2
    box(out, Rect(middle.x - thick_x / 2, 0, thick_x, place.height), LINE)
    box(out, Rect(0, middle.y - thick_y / 2, place.width, thick_y), LINE)
    circle(out, middle, small * 0.45, LINE, 2)
    circle(out, middle, small * 0.05, AMBER, 2)
    radius = small * 0.12
    for x in (radius, place.width - radius):
        for y in (radius, place.height - radius):
            circle(out, Point(x, y), radius - 1, FAINT, 2)
    frame(out, place, AMBER, 2)


def text(sheet: Sheet) -> None:
    """Write what people must be able to read: at the smallest size for where they stand, and at a better one."""
    place, facts, pen = sheet.place, sheet.facts, sheet.pen
    distance, wall = facts.viewing_distance_m, facts.wall_width_m
    if distance and wall:
        per_m = sheet.seat.canvas.width / wall
        rows = [(2 * distance * tan(radians(minutes / 60) / 2) * per_m, name) for minutes, name in ACUITY]
        title = f"from {distance:g} m, on a wall of {wall:g} m"
    else:
        rows = [(float(px), f"{px} px") for px in _LADDER]
        title = "display: viewing_distance and wall_width are not set: letters by their height in pixels"
    em_of = 1 / pen.cap_height(1.0)
    note = max(10.0, min(place.width, place.height) / 48)
    y = place.height * 0.08
    pen.words(sheet.part, title, Point(place.width / 2, y), size_px=note, colour=FAINT, anchor="middle")
    for height, name in rows:
        y += note * 1.5
        told = name if name.endswith("px") else f"{name}, {height:.1f} px high"
        y_of_letters = y + note * 1.3 + height
        if y_of_letters > place.height * _LETTERS_END:
            return
        pen.words(sheet.part, told, Point(place.width * _INDENT, y + note * 0.5), size_px=note, colour=FAINT)
        y = y_of_letters
        _phrases(sheet, y, height * em_of)
        y += height * 0.6


def _phrases(sheet: Sheet, y: float, em: float) -> None:
    """Write the words in two scripts side by side; in one where they would meet."""
    width, pen = sheet.place.width, sheet.pen
    room = width * (1 - 2 * _INDENT) - em
    shown = _PHRASES if sum(pen.width(words, em, language=language) for words, language in _PHRASES) < room else _PHRASES[:1]
    for (words, language), share, anchor in zip(shown, (_INDENT, 1 - _INDENT), _ENDS, strict=False):
        pen.words(sheet.part, words, Point(width * share, y), size_px=em, colour=INK, anchor=anchor, language=language)


def bar(sheet: Sheet) -> None:
    """Draw a bar that goes over the whole canvas: it leaves one output as it enters the next, in one piece and evenly."""
    size, out = sheet.seat.canvas, sheet.part
    width = max(2.0, size.width * _BAR)
    left = (sheet.t % BAR_TAKES) / BAR_TAKES * (size.width + width) - width - sheet.left
    columns = np.arange(out.shape[1], dtype=np.float64)
    # Its edges cover pixels by fractions, so that it moves by fractions of a pixel, too.
    cover = np.clip(np.minimum(columns + 1, left + width) - np.maximum(columns, left), 0, 1)
    row = np.full((out.shape[1], 4), 255, np.uint8)
    row[:, :3] = np.rint(encoded(cover * _BAR_LIGHT) * 255)[:, None]
    out[:] = row
    for share in (0.25, 0.5, 0.75):
        box(out, Rect(0, round(out.shape[0] * share), out.shape[1], 1), FAINT)
    frame(out, sheet.place, AMBER, 2)


def _letters(column: int) -> str:
    """Return A…Z, then AA…: so that no two columns of a wide wall have one name."""
    last = chr(ord("A") + column % 26)
    return last if column < 26 else f"{_letters(column // 26 - 1)}{last}"  # noqa: PLR2004 - letters of the alphabet
