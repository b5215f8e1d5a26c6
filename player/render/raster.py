"""Photos made ready to be drawn at any size near their final one, and drawing them with sub-pixel edges."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor
from typing import Final

import cv2
import numpy as np

from player.errors import DrawError
from player.render.planes import Planes, chroma_of, luma_of
from player.render.protocol import Image
from player.render.spans import PAD, Sight, Span, span
from player.show.scene import Figure, Move
from player.units import Rect, Size

OVERSIZE: Final = 1.25
"""A prepared photo's size by that of its final place: bilinear sampling stays sharp, and whole-pixel pairs are near."""

_TAKEN_AS_IT_IS: Final = (1.1, 1.5)
"""A photo that is this many times its final place already is not sampled twice."""

_LARGEST: Final = 4.0
"""Of a prepared photo's side by the canvas's: a show that zooms deep into a photo pays in sharpness, not in memory."""


@dataclass(frozen=True, slots=True, eq=False)
class Cutout:
    """The part of a photo that its way over the canvas ever shows."""

    pixels: Image
    """RGB, even sides, about OVERSIZE times as large as it is shown."""
    part: Rect
    """What of the photo this is, in fractions of it."""


@dataclass(frozen=True, slots=True, eq=False)
class Raster:
    """One array of pixels of a cutout, with PAD replicated pixels around."""

    pixels: Image
    """rows x columns, or rows x columns x channels."""
    part: Rect
    step: int
    """Canvas pixels that one pixel of the target covers: 1, or 2 for chroma."""


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """A photo as planes, ready to move."""

    luma: Raster
    chroma: Raster


class Scratch:
    """Memory that frames are made in, kept from one to the next: allocating megabytes costs more than filling them."""

    def __init__(self) -> None:
        self._memory = np.empty(0, np.uint8)

    def take(self, *shape: int) -> Image:
        """Return an array of *shape* with unknown contents, valid until the next call."""
        length = int(np.prod(shape))
        if length > self._memory.size:
            self._memory = np.empty(length + length // 8, np.uint8)  # a growing photo asks for a little more every time
        return self._memory[:length].reshape(shape)

    def wipe(self) -> None:
        """Blacken all of it."""
        self._memory.fill(0)


def check(photo: Image) -> None:
    """Make sure that *photo* is an RGB picture.

    Raises:
        DrawError: it is not.
    """
    if photo.ndim != 3 or photo.shape[2] != 3 or photo.dtype != np.uint8 or not photo.size:  # noqa: PLR2004 - RGB
        raise DrawError(f"A photo to draw must be height x width x 3 of bytes, not {photo.shape} of {photo.dtype}.")


def cut(photo: Image, move: Move, canvas: Size) -> Cutout:
    """Cut out of *photo* (RGB) what *move* shows, at about OVERSIZE times the size it is shown at.

    Raises:
        DrawError: the photo is no RGB picture, or the move shows nothing of it.
    """
    check(photo)
    height, width = photo.shape[:2]
    figures = (move.first, move.last)
    if any(min(*figure.view[2:], *figure.place[2:]) <= 0 for figure in figures):
        raise DrawError(f"The way of photo {move.last.photo[:12]} passes through a figure without area.")
    left, columns = _whole([(f.view.x, f.view.right) for f in figures], width)
    top, rows = _whole([(f.view.y, f.view.bottom) for f in figures], height)
    across = max(f.place.width / f.view.width for f in figures) / width
    down = max(f.place.height / f.view.height for f in figures) / height
    size = _size_for(Size(columns, rows), (across, down), canvas)
    pixels = photo[top : top + rows, left : left + columns]
    if size is None:
        size = Size(columns + columns % 2, rows + rows % 2)
        pixels = cv2.copyMakeBorder(pixels, 0, rows % 2, 0, columns % 2, cv2.BORDER_REPLICATE)
        columns, rows = size
    else:
        shrinks = size.width * size.height < columns * rows
        pixels = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC)
    return Cutout(np.asarray(pixels, np.uint8), Rect(left / width, top / height, columns / width, rows / height))


def _whole(ranges: list[tuple[float, float]], length: int) -> tuple[int, int]:
    """Return the first pixel and the number of pixels, of *length*, that hold all *ranges* of fractions."""
    first = min(max(0, floor(min(low for low, _ in ranges) * length + 1e-6)), length - 1)
    last = min(length, ceil(max(high for _, high in ranges) * length - 1e-6))
    return first, max(1, last - first)


def _size_for(size: Size, scale: tuple[float, float], canvas: Size) -> Size | None:
    """Return what to resample *size* to, when it is shown *scale* times as large; None to take it as it is."""
    low, high = _TAKEN_AS_IT_IS
    if all(low <= 1 / s <= high for s in scale):
        return None
    wanted = (
        min(size.width * scale[0] * OVERSIZE, canvas.width * _LARGEST),
        min(size.height * scale[1] * OVERSIZE, canvas.height * _LARGEST),
    )
    return Size(*(2 * max(1, round(side / 2)) for side in wanted))


def full_colour(cutout: Cutout) -> Raster:
    """Return *cutout* as padded BGRA."""
    return _padded(np.asarray(cv2.cvtColor(cutout.pixels, cv2.COLOR_RGB2BGRA), np.uint8), cutout.part, 1)


def planar(cutout: Cutout) -> Source:
    """Return *cutout* as padded planes."""
    return Source(
        _padded(luma_of(cutout.pixels), cutout.part, 1),
        _padded(chroma_of(cutout.pixels), cutout.part, 2),
    )


def _padded(pixels: Image, part: Rect, step: int) -> Raster:
    padded = cv2.copyMakeBorder(pixels, PAD, PAD, PAD, PAD, cv2.BORDER_REPLICATE)
    return Raster(np.asarray(padded, np.uint8), part, step)


def lay_source(source: Source, figure: Figure, out: Planes, canvas: Size, scratch: Scratch) -> None:
    """Draw *figure* of *source* over what *out* holds."""
    lay(source.luma, figure, out.luma, canvas, scratch)
    lay(source.chroma, figure, out.chroma, canvas, scratch)


def lay(raster: Raster, figure: Figure, out: Image, canvas: Size, scratch: Scratch) -> None:
    """Draw *figure* of *raster* over what *out* holds; a pixel that its edge crosses gets as much of it as it covers."""
    across, down = _spans(raster, figure, canvas)
    if across is None or down is None or figure.opacity <= 0:
        return
    (left, right), (top, bottom) = across.target, down.target
    block = scratch.take(bottom - top, right - left, *raster.pixels.shape[2:])
    seen = raster.pixels[slice(*down.source), slice(*across.source)]
    cv2.resize(seen, (right - left, bottom - top), dst=block, interpolation=cv2.INTER_LINEAR)
    block = block[down.low - top : down.high - top, across.low - left : across.high - left]
    below = out[down.low : down.high, across.low : across.high]
    _soften(block, below, across, down)
    if figure.opacity >= 1:
        np.copyto(below, block)
    else:
        cv2.addWeighted(block, figure.opacity, below, 1.0 - figure.opacity, 0.0, dst=below)


def _spans(raster: Raster, figure: Figure, canvas: Size) -> tuple[Span | None, Span | None]:
    """Place *figure* on the target of *raster*, across and down."""
    rows, columns = raster.pixels.shape[:2]
    place, view, part, step = figure.place, figure.view, raster.part, raster.step
    by_column = (columns - 2 * PAD) / part.width
    by_row = (rows - 2 * PAD) / part.height
    across = Sight(PAD + (view.x - part.x) * by_column, view.width * by_column, columns)
    down = Sight(PAD + (view.y - part.y) * by_row, view.height * by_row, rows)
    return (
        span(place.x / step, place.width / step, across, canvas.width / step),
        span(place.y / step, place.height / step, down, canvas.height / step),
    )


def _soften(block: Image, below: Image, across: Span, down: Span) -> None:
    """Mix the outermost rows and columns of *block* with what is *below* them, by how much the figure covers."""
    for cover, edge in (
        (down.low_cover, np.s_[:1, :]),
        (down.high_cover, np.s_[-1:, :]),
        (across.low_cover, np.s_[:, :1]),
        (across.high_cover, np.s_[:, -1:]),
    ):
        if cover < 1:
            cv2.addWeighted(block[edge], cover, below[edge], 1.0 - cover, 0.0, dst=block[edge])
