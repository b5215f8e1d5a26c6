"""What lies sharp on top: words, hairlines and codes, as small patches in full colour."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor
from typing import Protocol

import cv2
import numpy as np

from player.render.planes import Box
from player.render.protocol import Image
from player.render.qr import code_pixels
from player.render.raster import Scratch
from player.show.scene import Code, Face, Rule, Shadow, Words
from player.units import Colour, Size


class Coverage(Protocol):
    """How much of each pixel letters cover."""

    @property
    def mask(self) -> Image:
        """Rows x columns, 0 to 255."""
        ...

    @property
    def left(self) -> int:
        """Column of the mask's first, from the origin on the baseline."""
        ...

    @property
    def top(self) -> int:
        """Row of the mask's first, from the baseline; above it negative."""
        ...


class Coverer(Protocol):
    """What sets a line of text."""

    def coverage(self, text: str, *, language: str, face: Face, size_px: float, x_fraction: float = 0.0) -> Coverage:
        """Set *text* with its origin *x_fraction* of a pixel to the right of a pixel's edge."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Patch:
    """Ink cropped to its own box."""

    box: Box
    ink: Image
    """BGRA, premultiplied."""
    kept: Image
    """255 minus alpha, in all four channels: what is kept of the picture below."""


def words_patch(words: Words, letters: Coverer, canvas: Size) -> Patch | None:
    """Set *words*; None when none of it lies on *canvas*."""
    column, row = floor(words.x), round(words.baseline)
    covered = letters.coverage(
        words.text, language=words.language, face=words.face, size_px=words.size_px, x_fraction=words.x - column
    )
    return _patch(covered.mask, words.colour, (column + covered.left, row + covered.top), canvas)


def rule_patch(rule: Rule, canvas: Size) -> Patch | None:
    """Fill *rule*, its edges to fractions of a pixel; None when none of it lies on *canvas*."""
    place = rule.place
    left, top = floor(place.x), floor(place.y)
    across = np.arange(left, max(left, ceil(place.right)))
    down = np.arange(top, max(top, ceil(place.bottom)))
    covers_x = np.minimum(across + 1, place.right) - np.maximum(across, place.x)
    covers_y = np.minimum(down + 1, place.bottom) - np.maximum(down, place.y)
    mask = np.rint(covers_y[:, None] * covers_x[None, :] * 255).astype(np.uint8)
    return _patch(mask, rule.colour, (left, top), canvas)


def shadow_patch(shadow: Shadow, canvas: Size) -> Patch | None:
    """Darken *shadow*'s place, and less and less of what is round it; None when none of it lies on *canvas*."""
    place, soft = shadow.place, max(1.0, shadow.soft)
    left, top = floor(place.x - soft), floor(place.y - soft)
    across = np.arange(left, ceil(place.right + soft), dtype=np.float32) + np.float32(0.5)
    down = np.arange(top, ceil(place.bottom + soft), dtype=np.float32) + np.float32(0.5)
    off_x = np.maximum(0, np.maximum(place.x - across, across - place.right))
    off_y = np.maximum(0, np.maximum(place.y - down, down - place.bottom))
    x = np.clip(1 - np.hypot(off_x[None, :], off_y[:, None]) / soft, 0, 1)
    mask = np.ceil(x * x * (3 - 2 * x) * (shadow.strength * 255) - 1e-3).astype(np.uint8)
    return _patch(mask, shadow.colour, (left, top), canvas)


def code_patch(code: Code, canvas: Size) -> Patch | None:
    """Draw *code*; None when none of it lies on *canvas*.

    Raises:
        DrawError: it cannot be drawn readably in its place.
    """
    pixels = code_pixels(code)
    left, top = round(code.place.x), round(code.place.y)
    return _cropped(pixels, np.zeros_like(pixels), (left, top), canvas)


def _patch(mask: Image, colour: Colour, at: tuple[int, int], canvas: Size) -> Patch | None:
    alpha = mask[..., None].astype(np.float32)
    ink = np.rint(alpha * (np.array([*colour[::-1], 255], np.float32) / 255)).astype(np.uint8)
    kept = np.repeat(255 - mask[..., None], 4, axis=2)
    return _cropped(ink, kept, at, canvas)


def _cropped(ink: Image, kept: Image, at: tuple[int, int], canvas: Size) -> Patch | None:
    """Return what of the ink lies on *canvas* when its first pixel is put *at* column, row."""
    (left, top), (rows, columns) = at, ink.shape[:2]
    box = Box(max(0, left), max(0, top), min(canvas.width, left + columns), min(canvas.height, top + rows))
    if box.right <= box.left or box.bottom <= box.top:
        return None
    part = np.s_[box.top - top : box.bottom - top, box.left - left : box.right - left]
    return Patch(box, np.ascontiguousarray(ink[part]), np.ascontiguousarray(kept[part]))


def lay_patch(patch: Patch, weight: float, out: Image, scratch: Scratch) -> None:
    """Blend *patch* over *out* (BGRA), at *weight* of its strength."""
    left, top, right, bottom = patch.box
    below = out[top:bottom, left:right]
    inked = scratch.take(*patch.ink.shape)
    cv2.multiply(below, patch.kept, dst=inked, scale=1 / 255)
    if weight >= 1:
        cv2.add(inked, patch.ink, dst=below)
    else:
        cv2.add(inked, patch.ink, dst=inked)
        cv2.addWeighted(inked, weight, below, 1.0 - weight, 0.0, dst=below)
