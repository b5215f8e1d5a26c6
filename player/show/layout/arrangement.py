"""Ways to lay one photo out: what they share."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cache, partial
from typing import Final, TypeAlias, TypeVar

from player.show.layout.band import Notes
from player.show.layout.lines import Line, caption_lines, fitted, set_line, starts
from player.show.layout.page import Page, Pages
from player.show.layout.stack import Entry
from player.show.layout.way import Tier, Way
from player.show.look import DIM, INK, SECOND_BESIDE, WORDS
from player.show.slide import MosaicSlide, PairSlide, PhotoSlide

SECOND_WORTH: Final = 1.05
"""How much larger a photo would have to be, for it to be worth leaving the second language out."""
CROWDED: Final = (0.07, 0.055, 0.04, 0.03)  # U; words where a wall or a margin leaves no room for better
TAGLESS: Final = 0.95  # what a slide is worth without its hashtag, where that is in the way
SMALLER: Final = {0.07: 0.85, 0.055: 0.7}
"""What one is worth with words smaller than they should be, likewise."""
SHARES: Final = (1.0, 0.7, 0.5, 0.38)  # of the size a photo could have, where one between windows must be smaller
BREAK: Final = 0.97
"""What a line break in the words costs: three words belong together."""

Tagged = TypeVar("Tagged", PhotoSlide, PairSlide, MosaicSlide)
Ways: TypeAlias = Callable[[Tagged, Sequence[float], Page], Iterator[Way]]
"""What yields the ways to lay a slide out on a page with words of some sizes, in U."""


def in_turn(slide: Tagged, pages: Pages, ways: Ways[Tagged], crowded: Sequence[Sequence[float]]) -> Iterator[Tier]:
    """Yield the ways with words as large as they should be, then with ever smaller ones, as far as they are asked for.

    Where something is in the way, smaller words and a slide without its hashtag are ways as good as others, only worth less.
    """
    if pages.is_free:
        yield from (partial(ways, slide, sizes) for sizes in (WORDS, *crowded))
        return

    def giving_way(page: Page) -> Iterator[Way]:
        yield from ways(slide, WORDS, page)
        if slide.hashtag:
            tagless = replace(slide, hashtag="")
            yield from (replace(way, worth=TAGLESS * way.worth) for way in ways(tagless, WORDS, page))
        for size, share in SMALLER.items():
            yield from (replace(way, worth=share * way.worth) for way in ways(slide, (size,), page))

    yield giving_way
    yield from (partial(ways, slide, (size,)) for size in CROWDED if size not in SMALLER)


def shares_on(page: Page, pages: Pages) -> Sequence[float]:
    """Return by how much to make photos smaller on *page*: only where they may have to go between windows."""
    return SHARES if page is pages.first and not pages.is_free else SHARES[:1]


def worth(page: Page, seen: float, size_px: float, lines: int) -> float:
    """Return what *seen* square pixels of photo with words of *size_px* in *lines* lines are worth.

    Half the words' size costs a sixth of the photo, so that they shrink only where that shows the people better.
    """
    return seen * (size_px / page.unit) ** 0.25 * BREAK ** (lines - 1)


def notes_of(slide: PhotoSlide, page: Page, *, quiet: bool = True) -> Notes:
    """Return what sets the photo's caption and credit for a width; the credit in dim, unless not *quiet*.

    It remembers what it has set, because the ways to lay a slide out ask for the same few widths again and again.
    """
    photo, colour = slide.photo, DIM if quiet else INK

    @cache
    def lines(width: int) -> tuple[Line, ...]:
        return caption_lines(page, photo.caption, photo.credit, language=photo.language, width=width, quiet=colour)

    return lambda width: lines(int(width))


def as_large(words: Sequence[Line], size_px: float) -> bool:
    """Return whether *words* could be set, and did not have to be shrunk; smaller sizes are ways of their own."""
    return bool(words) and words[0].width > 0 and words[0].size_px >= 0.999 * size_px


def second_of(slide: PhotoSlide, page: Page, words: Line, width: float) -> list[Entry]:
    """Return the second language for beneath the first; one that runs the other way ends where the first does."""
    if slide.second is None:
        return []
    size_px = SECOND_BESIDE * words.size_px
    line = set_line(page, slide.second.text, language=slide.second.language, size_px=size_px, face="serif")
    line = fitted(page, line, width)
    side = starts(slide.phrase.text)
    indent = width - line.width if starts(slide.second.text) != side else 0.0
    return [Entry(line, 1.3 * words.size_px, side, indent)] if line.width > 0 else []
