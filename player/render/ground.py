"""Backdrops: a photo that became light and colour, smooth enough for a dark wall.

Computed in floating point and dithered once: a gradient over a third of the tones of 8 bits shows its steps on a
façade, a grain of one code does not.
"""

from __future__ import annotations

from functools import cache
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from player.render.planes import CHROMA_FROM_RGB, LUMA_FROM_RGB, Planes, blank, even
from player.render.protocol import Image
from player.units import Size

NIGHT: Final = (11, 11, 13)
"""What the edges of a backdrop sink to, RGB."""

_BLUR: Final = 20
"""Canvas pixels that become one: light and colour are left of a photo, nobody's face."""
_SOFT: Final = 2.0
"""Of those: the blur over them, so that no shape is left either."""
_SATURATION: Final = 0.5
_BRIGHTNESS: Final = 1 / 3
_BRIGHTEST: Final = 38.0
"""Luma, in codes: dim ink (#96928a) keeps 4.5:1 over it (WCAG 2.2, 1.4.3); of a bright photo a third would be too bright.
Low enough for strong colours, whose luminance is more than their luma says."""
_COARSE: Final = 5
"""Canvas pixels of the last smooth step; between them straight lines will do."""
_VIGNETTE: Final = 0.55
"""How far the corners go toward night."""
_VIGNETTE_FROM: Final = 0.5
_VIGNETTE_TO: Final = 1.3
"""Where it begins and is complete: distance from the middle, a side's middle being 1."""
_BAND: Final = 64
"""Rows worked on at once: what is needed in floating point stays in the cache and out of the memory budget."""
_GRAIN: Final = 256
"""Side of the square of noise that is repeated; at one code of strength nobody sees it repeat."""
_GRAIN_SEED: Final = 20050127

Floats = NDArray[np.float32]


@cache
def grain() -> Floats:
    """Return a square of triangular noise, -1 to 1 code: added before rounding it hides the steps wholly."""
    chance = np.random.default_rng(_GRAIN_SEED)
    square = (_GRAIN, _GRAIN)
    return (chance.random(square, np.float32) - chance.random(square, np.float32)).astype(np.float32)


def grain_over(top: int, rows: int, columns: int) -> Floats:
    """Return the grain for *rows* from row *top* of a canvas *columns* wide."""
    across, down = np.arange(columns) % _GRAIN, np.arange(top, top + rows) % _GRAIN
    return grain()[np.ix_(down, across)]


def backdrop(photo: Image, canvas: Size) -> tuple[Planes, Image]:
    """Make a backdrop for *canvas* from *photo* (RGB): as planes, and as BGRA of the planes' even size."""
    width, height = even(canvas)
    planes, colour = blank(canvas), np.full((height, width, 4), 255, np.uint8)
    wide = cv2.resize(_glow(photo, Size(width, height)), (width, -(-height // _COARSE)), interpolation=cv2.INTER_LINEAR)
    for top in range(0, height, _BAND):
        band = _rows(np.asarray(wide, np.float32), top, min(_BAND, height - top), height)
        _store(band, top, planes, colour)
    return planes, colour


def _glow(photo: Image, canvas: Size) -> Floats:
    """Return *photo* filling *canvas*, blurred, dimmed and sunk to night at the edges, at 1/_COARSE of its size, 0 to 255."""
    small = Size(max(4, round(canvas.width / _BLUR)), max(4, round(canvas.height / _BLUR)))
    glow = cv2.resize(_filling(photo, canvas), small, interpolation=cv2.INTER_AREA).astype(np.float32)
    glow = cv2.GaussianBlur(glow, (0, 0), _SOFT)
    grey = glow @ np.array([0.299, 0.587, 0.114], np.float32)
    brightness = min(_BRIGHTNESS, _BRIGHTEST / max(1.0, float(grey.max())))
    glow = (grey[..., None] + (glow - grey[..., None]) * _SATURATION) * brightness
    coarse = Size(-(-canvas.width // _COARSE), -(-canvas.height // _COARSE))
    glow = cv2.resize(glow.astype(np.float32), coarse, interpolation=cv2.INTER_LINEAR)
    glow = np.asarray(cv2.GaussianBlur(glow, (0, 0), _BLUR / _COARSE), np.float32)
    sink = _vignette(coarse)[..., None]
    return np.asarray(glow * (1 - sink) + np.array(NIGHT, np.float32) * sink, np.float32)


def _filling(photo: Image, canvas: Size) -> Image:
    """Return the middle of *photo* that has the shape of *canvas*."""
    height, width = photo.shape[:2]
    columns = min(width, max(1, round(height * canvas.aspect)))
    rows = min(height, max(1, round(width / canvas.aspect)))
    left, top = (width - columns) // 2, (height - rows) // 2
    return photo[top : top + rows, left : left + columns]


def _vignette(size: Size) -> Floats:
    """Return how far each pixel of *size* sinks to night, 0 to 1."""
    across = np.linspace(-1, 1, size.width, dtype=np.float32)
    down = np.linspace(-1, 1, size.height, dtype=np.float32)
    far = np.sqrt(across[None, :] ** 2 + down[:, None] ** 2)
    rise = np.clip((far - _VIGNETTE_FROM) / (_VIGNETTE_TO - _VIGNETTE_FROM), 0, 1)
    return (rise * rise * (3 - 2 * rise) * _VIGNETTE).astype(np.float32)


def _rows(wide: Floats, top: int, rows: int, height: int) -> Floats:
    """Return *rows* rows from *top* of a picture *height* rows high, between the rows of *wide*."""
    at = np.clip((np.arange(top, top + rows) + 0.5) * len(wide) / height - 0.5, 0, len(wide) - 1).astype(np.float32)
    first = np.minimum(at.astype(np.intp), max(0, len(wide) - 2))
    share = (at - first)[:, None, None]
    return np.asarray(wide[first] * (1 - share) + wide[np.minimum(first + 1, len(wide) - 1)] * share, np.float32)


def _store(band: Floats, top: int, planes: Planes, colour: Image) -> None:
    """Round *band* (RGB) with grain into row *top* and on of *planes* and of *colour* (BGRA)."""
    rows, columns = band.shape[:2]
    noise = grain_over(top, rows, columns)
    colour[top : top + rows, :, :3] = np.clip(np.rint(band[..., ::-1] + noise[..., None]), 0, 255)
    luma = band @ LUMA_FROM_RGB[0, :3] + LUMA_FROM_RGB[0, 3]
    planes.luma[top : top + rows] = np.clip(np.rint(luma + noise), 16, 235)
    quarter = cv2.resize(band, (columns // 2, rows // 2), interpolation=cv2.INTER_AREA)
    chroma = quarter @ CHROMA_FROM_RGB[:, :3].T + CHROMA_FROM_RGB[:, 3]
    planes.chroma[top // 2 : (top + rows) // 2] = np.rint(chroma + noise[::2, ::2, None])
