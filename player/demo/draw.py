"""Draws quads onto a canvas as a lens sees them, in the order given, the furthest first.

What is out of focus is blurred by the thin-lens rule.
"""

from __future__ import annotations

from itertools import pairwise
from typing import cast

import cv2
import numpy as np

from player.demo.pixels import Image, Plane, blur, scale, warp
from player.demo.shadow import SUBPIXEL_BITS, irradiance
from player.demo.solid import Array, Camera, Lamp, Quad, Sky
from player.units import Size

NEAREST_M = 0.02  # what comes nearer cannot be drawn: the scenes are built so that nothing does
OVERSAMPLE = 2  # canvas pixels are averaged from 2 x 2 for smooth edges


def render(quads: list[Quad], camera: Camera, size: Size, *, lamps: list[Lamp], sky: Sky, backdrop: Image) -> Image:
    """Return the canvas, height x width x 3: *quads* over *backdrop* (already light, already as sharp as it should be)."""
    canvas = scale(backdrop, (size.height, size.width)).copy()
    for quad in (quad for quad in quads if quad.shown):
        layer = _layer(quad, camera, size, _shaded(quad, quads, camera, lamps, sky))
        if layer is None:
            continue
        left, top, picture = layer
        height, width = picture.shape[:2]
        part = canvas[top : top + height, left : left + width]
        part *= 1 - picture[..., 3:]
        part += picture[..., :3]
    return canvas


def _shaded(quad: Quad, quads: list[Quad], camera: Camera, lamps: list[Lamp], sky: Sky) -> Image:
    """Return the quad's picture as the light it sends, premultiplied, height x width x 4."""
    light = quad.albedo * scale(irradiance(quad, quads, camera.eye, lamps, sky), quad.albedo.shape[:2])
    if quad.glow is not None:
        light = light + quad.glow
    alpha = np.ones(light.shape[:2], np.float32) if quad.alpha is None else quad.alpha
    return np.dstack([light * alpha[..., None], alpha]).astype(np.float32)


def _layer(quad: Quad, camera: Camera, size: Size, picture: Image) -> tuple[int, int, Image] | None:
    """Return where and what to paint: left, top, and a premultiplied picture, in focus as the lens has it."""
    matrix = camera.project(size)
    corners = np.concatenate(quad.outlines(camera.eye))
    seen = np.column_stack([corners, np.ones(len(corners))]) @ matrix.T
    if seen[:, 2].min() < NEAREST_M:
        msg = "a quad reaches behind the camera"
        raise ValueError(msg)
    spots = seen[:, :2] / seen[:, 2:]
    focus = float(np.append(np.array(camera.focus), 1) @ matrix[2])
    sigmas = np.abs(1 / seen[:, 2] - 1 / focus) * camera.aperture * size.height
    pad = 3 * float(sigmas.max()) + 2
    left, top = (max(0, int(v)) for v in spots.min(axis=0) - pad)
    right, bottom = (min(limit, int(v) + 1) for limit, v in zip(size, spots.max(axis=0) + pad, strict=True))
    if right - left < 1 or bottom - top < 1:
        return None
    window = Size(right - left, bottom - top)
    flat = _painted(quad, camera, matrix, picture, origin=(left, top), window=window)
    if float(sigmas.max()) < 0.4:  # noqa: PLR2004 - sharp enough
        return left, top, flat
    if float(sigmas.max() - sigmas.min()) < 0.7:  # noqa: PLR2004 - one blur serves all of it
        return left, top, blur(flat, float(sigmas.mean()))
    return (
        left,
        top,
        _focused(flat, _sigma_map(quad, matrix, (left, top), window, lens=(1 / focus, camera.aperture * size.height))),
    )


def _painted(quad: Quad, camera: Camera, matrix: Array, picture: Image, *, origin: tuple[int, int], window: Size) -> Image:
    """Return the quad's picture in its place in *window*, all in focus."""
    big = Size(window.width * OVERSAMPLE, window.height * OVERSAMPLE)
    shift = np.array([[OVERSAMPLE, 0, -origin[0] * OVERSAMPLE], [0, OVERSAMPLE, -origin[1] * OVERSAMPLE], [0, 0, 1.0]])
    outlines = quad.outlines(camera.eye)
    picture = _fitted(picture, outlines, shift @ matrix)
    height, width = picture.shape[:2]
    out = np.zeros((big.height, big.width, 4), np.float32)
    for i, shape in enumerate(outlines):
        step = width / len(outlines)
        ends = np.array([[i * step, 0], [(i + 1) * step, 0], [(i + 1) * step, height], [i * step, height]])
        seen = np.column_stack([shape, np.ones(4)]) @ (shift @ matrix).T
        spots = (seen[:, :2] / seen[:, 2:]).astype(np.float32)
        way = cast("Array", cv2.getPerspectiveTransform(ends.astype(np.float32), spots)).astype(np.float64)
        if not quad.bend:
            out = warp(picture, way, big)
            break
        mask = np.zeros((big.height, big.width), np.uint8)
        cv2.fillConvexPoly(mask, (spots * 2**SUBPIXEL_BITS).round().astype(np.int32), 1, cv2.LINE_8, SUBPIXEL_BITS)
        out = np.where(mask[..., None] > 0, warp(picture, way, big), out)
    return scale(out, (window.height, window.width))


def _fitted(picture: Image, outlines: list[Array], matrix: Array) -> Image:
    """Return *picture* no finer than the canvas can show, so that it does not shimmer."""
    ends = np.concatenate(outlines)
    seen = np.column_stack([ends, np.ones(len(ends))]) @ matrix.T
    spots = seen[:, :2] / seen[:, 2:]
    wide, high = spots.max(axis=0) - spots.min(axis=0)
    longest = 1.25 * float(np.hypot(wide, high)) + 8
    height, width = picture.shape[:2]
    share = longest / max(height, width)
    return picture if share >= 1 else scale(picture, (max(2, int(height * share)), max(2, int(width * share))))


def _sigma_map(quad: Quad, matrix: Array, origin: tuple[int, int], window: Size, *, lens: tuple[float, float]) -> Plane:
    """Return the blur in pixels at each pixel: 1 / depth is linear across a plane's image. *lens* is focus (1/m) and strength."""
    focus, strength = lens
    c, a, d = quad.corner, quad.across, quad.down
    ends = np.column_stack([np.array([c, c + a, c + d]), np.ones(3)]) @ matrix.T
    system = np.column_stack([ends[:, :2] / ends[:, 2:], np.ones(3)])
    gx, gy, base = np.linalg.solve(system, 1 / ends[:, 2])
    ys, xs = np.mgrid[origin[1] : origin[1] + window.height, origin[0] : origin[0] + window.width]
    return np.clip(np.abs(gx * xs + gy * ys + base - focus) * strength, 0, 60).astype(np.float32)


def _focused(picture: Image, sigmas: Plane) -> Image:
    """Return *picture* blurred at each pixel by its own sigma, between a few blurs of the whole."""
    levels = [0.0, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0]
    out = np.zeros_like(picture)
    before, top = picture, float(sigmas.max())
    for low, high in pairwise(levels):
        if low > top:
            break
        after = blur(picture, high)
        share = np.clip((sigmas - low) / (high - low), 0, 1)[..., None]
        inside = ((sigmas >= low) & (sigmas < high))[..., None]
        out = np.where(inside, before * (1 - share) + after * share, out)
        before = after
    return np.where((sigmas >= levels[-1])[..., None], before, out).astype(np.float32)
