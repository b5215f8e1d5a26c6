"""The photo above, the words below it: in one band, or one beneath the other where the wall is tall."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Protocol, TypeAlias

from player.show.layout.arrangement import SECOND_WORTH, as_large, second_of, worth
from player.show.layout.band import Notes, banded
from player.show.layout.figures import DRAWN_IN, contained, on_even_pixels
from player.show.layout.lines import hashtag_line, starts, words_lines
from player.show.layout.page import Page
from player.show.layout.stack import Entry, Set, Stack, stacked
from player.show.layout.way import Way
from player.show.look import BAND_GAP, CAPTION, CAPTION_LEADING, HASHTAG, WORD_LEADING
from player.show.slide import PhotoSlide
from player.units import Rect, Size

ABOVE: Final = 0.45  # of the spare height goes above a group: the eye's middle lies above the ruler's
SETTLING: Final = 4  # rounds; captions get taller as a photo gets narrower, and photos narrower as captions get taller
LOWEST: Final = 0.25  # of the safe height; a photo that leaves itself less is no picture any more
CAPTION_GAP: Final = 0.035  # U, between a photo and the caption that hangs from it
WORDS_LEAD: Final = 1.45  # ems of the words, from the caption's baseline to theirs
NARROWEST: Final = 0.45  # U; captions below a photo narrower than this are set wider than it


class Block(Protocol):
    """What stands below a picture."""

    @property
    def height(self) -> float:
        """From the ink's top to its bottom."""
        ...

    def inked(self, *, left: float, width: float, top: float) -> Set:
        """Return the ink."""
        ...


Blocks: TypeAlias = Callable[[float], Block | None]
"""The block for below a picture of a width; None when there is no room for it."""


def below(slide: PhotoSlide, page: Page, notes: Notes, size_px: float, *, lines: int, second: bool) -> list[Way]:
    """Return the ways with the words below in *lines* lines of *size_px*, in a band and stacked, as far as there is room."""
    found: list[Way] = []
    in_band = _band(slide, page, notes, size_px) if lines == 1 and not second else None
    band = settled(page, slide.photo.size, in_band, gap=BAND_GAP * page.unit) if in_band else None
    captioned = bool(notes(page.safe.width))
    gap = (CAPTION_GAP if captioned else BAND_GAP) * page.unit
    stack = settled(page, slide.photo.size, _stack(slide, page, notes, size_px, lines=lines, second=second), gap=gap)
    for way in (band, stack):
        if way is not None:
            place, ink = way
            bonus = SECOND_WORTH if way is stack and second else 1.0
            found.append(Way((place,), ink, bonus * worth(page, place.width * place.height, size_px, lines)))
    return found


def settled(page: Page, size: Size, blocks: Blocks, *, gap: float) -> tuple[Rect, Set] | None:
    """Return where a picture of *size* stands, as large as its block allows, and the block's ink; None without room."""
    room = 0.0
    for _ in range(SETTLING):
        box = Rect(page.safe.x, page.safe.y, page.safe.width, page.safe.height - room)
        if box.height < LOWEST * page.safe.height:
            return None
        place = contained(size, box)
        block = blocks(place.width - DRAWN_IN)
        if block is None:
            return None
        spare = page.safe.height - place.height - gap - block.height
        if spare >= 0:
            place = on_even_pixels(place._replace(y=page.safe.y + ABOVE * spare))
            return place, block.inked(left=place.x, width=place.width, top=place.bottom + gap)
        room = gap + block.height + 1.0  # a pixel for the rounding of baselines
    return None


def _band(slide: PhotoSlide, page: Page, notes: Notes, size_px: float) -> Blocks:
    def block(width: float) -> Block | None:
        words = words_lines(page, slide.phrase, size_px=size_px, width=width, lines=1)
        if not as_large(words, size_px):
            return None
        tag = hashtag_line(page, slide.hashtag, width=width)
        side = starts(slide.phrase.text)
        return banded(page, words, width=width, side=side, notes=notes, extra=tag)

    return block


def _stack(slide: PhotoSlide, page: Page, notes: Notes, size_px: float, *, lines: int, second: bool) -> Blocks:
    def block(width: float) -> Stack | None:
        words = words_lines(page, slide.phrase, size_px=size_px, width=page.safe.width, lines=lines)
        if not as_large(words, size_px):
            return None
        said = notes(min(page.safe.width, max(width, NARROWEST * page.unit)))
        entries = [Entry(line, CAPTION_LEADING * CAPTION * page.unit, starts(line.text)) for line in said]
        leads = [WORDS_LEAD if i == 0 else WORD_LEADING for i in range(len(words))]
        side = starts(slide.phrase.text)
        entries += [Entry(line, lead * line.size_px, side) for line, lead in zip(words, leads, strict=True)]
        entries += second_of(slide, page, words[-1], max(line.width for line in words)) if second else []
        tag = hashtag_line(page, slide.hashtag, width=page.safe.width)
        entries += [Entry(line, 2.4 * HASHTAG * page.unit, side) for line in tag]
        if all(entry.part.width <= width for entry in entries):
            return stacked(entries)
        return stacked([Entry(entry.part, entry.lead, "centre") for entry in entries])

    return block
