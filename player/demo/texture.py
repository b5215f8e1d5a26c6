"""Surfaces, drawn from noise: wood, plaster, stone, bark, linen, sand. Each returns the albedo in linear light."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from player.demo.pixels import Image, Plane, blur, displace, emboss, flat, mix, noise, ramp, smoothstep, tint


def wood(rng: np.random.Generator, size: tuple[int, int], dark: str, light: str, *, planks: int = 1, along: bool = True) -> Image:
    """Return boards whose grain runs across the picture (*along*) or down it."""
    height, width = size if along else size[::-1]
    edges = np.linspace(0, 1, planks + 1)
    out = np.zeros((height, width, 3), np.float32)
    for top, bottom in pairwise(edges):
        rows = slice(round(top * height), round(bottom * height))
        shape = (rows.stop - rows.start, width)
        local = np.linspace(0, 1, shape[0], dtype=np.float32)[:, None]
        sway = noise(rng, shape, (width * 0.5, shape[0] * 0.7), 3)
        rings = np.sin((local * rng.uniform(9, 16) + sway * rng.uniform(1.2, 2.2)) * 2 * np.pi).astype(np.float32)
        fibre = noise(rng, shape, (width * 0.12, 3.0), 3)
        pores = smoothstep(0.55, 1.1, noise(rng, shape, (width * 0.03, 2.0), 2))
        share = np.clip(0.5 + 0.16 * rings + 0.22 * fibre + 0.12 * sway + rng.uniform(-0.12, 0.12), 0, 1)
        board = mix(np.full((*shape, 3), tint(dark), np.float32), tint(light), share)
        board *= (1 - 0.35 * pores)[..., None]
        if planks > 1:
            rim = np.minimum(local, 1 - local) * shape[0]
            board *= (0.25 + 0.75 * smoothstep(0, max(2.0, height / planks * 0.018), rim))[..., None]
        out[rows] = board
    return out if along else np.ascontiguousarray(out.transpose(1, 0, 2))


def plaster(rng: np.random.Generator, size: tuple[int, int], colour: str, *, rough: float = 1.0, angle: float = 2.6) -> Image:
    """Return a painted wall with the marks of the trowel."""
    height, width = size
    broad = noise(rng, size, (width * 0.5, height * 0.5), 4)
    relief = noise(rng, size, (width * 0.05, width * 0.035), 5) + 0.5 * noise(rng, size, (9, 9), 3)
    base = np.full((*size, 3), tint(colour), np.float32) * (1 + 0.05 * broad)[..., None]
    return emboss(base.astype(np.float32), relief, 0.28 * rough, angle)


def masonry(
    rng: np.random.Generator,
    size: tuple[int, int],
    colours: list[str],
    *,
    rows: int,
    aspect: float,
    wild: float,
    joint: str = "#8b857b",
) -> Image:
    """Return a wall of blocks in courses; *wild* 0 is brick, 1 is field stone."""
    height, width = size
    lines = np.cumsum(1 + wild * 0.45 * rng.uniform(-1, 1, rows))
    lines = np.concatenate([[0], lines / lines[-1]]) * height
    tone, relief, mortar = np.zeros((*size, 3), np.float32), np.zeros(size, np.float32), np.ones(size, np.float32)
    for course, (top, bottom) in enumerate(pairwise(lines)):
        step = (bottom - top) * aspect
        x = -step * (0.5 if course % 2 else rng.uniform(0, 0.4) * wild + 0.02)
        while x < width:
            wide = step * (1 + wild * rng.uniform(-0.45, 0.6))
            _block(rng, (tone, relief, mortar), (x, top, x + wide, bottom), colours, wild)
            x += wide
    drift = [
        noise(rng, size, (height / rows * 0.8, height / rows * 0.8), 4) * np.float32(height / rows * 0.10 * wild + 1.2)
        for _ in range(2)
    ]
    tone, relief, mortar = (displace(layer, drift[0], drift[1]) for layer in (tone, relief, mortar))
    grit = noise(rng, size, (height / rows * 0.5, height / rows * 0.5), 7)
    pits = noise(rng, size, (9, 6), 3)
    lichen = smoothstep(0.55, 1.1, noise(rng, size, (height / rows * 1.3, height / rows * 1.3), 6))
    stone = mix(tone, tint("#b9b49f"), 0.35 * wild * lichen)
    out = mix(stone * (1 + 0.24 * grit + 0.07 * pits)[..., None], mix(flat(size, tint(joint)), stone, 0.35), mortar)
    return emboss(out, relief * np.float32(height / rows * 0.15) + grit * np.float32(3 + 4 * wild) + pits * 0.8, 0.24, 2.3)


def _block(
    rng: np.random.Generator,
    layers: tuple[Image, Plane, Plane],
    edges: tuple[float, float, float, float],
    colours: list[str],
    wild: float,
) -> None:
    """Draw one block: its colour, how it stands out, and that no mortar is there."""
    tone, relief, mortar = layers
    height, width = relief.shape
    left, top, right, bottom = edges
    x0, y0, x1, y1 = max(0, int(left)), max(0, int(top)), min(width, int(right) + 1), min(height, int(bottom) + 1)
    if x1 <= x0 or y1 <= y0:
        return
    ys, xs = (np.arange(a, b, dtype=np.float32) for a, b in ((y0, y1), (x0, x1)))
    gap = (bottom - top) * (0.045 - 0.015 * wild)
    inside_x = np.minimum(xs - left, right - xs)[None, :] - gap
    inside_y = np.minimum(ys - top, bottom - ys)[:, None] - gap
    round_off = (bottom - top) * (0.06 + 0.12 * wild)
    a, b = np.maximum(round_off - inside_x, 0), np.maximum(round_off - inside_y, 0)
    depth = round_off - np.hypot(a, b)
    body = smoothstep(0, max(1.5, gap * 0.5), depth.astype(np.float32))
    colour = np.array(tint(colours[int(rng.integers(len(colours)))])) * rng.uniform(0.8, 1.16)
    tone[y0:y1, x0:x1] = np.maximum(tone[y0:y1, x0:x1], body[..., None] * colour)
    relief[y0:y1, x0:x1] = np.maximum(relief[y0:y1, x0:x1], smoothstep(0, round_off, depth.astype(np.float32)))
    mortar[y0:y1, x0:x1] *= 1 - body


def bark(rng: np.random.Generator, size: tuple[int, int], dark: str, light: str) -> Image:
    """Return bark with deep upright furrows, shaded as a trunk is: round."""
    height, width = size
    drift = noise(rng, size, (width * 0.3, height * 0.12), 4) * np.float32(width * 0.035)
    ridges = displace(noise(rng, size, (width * 0.055, height * 0.16), 4), drift, drift)
    ridges = 1 - np.abs(ridges)
    fine = noise(rng, size, (7, 16), 4)
    share = smoothstep(-0.1, 1.0, (ridges + 0.25 * fine).astype(np.float32))
    out = mix(np.full((*size, 3), tint(dark), np.float32), tint(light), share)
    return emboss(out, (ridges * 14 + fine * 3).astype(np.float32), 0.30, 2.5)


def linen(rng: np.random.Generator, size: tuple[int, int], colour: str) -> Image:
    """Return woven cloth with soft folds."""
    height, width = size
    ys, xs = ramp(height, width)
    slub = noise(rng, size, (3, height * 0.1), 2) + noise(rng, size, (width * 0.1, 3), 2)
    weave = np.sin(xs * width * 2 * np.pi / 5) * np.sin(ys * height * 2 * np.pi / 5)
    folds = noise(rng, size, (width * 0.4, height * 0.6), 2)
    base = np.full((*size, 3), tint(colour), np.float32) * (1 + 0.03 * weave + 0.035 * slub)[..., None]
    return emboss(base.astype(np.float32), folds * np.float32(width * 0.02), 0.35, 2.4)


def speckled(
    rng: np.random.Generator, size: tuple[int, int], colour: str, *, grain: float, amount: float, relief: float = 0.4
) -> Image:
    """Return a granular ground: sand, cork, terrazzo, asphalt."""
    coarse = noise(rng, size, (grain * 12, grain * 12), 3)
    fine = noise(rng, size, (grain, grain), 2)
    base = np.full((*size, 3), tint(colour), np.float32) * np.clip(1 + amount * (fine + 0.6 * coarse), 0.2, 2)[..., None]
    return emboss(base.astype(np.float32), fine + coarse * 3, relief, 2.5)


def snow(rng: np.random.Generator, size: tuple[int, int], colour: str = "#e9eef4") -> Image:
    """Return lying snow: broad soft swells and a fine crystal grain."""
    height, width = size
    swell = noise(rng, size, (width * 0.25, height * 0.2), 4)
    fine = blur(noise(rng, size, (3, 3), 1), 0.7)
    base = np.full((*size, 3), tint(colour), np.float32) * (1 + 0.03 * fine)[..., None]
    return emboss(base.astype(np.float32), swell * np.float32(width * 0.012), 0.16, 2.6)


def column(picture: Image, light_from: float = 0.3, rim: float = 0.16) -> Image:
    """Return *picture* shaded as if wrapped round an upright cylinder, lit from *light_from* (0 left, 1 right)."""
    _, xs = ramp(*picture.shape[:2])
    angle = np.arcsin(np.clip(2 * xs - 1, -1, 1))
    shade = np.maximum(0, np.cos(angle - np.arcsin(2 * light_from - 1)))
    return (picture * (rim + (1 - rim) * shade)[..., None]).astype(np.float32)
