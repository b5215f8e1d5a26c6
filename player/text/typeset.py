"""One line of text, shaped: how much room it takes, and its coverage as a mask.

Shaping is HarfBuzz's (through Pillow and raqm), one run of one font at a time; this module splits a line into such
runs, puts them in the order they are read in, and sets them side by side. Sizes are real-valued: FreeType fits the
glyphs of fonts without instructions to whole pixels, which spoils the spacing of small text, so small sizes are drawn
several times larger and averaged, and every extent is measured once, large, and scaled.
"""

from __future__ import annotations

import math
import re
import threading
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from player.text.bidi import EXPLICIT, visual_runs
from player.text.fonts import FontChoice, Fonts
from player.text.scripts import Face, script_of

MAX_LINES: Final = 4096  # remembered settings, about 1 kB each; a mosaic show needs 40, a year of captions any number
MAX_OPEN_FONTS: Final = 24  # faces at a size, up to 1 MB each; a slide of every kind needs fewer than ten
PROBE_PX: Final[dict[Face, int]] = {"serif": 128, "sans": 48}
"""Extents are measured at these ems. Edges are then right to 0.002 em: 0.4 px in the largest words, 0.1 px in captions."""
FINE_PX: Final = 400  # smaller text is drawn at least this large and averaged down: FreeType shifts edges by up to a pixel
MAX_FINENESS: Final = 8
OVERHANG: Final = 0.6  # ems; how far ink may stand out beyond where the pen begins and ends
HIGHEST: Final = 1.7  # ems above the baseline, enough for stacked marks; a tower of them made for mischief is cut off
DEEPEST: Final = 0.9  # ems below it, likewise
MAX_SIDE: Final = 100_000  # pixels; a caption of 2,000 characters at its finest; captions are bounded long before
_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")
_JOINERS: Final = frozenset("\u200c\u200d")
_MARKS: Final = frozenset("\u200e\u200f\u061c")


class Extent(NamedTuple):
    """The ink box of a line about its origin (left end of the baseline; y down), and how far the pen goes; in pixels."""

    left: float
    top: float
    right: float
    bottom: float
    advance: float

    def scaled(self, factor: float) -> Extent:
        """Return it for text *factor* times as large."""
        return Extent(*(value * factor for value in self))


@dataclass(frozen=True, slots=True)
class Coverage:
    """A line as greyscale coverage, 255 where it is all ink; the mask's corner lies at (left, top) from the origin."""

    mask: NDArray[np.uint8]
    left: int
    top: int


class _Piece(NamedTuple):
    """A run of one font, in ems of the line's size."""

    font: FontChoice
    text: str
    direction: str
    start: float
    length: float


class _Setting(NamedTuple):
    """A line, split and measured, at an em of one pixel."""

    pieces: tuple[_Piece, ...]
    extent: Extent


class Typesetter:
    """Measures and draws lines of text. May be used from any thread."""

    def __init__(self, fonts: Fonts | None = None) -> None:
        """Use *fonts*, or those of this machine."""
        self.fonts = fonts or Fonts()
        self._lock = threading.RLock()  # FreeType's faces are not safe to share, and raqm shapes with them
        self._setting = lru_cache(MAX_LINES)(self._set)
        self._open = lru_cache(MAX_OPEN_FONTS)(_open)

    def extent(self, text: str, *, language: str, face: Face, size_px: float) -> Extent:
        """Return the ink box and advance of *text* at an em of *size_px*; all zero when nothing of it can be drawn."""
        with self._lock:
            return self._setting(text, language, face).extent.scaled(size_px)

    def coverage(self, text: str, *, language: str, face: Face, size_px: float, x_fraction: float = 0.0) -> Coverage:
        """Return *text* at an em of *size_px*, its origin *x_fraction* of a pixel right of a pixel's edge."""
        fineness = min(MAX_FINENESS, max(1, math.ceil(FINE_PX / size_px)))
        with self._lock:
            parts = list(self._parts(self._setting(text, language, face), size_px * fineness, language, x_fraction * fineness))
        return _joined(parts, fineness)

    def _parts(self, setting: _Setting, size_px: float, language: str, x: float) -> Iterator[Coverage]:
        for piece in setting.pieces:
            pen = x + piece.start * size_px
            whole = math.floor(pen)
            font = self._open(piece.font, size_px * piece.font.scale)
            part = _draw(font, piece, language, pen - whole)
            if part.mask.size:
                yield Coverage(part.mask, part.left + whole, part.top)

    def _set(self, text: str, language: str, face: Face) -> _Setting:
        pieces: list[_Piece] = []
        boxes: list[Extent] = []
        probe, pen = PROBE_PX[face], 0.0
        for font, run, direction in self._runs(_plain(text), language, face):
            opened = self._open(font, probe * font.scale)
            length = opened.getlength(run, direction=direction, language=_tag(language)) / probe
            piece = _Piece(font, run, direction, pen, length)
            ink = _ink(_draw(opened, piece, language, 0.0))
            pieces.append(piece)
            if ink is not None:
                shift = pen * probe
                boxes.append(Extent(ink[0] + shift, ink[1], ink[2] + shift, ink[3], 0.0))
            pen += length
        if not boxes:
            return _Setting((), Extent(0.0, 0.0, 0.0, 0.0, 0.0))
        box = Extent(
            min(ink.left for ink in boxes),
            min(ink.top for ink in boxes),
            max(ink.right for ink in boxes),
            max(ink.bottom for ink in boxes),
            pen * probe,
        )
        return _Setting(tuple(pieces), box.scaled(1 / probe))

    def _runs(self, text: str, language: str, face: Face) -> Iterator[tuple[FontChoice, str, str]]:
        """Yield (font, text, direction) from left to right, without the characters that no font has."""
        fonts = self._fonts_for(text, language, face)
        kept = [i for i, font in enumerate(fonts) if font is not None]
        tidy = _tidy([text[i] for i in kept])
        text, fonts = "".join(text[kept[i]] for i in tidy), [fonts[kept[i]] for i in tidy]
        for run in visual_runs(text):
            direction = "rtl" if run.level % 2 else "ltr"
            stretches = list(_same_font(fonts, run.start, run.end))
            for start, end in reversed(stretches) if run.level % 2 else stretches:
                font = fonts[start]
                shown = "".join(character for character in text[start:end] if character not in _MARKS)
                if font is not None and shown:
                    yield font, shown, direction

    def _fonts_for(self, text: str, language: str, face: Face) -> list[FontChoice | None]:
        """Return the font of each character: its script's; what scripts share follows the letters, where their font has it.

        A sign that it lacks is taken from elsewhere, alone: Noto Serif Hebrew has no figure and no apostrophe, and whoever has
        one in their name is written in the same letters as all others.
        """
        own = self.fonts.lettering(text, language=language, face=face)

        def lettered(character: str) -> FontChoice | None:
            script = script_of(character, language)
            return (own.get(script) or self._choose(character, language, face)) if script else None

        home = next((font for character in text if (font := lettered(character))), None)
        if home is not None and all(self.fonts.has(home, character) for character in text):
            return [home] * len(text)
        near = home
        chosen: list[FontChoice | None] = []
        for character in text:
            # Numbers keep to the line's own font: those of a heavier font beside them would shout.
            shared = home if character.isdigit() else near
            if script_of(character, language) is None and shared is not None and self.fonts.has(shared, character):
                chosen.append(shared)
                continue
            font = lettered(character) or self._choose(character, language, face)
            chosen.append(font)
            # Only letters lead: after a comma from elsewhere, a space or a bracket is set as the letters before it.
            near = (font if script_of(character, language) else near) or font
        return chosen

    def _choose(self, character: str, language: str, face: Face) -> FontChoice | None:
        return self.fonts.choose(character, language=language, face=face)


def _plain(text: str) -> str:
    """Return *text* composed, on one line, without what would turn its direction about or draws nothing."""
    composed = unicodedata.normalize("NFC", re.sub(r"\s+", " ", text).strip())
    return "".join(character for character in composed if character not in EXPLICIT and not _is_noise(character))


def _is_noise(character: str) -> bool:
    if character in _JOINERS or character in _MARKS:
        return False
    return unicodedata.category(character) in {"Cc", "Cf", "Cs"} or "\ufe00" <= character <= "\ufe0f"


def _tidy(characters: list[str]) -> list[int]:
    """Return which of *characters* stay, now that others have gone from between: no double space, none at the ends."""
    kept: list[int] = []
    for i, character in enumerate(characters):
        if character.isspace() and (not kept or characters[kept[-1]].isspace()):
            continue
        kept.append(i)
    while kept and characters[kept[-1]].isspace():
        kept.pop()
    return kept


def _same_font(fonts: list[FontChoice | None], start: int, end: int) -> Iterator[tuple[int, int]]:
    first = start
    for i in range(start + 1, end + 1):
        if i == end or fonts[i] != fonts[first]:
            yield first, i
            first = i


def _open(choice: FontChoice, size_px: float) -> ImageFont.FreeTypeFont:
    """Open a face at a size, its weight set: some variable fonts begin at hairline."""
    font = ImageFont.truetype(choice.path, size_px, index=choice.index, layout_engine=ImageFont.Layout.RAQM)
    if choice.weight is not None:
        font.set_variation_by_axes([_coordinate(axis, choice.weight) for axis in font.get_variation_axes()])
    return font


def _coordinate(axis: ImageFont.Axis, weight: int) -> float:
    """Return where *axis* is to stand; the axes' order differs from font to font, so only the name tells."""
    name = (axis.get("name") or b"").decode("utf-8", "replace").lower()
    wanted = {"weight": weight, "width": 100}.get(name, axis["default"] or 0)
    return min(max(wanted, axis["minimum"] or 0), axis["maximum"] or 0)


def _tag(language: str) -> str | None:
    """Return *language* for HarfBuzz, which takes well-formed tags only."""
    return language if _LANGUAGE.fullmatch(language) else None


def _draw(font: ImageFont.FreeTypeFont, piece: _Piece, language: str, x: float) -> Coverage:
    """Draw one run, its origin *x* of a pixel right of a pixel's edge, and crop it to its ink."""
    tag = _tag(language)
    advance = piece.length / piece.font.scale * font.size
    left, top = math.ceil(OVERHANG * font.size), math.ceil(HIGHEST * font.size)
    size = min(MAX_SIDE, math.ceil(advance) + 2 * left + 1), top + math.ceil(DEEPEST * font.size)
    image = Image.new("L", size)
    at = (left + x, top)
    ImageDraw.Draw(image).text(at, piece.text, fill=255, font=font, anchor="ls", direction=piece.direction, language=tag)
    box = image.getbbox()
    if box is None:
        return Coverage(np.zeros((0, 0), np.uint8), 0, 0)
    return Coverage(np.asarray(image.crop(box)), box[0] - left, box[1] - top)


def _ink(part: Coverage) -> tuple[float, float, float, float] | None:
    """Return the edges of the ink, to a fraction of a pixel by how much of the outermost pixels it covers."""
    mask = part.mask
    if not mask.size:
        return None
    height, width = mask.shape
    return (
        part.left + 1 - int(mask[:, 0].max()) / 255,
        part.top + 1 - int(mask[0].max()) / 255,
        part.left + width - 1 + int(mask[:, -1].max()) / 255,
        part.top + height - 1 + int(mask[-1].max()) / 255,
    )


def _joined(parts: list[Coverage], fineness: int) -> Coverage:
    """Lay *parts* into one mask and average squares of *fineness* pixels into one."""
    if not parts:
        return Coverage(np.zeros((0, 0), np.uint8), 0, 0)
    left = math.floor(min(part.left for part in parts) / fineness)
    top = math.floor(min(part.top for part in parts) / fineness)
    right = math.ceil(max(part.left + part.mask.shape[1] for part in parts) / fineness)
    bottom = math.ceil(max(part.top + part.mask.shape[0] for part in parts) / fineness)
    fine = np.zeros(((bottom - top) * fineness, (right - left) * fineness), np.uint8)
    for part in parts:
        height, width = part.mask.shape
        y, x = part.top - top * fineness, part.left - left * fineness
        under = fine[y : y + height, x : x + width]
        np.maximum(under, part.mask, out=under)
    if fineness == 1:
        return Coverage(fine, left, top)
    blocks = fine.reshape(bottom - top, fineness, right - left, fineness)
    mask: NDArray[np.uint8] = ((blocks.sum(axis=(1, 3), dtype=np.uint32) * 2 + fineness**2) // (2 * fineness**2)).astype(np.uint8)
    return Coverage(mask, left, top)
