"""Whether the GPU still draws what it is told: after a reset, or a sleep, textures may hold anything and no call complains."""

from __future__ import annotations

from typing import Final

import moderngl
import numpy as np

from player.errors import DeviceLostError
from player.render.gl.passes import Pass, Target
from player.render.gl.shaders import LAY, QUAD
from player.units import Size

_SIDE: Final = 16
_SEED: Final = 20050127
_LOST: Final = "GL_CONTEXT_LOST"


class Probe:
    """A block of noise that is kept on the GPU, drawn and read back now and then."""

    def __init__(self, context: moderngl.Context) -> None:
        """Bring the block to the GPU."""
        self._context = context
        self._lay = Pass(context, LAY, QUAD)
        self._block = np.random.default_rng(_SEED).integers(0, 256, (_SIDE, _SIDE, 4), np.uint8)
        self.texture = context.texture((_SIDE, _SIDE), 4, self._block.tobytes())
        self.texture.filter = (moderngl.NEAREST, moderngl.NEAREST)
        self._target = Target(context, Size(_SIDE, _SIDE), 4, "f1")

    def check(self) -> None:
        """Draw the block and compare.

        Raises:
            DeviceLostError: it is another one, or OpenGL says that it is gone.
        """
        self._target.clear()
        self._lay.draw(self._target, [self.texture], inputs={"place": (0.0, 0.0), "strength": 1.0})
        read = np.frombuffer(self._target.frame.read(components=4), np.uint8).reshape(self._block.shape)
        error = self._context.error
        if error == _LOST:
            raise DeviceLostError("The GPU was reset: OpenGL has lost its context.")
        if not np.array_equal(read, self._block):
            raise DeviceLostError("The GPU draws something else than it is told: a known block came back wrong.")
