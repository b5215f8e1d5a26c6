"""Lines, boxes and words drawn into BGRA pixels: for test cards, and for handles while a wall is mapped.

Places are in pixels, the first one's centre at 0.5. Boxes are whole pixels with sharp edges; what leans is smoothed.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from functools import lru_cache
from typing import Final, Literal, Protocol, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from player.output.shape import Point, Seat
from player.units import Colour, Rect

Pixels: TypeAlias = NDArray[np.uint8]
Anchor: TypeAlias = Literal["left", "middle", "right"]

MAX_LINES: Final = 512  # remembered words, 20 kB each at the sizes drawn here; a grid of 4K has 400 numbers
LEAST_PX: Final = 1.0  # of an em: no font sets less, and an output may be a pixel wide
_SHIFT: Final = 4  # bits of a pixel that OpenCV's lines know: a sixteenth
_STEP: Final = 1.45  # ems from line to line
_FAR: Final = 2.0**15  # pixels: beyond it OpenCV's fixed point overflows, and no display reaches
_OPAQUE: Final = 255
_TURNS: Final = {90: cv2.ROTATE_90_CLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_COUNTERCLOCKWISE}
_FLIPS: Final = {"horizontal": 1, "vertical": 0}


class Covered(Protocol):
    """A line of text as coverage, 0 to 255."""

    @property
    def mask(self) -> Pixels:
        """Rows x columns."""
        ...

    @property
    def left(self) -> int:
        """Column of the mask's first, from the origin on the baseline."""
        ...

    @property
    def top(self) -> int:
        """Row of the mask's first, from the baseline; above it negative."""
        ...


class Letters(Protocol):
    """What sets a line of text."""

    def coverage(self, text: str, *, language: str, face: Literal["serif", "sans"], size_px: float) -> Covered:
        """Set *text* at an em of *size_px*."""
        ...


class Pen:
    """Draws. Words are set once and remembered; for one thread at a time."""

    def __init__(self, letters: Letters) -> None:
        """Set words with *letters*."""
        self._letters = letters
        self._set = lru_cache(MAX_LINES)(self._covered)

    def cap_height(self, size_px: float) -> float:
        """Return how high a capital letter stands at an em of *size_px*, in pixels."""
        return self._set("H", 400.0, "en").mask.shape[0] / 400.0 * size_px

    def width(self, text: str, size_px: float, *, language: str = "en") -> int:
        """Return how wide the ink of *text* is, in pixels."""
        return self._set(text, size_px, language).mask.shape[1]

    def height_of(self, lines: int, size_px: float) -> float:
        """Return how high a plate of so many lines is, in pixels."""
        return size_px * (_STEP * lines + 0.7)

    def words(
        self, out: Pixels, text: str, at: Point, *, size_px: float, colour: Colour, anchor: Anchor = "left", language: str = "en"
    ) -> None:
        """Write *text* on the baseline *at*, its ink beginning, centred or ending there; what is outside *out* is cut off."""
        covered = self._set(text, size_px, language)
        height, width = covered.mask.shape
        left = round(at.x - {"left": 0.0, "middle": width / 2, "right": float(width)}[anchor])
        top = round(at.y) + covered.top
        x0, y0, x1, y1 = max(0, left), max(0, top), min(out.shape[1], left + width), min(out.shape[0], top + height)
        if x0 >= x1 or y0 >= y1:
            return
        share = covered.mask[y0 - top : y1 - top, x0 - left : x1 - left, None].astype(np.float32) / 255
        part = out[y0:y1, x0:x1]
        part[:] = np.rint(part * (1 - share) + share * _bgra(colour))

    def plate(
        self,
        out: Pixels,
        lines: Sequence[str],
        middle: Point,
        *,
        size_px: float,
        colour: Colour,
        ground: Colour = (0, 0, 0),
        keeps: float = 0.0,
    ) -> None:
        """Write *lines* one below the other, centred in a box around *middle*; of what is below it, *keeps* shines through."""
        step = size_px * _STEP
        wide = max((self.width(line, size_px) for line in lines), default=0) + size_px * 1.6
        high = self.height_of(len(lines), size_px)
        height, width = out.shape[:2]
        left = min(max(0.0, middle.x - wide / 2), max(0.0, width - wide))
        top = min(max(0.0, middle.y - high / 2), max(0.0, height - high))
        part = out[_span(top, top + high, height), _span(left, left + wide, width)]
        part[:] = np.rint(part * keeps + _bgra(ground) * (1 - keeps))
        part[..., 3] = _OPAQUE
        for i, line in enumerate(lines):
            baseline = top + size_px * 0.35 + step * (i + 0.72)
            self.words(out, line, Point(left + wide / 2, baseline), size_px=size_px, colour=colour, anchor="middle")

    def _covered(self, text: str, size_px: float, language: str) -> Covered:
        return self._letters.coverage(text, language=language, face="sans", size_px=max(LEAST_PX, size_px))


def canvas(width: int, height: int, colour: Colour = (0, 0, 0)) -> Pixels:
    """Return new pixels of one colour."""
    found = np.empty((height, width, 4), np.uint8)
    found.view(np.uint32).fill(_word(colour))
    return found


def box(out: Pixels, place: Rect, colour: Colour) -> None:
    """Fill the whole pixels of *place*, its edges rounded to the nearest."""
    height, width = out.shape[:2]
    out.view(np.uint32)[_span(place.y, place.bottom, height), _span(place.x, place.right, width)] = _word(colour)


def frame(out: Pixels, place: Rect, colour: Colour, thickness: int = 1) -> None:
    """Draw the border of *place*, inside of it."""
    box(out, Rect(place.x, place.y, place.width, thickness), colour)
    box(out, Rect(place.x, place.bottom - thickness, place.width, thickness), colour)
    box(out, Rect(place.x, place.y, thickness, place.height), colour)
    box(out, Rect(place.right - thickness, place.y, thickness, place.height), colour)


def line(out: Pixels, points: Sequence[Point], colour: Colour, *, thickness: int = 1, closed: bool = False) -> None:
    """Draw a line through *points*, smoothed."""
    places = np.array(points, np.float64).reshape(-1, 1, 2) - 0.5
    fixed = np.rint(np.clip(places, -_FAR, _FAR) * 2**_SHIFT).astype(np.int32)
    cv2.polylines(out, [fixed], closed, _scalar(colour), thickness, cv2.LINE_AA, _SHIFT)


def circle(out: Pixels, middle: Point, radius: float, colour: Colour, thickness: float = 1.0) -> None:
    """Draw a circle, by the distance of each pixel's centre: OpenCV's own has corners that show at this size."""
    height, width = out.shape[:2]
    reach = radius + thickness / 2 + 1
    rows, columns = _span(middle.y - reach, middle.y + reach, height), _span(middle.x - reach, middle.x + reach, width)
    y = np.arange(rows.start, rows.stop, dtype=np.float32)[:, None] + np.float32(0.5 - middle.y)
    x = np.arange(columns.start, columns.stop, dtype=np.float32)[None, :] + np.float32(0.5 - middle.x)
    off = np.abs(np.sqrt(x * x + y * y) - np.float32(radius))
    share = np.clip(np.float32(thickness / 2 + 0.5) - off, 0, 1)
    inked = share > 0
    part, cover = out[rows, columns], share[inked][:, None]
    part[inked] = np.rint(part[inked] * (1 - cover) + cover * _bgra(colour)).astype(np.uint8)


def disc(out: Pixels, middle: Point, radius: float, colour: Colour) -> None:
    """Fill a circle."""
    circle(out, middle, radius / 2, colour, radius)


def as_shown(image: Pixels, seat: Seat) -> Pixels:
    """Turn and mirror an upright picture as its output shows the canvas, so that it reads right on the wall."""
    if seat.rotate:
        image = np.asarray(cv2.rotate(image, _TURNS[seat.rotate]), np.uint8)
    if seat.mirror != "none":
        image = np.asarray(cv2.flip(image, _FLIPS[seat.mirror]), np.uint8)
    return image


def _span(first: float, beyond: float, length: int) -> slice:
    return slice(min(max(round(first), 0), length), min(max(round(beyond), 0), length))


def _scalar(colour: Colour) -> tuple[int, int, int, int]:
    red, green, blue = colour
    return blue, green, red, _OPAQUE


def _word(colour: Colour) -> int:
    """Return a colour as the four bytes of a pixel."""
    return int.from_bytes(bytes(_scalar(colour)), sys.byteorder)


def _bgra(colour: Colour) -> NDArray[np.float32]:
    return np.array(_scalar(colour), np.float32)
