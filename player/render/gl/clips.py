"""Frames of moving sources on the GPU: uploaded when they change, and laid on a layer's planes as they are."""

from __future__ import annotations

from dataclasses import dataclass

import moderngl
import numpy as np

from player.render.gl.passes import Pass, Target, texture_of
from player.render.planes import Box
from player.render.protocol import Frame, Image
from player.units import Size


@dataclass(slots=True, eq=False)
class Screen:
    """What the frames of one clip are uploaded into. For the context's thread."""

    luma: moderngl.Texture
    chroma: moderngl.Texture
    serial: int = 0
    """Of the frame that is there; 0: none."""

    def take(self, frame: Frame) -> None:
        """Upload *frame*, unless it is there."""
        if frame.serial == self.serial:
            return
        self.serial = 0
        for texture, plane in ((self.luma, frame.luma), (self.chroma, frame.chroma)):
            texture.write(_whole(plane))
        self.serial = frame.serial

    def lay(self, brush: Pass, box: Box, on: tuple[Target, Target]) -> None:
        """Draw what is there over *box*, whose edges are even, on luma and chroma; what lies beyond them is cut off."""
        for target, texture, step in zip(on, (self.luma, self.chroma), (1, 2), strict=True):
            left, top, right, bottom = (float(edge // step) for edge in box)
            brush.draw(target, [texture], box=(left, top, right, bottom), inputs={"place": (left, top), "strength": 1.0})

    def release(self) -> None:
        """Free it."""
        self.luma.release()
        self.chroma.release()


def screen_of(context: moderngl.Context, box: Box) -> Screen:
    """Return a screen for frames as large as *box*; DeviceLostError when the GPU has no memory for it."""
    width, height = box.right - box.left, box.bottom - box.top
    return Screen(texture_of(context, Size(width, height), 1), texture_of(context, Size(width // 2, height // 2), 2))


def _whole(plane: Image) -> Image:
    return plane if plane.flags.c_contiguous else np.ascontiguousarray(plane)
