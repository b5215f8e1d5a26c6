"""Two portraits side by side, equally high; the words below them, or between them where the wall is wide."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache, partial
from itertools import product
from typing import Final

from player.library.photo import Photo
from player.show.layout.arrangement import CROWDED, as_large, in_turn, shares_on, worth
from player.show.layout.band import Band, banded, leaded
from player.show.layout.below import ABOVE, CAPTION_GAP, LOWEST, SETTLING
from player.show.layout.figures import DRAWN_IN, growing, on_even_pixels
from player.show.layout.fitting import best
from player.show.layout.lines import Line, caption_lines, hashtag_line, starts, words_lines
from player.show.layout.page import Page, Pages
from player.show.layout.stack import Entry, Set, Stack, stacked
from player.show.layout.way import Way
from player.show.look import BAND_GAP, COLUMN_GAP, HASHTAG, NIGHT, WORD_LEADING
from player.show.scene import Composition, Fill
from player.show.slide import Pace, PairSlide
from player.units import Rect

MAX_LINES: Final = 3  # of the words
COARSE: Final = 0.01  # U; captions are not set anew for less, where many ways are tried
NEIGHBOURS: Final = 0.03  # U, between two photos with nothing between them
APART: Final = {NEIGHBOURS: 1.0, 0.2: 0.93, 0.4: 0.86}
"""Likewise, where something is in the way, and what a pair is worth with it: windows and captions may lie in between."""


def lay_out_pair(slide: PairSlide, pages: Pages, pace: Pace) -> Composition:
    """Return the composition of a pair."""
    ways = partial(_ways, pages)
    way = best(pages, in_turn(slide, pages, ways, [(size,) for size in CROWDED])) or Way(_alone(slide, pages.first), (), 0.0)
    moves = tuple(growing(photo, place, pace) for photo, place in zip(slide.photos, way.places, strict=True))
    return Composition(pages.canvas, Fill(NIGHT), moves, way.ink)


def _ways(pages: Pages, slide: PairSlide, sizes: Sequence[float], page: Page) -> Iterator[Way]:
    gaps = (NEIGHBOURS,) if pages.is_free else APART
    for size, lines, share in product(sizes, range(1, MAX_LINES + 1), shares_on(page, pages)):
        for gap in gaps:
            way = _below(slide, page, size * page.unit, lines, gap=gap * page.unit, share=share)
            if way is not None:
                yield replace(way, worth=APART[gap] * way.worth)
        way = _between(slide, page, size * page.unit, lines, share=share)
        if way is not None:
            yield way


def _below(slide: PairSlide, page: Page, size_px: float, lines: int, *, gap: float, share: float) -> Way | None:
    room = 0.0
    for _ in range(SETTLING):
        box = page.safe._replace(height=page.safe.height - room)
        if box.height < LOWEST * page.safe.height:
            return None
        left, right = _row(slide, box, gap, share)
        captions = _captions(slide, page, (left, right))
        words = _words(slide, page, size_px, lines, right.right - left.x - DRAWN_IN)
        if words is None:
            return None
        hung = _hung(page, captions)
        height = left.height + hung + BAND_GAP * page.unit + words.height
        if height <= page.safe.height:
            shift = page.safe.y + ABOVE * (page.safe.height - height) - left.y
            left, right = (on_even_pixels(place._replace(y=place.y + shift)) for place in (left, right))
            ink = words.inked(left=left.x, width=right.right - left.x, top=left.bottom + hung + BAND_GAP * page.unit)
            return _way(page, (left, right), (*ink, *_under(page, captions, (left, right))), size_px, lines)
        room = height - left.height + 1.0
    return None


def _between(slide: PairSlide, page: Page, size_px: float, lines: int, *, share: float) -> Way | None:
    words = words_lines(page, slide.phrase, size_px=size_px, width=page.safe.width, lines=lines)
    if not as_large(words, size_px):
        return None
    tag = hashtag_line(page, slide.hashtag, width=page.safe.width)
    column = _centred(page, words, tag, lead=3.0)
    gap = column.width + 2 * min(COLUMN_GAP * page.unit, 0.05 * page.canvas.width)
    room = 0.0
    for _ in range(SETTLING):
        box = page.safe._replace(height=page.safe.height - room)
        if gap >= page.safe.width or box.height < max(LOWEST * page.safe.height, column.height):
            return None
        left, right = _row(slide, box, gap, share)
        captions = _captions(slide, page, (left, right))
        height = left.height + _hung(page, captions)
        if left.height < column.height:
            return None
        if height <= page.safe.height:
            shift = page.safe.y + ABOVE * (page.safe.height - height) - left.y
            left, right = (on_even_pixels(place._replace(y=place.y + shift)) for place in (left, right))
            top = left.y + (left.height - column.seen) / 2
            ink = column.inked(left=left.right, width=right.x - left.right, top=top)
            return _way(page, (left, right), (*ink, *_under(page, captions, (left, right))), size_px, lines)
        room = height - left.height + 1.0
    return None


def _alone(slide: PairSlide, page: Page) -> tuple[Rect, Rect]:
    safe = page.safe._replace(x=page.safe.x + page.left, y=page.safe.y + page.top)
    left, right = _row(slide, safe, NEIGHBOURS * page.unit)
    return on_even_pixels(left), on_even_pixels(right)


def _way(page: Page, places: tuple[Rect, Rect], ink: Set, size_px: float, lines: int) -> Way:
    return Way(places, ink, worth(page, sum(place.width * place.height for place in places), size_px, lines))


def _row(slide: PairSlide, box: Rect, gap: float, share: float = 1.0) -> tuple[Rect, Rect]:
    """Return the two places, *gap* apart, at the top of *box* and in its middle, with that share of the size they could have."""
    first, second = (photo.size.aspect for photo in slide.photos)
    height = share * min(box.height, max(2.0, box.width - gap) / (first + second))
    width = height * (first + second) + gap
    left = Rect(box.x + (box.width - width) / 2, box.y, height * first, height)
    return left, Rect(left.right + gap, box.y, height * second, height)


def _words(slide: PairSlide, page: Page, size_px: float, lines: int, width: float) -> Band | Stack | None:
    """The words on one side and the hashtag on the other, or both in the middle when there is no room for that."""
    words = words_lines(page, slide.phrase, size_px=size_px, width=page.safe.width, lines=lines)
    if not as_large(words, size_px):
        return None
    tag = hashtag_line(page, slide.hashtag, width=page.safe.width)
    side = starts(slide.phrase.text)
    band = banded(page, words, width=width, side=side, notes=lambda _: tag) if lines == 1 else None
    if band is not None:
        return band
    return _centred(page, words, tag, lead=2.4)


def _centred(page: Page, words: Sequence[Line], tag: Sequence[Line], *, lead: float) -> Stack:
    entries = [Entry(line, WORD_LEADING * line.size_px, "centre") for line in words]
    return stacked([*entries, *(Entry(line, lead * HASHTAG * page.unit, "centre") for line in tag)])


def _captions(slide: PairSlide, page: Page, places: tuple[Rect, Rect]) -> tuple[Stack, Stack]:
    """As wide as the photos; where something is in the way, which makes photos small, as far as half way to each other."""
    (first, second), (left, right) = slide.photos, places
    between = right.x - left.right - NEIGHBOURS * page.unit
    widths = (left.width - DRAWN_IN, right.width - DRAWN_IN)
    if page.room is not None:
        step = COARSE * page.unit
        widths = tuple(max(step, (width + max(0.0, between / 2)) // step * step) for width in widths)
    return _caption(first, page, widths[0]), _caption(second, page, widths[1])


@lru_cache(512)
def _caption(photo: Photo, page: Page, width: float) -> Stack:
    lines: tuple[Line, ...] = caption_lines(page, photo.caption, photo.credit, language=photo.language, width=width)
    return stacked([entry for line in lines for entry in leaded((line,), starts(line.text))])


def _hung(page: Page, captions: tuple[Stack, Stack]) -> float:
    """Return how much height the captions take below the photos."""
    if not any(caption.entries for caption in captions):
        return 0.0
    rise = max(caption.baselines[0] for caption in captions if caption.entries)
    rest = max(caption.height - caption.baselines[0] for caption in captions if caption.entries)
    return CAPTION_GAP * page.unit + rise + rest + 1.0  # a pixel for the rounding of baselines


def _under(page: Page, captions: tuple[Stack, Stack], places: tuple[Rect, Rect]) -> Set:
    ink: Set = ()
    rise = max((stack.baselines[0] for stack in captions if stack.baselines), default=0.0)
    for i, (stack, place) in enumerate(zip(captions, places, strict=True)):
        if stack.baselines:  # both captions on one baseline
            top = place.bottom + CAPTION_GAP * page.unit + rise - stack.baselines[0]
            width = max(place.width, stack.width)
            ink = (*ink, *stack.inked(left=place.right - width if i else place.x, width=width, top=top))
    return ink
