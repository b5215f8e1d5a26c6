"""Test cards of light: checker, bars, colours, black and white steps, ramps, and how many outputs light a spot.

Percentages are of the signal, as projectors' menus count, unless a card says light.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from player.output.curve import FULL, LINEAR, WHITE, Doubles, encoded
from player.output.dither import steady
from player.output.pen import Pen, Pixels, box, canvas, frame
from player.output.shape import Point
from player.output.testcard_geometry import AMBER, FAINT, Sheet
from player.output.testcard_label import INK, Facts
from player.units import Colour, Rect, Size

_BARS: Final[tuple[Colour, ...]] = ((1, 1, 1), (1, 1, 0), (0, 1, 1), (0, 1, 0), (1, 0, 1), (1, 0, 0), (0, 0, 1))
_BAR_LEVEL: Final = 0.75  # as television has them: nothing clips that is right
_COLOURS: Final[tuple[tuple[str, Colour], ...]] = (
    ("red", (1, 0, 0)),
    ("green", (0, 1, 0)),
    ("blue", (0, 0, 1)),
    ("white", (1, 1, 1)),
)
_LIGHTS: Final = (1.0, 0.5, 0.2, 0.05)
_INKS: Final[tuple[Colour, ...]] = (INK, (0, 0, 0), (244, 239, 228))  # that which adds least light first
READABLE: Final = 4.5  # to one, as WCAG asks of words
_SEEN: Final = (0.2126, 0.7152, 0.0722)  # of a colour's light, as the eye weighs it
_RGBW_END: Final = 0.74  # of the height; the rest is black, for the label and as a fifth colour
_BLACKS: Final = tuple(range(6))  # percent
_WHITES: Final = tuple(range(100, 94, -1))
_DARK_RAMP: Final = 0.05  # of the signal: where bands are seen first
COUNTED: Final[tuple[Colour, ...]] = (
    (0, 0, 0),
    (40, 74, 120),
    (44, 120, 62),
    (170, 120, 30),
    (150, 50, 110),
    (150, 40, 36),
)
"""Of 0, 1, 2, 3, 4, and 5 or more outputs; told apart by brightness too, for those who see no red or green."""
_NAMED: Final = ("none", "1", "2", "3", "4", "5 or more")


@dataclass(slots=True, eq=False)
class Panel:
    """A raw card in the making: an output as people see it, before it is turned."""

    size: Size
    facts: Facts
    pen: Pen
    counted: NDArray[np.uint8] | None
    image: Pixels = field(init=False)

    def __post_init__(self) -> None:
        self.image = canvas(self.size.width, self.size.height)


def checker(panel: Panel) -> None:
    """Fill with a chequer of single pixels: grey all over when each is shown by itself, else waves and stripes."""
    rows, columns = np.ogrid[: panel.size.height, : panel.size.width]
    panel.image[..., :3] = np.where((rows + columns) % 2 == 0, 255, 0).astype(np.uint8)[..., None]


def ramp(panel: Panel) -> None:
    """Draw ramps, each as it is rounded to 8 bits and as it is dithered: the first has bands, the second none."""
    width, height = panel.size
    noise = np.random.default_rng(0)  # still, so that the eye has time; the show's own is fresh for every frame
    across = np.linspace(0.0, 1.0, width)
    em = max(9.0, min(width, height) / 48)
    strips = (
        (across, "0–100 %, without dither", False),
        (across, "0–100 %, with dither", True),
        (across * _DARK_RAMP, "0–5 %, without dither", False),
        (across * _DARK_RAMP, "0–5 %, with dither", True),
    )
    high = height / len(strips)
    for i, (signal, name, is_dithered) in enumerate(strips):
        top, bottom = round(i * high), round((i + 1) * high)
        shown = _dithered(signal, bottom - top, noise) if is_dithered else np.rint(signal * WHITE)[None]
        panel.image[top:bottom, :, :3] = shown.astype(np.uint8)[..., None]
        panel.pen.words(panel.image, name, Point(em, top + em * 1.6), size_px=em, colour=FAINT)


def count(panel: Panel) -> None:
    """Colour each pixel by how many outputs light its spot."""
    counted = panel.counted
    if counted is not None:
        table = np.array([(*colour[::-1], 255) for colour in COUNTED], np.uint8)
        panel.image[:] = table[np.minimum(counted, len(COUNTED) - 1)]
    em = max(10.0, min(panel.size) / 36)
    _legend(panel, em)
    if counted is None:
        at = Point(panel.size.width / 2, panel.size.height * 0.3)
        panel.pen.plate(panel.image, ["overlaps are not known yet"], at, size_px=em, colour=AMBER)


def bars(sheet: Sheet) -> None:
    """Draw colour bars of 75 %, and grey steps below them."""
    place = sheet.place
    level = round(_BAR_LEVEL * WHITE)
    _row(sheet, [_times(colour, level) for colour in _BARS], 0.0, 0.68)
    _row(sheet, [_grey(i / 10) for i in range(11)], 0.68, 1.0)
    frame(sheet.part, place, AMBER, 2)


def rgbw(sheet: Sheet) -> None:
    """Draw red, green, blue and white, at full light and at less: for purity, balance and the curve."""
    place, pen = sheet.place, sheet.pen
    em = max(9.0, min(place.width, place.height) / 48)
    high = _RGBW_END / len(_LIGHTS)
    for i, part in enumerate(_LIGHTS):
        top = i * high
        level = round(float(encoded(np.array([part]))[0]) * WHITE)
        _row(sheet, [_times(colour, level) for _, colour in _COLOURS], top, top + high)
        for column, (name, colour) in enumerate(_COLOURS):
            ink = ink_on(_times(colour, level))
            at = Point(place.width * column / len(_COLOURS) + em, place.height * top + em * 1.6)
            pen.words(sheet.part, f"{name}, {part * 100:g} % light", at, size_px=em, colour=ink)


def ink_on(ground: Colour) -> Colour:
    """Return a colour for words that is read on *ground*."""
    return next((ink for ink in _INKS if contrast(ink, ground) >= READABLE), _INKS[-1])


def contrast(one: Colour, other: Colour) -> float:
    """Return how far two colours are apart for the eye, as WCAG counts it: 1 to 21."""
    dark, bright = sorted(float(LINEAR[list(each)] @ np.array(_SEEN)) / FULL for each in (one, other))
    return (bright + 0.05) / (dark + 0.05)


def blacks(sheet: Sheet) -> None:
    """Draw steps from 0 to 5 % on black: all but the first must be seen, or the projector's brightness is too low."""
    _steps(sheet, [(percent, f"{percent} %") for percent in _BLACKS], 0.0, FAINT)


def whites(sheet: Sheet) -> None:
    """Draw steps from 100 to 95 % on white: all but the first must be seen, or the projector's contrast is too high."""
    _steps(sheet, [(percent, f"{percent} %") for percent in _WHITES], 1.0, (120, 118, 112))


def _steps(sheet: Sheet, steps: Sequence[tuple[int, str]], ground: float, ink: Colour) -> None:
    place = sheet.place
    box(sheet.part, place, _grey(ground))
    em = max(9.0, min(place.width, place.height) / 40)
    wide = place.width * 0.86 / len(steps)
    for i, (percent, name) in enumerate(steps):
        x = place.width * 0.07 + i * wide
        box(sheet.part, Rect(x, place.height * 0.22, wide * 0.86, place.height * 0.36), _grey(percent / 100))
        code = round(percent / 100 * WHITE)
        at = Point(x + wide * 0.43, place.height * 0.22 - em)
        sheet.pen.words(sheet.part, name, at, size_px=em, colour=ink, anchor="middle")
        at = Point(at.x, place.height * 0.58 + em * 1.6)
        sheet.pen.words(sheet.part, str(code), at, size_px=em * 0.8, colour=ink, anchor="middle")


def _row(sheet: Sheet, colours: Sequence[Colour], top: float, bottom: float) -> None:
    place = sheet.place
    wide = place.width / len(colours)
    for i, colour in enumerate(colours):
        box(sheet.part, Rect(i * wide, top * place.height, wide, (bottom - top) * place.height), colour)


def _legend(panel: Panel, em: float) -> None:
    """Say which colour is how many; those that are there alone."""
    counted = panel.counted
    there = sorted({0} if counted is None else {min(int(n), len(COUNTED) - 1) for n in np.unique(counted)})
    step = em * 7
    left = panel.size.width / 2 - step * len(there) / 2
    y = panel.size.height * 0.12
    box(panel.image, Rect(left - em, y - em * 1.5, step * len(there) + em * 2, em * 3), (0, 0, 0))
    for i, number in enumerate(there):
        swatch = Rect(left + i * step, y - em / 2, em, em)
        box(panel.image, swatch, COUNTED[number])
        frame(panel.image, swatch, FAINT)
        at = Point(left + i * step + em * 1.5, y + em * 0.36)
        panel.pen.words(panel.image, _NAMED[number], at, size_px=em, colour=INK)


def _dithered(signal: Doubles, rows: int, noise: np.random.Generator) -> Doubles:
    """Return a ramp in whole codes that are right on average, *rows* x its length."""
    code = steady(signal * WHITE)
    shape = (rows, len(signal))
    mixed = np.floor(code + 0.5 + noise.random(shape) + noise.random(shape) - 1)
    return np.clip(mixed, 0, WHITE)


def _times(colour: Colour, level: int) -> Colour:
    red, green, blue = colour
    return red * level, green * level, blue * level


def _grey(signal: float) -> Colour:
    code = round(signal * WHITE)
    return code, code, code
