"""A live picture inside a frame of a fixed size: contained, with black beside it. Its shape may change while it runs."""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

from av.video.frame import VideoFrame

from player.film.colour import BLACK, GREY, Plane
from player.film.frames import Converter
from player.units import Size


class _Shape(NamedTuple):
    size: Size
    stretch: Fraction


class _Box(NamedTuple):
    left: int
    top: int
    size: Size


class Boxed:
    """Frames of one stream to NV12 planes of one size."""

    def __init__(self, size: Size) -> None:
        """*size*: of the planes, even."""
        self._size = size
        self._shape: _Shape | None = None
        self._box = _Box(0, 0, size)
        self._converter = Converter(size)

    def convert(self, frame: VideoFrame, stretch: Fraction | None, luma: Plane, chroma: Plane) -> Size:
        """Write *frame*, whose pixels are so much wider than high, into planes; return its size in square pixels.

        FilmError or FFmpegError as `Converter` says.
        """
        shape = _Shape(Size(frame.width, frame.height), stretch or Fraction(1))
        seen = seen_size(shape.size, shape.stretch)
        if shape != self._shape:
            self._shape, self._box = shape, _contained(seen, self._size)
            self._converter = Converter(self._box.size)
        left, top, (width, height) = self._box
        if (width, height) != self._size:
            luma[:], chroma[:] = BLACK, GREY
        place = luma[top : top + height, left : left + width]
        colours = chroma[top // 2 : (top + height) // 2, left // 2 : (left + width) // 2]
        self._converter.convert(frame, place, colours)
        return seen


def seen_size(size: Size, stretch: Fraction) -> Size:
    """Return *size* with its pixels made square, *stretch* being a pixel's width to its height; sides at least 2 and even."""
    width = size.width * stretch if Fraction(1, 8) <= stretch <= 8 else Fraction(size.width)  # noqa: PLR2004  else it is a slip
    return Size(max(2, round(width / 2) * 2), max(2, size.height // 2 * 2))


def _contained(seen: Size, within: Size) -> _Box:
    scale = min(within.width / seen.width, within.height / seen.height)
    size = Size(*(max(2, min(most, round(side * scale / 2) * 2)) for side, most in zip(seen, within, strict=True)))
    left, top = ((most - side) // 4 * 2 for side, most in zip(size, within, strict=True))
    return _Box(left, top, size)
