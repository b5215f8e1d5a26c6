"""Bringing a canvas into the memory of a window that hangs upright, on its side or upside down.

The canvas always has the window's shape once turned, so nothing is ever scaled or letterboxed here.
"""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from player.units import Size

Turn: TypeAlias = Literal[0, 90, 180, 270]
"""Degrees clockwise by which the picture is turned on its way to the window."""

Pixels: TypeAlias = NDArray[np.uint8]
"""height x width x 4, BGRA or BGRX."""

_CODES: Final[dict[int, int]] = {
    90: cv2.ROTATE_90_CLOCKWISE,
    180: cv2.ROTATE_180,
    270: cv2.ROTATE_90_COUNTERCLOCKWISE,
}


def canvas_for(window: Size, turn: Turn) -> Size:
    """Return the size of the canvas that fills *window* when turned by *turn*."""
    return window if turn in (0, 180) else Size(window.height, window.width)


def present(canvas: Pixels, window: Pixels, turn: Turn) -> None:
    """Write *canvas*, turned clockwise by *turn*, into *window*, the memory of a window (its rows may be padded).

    Raises:
        ValueError: the turned canvas has not the window's size.
    """
    height, width = canvas.shape[:2]
    if (window.shape[1], window.shape[0]) != canvas_for(Size(width, height), turn):
        raise ValueError(f"A canvas of {width}x{height} turned by {turn} does not fill {window.shape[1]}x{window.shape[0]}.")
    if turn == 0:
        np.copyto(window, canvas)
    else:
        cv2.rotate(canvas, _CODES[turn], dst=window)
