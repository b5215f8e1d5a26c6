"""A candle's flame, and the words with it: beneath it where there is height for both, beside it on a strip."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import product
from typing import Final

from player.show.layout.fitting import best
from player.show.layout.lines import starts, words_lines
from player.show.layout.page import Page, Pages
from player.show.layout.stack import Entry, Stack, stacked
from player.show.layout.way import Way
from player.show.look import NIGHT, WORD_LEADING
from player.show.scene import Composition, Fill, Flame
from player.show.slide import CandleSlide, Pace, Phrase
from player.units import Rect

FLAMES: Final = (
    0.62,
    0.50,
    0.42,
    0.36,
    0.30,
    0.24,
    0.18,
    0.12,
)  # U, from foot to tip; the first that fits with words that can be read
LARGEST: Final = (0.5, 0.62)  # of the height of the page; with words, and without
WIDTH: Final = 0.26  # of its height; what of a flame is bright, wherever it leans
SIZES: Final = (0.105, 0.09, 0.075, 0.06, 0.045)  # U; the words
MOST_LINES: Final = 2
LINE_BREAK: Final = 0.8  # what a break in the words costs: three words belong together
BENEATH: Final = 0.10  # U, from the foot to the words
BESIDE: Final = 0.14  # U, from what is bright of the flame to them
ASIDE: Final = 0.6  # what it costs to stand side by side: a flame belongs in the middle
MIDDLE: Final = 0.485  # of the height: the eye's middle lies above the ruler's


def lay_out_candle(slide: CandleSlide, pages: Pages, pace: Pace, seed: int) -> Composition:
    """Return the composition of a flame; where it stands still, it stands the same each time."""
    tier = partial(_with_words, slide.phrase) if slide.phrase else _alone
    way = best(pages, (tier, _alone))
    flames = tuple(Flame(place, 0 if pace.still else seed, pace.still) for place in (way.places if way else ()))
    return Composition(pages.canvas, Fill(NIGHT), (), way.ink if way else (), flames=flames)


def _alone(page: Page) -> Iterator[Way]:
    for size in FLAMES:
        height = size * page.unit
        if height <= min(page.safe.height, LARGEST[1] * page.canvas.height) and WIDTH * height <= page.safe.width:
            top = _clear(page, MIDDLE * page.canvas.height - height / 2, height)
            yield Way((_place(page.canvas.width / 2, top, height),), (), _worth(page, height, height, 1))
            return


def _with_words(phrase: Phrase, page: Page) -> Iterator[Way]:
    for size, lines, flame in product(SIZES, range(1, MOST_LINES + 1), FLAMES):
        height = flame * page.unit
        beside = WIDTH * height + BESIDE * page.unit
        for gap, width in ((True, page.safe.width), (False, page.safe.width - beside)):
            found = words_lines(page, phrase, size_px=size * page.unit, width=width, lines=lines)
            if not found or not found[0].width or found[0].size_px < 0.999 * size * page.unit:
                continue
            align = "centre" if gap else starts(phrase.text)
            words = stacked([Entry(line, WORD_LEADING * line.size_px, align) for line in found])
            way = (_beneath if gap else _beside)(page, words, height, _worth(page, height, size * page.unit, lines))
            if way:
                yield way


def _beneath(page: Page, words: Stack, height: float, worth: float) -> Way | None:
    whole = height + BENEATH * page.unit + words.height
    if whole + 2 > page.safe.height or height > LARGEST[0] * page.canvas.height:
        return None
    top = _clear(page, MIDDLE * page.canvas.height - (whole - words.height + words.seen) / 2, whole)
    ink = words.inked(left=page.safe.x, width=page.safe.width, top=top + height + BENEATH * page.unit)
    return Way((_place(page.canvas.width / 2, top, height),), ink, worth)


def _beside(page: Page, words: Stack, height: float, worth: float) -> Way | None:
    if height + 2 > page.safe.height or words.height + 2 > page.safe.height:
        return None
    bright = WIDTH * height
    whole = bright + BESIDE * page.unit + words.width
    left = (page.canvas.width - whole) / 2
    is_first = words.entries[0].align == "left"
    flame_x = left + bright / 2 if is_first else left + whole - bright / 2
    top = _clear(page, MIDDLE * page.canvas.height - height / 2, height)
    words_top = _clear(page, top + 0.55 * height - words.depth / 2, words.height)  # level with where it is brightest
    ink = words.inked(left=left + bright + BESIDE * page.unit if is_first else left, width=words.width, top=words_top)
    return Way((_place(flame_x, top, height),), ink, ASIDE * worth)


def _clear(page: Page, top: float, height: float) -> float:
    """Return *top* of something so high, within the safe area."""
    return min(max(top, page.safe.y + 1), page.safe.bottom - height - 1)


def _place(x: float, top: float, height: float) -> Rect:
    return Rect(round(x - WIDTH * height / 2), round(top), WIDTH * height, height)


def _worth(page: Page, height: float, size_px: float, lines: int) -> float:
    """Return what a flame is worth in square pixels, with some regard for the words."""
    return (height * height * WIDTH) * (size_px / page.unit) ** 0.5 * LINE_BREAK ** (lines - 1)
