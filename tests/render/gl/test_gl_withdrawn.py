"""What was withdrawn is nowhere on the graphics card, whether or not anything else is drawn."""

# pyright: reportPrivateUsage=false
# A test may look inside.

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("moderngl", reason="needs moderngl (x86-64)")

import moderngl

from player.errors import DrawError
from player.render.gl.mapping import Outlet, Tiles
from player.render.gl.passes import Target
from player.render.gl.renderer import GlRenderer
from player.show.scene import Composition, Fill, Layer, Scene
from tests.render.gl.outlets import CANVAS, one_output, show, stage

BLACKISH = 0.1  # of all light; black luma is 16 of 255
WHITE = np.full((CANVAS.height, CANVAS.width, 3), 255, np.uint8)


def kept(renderer: GlRenderer) -> dict[str, Target]:
    """Return everything that pictures are drawn in on their way."""
    canvas, measure = renderer._canvas, renderer._measure
    found = {"drawn": canvas._drawn, "light": canvas._light, "read": canvas._read, "tiles": measure._tiles}
    found |= {f"desk {i}": desk.luma for i, desk in enumerate(canvas._desks)}
    blocks = [target for pair in measure._targets_of.values() for target in pair]
    found |= {f"block {i}": each for i, each in enumerate(blocks)}
    found |= {f"strips {i}": each for i, each in enumerate(measure._strips_of.values())}
    return {name: target for name, target in found.items() if target is not None}


def bright(renderer: GlRenderer) -> list[str]:
    """Return where there is light."""
    found = [
        name
        for name, target in kept(renderer).items()
        if np.frombuffer(target.frame.read(components=1, dtype="f4"), np.float32).max() > BLACKISH
    ]
    return [*found, *(["copy"] if renderer._drawn is not None and renderer._drawn[..., :3].any() else [])]


def full(tiles: Sequence[Tiles]) -> list[float]:
    """Leave all light."""
    return [1.0] * len(tiles)


@pytest.fixture
def shown(context: moderngl.Context) -> tuple[GlRenderer, Composition]:
    """Return a renderer that has shown a white photo by an outlet, and has measured and copied it."""
    maps, shape = one_output()
    renderer, scene, _ = stage(context, WHITE)
    moving = replace(scene, layers=tuple(replace(layer, at_rest=False) for layer in scene.layers))
    show(renderer, moving, [Outlet(context, maps, shape.light)], seed=1, judge=full)
    renderer.copy()
    renderer.level()
    assert len(bright(renderer)) == len(kept(renderer)) + 1
    return renderer, scene.layers[0].composition


def test_in_the_dark_nothing_of_it_is_left(shown: tuple[GlRenderer, Composition]) -> None:
    """No frame is drawn over it: what is done once a frame in any case sees to it. Until then what is up stays."""
    renderer, composition = shown
    renderer.upload()
    assert bright(renderer)
    renderer.release(composition)
    renderer.upload()
    assert bright(renderer) == []
    with pytest.raises(DrawError):
        renderer.copy()


def test_another_picture_that_nobody_measures_leaves_nothing_of_it(shown: tuple[GlRenderer, Composition]) -> None:
    """As under a test card."""
    renderer, composition = shown
    black = Composition(CANVAS, Fill((0, 0, 0)))
    renderer.prepare(black, {})
    renderer.release(composition)
    renderer.compose(Scene(CANVAS, (Layer(black),), until=0))
    assert bright(renderer) == []
