"""The GPU renderer draws what the CPU renderer draws."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

pytest.importorskip("moderngl", reason="needs moderngl (x86-64)")

import moderngl

from player.render.cpu import CpuRenderer
from player.render.gl.renderer import GlRenderer
from player.render.protocol import Image, Renderer
from player.render.trial import Kind, act, picture
from player.show.layout import plate
from player.show.plan import Cue, Plan, scene_at
from player.show.scene import Backdrop, Composition, Figure, Fill, Ink, Layer, Move, Scene, Scrim, Words
from player.show.slide import Stage
from player.units import MILLISECOND, WHOLE, Digest, Nanos, Rect, Size
from tests.fakes.clock import FakeClock
from tests.fakes.letters import FakeLetters
from tests.golden.test_golden import CANVAS, PACE, SLIDES, STRIP, TOTEM, cue, images, letters

SAME_DB = 42.0  # PSNR: no eye tells such pictures apart
ODD = Size(321, 181)
INK = (244, 239, 228)
A, B = Digest("a" * 64), Digest("b" * 64)
PHOTOS = {A: picture(Size(360, 240), 1), B: picture(Size(360, 240), 2)}
TITLE = Words("We Remember", "en", "serif", 24, INK, 30, 150)
SCRIM = Scrim(Rect(0, 120, 322, 62), 150, (11, 11, 13), INK, 4.5)


def gpu(context: moderngl.Context, canvas: Size, *, linear: bool = False) -> GlRenderer:
    """Return a GPU renderer."""
    return GlRenderer(canvas, letters(), context, now=FakeClock().monotonic, linear=linear)


def both(context: moderngl.Context, cues: Sequence[Cue], t: Nanos, *, linear: bool = False) -> tuple[Image, Image]:
    """Return what is on screen at *t*, as the CPU and as the GPU draw it."""
    canvas = cues[0].composition.canvas
    renderers: tuple[Renderer, Renderer] = (CpuRenderer(canvas, letters()), gpu(context, canvas, linear=linear))
    for renderer in renderers:
        for each in cues:
            renderer.prepare(each.composition, images(each.slide, each.composition.photos) if each.slide else {})
    scene = scene_at(Plan(canvas, tuple(cues)), t)
    one, two = (renderer.draw(scene).copy() for renderer in renderers)
    return one, two


def apart(one: Image, two: Image) -> int:
    """Return by how many codes two pictures differ at most."""
    return int(np.abs(one.astype(np.int16) - two).max())


def likeness(one: NDArray[np.uint8], two: NDArray[np.uint8]) -> float:
    """Return the PSNR of two pictures in dB."""
    error = np.mean((one[..., :3].astype(np.float64) - two[..., :3]) ** 2)
    return float(10 * np.log10(255**2 / max(error, 1e-9)))


@pytest.mark.parametrize("linear", [False, True])
@pytest.mark.parametrize("name", sorted(SLIDES))
def test_a_slide_at_rest_is_the_same(context: moderngl.Context, name: str, *, linear: bool) -> None:
    """Every kind of slide that stands still is within one code of the CPU's, however fades are mixed."""
    one, two = both(context, [cue(name)], PACE.length, linear=linear)

    assert apart(one, two) <= 1


@pytest.mark.parametrize("canvas", [TOTEM, STRIP])
def test_canvases_of_any_shape_are_the_same(context: moderngl.Context, canvas: Size) -> None:
    """A totem and a strip come out as on the CPU."""
    assert apart(*both(context, [cue("photo-landscape", canvas=canvas)], PACE.length)) <= 1


def test_the_plate_is_the_same(context: moderngl.Context) -> None:
    """The plate, which has neither photo nor file, is within one code."""
    up = Cue(start=0, length=0, fade=0, slide=None, composition=plate(Stage(CANVAS), letters()))
    assert apart(*both(context, [up], 0)) <= 1


@pytest.mark.parametrize("percent", [25, 50, 75])
def test_a_fade_is_the_same_to_the_eye(context: moderngl.Context, percent: int) -> None:
    """One slide giving way to another, both in motion, is at least 42 dB like the CPU's."""
    cues = [cue("photo-landscape"), cue("pair", PACE.length)]
    assert likeness(*both(context, cues, PACE.length + PACE.fade * percent // 100)) >= SAME_DB


def test_a_mosaic_appears_the_same(context: moderngl.Context) -> None:
    """Tiles in the middle of their wave are at least 42 dB like the CPU's."""
    assert likeness(*both(context, [cue("mosaic")], PACE.fade + 2200 * MILLISECOND)) >= SAME_DB


@pytest.mark.parametrize("kind", ["zoom", "fade", "mosaic", "words"])
def test_motion_is_the_same_to_the_eye(context: moderngl.Context, kind: Kind) -> None:
    """Zooms, fades, waves and words, at instants all along their way, are at least 42 dB like the CPU's."""
    played = act(kind, CANVAS)
    one, two = CpuRenderer(CANVAS, letters()), gpu(context, CANVAS)
    for composition in played.compositions:
        one.prepare(composition, played.photos)
        two.prepare(composition, played.photos)

    for x in (0.0, 0.013, 0.2, 0.5, 0.777, 1.0):
        assert likeness(one.draw(played.scene_at(x)), two.draw(played.scene_at(x))) >= SAME_DB, x


def growing(photo: Digest, *ink: Ink, canvas: Size = ODD) -> Composition:
    """Return a photo that grows on its backdrop."""
    last = Figure(photo, Rect(40.3, 10.6, canvas.width * 0.7, canvas.height * 0.7), WHOLE)
    first = replace(last, place=Rect(47, 15, canvas.width * 0.66, canvas.height * 0.66))
    return Composition(canvas, Backdrop(photo), (Move(first, last),), ink)


def layer(composition: Composition, x: float, opacity: float = 1.0) -> Layer:
    """Return *composition* with its figures *x* of their way."""
    figures = tuple(
        replace(move.last, place=Rect(*(p + (q - p) * x for p, q in zip(move.first.place, move.last.place, strict=True))))
        for move in composition.moves
    )
    return Layer(composition, figures, opacity, at_rest=False)


def drawn(renderer: Renderer, *layers: Layer) -> Image:
    """Draw *layers*."""
    return renderer.draw(Scene(layers[0].composition.canvas, layers, until=0)).copy()


def test_scrims_words_and_odd_sides_are_the_same(context: moderngl.Context) -> None:
    """A growing photo with a scrim and words, on a canvas with odd sides, whole and filling, is like the CPU's."""
    filling = Move(Figure(B, Rect(0, 0, *ODD), Rect(0, 0, 0.9, 0.9)), Figure(B, Rect(0, 0, *ODD), Rect(0.1, 0.1, 0.9, 0.9)))
    compositions = [growing(A, SCRIM, TITLE), growing(B), Composition(ODD, Backdrop(B), (filling,), (SCRIM,))]
    one, two = CpuRenderer(ODD, FakeLetters()), GlRenderer(ODD, FakeLetters(), context, now=FakeClock().monotonic)
    for renderer in (one, two):
        for composition in compositions:
            renderer.prepare(composition, PHOTOS)

    for layers in (
        [layer(compositions[0], 0.3)],
        [layer(compositions[2], 0.5)],
        [layer(compositions[0], 1.0), layer(compositions[1], 0.2, 0.4), layer(compositions[2], 0.0, 0.3)],
    ):
        assert likeness(drawn(one, *layers), drawn(two, *layers)) >= SAME_DB


def test_more_layers_than_a_gpu_reads_at_once_are_drawn(context: moderngl.Context) -> None:
    """A key held down stacks fades: of a dozen layers the picture is that of the CPU but for what nobody sees."""
    compositions = [Composition(ODD, Fill((20 * k, 128, 200 - 15 * k))) for k in range(12)]
    one, two = CpuRenderer(ODD, FakeLetters()), gpu(context, ODD)
    for composition in compositions:
        one.prepare(composition, {})
        two.prepare(composition, {})
    layers = [Layer(composition, opacity=0.6 if k else 1.0) for k, composition in enumerate(compositions)]

    assert apart(drawn(one, *layers), drawn(two, *layers)) <= 1


def test_a_fill_is_its_colour_in_every_frame(context: moderngl.Context) -> None:
    """Grounds of one colour stay it to the byte while something fades above them."""
    words, other = Composition(ODD, Fill((11, 11, 13)), ink=(TITLE,)), Composition(ODD, Fill((11, 11, 13)))
    renderer = GlRenderer(ODD, FakeLetters(), context, now=FakeClock().monotonic)
    for each in (words, other):
        renderer.prepare(each, {})

    for opacity in (0.1, 0.5, 0.9):
        frame = drawn(renderer, Layer(words), Layer(other, opacity=opacity))
        assert (frame[:20] == (13, 11, 11, 255)).all()


def test_in_linear_light_a_fade_is_the_mean_of_light(context: moderngl.Context) -> None:
    """Half way through a fade in linear light each pixel has the mean of both pictures' light, within rounding."""
    one, two = growing(A), growing(B)
    renderer = gpu(context, ODD, linear=True)
    for each in (one, two):
        renderer.prepare(each, PHOTOS)

    half = drawn(renderer, layer(one, 0.3), layer(two, 0.8, 0.5))

    below, above = (linear(drawn(renderer, layer(each, x))) for each, x in ((one, 0.3), (two, 0.8)))
    assert np.abs(encoded((below + above) / 2) - half[..., :3]).max() <= 1.5


def linear(image: Image) -> NDArray[np.float64]:
    """Return the light of a picture, 0 to 1."""
    code = image[..., :3] / 255
    return np.where(code <= 0.04045, code / 12.92, ((code + 0.055) / 1.055) ** 2.4)


def encoded(light: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the codes of light, unrounded."""
    return 255 * np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)
