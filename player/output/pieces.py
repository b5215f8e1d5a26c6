"""The scratch memory of a thread that finishes pictures, and its view of each stretch, made once.

A frame of a façade has some two hundred stretches, and for each of them every call costs a microsecond or two. So views of
memory are made beforehand, and the graded stretches of a strip are laid side by side and worked on as one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from player.output.curve import FULL
from player.output.dither import Steps
from player.output.runs import DARK, Flat, Floats, Graded, Run, Strip
from player.output.warp import Light, Pixels


class Hand:
    """Room for one strip."""

    def __init__(self, width: int, rows: int) -> None:
        self.light: Light = np.zeros((rows, width, 4), np.uint16)
        self.values: Floats = np.zeros(rows * width * 4, np.float32)
        self.roots: Light = np.zeros(rows * width * 4, np.uint16)
        self.steps: Steps = np.zeros(rows * width * 4, np.int16)
        self.codes: Pixels = np.zeros(rows * width * 4, np.uint8)

    def wipe(self) -> None:
        """Forget the picture."""
        for array in (self.light, self.values, self.roots, self.steps, self.codes):
            array.fill(0)


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """A flat run: from column *left* up to *right*."""

    left: int
    right: int
    kind: Flat
    light: Light
    """rows x columns x 4."""
    steps: Steps
    """rows x columns x 4."""


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """A graded run among others of its strip."""

    left: int
    right: int
    light: Light
    """Where its light is: rows x (4 columns)."""
    values: Floats
    """Where it goes: rows x (4 columns)."""
    codes: Pixels
    """Where what comes out is: rows x columns x 4."""


@dataclass(frozen=True, slots=True, eq=False)
class Packed:
    """The graded runs of a strip side by side."""

    parts: tuple[Part, ...]
    scale: Floats
    """rows x (4 columns)."""
    lift: Floats | None
    values: Floats
    """rows x (4 columns): light, worked on in 32 bits."""
    roots: Light
    """rows x columns x 4: the square root of what came of it."""
    steps: Steps
    codes: Pixels
    columns: NDArray[np.intp]
    """Of the strip, times 4: where the columns come from."""


@dataclass(frozen=True, slots=True, eq=False)
class Work:
    """A strip, with its part of the scratch memory."""

    top: int
    bottom: int
    tile: int
    left: int
    right: int
    """Outside *left* to *right* all is dark."""
    dark: tuple[tuple[int, int], ...]
    pieces: tuple[Piece, ...]
    packed: Packed | None
    light: Light
    """Of the columns that are lit: rows x columns x 4."""
    flat: Light
    """The same: rows x (4 columns)."""
    sums: Floats
    """4 columns of the strip: the light of the tile's columns, added up."""
    share: Floats
    """4 columns that are lit: what flat runs make of light; 0 in others."""
    lift: Floats
    """4 columns that are lit: what they add to it, for all rows together."""


def work(strip: Strip, hand: Hand, sums: Floats) -> Work:
    """Return *strip* ready to be worked on by *hand*; *sums* are those of all rows of tiles: tiles x (4 columns)."""
    rows, width = strip.bottom - strip.top, hand.light.shape[1]
    left, right = strip.lit
    lit = np.s_[left * 4 : right * 4]
    light = hand.light[:rows]
    steps = hand.steps[: rows * width * 4].reshape(rows, width, 4)
    return Work(
        top=strip.top,
        bottom=strip.bottom,
        tile=strip.tile,
        left=left,
        right=right,
        dark=tuple((run.left, run.right) for run in strip.runs if run.kind is DARK),
        pieces=tuple(
            Piece(run.left, run.right, run.kind, light[:, run.left : run.right], steps[:, run.left : run.right])
            for run in strip.runs
            if isinstance(run.kind, Flat) and run.kind is not DARK
        ),
        packed=_packed(strip, hand),
        light=light[:, left:right],
        flat=light.reshape(rows, -1)[:, lit],
        sums=sums[strip.tile],
        share=_spread(strip.runs, width, lambda kind: kind.scale / FULL)[lit],
        lift=_spread(strip.runs, width, lambda kind: kind.lift * rows)[lit],
    )


def _spread(runs: Sequence[Run], width: int, of: Callable[[Flat], float]) -> Floats:
    found = np.zeros(width * 4, np.float32)
    for run in runs:
        if isinstance(run.kind, Flat) and run.kind is not DARK:
            found[run.left * 4 : run.right * 4] = of(run.kind)
    return found


def _packed(strip: Strip, hand: Hand) -> Packed | None:
    """Lay the graded runs of a strip side by side; None when there are none."""
    graded = [(run, run.kind) for run in strip.runs if isinstance(run.kind, Graded)]
    if not graded:
        return None
    rows = strip.bottom - strip.top
    scale = np.concatenate([kind.scale for _, kind in graded], axis=1)
    count = scale.size
    values = hand.values[:count].reshape(rows, -1)
    roots, steps = hand.roots[:count].reshape(rows, -1, 4), hand.steps[:count].reshape(rows, -1, 4)
    codes = hand.codes[:count].reshape(rows, -1, 4)
    light = hand.light[:rows].reshape(rows, -1)
    parts: list[Part] = []
    at = 0
    for run, _ in graded:
        end = at + run.right - run.left
        parts.append(
            Part(run.left, run.right, light[:, run.left * 4 : run.right * 4], values[:, at * 4 : end * 4], codes[:, at:end])
        )
        at = end
    has_lift = any(kind.lift is not None for _, kind in graded)
    lifts = [np.zeros_like(kind.scale) if kind.lift is None else kind.lift for _, kind in graded]
    columns = np.concatenate([np.arange(run.left * 4, run.right * 4) for run, _ in graded])
    return Packed(tuple(parts), scale, np.concatenate(lifts, axis=1) if has_lift else None, values, roots, steps, codes, columns)
