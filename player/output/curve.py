"""The curves between light and codes: sRGB as the canvas has it, and each output's own as it was measured.

Light is linear, 0 to 1. What is looked up by 16 bits of light itself (`LINEAR`) is fine enough to mix and to filter; what is
looked up by 16 bits of its square root (`codes`) is fine enough for any curve down to black.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

Doubles: TypeAlias = NDArray[np.float64]
Words: TypeAlias = NDArray[np.uint16]

FULL: Final = 65535
"""All the light there is, in 16 bits."""
WHITE: Final = 255.0
"""All the light there is, as a code."""
_SRGB: Final = 2.4
_OFFSET: Final = 0.055
_TOE_CODE, _TOE_LIGHT, _TOE_SLOPE = 0.04045, 0.0031308, 12.92
_NUDGE: Final = 0.02  # of a root: what float32 may lose below a whole number, so that white stays white


def decoded(code: Doubles) -> Doubles:
    """Return the light of sRGB values, 0 to 1 (IEC 61966-2-1)."""
    return np.where(code <= _TOE_CODE, code / _TOE_SLOPE, ((code + _OFFSET) / (1 + _OFFSET)) ** _SRGB)


def encoded(light: Doubles, gamma: float | None = None) -> Doubles:
    """Return the values, 0 to 1, that make an output of *gamma* give *light*, 0 to 1; None is sRGB (IEC 61966-2-1)."""
    if gamma is not None:
        return light ** (1 / gamma)
    high = (1 + _OFFSET) * np.maximum(light, _TOE_LIGHT) ** (1 / _SRGB) - _OFFSET
    return np.where(light <= _TOE_LIGHT, light * _TOE_SLOPE, high)


LINEAR: Final[Words] = np.rint(decoded(np.arange(256) / WHITE) * FULL).astype(np.uint16)
"""The light of each code of the canvas; half a unit of it is 0.025 codes where the curve is steepest."""

_STEPS: Final = np.arange(FULL + 1, dtype=np.float32)

PLAIN: Final[NDArray[np.uint8]] = np.rint(encoded(np.arange(FULL + 1) / FULL) * WHITE).astype(np.uint8)
"""The nearest code to each light: the way back from `LINEAR`, which finds every code again."""


@lru_cache(maxsize=8)
def codes(gamma: float | None) -> Doubles:
    """Return the real-valued code, 0 to 255, for each root of light: entry k holds from k/65535 to (k+1)/65535."""
    root = (np.arange(FULL + 1) + 0.5) / FULL
    root[0], root[-1] = 0.0, 1.0
    found = WHITE * encoded(root**2, gamma)
    found[-1] = WHITE
    found.flags.writeable = False
    return found


def by_light(table: NDArray[np.int16], slope: float, lift: float) -> NDArray[np.int16]:
    """Return *table*, which is by roots, by 16 bits of light n: the entry for the light ``slope * n / 65535 + lift``."""
    light = _STEPS * np.float32(slope / FULL)
    light += np.float32(lift)
    np.sqrt(light, out=light)
    light *= np.float32(FULL)
    light += np.float32(_NUDGE)
    return _picked(table, light)


def by_root(table: NDArray[np.int16], slope: float) -> NDArray[np.int16]:
    """Return *table*, which is by roots, for light that is yet to be multiplied by *slope*."""
    if slope == 1:
        return table
    roots = _STEPS + np.float32(0.5)
    roots *= np.float32(slope**0.5)
    return _picked(table, roots)


def _picked(table: NDArray[np.int16], roots: NDArray[np.float32]) -> NDArray[np.int16]:
    np.minimum(roots, np.float32(FULL), out=roots)
    return np.asarray(cv2.LUT(roots.astype(np.uint16)[None], table), np.int16)[0]
