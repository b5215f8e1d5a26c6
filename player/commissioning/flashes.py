"""Counting flashes in what was shown, after the words of WCAG 2.2 (2.3.1) and by none of the governor's code.

A flash is a pair of opposing changes of relative luminance by 10 % or more where the darker is below 0.80; of red, by more
than 20/320 of R - G - B where one of the two is saturated (R / (R + G + B) of 0.8 or more). Every tile counts for itself.
"""

from __future__ import annotations

from collections import defaultdict, deque
from dataclasses import dataclass
from typing import Final

import numpy as np

from player.output.homography import Floats
from player.units import SECOND, Nanos

LIMIT: Final = 3
"""Flashes that any second may have."""
_STEP, _DARK = 0.1, 0.8
_RED_STEP, _RED = 20 / 320, 0.8
_LUMINANCE: Final = np.array([0.2126, 0.7152, 0.0722])


@dataclass(frozen=True, slots=True)
class Flashes:
    """What was counted."""

    most: int
    """In any second, in any tile."""
    in_all: int
    """In the tile that had the most."""
    at: Nanos
    """When that second ended."""


class Counter:
    """Looks at one frame after another: peaks and valleys of each tile's light, and how near they follow each other."""

    def __init__(self) -> None:
        self._low: Floats | None = None
        """2 x tiles: the darkest since the last change; luminance, then red."""
        self._high: Floats | None = None
        self._last: Floats | None = None
        """1 after a rise, -1 after a fall, 0 before the first change."""
        self._was_red: Floats | None = None
        self._recent: dict[tuple[int, int], deque[Nanos]] = defaultdict(deque)
        self._all: dict[tuple[int, int], int] = defaultdict(int)
        self._most, self._at = 0, 0

    def see(self, tiles: Floats, t: Nanos) -> None:
        """Look at the light of a frame's tiles at *t*: n x 3 (red, green, blue), linear."""
        red, green, blue = tiles[:, 0], tiles[:, 1], tiles[:, 2]
        now = np.stack((tiles @ _LUMINANCE, np.maximum(0, red - green - blue))).astype(np.float32)
        is_red = (red >= _RED * tiles.sum(axis=1)) & (red > 0)
        if self._low is None or self._high is None or self._last is None or self._was_red is None:
            self._low, self._high, self._last, self._was_red = now, now, np.zeros_like(now), is_red.astype(np.float32)
            return
        self._was_red = np.maximum(self._was_red, is_red)
        self._low, self._high = np.minimum(self._low, now), np.maximum(self._high, now)
        up, down = now - self._low, self._high - now
        rises = np.stack(((up[0] >= _STEP) & (self._low[0] < _DARK), (up[1] > _RED_STEP) & (self._was_red > 0)))
        falls = np.stack(((down[0] >= _STEP) & (now[0] < _DARK), (down[1] > _RED_STEP) & (self._was_red > 0)))
        rises, falls = rises & (self._last <= 0), falls & (self._last >= 0) & ~rises
        turned = rises | falls
        self._last = np.where(rises, 1, np.where(falls, -1, self._last)).astype(np.float32)
        self._low, self._high = np.where(turned, now, self._low), np.where(turned, now, self._high)
        self._was_red = np.where(turned[1], is_red, self._was_red).astype(np.float32)
        for kind, tile in np.argwhere(turned):
            self._count((int(kind), int(tile)), t)

    @property
    def found(self) -> Flashes:
        """What was counted so far."""
        return Flashes(self._most, max(self._all.values(), default=0) // 2, self._at)

    def _count(self, where: tuple[int, int], t: Nanos) -> None:
        recent = self._recent[where]
        recent.append(t)
        while recent[0] < t - SECOND:
            recent.popleft()
        self._all[where] += 1
        if len(recent) // 2 > self._most:
            self._most, self._at = len(recent) // 2, t
