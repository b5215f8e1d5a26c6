"""The last steps of one output, against the same steps in 64 bits, pixel by pixel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final, cast

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from player.output.curve import decoded, encoded
from player.output.finish import Finish
from player.output.light import black
from player.output.maps import Maps, maps_of
from player.output.runs import DARK, Flat, edges, strips
from player.output.shape import Light, Mask, Mesh, Point, Seat, Shape, plain, whole
from player.units import Rect, Size

Pixels = NDArray[np.uint8]

CANVAS: Final = Size(520, 230)
SIZE: Final = Size(320, 230)
GRAIN: Final = 0.5 / 65535
"""Of light, between black and the next code: 0.03 codes in sRGB, but up to two codes where a gamma rises steeply from 0."""
LEFT: Final = Seat(CANVAS, Rect(0, 0, 320, 230), SIZE)
RIGHT: Final = Seat(CANVAS, Rect(200, 0, 320, 230), SIZE)
PIN: Final = (Point(12.3, 8.1), Point(310.2, 3.4), Point(316.0, 224.5), Point(5.5, 215.9))
WINDOW: Final = Mask("window", "drop", (Point(60, 60), Point(110, 64), Point(104, 120), Point(58, 118)), 6)


def picture(size: Size, seed: int = 1) -> Pixels:
    """Return a canvas with every brightness, hard edges, fine print and black."""
    chance = np.random.default_rng(seed)
    made = np.empty((size.height, size.width, 4), np.uint8)
    made[..., :3] = np.linspace(0, 255, size.width).astype(np.uint8)[None, :, None] // np.array([1, 2, 3], np.uint8)
    made[20:60, ::2, :3] = 255
    made[80:120, :, :3] = chance.integers(0, 256, (40, size.width, 3))
    made[150:190, :, :3] = chance.integers(0, 12, (40, size.width, 3))
    made[190:200, :, :3] = 0
    made[..., 3] = 255
    return made


def sampled(canvas: Pixels, places: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return the linear light, B, G, R, at *places* of a canvas."""
    light = decoded(canvas[..., :3] / 255.0)
    height, width = light.shape[:2]
    x = np.clip(places[..., 0].astype(np.float64) - 0.5, 0, width - 1)
    y = np.clip(places[..., 1].astype(np.float64) - 0.5, 0, height - 1)
    left, top = np.floor(x).astype(int), np.floor(y).astype(int)
    right, below = np.minimum(left + 1, width - 1), np.minimum(top + 1, height - 1)
    across, down = (x - left)[..., None], (y - top)[..., None]
    above = light[top, left] * (1 - across) + light[top, right] * across
    under = light[below, left] * (1 - across) + light[below, right] * across
    return above * (1 - down) + under * down


def lit(canvas: Pixels, maps: Maps, light: Light, *, gain: float = 1.0, dim: float = 1.0) -> NDArray[np.float64]:
    """Return the light that leaves an output: warp, mask, gain, weight and lift, balance, the governor's gain."""
    scale, lift = (np.asarray(each, np.float64)[..., None] for each in (maps.scale, maps.offset))
    found = sampled(canvas, maps.sampling) * light.gain * dim * scale + lift
    return np.minimum(1.0, found * np.array(light.balance[::-1]) * gain)


def reference(found: NDArray[np.float64], light: Light) -> NDArray[np.float64]:
    """Return the codes, not rounded, that make an output give this light."""
    gammas = light.gamma or (None, None, None)
    return 255 * np.stack([encoded(found[..., k], gammas[2 - k]) for k in range(3)], axis=-1)


def quiet(maps: Maps, light: Light) -> Finish:
    """Return a finish without noise: what is left is rounding."""
    return Finish(maps, light, dithered=False)


def blank(size: Size = SIZE) -> Pixels:
    """Return a window's memory with something in it."""
    return np.full((size.height, size.width, 4), 99, np.uint8)


def both(light: Light, shapes: Sequence[Shape] = (Shape(PIN, masks=(WINDOW,)), Shape(whole(SIZE)))) -> tuple[Maps, ...]:
    """Return the maps of two outputs side by side that overlap by 120 pixels."""
    return maps_of([(seat, replace(shape, light=light)) for seat, shape in zip((LEFT, RIGHT), shapes, strict=True)])


LIGHTS: Final = [
    Light(),
    Light(gain=0.7),
    Light(balance=(1.0, 0.92, 0.81)),
    Light(gamma=(2.2, 2.3, 2.4)),
    Light(black=0.004),
    Light(gain=0.9, balance=(0.95, 1.0, 0.85), gamma=(2.1, 2.2, 2.2), black=0.002),
    Light(gain=1.4, black=0.002),
]


@pytest.mark.parametrize("light", LIGHTS)
@pytest.mark.parametrize(("gain", "dim"), [(1.0, 1.0), (0.31, 1.0), (1.0, 0.2), (0.004, 0.9)])
def test_the_whole_chain_is_the_one_in_64_bits(light: Light, gain: float, dim: float) -> None:
    """Warped, masked, blended, lifted, balanced, dimmed and curved, every pixel is within one code of the exact one."""
    canvas = picture(CANVAS)
    for maps in both(light):
        out = blank()
        quiet(maps, light).finish(canvas, out, gain, dim=dim)
        exact = lit(canvas, maps, light, gain=gain, dim=dim)
        least = gain * dim * light.gain * GRAIN
        assert (out[..., :3] >= reference(np.maximum(exact - least, 0), light) - 1).all()
        assert (out[..., :3] <= reference(np.minimum(exact + least, 1), light) + 1).all()
        assert (out[..., 3] == 255).all()


@settings(max_examples=25, deadline=None)
@given(
    light=st.builds(
        Light,
        gain=st.floats(0.05, 2),
        balance=st.tuples(st.floats(0.3, 1), st.floats(0.3, 1), st.floats(0.3, 1)),
        gamma=st.none() | st.tuples(st.floats(1.6, 2.8), st.floats(1.6, 2.8), st.floats(1.6, 2.8)),
        black=st.floats(0, 0.02),
    ),
    gain=st.floats(0.001, 1),
    dim=st.floats(0, 1),
    seed=st.integers(0, 99),
)
def test_any_light_is_right_on_average(light: Light, gain: float, dim: float, seed: int) -> None:
    """With its noise on, the picture as a whole has the light that it should have, and no pixel is far off."""
    canvas = picture(CANVAS, seed)
    maps = both(light)[0]
    out = blank()
    Finish(maps, light, seed=seed).finish(canvas, out, gain, dim=dim)
    expected = reference(lit(canvas, maps, light, gain=gain, dim=dim), light)
    assert abs((out[..., :3] - expected).mean()) < 0.02
    assert np.abs(out[..., :3] - expected).max() < 3.5  # 1.5 of noise, and 2 where a gamma makes codes of hardly any light


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
@pytest.mark.parametrize("mirror", ["none", "horizontal", "vertical"])
def test_an_output_that_nobody_shaped_shows_the_pixels_themselves(rotate: int, mirror: str) -> None:
    """Turned and mirrored, whole pixels come through bit by bit, by the short way as by sampling."""
    size = SIZE if rotate in (0, 180) else Size(SIZE.height, SIZE.width)
    seat = replace(RIGHT, size=size, rotate=rotate, mirror=mirror)
    (maps,) = maps_of([(seat, plain(size))])
    assert maps.is_straight
    straight, warped = blank(size), blank(size)
    canvas = picture(CANVAS)

    Finish(maps, Light()).finish(canvas, straight)
    Finish(replace(maps, is_straight=False), Light()).finish(canvas, warped)

    x, y = (maps.sampling[..., k].astype(int) for k in range(2))
    assert (straight == canvas[y, x]).all()
    assert (warped == straight).all()


def test_light_is_mixed_between_pixels_and_not_codes() -> None:
    """Half a pixel between black and white is half the light, code 188, not half the code."""
    maps = maps_of([(LEFT, plain(SIZE))])[0]
    moved = replace(maps, sampling=maps.sampling + np.float32(0.5), is_straight=False)
    canvas = np.full((CANVAS.height, CANVAS.width, 4), 255, np.uint8)
    canvas[:, ::2, :3] = 0
    out = blank()
    quiet(moved, Light()).finish(canvas, out)
    assert (out[5:-5, 5:-5, :3] == 188).all()


def test_the_border_of_the_canvas_is_as_bright_as_the_rest() -> None:
    """What looks at the outer half of the last pixel does not see half of the dark beyond."""
    (maps,) = maps_of([(replace(LEFT, crop=Rect(0, 0, 520, 230), size=Size(777, 400)), plain(Size(777, 400)))])
    out = blank(Size(777, 400))
    quiet(maps, Light()).finish(np.full((230, 520, 4), 201, np.uint8), out)
    assert (out[2:-2, 2:-2, :3] == 201).all()
    assert (out[maps.scale == 1][:, :3] == 201).all()


def test_masks_are_exactly_black_whatever_the_noise() -> None:
    """Where light must never be there is none: not with a black lift, not in a hundred frames, not at a soft edge's end."""
    light = Light(black=0.02, gamma=(2.2, 2.2, 2.2))
    maps = both(light)[0]
    finish, canvas = Finish(maps, light), np.full((CANVAS.height, CANVAS.width, 4), 255, np.uint8)
    assert (maps.scale == 0).sum() > 4000
    for k in range(30):
        out = blank()
        finish.finish(canvas, out, 1 - k / 40)
        assert not out[maps.scale == 0][:, :3].any()


def test_dark_is_black_at_once_and_everywhere() -> None:
    """With a gain of 0 nothing is left, not even what is lifted, and nothing is worked out."""
    light = Light(black=0.02)
    finish = Finish(both(light)[0], light)
    out, dark = blank(), blank()
    black(dark)
    tiles = finish.finish(picture(CANVAS), out, 0.0)
    assert (out == dark).all()
    assert not tiles.any()


def test_a_lifted_black_stays_when_the_picture_is_dimmed() -> None:
    """Curfew dims the picture alone: a wall whose black was even stays so."""
    light = Light(black=0.01)
    maps = both(light)[0]
    out = blank()
    quiet(maps, light).finish(picture(CANVAS), out, dim=0.0)
    expected = reference(np.repeat(maps.offset[..., None], 3, axis=-1).astype(np.float64), light)
    assert np.abs(out[..., :3] - expected).max() <= 1
    assert out[..., 0].max() > 20


def test_a_uniform_fill_has_its_code_on_average() -> None:
    """A wall of one colour is that colour, through warp, gain and dither."""
    light = Light(gain=0.6)
    (maps,) = maps_of([(LEFT, Shape(PIN, light=light))])
    canvas = np.full((CANVAS.height, CANVAS.width, 4), 0, np.uint8)
    canvas[:] = (40, 90, 3, 255)
    finish, out = Finish(maps, light), blank()
    means: list[NDArray[np.float64]] = []
    for _ in range(8):
        finish.finish(canvas, out)
        means.append(out[64:192, 64:256, :3].mean(axis=(0, 1)))
    expected = reference(decoded(np.array([[40, 90, 3]]) / 255) * 0.6, light)[0]
    assert np.mean(means, axis=0) == pytest.approx(expected, abs=0.01)


def test_a_fade_to_black_of_a_minute_has_no_steps() -> None:
    """In 1,500 frames each tile of 64x64 is within 0.05 codes of where it should be, never jumps by 0.2, and ends in black."""
    size = Size(128, 128)
    canvas = np.empty((128, 128, 4), np.uint8)
    canvas[:64] = (30, 144, 255, 255)
    canvas[64:, :, :] = np.arange(128, dtype=np.uint8)[None, :, None] * 2
    (maps,) = maps_of([(Seat(size, Rect(0, 0, 128, 128), size), plain(size))])
    maps.scale[70:80, 70:80] = 0
    finish, out = Finish(maps, Light()), blank(size)
    before: NDArray[np.float64] | None = None
    worst = jump = 0.0
    frames = 1500
    full = lit(canvas, maps, Light())
    kinds = full[[0, -1]]  # all rows of a tile are as one of these, but for the mask
    lit_share = (maps.scale > 0).reshape(2, 64, 128, 1).mean(axis=1)
    for k in range(1, frames + 1):
        gain = (1 - k / frames) ** 2.2
        finish.finish(canvas, out, gain)
        meant = (reference(kinds * gain, Light()) * lit_share).reshape(2, 2, 64, 3).mean(axis=2)
        columns = out.reshape(2, 64, -1).sum(axis=1, dtype=np.uint32)
        found = columns.reshape(2, 2, 64, 4)[..., :3].mean(axis=2) / 64
        worst = max(worst, float(np.abs(found - meant).max()))
        if before is not None:
            jump = max(jump, float(np.abs(found - before).max()))
        before = found
        assert not out[70:80, 70:80, :3].any()
    assert worst < 0.05
    assert jump < 0.2 + 255 / frames  # the fade itself
    assert not out[..., :3].any()


@pytest.mark.parametrize("light", LIGHTS)
def test_the_light_of_a_tile_is_the_mean_of_all_its_pixels(light: Light) -> None:
    """What the governor judges is no sample: every pixel of the outgoing picture counts, in linear light."""
    canvas = picture(CANVAS)
    for maps in both(light):
        tiles = Finish(maps, light).finish(canvas, blank(), 0.7, dim=0.8)
        exact = lit(canvas, maps, light, gain=0.7, dim=0.8)
        down, across = edges(SIZE.height), edges(SIZE.width)
        meant = [
            [exact[down[j] : down[j + 1], across[i] : across[i + 1]].mean(axis=(0, 1))[::-1] for i in range(16)]
            for j in range(16)
        ]
        assert tiles.shape == (16, 16, 3)
        if light.gain <= 1:
            assert np.abs(tiles - np.reshape(meant, (16, 16, 3))).max() < 1e-3
        assert (
            tiles >= np.reshape(meant, (16, 16, 3)) - 0.005
        ).all()  # hardly less than there is, where light is cut off at white


def test_two_threads_draw_what_one_draws() -> None:
    """Side by side or one after another, every bit is the same."""
    light = LIGHTS[5]
    maps = both(light)[0]
    one, two = Finish(maps, light, seed=4), Finish(maps, light, seed=4, threads=2)
    for _ in range(3):
        a, b = blank(), blank()
        assert (one.finish(picture(CANVAS), a) == two.finish(picture(CANVAS), b)).all()
        assert (a == b).all()
    two.close()


def test_a_window_s_rows_may_be_longer_than_the_picture() -> None:
    """What lies beyond the picture in memory belongs to somebody else, and is left as it is."""
    light = LIGHTS[5]
    maps = both(light)[0]
    memory = np.full((SIZE.height, SIZE.width + 7, 4), 77, np.uint8)
    out = blank()
    Finish(maps, light).finish(picture(CANVAS), memory[:, : SIZE.width])
    Finish(maps, light).finish(picture(CANVAS), out)
    assert (memory[:, SIZE.width :] == 77).all()
    assert (memory[:, : SIZE.width] == out).all()


def held(thing: object) -> list[bytes]:
    """Return all that a thing holds in arrays, however deep."""
    if isinstance(thing, np.ndarray):
        return [thing.tobytes()]
    inner: list[object] = (
        [*cast("list[object]", thing)] if isinstance(thing, list) else list(getattr(thing, "__dict__", {}).values())
    )
    return [array for each in inner for array in held(each)]


def test_a_photo_that_was_withdrawn_is_nowhere_in_memory() -> None:
    """After `wipe` nobody can tell from what the finish holds which picture it has drawn."""
    light = LIGHTS[5]
    for maps in (both(light)[0], maps_of([(LEFT, plain(SIZE))])[0]):
        left: list[list[bytes]] = []
        for seed in (1, 2):
            finish = Finish(maps, light)
            finish.finish(picture(CANVAS, seed), blank(), 0.5)
            finish.wipe()
            left.append(held(finish))
        assert len(left[0]) > 5
        assert left[0] == left[1]


def test_most_of_a_mapped_output_is_flat() -> None:
    """Outside blends and soft edges pixels share one factor, so that light is looked up and not worked out."""
    size = Size(960, 540)
    corners = (Point(20, 10), Point(950, 5), Point(945, 530), Point(8, 525))
    (maps,) = maps_of([(Seat(size, Rect(0, 0, 960, 540), size), Shape(corners))])
    runs = [(strip, run) for strip in strips(maps.scale, maps.offset) for run in strip.runs]
    flat = sum((s.bottom - s.top) * (r.right - r.left) for s, r in runs if isinstance(r.kind, Flat) and r.kind is not DARK)
    assert flat > 0.6 * 960 * 540


def test_a_mesh_and_a_small_output_work_too() -> None:
    """An output smaller than its tiles, and one with fine work, have light of every tile and no error."""
    small = Size(10, 9)
    (maps,) = maps_of([(replace(LEFT, size=small), plain(small))])
    assert Finish(maps, Light()).finish(picture(CANVAS), blank(small)).shape == (16, 16, 3)
    bent = Mesh(3, 3, tuple(Point(u, v + 0.05 * (u == 0.5 and v == 0.5)) for v in (0.0, 0.5, 1.0) for u in (0.0, 0.5, 1.0)))
    (maps,) = maps_of([(LEFT, Shape(whole(SIZE), bent))])
    out = blank()
    quiet(maps, Light()).finish(picture(CANVAS), out)
    assert np.abs(out[..., :3] - reference(lit(picture(CANVAS), maps, Light()), Light())).max() <= 1


def test_sizes_that_do_not_fit_are_refused() -> None:
    """A canvas or a window of another size is no picture with a border, but an error that says so."""
    (maps,) = maps_of([(LEFT, plain(SIZE))])
    with pytest.raises(ValueError, match="canvas is 10x9, not 520x230"):
        Finish(maps, Light()).finish(blank(Size(10, 9)), blank())
    with pytest.raises(ValueError, match="output is 10x9, not 320x230"):
        Finish(maps, Light()).finish(picture(CANVAS), blank(Size(10, 9)))
