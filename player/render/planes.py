"""Pictures as luma and chroma planes (NV12): what moves and fades, because it is three times less work than BGRA.

The planes are what ``cv2.cvtColorTwoPlane`` reads: BT.601 in limited range, 219 steps of grey for 255. Measured, that
costs 0.14 codes of a grey on average and never more than one, and converting from full range instead takes four times
as long (3.9 ms a frame for 0.8, at 1920x1080). What stands still is drawn from full colour, fills are filled in it, and
dark grounds are dithered, so no step shows.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor
from typing import Final, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from player.render.protocol import Image
from player.units import Colour, Rect, Size

LUMA_FROM_RGB: Final[NDArray[np.float32]] = np.array([[0.256788, 0.504129, 0.097906, 16.0]], np.float32)
"""ITU-R BT.601, studio range, 8 bits: Y from R, G, B and 1."""

CHROMA_FROM_RGB: Final[NDArray[np.float32]] = np.array(
    [[-0.148223, -0.290993, 0.439216, 128.0], [0.439216, -0.367788, -0.071427, 128.0]], np.float32
)
"""Cb and Cr, likewise."""


@dataclass(frozen=True, slots=True, eq=False)
class Planes:
    """A picture with even sides: luma height x width, chroma half of each, Cb and Cr interleaved."""

    luma: Image
    chroma: Image


class Box(NamedTuple):
    """Whole pixels of a canvas: from left, top up to right, bottom."""

    left: int
    top: int
    right: int
    bottom: int

    def holds(self, other: Box) -> bool:
        """Whether all of *other* lies in it."""
        return self.left <= other.left and self.top <= other.top and self.right >= other.right and self.bottom >= other.bottom


RIM: Final = 4
"""Pixels on either side of a figure's edge that a fraction of it may touch: two of chroma."""


def box_of(place: Rect, canvas: Size) -> Box | None:
    """Return the pixels of *canvas* that *place* touches; None when it touches none."""
    box = Box(
        max(0, floor(place.x)),
        max(0, floor(place.y)),
        min(canvas.width, ceil(place.right)),
        min(canvas.height, ceil(place.bottom)),
    )
    return box if box.right > box.left and box.bottom > box.top else None


def clipped(box: Box, canvas: Size) -> Box | None:
    """Return what of *box* lies on *canvas*; None when nothing does."""
    cut = Box(max(0, box.left), max(0, box.top), min(canvas.width, box.right), min(canvas.height, box.bottom))
    return cut if cut.right > cut.left and cut.bottom > cut.top else None


def even(size: Size) -> Size:
    """Return *size* with odd sides one longer: chroma has one value for two pixels."""
    return Size(size.width + size.width % 2, size.height + size.height % 2)


def blank(canvas: Size) -> Planes:
    """Return black planes for *canvas*, its sides made even."""
    width, height = even(canvas)
    return Planes(
        np.full((height, width), 16, np.uint8),
        np.full((height // 2, width // 2, 2), 128, np.uint8),
    )


def wipe(planes: Planes) -> None:
    """Blacken *planes*, so that nothing of what they held is left in memory."""
    planes.luma.fill(16)
    planes.chroma.fill(128)


def copy(source: Planes, out: Planes) -> None:
    """Copy *source* into *out*."""
    np.copyto(out.luma, source.luma)
    np.copyto(out.chroma, source.chroma)


def copy_rim(source: Planes, box: Box, out: Planes) -> None:
    """Copy *source* into *out* along the edges of *box* alone."""
    for step, plane, target in ((1, source.luma, out.luma), (2, source.chroma, out.chroma)):
        left, top, right, bottom = (edge // step for edge in box)
        for rows, columns in (
            (slice(max(0, top - RIM), top + RIM), slice(max(0, left - RIM), right + RIM)),
            (slice(max(0, bottom - RIM), bottom + RIM), slice(max(0, left - RIM), right + RIM)),
            (slice(max(0, top - RIM), bottom + RIM), slice(max(0, left - RIM), left + RIM)),
            (slice(max(0, top - RIM), bottom + RIM), slice(max(0, right - RIM), right + RIM)),
        ):
            np.copyto(target[rows, columns], plane[rows, columns])


def lay_part(source: Planes, box: Box, out: Planes) -> None:
    """Copy *source*, as large as *box*, into it on *out*: what of it lies there. Its edges are even."""
    for step, plane, target in ((1, source.luma, out.luma), (2, source.chroma, out.chroma)):
        left, top, right, bottom = (edge // step for edge in box)
        rows, columns = slice(max(0, top), min(bottom, target.shape[0])), slice(max(0, left), min(right, target.shape[1]))
        if rows.start < rows.stop and columns.start < columns.stop:
            part = plane[rows.start - top : rows.stop - top, columns.start - left : columns.stop - left]
            np.copyto(target[rows, columns], part)


def mix(below: Planes, above: Planes, opacity: float, out: Planes) -> None:
    """Fade: *above* at *opacity* over *below*, plane by plane, into *out* (which may be one of them)."""
    cv2.addWeighted(above.luma, opacity, below.luma, 1.0 - opacity, 0.0, dst=out.luma)
    cv2.addWeighted(above.chroma, opacity, below.chroma, 1.0 - opacity, 0.0, dst=out.chroma)


def to_bgra(planes: Planes, out: Image) -> None:
    """Convert *planes* into *out*, BGRA of the same even size, opaque."""
    cv2.cvtColorTwoPlane(planes.luma, planes.chroma, cv2.COLOR_YUV2BGRA_NV12, dst=out)


def part_to_bgra(planes: Planes, box: Box, out: Image) -> None:
    """Convert what of *planes* lies in *box*, its sides made even, into its place in *out*; the rest of *out* stays."""
    left, top = box.left & ~1, box.top & ~1
    right, bottom = box.right + (box.right & 1), box.bottom + (box.bottom & 1)
    cv2.cvtColorTwoPlane(
        planes.luma[top:bottom, left:right],
        planes.chroma[top // 2 : bottom // 2, left // 2 : right // 2],
        cv2.COLOR_YUV2BGRA_NV12,
        dst=out[top:bottom, left:right],
    )


def luma_of(rgb: Image) -> Image:
    """Return the luma plane of an RGB picture."""
    return np.asarray(cv2.transform(rgb, LUMA_FROM_RGB), np.uint8).reshape(rgb.shape[:2])


def chroma_of(rgb: Image) -> Image:
    """Return the interleaved half-size chroma plane of an RGB picture with even sides, each value the mean of four pixels."""
    height, width = rgb.shape[:2]
    half = cv2.resize(rgb, (width // 2, height // 2), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.transform(half, CHROMA_FROM_RGB), np.uint8).reshape(height // 2, width // 2, 2)


def solid(colour: Colour, canvas: Size) -> Planes:
    """Return planes of one colour for *canvas*; what they convert back to may be two codes off, so fills are drawn in RGB."""
    rgb = np.array([*colour, 1.0], np.float32)
    planes = blank(canvas)
    planes.luma.fill(round((LUMA_FROM_RGB @ rgb).item()))
    planes.chroma[:] = np.rint(CHROMA_FROM_RGB @ rgb)
    return planes
