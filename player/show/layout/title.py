"""A name, and quietly something beneath it: how long until it begins, or which display this is.

The name stands where it stands whatever the note says, and so does the note while its digits are as many: from one minute to
the next nothing moves, a number alone gives way to another.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import combinations, pairwise
from typing import Final

from player.show.layout.lines import fitted, hairline, set_line
from player.show.layout.page import Page
from player.show.layout.stack import Entry, Set, Stack, stacked
from player.show.look import DIM, NIGHT, WORD_LEADING
from player.show.scene import Composition, Fill, Words
from player.show.slide import Phrase, TitleSlide
from player.text.bidi import is_right_to_left

LARGEST: Final = 0.12  # U; half of words alone: a name is read, not called out
SHRINK: Final = 0.96
MEASURE: Final = (1.5, 0.93)  # U, and of the safe width: margins of its own make it a page and not a banner
MAX_LINES: Final = 6
BREAK: Final = (0.75, 0.85)
"""What each further line costs, as a share of the size that it gains: on a wide wall, and on a tall one."""
TURN_LEADING: Final = 1.35  # ems, above a line that runs the other way: Hebrew letters are as high as capitals
NOTE: Final = 0.042  # U
RULE_LEAD: Final = 0.095  # U, from the name's last baseline to the hairline
NOTE_LEAD: Final = 0.088  # U, from the hairline to the note
MIDDLE: Final = 0.475  # of the height: the eye's middle lies above the ruler's
_PART: Final = re.compile(r"\s+[·•|/]\s+")
"""What stands between two languages of one name: each begins a line, and the mark itself is not seen."""
_BINDS: Final = re.compile(r"\d+\.?|[^\W\d_]")
"""A number, an ordinal, a word of one letter."""
MAX_WORDS: Final = 40  # a line; a name has at most 120 characters
_DIGIT: Final = re.compile(r"\d")


def lay_out_title(slide: TitleSlide, page: Page) -> Composition:
    """Return the composition of a title page, in the optical middle of the canvas."""
    note = slide.note
    # Set in zeros, which are as wide as any digit: whatever the number is, everything stands where it stood.
    template = set_line(page, _DIGIT.sub("0", note.text), language=note.language, size_px=NOTE * page.unit, colour=DIM)
    template = fitted(page, template, page.safe.width)
    foot = [Entry(hairline(page), RULE_LEAD * page.unit, "centre"), Entry(template, NOTE_LEAD * page.unit, "centre")]
    stack = _fitting(slide.title, page, foot)
    low, high = page.safe.y + 1, page.safe.bottom - 1 - stack.height
    top = min(max(MIDDLE * page.canvas.height - stack.seen / 2, low), high)
    ink: Set = stack.inked(left=page.safe.x, width=page.safe.width, top=top)
    *above, last = ink
    said = (replace(last, text=note.text),) if isinstance(last, Words) else ()
    return Composition(page.canvas, Fill(NIGHT), (), (*above, *said))


def _fitting(title: Phrase, page: Page, foot: Sequence[Entry]) -> Stack:
    """Return name and *foot*, in the lines that are worth their breaks."""
    price = BREAK[page.canvas.height > page.canvas.width]
    ways = [_way(title, page, foot, lines) for lines in evenly(title.text, MAX_LINES, lambda text: _advance(title, page, text))]
    worth = [size_px * price ** len(stack.entries) for size_px, stack in ways]
    return ways[worth.index(max(worth))][1] if ways else stacked(foot)


def _way(title: Phrase, page: Page, foot: Sequence[Entry], texts: Sequence[str]) -> tuple[float, Stack]:
    """Return the size of a name in the lines *texts*, as large as width and height allow, and all of it."""
    size_px, side = LARGEST * page.unit, is_right_to_left(title.text)
    while True:
        found = (set_line(page, text, language=title.language, size_px=size_px, face="serif") for text in texts)
        lines = [line for line in found if line.width > 0]
        leads = [WORD_LEADING if is_right_to_left(line.text) == side else TURN_LEADING for line in lines]
        stack = stacked([*(Entry(line, lead * size_px, "centre") for line, lead in zip(lines, leads, strict=True)), *foot])
        widest = max((line.width for line in lines), default=0.0)
        width = min(MEASURE[0] * page.unit, MEASURE[1] * page.safe.width)
        if size_px < 1 or (widest <= width and stack.height <= page.safe.height - 2):
            return size_px, stack
        size_px *= min(SHRINK, width / widest if widest > width else 1.0)


def _advance(title: Phrase, page: Page, text: str) -> float:
    return page.measure.extent(text, language=title.language, face="serif", size_px=LARGEST * page.unit).advance


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
