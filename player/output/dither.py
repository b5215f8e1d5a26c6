"""Dither: the last step before 8 bits, without which a fade longer than 255 frames goes in visible steps.

A code v becomes floor(v + 1/2 + (r1 + r2 - 1)), r1 and r2 anew for each pixel and frame. That is right on average wherever
it cannot fall below 0 or above 255. Within half a code of these it would be cut off there and leave too much light in what is
nearly black. Cut off, the average of v' is (v' + 1/2)^2 / 2; so v' = sqrt(2v) - 1/2 is dithered instead, and likewise from
the top. Then the average is right everywhere, black is black and white is white, whatever the noise.
"""

from __future__ import annotations

import random
from functools import lru_cache
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from player.output.curve import WHITE, Doubles

Steps: TypeAlias = NDArray[np.int16]

BLOCK: Final = 64
"""Pixels a side. The noise of each block is the same 4096 numbers in another order, so that its average is exactly 0."""
_PARTS: Final = 256  # of a code
_HALF: Final = 0.5
_ACROSS: Final = 16  # blocks by which the noise of a frame may be moved to the right
_DOWN: Final = 1  # and down: 34 places in all, so that no eye finds a pattern again
MAX_ROWS: Final = 36
"""Rows that noise is asked for at once, at most."""


def steady(code: Doubles) -> Doubles:
    """Return what to dither instead of *code*, 0 to 255, so that the average is *code*; -1/2 for black, 255 1/2 for white."""
    low = np.sqrt(2 * np.minimum(code, _HALF)) - _HALF
    high = WHITE + _HALF - np.sqrt(2 * np.minimum(WHITE - code, _HALF))
    return np.where(code < _HALF, low, np.where(code > WHITE - _HALF, high, code))


def steps(code: Doubles) -> Steps:
    """Return codes, 0 to 255, in 256ths and ready for noise: int16, of which black is the least and white the greatest.

    With noise added (saturating), the sum divided by 256 and rounded down is the dithered code, less 128.
    """
    whole = np.rint(_PARTS * steady(code) + (_PARTS - 1) / 2)
    return (np.clip(whole, 0, 2**16 - 1) - 2**15).astype(np.int16)


class Noise:
    """Noise for pictures of a width, made beforehand: triangular, in 256ths of a code, on average 0 over each block."""

    def __init__(self, width: int, seed: int = 0) -> None:
        self._chance = random.Random(seed)
        self._tile = _tile(-(-width // BLOCK) + _ACROSS, seed)
        self._right = self._below = 0

    def renew(self) -> None:
        """Move the noise for a new frame, by whole blocks."""
        self._right = BLOCK * self._chance.randrange(_ACROSS + 1)
        self._below = BLOCK * self._chance.randrange(_DOWN + 1)

    def at(self, top: int, bottom: int, left: int, right: int) -> Steps:
        """Return the noise for these pixels of a picture, MAX_ROWS at most: rows x columns x 4."""
        first = top % BLOCK + self._below
        return self._tile[first : first + bottom - top, left + self._right : right + self._right]


@lru_cache(maxsize=4)
def _tile(across: int, seed: int) -> Steps:
    """Return the noise of so many blocks, made once: 50 ms for a width of 1920, and a finish is made anew with every edit."""
    chance = np.random.default_rng(seed)
    down = -(-(MAX_ROWS + BLOCK) // BLOCK) + _DOWN
    share = (np.arange(BLOCK**2) + 0.5) / BLOCK**2
    drawn = np.where(share < _HALF, np.sqrt(2 * share) - 1, 1 - np.sqrt(2 * (1 - share)))
    one = np.rint(drawn * _PARTS).astype(np.int16)
    mixed = chance.permuted(np.broadcast_to(one, (across * down * 4, BLOCK**2)), axis=1)
    blocks = mixed.reshape(down, across, 4, BLOCK, BLOCK).transpose(0, 3, 1, 4, 2)
    tile: Steps = np.ascontiguousarray(blocks.reshape(down * BLOCK, across * BLOCK, 4))
    tile.flags.writeable = False
    return tile
