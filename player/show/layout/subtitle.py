"""Subtitles on the wall: centred under or in the film's picture, in full lines, never where a mask takes them away.

The size is that of broadcasting: a line to every twelfth or thirteenth of the height (the BBC's guidelines have 8 %, spacing
included), which those in the last row read. Lines stay as they were written where they fit; else they are broken anew, as
evenly as they can be. Nothing that is said is ever cut.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from heapq import nlargest
from typing import Final

from player.show.footage import Said
from player.show.layout.lines import Line, set_line, wrapped
from player.show.layout.obstacles import obstacles_of
from player.show.layout.page import Measure, Page, pages_of
from player.show.layout.stack import Entry, Stack, stacked
from player.show.layout.title import evenly
from player.show.layout.way import boxes_of
from player.show.look import INK, NIGHT
from player.show.scene import Ink, Shadow
from player.show.slide import Stage
from player.text.bidi import is_right_to_left
from player.units import Rect

SIZE: Final = 0.060  # U; with the leading, 8 % of a picture that fills the wall
LEADING: Final = 1.3  # ems, baseline to baseline
LARGEST: Final = 0.075  # of the picture's height: on a strip, U is larger than the picture is high
SIZES: Final = (1.0, 0.92, 0.84, 0.76, 0.68)  # tried in turn; the last is 0.04 U, still more than a caption's
SMALLEST: Final = 0.60  # beneath the picture, where smaller letters on night are better than larger ones over a face
SHRINK: Final = 0.92  # from one size to the next, where even so it does not fit
LEAST_PX: Final = 6.0  # ems; a place in which not even this fits is none
FEW: Final = 2  # lines of one language; more only where smaller letters would not do either
MANY: Final = 4  # lines in all, before the letters shrink; beneath a picture, where lines hide nothing, as many as have room
SHARE: Final = 0.45  # of the picture's height that words may hang in
NARROW: Final = 1.15  # U; a picture less wide than that has words on the night at its sides too: thirty letters are no line
MEASURE: Final = 1.45  # U; 45 letters a line, which are read at a glance
INSET: Final = 0.045  # U, from the picture's foot to the lowest ink, where the wall goes on below
FOOT: Final = 0.17  # U, beneath the picture: two lines in full size
GAP: Final = 0.035  # U, between the picture and words beneath it
LEAST_OF_ALL: Final = 0.76  # of the size, in the picture; the few that need smaller letters have them for themselves
TRIED: Final = 12  # subtitles of a film, by their letters, that its size is found with: 2 ms each
BETWEEN: Final = 0.45  # ems, more than a line's leading, between two languages
PAD: Final = (0.15, 0.08)  # ems, of the shadow's full strength beside and above the ink
SOFT: Final = 2.2  # ems, over which it goes out: with half of that, four lines stood on a grey slab
STRENGTH: Final = 0.62  # ink on white then has 4.8:1, and anything darker more
STEP: Final = 0.25  # ems, from one height tried to the next, where something is in the way
_RLM: Final = "\u200f"
_LRM: Final = "\u200e"
_RIGHT_TO_LEFT: Final = frozenset({"ar", "arc", "ckb", "dv", "fa", "he", "iw", "ji", "ps", "sd", "syr", "ug", "ur", "yi"})
_DIALOGUE: Final = re.compile(r"[‐-―−-]\s?\S")
"""A dash before each speaker's words: those begin a line."""
_PARTED: Final = re.compile(r"\s[·•|/]\s")
"""Marks that part the languages of a title; here somebody said them."""
SPACE: Final = 0.26  # ems, of Noto Sans
MAX_WORDS: Final = 60  # of what is broken as evenly as can be, in time that grows with their square


@dataclass(frozen=True, slots=True)
class _Room:
    """Where words may be, in the wall's pixels."""

    place: Rect
    is_beneath: bool = False
    """Outside the picture: they begin at its top, and need no shadow."""
    tallest: float = 0.0


@dataclass(frozen=True, slots=True)
class _Block:
    """Lines ready to be placed in a room."""

    stack: Stack
    size_px: float
    room: _Room
    share: float
    """Of the usual size."""

    def inked(self, top: float) -> tuple[Ink, ...]:
        """Return the ink with its top there, on its shadow."""
        place = self.room.place
        ink = self.stack.inked(left=place.x, width=place.width, top=top)
        if self.room.is_beneath:
            return ink
        x = place.x + (place.width - self.stack.width) / 2
        beside, above = PAD[0] * self.size_px, PAD[1] * self.size_px
        dark = Rect(x - beside, top - above, self.stack.width + 2 * beside, self.stack.height + 2 * above)
        return (Shadow(dark, SOFT * self.size_px, NIGHT, STRENGTH), *ink)


def share_for(film: Iterable[Sequence[Said]], *, place: Rect, stage: Stage, measure: Measure) -> float:
    """Return the share of the usual size in which nearly all that is said in a film can be set, so that letters keep their size.

    Args:
        film: What is said at once, each time.
        place: The film's picture on the wall, in canvas pixels.
        stage: The canvas, its margin and what is taken of it.
        measure: What knows how wide lines are.
    """
    page = pages_of(stage, measure).first
    shares, least = [1.0], LEAST_OF_ALL
    for said in nlargest(TRIED, set(map(tuple, film)), key=_letters):
        low = [each for each in said if not each.is_high]
        room = next(_rooms(page, stage, place, is_high=False), None)
        block = _set(page, low, room, 1.0) if low and room else None
        if block and block.room.is_beneath:
            least = SMALLEST
        shares += [block.share] if block else []
    return max(least, min(shares))


def _letters(said: Sequence[Said]) -> int:
    return sum(len(line) for each in said for line in each.lines)


def lay_out_subtitles(
    said: Sequence[Said], *, place: Rect, stage: Stage, measure: Measure, share: float = 1.0
) -> tuple[Ink, ...]:
    """Return the ink of what is said, shadows first; nothing where nothing is said, or no letter has room.

    Args:
        said: One or two languages at once, the first above; several subtitles of one language follow each other.
        place: The film's picture on the wall, in canvas pixels.
        stage: The canvas, its margin and what is taken of it.
        measure: What knows how wide lines are.
        share: Of the usual size, at most; see `share_for`.
    """
    page = pages_of(stage, measure).first
    low, high = [each for each in said if not each.is_high], [each for each in said if each.is_high]
    ink: list[Ink] = []
    for group, is_high in ((high, True), (low, False)):
        rooms = list(_rooms(page, stage, place, is_high=is_high))
        blocks = (block for room in rooms if group and (block := _set(page, group, room, share)))
        ink += _placed(page, blocks, is_high=is_high)
    # All shadows first: none may lie on the words of another.
    return tuple(sorted(ink, key=lambda each: not isinstance(each, Shadow)))


def _rooms(page: Page, stage: Stage, place: Rect, *, is_high: bool) -> Iterator[_Room]:
    """Yield where words may go, the best first: beneath the picture, in it, in what masks leave of it, anywhere else free.

    Beneath, only where large letters have room: of one film, short and long ones stand in the same place.
    """
    safe = page.safe._replace(x=page.safe.x + page.left, y=page.safe.y + page.top)
    below = place.bottom + GAP * page.unit
    if not is_high and safe.bottom - below > FOOT * page.unit:
        yield _Room(Rect(safe.x, below, safe.width, safe.bottom - below), is_beneath=True, tallest=safe.bottom - below)
    inset = INSET * page.unit
    inner = place._replace(x=place.x + inset, y=place.y + inset, width=place.width - 2 * inset, height=place.height - 2 * inset)
    if place.width < NARROW * page.unit:
        inner = inner._replace(x=safe.x, width=safe.width)
    inside = _common(inner, safe)
    if inside is not None:
        yield _Room(inside, tallest=SHARE * place.height)
    for bay in stage.room.bays if stage.room else ():
        for whole in (inside, safe):
            free = _common(bay, whole) if whole else None
            if free is not None:
                yield _Room(free, tallest=free.height)


def _placed(page: Page, blocks: Iterable[_Block], *, is_high: bool) -> tuple[Ink, ...]:
    """Return the ink where all of it is clear; else where the least of it is covered."""
    best: tuple[float, tuple[Ink, ...]] = (2.0, ())
    for block in blocks:
        for top in _tops(block, is_high=is_high, is_free=page.room is None):
            ink = block.inked(top)
            covered = obstacles_of(page.room).covered(boxes_of(ink, page.measure)) if page.room else 0.0
            if covered < best[0]:
                best = (covered, ink)
            if not covered:
                return ink
    return best[1]


def _tops(block: _Block, *, is_high: bool, is_free: bool) -> Iterator[float]:
    """Yield where the ink may begin, the usual height first; all others only where something may be in the way."""
    place, is_from_above = block.room.place, is_high or block.room.is_beneath
    first, last = place.y, max(place.y, place.bottom - block.stack.height - 1.0)  # a pixel for the rounding of baselines
    step = STEP * block.size_px
    for i in range(1 if is_free else int((last - first) / step) + 1):
        yield first + i * step if is_from_above else last - i * step


def _set(page: Page, said: Sequence[Said], room: _Room, most: float) -> _Block | None:
    """Return all lines in a size in which they fit, *most* of the usual one or less; None where none does.

    Beneath the picture, None as well where none that is large enough does.
    """
    largest = SIZE * page.unit
    if not room.is_beneath:
        largest = min(largest, LARGEST * room.tallest / SHARE)
    width = min(room.place.width, MEASURE * page.unit)
    sizes = (*SIZES, SMALLEST) if room.is_beneath else SIZES
    for share in (each for each in sizes if each <= max(most, sizes[-1])):
        stack = stacked(list(_entries(page, said, largest * share, width)))
        if not stack.entries:
            return None
        is_short = room.is_beneath or len(stack.entries) <= max(MANY, FEW * len(said))
        if is_short and stack.width <= width and stack.height < room.tallest:
            return _Block(stack, largest * share, room, share)
    size_px = largest * SIZES[-1]
    while not room.is_beneath and size_px >= LEAST_PX:
        stack = stacked(list(_entries(page, said, size_px, width)))
        if stack.width <= width and stack.height < room.tallest:
            return _Block(stack, size_px, room, SIZES[-1])
        size_px *= SHRINK
    return None


def _entries(page: Page, said: Iterable[Said], size_px: float, width: float) -> Iterator[Entry]:
    language = None
    for each in said:
        between = BETWEEN if language is not None and language != each.language else 0.0
        language = each.language
        for line in _lines(page, each, size_px, width):
            yield Entry(line, (LEADING + between) * size_px, "centre")
            between = 0.0


def _lines(page: Page, said: Said, size_px: float, width: float) -> list[Line]:
    """Return the lines as they were written, where all of them fit; else broken anew, each speaker's for themselves."""
    lines = [_line(page, text, said, size_px) for text in said.lines]
    if any(line.width > width for line in lines):
        lines.clear()
        for text in _paragraphs(said.lines):
            lines += [_line(page, part, said, size_px) for part in _broken(page, text, said, size_px, width)]
    return [line for line in lines if line.width > 0]


def _paragraphs(lines: Sequence[str]) -> list[str]:
    """Return *lines* joined to what is broken together: all of them, unless each begins with a speaker's dash."""
    paragraphs: list[str] = []
    for line in lines:
        if paragraphs and not _DIALOGUE.match(line):
            paragraphs[-1] += f" {line}"
        else:
            paragraphs.append(line)
    return paragraphs


def _broken(page: Page, text: str, said: Said, size_px: float, width: float) -> Sequence[str]:
    """Return *text* in as few lines as *width* allows, of lengths as even as they can be; no word of one letter ends a line."""
    lines = wrapped(page, text, language=said.language, face="sans", size_px=size_px, width=width)
    words = text.split()
    if len(words) > MAX_WORDS or _PARTED.search(text):
        return lines
    lengths = {word: page.measure.extent(word, language=said.language, face="sans", size_px=size_px).advance for word in words}
    space = SPACE * size_px

    def advance(some: str) -> float:
        return sum(lengths[word] + space for word in some.split()) - space

    even = (way for way in evenly(text, len(lines) + 1, advance) if max(map(advance, way)) <= width)
    return next(even, lines)


def _line(page: Page, text: str, said: Said, size_px: float) -> Line:
    """Return a line that runs as its language does, whatever it begins with: a name in Latin letters turns no sentence about."""
    runs_left = _runs_left(text, said.language)
    mark = "" if runs_left == is_right_to_left(text) else _RLM if runs_left else _LRM
    return set_line(page, mark + text, language=said.language or "und", size_px=size_px, colour=INK)


def _runs_left(text: str, language: str) -> bool:
    """Return whether *text* runs right to left: as its language does, if it has a letter that does so too."""
    kinds = {unicodedata.bidirectional(each) for each in text}
    has_left, has_right = "L" in kinds, bool(kinds & {"R", "AL"})
    if has_left == has_right and language:  # both, or neither: numbers alone
        return language.partition("-")[0].casefold() in _RIGHT_TO_LEFT
    return has_right and (not has_left or is_right_to_left(text))


def _common(one: Rect, other: Rect) -> Rect | None:
    """Return what lies in both."""
    left, top = max(one.x, other.x), max(one.y, other.y)
    right, bottom = min(one.right, other.right), min(one.bottom, other.bottom)
    return Rect(left, top, right - left, bottom - top) if right > left and bottom > top else None
