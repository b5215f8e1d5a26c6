"""A sentence with its source, and a code that leads there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Final

from player.show.layout.figures import on_even_pixels
from player.show.layout.fitting import best
from player.show.layout.lines import fitted, hairline, paragraph, set_line, starts, wrapped
from player.show.layout.page import Page, Pages
from player.show.layout.stack import Entry, Stack, stacked
from player.show.layout.way import Way
from player.show.look import (
    CAPTION,
    CAPTION_LEADING,
    CODE,
    DIM,
    FACT,
    FACT_MEASURE,
    INK,
    NIGHT,
)
from player.show.scene import Code, Composition, Fill, Ink
from player.show.slide import FactSlide
from player.units import Rect

LEADING: Final = 1.38  # ems; reading matter wants more air between lines than three words do
RULE_LEAD: Final = 0.115  # U, from the last baseline to the hairline
SOURCE_LEAD: Final = 0.065  # U, from the hairline to the source
CODE_GAP: Final = 0.07  # U, kept free around the code
NARROWEST: Final = 0.32  # U; a source in a narrower column is all line breaks
MIDDLE: Final = 0.485  # of the height
SHRINK: Final = 0.95
STEP: Final = 0.9  # where something is in the way
STEPS: Final = 16  # likewise; the last is a fifth of the first
SIZES: Final = 60  # steps down; the last is a twentieth of the first, and nothing is that long


@dataclass(frozen=True, slots=True)
class _Setting:
    text: Stack
    notes: Stack
    measure: float
    """Of the text."""
    width: float
    """Of everything."""
    height: float
    code: float
    """Side of the code, 0 when there is none."""
    size_px: float
    """Of the text."""


def lay_out_fact(slide: FactSlide, pages: Pages) -> Composition:
    """Return the composition of a fact, as large as its length allows."""
    if pages.is_free:
        found = next((way for way in _settings(slide, pages.first, SHRINK, SIZES) if _fits(way, pages.first)), None)
        way = _placed(slide, pages.first, found) if found else None
    else:
        way = best(pages, (partial(_ways, slide),))
    return Composition(pages.canvas, Fill(NIGHT), (), way.ink if way else ())


def _ways(slide: FactSlide, page: Page) -> Iterator[Way]:
    """Yield it in ever smaller letters, for where something is in the way."""
    for setting in _settings(slide, page, STEP, STEPS):
        if _fits(setting, page) and setting.width <= page.safe.width + 1.0:
            yield _placed(slide, page, setting)


def _fits(setting: _Setting, page: Page) -> bool:
    return setting.height + 2.0 <= page.safe.height


def _placed(slide: FactSlide, page: Page, way: _Setting) -> Way:
    side = starts(slide.text)
    left = (page.canvas.width - way.width) / 2
    top = min(max(MIDDLE * page.canvas.height - way.height / 2, page.safe.y + 1), page.safe.bottom - way.height - 1)
    text_left = left + way.width - way.measure if side == "right" else left
    ink: tuple[Ink, ...] = way.text.inked(left=text_left, width=way.measure, top=top)
    notes_top = top + way.text.depth + RULE_LEAD * page.unit
    if way.notes.entries:
        ink = (*ink, *way.notes.inked(left=text_left, width=way.measure, top=notes_top))
    if way.code:
        x = left if side == "right" else left + way.width - way.code
        place = on_even_pixels(Rect(x, top + way.height - way.code, way.code, way.code))
        edge = min(place.width, place.height)
        ink = (*ink, Code(slide.link, place._replace(width=edge, height=edge), NIGHT, INK))
    return Way((), ink, way.size_px)


def _settings(slide: FactSlide, page: Page, shrink: float, steps: int) -> Iterator[_Setting]:
    """Yield settings from the largest text to the smallest: the code below the text's end, or in a column of its own."""
    code = min(CODE * page.unit + 4.0, page.safe.height - 4.0) if slide.link else 0.0
    size_px = FACT * page.unit
    for _ in range(steps):
        yield _corner(slide, page, size_px, code)
        if code and page.safe.width - code - CODE_GAP * page.unit >= NARROWEST * page.unit:
            yield _column(slide, page, size_px, code)
        size_px *= shrink


def _corner(slide: FactSlide, page: Page, size_px: float, code: float) -> _Setting:
    width = min(page.safe.width, FACT_MEASURE * page.unit)
    text = _text(slide, page, size_px, width)
    beside = CODE_GAP * page.unit + code if code else 0.0
    if width - beside < NARROWEST * page.unit:  # a very tall wall: the code stands below everything
        notes = _notes(slide, page, width)
        measure = max(text.width, notes.width, code)
        return _Setting(text, notes, measure, measure, _ends(page, text, notes) + beside, code, size_px)
    notes = _notes(slide, page, width - beside)
    measure = max(text.width, notes.width + beside)
    return _Setting(text, notes, measure, measure, max(_ends(page, text, notes), text.height + beside), code, size_px)


def _column(slide: FactSlide, page: Page, size_px: float, code: float) -> _Setting:
    gap = CODE_GAP * page.unit
    measure = max(1.0, min(page.safe.width - code - gap, FACT_MEASURE * page.unit))
    text = _text(slide, page, size_px, measure)
    notes = _notes(slide, page, measure)
    measure = max(text.width, notes.width)
    return _Setting(text, notes, measure, measure + gap + code, max(code, _ends(page, text, notes)), code, size_px)


def _ends(page: Page, text: Stack, notes: Stack) -> float:
    return text.depth + RULE_LEAD * page.unit + notes.height if notes.entries else text.height


def _text(slide: FactSlide, page: Page, size_px: float, width: float) -> Stack:
    texts = wrapped(page, slide.text, language=slide.language, face="serif", size_px=size_px, width=width)
    lines = (set_line(page, text, language=slide.language, size_px=size_px, face="serif") for text in texts)
    return stacked([Entry(fitted(page, line, width), LEADING * size_px, starts(slide.text)) for line in lines])


def _notes(slide: FactSlide, page: Page, width: float) -> Stack:
    side = starts(slide.text)
    lines = paragraph(page, slide.source, language=slide.language, width=width, lines=2, colour=DIM)
    entries = [Entry(hairline(page), 0.0, side)] if lines else []
    for i, line in enumerate(lines):
        entries.append(Entry(line, (SOURCE_LEAD if i == 0 else CAPTION_LEADING * CAPTION) * page.unit, side))
    return stacked(entries)
