"""The average picture level: how bright a canvas is as a whole, and how much of that a wall may have.

A full white canvas blinds a square of people that a photograph does not. The cap is a function of the picture alone, without
memory: a still picture has one brightness, nothing pumps, and all outputs of a wall agree.
"""

from __future__ import annotations

from math import exp
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from player.output.curve import FULL, LINEAR

_ROWS: Final = 8
"""Every eighth row in full: 0.4 ms at 1920x1080. Glare is no matter of single rows, so these may be missed; flashes are not."""
_KNEE: Final = 0.75
"""Of the cap: below it nothing changes, above it light comes ever nearer to the cap."""
_BLUE, _GREEN, _RED = 0.0722, 0.7152, 0.2126


def level(canvas: NDArray[np.uint8]) -> float:
    """Return the mean relative luminance of a BGRA canvas, 0 to 1."""
    rows = np.asarray(cv2.LUT(canvas[_ROWS // 2 :: _ROWS] if canvas.shape[0] >= _ROWS else canvas, LINEAR), np.uint16)
    blue, green, red, _ = cv2.mean(rows)
    return (_BLUE * blue + _GREEN * green + _RED * red) / FULL


def capped(found: float, cap: float) -> float:
    """Return the gain of linear light that keeps a picture of level *found* below *cap*; 1 for what is well below.

    Of two pictures the brighter stays the brighter one.
    """
    knee = _KNEE * cap
    if found <= knee:
        return 1.0
    return (cap - (cap - knee) * exp(-(found - knee) / (cap - knee))) / found
