"""A candle's flame on the GPU."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("moderngl", reason="needs moderngl (x86-64)")

import moderngl

from player.render.cpu import CpuRenderer
from player.render.gl.renderer import GlRenderer
from player.show.scene import Composition, Fill, Flame, Layer, Rule, Scene
from player.units import Rect, Size
from tests.fakes.clock import FakeClock
from tests.fakes.letters import FakeLetters

NIGHT, AMBER = (11, 11, 13), (214, 168, 96)


@pytest.mark.parametrize("canvas", [Size(320, 180), Size(181, 321)])
def test_a_flame_is_the_same(context: moderngl.Context, canvas: Size) -> None:
    """Wherever it leans, half behind the canvas's edge, and fading into another: within a code of the CPU's, two in a fade."""
    one, two = (
        Composition(canvas, Fill(NIGHT), (), (Rule(Rect(10, 160, 40, 2), AMBER),), flames=(Flame(Rect(x, 30.3, 22, 100), seed),))
        for x, seed in ((149.5, 1), (-20.0, 2))
    )
    cpu, gpu = CpuRenderer(canvas, FakeLetters()), GlRenderer(canvas, FakeLetters(), context, now=FakeClock().monotonic)
    for renderer in (cpu, gpu):
        for composition in (one, two):
            renderer.prepare(composition, {})

    for tick in (0, 31, 400, 9999):
        still = (Layer(one, tick=tick, at_rest=False),)
        for layers, apart in ((still, 1), ((*still, Layer(two, opacity=0.4, tick=tick + 5, at_rest=False)), 2)):
            scene = Scene(canvas, layers, until=0)
            difference = np.abs(cpu.draw(scene).astype(int) - gpu.draw(scene))
            assert difference.max() <= apart
            assert difference.mean() < 0.1
