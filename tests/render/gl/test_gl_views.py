"""What outlets show besides a scene: cards, handles, other shapes, and in which light."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

pytest.importorskip("moderngl", reason="needs moderngl (x86-64)")

import moderngl

from player.errors import DrawError
from player.output.finish import Finish
from player.output.level import level as level_on_the_cpu
from player.output.light import dim
from player.output.maps import maps_of
from player.output.shape import Light, Point, Seat, plain
from player.render.gl.mapping import Outlet, Tiles
from player.render.gl.renderer import View
from player.render.trial import picture
from player.show.scene import Backdrop, Composition, Layer, Scene
from player.units import Rect
from tests.render.gl.outlets import (
    CANVAS,
    OUT,
    A,
    codes_of,
    expected,
    light_of,
    one_output,
    show,
    stage,
)


def test_an_outlet_takes_another_shape(context: moderngl.Context) -> None:
    """After an edit the same outlet shows the new shape; one of another size is another outlet."""
    first, _ = one_output()
    second, _ = one_output((Point(0, 0), Point(400, 10), Point(380, 300), Point(20, 280)))
    renderer, scene, canvas = stage(context, picture(CANVAS, 3))
    outlet = Outlet(context, first, Light())
    outlet.shape(second, Light())

    show(renderer, scene, [outlet], seed=1, dither=False)

    assert np.abs(outlet.read() - expected(canvas, second, Light())).max() <= 1.0
    other = maps_of([(Seat(CANVAS, Rect(0, 0, *CANVAS), CANVAS), plain(CANVAS))])[0]
    with pytest.raises(ValueError, match="outlet"):
        outlet.shape(other, Light())


def test_what_cannot_be_drawn_leaves_all_outlets_as_they_are(context: moderngl.Context) -> None:
    """A scene that was not prepared is refused before anything is drawn on any outlet."""
    maps, _ = one_output()
    outlet = Outlet(context, maps, Light())
    renderer, scene, _ = stage(context, picture(CANVAS, 3))
    show(renderer, scene, [outlet], seed=1)
    before = outlet.read()
    other = Composition(CANVAS, Backdrop(A))

    with pytest.raises(DrawError):
        show(renderer, Scene(CANVAS, (Layer(other),), until=0), [outlet], seed=2)

    assert np.array_equal(outlet.read(), before)


def test_what_is_brightened_and_dimmed_is_cut_off_last(context: moderngl.Context) -> None:
    """White at a gain of 2, while the governor leaves 0.4 and the curfew 0.8, is 0.64 of full light, on GPU and CPU."""
    straight = maps_of([(Seat(OUT, Rect(0, 0, *OUT), OUT), plain(OUT))])[0]
    renderer, scene, canvas = stage(context, np.full((OUT.height, OUT.width, 3), 255, np.uint8))
    outlet = Outlet(context, straight, Light(gain=2.0))

    show(renderer, scene, [outlet], seed=1, level=0.4, dim=0.8, dither=False)
    out = np.zeros((OUT.height, OUT.width, 4), np.uint8)
    finish = Finish(straight, Light(gain=2.0), dithered=False)
    finish.finish(np.dstack([canvas, canvas[..., :1]]).copy(), out, 0.4, dim=0.8)

    wanted = codes_of(np.array(0.64), None)
    assert np.abs(outlet.read() - wanted).max() <= 1
    assert np.abs(out[..., :3] - wanted).max() <= 1


def test_a_card_goes_through_the_mapping_in_place_of_the_canvas(context: moderngl.Context) -> None:
    """One outlet shows the canvas and another a card, each as if it were alone; and a card that is over leaves the canvas."""
    first, _ = one_output()
    outlets = [Outlet(context, first, Light()), Outlet(context, first, Light())]
    renderer, scene, canvas = stage(context, picture(CANVAS, 3))
    card = np.dstack([picture(CANVAS, 4)[..., ::-1], np.full((CANVAS.height, CANVAS.width), 255, np.uint8)])
    renderer.compose(scene)

    renderer.show([View(outlets[0], dither=False), View(outlets[1], card=card, dither=False)], seed=1)

    assert np.abs(outlets[0].read() - expected(canvas, first, Light())).max() <= 1.0
    assert np.abs(outlets[1].read() - expected(card[..., 2::-1], first, Light())).max() <= 1.0
    renderer.show([View(outlets[1], dither=False)], seed=2)
    assert np.array_equal(outlets[0].read(), outlets[1].read())


def test_without_a_scene_nothing_but_cards_can_be_shown(context: moderngl.Context) -> None:
    """What was never composed is refused, and nothing is read of it either."""
    first, _ = one_output()
    renderer, _, _ = stage(context, picture(CANVAS, 3))
    for refused in (lambda: renderer.show([View(Outlet(context, first, Light()))], seed=1), renderer.copy, renderer.level):
        with pytest.raises(DrawError):
            refused()


def test_what_is_drawn_over_an_output_is_seen_as_it_is(context: moderngl.Context) -> None:
    """Handles and help are drawn over the finished pixels; and a raw picture is put up to the byte."""
    maps, _ = one_output()
    renderer, scene, canvas = stage(context, picture(CANVAS, 3))
    outlet = Outlet(context, maps, Light())
    renderer.compose(scene)

    def over(image: NDArray[np.uint8]) -> None:
        image[10:20, 30:60] = (1, 2, 3, 255)

    renderer.show([View(outlet, dither=False, over=over)], seed=1)
    wanted = expected(canvas, maps, Light())
    wanted[10:20, 30:60] = (3, 2, 1)
    assert np.abs(outlet.read() - wanted).max() <= 1.0
    raw = np.random.default_rng(1).integers(0, 256, (OUT.height, OUT.width, 4), np.uint8)
    outlet.put(raw)
    assert np.array_equal(outlet.read(), raw[..., 2::-1])


def test_the_level_of_a_canvas_is_its_mean_luminance(context: moderngl.Context) -> None:
    """The cap of the picture level finds on the GPU what it finds on the CPU, within half a percent."""
    renderer, scene, canvas = stage(context, picture(CANVAS, 3))
    renderer.compose(scene)

    copy = renderer.copy()

    assert np.array_equal(copy[..., 2::-1], canvas)
    assert renderer.level() == pytest.approx(float((light_of(canvas / 255) @ [0.2126, 0.7152, 0.0722]).mean()), abs=0.002)
    assert renderer.level() == pytest.approx(level_on_the_cpu(copy), abs=0.005)


def test_a_display_can_be_dimmed_as_by_its_own_control(context: moderngl.Context) -> None:
    """The codes themselves are scaled, to within one of what the CPU does with a window that is not mapped."""
    straight = maps_of([(Seat(CANVAS, Rect(0, 0, *CANVAS), CANVAS), plain(CANVAS))])[0]
    renderer, scene, canvas = stage(context, picture(CANVAS, 3))
    outlet = Outlet(context, straight, Light())
    renderer.compose(scene)
    for shade in (1.0, 0.7, 0.31, 0.02):
        renderer.show([View(outlet, shade=shade, dither=False)], seed=1)
        on_cpu = np.dstack([canvas[..., ::-1], canvas[..., :1]]).copy()
        dim(on_cpu, shade)
        assert np.abs(outlet.read().astype(int) - on_cpu[..., 2::-1]).max() <= (shade < 1)


def test_what_is_finished_by_hand_is_governed_as_well(context: moderngl.Context) -> None:
    """By its finished pixels: raw ones, black ones with something drawn over them, and a picture with handles."""
    maps, _ = one_output()
    renderer, scene, _ = stage(context, np.zeros((CANVAS.height, CANVAS.width, 3), np.uint8))
    outlets = [Outlet(context, maps, Light()) for _ in range(4)]
    white, black = (np.full((OUT.height, OUT.width, 4), value, np.uint8) for value in ((255,) * 4, (0, 0, 0, 255)))
    renderer.compose(scene)
    told: list[list[float]] = []

    def over(image: NDArray[np.uint8]) -> None:
        image[:] = (255, 255, 255, 255)

    def judge(tiles: Sequence[Tiles]) -> Sequence[float]:
        told.append([float(each.mean()) for each in tiles])
        return [0.25] * len(tiles)

    renderer.show(
        [
            View(outlets[0], raw=white),
            View(outlets[1], dither=False),
            View(outlets[2], raw=black, over=over),
            View(outlets[3], over=over),
        ],
        seed=1,
        judge=judge,
    )

    assert told == [[pytest.approx(1.0), 0.0, pytest.approx(1.0), pytest.approx(1.0)]]
    wanted = codes_of(np.array(0.25), None)
    for outlet, code in zip(outlets, (wanted, 0, wanted, wanted), strict=True):
        assert np.abs(outlet.read() - code).max() <= 1
    assert (white == 255).all()
    renderer.show([View(outlets[0], raw=white)], seed=2)
    assert outlets[0].read().min() == 255
