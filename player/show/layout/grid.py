"""How many columns and rows a mosaic has on a wall of any shape, and where each tile stands."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

from player.show.look import MAX_TILE_CUT
from player.units import Rect

WIDEST: Final = 1.6  # width by height of a tile; wider ones cut heads
NARROWEST: Final = 1.2  # likewise; rows of mostly landscape photos then stand close, whatever the space
NARROWEST_PORTRAIT: Final = 0.75  # where most photos are portraits
LANDSCAPE: Final = 4 / 3
OWN_WISH: Final = 1.15  # how much more the wanted columns and rows are worth than others
HOLES: Final = 0.85  # what a last row that is not full costs
SPARE: Final = 2.2  # times as many places as photos, at most, for tiles to go round windows
OFF_SHAPE: Final = 0.15  # what a tile costs by how far its shape is from 4:3


@dataclass(frozen=True, slots=True)
class Grid:
    """Tiles of one size in rows; a last row that is not full stands in the middle."""

    slots: tuple[int, ...]
    """Which of its places have a tile, in reading order: the first ones, but where windows are in the way."""
    columns: int
    rows: int
    tile_width: int
    tile_height: int
    gap: int
    worth: float
    """The area of photo that is seen, in pixels, with some regard for the shape."""

    @property
    def count(self) -> int:
        """How many tiles it has."""
        return len(self.slots)

    @property
    def width(self) -> int:
        """From the first column's left edge to the last one's right."""
        return self.columns * (self.tile_width + self.gap) - self.gap

    @property
    def height(self) -> int:
        """From the first row's top to the last one's bottom."""
        return self.rows * (self.tile_height + self.gap) - self.gap

    def cells(self, left: float, top: float) -> tuple[Rect, ...]:
        """Return the tiles' rectangles in reading order, on even pixels, the grid's corner at about (*left*, *top*)."""
        x0, y0 = 2 * math.ceil(left / 2 - 1e-6), 2 * math.ceil(top / 2 - 1e-6)
        cells: list[Rect] = []
        is_full = self.slots[-1] >= self.count  # round windows, rows keep to their columns
        for i in self.slots:
            row, column = divmod(i, self.columns)
            missing = self.columns * self.rows - self.count if row == self.rows - 1 and not is_full else 0
            shift = 2 * round(missing * (self.tile_width + self.gap) / 4)
            x = x0 + shift + column * (self.tile_width + self.gap)
            y = y0 + row * (self.tile_height + self.gap)
            cells.append(Rect(float(x), float(y), float(self.tile_width), float(self.tile_height)))
        return tuple(cells)


def best_grid(aspects: Sequence[float], *, wanted: tuple[int, int], width: float, height: float, gap: int) -> Grid | None:
    """Return the grid that shows most of photos of *aspects* in *width* by *height* pixels; None when nothing fits.

    Args:
        aspects: Width by height of each photo.
        wanted: Columns and rows that the playlist asks for, either way round.
        width: Of the space for the grid, in pixels.
        height: Likewise.
        gap: Between tiles, an even number of pixels.
    """
    every = _grids(aspects, wanted=wanted, width=width, height=height, gap=gap, spare=1.0)
    return max(every, key=lambda grid: grid.worth, default=None)


def roomier_grids(aspects: Sequence[float], *, width: float, height: float, gap: int, least: float) -> list[Grid]:
    """Return grids with places to spare, for a wall with windows in it, those with the largest tiles first.

    No side of a tile is shorter than *least*.
    """
    grids = _grids(aspects, wanted=(0, 0), width=width, height=height, gap=gap, spare=SPARE)
    large = (grid for grid in grids if min(grid.tile_width, grid.tile_height) >= least)
    return sorted(large, key=lambda grid: -grid.worth)


def _grids(
    aspects: Sequence[float], *, wanted: tuple[int, int], width: float, height: float, gap: int, spare: float
) -> Iterator[Grid]:
    shapes = tuple(Counter(round(aspect, 1) for aspect in aspects).items())
    narrowest = NARROWEST if median(aspects) >= 1 else NARROWEST_PORTRAIT
    asked = wanted if (width >= height) == (wanted[0] >= wanted[1]) else wanted[::-1]
    count = len(aspects)
    for columns in range(1, count + 1):
        fewest = math.ceil(count / columns)
        for rows in range(fewest, max(fewest, math.ceil(spare * count / columns)) + 1):
            tile = _tile((width - 2 + gap) / columns - gap, (height - 2 + gap) / rows - gap, narrowest)  # 2 px: an even corner
            if tile is not None:
                bonus = OWN_WISH if (columns, rows) == asked else 1.0
                bonus *= HOLES if columns * rows != count and spare == 1 else 1.0
                yield Grid(tuple(range(count)), columns, rows, *tile, gap, bonus * _worth(shapes, *tile))


def _tile(width: float, height: float, narrowest: float) -> tuple[int, int] | None:
    """Return the largest well-shaped tile in a cell, on even pixels; None when there is no room for two pixels."""
    width, height = min(width, WIDEST * height), min(height, width / narrowest)
    tile = 2 * math.floor(width / 2), 2 * math.floor(height / 2)
    return tile if min(tile) > 0 else None


def _worth(shapes: Sequence[tuple[float, int]], width: int, height: int) -> float:
    shape = width / height
    seen = sum(number * _seen(aspect / shape) for aspect, number in shapes if aspect) * width * height
    return seen * (1 - min(0.5, OFF_SHAPE * abs(math.log(shape / LANDSCAPE))))


def _seen(relative: float) -> float:
    """Return the share of a tile that a photo fills whose shape is *relative* to the tile's."""
    narrow = min(relative, 1 / relative)
    return 1.0 if 1 - narrow <= MAX_TILE_CUT else narrow
