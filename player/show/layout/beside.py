"""The words in a column beside the photo, on the side where they begin."""

from __future__ import annotations

from typing import Final

from player.show.layout.arrangement import as_large, second_of, worth
from player.show.layout.band import Notes
from player.show.layout.figures import contained, on_even_pixels
from player.show.layout.lines import hairline, hashtag_line, starts, words_lines
from player.show.layout.page import Page
from player.show.layout.stack import Entry, Set, Stack, stacked
from player.show.layout.way import Way
from player.show.look import BAND_GAP, CAPTION, CAPTION_LEADING, COLUMN_GAP, WORD_LEADING
from player.show.slide import PhotoSlide
from player.units import Rect

MAX_COLUMN: Final = 0.62  # of the safe width; words wider than this push the photo out
MIN_COLUMN: Final = 0.45  # U; a caption in a narrower column is all line breaks
NARROW_GAP: Final = 0.07  # of the width; the most that a narrow wall can spare between words and photo
LANDSCAPE: Final = 1.2  # width by height; from here on a photo has its words below it, unless that would make it small
UNUSUAL: Final = 0.9  # what words beside a landscape photo are worth
TURNED: Final = 0.93  # what words on the side where they do not begin are worth
MIDDLE: Final = 0.49  # of the height: the eye's middle lies above the ruler's
RULE_LEAD: Final = 0.066  # U, from the words' baseline to the hairline, and about as much again to the caption


def beside(
    slide: PhotoSlide, page: Page, notes: Notes, size_px: float, *, lines: int, is_turned: bool = False, share: float = 1.0
) -> Way | None:
    """Return the way with the words in *lines* lines of *size_px*; None when there is no room for it.

    *is_turned* says that they stand on the other side of the photo, because something is in the way on their own;
    *share* is of the size that the photo could have.
    """
    column = _column(slide, page, notes, size_px, lines)
    gap = min(COLUMN_GAP * page.unit, NARROW_GAP * page.canvas.width)
    if column is None or column.height > page.safe.height or column.width + gap >= page.safe.width:
        return None
    box = Rect(0.0, page.safe.y, page.safe.width - column.width - gap, page.safe.height)
    if share < 1.0:
        smaller = share * box.height
        box = box._replace(y=box.y + (box.height - smaller) / 2, width=share * box.width, height=smaller)
    place = contained(slide.photo.size, box)
    left = (page.canvas.width - column.width - gap - place.width) / 2
    is_right = starts(slide.phrase.text) == "right"
    words_right = is_right is not is_turned
    place = on_even_pixels(place._replace(x=left if words_right else left + column.width + gap))
    text_left = left + place.width + gap if words_right else left
    top = min(max(MIDDLE * page.canvas.height - column.seen / 2, page.safe.y), page.safe.bottom - column.height)
    foot: Set = ()
    for tag in hashtag_line(page, slide.hashtag, width=column.width):
        baseline = min(place.bottom, page.safe.bottom) - tag.drop
        if baseline - tag.rise - (top + column.height) >= BAND_GAP * page.unit:
            foot = (tag.at(text_left + (column.width - tag.width if is_right else 0.0), baseline),)
    usual = (1.0 if slide.photo.size.aspect < LANDSCAPE else UNUSUAL) * (TURNED if is_turned else 1.0)
    value = usual * worth(page, place.width * place.height, size_px, lines)
    ink = column.inked(left=text_left, width=column.width, top=top)
    return Way((place,), ink, value, is_loose=True, foot=foot)


def _column(slide: PhotoSlide, page: Page, notes: Notes, size_px: float, lines: int) -> Stack | None:
    """The words, the second language, a hairline, the caption; without the second where the wall is too low for it."""
    words = words_lines(page, slide.phrase, size_px=size_px, width=MAX_COLUMN * page.safe.width, lines=lines)
    if not as_large(words, size_px):
        return None
    side = starts(slide.phrase.text)
    width = max(line.width for line in words)
    said = notes(max(width, MIN_COLUMN * page.unit))
    entries = [Entry(line, WORD_LEADING * line.size_px, side) for line in words]
    tail = [Entry(hairline(page), RULE_LEAD * page.unit, side)] if said else []
    for i, line in enumerate(said):
        lead = RULE_LEAD if i == 0 else CAPTION_LEADING * CAPTION
        tail.append(Entry(line, lead * page.unit, side))
    full = stacked([*entries, *second_of(slide, page, words[-1], width), *tail])
    return full if full.height <= page.safe.height else stacked([*entries, *tail])
