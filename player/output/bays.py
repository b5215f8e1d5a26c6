"""Which rectangles of a wall slides can be composed in: the part that is lit as a whole, and the free places within it.

A few dark windows do not make a wall smaller: what is composed goes round them. What is dark beyond them ends it, whatever
the reason: an outline that was drawn, a gap between projectors, a corner that no light reaches.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import log
from typing import Final, NamedTuple, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

Flags: TypeAlias = NDArray[np.bool_]
Cells: TypeAlias = NDArray[np.float32]

WINDOW: Final = 0.1  # of the wall: what is dark within a box no larger than this is a window, and the wall goes on behind it
GAP: Final = 0.25  # of the wall: what is dark from one end to the other is a gap between two parts of it up to this
WINDOW_COST: Final = 1.5  # lit cells; a wall that is two fifths windows is none
BEYOND_COST: Final = 8.0  # lit cells; an edge may be this uneven before the frame draws in from it
SCATTERED: Final = 0.25  # of all that is lit; where the best rectangle has less, the wall is nothing but windows
USUAL: Final = 1.6  # width by height; what slides look best in
OFF_SHAPE: Final = 0.18  # what a rectangle's worth loses by how far its shape is from that
MOST_OFF: Final = 0.6  # whatever its shape
NEAR_EDGE: Final = 0.015  # of the grid's mean side: no operator means an edge so near the canvas's own
ALIKE: Final = 0.6  # of both together; bays that share more are one and the same
LEAST: Final = (0.16, 0.07)  # of the grid's mean side, width and height; less has no room for words


class Bay(NamedTuple):
    """A rectangle of cells; right and bottom are the first beyond it."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        """In cells."""
        return self.right - self.left

    @property
    def height(self) -> int:
        """In cells."""
        return self.bottom - self.top

    @property
    def area(self) -> int:
        """In cells."""
        return max(0, self.width) * max(0, self.height)

    def met(self, other: Bay) -> Bay:
        """Return what both have; without area where they do not meet."""
        return Bay(
            max(self.left, other.left), max(self.top, other.top), min(self.right, other.right), min(self.bottom, other.bottom)
        )


def frame_of(lit: Flags) -> Bay:
    """Return the rectangle that counts as the wall: as much light in it as can be, and nothing dark but windows.

    Args:
        lit: rows x columns.
    """
    rows, columns = lit.shape
    worth = _in_blocks(_worth(lit))
    down, across = worth.shape
    sums = np.zeros((down + 1, across + 1), np.float32)
    np.cumsum(np.cumsum(worth, axis=0), axis=1, out=sums[1:, 1:])
    tops, bottoms = np.triu_indices(down + 1, 1)
    bands = sums[bottoms] - sums[tops]  # for every pair of rows, the sums from the left edge to each column
    lowest = np.minimum.accumulate(bands, axis=1)
    rights = (bands - lowest).argmax(axis=1)
    places: NDArray[np.intp] = np.where(bands == lowest, np.arange(across + 1, dtype=np.intp), np.intp(0))
    lefts = np.maximum.accumulate(places, axis=1)
    pairs = np.arange(len(tops))
    best, lefts = (bands - lowest)[pairs, rights], lefts[pairs, rights]
    shapes = np.maximum(rights - lefts, 1) / (bottoms - tops)
    i = int((best * (1 - np.minimum(MOST_OFF, OFF_SHAPE * np.abs(np.log(shapes / _usual(columns / rows)))))).argmax())
    found = Bay(int(lefts[i]) * 2, int(tops[i]) * 2, min(int(rights[i]) * 2, columns), min(int(bottoms[i]) * 2, rows))
    if lit[found.top : found.bottom, found.left : found.right].sum() < SCATTERED * lit.sum():
        found = _round(lit)
    return _to_edges(found, columns, rows)


def free_bays(free: Flags, within: Bay, most: int) -> tuple[Bay, ...]:
    """Return at most so many wholly free rectangles *within* one, the most spacious first, no two nearly the same."""
    side = (free.shape[0] * free.shape[1]) ** 0.5
    found = {bay for bay in _largest(free, within) if bay.width >= LEAST[0] * side and bay.height >= LEAST[1] * side}
    kept: list[Bay] = []
    for bay in sorted(found, key=lambda bay: (-_spacious(bay), bay)):
        if all(bay.met(other).area <= ALIKE * (bay.area + other.area - bay.met(other).area) for other in kept):
            kept.append(bay)
        if len(kept) == most:
            break
    return tuple(kept)


def _round(lit: Flags) -> Bay:
    """Return the smallest rectangle with all that is lit."""
    down, across = np.flatnonzero(lit.any(axis=1)), np.flatnonzero(lit.any(axis=0))
    return Bay(int(across[0]), int(down[0]), int(across[-1]) + 1, int(down[-1]) + 1)


def _worth(lit: Flags) -> Cells:
    """Return what each cell adds to a frame or takes from it."""
    worth = np.where(lit, 1.0, -BEYOND_COST).astype(np.float32)
    count, labels, stats, _ = cv2.connectedComponentsWithStats((~lit).astype(np.uint8), connectivity=8)
    windows = [i for i in range(1, count) if _is_window(Bay(*stats[i, :2], *(stats[i, :2] + stats[i, 2:4])), lit)]
    worth[np.isin(labels, windows)] = -WINDOW_COST
    return worth


def _is_window(box: Bay, lit: Flags) -> bool:
    """Whether the wall goes on behind what is dark within *box*: it is small, a gate, or a gap between two parts of the wall."""
    rows, columns = lit.shape
    if box.area <= WINDOW * lit.size:
        return True
    ends = [box.left == 0, box.right == columns, box.top == 0, box.bottom == rows]
    if ends == [False, False, True, True]:
        return box.width <= GAP * columns
    if ends == [True, True, False, False]:
        return box.height <= GAP * rows
    return box.area <= GAP * lit.size and sum(ends) <= 1


def _in_blocks(cells: Cells) -> Cells:
    """Return the sums of two by two cells: a frame need be no finer."""
    rows, columns = cells.shape
    even = np.pad(cells, ((0, rows % 2), (0, columns % 2)))
    return even.reshape((rows + 1) // 2, 2, (columns + 1) // 2, 2).sum(axis=(1, 3))


def _usual(aspect: float) -> float:
    """Return the shape to prefer on a canvas of another: half way to its own, so that a tall wall keeps to tall parts."""
    return (USUAL * aspect) ** 0.5


def _spacious(bay: Bay) -> float:
    return bay.area * (1 - min(MOST_OFF, OFF_SHAPE * abs(log(bay.width / bay.height / USUAL))))


def _to_edges(bay: Bay, columns: int, rows: int) -> Bay:
    near = max(2, round(NEAR_EDGE * (columns * rows) ** 0.5))
    return Bay(
        0 if bay.left <= near else bay.left,
        0 if bay.top <= near else bay.top,
        columns if bay.right >= columns - near else bay.right,
        rows if bay.bottom >= rows - near else bay.bottom,
    )


def _largest(free: Flags, within: Bay) -> Iterator[Bay]:
    """Yield every free rectangle that cannot grow to the left, right or top: row by row, over the heights of what is free."""
    part = free[within.top : within.bottom, within.left : within.right]
    heights = [0] * part.shape[1]
    for row, flags in enumerate(part.tolist(), start=within.top):
        heights = [height + 1 if flag else 0 for height, flag in zip(heights, flags, strict=True)]
        if row + 1 < within.bottom and row % 2:  # every other bottom is enough: air is two cells wide
            continue
        for left, right, height in _under(heights):
            yield Bay(within.left + left, row + 1 - height, within.left + right, row + 1)


def _under(heights: Sequence[int]) -> Iterator[tuple[int, int, int]]:
    """Yield (left, right, height) of every rectangle under a skyline that cannot grow sideways or up."""
    open_from: list[tuple[int, int]] = []  # columns where rectangles began, with their heights, rising
    for column, height in enumerate((*heights, 0)):
        start = column
        while open_from and open_from[-1][1] >= height:
            start, tall = open_from.pop()
            if tall > height:
                yield start, column, tall
        if height:
            open_from.append((start, height))
