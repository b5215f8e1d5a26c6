"""Words alone, for a façade; and the plate, which is what the wall shows when nothing else may be shown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import product
from typing import Final

from player.show.layout.fitting import best
from player.show.layout.lines import Line, fitted, set_line, words_lines
from player.show.layout.page import Page, Pages
from player.show.layout.stack import Entry, Stack, stacked
from player.show.layout.way import Way
from player.show.look import ALONE, NIGHT, SECOND_ALONE, WORD_LEADING
from player.show.scene import Composition, Fill
from player.show.slide import Phrase, WordsSlide

MAX_LINES: Final = 3
WORTH_A_LINE: Final = 1.25  # how much larger another line must make the words, to be worth the break
TOO_SMALL: Final = 0.62  # of the wanted size; words that stay larger than this stand in one line
SECOND_LEAD: Final = 0.87  # ems of the first, from its baseline to the second's
MIDDLE: Final = 0.485  # of the height: the eye's middle lies above the ruler's
SHRINK: Final = 0.96
SECOND_WORTH: Final = 0.88  # what the words are worth without the second language, where something is in the way
STEP: Final = 0.92  # from one size tried to the next, where something is in the way
LEAST: Final = 0.085  # U; words alone are never smaller than those beside a photo


def lay_out_words(slide: WordsSlide, pages: Pages) -> Composition:
    """Return the composition of words alone, in the optical middle of the wall."""
    way = _usual(slide, pages.first) if pages.is_free else best(pages, (partial(_smaller, slide),))
    return Composition(pages.canvas, Fill(NIGHT), (), way.ink if way else ())


def lay_out_plate(pages: Pages) -> Composition:
    """Return the plate: the words, in English, and nothing else."""
    return lay_out_words(WordsSlide(phrase=Phrase("We Remember", "en")), pages)


def _usual(slide: WordsSlide, page: Page) -> Way:
    """Return the words as large as the page lets them be."""
    size_px = ALONE * page.unit
    stack = _stack(slide, page, size_px)
    while stack.height > page.safe.height - 2 and size_px > 1:
        size_px *= SHRINK
        stack = _stack(slide, page, size_px)
    return _in_the_middle(page, stack)


def _smaller(slide: WordsSlide, page: Page) -> Iterator[Way]:
    """Yield the words ever smaller, in few lines and in more, with the second language and without: for where windows are."""
    alone = ((replace(slide, second=None), SECOND_WORTH),) if slide.second else ()
    for (said, share), count in product(((slide, 1.0), *alone), range(1, MAX_LINES + 1)):
        size_px = ALONE * page.unit
        while size_px >= LEAST * page.unit:
            lines = words_lines(page, said.phrase, size_px=size_px, width=page.safe.width, lines=count)
            if not lines or not lines[0].width:
                break
            size_px = min(size_px, lines[0].size_px)
            stack = _set(said, page, lines)
            if stack.height <= page.safe.height - 2:
                yield replace(_in_the_middle(page, stack), worth=share * size_px / WORTH_A_LINE ** (count - 1))
            size_px *= STEP


def _in_the_middle(page: Page, stack: Stack) -> Way:
    low, high = page.safe.y + 1, page.safe.bottom - 1 - stack.height
    top = min(max(MIDDLE * page.canvas.height - stack.seen / 2, low), high)
    return Way((), stack.inked(left=page.safe.x, width=page.safe.width, top=top), 0.0)


def _stack(slide: WordsSlide, page: Page, size_px: float) -> Stack:
    lines = words_lines(page, slide.phrase, size_px=size_px, width=page.safe.width, lines=1)
    for count in range(2, MAX_LINES + 1):
        if not lines or lines[0].size_px >= TOO_SMALL * size_px:
            break
        more = words_lines(page, slide.phrase, size_px=size_px, width=page.safe.width, lines=count)
        if more and more[0].size_px > WORTH_A_LINE * lines[0].size_px:
            lines = more
    return _set(slide, page, lines)


def _set(slide: WordsSlide, page: Page, lines: Sequence[Line]) -> Stack:
    entries = [Entry(line, WORD_LEADING * line.size_px, "centre") for line in lines]
    if slide.second is not None and lines:
        wanted = SECOND_ALONE * lines[-1].size_px
        line = set_line(page, slide.second.text, language=slide.second.language, size_px=wanted, face="serif")
        entries.append(Entry(fitted(page, line, page.safe.width), SECOND_LEAD * lines[-1].size_px, "centre"))
    return stacked([entry for entry in entries if entry.part.width > 0])
