"""A name, and quietly something beneath it: how long until it begins, or which display this is.

The name stands where it stands whatever the note says, and so does the note while its digits are as many: from one minute to
the next nothing moves, a number alone gives way to another. It stands nearly where it would stand alone, because at the end it
does: while a stream is awaited, nothing is beneath it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import combinations, pairwise
from typing import Final

from player.show.layout.fitting import best
from player.show.layout.lines import fitted, hairline, set_line
from player.show.layout.page import Page, Pages
from player.show.layout.stack import Entry, Stack, stacked
from player.show.layout.way import Way
from player.show.look import NIGHT, WORD_LEADING
from player.show.scene import Composition, Fill, Words
from player.show.slide import Phrase, TitleSlide
from player.text.bidi import is_right_to_left

LARGEST: Final = 0.12  # U; half of words alone: a name is read, not called out
SHRINK: Final = 0.96
SIZES: Final = tuple(LARGEST * 0.9**i for i in range(10))  # where something is in the way; the last is as small as the note
MEASURE: Final = (1.5, 0.93)  # U, and of the safe width: margins of its own make it a page and not a banner
MAX_LINES: Final = 6
BREAK: Final = (0.75, 0.85)
"""What each further line costs, as a share of the size that it gains: on a wide wall, and on a tall one."""
TURN_LEADING: Final = 1.35  # ems, above a line that runs the other way: Hebrew letters are as high as capitals
NOTE: Final = 0.048  # U; once and a half a caption: those in the last row look at it for minutes
RULE_LEAD: Final = 0.095  # U, from the name's last baseline to the hairline
NOTE_LEAD: Final = 0.088  # U, from the hairline to the note
MIDDLE: Final = 0.475  # of the height: the eye's middle lies above the ruler's
FOOT_SEEN: Final = 0.3  # how much of the hairline and the note the eye counts when it looks for the middle
FOOT_LINES: Final = 2  # the hairline, the note
_PART: Final = re.compile(r"\s+[·•|/]\s+")
"""What stands between two languages of one name: each begins a line, and the mark itself is not seen."""
_DASH: Final = re.compile("[-‐-―−]")
_BINDS: Final = re.compile(r"\d+\.?|[^\W\d_]")
"""A number, an ordinal, a word of one letter."""
MAX_WORDS: Final = 40  # a line; a name has at most 120 characters
_DIGIT: Final = re.compile(r"\d")


def lay_out_title(slide: TitleSlide, pages: Pages) -> Composition:
    """Return the composition of a title page, in the optical middle of the wall."""
    sizes = (LARGEST,) if pages.is_free else SIZES
    price = BREAK[pages.first.canvas.height > pages.first.canvas.width]
    way = best(pages, (partial(_ways, slide, sizes, price),))
    ink = way.ink if way else ()
    if not slide.note.text:  # the name stands where it stood above a note
        return Composition(pages.canvas, Fill(NIGHT), (), ink[:-2])
    said = tuple(replace(each, text=slide.note.text) for each in ink[-1:] if isinstance(each, Words))
    return Composition(pages.canvas, Fill(NIGHT), (), (*ink[:-1], *said))


def _ways(slide: TitleSlide, sizes: Sequence[float], price: float, page: Page) -> Iterator[Way]:
    """Yield the name in few lines and in more, with the note beneath it; without a name, the note alone."""
    note = slide.note
    # Set in zeros, which are as wide as any digit: whatever the number is, everything stands where it stood.
    zeros = _DIGIT.sub("0", note.text) or "0"
    template = set_line(page, zeros, language=note.language, size_px=NOTE * page.unit)
    template = fitted(page, template, page.safe.width)
    foot = [Entry(hairline(page), RULE_LEAD * page.unit, "centre"), Entry(template, NOTE_LEAD * page.unit, "centre")]
    breaks = evenly(_parted(slide.title.text), MAX_LINES, lambda text: _advance(slide.title, page, text))
    for lines in breaks:
        for size_px, stack in _set(slide.title, page, foot, lines, sizes):
            yield _in_the_middle(page, stack, size_px * price ** len(stack.entries))
    if not breaks:
        yield _in_the_middle(page, stacked(foot), 0.0)


def _in_the_middle(page: Page, stack: Stack, worth: float) -> Way:
    low, high = page.safe.y + 1, page.safe.bottom - 1 - stack.height
    name = stack.baselines[-3] if len(stack.baselines) > FOOT_LINES else 0.0
    seen = name + FOOT_SEEN * (stack.seen - name) if name else stack.seen
    top = min(max(MIDDLE * page.canvas.height - seen / 2, low), high)
    return Way((), stack.inked(left=page.safe.x, width=page.safe.width, top=top), worth)


def _set(
    title: Phrase, page: Page, foot: Sequence[Entry], texts: Sequence[str], sizes: Sequence[float]
) -> Iterator[tuple[float, Stack]]:
    """Yield all of it, with the name in the lines *texts*, as large as width and height allow; and the size of the name.

    Of several *sizes* it is set in each that is no larger than that, as long as there is room at all.
    """
    size_px, side = sizes[0] * page.unit, is_right_to_left(title.text)
    least = 0.0 if len(sizes) == 1 else sizes[-1] * page.unit
    while True:
        found = (set_line(page, text, language=title.language, size_px=size_px, face="serif") for text in texts)
        lines = [line for line in found if line.width > 0]
        leads = [WORD_LEADING if is_right_to_left(line.text) == side else TURN_LEADING for line in lines]
        stack = stacked([*(Entry(line, lead * size_px, "centre") for line, lead in zip(lines, leads, strict=True)), *foot])
        widest = max((line.width for line in lines), default=0.0)
        width = min(MEASURE[0] * page.unit, MEASURE[1] * page.safe.width)
        if size_px < 1 or (widest <= width and stack.height <= page.safe.height - 2):
            yield size_px, stack
            size_px = next((size * page.unit for size in sizes if size * page.unit < size_px - 1e-9), 0.0)
            if not size_px:
                return
        else:
            size_px *= min(SHRINK, width / widest if widest > width else 1.0)
        if size_px < least:
            return


def _advance(title: Phrase, page: Page, text: str) -> float:
    return page.measure.extent(text, language=title.language, face="serif", size_px=LARGEST * page.unit).advance


def _parted(title: str) -> str:
    """Return *title* with a mark where it passes from one direction to the other, once: no phrase is broken off to fill a line.

    A dash there goes: it parted the languages. Where directions change more than once, a name is quoted in a sentence.
    """
    words = title.split()
    kinds = [is_right_to_left(word) if any(map(str.isalpha, word)) else None for word in words]
    known = [i for i, kind in enumerate(kinds) if kind is not None]
    turns = [(i, j) for i, j in pairwise(known) if kinds[i] != kinds[j]]
    if len(turns) != 1 or _PART.search(title):
        return title
    ((last, first),) = turns
    if _DASH.fullmatch(words[first - 1]):
        return f"{' '.join(words[: first - 1])} | {' '.join(words[first:])}"
    if _DASH.fullmatch(words[last + 1]):
        return f"{' '.join(words[: last + 1])} | {' '.join(words[last + 2 :])}"
    return f"{' '.join(words[:first])} | {' '.join(words[first:])}"


def evenly(text: str, most: int, advance: Callable[[str], float]) -> list[tuple[str, ...]]:
    """Return *text* in its fewest lines, in one more, and so on to *most*: each time as even as they can be.

    Even means that the squares of the lengths are smallest together; so no last line is left with one short word. A number keeps
    what it counts, and a word of one letter what follows it, as printers in Poland and Czechia have it.
    """
    parts = [_bound(part) for part in _PART.split(text)]
    words = [word for part in parts for word in part]
    if not words:
        return []
    starts, counted = set[int](), 0
    for part in parts:
        starts.add(counted)
        counted += len(part)
    lengths = {(i, j): advance(" ".join(words[i:j])) for i, j in combinations(range(len(words) + 1), 2) if j - i <= MAX_WORDS}
    best: dict[int, tuple[float, tuple[int, ...]]] = {0: (0.0, (0,))}
    found: list[tuple[str, ...]] = []
    for _ in range(most):
        reached: dict[int, tuple[float, tuple[int, ...]]] = {}
        for i, (cost, breaks) in best.items():
            for j in range(i + 1, len(words) + 1):
                if (i, j) in lengths and not any(i < start < j for start in starts):
                    way = (cost + lengths[i, j] ** 2, (*breaks, j))
                    reached[j] = min(reached.get(j, way), way)
        best = reached
        if len(words) in best:
            breaks = best[len(words)][1]
            found.append(tuple(" ".join(words[i:j]) for i, j in pairwise(breaks)))
    return found


def _bound(text: str) -> list[str]:
    """Return the words of *text*, with those that nothing may part bound together."""
    words: list[str] = []
    binds = False
    for word in text.split():
        if binds:
            words[-1] += f" {word}"
        else:
            words.append(word)
        binds = bool(_BINDS.fullmatch(word))
    return words
