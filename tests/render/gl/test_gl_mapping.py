"""An output on the GPU: the same geometry and the same light as the formulas say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

pytest.importorskip("moderngl", reason="needs moderngl (x86-64)")

import moderngl

from player.output.finish import Finish
from player.output.mapping import landing
from player.output.maps import Maps, maps_of
from player.output.shape import Edges, Light, Mask, Mesh, Point, Seat, plain
from player.render.gl.mapping import Outlet, Tiles
from player.render.gl.measure import ACROSS, block_of
from player.render.trial import picture
from player.units import Rect, Size
from tests.render.gl.outlets import (
    APART,
    BENT,
    CANVAS,
    OUT,
    Doubles,
    codes_of,
    expected,
    light_of,
    one_output,
    show,
    shown,
    stage,
)


@pytest.mark.parametrize(
    "light",
    [
        Light(),
        Light(gain=0.7, balance=(1.0, 0.93, 0.85)),
        Light(gamma=(2.2, 2.4, 1.8)),
        Light(gain=1.4, black=0.01),
    ],
)
@pytest.mark.parametrize("mesh", [Mesh(), BENT])
def test_an_output_is_what_the_formulas_say(context: moderngl.Context, light: Light, mesh: Mesh) -> None:
    """Corners, mesh, a mask, gain, balance and curve give every pixel within one code of floating point."""
    window = Mask("window", "drop", (Point(150, 120), Point(210, 118), Point(205, 180), Point(148, 176)), feather_px=6)
    maps, _ = one_output(mesh=mesh, masks=(window,), light=light)

    found, canvas = shown(context, picture(CANVAS, 3), maps, light, level=0.8, dim=0.9)

    assert np.abs(found - expected(canvas, maps, light, level=0.8, dim=0.9)).max() <= 1.0
    assert not found[maps.scale == 0].any()


@pytest.mark.parametrize("mesh", [Mesh(), BENT])
def test_points_land_within_a_quarter_of_a_pixel(context: moderngl.Context, mesh: Mesh) -> None:
    """Spots all over the canvas land where the corner pin says analytically, within 0.25 px."""
    spots = [(x + 0.5, y + 0.5) for x in range(40, 480, 100) for y in range(30, 270, 70)]
    maps, shape = one_output(mesh=mesh)
    light = np.zeros((CANVAS.height, CANVAS.width), np.float64)
    for x, y in spots:
        light[int(y), int(x)] = 1.0
    light = np.asarray(cv2.GaussianBlur(light, (0, 0), 3.0))
    codes = np.rint(codes_of(light / light.max(), None)).astype(np.uint8)

    found = light_of(shown(context, np.dstack([codes] * 3), maps, Light())[0][..., 0] / 255)

    down, across = np.mgrid[: OUT.height, : OUT.width] + 0.5
    for x, y in spots:
        where = landing(maps.seat, shape, np.array([x]), np.array([y]))[0, 0]
        spot = found * (np.hypot(across - where[0], down - where[1]) < APART / 2)
        centre = (np.sum(across * spot) / spot.sum(), np.sum(down * spot) / spot.sum())
        assert np.hypot(*(centre - where)) < 0.25, (x, y)


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
@pytest.mark.parametrize("mirror", ["none", "horizontal"])
def test_a_straight_output_is_the_canvas_itself(
    context: moderngl.Context, rotate: Literal[0, 90, 180, 270], mirror: Literal["none", "horizontal"]
) -> None:
    """Turned and mirrored at most, every pixel is one of the canvas, to the byte and without dither."""
    crop = Rect(20, 30, 160, 96)
    size = Size(160, 96) if rotate in (0, 180) else Size(96, 160)
    seat = Seat(CANVAS, crop, size, rotate=rotate, mirror=mirror)
    maps = maps_of([(seat, plain(size))])[0]
    renderer, scene, canvas = stage(context, picture(CANVAS, 3))
    outlet = Outlet(context, maps, Light())

    show(renderer, scene, [outlet], seed=1)

    part = np.rot90(canvas[30:126, 20:180], -rotate // 90)
    assert np.array_equal(outlet.read(), part[:, ::-1] if mirror == "horizontal" else part)


def test_two_outputs_that_overlap_are_flat_together(context: moderngl.Context) -> None:
    """Where two outputs blend, the sum of their light is that of one, within half a percent of it."""
    overlap, wide = 120, Size(300, 270)
    seats = [Seat(CANVAS, Rect(left, 0, *wide), wide) for left in (0, CANVAS.width - wide.width)]
    edges = (Edges(right=overlap), Edges(left=overlap))
    outputs = [(seat, replace(plain(wide), edges=edge)) for seat, edge in zip(seats, edges, strict=True)]
    canvas = np.full((CANVAS.height, CANVAS.width, 3), 188, np.uint8)
    total = np.zeros((CANVAS.height, CANVAS.width, 3))
    for seat, maps in zip(seats, maps_of(outputs), strict=True):
        left = int(seat.crop.x)
        total[:, left : left + wide.width] += dithered(context, canvas, maps, frames=24)

    columns = total.mean(axis=(0, 2))
    assert np.abs(columns / light_of(np.array(188 / 255)) - 1).max() < 0.005


def dithered(context: moderngl.Context, canvas: NDArray[np.uint8], maps: Maps, frames: int) -> Doubles:
    """Return the mean light of so many dithered frames."""
    outlet = Outlet(context, maps, Light())
    renderer, scene, _ = stage(context, canvas)
    mean = np.zeros((maps.seat.size.height, maps.seat.size.width, 3))
    for seed in range(frames):
        show(renderer, scene, [outlet], seed=seed)
        mean += light_of(outlet.read() / 255)
    return mean / frames


def test_dither_is_right_on_average_and_masks_stay_black(context: moderngl.Context) -> None:
    """At any level the mean of 64 x 64 pixels is the wanted code within 0.05, and where light must never be there is none."""
    lock = Mask("door", "lock", (Point(0, 0), Point(130, 0), Point(130, 300), Point(0, 300)))
    maps = maps_of([(Seat(OUT, Rect(0, 0, *OUT), OUT), replace(plain(OUT), masks=(lock,)))])[0]
    canvas = np.full((OUT.height, OUT.width, 3), (230, 120, 7), np.uint8)
    renderer, scene, _ = stage(context, canvas)
    outlet = Outlet(context, maps, Light())
    for seed, level in enumerate((0.9, 0.31, 0.05, 0.004, 0.0003)):
        show(renderer, scene, [outlet], seed=seed, level=level)
        found = outlet.read().astype(np.float64)
        wanted = codes_of(light_of(np.array([230, 120, 7]) / 255) * level, None)
        assert not found[:, :130].any()
        tiles = found[:256, 136:392].reshape(4, 64, 4, 64, 3).mean(axis=(1, 3))
        assert np.abs(tiles.mean(axis=(0, 1)) - wanted).max() < 0.05, level
        assert np.abs(tiles - wanted).max() < 0.1, level


def test_each_frame_is_dithered_anew(context: moderngl.Context) -> None:
    """Another seed gives other noise, the same one the same."""
    maps, _ = one_output()
    outlet = Outlet(context, maps, Light())
    renderer, scene, _ = stage(context, picture(CANVAS, 3))
    frames: list[NDArray[np.uint8]] = []
    for seed in (1, 2, 1):
        show(renderer, scene, [outlet], seed=seed)
        frames.append(outlet.read())

    assert not np.array_equal(frames[0], frames[1])
    assert np.array_equal(frames[0], frames[2])


def means(light: Doubles) -> Doubles:
    """Return the mean of each of 16 x 16 tiles."""
    rows, columns = ([round(k * side / ACROSS) for k in range(ACROSS)] for side in light.shape[:2])
    counts = np.multiply.outer(np.diff([*rows, light.shape[0]]), np.diff([*columns, light.shape[1]]))
    return np.add.reduceat(np.add.reduceat(light, rows, axis=0), columns, axis=1) / counts[..., None]


def test_the_governor_is_told_before_anything_is_shown(context: moderngl.Context) -> None:
    """Every outlet's light is measured, tile by tile, as it would leave; what the governor says dims the very same frame."""
    light = Light(balance=(1.0, 0.9, 0.8))
    maps, _ = one_output()
    straight = maps_of([(Seat(CANVAS, Rect(0, 0, *CANVAS), CANVAS), plain(CANVAS))])[0]
    outlets = [Outlet(context, maps, light), Outlet(context, straight, Light())]
    renderer, scene, canvas = stage(context, picture(CANVAS, 5))
    told: list[Tiles] = []

    def judge(tiles: Sequence[Tiles]) -> list[float]:
        told.extend(tiles)
        assert not any(outlet.read().any() for outlet in outlets)
        return [1.0, 0.5]

    for outlet in outlets:
        outlet.black()
    show(renderer, scene, outlets, seed=3, level=0.9, judge=judge)

    for tiles, given in zip(
        told, (expected(canvas, maps, light, level=0.9), expected(canvas, straight, Light(), level=0.9)), strict=True
    ):
        assert tiles.shape == (ACROSS, ACROSS, 3)
        assert np.abs(tiles - means(light_of(given / 255))).max() < 1e-3
    dimmed = expected(canvas, straight, Light(), level=0.45)
    assert np.abs(outlets[1].read() - dimmed).mean() < 0.6
    assert np.abs(outlets[0].read() - expected(canvas, maps, light, level=0.9)).mean() < 0.6


@pytest.mark.parametrize(
    ("size", "block"), [(Size(3840, 2160), 5), (Size(1920, 1080), 2), (Size(640, 360), 1), (Size(160, 160), 1)]
)
def test_a_tile_has_about_a_thousand_blocks(size: Size, block: int) -> None:
    """The larger an output, the larger the blocks whose means are added up."""
    assert block_of(size) == block


def test_large_outputs_are_measured_to_the_last_pixel(context: moderngl.Context) -> None:
    """Where blocks are larger than a pixel, and do not fill the output's last column, each tile still has its mean light."""
    size = Size(1281, 883)
    maps = maps_of([(Seat(size, Rect(0, 0, *size), size), plain(size))])[0]
    image = np.zeros((size.height, size.width, 3), np.uint8)
    image[::2, ::2] = image[1::2, 1::2] = (255, 128, 0)
    renderer, scene, canvas = stage(context, image)
    told: list[Tiles] = []

    def judge(tiles: Sequence[Tiles]) -> list[float]:
        told.extend(tiles)
        return [1.0]

    show(renderer, scene, [Outlet(context, maps, Light())], seed=1, judge=judge)

    assert block_of(size) == 2
    assert np.abs(told[0] - means(light_of(canvas / 255))).max() < 0.02
    assert np.abs(told[0].mean(axis=(0, 1)) - light_of(canvas / 255).mean(axis=(0, 1))).max() < 1e-3


@pytest.mark.parametrize(
    "light",
    [
        Light(),
        Light(gain=0.8, balance=(1.0, 0.93, 0.85), gamma=(2.2, 2.3, 2.4), black=0.004),
        Light(gain=1.8, balance=(1.0, 0.9, 0.8), black=0.004),
    ],
)
def test_an_output_is_what_the_cpu_makes_of_it(context: moderngl.Context, light: Light) -> None:
    """With warp, mask, blend, balance and curve the GPU's output is the CPU's, but for the noise of one code of both."""
    window = Mask("window", "drop", (Point(150, 120), Point(210, 118), Point(205, 180), Point(148, 176)), feather_px=6)
    maps, _ = one_output(mesh=BENT, masks=(window,), light=light)
    renderer, scene, canvas = stage(context, picture(CANVAS, 3))
    outlet = Outlet(context, maps, light)
    told: list[Tiles] = []

    def judge(tiles: Sequence[Tiles]) -> list[float]:
        told.extend(tiles)
        return [1.0]

    show(renderer, scene, [outlet], seed=1, level=0.7, dim=0.9, judge=judge)
    out = np.zeros((OUT.height, OUT.width, 4), np.uint8)
    tiles = Finish(maps, light).finish(np.dstack([canvas[..., ::-1], canvas[..., :1]]).copy(), out, 0.7, dim=0.9)

    difference = outlet.read().astype(np.float64) - out[..., 2::-1]
    assert np.abs(difference).max() <= 3
    assert np.abs(cv2.blur(difference, (32, 32))).max() < 0.15
    assert np.abs(told[0] - tiles).max() < 0.002
