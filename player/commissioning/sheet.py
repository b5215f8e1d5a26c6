"""The picture of a simulated wall: what it receives, and below it how many outputs light each spot and how even that is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from player.commissioning.evenness import smoothed
from player.commissioning.received import Flags, Pixels
from player.output.homography import Floats
from player.output.pen import Pen, canvas
from player.output.shape import Point
from player.output.testcard_light import COUNTED
from player.units import Colour, Size

GROUND: Final[Colour] = (11, 11, 13)
INK: Final[Colour] = (205, 200, 190)
FAINT: Final[Colour] = (120, 117, 110)
NARROWEST: Final = 960  # px: what the legend needs
_DARKER: Final[Colour] = (58, 110, 190)
_EVEN: Final[Colour] = (58, 57, 55)
_BRIGHTER: Final[Colour] = (214, 150, 60)
_LEAST_SCALE: Final = 0.01  # of the mean: what is evener than that shall look even
_PANELS: Final = 3


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """A field of one grey on the wall."""

    name: str
    light: Floats
    mean: float
    uneven: float
    """Of the mean: where the colours of its panel end."""


def sheet(
    wall: Pixels, count: NDArray[np.uint8], fields: Sequence[Field], *, where: Flags, words: Sequence[str], pen: Pen
) -> Pixels:
    """Return the picture, BGRA: the wall as it is, then panels of *count* and two *fields*, then *words*.

    Args:
        wall: What it receives, BGRA of the canvas.
        count: Of outputs, by canvas pixel.
        fields: White and black, both of the canvas.
        where: The wall should be even.
        words: Lines below.
        pen: Writes.
    """
    height, width = wall.shape[:2]
    wide = max(width, NARROWEST)
    em = max(15.0, wide / 110)
    gap = round(em)
    small = Size((wide - gap * (_PANELS + 1)) // _PANELS, max(1, round((wide - gap * (_PANELS + 1)) / _PANELS * height / width)))
    panels = [(counted(count), _count_in_words(count))]
    for field in fields:
        scale = max(_LEAST_SCALE, field.uneven)
        panels.append(
            (deviation(field, where, scale), f"{field.name}: blue is darker, amber brighter, up to {scale * 100:.1f} %")
        )
    below = round(small.height + em * 2.4) + gap
    out = canvas(wide, height + gap + below + round((len(words) + 1.2) * em * 1.5), GROUND)
    out[:height, (wide - width) // 2 : (wide - width) // 2 + width] = wall
    top = height + gap
    for i, (panel, name) in enumerate(panels):
        left = gap + i * (small.width + gap)
        out[top : top + small.height, left : left + small.width] = cv2.resize(panel, small, interpolation=cv2.INTER_AREA)
        _fitted(pen, out, name, Point(left, top + small.height + em * 1.5), em=em, room=small.width, colour=FAINT)
    for i, line in enumerate(words):
        at = Point(gap, top + below + (i + 0.8) * em * 1.5)
        _fitted(pen, out, line, at, em=em, room=wide - 2 * gap, colour=INK if i == 0 else FAINT)
    return out


def counted(count: NDArray[np.uint8]) -> Pixels:
    """Return a colour for each number of outputs, as the test card has them."""
    table = np.array([(*colour[::-1], 255) for colour in COUNTED], np.uint8)
    return table[np.minimum(count, len(COUNTED) - 1)]


def deviation(field: Field, where: Flags, scale: float) -> Pixels:
    """Return how far each patch leaves the mean, as colours; what should not be even is dark. *scale* is where colours end."""
    patches, is_patch = smoothed(field.light, where)
    off = np.clip((patches / max(field.mean, 1e-9) - 1) / scale, -1, 1)[..., None]
    even, brighter, darker = (np.array(colour[::-1], np.float32) for colour in (_EVEN, _BRIGHTER, _DARKER))
    mixed = even + np.maximum(off, 0) * (brighter - even) + np.maximum(-off, 0) * (darker - even)
    out = canvas(field.light.shape[1], field.light.shape[0], GROUND)
    out[is_patch, :3] = np.rint(mixed[is_patch]).astype(np.uint8)
    return out


def _count_in_words(count: NDArray[np.uint8]) -> str:
    shares = np.bincount(count.ravel(), minlength=1) / count.size
    told = [f"{number or 'none'} {share:.0%}" for number, share in enumerate(shares) if share > 0]
    return f"outputs on a spot: {', '.join(told)}"


def _fitted(pen: Pen, out: Pixels, text: str, at: Point, *, em: float, room: int, colour: Colour) -> None:
    """Write *text*, smaller where it has no room."""
    wide = pen.width(text, em)
    pen.words(out, text, at, size_px=em if wide <= room else em * room / wide, colour=colour)
