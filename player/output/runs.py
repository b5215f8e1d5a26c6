"""Cutting an output into stretches that are alike: dark ones, flat ones with one factor, and graded ones.

Most of a wall is flat: outside the blends and the soft edges of masks every pixel has the same weight, so that all its light
is one table. Only what is left needs a factor for each pixel.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from player.output.curve import FULL
from player.output.dither import MAX_ROWS

Floats: TypeAlias = NDArray[np.float32]

TILES: Final = 16
"""A side: what the governor watches is a sixteenth of the width and of the height."""
_STEP: Final = 32  # pixels: the grain of stretches
_MIN_FLAT: Final = 4  # steps: the calls for a stretch of its own cost as much as 3,000 pixels of work
_MAX_FLATS: Final = 8  # tables of 128 kB; the rest is graded
_ALIKE: Final = 4e-6  # what bilinear sampling of one value in float32 may differ by: a thousandth of a code
_ALIKE_LIFT: Final = 2e-7


@dataclass(frozen=True, slots=True)
class Flat:
    """A factor and a lift that hold for whole stretches: light becomes ``scale * light + lift``."""

    scale: float
    lift: float


DARK: Final = Flat(0.0, 0.0)
PLAIN: Final = Flat(1.0, 0.0)


@dataclass(frozen=True, slots=True, eq=False)
class Graded:
    """A factor, times 65535, and a lift, times 65535^2, for each value of a stretch: rows x (4 columns), or no lift at all."""

    scale: Floats
    lift: Floats | None


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """A stretch of a strip, from column *left* up to *right*."""

    left: int
    right: int
    kind: Flat | Graded


@dataclass(frozen=True, slots=True, eq=False)
class Strip:
    """Rows from *top* up to *bottom*, all in one row of tiles, cut into runs from left to right."""

    top: int
    bottom: int
    tile: int
    runs: tuple[Run, ...]

    @property
    def lit(self) -> tuple[int, int]:
        """The columns outside which all is dark; equal when all is."""
        lit = [run for run in self.runs if run.kind is not DARK]
        return (lit[0].left, lit[-1].right) if lit else (0, 0)


def edges(length: int) -> tuple[int, ...]:
    """Return where the tiles of a side of *length* begin, and where the last ends."""
    return tuple(round(k * length / TILES) for k in range(TILES + 1))


def strips(scale: Floats, lift: Floats) -> tuple[Strip, ...]:
    """Cut an output whose pixels have these factors and lifts (height x width) into strips."""
    bounds = edges(scale.shape[0])
    flats = _Flats()
    found: list[Strip] = []
    for tile, (first, last) in enumerate(pairwise(bounds)):
        count = -(-(last - first) // MAX_ROWS)
        cuts = [first + round(k * (last - first) / count) for k in range(count + 1)] if count else []
        for top, bottom in pairwise(cuts):
            found.append(Strip(top, bottom, tile, tuple(_runs(scale[top:bottom], lift[top:bottom], flats))))
    return tuple(found)


class _Flats:
    """The few pairs of factor and lift that flat stretches have; the same object for what is alike."""

    def __init__(self) -> None:
        self._known = [DARK, PLAIN]

    def of(self, scale: Floats, lift: Floats) -> Flat | None:
        """Return what all these pixels have; None when they are not alike."""
        low, high = float(scale.min()), float(scale.max())
        least, most = float(lift.min()), float(lift.max())
        if high == most == 0:
            return DARK
        if low == 0 or high - low > _ALIKE or most - least > _ALIKE_LIFT or (least == 0) != (most == 0):
            return None
        for flat in self._known[1:]:
            if max(high - flat.scale, flat.scale - low) <= _ALIKE and max(most - flat.lift, flat.lift - least) <= _ALIKE_LIFT:
                return flat
        if len(self._known) > _MAX_FLATS:
            return None
        self._known.append(Flat((low + high) / 2, (least + most) / 2))
        return self._known[-1]


def _runs(scale: Floats, lift: Floats, flats: _Flats) -> Iterator[Run]:
    width = scale.shape[1]
    kinds = [flats.of(scale[:, x : x + _STEP], lift[:, x : x + _STEP]) for x in range(0, width, _STEP)]
    first = 0
    for kind, group in groupby(_joined(kinds)):
        last = first + len(list(group))
        left, right = first * _STEP, min(width, last * _STEP)
        yield Run(left, right, kind or _graded(scale[:, left:right], lift[:, left:right]))
        first = last


def _joined(kinds: list[Flat | None]) -> list[Flat | None]:
    """Take flat stretches that are too short to pay into the graded ones beside them."""
    joined: list[Flat | None] = []
    for kind, group in groupby(kinds):
        count = len(list(group))
        is_short = kind is not None and kind is not DARK and count < min(_MIN_FLAT, len(kinds))
        joined += [None if is_short else kind] * count
    return joined


def _graded(scale: Floats, lift: Floats) -> Graded:
    """Spread factors over the four channels, so that nothing has to be done for each pixel while a frame is made."""
    factors = np.repeat(scale * np.float32(FULL), 4, axis=1)
    return Graded(factors, np.repeat(lift * np.float32(FULL**2), 4, axis=1) if lift.any() else None)
