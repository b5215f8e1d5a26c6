"""Arrays of light: blur, scale, warp, noise, and the way from linear light to an 8-bit picture.

An `Image` is height x width x 3 (or 4, premultiplied), float32, linear light, 1.0 being white paper in full light. A `Plane` is
height x width, float32. Most of OpenCV is called here.
"""

from __future__ import annotations

from typing import Any, TypeAlias, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from player.units import Size

Plane: TypeAlias = NDArray[np.floating[Any]]
Image: TypeAlias = NDArray[np.floating[Any]]
Light: TypeAlias = tuple[float, float, float]
"""Red, green, blue in linear light."""

SRGB_TOE = 0.04045  # encoded; below it sRGB is a straight line (IEC 61966-2-1)
MAX_KERNEL_SIGMA = 6.0  # px; wider blurs are done on a smaller copy, where they cost a fraction


def tint(hexadecimal: str) -> Light:
    """Return an sRGB colour such as "#d6a860" as linear light."""
    channels = [int(hexadecimal[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= SRGB_TOE else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return red, green, blue


def flat(size: tuple[int, int], colour: Light) -> Image:
    """Return an image of one colour; *size* is (height, width)."""
    return np.full((*size, 3), colour, np.float32)


def scale(picture: Image, size: tuple[int, int]) -> Image:
    """Return *picture* resized to (height, width), averaging when it shrinks."""
    height, width = size
    if picture.shape[:2] == size:
        return picture
    way = cv2.INTER_AREA if height * width < picture.shape[0] * picture.shape[1] else cv2.INTER_CUBIC
    return cast("Image", cv2.resize(picture, (width, height), interpolation=way))


def blur(picture: Image, sigma: float, sigma_y: float | None = None) -> Image:
    """Return *picture* blurred by a Gaussian of *sigma* pixels (*sigma_y* downwards, when it differs)."""
    down = sigma if sigma_y is None else sigma_y
    if max(sigma, down) < 0.25:  # noqa: PLR2004 - a quarter of a pixel cannot be seen
        return picture
    height, width = picture.shape[:2]
    x, y = (max(1, int(s / MAX_KERNEL_SIGMA)) for s in (sigma, down))
    if (x, y) == (1, 1):
        return cast("Image", cv2.GaussianBlur(picture, (0, 0), sigmaX=max(sigma, 0.01), sigmaY=max(down, 0.01)))
    small = cast("Image", cv2.resize(picture, (max(2, width // x), max(2, height // y)), interpolation=cv2.INTER_AREA))
    soft = cast("Image", cv2.GaussianBlur(small, (0, 0), sigmaX=max(sigma / x, 0.01), sigmaY=max(down / y, 0.01)))
    return cast("Image", cv2.resize(soft, (width, height), interpolation=cv2.INTER_CUBIC))


def warp(picture: Image, matrix: NDArray[np.float64], size: Size) -> Image:
    """Return *picture* seen through the homography *matrix* (picture pixels to canvas pixels), empty beyond its edges."""
    return cast("Image", cv2.warpPerspective(picture, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT))


def displace(picture: Image, dx: Plane, dy: Plane) -> Image:
    """Return *picture* with the pixel at (x, y) taken from (x + dx, y + dy)."""
    ys, xs = grid(picture.shape[0], picture.shape[1])
    return cast("Image", cv2.remap(picture, xs + dx, ys + dy, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT))


def grid(height: int, width: int) -> tuple[Plane, Plane]:
    """Return the y and the x of every pixel."""
    ys, xs = np.mgrid[0:height, 0:width]
    return ys.astype(np.float32), xs.astype(np.float32)


def ramp(height: int, width: int) -> tuple[Plane, Plane]:
    """Return the y and the x of every pixel as fractions, 0 to 1."""
    ys, xs = grid(height, width)
    return ys / np.float32(max(1, height - 1)), xs / np.float32(max(1, width - 1))


def noise(rng: np.random.Generator, size: tuple[int, int], cell: tuple[float, float], octaves: int = 4) -> Plane:
    """Return fractal value noise, mean 0, most of it within -1 and 1; *cell* is the coarsest grain, (across, down), in pixels."""
    height, width = size
    total = np.zeros(size, np.float32)
    weight = 1.0
    for octave in range(octaves):
        columns, rows = (max(1.0, c / 2**octave) for c in cell)
        dots = rng.standard_normal((int(height / rows) + 4, int(width / columns) + 4)).astype(np.float32)
        wide, high = int(dots.shape[1] * columns), int(dots.shape[0] * rows)
        fine = cast("Plane", cv2.resize(dots, (max(wide, width), max(high, height)), interpolation=cv2.INTER_CUBIC))
        top, left = (fine.shape[0] - height) // 2, (fine.shape[1] - width) // 2
        total += np.float32(weight) * fine[top : top + height, left : left + width]
        weight *= 0.5
    return (total / max(1e-6, float(total.std()) * 2)).astype(np.float32)


def smoothstep(low: float, high: float, value: Plane) -> Plane:
    """Return 0 below *low*, 1 above *high*, eased between."""
    x = np.clip((value - low) / (high - low), 0.0, 1.0)
    return (x * x * (3 - 2 * x)).astype(np.float32)


def arch(where: Plane, power: float = 1.0) -> Plane:
    """Return half a wave of the sine over 0 to 1, nothing outside, to the given *power*."""
    return (np.maximum(0, np.sin(np.pi * np.clip(where, 0, 1))) ** power).astype(np.float32)


def mix(first: Image, second: Image | Light, share: Plane | float) -> Image:
    """Return *first* with *share* (0 to 1) of *second* in its place."""
    part = np.asarray(share, np.float32)
    part = part[..., None] if part.ndim else part
    return (first * (1 - part) + np.asarray(second, np.float32) * part).astype(np.float32)


def blend(stops: list[tuple[float, str]], where: Plane) -> Image:
    """Return the gradient through *stops* (position, "#rrggbb"), looked up at *where*, mixed in linear light."""
    places = [place for place, _ in stops]
    colours = [tint(colour) for _, colour in stops]
    channels = [np.interp(where, places, [colour[i] for colour in colours]) for i in range(3)]
    return np.stack(channels, axis=-1).astype(np.float32)


def slopes(height: Plane) -> tuple[Plane, Plane]:
    """Return how steeply *height* rises per pixel, downwards and to the right."""
    down, right = np.gradient(height)
    return np.asarray(down, np.float32), np.asarray(right, np.float32)


def emboss(picture: Image, height: Plane, strength: float, angle: float = 0.8) -> Image:
    """Return *picture* lit as if *height* stood out of it, the light coming from *angle* (radians; 0 is the right)."""
    dy, dx = slopes(height)
    slope = dy * np.sin(angle) - dx * np.cos(angle)
    return (picture * np.clip(1 + strength * slope, 0.25, 2.2)[..., None]).astype(np.float32)


def finish(
    light: Image,
    rng: np.random.Generator,
    *,
    exposure: float = 1.0,
    glow: float = 0.10,
    vignette: float = 0.22,
    saturation: float = 0.80,
) -> NDArray[np.uint8]:
    """Return the 8-bit sRGB picture of *light*: bloom, vignette, a film's soft shoulder, fine grain."""
    height, width = light.shape[:2]
    ys, xs = ramp(height, width)
    picture = (light * np.float32(exposure)).astype(np.float32)
    bright = np.maximum(picture - 0.8, 0)
    picture = picture + np.float32(glow) * (blur(bright, width / 40) + blur(bright, width / 160))
    corner = ((xs - 0.5) ** 2 + (ys - 0.5) ** 2) * 2
    picture = picture * (1 - np.float32(vignette) * corner)[..., None]
    grey = picture @ np.array([0.2126, 0.7152, 0.0722], np.float32)
    film = _shoulder(mix(picture, np.repeat(grey[..., None], 3, axis=-1), 1 - saturation))
    encoded = np.where(film <= 0.0031308, film * 12.92, 1.055 * np.power(np.maximum(film, 1e-6), 1 / 2.4) - 0.055)  # noqa: PLR2004 - IEC 61966-2-1
    grain = blur(rng.standard_normal((height, width)).astype(np.float32), 0.75)
    amount = 0.011 * (1 - 0.6 * np.abs(encoded.mean(axis=-1) - 0.45))
    return np.clip((encoded + (grain * amount)[..., None]) * 255 + 0.5, 0, 255).astype(np.uint8)


def _shoulder(light: Image) -> Image:
    """Return *light* with its highlights rolled off instead of clipped (a fit of the ACES curve by K. Narkowicz, 2015)."""
    x = np.maximum(light, 0) * np.float32(0.72)
    return np.clip(x * (2.51 * x + 0.03) / (x * (2.43 * x + 0.59) + 0.14), 0, 1).astype(np.float32)


def over(canvas: Image, layer: Image) -> Image:
    """Return *layer* (height x width x 4, premultiplied) laid over *canvas*."""
    return (canvas * (1 - layer[..., 3:]) + layer[..., :3]).astype(np.float32)
