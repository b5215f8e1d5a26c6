"""Corner pin: the unit square onto four corners as a lens would throw it (Heckbert, Fundamentals of Texture Mapping, 1989).

Two triangles, or halving at midpoints, are wrong: with a top edge half as long as the bottom the middle row lies 66.7 % up.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from player.output.refusals import check_corners, foreshortening
from player.output.shape import Corners

Doubles: TypeAlias = NDArray[np.float64]
Floats: TypeAlias = NDArray[np.float32]


def homography(corners: Corners) -> Doubles:
    """Return the 3x3 matrix that takes (u, v, 1) of the unit square to (x·w, y·w, w) in output pixels.

    Raises:
        GeometryError: crossed, inside out, without area, not strictly convex, or too steep to show.
    """
    check_corners(corners)
    g, h = foreshortening(corners)
    (x0, y0), (x1, y1), _, (x3, y3) = corners
    rows = [[x1 - x0 + g * x1, x3 - x0 + h * x3, x0], [y1 - y0 + g * y1, y3 - y0 + h * y3, y0], [g, h, 1.0]]
    return np.array(rows, np.float64)


def inverse(h: Doubles) -> Doubles:
    """Return the matrix that undoes *h*."""
    return np.asarray(np.linalg.inv(h), np.float64)


def applied(h: Doubles, xy: Doubles) -> Doubles:
    """Return where *h* takes the places *xy* (… x 2)."""
    x, y = xy[..., 0], xy[..., 1]
    w = h[2, 0] * x + h[2, 1] * y + h[2, 2]
    return np.stack(((h[0, 0] * x + h[0, 1] * y + h[0, 2]) / w, (h[1, 0] * x + h[1, 1] * y + h[1, 2]) / w), axis=-1)


def centres(first: int, beyond: int) -> Doubles:
    """Return where the centres of the pixels from *first* to before *beyond* are, along one side."""
    return np.arange(first, beyond, dtype=np.float64) + np.float64(0.5)
