"""A perceptual hash: 64 bits that stay nearly the same when a picture is re-encoded or resized (it warns of a withdrawn one).

The DCT hash of C. Zauner, "Implementation and Benchmarking of Perceptual Image Hash Functions" (2010), 3.2.1, in the form that
the `imagehash` package made common: 32 x 32 luma, DCT-II, the 8 x 8 lowest frequencies, each compared with their median.
"""

from __future__ import annotations

import math
from typing import Final

from PIL import Image

SIDE: Final = 32  # pixels of the grey thumbnail
KEPT: Final = 8  # frequencies in each direction; 8 x 8 is 64 bits

_WAVES: Final = tuple(
    tuple(math.cos(math.pi * frequency * (2 * at + 1) / (2 * SIDE)) for at in range(SIDE)) for frequency in range(KEPT)
)


def perceptual_hash(picture: Image.Image) -> int:
    """Return the 64-bit hash of *picture* (upright, RGB in sRGB): row by row, the lowest frequency in the highest bit."""
    grey = picture.convert("L").resize((SIDE, SIDE), Image.Resampling.LANCZOS, reducing_gap=2.0).tobytes()
    lines = [[_along(grey[at : at + SIDE], wave) for wave in _WAVES] for at in range(0, SIDE * SIDE, SIDE)]
    columns = list(zip(*lines, strict=True))
    # Whole numbers, so that the rounding of an even grey sheet does not toss a coin for every bit.
    low = [round(_along(column, wave)) for wave in _WAVES for column in columns]
    ordered = sorted(low)
    middle = (ordered[KEPT * KEPT // 2 - 1] + ordered[KEPT * KEPT // 2]) / 2
    return int("".join("1" if value > middle else "0" for value in low), 2)


def distance(one: str, other: str) -> int:
    """Return in how many of 64 bits two hashes, each written as 16 hexadecimal digits, differ; below 10 they look alike."""
    return (int(one, 16) ^ int(other, 16)).bit_count()


def _along(values: bytes | list[float] | tuple[float, ...], wave: tuple[float, ...]) -> float:
    return sum(value * height for value, height in zip(values, wave, strict=True))
