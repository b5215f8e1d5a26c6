"""Pixels reach the GPU ahead of their scene, and leave it again."""

# pyright: reportPrivateUsage=false
# A released photo must be nowhere: only from inside can it be searched for.

from __future__ import annotations

import threading
from collections.abc import Generator
from itertools import count

import numpy as np
import pytest

pytest.importorskip("moderngl", reason="needs moderngl (x86-64)")

import moderngl

from player.errors import DrawError
from player.render.gl.renderer import GlRenderer
from player.render.gl.textures import BAND_BYTES, Sheet, Uploads
from player.render.trial import picture
from player.show.scene import Backdrop, Composition, Fill, Layer, Scene
from player.units import MILLISECOND, Digest, Size
from tests.fakes.clock import FakeClock
from tests.fakes.letters import FakeLetters

CANVAS = Size(320, 180)
A = Digest("a" * 64)
PHOTOS = {A: picture(Size(360, 240), 1)}
SLIDE = Composition(CANVAS, Backdrop(A))
SOON_S = 10.0


def renderer_on(context: moderngl.Context, limit_bytes: int = 1 << 30) -> GlRenderer:
    """Return a renderer with room for so much."""
    return GlRenderer(CANVAS, FakeLetters(), context, now=FakeClock().monotonic, limit_bytes=limit_bytes)


def scene(*layers: Layer) -> Scene:
    """Return a scene of *layers*."""
    return Scene(CANVAS, layers, until=0)


class Loader:
    """Somebody who prepares a slide in a thread."""

    def __init__(self, renderer: GlRenderer) -> None:
        self.fault: DrawError | None = None
        self._renderer = renderer
        self.thread = threading.Thread(target=self._run, name="a loader")
        self.thread.start()

    def _run(self) -> None:
        try:
            self._renderer.prepare(SLIDE, PHOTOS)
        except DrawError as error:
            self.fault = error


@pytest.fixture
def renderer(context: moderngl.Context) -> Generator[GlRenderer]:
    """Return a renderer, closed afterwards."""
    made = renderer_on(context)
    yield made
    made.close()


def test_another_threads_slide_is_ready_once_frames_have_brought_it(renderer: GlRenderer) -> None:
    """A loader's `prepare` returns when the pixels are up, and frames bring them: then drawing does not stall."""
    loader = Loader(renderer)

    while loader.thread.is_alive():
        renderer.upload(MILLISECOND)
        loader.thread.join(0.001)

    assert loader.fault is None
    assert renderer.is_ready(SLIDE)
    assert renderer.draw(scene(Layer(SLIDE)))[..., :3].max() > 11


def test_what_is_on_its_way_is_not_drawn(context: moderngl.Context) -> None:
    """Drawing never uploads: a slide that is not up yet is refused, and the picture before it stays."""
    renderer = renderer_on(context)
    loader = Loader(renderer)
    while not renderer.upload(0):  # nothing is asked for yet, or the first band of many was brought
        loader.thread.join(0.001)

    assert not renderer.is_ready(SLIDE)
    with pytest.raises(DrawError, match="not on the GPU"):
        renderer.draw(scene(Layer(SLIDE)))

    renderer.close()
    loader.thread.join(SOON_S)


def test_a_loader_does_not_wait_for_a_renderer_that_closed(context: moderngl.Context) -> None:
    """Whoever waits for pixels is told when none will come any more."""
    renderer = renderer_on(context)
    loader = Loader(renderer)
    while not renderer.upload(0):
        loader.thread.join(0.001)

    renderer.close()
    loader.thread.join(SOON_S)

    assert loader.fault is not None
    with pytest.raises(DrawError, match="closed"):
        renderer.prepare(SLIDE, PHOTOS)


def test_uploading_keeps_within_what_is_left_of_a_frame(context: moderngl.Context) -> None:
    """Bands are brought until the time is over, and one in any case, so that a slow machine comes to an end as well."""
    ticks = count()
    uploads = Uploads(context, lambda: next(ticks) * MILLISECOND)
    pixels = np.arange(8 * BAND_BYTES, dtype=np.uint8).reshape(-1, 1024)
    sheet = Sheet(pixels)
    load = uploads.ask([sheet])

    frames = [uploads.work(budget) for budget in (0, 2 * MILLISECOND)]
    assert frames == [True, True]
    rest = 0
    while uploads.work(0):
        rest += 1

    assert load.is_up
    assert rest == 8 - 1 - 2 - 1
    assert np.array_equal(np.frombuffer(sheet.texture.read(), np.uint8).reshape(pixels.shape), pixels)


def test_what_does_not_fit_is_refused_before_it_is_uploaded(context: moderngl.Context) -> None:
    """The budget is kept: a slide for which there is no room cannot be prepared, and those that are there stay."""
    renderer = renderer_on(context, limit_bytes=500_000)
    renderer.prepare(SLIDE, PHOTOS)
    other = Composition(CANVAS, Backdrop(A), ink=())
    with pytest.raises(DrawError, match="do not fit"):
        renderer.prepare(Composition(CANVAS, Backdrop(Digest("b" * 64))), {Digest("b" * 64): PHOTOS[A]})

    assert renderer.is_ready(other)


def test_no_texture_is_longer_than_the_gpu_takes(context: moderngl.Context) -> None:
    """A picture longer than the GPU's textures may be is refused in words."""
    uploads = Uploads(context, FakeClock().monotonic)
    longest = int(context.info["GL_MAX_TEXTURE_SIZE"])
    with pytest.raises(DrawError, match="texture"):
        uploads.ask([Sheet(np.zeros((1, longest + 1), np.uint8))])


def test_what_is_released_leaves_the_gpu(context: moderngl.Context) -> None:
    """After its release nothing of a slide is held, and no frame in the making shows it, though another thread released it."""
    renderer = renderer_on(context)
    dark = Composition(CANVAS, Fill((0, 0, 0)))
    for composition in (SLIDE, dark):
        renderer.prepare(composition, PHOTOS)
    renderer.prepare(SLIDE, PHOTOS)
    renderer.draw(scene(Layer(SLIDE), Layer(dark, opacity=0.5)))
    held = renderer.held_bytes

    renderer.release(SLIDE)
    renderer.upload()
    assert renderer.held_bytes == held

    thread = threading.Thread(target=renderer.release, args=(SLIDE,), name="a loader")
    thread.start()
    thread.join(SOON_S)
    renderer.upload()

    assert renderer.held_bytes < held / 10
    with pytest.raises(DrawError, match="not prepared"):
        renderer.draw(scene(Layer(SLIDE)))
    assert not renderer.draw(scene(Layer(dark)))[..., :3].any()
    for desk in renderer._canvas._desks:
        assert not np.frombuffer(desk.luma.texture.read(), np.uint16).max() > round(16 / 255 * 65535)


def test_a_scene_is_refused_as_on_the_cpu(renderer: GlRenderer) -> None:
    """A scene for another canvas, an empty one, and a composition for another canvas are refused in words."""
    other = Composition(Size(200, 100), Fill((0, 0, 0)))
    with pytest.raises(DrawError, match="no place"):
        renderer.draw(Scene(Size(200, 100), (Layer(other),), until=0))
    with pytest.raises(DrawError, match="no place"):
        renderer.draw(scene())
    with pytest.raises(DrawError, match="canvas"):
        renderer.prepare(other, {})


def test_it_draws_into_memory_whose_rows_are_padded(renderer: GlRenderer) -> None:
    """A window's memory may have longer rows than its picture."""
    renderer.prepare(SLIDE, PHOTOS)
    memory = np.zeros((CANVAS.height, CANVAS.width + 8, 4), np.uint8)

    out = renderer.draw(scene(Layer(SLIDE)), memory[:, : CANVAS.width])

    assert np.array_equal(out, renderer.draw(scene(Layer(SLIDE))))
    assert not memory[:, CANVAS.width :].any()
