"""Words alone, for a façade; and the plate, which is what the wall shows when nothing else may be shown."""

from __future__ import annotations

from typing import Final

from player.show.layout.lines import fitted, set_line, words_lines
from player.show.layout.page import Page
from player.show.layout.stack import Entry, Stack, stacked
from player.show.look import ALONE, NIGHT, SECOND_ALONE, WORD_LEADING
from player.show.scene import Composition, Fill
from player.show.slide import Phrase, WordsSlide

MAX_LINES: Final = 3
WORTH_A_LINE: Final = 1.25  # how much larger another line must make the words, to be worth the break
TOO_SMALL: Final = 0.62  # of the wanted size; words that stay larger than this stand in one line
SECOND_LEAD: Final = 0.87  # ems of the first, from its baseline to the second's
MIDDLE: Final = 0.485  # of the height: the eye's middle lies above the ruler's
SHRINK: Final = 0.96


def lay_out_words(slide: WordsSlide, page: Page) -> Composition:
    """Return the composition of words alone, in the optical middle of the canvas."""
    size_px = ALONE * page.unit
    stack = _stack(slide, page, size_px)
    while stack.height > page.safe.height - 2 and size_px > 1:
        size_px *= SHRINK
        stack = _stack(slide, page, size_px)
    low, high = page.safe.y + 1, page.safe.bottom - 1 - stack.height
    top = min(max(MIDDLE * page.canvas.height - stack.seen / 2, low), high)
    ink = stack.inked(left=page.safe.x, width=page.safe.width, top=top)
    return Composition(page.canvas, Fill(NIGHT), (), ink)


def lay_out_plate(page: Page) -> Composition:
    """Return the plate: the words, in English, and nothing else."""
    return lay_out_words(WordsSlide(phrase=Phrase("We Remember", "en")), page)


def _stack(slide: WordsSlide, page: Page, size_px: float) -> Stack:
    lines = words_lines(page, slide.phrase, size_px=size_px, width=page.safe.width, lines=1)
    for count in range(2, MAX_LINES + 1):
        if not lines or lines[0].size_px >= TOO_SMALL * size_px:
            break
        more = words_lines(page, slide.phrase, size_px=size_px, width=page.safe.width, lines=count)
        if more and more[0].size_px > WORTH_A_LINE * lines[0].size_px:
            lines = more
    entries = [Entry(line, WORD_LEADING * line.size_px, "centre") for line in lines]
    if slide.second is not None and lines:
        wanted = SECOND_ALONE * lines[-1].size_px
        line = set_line(page, slide.second.text, language=slide.second.language, size_px=wanted, face="serif")
        entries.append(Entry(fitted(page, line, page.safe.width), SECOND_LEAD * lines[-1].size_px, "centre"))
    return stacked([entry for entry in entries if entry.part.width > 0])
