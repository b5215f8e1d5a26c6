"""What leaves for viewers of a film: the canvas itself, or what each output of the wall makes of it, mapped and governed.

Both are drawn as on the wall. Only dither is left out of mapped films: noise that is another one in each picture would cost more
than all of the rest.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Protocol, TypeAlias

import numpy as np

from player.commissioning.throw import Throws
from player.output.course import light as light_of
from player.output.finish import Finish
from player.output.homography import Floats
from player.output.level import level
from player.output.light import black, dim
from player.output.maps import maps_of
from player.render.protocol import Image, Renderer
from player.screen.governing import Governing, fading
from player.screen.presenter import Picture
from player.units import Nanos, Size

WHOLE: Final = ""
"""The canvas's name."""
Serials: TypeAlias = tuple[int, ...]
"""Of the frames of films."""


class Lens(Protocol):
    """Makes of a picture of the show what a film has of it."""

    @property
    def sizes(self) -> Mapping[str, Size]:
        """Of each film, by its name."""
        ...

    def seen(self, picture: Picture, t: Nanos) -> Mapping[str, Image]:
        """Return the pixels of each film, BGRA, which are the caller's; the very same array as before: nothing has changed."""
        ...


class Whole:
    """The canvas, as in a window."""

    def __init__(self, renderer: Renderer, canvas: Size) -> None:
        self.sizes: Mapping[str, Size] = {WHOLE: canvas}
        self._renderer, self._canvas = renderer, canvas
        self._before: tuple[tuple[Picture, Serials], Mapping[str, Image]] | None = None

    def seen(self, picture: Picture, t: Nanos) -> Mapping[str, Image]:
        """Draw it, if it is another one than before; see `Lens`."""
        del t
        wanted = picture, _serials(self._renderer, picture)
        if self._before is None or self._before[0] != wanted:
            self._before = wanted, {WHOLE: self._drawn(picture)}
        return self._before[1]

    def _drawn(self, picture: Picture) -> Image:
        image = drawn(self._renderer, picture, self._canvas)
        dim(image, picture.light)
        return image


class Mapped:
    """All outputs of a wall."""

    def __init__(self, renderer: Renderer, throws: Throws, cap: float | None) -> None:
        """Throw as *throws* says; *cap* is the greatest picture level, None: it does not matter.

        Raises:
            GeometryError: a shape cannot be.
        """
        outputs = throws.outputs
        maps = maps_of([(each.seat, each.shape) for each in outputs])
        self.sizes: Mapping[str, Size] = {each.id: each.seat.size for each in outputs}
        self._renderer, self._canvas = renderer, throws.canvas
        self._finishes = {
            each.id: Finish(found, each.shape.light, dithered=False) for each, found in zip(outputs, maps, strict=True)
        }
        self._dims = {each.id: light_of(each.brightness) for each in outputs}
        self._governing = Governing(cap)
        self._before: tuple[tuple[Picture, Serials], Mapping[str, Image]] | None = None
        self._is_at_rest = False
        """Whether the governor has nothing more to give back."""

    def seen(self, picture: Picture, t: Nanos) -> Mapping[str, Image]:
        """Draw it for each output, as bright as is safe; see `Lens`."""
        wanted = picture, _serials(self._renderer, picture)
        if self._before is not None and self._is_at_rest and self._before[0] == wanted:
            return self._before[1]
        found = self._drawn(picture, t)
        self._is_at_rest = self._governing.shown(t) is None
        self._before = wanted, found
        return found

    def _drawn(self, picture: Picture, t: Nanos) -> Mapping[str, Image]:
        ids, governing = tuple(self._finishes), self._governing
        outs = {name: np.empty((size.height, size.width, 4), np.uint8) for name, size in self.sizes.items()}
        if picture.scene is None:
            governing.begin(ids)
            for out in outs.values():
                black(out)
            return outs
        image = self._renderer.draw(picture.scene)
        governing.begin()
        share, fade = governing.dim(picture.light, lambda: level(image)), fading(picture.light)
        gain = governing.held(ids, t)
        tiles = [self._finish(name, image, outs[name], fade * gain, share) for name in ids]
        lit = [np.asarray(each / gain, np.float32) if 0 < gain < 1 else each for each in tiles]
        safe = governing.settle(ids, lit, t)
        if safe < gain:
            for name in ids:
                self._finish(name, image, outs[name], fade * safe, share)
        return outs

    def _finish(self, name: str, image: Image, out: Image, gain: float, share: float) -> Floats:
        return self._finishes[name].finish(image, out, gain, dim=share * self._dims[name])


def _serials(renderer: Renderer, picture: Picture) -> Serials:
    """Return which frames of films *picture* shows now: with others, an equal picture looks otherwise."""
    return () if picture.scene is None else renderer.serials(picture.scene)


def drawn(renderer: Renderer, picture: Picture, canvas: Size) -> Image:
    """Return a picture of the show in memory of its own, BGRA, its light not counted; black where it is dark."""
    image = np.empty((canvas.height, canvas.width, 4), np.uint8)
    if picture.scene is None:
        black(image)
        return image
    return renderer.draw(picture.scene, image)
