"""One output on the GPU: from the canvas to the pixels of a window, in a single pass.

The order of stages is that of every output, on the CPU as well: warp, mask, gain, blend weight and black lift, white balance,
brightness and governor, curve, dither, 8 bits. All of it is in floating point, from the light of the canvas to the codes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

import cv2
import moderngl
import numpy as np
from numpy.typing import NDArray

from player.output.maps import Maps
from player.output.shape import Light
from player.render.gl.passes import Pass, Target, Value, texture_of
from player.render.gl.shaders import FINISH, PUT, QUAD
from player.render.protocol import Image

Tiles: TypeAlias = NDArray[np.float32]
"""16 x 16 x 3: of each tile, row by row, the mean of linear red, green and blue; what the CPU's `Finish` returns as well."""

_INPUTS: Final = ("canvas", "sampling", "factors")
_NEUTRAL: Final = Light()
_ASIDE: Final[dict[str, Value]] = {"origin": (0, 0), "height": 0}
"""Where on a texture of ours an output is: all of it, its first row on top."""


@dataclass(frozen=True, slots=True)
class Onto:
    """Where on a window an output is."""

    enter: Callable[[], None]
    """Makes the window's OpenGL current."""
    at: tuple[int, int] = (0, 0)
    """The output's left edge, and its lower one as OpenGL counts: from the window's last row."""


class Outlet:
    """What leaves by a window or a part of it, or by a texture of ours where there is none. For the thread of its context."""

    def __init__(
        self,
        context: moderngl.Context,
        maps: Maps,
        light: Light,
        *,
        window: Onto | None = None,
    ) -> None:
        """Bring *maps* to the GPU.

        Args:
            context: OpenGL 3.3: the renderer's, or that of a window which shares its textures.
            maps: where each pixel looks, and how much light it gives.
            light: how it is set against the others.
            window: what it leaves by; None: a texture, to be read.
        """
        self.context = context
        self.maps = maps
        self.light = light
        self.size = maps.seat.size
        self._window = window
        self._begin()
        self._finish = Pass(context, FINISH, QUAD, _INPUTS)
        self._put: Pass | None = None
        self._sampling = texture_of(context, self.size, 2, "f4")
        self._factors = texture_of(context, self.size, 2, "f2")  # a two-thousandth of a light is enough
        self._target = Target(context, self.size, 4, "f1") if window is None else None
        self.shape(maps, light)

    def shape(self, maps: Maps, light: Light) -> None:
        """Take another shape of the same size: after an edit, so in the time between two frames.

        Raises:
            ValueError: it is of another size.
        """
        if maps.seat.size != self.size:
            raise ValueError(f"An outlet of {self.size} cannot become one of {maps.seat.size}.")
        self._begin()
        self.maps, self.light = maps, light
        self._sampling.write(np.ascontiguousarray(maps.sampling, np.float32))
        self._factors.write(np.dstack([maps.scale, maps.offset]).astype(np.float16))
        self.context.finish()  # another context is about to read them

    @property
    def textures(self) -> tuple[moderngl.Texture, moderngl.Texture]:
        """Where each pixel looks, and how much light it gives and adds."""
        return self._sampling, self._factors

    def inputs(self, level: float, dim: float) -> dict[str, Value]:
        """Return what both programs that make its light are told; see `draw`."""
        gain, balance = self.light.gain * dim, self.light.balance
        return {"gain": tuple(gain * each for each in balance), "lift": balance, "level": level}

    def draw(
        self,
        light: moderngl.Texture,
        *,
        seed: int,
        level: float = 1.0,
        dim: float = 1.0,
        shade: float = 1.0,
        dither: bool = True,
        aside: bool = False,
    ) -> Image | None:
        """Draw the canvas.

        Args:
            light: the canvas's, linear; of the seat's canvas size.
            seed: another one for each frame: what it is dithered with.
            level: of all light, black lift included: the governor's gain, and the way to dark and back.
            dim: of the picture alone, so that black stays even: curfew and the cap of the picture level. Both are linear.
            shade: of the codes in the end: where the display is dimmed as by its own control.
            dither: False for comparisons, and where no code is to be another than the canvas's.
            aside: draw it where nobody sees it, and return its pixels, BGRA, to be `put` when they are finished by hand.
        """
        self._begin()
        inputs = {
            **self.inputs(level, dim),
            "gamma": self.light.gamma or (0.0, 0.0, 0.0),
            "shade": shade,
            "dither": float(dither and not (level == dim == shade == 1 and self._is_neutral)),
            "seed": seed & 0x7FFFFFFF,
        }
        if not aside:
            self._finish.onto(self._frame, self.size, [light, *self.textures], at=self._at, inputs=inputs | self._place)
            return None
        target = Target(self.context, self.size, 4, "f1")
        self._finish.draw(target, [light, *self.textures], inputs=inputs | _ASIDE)
        image = np.asarray(cv2.cvtColor(_read(target), cv2.COLOR_RGB2BGRA), np.uint8)
        target.release()  # nothing of a picture is kept beside the window
        return image

    def put(self, image: Image) -> None:
        """Show *image*, BGRA of its size, as it is: without warp, mask, curve and dither."""
        self._begin()
        if self._put is None:
            self._put = Pass(self.context, PUT, QUAD)
        texture = texture_of(self.context, self.size, 4)
        texture.swizzle = "BGRA"
        texture.write(np.ascontiguousarray(image))
        self._put.onto(self._frame, self.size, [texture], at=self._at, inputs=self._place)
        texture.release()

    def black(self) -> None:
        """Draw nothing at all: no light leaves."""
        self._begin()
        self._frame.clear(0.0, 0.0, 0.0, 1.0, viewport=(*self._at, self.size.width, self.size.height))

    def read(self) -> NDArray[np.uint8]:
        """Return what was drawn last, height x width x RGB, where it was drawn on a texture."""
        assert self._target is not None  # noqa: S101 - a window is not to be read: it may be covered by another
        self._begin()
        return _read(self._target)

    def release(self) -> None:
        """Free what it shares with others; in the thread of a context that shares it, for its window may be gone."""
        for each in (*self.textures, self._finish, self._put):
            if each is not None:
                each.release()
        if self._target is not None:
            self._target.release()

    def _begin(self) -> None:
        if self._window is not None:
            self._window.enter()

    @property
    def _at(self) -> tuple[int, int]:
        return self._window.at if self._window is not None else (0, 0)

    @property
    def _place(self) -> dict[str, Value]:
        return _ASIDE if self._window is None else {"origin": self._at, "height": self.size.height}

    @property
    def _frame(self) -> moderngl.Framebuffer:
        return self._target.frame if self._target is not None else self.context.screen

    @property
    def _is_neutral(self) -> bool:
        """Whether every pixel is one of the canvas, unchanged: then there is nothing to dither."""
        return self.maps.is_straight and self.maps.is_plain and replace(self.light, black=0.0, p=2.0) == _NEUTRAL


def _read(target: Target) -> NDArray[np.uint8]:
    pixels = np.frombuffer(target.frame.read(components=3), np.uint8)
    return pixels.reshape(target.size.height, target.size.width, 3)
