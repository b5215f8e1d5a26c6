"""What is in the way on a wall: how much of a box it covers, wherever the box is moved to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from math import ceil, floor
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from player.show.slide import Cells, Room
from player.units import Rect, Size

Whole: TypeAlias = NDArray[np.int32]
Reals: TypeAlias = NDArray[np.float64]

SEEN: Final = 9.0  # the power of what is seen of a photo: better whole and 0.6 as tall than with a window on a tenth of it
CUT_INTO: Final = 0.85  # what photos are worth one of which loses anything at all
MANY: Final = 3  # photos; from so many on they are tiles
HEART: Final = 0.5  # of a photo's sides: the middle, where faces are; a window there costs twice
LOST: Final = 0.3  # of a tile; with more of it dark nobody is found on it
WITHOUT_SOME: Final = 0.4  # what a mosaic is worth that has such tiles
CORNER: Final = 0.06  # of a tile, that may be dark where tiles can go round windows
NEAR: Final = 0.7  # what words are worth that stand as near to something as they may
READ: Final = 4.0  # the power of what can be read, where no place is free: large words with holes beat small ones with fewer
HOLED: Final = 1e-3  # what words with holes are worth at most: wherever they can be free, they are
STILL: Final[Reals] = np.zeros(1)


class Obstacles:
    """What is in the way, in canvas pixels. Arrays are for all the ways down, then across, that boxes are moved."""

    def __init__(self, room: Room) -> None:
        """Sum it up once; see `obstacles_of`."""
        self._taken, self._near, self._dark = _Sums(room.taken), _Sums(room.near), _Sums(room.dark)

    def is_clear(self, boxes: Sequence[Rect], places: Sequence[Rect]) -> bool:
        """Whether words in *boxes* and photos in *places* are all as if nothing were there."""
        return not self._near.share(boxes) and not self._dark.share(places)

    def covered(self, boxes: Iterable[Rect]) -> float:
        """Return which share of *boxes* is where no words should be, 0 to 1."""
        return self._taken.share(boxes)

    def read(self, boxes: Sequence[Rect], x: Reals, y: Reals) -> Reals:
        """Return what words in *boxes* are worth, 0 to 1, when they are moved; up to HOLED where they are covered."""
        covered = self._taken.shares(boxes, x, y)
        near = np.where(self._near.shares(boxes, x, y) > 0, NEAR, 1.0)
        return np.where(covered > 0, HOLED * (1 - covered) ** READ, near)

    def seen(self, places: Sequence[Rect], x: Reals, y: Reals) -> Reals:
        """Return what photos in *places* are worth, 0 to 1, when they are moved."""
        if not places:
            return np.ones((len(y), len(x)))
        is_many = len(places) >= MANY
        found, with_all = np.zeros((len(y), len(x))), np.ones((len(y), len(x)))
        for place in places:
            lost = self._dark.shares((place,), x, y)
            seen = (1 - lost) * (1 - self._dark.shares((_heart(place),), x, y))
            found += seen**SEEN
            if is_many:
                with_all[lost > LOST] = WITHOUT_SOME
            else:
                with_all[lost > 0] = CUT_INTO
        return found * with_all / len(places)

    def seen_tiles(self, lefts: Sequence[float], tops: Sequence[float], tile: Size) -> NDArray[np.bool_]:
        """Return which tiles of a grid are seen but for a corner, rows x columns."""
        x, y = np.asarray(lefts, np.float64), np.asarray(tops, np.float64)
        return self._dark.shares((Rect(0.0, 0.0, float(tile.width), float(tile.height)),), x, y) <= CORNER


@lru_cache(8)
def obstacles_of(room: Room) -> Obstacles:
    """Return what is in the way in *room*."""
    return Obstacles(room)


class _Sums:
    """How many cells of a kind there are in any rectangle, by the sums over all that lie left and above."""

    def __init__(self, cells: Cells) -> None:
        flags = np.frombuffer(cells.bits, np.uint8).reshape(cells.rows, cells.columns)
        self._sums: Whole = np.zeros((cells.rows + 1, cells.columns + 1), np.int32)
        np.cumsum(np.cumsum(flags, axis=0, dtype=np.int32), axis=1, out=self._sums[1:, 1:])
        self._columns, self._rows = cells.columns, cells.rows
        self._across, self._down = cells.columns / cells.canvas.width, cells.rows / cells.canvas.height

    def share(self, boxes: Iterable[Rect]) -> float:
        """Return which share of the cells that *boxes* touch is of the kind."""
        met = of = 0
        for box in boxes:
            left, top = max(0, floor(box.x * self._across)), max(0, floor(box.y * self._down))
            right, bottom = min(self._columns, ceil(box.right * self._across)), min(self._rows, ceil(box.bottom * self._down))
            low, high = self._sums[top], self._sums[bottom]
            met += int(high[right]) - int(high[left]) - int(low[right]) + int(low[left])
            of += (bottom - top) * (right - left)
        return met / max(of, 1)

    def shares(self, boxes: Sequence[Rect], x: Reals, y: Reals) -> Reals:
        """Return the same for *boxes* moved by all of *x* and *y*: len(y) x len(x)."""
        met, of = np.zeros((len(y), len(x))), np.zeros((len(y), len(x)))
        for box in boxes:
            left = _at(np.floor((box.x + x) * self._across), self._columns)
            right = _at(np.ceil((box.right + x) * self._across), self._columns)
            top, bottom = (
                _at(np.floor((box.y + y) * self._down), self._rows),
                _at(np.ceil((box.bottom + y) * self._down), self._rows),
            )
            low, high = self._sums[top], self._sums[bottom]
            met += high[:, right] - high[:, left] - low[:, right] + low[:, left]
            of += (bottom - top)[:, None] * (right - left)
        return met / np.maximum(of, 1)


def _at(places: Reals, last: int) -> NDArray[np.intp]:
    return np.minimum(np.maximum(places, 0), last).astype(np.intp)


def _heart(place: Rect) -> Rect:
    edge = (1 - HEART) / 2
    return Rect(place.x + edge * place.width, place.y + edge * place.height, HEART * place.width, HEART * place.height)
