"""Scrims: a darkening that words over a photo need, measured from the pixels under it, and no stronger."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from player.render.ground import grain_over
from player.render.planes import CHROMA_FROM_RGB, LUMA_FROM_RGB, Box, Planes, box_of, even
from player.render.protocol import Image
from player.show.scene import Scrim
from player.units import Colour, Size

_BRIGHTEST: Final = 0.995
"""Share of the pixels that must reach the contrast: glints of a pixel or two carry no letter away."""

_ROUNDING: Final = 1.01
"""The contrast aimed at, by the one asked for: half a code of rounding in the planes must not undercut it."""

_FLARE: Final = 0.05
"""Light that falls on every screen, as WCAG 2 counts it."""

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Shade:
    """A scrim ready to be laid over planes: what is kept of them, and what is added."""

    box: Box
    """Even on all sides."""
    luma_kept: Image
    luma_added: Image
    chroma_kept: Image
    chroma_added: Image


def luminance(rgb: NDArray[np.uint8] | Floats) -> Floats:
    """Return the relative luminance of sRGB pixels (0 to 255, last axis R, G, B), 0 to 1: WCAG 2.x."""
    encoded = np.asarray(rgb, np.float32) / 255
    linear = np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)  # noqa: PLR2004 - IEC 61966-2-1
    return np.asarray(linear @ np.array([0.2126, 0.7152, 0.0722]), np.float32)


def contrast(ink: Colour, under: NDArray[np.uint8] | Floats) -> Floats:
    """Return the contrast of *ink* against each pixel *under* it: above 1 where the ink is the lighter."""
    light = luminance(np.array(ink, np.float32))
    return np.asarray((light + _FLARE) / (luminance(under) + _FLARE), np.float32)


def strength(under: Image, scrim: Scrim) -> float:
    """Return how far *under* (RGB pixels) must go toward the scrim's colour for its contrast, 0 to 1; 1 if nothing suffices."""
    pixels = under.reshape(-1, 3)
    spare = floor(len(pixels) * (1 - _BRIGHTEST))
    glints = min(len(pixels), 4 * spare + 1024)  # darkening keeps their order but nearly, so a few more are looked at
    if glints < len(pixels):
        pixels = pixels[np.argpartition(luminance(pixels), len(pixels) - glints)[-glints:]]
    bright, dark = pixels.astype(np.float32), np.array(scrim.colour, np.float32)

    def suffices(k: float) -> bool:
        found = contrast(scrim.ink, np.asarray(bright * (1 - k) + dark * k, np.float32))
        return bool(np.partition(found, spare)[spare] >= scrim.contrast * _ROUNDING)

    if suffices(0.0):
        return 0.0
    low, high = 0, 255
    while high - low > 1:  # in the steps that a byte has
        middle = (low + high) // 2
        low, high = (low, middle) if suffices(middle / 255) else (middle, high)
    return high / 255


def shade(scrim: Scrim, picture: Image, canvas: Size) -> Shade | None:
    """Measure *scrim* on *picture* (BGRA, the canvas's even size), darken *picture* in place, and return it for planes.

    Returns:
        None when nothing need be darkened, or the scrim lies off the canvas.
    """
    box = box_of(scrim.place, canvas)
    if box is None:
        return None
    full_from = min(max(floor(scrim.full_from), box.top), box.bottom - 1)
    under = picture[full_from : box.bottom, box.left : box.right, 2::-1]
    strongest = strength(np.ascontiguousarray(under), scrim)
    if strongest <= 0:
        return None
    size = even(canvas)
    wide = Box(box.left & ~1, box.top & ~1, min(size.width, box.right + 1 & ~1), min(size.height, box.bottom + 1 & ~1))
    alpha = _rise(scrim, box, wide, strongest)
    _darken(picture[wide.top : wide.bottom, wide.left : wide.right], alpha, scrim.colour)
    return _for_planes(alpha, wide, scrim.colour)


def _rise(scrim: Scrim, box: Box, wide: Box, strongest: float) -> Image:
    """Return the scrim's strength over *wide*, 0 to 255, with grain where it rises, so that its steps do not show."""
    rows = np.arange(wide.top, wide.bottom, dtype=np.float32) + np.float32(0.5)
    way = max(1.0, scrim.full_from - scrim.place.y)
    x = np.clip((rows - scrim.place.y) / way, 0, 1)
    rising = (x * x * (3 - 2 * x) * strongest * 255)[:, None]
    noise = grain_over(wide.top, len(rows), wide.right - wide.left)
    steady = (x >= 1)[:, None]
    alpha = np.where(steady, ceil(strongest * 255 - 1e-3), np.clip(np.rint(rising + noise), 0, 255)).astype(np.uint8)
    alpha[: box.top - wide.top] = 0
    alpha[box.bottom - wide.top :] = alpha[box.bottom - wide.top - 1]
    alpha[:, : box.left - wide.left] = 0
    return alpha


def _darken(picture: Image, alpha: Image, colour: Colour) -> None:
    share = alpha[..., None].astype(np.float32) / 255
    picture[..., :3] = np.rint(picture[..., :3] * (1 - share) + np.array(colour[::-1], np.float32) * share)


def _for_planes(alpha: Image, box: Box, colour: Colour) -> Shade:
    rows, columns = alpha.shape
    quarter = cv2.resize(alpha, (columns // 2, rows // 2), interpolation=cv2.INTER_AREA)
    half = np.repeat(np.asarray(quarter, np.uint8)[..., None], 2, axis=2)
    rgb = np.array([*colour, 1.0], np.float32)
    luma, chroma = LUMA_FROM_RGB @ rgb, CHROMA_FROM_RGB @ rgb
    return Shade(
        box,
        luma_kept=255 - alpha,
        luma_added=np.rint(alpha * (luma / 255)).astype(np.uint8),
        chroma_kept=255 - half,
        chroma_added=np.rint(half * (chroma / 255)).astype(np.uint8),
    )


def lay_shade(shade: Shade, out: Planes) -> None:
    """Darken *out* in place."""
    left, top, right, bottom = shade.box
    luma = out.luma[top:bottom, left:right]
    cv2.multiply(luma, shade.luma_kept, dst=luma, scale=1 / 255)
    cv2.add(luma, shade.luma_added, dst=luma)
    chroma = out.chroma[top // 2 : bottom // 2, left // 2 : right // 2]
    cv2.multiply(chroma, shade.chroma_kept, dst=chroma, scale=1 / 255)
    cv2.add(chroma, shade.chroma_added, dst=chroma)
