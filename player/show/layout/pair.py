"""Two portraits side by side, equally high; the words below them, or between them where the wall is wide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from player.library.photo import Photo
from player.show.layout.arrangement import as_large, worth
from player.show.layout.band import Band, banded, leaded
from player.show.layout.below import ABOVE, CAPTION_GAP, LOWEST, SETTLING
from player.show.layout.figures import DRAWN_IN, growing, on_even_pixels
from player.show.layout.lines import Line, caption_lines, hashtag_line, starts, words_lines
from player.show.layout.page import Page
from player.show.layout.stack import Entry, Set, Stack, stacked
from player.show.look import BAND_GAP, COLUMN_GAP, HASHTAG, NIGHT, WORD_LEADING, WORDS
from player.show.scene import Composition, Fill
from player.show.slide import Pace, PairSlide
from player.units import Rect

SIZES: Final = (*WORDS, 0.07, 0.055, 0.04, 0.03)  # U
MAX_LINES: Final = 3  # of the words
NEIGHBOURS: Final = 0.03  # U, between two photos with nothing between them


@dataclass(frozen=True, slots=True)
class _Way:
    places: tuple[Rect, Rect]
    ink: Set
    worth: float


def lay_out_pair(slide: PairSlide, page: Page, pace: Pace) -> Composition:
    """Return the composition of a pair."""
    best: _Way | None = None
    for size in SIZES:
        if best is not None and size < WORDS[-1]:
            break
        ways = [way(slide, page, size * page.unit, n) for n in range(1, MAX_LINES + 1) for way in (_below, _between)]
        best = max([way for way in (best, *ways) if way is not None], key=lambda way: way.worth, default=None)
    places, ink = (best.places, best.ink) if best else (_alone(slide, page), ())
    moves = tuple(growing(photo, place, pace) for photo, place in zip(slide.photos, places, strict=True))
    return Composition(page.canvas, Fill(NIGHT), moves, ink)


def _below(slide: PairSlide, page: Page, size_px: float, lines: int) -> _Way | None:
    gap = NEIGHBOURS * page.unit
    room = 0.0
    for _ in range(SETTLING):
        box = page.safe._replace(height=page.safe.height - room)
        if box.height < LOWEST * page.safe.height:
            return None
        left, right = _row(slide, box, gap)
        captions = _captions(slide, page, (left.width - DRAWN_IN, right.width - DRAWN_IN))
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


def _between(slide: PairSlide, page: Page, size_px: float, lines: int) -> _Way | None:
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
        left, right = _row(slide, box, gap)
        captions = _captions(slide, page, (left.width - DRAWN_IN, right.width - DRAWN_IN))
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
    left, right = _row(slide, page.safe, NEIGHBOURS * page.unit)
    return on_even_pixels(left), on_even_pixels(right)


def _way(page: Page, places: tuple[Rect, Rect], ink: Set, size_px: float, lines: int) -> _Way:
    return _Way(places, ink, worth(page, sum(place.width * place.height for place in places), size_px, lines))


def _row(slide: PairSlide, box: Rect, gap: float) -> tuple[Rect, Rect]:
    """Return the two places, *gap* apart, at the top of *box* and in its middle."""
    first, second = (photo.size.aspect for photo in slide.photos)
    height = min(box.height, max(2.0, box.width - gap) / (first + second))
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


def _captions(slide: PairSlide, page: Page, widths: tuple[float, float]) -> tuple[Stack, Stack]:
    first, second = slide.photos
    return _caption(first, page, widths[0]), _caption(second, page, widths[1])


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
    for stack, place in zip(captions, places, strict=True):
        if stack.baselines:  # both captions on one baseline
            top = place.bottom + CAPTION_GAP * page.unit + rise - stack.baselines[0]
            ink = (*ink, *stack.inked(left=place.x, width=place.width, top=top))
    return ink
