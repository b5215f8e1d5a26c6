"""Many photos as tiles, so that everybody who took part is seen; the words below, or beside where the wall is a strip."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from player.library.photo import Photo
from player.show.layout.arrangement import CROWDED, as_large, in_turn, worth
from player.show.layout.band import Notes, banded
from player.show.layout.below import ABOVE, Block
from player.show.layout.beside import MIDDLE
from player.show.layout.figures import tile
from player.show.layout.fitting import best
from player.show.layout.grid import Grid, best_grid, roomier_grids
from player.show.layout.lines import Line, fitted, hashtag_line, set_line, starts, words_lines
from player.show.layout.obstacles import obstacles_of
from player.show.layout.page import Page, Pages
from player.show.layout.stack import Entry, Set, stacked
from player.show.layout.way import Way, shifted
from player.show.look import (
    BAND_GAP,
    CAPTION,
    CAPTION_LEADING,
    COLUMN_GAP,
    NIGHT,
    TILE_FADE,
    TILE_GAP,
    WAVE,
    WORD_LEADING,
)
from player.show.scene import Composition, Figure, Fill, Move
from player.show.slide import MosaicSlide, Pace, Tally
from player.units import Nanos, Rect, Size

JITTER: Final = 0.18  # of the wave, by chance: so that it runs like light over water and not like a curtain
LEAST_TILE: Final = 0.05  # U, of its shorter side; tiles that go round windows are no smaller, nobody would know a face
MAX_BESIDE: Final = 2  # lines of the words beside tiles that go round windows
MAX_LINES: Final = 3  # of the words
WAVE_SHARE: Final = 0.5  # of what a cue has after its fade in, at most: tiles are there to be found
FEW: Final = 6  # photos; so few tiles are large, and are drawn from the whole picture
TILE_NOTES_LEAD: Final = 2.2  # of a caption's size, from the words to the tally beneath them


def lay_out_mosaic(slide: MosaicSlide, pages: Pages, pace: Pace, seed: int) -> Composition:
    """Return the composition of a mosaic."""
    way = best(pages, in_turn(slide, pages, _ways, [(size,) for size in CROWDED]))
    if way is None:
        return Composition(pages.canvas, Fill(NIGHT))
    shown = slide.photos[: len(way.places)]
    begins = _wave(way.ranks, pace, random.Random(seed))
    moves = tuple(
        _appearing(photo, cell, begin, large=len(shown) <= FEW)
        for photo, cell, begin in zip(shown, way.places, begins, strict=True)
    )
    return Composition(pages.canvas, Fill(NIGHT), moves, way.ink)


def tally_text(tally: Tally) -> tuple[str, ...]:
    """Return what a tally says, in parts; a country that nobody stated is not counted, so there may be none."""
    people = f"{tally.photos:,} {'person' if tally.photos == 1 else 'people'}"
    countries = f"{tally.countries:,} {'country' if tally.countries == 1 else 'countries'}"
    return (people, countries) if tally.countries else (people,)


def _notes(slide: MosaicSlide, page: Page) -> Notes:
    def lines(width: float) -> tuple[Line, ...]:
        parts = tally_text(slide.tally) if slide.tally else ()
        size_px = CAPTION * page.unit
        whole = [set_line(page, text, language="en", size_px=size_px) for text in (" · ".join(parts),) if text]
        if all(line.width <= width for line in whole):
            return tuple(whole)
        return tuple(fitted(page, set_line(page, text, language="en", size_px=size_px), width) for text in parts)

    return lines


def _ways(slide: MosaicSlide, sizes: Sequence[float], page: Page) -> Iterator[Way]:
    for size in sizes:
        for lines in range(1, MAX_LINES + 1):
            yield from _below(slide, page, size * page.unit, lines)
            yield from _beside(slide, page, size * page.unit, lines)


def _block(slide: MosaicSlide, page: Page, size_px: float, lines: int, width: float) -> Block | None:
    """Return the words with the tally for below the grid: on one baseline, or one beneath the other."""
    words = words_lines(page, slide.phrase, size_px=size_px, width=width, lines=lines)
    if not as_large(words, size_px):
        return None
    side = starts(slide.phrase.text)
    tag = hashtag_line(page, slide.hashtag, width=width)
    band = banded(page, words, width=width, side=side, notes=_notes(slide, page), extra=tag) if lines == 1 else None
    if band is not None:
        return band
    notes = (*_notes(slide, page)(width), *tag)
    leads = [TILE_NOTES_LEAD if i == 0 else CAPTION_LEADING for i in range(len(notes))]
    beneath = [Entry(line, lead * line.size_px, side) for line, lead in zip(notes, leads, strict=True)]
    return stacked([*(Entry(line, WORD_LEADING * size_px, side) for line in words), *beneath])


def _below(slide: MosaicSlide, page: Page, size_px: float, lines: int) -> Iterator[Way]:
    block = _block(slide, page, size_px, lines, page.safe.width)
    if block is None:
        return
    gap = BAND_GAP * page.unit
    box = page.safe._replace(height=page.safe.height - gap - block.height - 1.0)
    round_windows = _round_windows(slide, page, box) if lines == 1 else None
    if round_windows:
        grid, cells = round_windows
        ink = block.inked(left=page.safe.x, width=page.safe.width, top=box.bottom + gap)
        yield _way(grid, cells, ink, worth(page, grid.worth, size_px, lines))
    grid = _grid(slide, page, box)
    if grid is None:
        return
    left, width = page.safe.x, page.safe.width
    hung = _block(slide, page, size_px, lines, grid.width)
    if hung is not None and hung.height <= block.height:  # from the grid's own edges, where there is room
        block, left, width = hung, page.safe.x + (page.safe.width - grid.width) / 2, grid.width
    spare = page.safe.height - grid.height - gap - block.height
    cells = grid.cells(page.safe.x + (page.safe.width - grid.width) / 2, page.safe.y + min(ABOVE * spare, spare - 2))
    top = min(max(cell.bottom for cell in cells) + gap, page.safe.bottom - block.height - 1.0)
    yield _way(grid, cells, block.inked(left=left, width=width, top=top), worth(page, grid.worth, size_px, lines))


def _beside(slide: MosaicSlide, page: Page, size_px: float, lines: int) -> Iterator[Way]:
    words = words_lines(page, slide.phrase, size_px=size_px, width=0.5 * page.safe.width, lines=lines)
    if not as_large(words, size_px):
        return
    side = starts(slide.phrase.text)
    width = max(0.3 * page.unit, *(line.width for line in words))
    notes = (*_notes(slide, page)(width), *hashtag_line(page, slide.hashtag, width=width))
    leads = [TILE_NOTES_LEAD if i == 0 else CAPTION_LEADING for i in range(len(notes))]
    column = stacked(
        [Entry(line, WORD_LEADING * line.size_px, side) for line in words]
        + [Entry(line, lead * line.size_px, side) for line, lead in zip(notes, leads, strict=True)]
    )
    gap = min(COLUMN_GAP * page.unit, 0.07 * page.canvas.width)
    box = page.safe._replace(width=page.safe.width - column.width - gap)
    box = box if side == "right" else box._replace(x=page.safe.right - box.width)
    round_windows = _round_windows(slide, page, box) if lines == MAX_BESIDE else None
    if round_windows and column.height + 2.0 <= page.safe.height:
        grid, cells = round_windows
        top = page.safe.y + (page.safe.height - column.height) / 2
        ink = column.inked(left=page.safe.right - column.width if side == "right" else page.safe.x, width=column.width, top=top)
        yield replace(_way(grid, cells, ink, worth(page, grid.worth, size_px, lines)), is_loose=True)
    grid = _grid(slide, page, box)
    if grid is None or column.height + 2.0 > page.safe.height:
        return
    left = page.safe.x + max(0.0, page.safe.width - column.width - gap - grid.width - 2) / 2
    grid_left, text_left = (left, left + grid.width + 2 + gap) if side == "right" else (left + column.width + gap, left)
    cells = grid.cells(grid_left, page.safe.y + max(0.0, page.safe.height - grid.height - 2) / 2)
    top = min(max(MIDDLE * page.canvas.height - column.seen / 2, page.safe.y + 1), page.safe.bottom - column.height - 1)
    ink = column.inked(left=text_left, width=column.width, top=top)
    yield replace(_way(grid, cells, ink, worth(page, grid.worth, size_px, lines)), is_loose=True)


def _grid(slide: MosaicSlide, page: Page, box: Rect) -> Grid | None:
    wanted = (slide.columns, slide.rows)
    return best_grid(_aspects(slide), wanted=wanted, width=box.width, height=box.height, gap=_tile_gap(page))


def _round_windows(slide: MosaicSlide, page: Page, box: Rect) -> tuple[Grid, tuple[Rect, ...]] | None:
    """Return the grid with the largest tiles that leaves out what lies behind windows, and its tiles; None without windows."""
    if page.room is None:
        return None
    obstacles = obstacles_of(page.room)
    if obstacles.is_clear((), (shifted(box, page.left, page.top),)):
        return None
    count = len(_aspects(slide))
    for grid in roomier_grids(
        _aspects(slide), width=box.width, height=box.height, gap=_tile_gap(page), least=LEAST_TILE * page.unit
    ):
        whole = replace(grid, slots=tuple(range(grid.columns * grid.rows)))
        cells = whole.cells(box.x + (box.width - grid.width) / 2, box.y + (box.height - 2 - grid.height) / 2)
        lefts, tops = (
            [cell.x + page.left for cell in cells[: grid.columns]],
            [cell.y + page.top for cell in cells[:: grid.columns]],
        )
        seen = obstacles.seen_tiles(lefts, tops, Size(grid.tile_width, grid.tile_height)).ravel().tolist()
        slots = [slot for slot in whole.slots if seen[slot]]
        if len(slots) >= count:
            found = _less(slots, len(slots) - count, grid.columns)
            return replace(grid, slots=found), tuple(cells[slot] for slot in found)
    return None


def _less(slots: Sequence[int], spare: int, columns: int) -> tuple[int, ...]:
    """Return *slots* without so many: from the last rows, by turns from their right and from their left."""
    kept = list(slots)
    for i in range(spare):
        last = [slot for slot in kept if slot // columns == kept[-1] // columns]
        kept.remove(last[0] if i % 2 else last[-1])
    return tuple(kept)


def _aspects(slide: MosaicSlide) -> list[float]:
    return [photo.tile_size.aspect for photo in slide.photos[: slide.columns * slide.rows]]


def _tile_gap(page: Page) -> int:
    return max(2, 2 * round(TILE_GAP * page.unit / 2))


def _way(grid: Grid, cells: tuple[Rect, ...], ink: Set, worth: float) -> Way:
    far = max(1, grid.columns + grid.rows - 2)
    return Way(cells, ink, worth, ranks=tuple(sum(divmod(slot, grid.columns)) / far for slot in grid.slots))


def _appearing(photo: Photo, cell: Rect, begin: Nanos, *, large: bool) -> Move:
    place, view = tile(photo, cell)
    picture = photo.picture if large and cell.width > photo.tile_size.width else photo.tile
    return Move(Figure(picture, place, view, 0.0), Figure(picture, place, view), begin, TILE_FADE)


def _wave(ranks: Sequence[float], pace: Pace, chance: random.Random) -> tuple[Nanos, ...]:
    """Return when each tile begins to appear: from the first corner to the last, once the slide itself is there."""
    wave = min(WAVE, round(WAVE_SHARE * max(0, pace.length - pace.fade)))
    spread = max(0, wave - TILE_FADE)
    return tuple(pace.fade + round(spread * ((1 - JITTER) * rank + JITTER * chance.random())) for rank in ranks)
