"""The canvas on the GPU: layers mixed by their shares and converted, ink on top; encoded sRGB in 16 bits a channel.

Fades are mixed as the CPU mixes them, as encoded planes, or in linear light; one shader decodes, mixes in floating point and
encodes, so that nothing in between is rounded. Sixteen bits of 0 to 1 are finer for encoded light than half floats, whose
steps between 0.5 and 1 are an eighth of a code.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import moderngl
import numpy as np

from player.render.clips import Frames
from player.render.flame import corner_of, pose_at
from player.render.gl.passes import Blend, Pass, Target
from player.render.gl.pictures import Candle, Mark, Picture
from player.render.gl.planes import Brushes, Desk
from player.render.gl.shaders import BGRA, DECODE, QUAD, mixing
from player.render.layers import inks, weights
from player.render.protocol import Image
from player.show.scene import Ink, Layer
from player.units import Size

MOST_LAYERS: Final = 8
"""Of a mix: two textures each, and 16 is what every GPU can read. Of more, the lowest are hidden by those above but for a
few thousandths."""


class Shown(NamedTuple):
    """A layer with all that is drawn of it."""

    layer: Layer
    picture: Picture
    frames: Frames = ()
    """Of its clips."""
    said: tuple[tuple[Ink, Mark], ...] = ()


class Canvas:
    """Where a scene is put together. Call it in the thread of its context."""

    def __init__(self, context: moderngl.Context, size: Size, *, linear: bool) -> None:
        """Make one of *size*; fades are mixed in *linear* light, or encoded as on the CPU."""
        self._context = context
        self._size = size
        self._linear = linear
        self._brushes = Brushes(context)
        self._desks = [Desk(self._brushes, size)]
        self._mixes: dict[int, Pass] = {1: self._mix(1), 2: self._mix(2)}
        self._bgra = Pass(context, BGRA, QUAD)
        self._drawn = Target(context, size, 4, "nu2")
        self._decode = Pass(context, DECODE, QUAD)
        self._light: Target | None = None
        self._read: Target | None = None

    def draw(self, shown: Sequence[Shown]) -> moderngl.Texture:
        """Draw the visible layers, lowest first; return the canvas, valid until the next call.

        Raises:
            DrawError: pixels are not up, or a figure is none of its composition's.
        """
        layer, picture = shown[0].layer, shown[0].picture
        if len(shown) == 1 and layer.at_rest and picture.rest is not None and layer.figures == picture.last:
            return picture.rest.texture
        shown = shown[-MOST_LAYERS:]
        shares = weights([each.layer for each in shown])
        desks = self._seated([each.picture for each in shown])
        for desk, each in zip(desks, shown, strict=True):
            desk.compose(each.picture, each.layer.figures, each.frames)
        self._mixed(desks, shares)
        for each, share in zip(shown, shares, strict=True):
            for candle in each.picture.candles:
                self._burn(candle, each.layer.tick, share)
        for mark, weight in inks([(*each.picture.marks, *each.said) for each in shown], shares):
            self._lay(mark, weight)
        return self._drawn.texture

    def read(self, canvas: moderngl.Texture, out: Image) -> None:
        """Read *canvas*, one that `draw` has returned, into *out*: BGRA, whose rows may be padded."""
        if self._read is None:
            self._read = Target(self._context, self._size, 4, "f1")
        self._bgra.draw(self._read, [canvas], inputs={})
        if out.flags.c_contiguous:
            self._read.frame.read_into(out, components=4)
            return
        plain = np.empty((self._size.height, self._size.width, 4), np.uint8)
        self._read.frame.read_into(plain, components=4)
        np.copyto(out, plain)

    def light_of(self, image: Image) -> Target:
        """Return the light of another canvas, BGRA: the caller releases it."""
        pixels = self._context.texture((self._size.width, self._size.height), 4, np.ascontiguousarray(image))
        pixels.filter = (moderngl.NEAREST, moderngl.NEAREST)
        pixels.swizzle = "BGRA"
        light = Target(self._context, self._size, 4, "f2")
        self._decode.draw(light, [pixels], inputs={})
        pixels.release()
        return light

    def light(self, canvas: moderngl.Texture) -> moderngl.Texture:
        """Return the light of *canvas*, one that `draw` has returned, in half floats: once for all outputs that look at it."""
        if self._light is None:
            self._light = Target(self._context, self._size, 4, "f2")
        self._decode.draw(self._light, [canvas], inputs={})
        return self._light.texture

    def forget(self, kept: Sequence[Picture]) -> None:
        """Blacken whatever may hold pixels of pictures that are not *kept*."""
        for desk in self._desks:
            if desk.picture is not None and not any(desk.picture is each for each in kept):
                desk.clear()
        for target in (self._drawn, self._light, self._read):
            if target is not None:
                target.clear()

    def release(self) -> None:
        """Free its memory."""
        for desk in self._desks:
            desk.release()
        for target in (self._drawn, self._light, self._read):
            if target is not None:
                target.release()

    def _mix(self, layers: int) -> Pass:
        samplers = [f"{plane}{k}" for k in range(layers) for plane in ("luma", "chroma")]
        return Pass(self._context, mixing(layers, linear=self._linear), QUAD, samplers)

    def _mixed(self, desks: Sequence[Desk], shares: Sequence[float]) -> None:
        count = len(desks)
        if count not in self._mixes:
            self._mixes[count] = self._mix(count)
        textures = [target.texture for desk in desks for target in (desk.luma, desk.chroma)]
        self._mixes[count].draw(self._drawn, textures, inputs={f"share{k}": share for k, share in enumerate(shares)})

    def _lay(self, mark: Mark, weight: float) -> None:
        left, top, right, bottom = (float(edge) for edge in mark.box)
        self._brushes.lay.draw(
            self._drawn,
            [mark.ink.texture],
            box=(left, top, right, bottom),
            blend=Blend.INK,
            inputs={"place": (left, top), "strength": weight},
        )

    def _burn(self, candle: Candle, tick: int, share: float) -> None:
        """Add a flame as it stands at *tick*, at *share* of its light."""
        made = candle.made
        left, top, right, bottom = (float(edge) for edge in made.rim)
        place = {"place": (left, top), "strength": share}
        self._brushes.lay.draw(
            self._drawn, [candle.rest.texture], box=(left, top, right, bottom), blend=Blend.LIGHT, inputs=place
        )
        pose, at, height = pose_at(made.flame, tick), made.flame.place, made.flame.place.height
        left, top, right, bottom = (float(edge) for edge in made.box)
        self._brushes.flame.draw(
            self._drawn,
            [candle.body.texture, candle.halo.texture],
            box=(left, top, right, bottom),
            blend=Blend.LIGHT,
            inputs={
                "place": (left, top),
                "foot": (at.x + at.width / 2, at.bottom),
                "height": height,
                "corner": corner_of(height),
                "bend": (pose.lean, pose.curl, pose.stretch),
                "light": pose.light,
                "strength": share,
            },
        )

    def _seated(self, pictures: Sequence[Picture]) -> list[Desk]:
        """Give each layer a desk: the one it lies on already, or one that nobody needs."""
        while len(self._desks) < len(pictures):
            self._desks.append(Desk(self._brushes, self._size))
        free = list(self._desks)
        seats: list[Desk | None] = []
        for picture in pictures:
            seat = next((desk for desk in free if desk.picture is picture), None)
            if seat is not None:
                free.remove(seat)
            seats.append(seat)
        return [seat or free.pop() for seat in seats]
