"""Ways to lay one photo out: what they share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from player.show.layout.band import Notes
from player.show.layout.lines import Line, caption_lines, fitted, set_line, starts
from player.show.layout.page import Page
from player.show.layout.stack import Entry, Set
from player.show.look import DIM, INK, SECOND_BESIDE
from player.show.slide import PhotoSlide
from player.units import Rect

SECOND_WORTH: Final = 1.05
"""How much larger a photo would have to be, for it to be worth leaving the second language out."""
BREAK: Final = 0.97
"""What a line break in the words costs: three words belong together."""


@dataclass(frozen=True, slots=True)
class Arrangement:
    """One way to lay a slide out, and what it is worth: the photo's area, with some regard for the words."""

    place: Rect
    ink: Set
    worth: float


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
