"""A sentence with its source, and a code that leads there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from player.show.layout.figures import on_even_pixels
from player.show.layout.lines import fitted, hairline, paragraph, set_line, starts, wrapped
from player.show.layout.page import Page
from player.show.layout.stack import Entry, Stack, stacked
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
SIZES: Final = 60  # steps down; the last is a twentieth of the first, and nothing is that long


@dataclass(frozen=True, slots=True)
class _Way:
    text: Stack
    notes: Stack
    measure: float
    """Of the text."""
    width: float
    """Of everything."""
    height: float
    code: float
    """Side of the code, 0 when there is none."""


def lay_out_fact(slide: FactSlide, page: Page) -> Composition:
    """Return the composition of a fact, as large as its length allows."""
    way = next((way for way in _ways(slide, page) if way.height + 2.0 <= page.safe.height), None)
    if way is None:
        return Composition(page.canvas, Fill(NIGHT))
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
    return Composition(page.canvas, Fill(NIGHT), (), ink)


def _ways(slide: FactSlide, page: Page) -> Iterator[_Way]:
    """Yield ways from the largest text to the smallest: the code below the text's end, or in a column of its own."""
    code = min(CODE * page.unit + 4.0, page.safe.height - 4.0) if slide.link else 0.0
    size_px = FACT * page.unit
    for _ in range(SIZES):
        yield _corner(slide, page, size_px, code)
        if code and page.safe.width - code - CODE_GAP * page.unit >= NARROWEST * page.unit:
            yield _column(slide, page, size_px, code)
        size_px *= SHRINK


def _corner(slide: FactSlide, page: Page, size_px: float, code: float) -> _Way:
    width = min(page.safe.width, FACT_MEASURE * page.unit)
    text = _text(slide, page, size_px, width)
    beside = CODE_GAP * page.unit + code if code else 0.0
    if width - beside < NARROWEST * page.unit:  # a very tall wall: the code stands below everything
        notes = _notes(slide, page, width)
        measure = max(text.width, notes.width, code)
        return _Way(text, notes, measure, measure, _ends(page, text, notes) + beside, code)
    notes = _notes(slide, page, width - beside)
    measure = max(text.width, notes.width + beside)
    return _Way(text, notes, measure, measure, max(_ends(page, text, notes), text.height + beside), code)


def _column(slide: FactSlide, page: Page, size_px: float, code: float) -> _Way:
    gap = CODE_GAP * page.unit
    measure = max(1.0, min(page.safe.width - code - gap, FACT_MEASURE * page.unit))
    text = _text(slide, page, size_px, measure)
    notes = _notes(slide, page, measure)
    measure = max(text.width, notes.width)
    return _Way(text, notes, measure, measure + gap + code, max(code, _ends(page, text, notes)), code)


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
