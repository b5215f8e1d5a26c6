"""Lines of text, fitted: shrunk, wrapped in balance, cut with an ellipsis. Aligned by their ink, as the eye does it."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal, TypeAlias

from player.show.layout.page import Page
from player.show.look import AMBER, CAPTION, CAPTION_SMALLEST, DIM, HAIRLINE, HASHTAG, INK
from player.show.scene import Face, Rule, Words
from player.show.slide import Phrase
from player.text.bidi import is_right_to_left
from player.units import Colour, Rect

Align: TypeAlias = Literal["left", "centre", "right"]

ELLIPSIS: Final = "…"
MAX_CAPTION_LINES: Final = 2
_BALANCE_STEPS: Final = 7  # halvings of the width; the ragged edge is then even to 1 %
_BREAKS_ANYWHERE: Final = re.compile("[\u2e80-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U000323af]")
MAX_TEXTS: Final = 512  # texts whose breaks are remembered: one slide asks for the same one dozens of times
MAX_WORD: Final = 28  # characters; longer ones are addresses, and break wherever the line ends
_NEVER_LAST: Final = " ,;:–—-·("
_NEVER_FIRST: Final = frozenset("、。，．！？；：）」』】〉》ー々’”")


@dataclass(frozen=True, slots=True)
class Line:
    """One line at one size, with its ink box about the origin."""

    text: str
    language: str
    face: Face
    size_px: float
    colour: Colour
    left: float
    width: float
    rise: float
    """Ink above the baseline."""
    drop: float
    """Ink below the baseline."""

    def at(self, x: float, baseline: float) -> Words:
        """Return it with its ink's left edge at *x*; baselines stand on whole pixels, so that they stay crisp."""
        return Words(self.text, self.language, self.face, self.size_px, self.colour, x - self.left, float(round(baseline)))


@dataclass(frozen=True, slots=True)
class Hairline:
    """The amber rule, standing on its baseline."""

    width: float
    rise: float
    drop: float = 0.0

    def at(self, x: float, baseline: float) -> Rule:
        """Return it with its left edge at *x*, on whole pixels."""
        return Rule(Rect(float(round(x)), float(round(baseline - self.rise)), float(round(self.width)), self.rise), AMBER)


def hairline(page: Page) -> Hairline:
    """Return the rule in this page's size, at least a pixel thick."""
    return Hairline(HAIRLINE[0] * page.unit, float(max(1, round(HAIRLINE[1] * page.unit))))


def set_line(page: Page, text: str, *, language: str, size_px: float, face: Face = "sans", colour: Colour = INK) -> Line:
    """Return *text* measured at *size_px*."""
    ink = page.measure.extent(text, language=language, face=face, size_px=size_px)
    return Line(text, language, face, size_px, colour, ink.left, ink.right - ink.left, max(0.0, -ink.top), max(0.0, ink.bottom))


def resized(page: Page, line: Line, size_px: float) -> Line:
    """Return *line* at another size."""
    return set_line(page, line.text, language=line.language, size_px=size_px, face=line.face, colour=line.colour)


def fitted(page: Page, line: Line, width: float) -> Line:
    """Return *line*, no wider than *width*, by size alone."""
    if line.width <= width:
        return line
    return resized(page, line, line.size_px * max(0.0, width) / line.width * 0.999)


def starts(text: str) -> Align:
    """Return the side that *text* begins on."""
    return "right" if is_right_to_left(text) else "left"


def words_lines(page: Page, phrase: Phrase, *, size_px: float, width: float, lines: int) -> tuple[Line, ...]:
    """Return the words in exactly *lines* lines, as large as *width* allows up to *size_px*; empty without a split."""
    best: tuple[Line, ...] = ()
    for texts in _splits(_tokens(phrase.text), lines):
        candidate = [set_line(page, text, language=phrase.language, size_px=size_px, face="serif") for text in texts]
        widest = max(line.width for line in candidate)
        if not best or widest < max(line.width for line in best):
            best = tuple(candidate)
    widest = max((line.width for line in best), default=0.0)
    if widest > width:
        size = size_px * max(0.0, width) / widest * 0.999
        best = tuple(resized(page, line, size) for line in best)
    return best


def hashtag_line(page: Page, hashtag: str, *, width: float, colour: Colour = DIM) -> tuple[Line, ...]:
    """Return the hashtag's line, or nothing when it is empty or *width* is too narrow for it."""
    line = set_line(page, hashtag, language="en", size_px=HASHTAG * page.unit, colour=colour)
    return (line,) if 0 < line.width <= width else ()


def caption_lines(page: Page, caption: str, credit: str, *, language: str, width: float, quiet: Colour = DIM) -> tuple[Line, ...]:
    """Return caption and credit: together on one line if they fit, else at most two lines and the credit on its own."""
    caption, credit = " ".join(caption.split()), " ".join(credit.split())
    if caption and credit and is_right_to_left(caption) == is_right_to_left(credit):
        both = set_line(page, f"{caption} · {credit}", language=language, size_px=CAPTION * page.unit)
        if both.width <= width:
            return (both,)
    said = paragraph(page, caption, language=language, width=width, lines=MAX_CAPTION_LINES)
    size_px = said[0].size_px if said else CAPTION * page.unit
    return said + paragraph(page, credit, language=language, width=width, lines=1, colour=quiet, size_px=size_px)


def paragraph(
    page: Page,
    text: str,
    *,
    language: str,
    width: float,
    lines: int,
    colour: Colour = INK,
    size_px: float | None = None,
) -> tuple[Line, ...]:
    """Return a caption's lines: balanced, shrunk to the smallest legible size if need be, then cut with an ellipsis."""
    largest = size_px or CAPTION * page.unit
    whole = set_line(page, text, language=language, size_px=largest, colour=colour)
    if whole.width <= 0:
        return ()
    if whole.width <= width:
        return (whole,)
    smallest = min(largest, CAPTION_SMALLEST * page.unit)
    texts: tuple[str, ...] = ()
    chosen = smallest
    for chosen in (largest, (largest + smallest) / 2, smallest):
        texts = wrapped(page, text, language=language, face="sans", size_px=chosen, width=width)
        if len(texts) <= lines:
            break
    else:
        texts = _cut(page, whole, chosen, width, lines)
    set_lines = (set_line(page, part, language=language, size_px=chosen, colour=colour) for part in texts)
    return tuple(fitted(page, line, width) for line in set_lines)


def wrapped(page: Page, text: str, *, language: str, face: Face, size_px: float, width: float) -> tuple[str, ...]:
    """Return *text* in as few lines as *width* allows, and those as equal as they can be."""
    tokens, space = _measured(page, text, language=language, face=face, size_px=size_px)
    lines = _filled(tokens, space, width)
    low, high = max((length for _, length in tokens), default=0.0), width
    for _ in range(_BALANCE_STEPS):
        middle = (low + high) / 2
        if len(_filled(tokens, space, middle)) > len(lines):
            low = middle
        else:
            high = middle
    return tuple(_filled(tokens, space, high)) if high > low else tuple(lines)


def _measured(page: Page, text: str, *, language: str, face: Face, size_px: float) -> tuple[list[tuple[str, float]], float]:
    """Return the tokens of *text* with their advances, and a space's."""

    def advance(token: str) -> float:
        return page.measure.extent(token, language=language, face=face, size_px=size_px).advance

    return [(token, advance(token.rstrip())) for token in _tokens(text)], advance("n n") - advance("nn")


def _filled(tokens: Sequence[tuple[str, float]], space: float, width: float) -> list[str]:
    """Return the lines that *tokens* fill one after the other."""
    lines: list[str] = []
    room = 0.0
    for token, advance in tokens:
        if lines and advance <= room:
            lines[-1] += token
        else:
            lines.append(token)
            room = width
        room -= advance + (space if token.endswith(" ") else 0.0)
    return [line.rstrip() for line in lines]


def _cut(page: Page, whole: Line, size_px: float, width: float, lines: int) -> tuple[str, ...]:
    """Return as much of *whole* as *lines* lines hold, with an ellipsis for the rest."""
    tokens, space = _measured(page, whole.text, language=whole.language, face=whole.face, size_px=size_px)
    mark = page.measure.extent(ELLIPSIS, language=whole.language, face=whole.face, size_px=size_px).advance

    def first(count: int) -> list[str]:
        text, advance = tokens[count - 1]
        ending = (text.rstrip(_NEVER_LAST) + ELLIPSIS, advance + mark)
        return _filled([*tokens[: count - 1], ending], space, width)

    kept = bisect_right(range(2, len(tokens)), lines, key=lambda count: len(first(count))) + 1
    return tuple(first(kept)[:lines])


@lru_cache(MAX_TEXTS)
def _tokens(text: str) -> tuple[str, ...]:
    """Return what may stand at the beginning of a line, each with the space that follows it."""
    tokens: list[str] = []
    for word in text.split():
        tokens += _pieces(word) if len(word) > MAX_WORD or _BREAKS_ANYWHERE.search(word) else [word]
        tokens[-1] += " "
    return (*tokens[:-1], tokens[-1].rstrip()) if tokens else ()


def _pieces(word: str) -> list[str]:
    """Return the parts of a word that breaks inside: an address, or a script without spaces."""
    pieces: list[str] = []
    for character in word:
        breaks = len(word) > MAX_WORD or _BREAKS_ANYWHERE.match(character)
        holds = character in _NEVER_FIRST or unicodedata.category(character).startswith("M")
        if pieces and (holds or not breaks):
            pieces[-1] += character
        else:
            pieces.append(character)
    return pieces


def _splits(tokens: Sequence[str], lines: int) -> Iterator[tuple[str, ...]]:
    """Yield every way to set *tokens* in *lines* lines."""
    if lines == 1:
        if tokens:
            yield ("".join(tokens).strip(),)
        return
    for i in range(1, len(tokens) - lines + 2):
        for rest in _splits(tokens[i:], lines - 1):
            yield ("".join(tokens[:i]).strip(), *rest)
