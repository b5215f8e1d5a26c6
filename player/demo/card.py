"""Sheets of paper with the words on them: the paper, and four hands that write.

The words come from `assets/words.yaml` and from nowhere else.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Final, Literal, TypeAlias, cast

import cv2
import numpy as np
import yaml
from numpy.typing import NDArray
from PIL import Image as Pictures
from PIL import ImageDraw, ImageFont

from player.demo.pixels import Image, Plane, blur, displace, emboss, mix, noise, ramp, smoothstep, tint

Hand: TypeAlias = Literal["print", "italic", "felt", "nib"]

CARD_PX: Final = 1500  # a sheet's longer side; more than it is ever shown at
WORDS: Final = Path(__file__).parents[2] / "assets" / "words.yaml"
LATIN_SERIF: Final = ("justmytype_western_core", "notoserif/NotoSerif[wdth,wght].ttf")
LATIN_ITALIC: Final = ("justmytype_western_core", "sourceserif4/SourceSerif4-Italic[opsz,wght].ttf")
LATIN_SANS: Final = ("justmytype_western_core", "notosans/NotoSans[wdth,wght].ttf")
HEBREW: Final = ("justmytype_intl_rtl", "notosanshebrew/NotoSansHebrew[wdth,wght].ttf")
RIGHT_TO_LEFT: Final = frozenset({"he", "yi"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What a sheet of paper looks like."""

    aspect: float = 1.45
    """Width divided by height."""
    paper: str = "#f3eee2"
    ink: str = "#22242b"
    hand: Hand = "print"
    fill: float = 0.78
    """The share of the width that the longest line takes."""
    folds: tuple[float, ...] = ()
    """Creases down the sheet, at these fractions of its width."""
    fold_across: bool = False
    torn: bool = False
    """The upper edge was torn off a pad."""


@cache
def words() -> dict[str, str]:
    """Return the phrase in each language by its BCP 47 tag."""
    loaded = cast("dict[str, dict[str, str]]", yaml.load(WORDS.read_text(encoding="utf-8"), Loader=yaml.BaseLoader))  # noqa: S506 - BaseLoader makes text only
    return {language: entry["text"] for language, entry in loaded.items()}


def card(rng: np.random.Generator, language: str, sheet: Sheet, *, lines: int = 1) -> tuple[Image, Plane]:
    """Return a sheet's albedo and its alpha, the phrase in *language* broken into *lines*."""
    wide, high = (CARD_PX, round(CARD_PX / sheet.aspect)) if sheet.aspect >= 1 else (round(CARD_PX * sheet.aspect), CARD_PX)
    picture = _paper(rng, (high, wide), sheet)
    ink = _written(rng, (high, wide), _broken(words()[language], lines), language, sheet)
    picture = mix(picture, tint(sheet.ink), ink)
    picture = _creased(rng, picture, sheet)
    alpha = _edge(rng, (high, wide), sheet)
    return picture, alpha


def _paper(rng: np.random.Generator, size: tuple[int, int], sheet: Sheet) -> Image:
    """Return blank paper: its colour, its fibres, a little unevenness."""
    height, width = size
    fibres = noise(rng, size, (14, 3), 3) + noise(rng, size, (3, 14), 3)
    clouds = noise(rng, size, (width * 0.3, height * 0.3), 4)
    picture = np.full((*size, 3), tint(sheet.paper), np.float32) * (1 + 0.012 * fibres + 0.016 * clouds)[..., None]
    ys, xs = ramp(height, width)
    worn = smoothstep(0.03, 0.0, np.minimum(np.minimum(xs, 1 - xs), np.minimum(ys, 1 - ys)))
    picture = mix(picture.astype(np.float32), tint("#b8a888"), 0.10 * worn)
    return emboss(picture, fibres + 6 * clouds, 0.02, 2.4)


def _creased(rng: np.random.Generator, picture: Image, sheet: Sheet) -> Image:
    """Return the sheet with the marks of having been folded and carried."""
    ys, xs = ramp(*picture.shape[:2])
    relief = 1.2 * noise(rng, picture.shape[:2], (picture.shape[1] * 0.35, picture.shape[0] * 0.4), 2)
    wave = 0.0015 * noise(rng, picture.shape[:2], (90, 90), 2)
    for fold in sheet.folds:
        relief = relief - 3.2 * np.exp(-np.abs(xs - fold + wave) * 260) - 7 * np.maximum(0, 1 - np.abs(xs - fold) * 3.2)
    if sheet.fold_across:
        relief = relief - 3.2 * np.exp(-np.abs(ys - 0.5 + wave) * 260) - 5 * np.maximum(0, 1 - np.abs(ys - 0.5) * 3.2)
    return emboss(picture, relief.astype(np.float32), 0.16, 2.4)


def _edge(rng: np.random.Generator, size: tuple[int, int], sheet: Sheet) -> Plane:
    """Return the sheet's outline: cut, or torn along the top."""
    ys, xs = ramp(*size)
    far = size[0] * np.minimum(ys, 1 - ys)
    side = size[1] * np.minimum(xs, 1 - xs)
    edge = np.minimum(far, side) + 0.35 * noise(rng, size, (60, 60), 3)
    if sheet.torn:
        rip = 7 + 5 * noise(rng, (1, size[1]), (50, 1), 5)
        edge = np.minimum(edge, ys * size[0] - rip)
    return np.clip(edge, 0, 1).astype(np.float32)


def _broken(phrase: str, lines: int) -> list[str]:
    """Return *phrase* in at most *lines* lines, broken at spaces, as even as can be."""
    parts = phrase.split(" ")
    if lines == 1 or len(parts) == 1:
        return [phrase]
    halves = [(" ".join(parts[:i]), " ".join(parts[i:])) for i in range(1, len(parts))]
    return list(min(halves, key=lambda pair: max(map(len, pair))))


def _written(rng: np.random.Generator, size: tuple[int, int], lines: list[str], language: str, sheet: Sheet) -> Plane:
    """Return how much ink lies where, 0 to 1."""
    height, width = size
    em = _size_that_fits(lines, language, sheet, size)
    font = _font(sheet.hand, language, em)
    pitch = em * 1.28
    canvas = Pictures.new("L", (width, height), 0)
    draw = ImageDraw.Draw(canvas)
    middle = height * 0.5 - pitch * (len(lines) - 1) / 2
    for i, line in enumerate(lines):
        shift = 0.0 if sheet.hand in ("print", "italic") else float(rng.uniform(-0.02, 0.02)) * width
        direction = "rtl" if language in RIGHT_TO_LEFT else "ltr"
        draw.text(
            (width / 2 + shift, middle + i * pitch),
            line,
            fill=255,
            font=font,
            anchor="mm",
            direction=direction,
            language=language,
        )
    ink = np.asarray(canvas, np.float32) / 255
    return _by_hand(rng, ink, em, sheet.hand)


def _by_hand(rng: np.random.Generator, ink: Plane, em: float, hand: Hand) -> Plane:
    """Return printed *ink* as the *hand* would have left it: bled, or drawn by a pen that is round, broad or soft."""
    size = ink.shape[0], ink.shape[1]
    if hand in ("print", "italic"):
        bled = smoothstep(0.30, 0.70, blur(ink, em * 0.006) + 0.05 * noise(rng, size, (5, 5), 2))
        return (bled * (0.965 + 0.03 * noise(rng, size, (30, 30), 4))).clip(0, 1).astype(np.float32)
    wobble = [noise(rng, size, (em * 0.7, em * 0.7), 2) * np.float32(em * 0.021) for _ in range(2)]
    drift = noise(rng, (1, size[1]), (em * 2.4, 1), 2) * np.float32(em * 0.022)
    line = displace(ink, wobble[0], (wobble[1] + drift).astype(np.float32))
    drawn = cast("Plane", cv2.dilate(line, _nib(hand, em)))
    soft = blur(drawn, em * 0.008)
    body = smoothstep(0.28, 0.72, soft + 0.045 * noise(rng, size, (em * 0.05, em * 0.05), 2))
    flow = noise(rng, size, (em * 0.5, em * 0.5), 3)
    return np.clip(body * (0.955 + 0.04 * flow), 0, 1).astype(np.float32)


def _nib(hand: Hand, em: float) -> NDArray[np.uint8]:
    """Return the shape that the pen's tip leaves on the paper."""
    length, breadth, angle = {"felt": (0.062, 0.058, 0.0), "nib": (0.105, 0.022, -38.0)}.get(hand, (0.05, 0.05, 0.0))
    side = int(em * length) | 1
    nib = np.zeros((side + 2, side + 2), np.uint8)
    middle = (side + 2) // 2
    cv2.ellipse(nib, (middle, middle), (max(1, int(em * length / 2)), max(1, int(em * breadth / 2))), angle, 0, 360, 1, -1)
    return nib


def _size_that_fits(lines: list[str], language: str, sheet: Sheet, size: tuple[int, int]) -> float:
    """Return the em in pixels at which the longest line takes its share of the width, and all lines fit the height."""
    probe = _font(sheet.hand, language, 100)
    longest = max(probe.getlength(line) for line in lines)
    return min(100 * sheet.fill * size[1] / longest, 0.62 * size[0] / (1.28 * len(lines)))


def _font(hand: Hand, language: str, em: float) -> ImageFont.FreeTypeFont:
    """Return the font that the *hand* starts from: its own weight for print, a hairline to be gone over with a pen else."""
    axes: tuple[float, float]
    if language in RIGHT_TO_LEFT:
        pack, axes = HEBREW, (420, 100) if hand == "print" else (100, 100)
    elif hand == "print":
        pack, axes = LATIN_SERIF, (410, 100)
    elif hand == "italic":
        pack, axes = LATIN_ITALIC, (390, 40)
    elif hand == "nib":
        pack, axes = LATIN_ITALIC, (200, 8)
    else:
        pack, axes = LATIN_SANS, (100, 96)
    font = ImageFont.truetype(str(files(pack[0]) / "fonts" / "ofl" / pack[1]), em, layout_engine=ImageFont.Layout.RAQM)
    font.set_variation_by_axes(list(axes))
    return font
