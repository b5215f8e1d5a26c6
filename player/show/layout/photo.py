"""One photo: whole, with the words beside or below it, whichever leaves it larger; on it only when it fills the canvas."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from player.show.layout.arrangement import Arrangement, as_large, notes_of
from player.show.layout.band import Band, Notes, banded
from player.show.layout.below import below
from player.show.layout.beside import beside
from player.show.layout.figures import contained, growing, on_even_pixels, panning
from player.show.layout.lines import hashtag_line, starts, words_lines
from player.show.layout.page import Page
from player.show.look import CONTRAST, INK, NIGHT, OWN_SHAPE, WORDS
from player.show.scene import Backdrop, Composition, Fill, Ink, Scrim
from player.show.slide import Pace, PhotoSlide
from player.units import Rect

CROWDED: Final = (0.07, 0.055, 0.04, 0.03)  # U; words where a wall or a margin leaves no room for better
MAX_LINES: Final = 3  # of the words; more would be a paragraph
LOWEST_QUARTER: Final = 0.75  # of the height: words on a photo stand below this
SOFTNESS: Final = 0.7  # of the dark part's height, over which the darkening rises: no edge is seen


def lay_out_photo(slide: PhotoSlide, page: Page, pace: Pace) -> Composition:
    """Return the composition of a photo slide."""
    if abs(slide.photo.size.aspect / page.canvas.aspect - 1) <= OWN_SHAPE:
        return _filling(slide, page, pace)
    whole = Arrangement(on_even_pixels(contained(slide.photo.size, page.safe)), (), 0.0)
    notes = notes_of(slide, page)
    ways = list(_arrangements(slide, page, notes, WORDS)) or list(_arrangements(slide, page, notes, CROWDED))
    best = max([*ways, whole], key=lambda arrangement: arrangement.worth)
    move = growing(slide.photo, best.place, pace)
    return Composition(page.canvas, Backdrop(slide.photo.picture), (move,), best.ink)


def _arrangements(slide: PhotoSlide, page: Page, notes: Notes, sizes: tuple[float, ...]) -> Iterator[Arrangement]:
    """Yield every way that leaves the words legible."""
    for size in sizes:
        for lines in range(1, MAX_LINES + 1):
            way = beside(slide, page, notes, size * page.unit, lines=lines)
            if way is not None:
                yield way
            for second in (True, False) if slide.second else (False,):
                yield from below(slide, page, notes, size * page.unit, lines=lines, second=second)


def _filling(slide: PhotoSlide, page: Page, pace: Pace) -> Composition:
    """Words in the lowest quarter, over a darkening. All of them in ink: dim letters would need a darker photo."""
    width, height = float(page.canvas.width), float(page.canvas.height)
    room = page.safe.bottom - LOWEST_QUARTER * height
    band = next((band for band in _bands(slide, page) if band.height + 1.0 <= room), None)
    ink: tuple[Ink, ...] = ()
    if band is not None:
        top = page.safe.bottom - band.height - 1.0  # a pixel for the rounding of baselines
        full_from = max(0.0, top - 0.02 * page.unit)
        begin = max(0.0, full_from - SOFTNESS * (height - full_from))
        scrim = Scrim(Rect(0.0, begin, width, height - begin), full_from, NIGHT, INK, CONTRAST)
        ink = (scrim, *band.inked(left=page.safe.x, width=page.safe.width, top=top))
    return Composition(page.canvas, Fill(NIGHT), (panning(slide.photo, page.canvas, pace),), ink)


def _bands(slide: PhotoSlide, page: Page) -> Iterator[Band]:
    """Yield bands from the best to the smallest; where the lowest quarter is thin, the hashtag gives way first."""
    side = starts(slide.phrase.text)
    notes = notes_of(slide, page, quiet=False)
    for size in (*WORDS, *CROWDED):
        words = words_lines(page, slide.phrase, size_px=size * page.unit, width=page.safe.width, lines=1)
        if not as_large(words, size * page.unit):
            continue
        for tag in (hashtag_line(page, slide.hashtag, width=page.safe.width, colour=INK), ()):
            band = banded(page, (*words, *tag), width=page.safe.width, side=side, notes=notes)
            if band is not None:
                yield band
