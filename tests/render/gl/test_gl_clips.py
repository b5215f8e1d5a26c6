"""Films on the GPU: as the CPU shows them."""

# pyright: reportPrivateUsage=false
# A test may look inside.

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("moderngl", reason="needs moderngl (x86-64)")

import moderngl

from player.render.cpu import CpuRenderer
from player.render.gl.renderer import GlRenderer
from player.render.trial import picture
from player.show.motion import layer_at
from player.show.scene import Backdrop, Clip, Composition, Figure, Fill, Layer, Move, Rule, Scene, Spoken, Words
from player.units import SECOND, WHOLE, Digest, Rect, Size
from tests.fakes.clock import FakeClock
from tests.fakes.letters import FakeLetters
from tests.fakes.moving import FakeMoving

NIGHT, INK = (11, 11, 13), (244, 239, 228)
A = Digest("a" * 64)
PHOTOS = {A: picture(Size(360, 240), 1)}


def film(canvas: Size, place: Rect, *, source: str = "film", spoken: tuple[Spoken, ...] = ()) -> Composition:
    """A film over night, with a line of ink."""
    clip = Clip(source, place, 0, is_live=False)
    return Composition(canvas, Fill(NIGHT), (), (Rule(Rect(10, 160, 40, 2), INK),), (clip,), spoken=spoken)


def pair(context: moderngl.Context, moving: FakeMoving, *compositions: Composition) -> tuple[CpuRenderer, GlRenderer]:
    """Return both renderers with everything ready."""
    canvas = compositions[0].canvas
    cpu = CpuRenderer(canvas, FakeLetters(), moving=moving)
    gpu = GlRenderer(canvas, FakeLetters(), context, now=FakeClock().monotonic, moving=moving)
    for renderer in (cpu, gpu):
        for composition in compositions:
            renderer.prepare(composition, PHOTOS)
    return cpu, gpu


def apart(renderers: tuple[CpuRenderer, GlRenderer], *layers: Layer) -> tuple[int, float]:
    """Return how far at most, and on average, what both draw is apart, in codes."""
    scene = Scene(layers[0].composition.canvas, layers, until=0)
    difference = np.abs(renderers[0].draw(scene).astype(int) - renderers[1].draw(scene))
    return int(difference.max()), float(difference.mean())


@pytest.mark.parametrize("canvas", [Size(320, 180), Size(181, 321)])
@pytest.mark.parametrize("place", [Rect(20, 20, 120, 90), Rect(-60, -20, 200, 100), Rect(100, 100, 240, 300)])
def test_a_film_is_the_same(context: moderngl.Context, canvas: Size, place: Rect) -> None:
    """Frame after frame, beyond the canvas's edges too, and fading to another: within a code of the CPU's, two in a fade."""
    moving = FakeMoving()
    one, two = film(canvas, place), film(canvas, Rect(60, 40, 100, 100), source="two")
    renderers = pair(context, moving, one, two)
    for serial in (1, 2, 2, 3):
        moving.serial = serial
        worst, mean = apart(renderers, layer_at(one, SECOND))
        assert worst <= 1
        assert mean < 0.25
        assert apart(renderers, layer_at(one, SECOND), layer_at(two, 0, 0.4))[0] <= 2


def test_without_a_frame_the_ground_is_the_same(context: moderngl.Context) -> None:
    """Before the first frame, after the last one, beside a film that goes on, and over a photo that grows."""
    canvas, moving = Size(320, 180), FakeMoving(gone={"film"})
    first, last = Figure(A, Rect(30, 30, 200, 120), WHOLE), Figure(A, Rect(20.5, 20, 230, 138), WHOLE)
    clips = (Clip("film", Rect(60, 40, 80, 60), 0, is_live=False), Clip("other", Rect(180, 40, 80, 60), 0, is_live=False))
    both = Composition(canvas, Backdrop(A), (Move(first, last, 0, 4 * SECOND),), (), clips)
    renderers = pair(context, moving, both)
    for at, gone in ((0, {"film"}), (1, set[str]()), (1, {"film"}), (2, {"film", "other"}), (5, set[str]()), (5, {"other"})):
        moving.gone, moving.serial = gone, moving.serial + 1
        worst, mean = apart(renderers, layer_at(both, at * SECOND))
        assert worst <= 8  # at the edges of a photo between pixels; a film that is missing is a hundred off
        assert mean < 0.5


def test_what_is_said_comes_when_it_is_on_the_gpu(context: moderngl.Context) -> None:
    """It is brought ahead, a little in each frame; until it is there the film is seen without it, and drawn again then."""
    canvas, moving = Size(320, 180), FakeMoving()
    words = (Words("We Remember", "en", "sans", 20, INK, 60, 100),)
    talk = film(canvas, Rect(20, 20, 240, 140), spoken=(Spoken(0, SECOND, words), Spoken(2 * SECOND, 3 * SECOND, words)))
    cpu, gpu = pair(context, moving, talk)
    silent = replace(talk, spoken=())
    cpu.prepare(silent, {})
    layer = layer_at(talk, 0)
    scene = Scene(canvas, (layer,), until=0)
    before = gpu.serials(scene)
    assert np.abs(gpu.draw(scene).astype(int) - cpu.draw(Scene(canvas, (layer_at(silent, 0),), until=0))).max() <= 1
    while gpu.upload():
        pass
    assert gpu.serials(scene) != before
    assert apart((cpu, gpu), layer)[0] <= 2
    assert apart((cpu, gpu), layer_at(talk, SECOND))[0] <= 1
    held = gpu.held_bytes
    gpu.release(talk)
    gpu.upload()
    assert gpu.held_bytes < held
    assert not gpu._subtitles._sayings


def test_nothing_is_left_of_one_that_was_released(context: moderngl.Context) -> None:
    """Its frames' textures are gone, and what it was drawn on is black."""
    canvas, moving = Size(320, 180), FakeMoving(level=235)
    one = film(canvas, Rect(0, 0, 320, 180))
    _, gpu = pair(context, moving, one)
    gpu.draw(Scene(canvas, (layer_at(one, 0),), until=0))
    (desk,) = gpu._canvas._desks
    assert len(desk._screens) == 1
    gpu.release(one)
    gpu.forget()
    assert not desk._screens
    assert np.frombuffer(desk.luma.frame.read(components=1, dtype="f4"), np.float32).max() < 0.1
    assert gpu._drawn is not None
    assert not gpu._drawn[..., :3].any()
