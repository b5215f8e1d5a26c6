"""Many photos as tiles, so that everybody who took part is seen; the words below, or beside where the wall is a strip."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from player.library.photo import Photo
from player.show.layout.arrangement import as_large, worth
from player.show.layout.band import Notes, banded
from player.show.layout.below import ABOVE, Block
from player.show.layout.beside import MIDDLE
from player.show.layout.figures import tile
from player.show.layout.grid import Grid, best_grid
from player.show.layout.lines import Line, fitted, hashtag_line, set_line, starts, words_lines
from player.show.layout.page import Page
from player.show.layout.stack import Entry, Set, stacked
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
    WORDS,
)
from player.show.scene import Composition, Figure, Fill, Move
from player.show.slide import MosaicSlide, Pace, Tally
from player.units import Nanos, Rect

SIZES: Final = (*WORDS, 0.07, 0.055, 0.04, 0.03)  # U
JITTER: Final = 0.18  # of the wave, by chance: so that it runs like light over water and not like a curtain
MAX_LINES: Final = 3  # of the words
WAVE_SHARE: Final = 0.5  # of what a cue has after its fade in, at most: tiles are there to be found
FEW: Final = 6  # photos; so few tiles are large, and are drawn from the whole picture
TILE_NOTES_LEAD: Final = 2.2  # of a caption's size, from the words to the tally beneath them


@dataclass(frozen=True, slots=True)
class _Way:
    grid: Grid
    cells: tuple[Rect, ...]
    ink: Set
    worth: float


def lay_out_mosaic(slide: MosaicSlide, page: Page, pace: Pace, seed: int) -> Composition:
    """Return the composition of a mosaic."""
    best: _Way | None = None
    for size in SIZES:
        if best is not None and size < WORDS[-1]:
            break
        best = max(
            [way for way in (best, *_ways(slide, page, size * page.unit)) if way is not None],
            key=lambda way: way.worth,
            default=None,
        )
    if best is None:
        return Composition(page.canvas, Fill(NIGHT))
    shown = slide.photos[: best.grid.count]
    begins = _wave(best.grid, pace, random.Random(seed))
    moves = tuple(
        _appearing(photo, cell, begin, large=len(shown) <= FEW)
        for photo, cell, begin in zip(shown, best.cells, begins, strict=True)
    )
    return Composition(page.canvas, Fill(NIGHT), moves, best.ink)


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


def _ways(slide: MosaicSlide, page: Page, size_px: float) -> Iterator[_Way]:
    for lines in range(1, MAX_LINES + 1):
        yield from _below(slide, page, size_px, lines)
        yield from _beside(slide, page, size_px, lines)


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


def _below(slide: MosaicSlide, page: Page, size_px: float, lines: int) -> Iterator[_Way]:
    block = _block(slide, page, size_px, lines, page.safe.width)
    if block is None:
        return
    gap = BAND_GAP * page.unit
    grid = _grid(slide, page, page.safe.width, page.safe.height - gap - block.height - 1.0)
    if grid is None:
        return
    left, width = page.safe.x, page.safe.width
    hung = _block(slide, page, size_px, lines, grid.width)
    if hung is not None and hung.height <= block.height:  # from the grid's own edges, where there is room
        block, left, width = hung, page.safe.x + (page.safe.width - grid.width) / 2, grid.width
    spare = page.safe.height - grid.height - gap - block.height
    cells = grid.cells(page.safe.x + (page.safe.width - grid.width) / 2, page.safe.y + min(ABOVE * spare, spare - 2))
    top = min(max(cell.bottom for cell in cells) + gap, page.safe.bottom - block.height - 1.0)
    yield _Way(grid, cells, block.inked(left=left, width=width, top=top), worth(page, grid.worth, size_px, lines))


def _beside(slide: MosaicSlide, page: Page, size_px: float, lines: int) -> Iterator[_Way]:
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
    grid = _grid(slide, page, page.safe.width - column.width - gap, page.safe.height)
    if grid is None or column.height + 2.0 > page.safe.height:
        return
    left = page.safe.x + max(0.0, page.safe.width - column.width - gap - grid.width - 2) / 2
    grid_left, text_left = (left, left + grid.width + 2 + gap) if side == "right" else (left + column.width + gap, left)
    cells = grid.cells(grid_left, page.safe.y + max(0.0, page.safe.height - grid.height - 2) / 2)
    top = min(max(MIDDLE * page.canvas.height - column.seen / 2, page.safe.y + 1), page.safe.bottom - column.height - 1)
    yield _Way(grid, cells, column.inked(left=text_left, width=column.width, top=top), worth(page, grid.worth, size_px, lines))


def _grid(slide: MosaicSlide, page: Page, width: float, height: float) -> Grid | None:
    photos = slide.photos[: slide.columns * slide.rows]
    aspects = [photo.tile_size.aspect for photo in photos]
    gap = max(2, 2 * round(TILE_GAP * page.unit / 2))
    return best_grid(aspects, wanted=(slide.columns, slide.rows), width=width, height=height, gap=gap)


def _appearing(photo: Photo, cell: Rect, begin: Nanos, *, large: bool) -> Move:
    place, view = tile(photo, cell)
    picture = photo.picture if large and cell.width > photo.tile_size.width else photo.tile
    return Move(Figure(picture, place, view, 0.0), Figure(picture, place, view), begin, TILE_FADE)


def _wave(grid: Grid, pace: Pace, chance: random.Random) -> tuple[Nanos, ...]:
    """Return when each tile begins to appear: from the first corner to the last, once the slide itself is there."""
    wave = min(WAVE, round(WAVE_SHARE * max(0, pace.length - pace.fade)))
    spread = max(0, wave - TILE_FADE)
    far = max(1, grid.columns + grid.rows - 2)
    begins: list[Nanos] = []
    for i in range(grid.count):
        row, column = divmod(i, grid.columns)
        when = (1 - JITTER) * (row + column) / far + JITTER * chance.random()
        begins.append(pace.fade + round(spread * when))
    return tuple(begins)
