"""The light of every outlet before it is shown, for the governor: it must lower the very frame that it objects to.

So it is measured first, by the same code that will draw it: every pixel of every outlet, in means of blocks, and those in
means of 16 x 16 tiles. Four kilobytes an outlet are read back before anything is drawn in full. That is one wait for the GPU
a frame, however many outlets there are, and no picture of full size is written only to be read again.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import isqrt
from typing import Final

import moderngl
import numpy as np

from player.output.governor import luminance
from player.render.gl.mapping import Outlet, Tiles
from player.render.gl.passes import Pass, Target
from player.render.gl.shaders import BLOCK, MEAN, QUAD
from player.units import Size

ACROSS: Final = 16
"""Tiles to a side."""
BLOCKS: Final = 1024
"""In a tile, about: enough of them to keep a GPU busy, few enough to be added up in no time."""


class Measure:
    """Measures outlets. Call it in the thread of its context."""

    def __init__(self, context: moderngl.Context) -> None:
        """Compile."""
        self._context = context
        self._block = Pass(context, BLOCK, QUAD, ("canvas", "sampling", "factors"))
        self._mean = Pass(context, MEAN, QUAD)
        self._targets_of: dict[Size, tuple[Target, Target]] = {}
        self._strips_of: dict[Size, Target] = {}
        self._tiles: Target | None = None

    def tiles(self, looks: Sequence[tuple[moderngl.Texture, Outlet, float]], *, level: float) -> list[Tiles]:
        """Return the light, tile by tile, that outlets would give at *level*: each of a canvas's light, so far dimmed."""
        if not looks:
            return []
        all_of_them = self._all(len(looks))
        for k, (light, outlet, dim) in enumerate(looks):
            block = block_of(outlet.size)
            blocks, strips = self._targets(outlet.size, block)
            inputs = {**outlet.inputs(level, dim), "block": block, "extent": tuple(outlet.size)}
            self._block.draw(blocks, [light, *outlet.textures], inputs=inputs)
            self._average(blocks.texture, strips, all_of_them, k)
        read = np.frombuffer(all_of_them.frame.read(components=4, dtype="f4"), np.float32)
        means = read.reshape(-1, ACROSS, ACROSS, 4)[: len(looks)]
        found = means[..., :3] / means[..., 3:]  # blocks at the edges lie on the output in part
        return list(np.minimum(found, np.float32(1)))

    def level(self, light: moderngl.Texture) -> float:
        """Return the mean relative luminance of a canvas's *light*, 0 to 1."""
        size = Size(light.width, light.height)
        if size not in self._strips_of:
            self._strips_of[size] = Target(self._context, Size(ACROSS, size.height), 4, "f4")
        tiles = self._all(1)
        self._average(light, self._strips_of[size], tiles, 0)
        read = np.frombuffer(tiles.frame.read(components=4, dtype="f4"), np.float32)
        return float(luminance(read.reshape(-1, ACROSS, ACROSS, 4)[0, ..., :3]).mean())

    def forget(self) -> None:
        """Blacken whatever may hold pixels: means of blocks are a small picture."""
        pairs = (target for pair in self._targets_of.values() for target in pair)
        for target in (*pairs, *self._strips_of.values(), *((self._tiles,) if self._tiles is not None else ())):
            target.clear()

    def _average(self, pixels: moderngl.Texture, strips: Target, into: Target, place: int) -> None:
        """Bring the means of 16 x 16 parts of *pixels* to their *place* in a column of such."""
        self._mean.draw(strips, [pixels], inputs={"strips": ACROSS, "axis": 0, "place": (0.0, 0.0)})
        box = (0.0, float(place * ACROSS), float(ACROSS), float((place + 1) * ACROSS))
        self._mean.draw(into, [strips.texture], box=box, inputs={"strips": ACROSS, "axis": 1, "place": (0.0, box[1])})

    def _targets(self, size: Size, block: int) -> tuple[Target, Target]:
        """Return what outlets of *size* are measured in: blocks, and means of strips of them."""
        if size not in self._targets_of:
            small = Size(-(-size.width // block), -(-size.height // block))
            self._targets_of[size] = (
                Target(self._context, small, 4, "f2"),
                Target(self._context, Size(ACROSS, small.height), 4, "f4"),
            )
        return self._targets_of[size]

    def _all(self, count: int) -> Target:
        """Return where the tiles of *count* outlets are put together."""
        if self._tiles is None or self._tiles.size.height < count * ACROSS:
            if self._tiles is not None:
                self._tiles.release()
            self._tiles = Target(self._context, Size(ACROSS, count * ACROSS), 4, "f4")
        return self._tiles


def block_of(size: Size) -> int:
    """Return the side of a block, for an outlet of *size*; tiles end where blocks do."""
    return max(1, isqrt(size.width * size.height // (ACROSS * ACROSS * BLOCKS)))
