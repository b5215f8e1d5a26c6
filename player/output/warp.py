"""Sampling the canvas where an output looks, in linear light of 16 bits.

Between two pixels light is mixed, not codes: half of a white letter's edge is half its light. In OpenCV 5 `cv2.remap` takes 16
bits as fast as 8 (7 ms at 1920x1080). Maps of floats take half as long there as fixed-point ones (15 ms, and 37 for 16 bits), and
are exact: fixed-point maps round to 1/32 px, which is up to 7 codes in fine print. So there is nothing to choose at start.
"""

from __future__ import annotations

from math import ceil, floor
from typing import Final, TypeAlias, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from player.output.curve import LINEAR
from player.output.mapping import NOWHERE
from player.output.maps import Maps

Pixels: TypeAlias = NDArray[np.uint8]
Light: TypeAlias = NDArray[np.uint16]
"""rows x columns x 4: blue, green, red and something; linear, 65535 is all there is."""

_NO_MAP: Final = cast("NDArray[np.float32]", None)  # x and y are in one; the stubs do not know, and an empty array is no none
_TURNS: Final = {90: cv2.ROTATE_90_CLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_COUNTERCLOCKWISE}
_FLIPS: Final = {"horizontal": 1, "vertical": 0}


_NOTHING: Final[Pixels] = np.zeros((0, 0, 4), np.uint8)


class Straight:
    """An output that shows whole pixels as they are, turned and mirrored at most: nothing is sampled."""

    def __init__(self, maps: Maps) -> None:
        seat = maps.seat
        left, top = int(seat.crop.x), int(seat.crop.y)
        self._part = np.s_[top : top + int(seat.crop.height), left : left + int(seat.crop.width)]
        self._turn = _TURNS.get(seat.rotate)
        self._flip = _FLIPS.get(seat.mirror)
        self.pixels: Pixels = _NOTHING
        """The picture as the output shows it, in codes: valid until `leave`."""

    def take(self, canvas: Pixels) -> None:
        """Look at a new *canvas*, which must stay as it is while the frame is made."""
        part = canvas[self._part]
        if self._turn is not None:
            part = np.asarray(cv2.rotate(part, self._turn), np.uint8)
        if self._flip is not None:
            part = np.asarray(cv2.flip(part, self._flip), np.uint8)
        self.pixels = part

    def rows(self, top: int, bottom: int, left: int, right: int, into: Light) -> None:
        """Write the light of these pixels of the output *into* an array of their shape."""
        cv2.LUT(self.pixels[top:bottom, left:right], LINEAR, dst=into)

    def leave(self) -> None:
        """Let the canvas go: a view of a window's memory locks it."""
        self.pixels = _NOTHING

    def wipe(self) -> None:
        """Forget the picture: there is none of our own."""


class Warp:
    """An output that looks between the pixels of the canvas."""

    def __init__(self, maps: Maps, *, is_shared: bool = False) -> None:
        """Prepare for *maps*; *is_shared* when several threads ask for rows, in whatever order."""
        self._is_shared = is_shared
        canvas = maps.seat.canvas
        x, y = maps.sampling[..., 0], maps.sampling[..., 1]
        seen = x > NOWHERE
        self._left, right = _reach(x[seen], canvas.width)
        self._top, bottom = _reach(y[seen], canvas.height)
        self._light: Light = np.zeros((bottom - self._top, right - self._left, 4), np.uint16)
        # What looks at the outer half of the canvas's last pixel sees that pixel, not half of it and half of the dark beyond.
        places = np.stack((x - np.float32(self._left + 0.5), y - np.float32(self._top + 0.5)), axis=-1)
        last = np.array([right - self._left - 1, bottom - self._top - 1], np.float32)
        self._places = np.where(seen[..., None], np.clip(places, 0, last), np.float32(NOWHERE))
        lowest = np.maximum.accumulate(self._places[..., 1].max(axis=1))
        self._below = [0, *np.clip(np.ceil(lowest) + 1, 0, last[1] + 1).astype(int).tolist()]
        self._canvas = _NOTHING
        self._ready = 0

    def take(self, canvas: Pixels) -> None:
        """Look at a new *canvas*, which must stay as it is while the frame is made: 2.5 ms at 1920x1080 for all of it."""
        height, width = self._light.shape[:2]
        self._canvas = canvas[self._top : self._top + height, self._left : self._left + width]
        self._ready = 0
        if self._is_shared:
            self._look(height)

    def rows(self, top: int, bottom: int, left: int, right: int, into: Light) -> None:
        """Write the light of these pixels of the output *into* an array of their shape."""
        places = self._places[top:bottom, left:right]
        if not self._is_shared:
            self._look(self._below[bottom])
        cv2.remap(self._light, places, _NO_MAP, cv2.INTER_LINEAR, dst=into, borderMode=cv2.BORDER_CONSTANT)  # 12 ms if replicated

    def wipe(self) -> None:
        """Forget the picture."""
        self._light.fill(0)

    def leave(self) -> None:
        """Let the canvas go: a view of a window's memory locks it."""
        self._canvas = _NOTHING

    def _look(self, down_to: int) -> None:
        """Bring the light of the canvas's rows up to here: just ahead of who samples them, while they are still at hand."""
        if down_to > self._ready:
            new = np.s_[self._ready : down_to]
            cv2.LUT(self._canvas[new], LINEAR, dst=self._light[new])
            self._ready = down_to


def _reach(places: NDArray[np.float32], length: int) -> tuple[int, int]:
    """Return the first pixel that sampling at *places* needs, and where what it needs ends."""
    if not places.size:
        return 0, 1
    return max(0, floor(float(places.min()) - 0.5)), min(length, ceil(float(places.max()) - 0.5) + 1)
