"""What is painted onto a picture rather than built: grass, snow in the air, mist, ridges, lights out of focus.

A layer is height x width x 4, premultiplied, linear light.
"""

from __future__ import annotations

import cv2
import numpy as np

from player.demo.pixels import Image, Light, blend, blur, flat, mix, noise, ramp, smoothstep, tint
from player.units import Size

BITS = 4  # of sub-pixel precision in OpenCV's drawing


def dots(rng: np.random.Generator, size: Size, *, count: int, radius: float, colour: Light, strength: float) -> Image:
    """Return *count* soft dots of about *radius* (in canvas heights), as falling snow is."""
    mask = np.zeros((size.height, size.width), np.uint8)
    for _ in range(count):
        r = radius * size.height * rng.uniform(0.5, 1.5)
        spot = (int(rng.uniform(0, size.width) * 2**BITS), int(rng.uniform(0, size.height) * 2**BITS))
        cv2.circle(mask, spot, max(8, int(r * 2**BITS)), int(rng.uniform(110, 255)), -1, cv2.LINE_AA, BITS)
    share = blur(mask.astype(np.float32) / 255, radius * size.height * 0.5) * strength
    return np.dstack([share[..., None] * np.array(colour), share]).astype(np.float32)


def grass(
    rng: np.random.Generator,
    size: Size,
    *,
    count: int,
    height: float,
    low: float,
    dark: str,
    light: str,
    wide: float = 1.0,
    spare: tuple[float, float] | None = None,
) -> Image:
    """Return *count* blades that grow from *low* (in canvas heights from the top); between *spare* they stay short."""
    colour, mask = np.zeros((size.height, size.width, 3), np.uint8), np.zeros((size.height, size.width), np.uint8)
    for _ in range(count):
        root = rng.uniform(-0.05, 1.05)
        tall = height * rng.uniform(0.45, 1.0) * (0.97 if spare and spare[0] < root < spare[1] else 1.0)
        sway, thick = rng.normal(0.02, 0.09) * tall / 0.4, wide * size.height * rng.uniform(0.0022, 0.0050)
        t = np.linspace(0, 1, 14)
        xs = root * size.width + sway * size.height * t**2
        ys = (low - tall * (t - 0.12 * t**3)) * size.height
        half = thick * (1 - t) ** 0.7
        outline = np.concatenate([np.stack([xs - half, ys], -1), np.stack([xs + half, ys], -1)[::-1]])
        points = (outline * 2**BITS).round().astype(np.int32)
        share = rng.beta(1.6, 2.2)
        a, b = (np.array([int(c[i : i + 2], 16) for i in (1, 3, 5)]) for c in (dark, light))
        shade = tuple(int(v) for v in a + (b - a) * share)
        cv2.fillPoly(colour, [points], shade, cv2.LINE_AA, BITS)
        cv2.fillPoly(mask, [points], (255,), cv2.LINE_AA, BITS)
    ys, _ = ramp(size.height, size.width)
    linear = np.power(colour.astype(np.float32) / 255, 2.2) * (1.5 - 1.0 * smoothstep(low - height, low, ys))[..., None]
    alpha = mask.astype(np.float32) / 255
    return np.dstack([linear * np.sqrt(alpha)[..., None], alpha]).astype(np.float32)


def haze(rng: np.random.Generator, size: Size) -> Image:
    """Return a meadow's far side and its sky, in evening haze."""
    height, width = size.height, size.width
    ys, xs = ramp(height, width)
    view = blend([(0.0, "#c9b68c"), (0.22, "#e6cb93"), (0.34, "#d8bd85"), (0.46, "#8f8a52"), (1.0, "#454a22")], ys)
    crowns = noise(rng, (height, width), (width * 0.11, height * 0.16), 4)
    wood_edge = smoothstep(-0.2, 0.4, (0.5 * crowns + 9 * (ys - 0.24)).astype(np.float32)) * smoothstep(0.46, 0.40, ys)
    view = mix(view, tint("#6a6a40"), 0.75 * wood_edge)
    sun = np.exp(-(((xs - 0.84) / 0.15) ** 2 + ((ys - 0.12) / 0.2) ** 2))
    return blur((view + sun[..., None] * np.array([1.1, 0.8, 0.4])).astype(np.float32), width * 0.013)


def ridges(rng: np.random.Generator, size: Size, tones: list[str], *, top: float, bottom: float, mist: str) -> Image:
    """Return an opaque view of hills, one behind the other, the furthest first in *tones*; the sky is left empty."""
    height, width = size.height, size.width
    ys, _ = ramp(height, width)
    out = np.zeros((height, width, 4), np.float32)
    for i, tone in enumerate(tones):
        share = i / max(1, len(tones) - 1)
        line = noise(rng, (1, width), (width * (0.30 - 0.14 * share), 1), 6)
        crest = top + (bottom - top) * share + 0.05 * line
        inside = smoothstep(0.0, 0.004, (ys - crest).astype(np.float32))
        fog = np.exp(-np.maximum(ys - crest, 0) * (9 - 2 * share))
        body = mix(flat((height, width), tint(mist)), tint(tone), (0.25 + 0.75 * fog).astype(np.float32))
        out = out * (1 - inside[..., None]) + np.dstack([body * inside[..., None], inside])
    return out.astype(np.float32)


def bokeh(
    rng: np.random.Generator,
    size: Size,
    *,
    count: int,
    radius: tuple[float, float],
    band: tuple[float, float],
    colours: list[str],
    strength: float,
) -> Image:
    """Return lights far out of focus: discs with a slightly brighter rim, in a band of the height; to be added."""
    out = np.zeros((size.height, size.width, 3), np.float32)
    for _ in range(count):
        r = rng.uniform(*radius) * size.height
        x, y = rng.uniform(-0.03, 1.03) * size.width, (band[0] + (band[1] - band[0]) * rng.beta(2, 2)) * size.height
        power = strength * rng.uniform(0.15, 1.0) ** 1.6
        colour = np.array(tint(colours[int(rng.integers(len(colours)))]), np.float32)
        x0, y0, x1, y1 = (
            int(max(0, x - r - 2)),
            int(max(0, y - r - 2)),
            int(min(size.width, x + r + 3)),
            int(min(size.height, y + r + 3)),
        )
        if x1 <= x0 or y1 <= y0:
            continue
        ys, xs = np.mgrid[y0:y1, x0:x1].astype(np.float32)
        away = np.hypot(xs - x, ys - y)
        disc = smoothstep(r + 1.2, r - 1.2, away) * (0.72 + 0.28 * smoothstep(r * 0.7, r, away))
        out[y0:y1, x0:x1] += disc[..., None] * colour * np.float32(power)
    return out
