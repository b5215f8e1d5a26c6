"""One photo: whole, with the words beside or below it, whichever leaves it larger; on it only when it fills the canvas."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import product
from typing import Final

from player.show.layout.arrangement import CROWDED, as_large, in_turn, notes_of, shares_on, worth
from player.show.layout.band import Band, banded
from player.show.layout.below import below
from player.show.layout.beside import beside
from player.show.layout.figures import contained, growing, on_even_pixels, panning
from player.show.layout.fitting import best
from player.show.layout.lines import hashtag_line, starts, words_lines
from player.show.layout.page import Page, Pages
from player.show.layout.way import Way
from player.show.look import CONTRAST, INK, NIGHT, OWN_SHAPE, WORDS
from player.show.scene import Backdrop, Composition, Fill, Scrim
from player.show.slide import Pace, PhotoSlide
from player.units import Rect

MAX_LINES: Final = 3  # of the words; more would be a paragraph
LOWEST_QUARTER: Final = 0.75  # of the height: words on a photo stand below this
SOFTNESS: Final = 0.7  # of the dark part's height, over which the darkening rises: no edge is seen


def lay_out_photo(slide: PhotoSlide, pages: Pages, pace: Pace) -> Composition:
    """Return the composition of a photo slide."""
    fills = pages.is_whole and abs(slide.photo.size.aspect / pages.canvas.aspect - 1) <= OWN_SHAPE
    if fills and pages.is_free:
        return _filling(slide, pages, pace, next(_over(slide, pages.first, (*WORDS, *CROWDED)), None))
    ways = partial(_ways, pages, fills=fills)
    way = best(pages, in_turn(slide, pages, ways, (CROWDED,))) or Way((_whole(slide, pages),), (), 0.0)
    if way.is_fixed:
        return _filling(slide, pages, pace, way)
    move = growing(slide.photo, way.places[0], pace)
    return Composition(pages.canvas, Backdrop(slide.photo.picture), (move,), way.ink)


def _ways(pages: Pages, slide: PhotoSlide, sizes: Sequence[float], page: Page, *, fills: bool) -> Iterator[Way]:
    """Yield every way that leaves the words legible."""
    notes = notes_of(slide, page)
    shares = (1.0,) if fills else shares_on(page, pages)
    if fills and page is pages.first:
        yield from _over(slide, page, sizes)
    for size in sizes:
        for lines in range(1, MAX_LINES + 1):
            for is_turned, share in product((False,) if pages.is_free else (False, True), shares):
                way = beside(slide, page, notes, size * page.unit, lines=lines, is_turned=is_turned, share=share)
                if way is not None:
                    yield way
            for second in (True, False) if slide.second else (False,):
                yield from below(slide, page, notes, size * page.unit, lines=lines, second=second)


def _whole(slide: PhotoSlide, pages: Pages) -> Rect:
    page = pages.first
    place = on_even_pixels(contained(slide.photo.size, page.safe))
    return place._replace(x=place.x + page.left, y=place.y + page.top)


def _filling(slide: PhotoSlide, pages: Pages, pace: Pace, way: Way | None) -> Composition:
    move = panning(slide.photo, pages.canvas, pace)
    return Composition(pages.canvas, Fill(NIGHT), (move,), way.ink if way else ())


def _over(slide: PhotoSlide, page: Page, sizes: Sequence[float]) -> Iterator[Way]:
    """Yield ways with words in the lowest quarter of a photo that fills the wall, over a darkening.

    All of them are in ink: dim letters would need a darker photo.
    """
    width, height = float(page.canvas.width), float(page.canvas.height)
    room = page.safe.bottom - LOWEST_QUARTER * height
    for size, band in _bands(slide, page, sizes):
        if band.height + 1.0 > room:
            continue
        top = page.safe.bottom - band.height - 1.0  # a pixel for the rounding of baselines
        full_from = max(0.0, top - 0.02 * page.unit)
        begin = max(0.0, full_from - SOFTNESS * (height - full_from))
        scrim = Scrim(Rect(0.0, begin, width, height - begin), full_from, NIGHT, INK, CONTRAST)
        ink = band.inked(left=page.safe.x, width=page.safe.width, top=top)
        value = worth(page, width * height, size * page.unit, 1)
        yield Way((Rect(0.0, 0.0, width, height),), (scrim, *ink), value, is_fixed=True)


def _bands(slide: PhotoSlide, page: Page, sizes: Sequence[float]) -> Iterator[tuple[float, Band]]:
    """Yield bands from the best to the smallest, each with the size of its words in U.

    Where the lowest quarter is thin, the hashtag gives way first.
    """
    side = starts(slide.phrase.text)
    notes = notes_of(slide, page, quiet=False)
    for size in sizes:
        words = words_lines(page, slide.phrase, size_px=size * page.unit, width=page.safe.width, lines=1)
        if not as_large(words, size * page.unit):
            continue
        for tag in (hashtag_line(page, slide.hashtag, width=page.safe.width, colour=INK), ()):
            band = banded(page, (*words, *tag), width=page.safe.width, side=side, notes=notes)
            if band is not None:
                yield size, band
