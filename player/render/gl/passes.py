"""How anything is drawn: one program over one rectangle of a target."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from typing import TypeAlias, cast

import moderngl

from player.errors import DeviceLostError
from player.units import Size

Value: TypeAlias = float | tuple[float, ...]


class Blend(Enum):
    """How what is drawn joins what lies there."""

    OVER = (moderngl.SRC_ALPHA, moderngl.ONE_MINUS_SRC_ALPHA)
    """Mixed by alpha."""
    INK = (moderngl.ONE, moderngl.ONE_MINUS_SRC_ALPHA)
    """Premultiplied."""
    LIGHT = (moderngl.ONE, moderngl.ONE)
    """Added."""
    SHADE = (moderngl.ONE, moderngl.SRC_ALPHA)
    """Added; alpha is what is kept of what lies there."""


def texture_of(context: moderngl.Context, size: Size, components: int, dtype: str = "f1") -> moderngl.Texture:
    """Return a texture of *size*, its pixels read as they are, not between them.

    Raises:
        DeviceLostError: the GPU has no memory for it.
    """
    try:
        made = context.texture(size, components, dtype=dtype)
    except moderngl.Error as error:
        raise DeviceLostError(f"The GPU gives no memory for {size.width}x{size.height} pixels: {error}") from error
    made.filter = (moderngl.NEAREST, moderngl.NEAREST)
    made.repeat_x = made.repeat_y = False
    return made


class Target:
    """A texture that is drawn on; its first row is the top of the picture."""

    def __init__(self, context: moderngl.Context, size: Size, components: int, dtype: str) -> None:
        """Make one of *size*; *dtype* is one of moderngl's: nu2 are 16 bits from 0 to 1, f1 8 bits, f4 floats."""
        self.texture = texture_of(context, size, components, dtype)
        self.frame = context.framebuffer((self.texture,))
        self.size = size
        self._context = context

    def clear(self, *colour: float) -> None:
        """Fill it."""
        red, green, blue, alpha = (*colour, 0.0, 0.0, 0.0, 0.0)[:4]
        self.frame.clear(red, green, blue, alpha)

    def release(self) -> None:
        """Free its memory."""
        self._context.detect_framebuffer(0).use()  # moderngl goes back to whatever was drawn on last, freed or not
        self.frame.release()
        self.texture.release()


def array_of(
    context: moderngl.Context, program: moderngl.Program, content: Sequence[tuple[moderngl.Buffer, str, str, str]]
) -> moderngl.VertexArray:
    """Return what *program* draws its corners from: buffers, their layout, and two names of inputs; or nothing at all."""
    make = cast("Callable[..., moderngl.VertexArray]", context.vertex_array)  # pyright: ignore[reportUnknownMemberType]  a vague stub
    return make(program, list(content))


class Pass:
    """A program, and where its inputs go. Call it in the thread of its context."""

    def __init__(self, context: moderngl.Context, fragment: str, vertex: str, samplers: Sequence[str] = ("pixels",)) -> None:
        """Compile; *samplers* names its textures in the order in which they will be given."""
        try:
            self.program = context.program(vertex_shader=vertex, fragment_shader=fragment)
        except moderngl.Error as error:  # what compiles on one driver compiles on all, but for their own faults
            raise DeviceLostError(f"The GPU's driver does not take a program of ours: {error}") from error
        self._context = context
        self._uniforms = {name: self.program[name] for name in self.program}
        for unit, name in enumerate(samplers):
            self.set(name, unit)
        self._quad: moderngl.VertexArray | None = None

    def release(self) -> None:
        """Free what contexts share of it; the rest goes with its own."""
        self.program.release()

    def set(self, name: str, value: Value) -> None:
        """Give one input its value."""
        cast("moderngl.Uniform", self._uniforms[name]).value = value

    def ready(
        self,
        frame: moderngl.Framebuffer,
        size: Size,
        textures: Sequence[moderngl.Texture],
        *,
        blend: Blend | None = None,
        at: tuple[int, int] = (0, 0),
    ) -> None:
        """Point everything at *textures* and at *size* pixels of *frame*, the first of which in its memory is *at*."""
        frame.use()
        frame.viewport = (*at, size.width, size.height)
        if blend is None:
            self._context.enable_only(moderngl.NOTHING)
        else:
            self._context.enable_only(moderngl.BLEND)
            self._context.blend_func = blend.value
        for unit, texture in enumerate(textures):
            texture.use(unit)
        self.set("target", tuple(size))

    def draw(
        self,
        target: Target,
        textures: Sequence[moderngl.Texture],
        *,
        box: tuple[float, float, float, float] | None = None,
        blend: Blend | None = None,
        inputs: Mapping[str, Value],
    ) -> None:
        """Draw over *box* of *target* (left, top, right, bottom; None: all of it)."""
        self.onto(target.frame, target.size, textures, box=box, blend=blend, inputs=inputs)

    def onto(
        self,
        frame: moderngl.Framebuffer,
        size: Size,
        textures: Sequence[moderngl.Texture],
        *,
        box: tuple[float, float, float, float] | None = None,
        blend: Blend | None = None,
        at: tuple[int, int] = (0, 0),
        inputs: Mapping[str, Value],
    ) -> None:
        """Draw over *box* of *size* pixels of any *frame*, a window's too, the first of which in its memory is *at*."""
        self.ready(frame, size, textures, blend=blend, at=at)
        self.set("box", box or (0.0, 0.0, float(size.width), float(size.height)))
        for name, value in inputs.items():
            self.set(name, value)
        if self._quad is None:
            self._quad = array_of(self._context, self.program, [])
        self._quad.render(moderngl.TRIANGLE_STRIP, vertices=4)
