"""How even a field of one grey is on the wall: its brightest and its darkest patch against its mean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from player.commissioning.received import Flags
from player.output.homography import Floats
from player.output.shape import Point

PATCHES_PX: Final = (15, 5, 1)
"""Of the canvas, a side: what is smaller is grain, which nobody sees as a seam. The smaller ones for walls that have no
room for the larger."""
_WHOLE: Final = 1 - 1e-4  # of a patch


@dataclass(frozen=True, slots=True)
class Evenness:
    """What a field came to; light is linear, 1 is the white of one projector."""

    mean: float
    low: float
    high: float
    darkest: Point
    brightest: Point
    """Where on the canvas."""
    average: float
    """How far patches leave the mean on average, as a share of it."""

    @property
    def uneven(self) -> float:
        """How far the field leaves its mean, either way, as a share of it."""
        return max(self.high - self.mean, self.mean - self.low) / self.mean if self.mean > 0 else 0.0

    @property
    def in_words(self) -> str:
        """How uneven, in percent of the mean."""
        return f"±{self.uneven * 100:.2f} % at worst, ±{self.average * 100:.2f} % on average"


def evenness(light: Floats, where: Flags) -> Evenness | None:
    """Return how even *light* is *where* it should be; None: nowhere."""
    if not where.any():
        return None
    patches, is_patch = smoothed(light, where)
    inside = patches[is_patch]
    mean = float(inside.mean(dtype=np.float64))
    low, high = (np.where(is_patch, patches, edge) for edge in (np.inf, -np.inf))
    return Evenness(
        mean=mean,
        low=float(inside.min()),
        high=float(inside.max()),
        darkest=_place(int(low.argmin()), light.shape[1]),
        brightest=_place(int(high.argmax()), light.shape[1]),
        average=float(np.abs(inside - mean).mean(dtype=np.float64)) / mean if mean > 0 else 0.0,
    )


def smoothed(light: Floats, where: Flags) -> tuple[Floats, Flags]:
    """Return the mean of each patch that lies wholly *where*, and which those are."""
    share = where.astype(np.float32)
    side, is_patch = next(((side, found) for side in PATCHES_PX if (found := _patches(share, side)).any()), (1, where))
    return np.asarray(cv2.boxFilter(light, -1, (side, side), borderType=cv2.BORDER_REPLICATE), np.float32), is_patch


def _patches(share: Floats, side: int) -> Flags:
    return cv2.boxFilter(share, -1, (side, side), borderType=cv2.BORDER_CONSTANT) >= _WHOLE


def _place(index: int, width: int) -> Point:
    y, x = divmod(index, width)
    return Point(x + 0.5, y + 0.5)
