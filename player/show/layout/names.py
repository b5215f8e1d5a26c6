"""A page of names: one quiet column, or several, as the canvas's shape has room for; whole names only.

How many names a page has follows from the shape alone, so that whoever turns pages need not measure anything. Each name has a
place of its own: one that is too long for it is set smaller, then broken between words, then smaller still, and never cut.

All pages of a list have one grid: its columns are as wide as nearly all of its names, and begin where they began.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from player.show.layout.fitting import best
from player.show.layout.lines import Align, set_line, wrapped
from player.show.layout.page import Extent, Page, Pages, pages_of
from player.show.layout.stack import Stack, evenly_led, stacked
from player.show.layout.way import Way
from player.show.look import NIGHT
from player.show.naming import models_of
from player.show.scene import Composition, Face, Fill, Ink
from player.show.slide import NamesSlide, Stage
from player.text.bidi import is_right_to_left

SIZE: Final = 0.062  # U; the em of a name: larger than any caption, smaller than the words
ROW: Final = 0.14  # U, from one name to the next: each stands for itself
COLUMN: Final = 0.72  # U; some twenty-five letters
GAP: Final = (0.09, 0.20, 0.42)  # U, between columns: at least, where there is room, and where some names are far longer
MOST_ROWS, MOST_COLUMNS = 9, 4  # more are a table and no page
SHRINK: Final = 0.94
IN_ONE_LINE: Final = 0.72  # of the size, down to which a name stays in one line
BROKEN: Final = 0.84  # of the size, that one in several lines begins with
LEADING: Final = 1.24  # ems, within a name: even where one line has an accent on a capital
FILLED: Final = 0.96  # of a row, that a name may fill
SIZES: Final = 60  # tried; the last is a fortieth of the first
CAPITALS: Final = 0.33  # ems, from the baseline to the middle of what the eye sees of a line
MIDDLE: Final = 0.485  # of the height: the eye's middle lies above the ruler's


@dataclass(frozen=True, slots=True)
class _Grid:
    """How many names stand where on a page."""

    page: Page
    columns: int
    rows: int


@dataclass(frozen=True, slots=True)
class _Name:
    """A name in its lines."""

    stack: Stack
    size_px: float


def names_on(stage: Stage) -> int:
    """Return how many names stand on a page of *stage*, at most."""
    grid = _grid(pages_of(stage, _Unmeasured()))
    return grid.columns * grid.rows


def lay_out_names(slide: NamesSlide, pages: Pages) -> Composition:
    """Return the composition of a page of names, no more of them than `names_on` allows."""
    grid = _grid(pages)

    def ways(page: Page) -> Iterator[Way]:
        if page is grid.page:
            yield Way((), _inked(slide, grid), 1.0)

    way = best(pages, (ways,))
    return Composition(pages.canvas, Fill(NIGHT), (), way.ink if way else ())


class _Unmeasured:
    """Measures nothing: which page is taken, and what it has room for, is known by its shape."""

    def extent(self, text: str, *, language: str, face: Face, size_px: float) -> Extent:  # pragma: no cover
        raise AssertionError(f"nobody asks how wide {text!r} is ({language}, {face}, {size_px})")


def _grid(pages: Pages) -> _Grid:
    """Return the page that has room for most names; where something is in the way of all of it, one name that gives way."""
    if pages.is_free:
        return _grid_of(pages.first)
    free = [_grid_of(page) for page in pages.pages[1:]]
    return max(free, key=lambda grid: grid.columns * grid.rows, default=_Grid(pages.first, 1, 1))


def _grid_of(page: Page) -> _Grid:
    across = (page.safe.width / page.unit + GAP[0]) / (COLUMN + GAP[0])
    down = page.safe.height / (ROW * page.unit)
    return _Grid(page, min(MOST_COLUMNS, max(1, int(across))), min(MOST_ROWS, max(1, int(down))))


def _inked(slide: NamesSlide, grid: _Grid) -> tuple[Ink, ...]:
    page, count = grid.page, len(slide.names)
    fullest = max(count, min(slide.fullest, grid.columns * grid.rows))
    columns = min(grid.columns, -(-fullest // min(grid.rows, 4)))  # a few names are one column, not a line of them
    rows = -(-fullest // columns)
    row = min(ROW * page.unit, page.safe.height / rows)
    is_turned = 2 * sum(map(is_right_to_left, slide.names)) > count
    side: Align = "centre" if columns == 1 else "right" if is_turned else "left"
    width, gap, slack = _columns(slide, page, columns)
    names = [_set(page, name, slide.language, side, (width + slack, FILLED * row)) for name in slide.names]
    left = page.canvas.width / 2 - (columns * width + (columns - 1) * gap) / 2
    top = min(max(MIDDLE * page.canvas.height - rows * row / 2, page.safe.y), page.safe.bottom - rows * row)
    ink: list[Ink] = []
    for k, name in enumerate(names):
        i = columns - 1 - k // rows if is_turned else k // rows
        at, middle = left + i * (width + gap), top + (k % rows + 0.5) * row
        ink += name.stack.inked(left=at, width=width, top=_top(name, middle, row))
    return tuple(ink)


def _columns(slide: NamesSlide, page: Page, columns: int) -> tuple[float, float, float]:
    """Return how wide a column is, the gap to the next, and by how much one name may be wider than its column, in pixels."""
    least = GAP[0] * page.unit
    room = min((page.safe.width - (columns - 1) * least) / columns, 2 * COLUMN * page.unit)
    if columns == 1:
        return room, 0.0, 0.0
    size_px = SIZE * page.unit
    models = slide.models or models_of(slide.names)
    *usual, longest = (set_line(page, name, language=slide.language, size_px=size_px, face="serif").width for name in models)
    width = min(max(usual, default=longest), room)
    spare = page.safe.width - columns * width
    # As much of it between columns as beside them: the last one's long names need room too.
    far = min(IN_ONE_LINE * longest + least - width, GAP[2] * page.unit, (spare + 2 * least) / (columns + 1))
    gap = min(max(GAP[1] * page.unit, far), spare / (columns - 1))
    aside = (spare - (columns - 1) * gap) / 2
    return width, gap, max(0.0, min(gap - least, aside))


def _top(name: _Name, middle: float, row: float) -> float:
    """Return where *name* begins, so that the capitals of all names in a row are level, and nothing leaves its row."""
    stack = name.stack
    if not stack.baselines:
        return middle
    level = middle + CAPITALS * name.size_px - (stack.baselines[0] + stack.baselines[-1]) / 2
    return min(max(level, middle - row / 2), middle + row / 2 - stack.height)


def _set(page: Page, name: str, language: str, side: Align, room: tuple[float, float]) -> _Name:
    """Return *name* as large as its place lets it be: in one line, in a smaller one, in several."""
    stack, size_px = stacked([]), 0.0
    for size_px, is_broken in _sizes(page):
        texts: Sequence[str] = (name,)
        if is_broken:
            texts = wrapped(page, name, language=language, face="serif", size_px=size_px, width=room[0])
        lines = [set_line(page, text, language=language, size_px=size_px, face="serif") for text in texts]
        stack = evenly_led([line for line in lines if line.width > 0], LEADING * size_px, side)
        if stack.width <= room[0] and stack.height <= room[1]:
            break
    return _Name(stack, size_px)


def _sizes(page: Page) -> Iterator[tuple[float, bool]]:
    """Yield the sizes to try, and whether a name may be broken then."""
    whole = SIZE * page.unit
    steps = [SHRINK**k for k in range(SIZES)]
    yield from ((whole * step, False) for step in steps if step >= IN_ONE_LINE)
    yield from ((whole * step, True) for step in steps if step <= BROKEN)
