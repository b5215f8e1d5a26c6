"""Outlets without windows, and in floating point what they are to give."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

import moderngl
import numpy as np
from numpy.typing import NDArray

from player.output.maps import Maps, maps_of
from player.output.shape import Light, Mesh, Point, Seat, Shape, grid
from player.render.gl.mapping import Outlet, Tiles
from player.render.gl.renderer import GlRenderer, View
from player.show.scene import Composition, Figure, Fill, Layer, Move, Scene
from player.units import WHOLE, Digest, Rect, Size
from tests.fakes.clock import FakeClock
from tests.fakes.letters import FakeLetters

Doubles = NDArray[np.float64]

CANVAS: Final = Size(480, 270)
OUT: Final = Size(400, 300)
PIN: Final = (Point(31.3, 22.8), Point(371.2, 47.1), Point(352.9, 271.4), Point(12.6, 288.7))
BENT: Final = Mesh(3, 3, tuple(Point(*p) for p in (*grid(3, 3)[:4], Point(0.53, 0.46), *grid(3, 3)[5:])))
APART: Final = 40.0  # pixels, from spot to spot, at least
A: Final = Digest("a" * 64)


def stage(context: moderngl.Context, image: NDArray[np.uint8]) -> tuple[GlRenderer, Scene, NDArray[np.uint8]]:
    """Return a renderer, a scene of one photo, *image*, and the canvas that comes of it (RGB)."""
    size = Size(image.shape[1], image.shape[0])
    renderer = GlRenderer(size, FakeLetters(), context, now=FakeClock().monotonic)
    figure = Figure(A, Rect(0, 0, *size), WHOLE)
    composition = Composition(size, Fill((0, 0, 0)), (Move(figure, figure),))
    renderer.prepare(composition, {A: image})
    scene = Scene(size, (Layer(composition, (figure,)),), until=0)
    return renderer, scene, np.ascontiguousarray(renderer.draw(scene)[..., 2::-1])


def show(
    renderer: GlRenderer,
    scene: Scene,
    outlets: Sequence[Outlet],
    *,
    seed: int,
    level: float = 1.0,
    dim: float = 1.0,
    judge: Callable[[Sequence[Tiles]], Sequence[float]] | None = None,
    dither: bool = True,
) -> None:
    """Draw a scene onto outlets."""
    renderer.compose(scene)
    renderer.show([View(outlet, dim=dim, dither=dither) for outlet in outlets], seed=seed, level=level, judge=judge)


def shown(
    context: moderngl.Context, image: NDArray[np.uint8], maps: Maps, light: Light, *, level: float = 1.0, dim: float = 1.0
) -> tuple[Doubles, NDArray[np.uint8]]:
    """Return what an outlet gives of *image*, as codes without dither; and the canvas."""
    outlet = Outlet(context, maps, light)
    renderer, scene, canvas = stage(context, image)
    show(renderer, scene, [outlet], seed=1, level=level, dim=dim, dither=False)
    read = outlet.read().astype(np.float64)
    outlet.release()
    return read, canvas


def light_of(code: Doubles) -> Doubles:
    """Return linear light, 0 to 1."""
    return np.where(code <= 0.04045, code / 12.92, ((code + 0.055) / 1.055) ** 2.4)


def codes_of(light: Doubles, gamma: Sequence[float] | None) -> Doubles:
    """Return codes, 0 to 255, unrounded."""
    if gamma is not None:
        return 255 * light ** (1 / np.array(gamma))
    return 255 * np.where(light <= 0.0031308, light * 12.92, 1.055 * np.maximum(light, 1e-9) ** (1 / 2.4) - 0.055)


def expected(canvas: NDArray[np.uint8], maps: Maps, light: Light, *, level: float = 1.0, dim: float = 1.0) -> Doubles:
    """Return in floating point what every output is to give of *canvas*."""
    height, width = canvas.shape[:2]
    x, y = np.clip(maps.sampling[..., 0] - 0.5, 0, width - 1), np.clip(maps.sampling[..., 1] - 0.5, 0, height - 1)
    linear = light_of(canvas / 255)
    left, top = np.minimum(x.astype(int), width - 2), np.minimum(y.astype(int), height - 2)
    across, down = (x - left)[..., None], (y - top)[..., None]
    upper = linear[top, left] * (1 - across) + linear[top, left + 1] * across
    lower = linear[top + 1, left] * (1 - across) + linear[top + 1, left + 1] * across
    seen = upper * (1 - down) + lower * down
    given = (seen * maps.scale[..., None] * light.gain * dim + maps.offset[..., None]) * np.array(light.balance)
    return codes_of(np.clip(given * level, 0, 1), light.gamma)


def one_output(corners: Sequence[Point] = PIN, **more: object) -> tuple[Maps, Shape]:
    """Return an output that takes all of the canvas to *corners*."""
    shape = replace(Shape((corners[0], corners[1], corners[2], corners[3])), **more)  # pyright: ignore[reportArgumentType]  names of its fields
    return maps_of([(Seat(CANVAS, Rect(0, 0, *CANVAS), OUT), shape)])[0], shape
