"""Whole outputs: what the wall gets when every one of them shows its maps."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from player.errors import GeometryError
from player.output.blend import blended, wall
from player.output.maps import Maps, maps_of
from player.output.shape import Box, Corners, Edges, Light, Mask, Mesh, Point, Seat, Shape, grid, plain, whole
from player.units import Size

SIZE = Size(480, 270)
B = 0.002
EVEN = 0.005  # of the light: what the eye sees as a step at the edge of a blend is more


def bent(size: Size, seed: int, by_px: float) -> Mesh:
    """A mesh pulled by hand."""
    moved = np.array(grid(5, 5)) + np.random.default_rng(seed).uniform(-by_px, by_px, (25, 2)) / size
    return Mesh(5, 5, tuple(Point(float(x), float(y)) for x, y in moved))


def pinned(size: Size, seed: int, by_px: float) -> Corners:
    """Corners pulled inwards."""
    pulls = np.random.default_rng(seed).uniform(0, by_px, (4, 2))
    ways = ((1, 1), (-1, 1), (-1, -1), (1, -1))
    moved = [Point(p.x + a * float(x), p.y + b * float(y)) for p, (a, b), (x, y) in zip(whole(size), ways, pulls, strict=True)]
    return moved[0], moved[1], moved[2], moved[3]


def beside(across: int, down: int, *, overlap: int = 80, corner: float = 0, mesh: float = 0) -> list[tuple[Seat, Shape]]:
    """Outputs in rows, overlapping, each pinned and bent by hand."""
    step_x, step_y = SIZE.width - overlap, SIZE.height - overlap
    canvas = Size(step_x * (across - 1) + SIZE.width, step_y * (down - 1) + SIZE.height)
    return [
        (
            Seat(canvas, Box(i * step_x, j * step_y, SIZE.width, SIZE.height), SIZE),
            Shape(
                pinned(SIZE, 10 * i + j, corner),
                bent(SIZE, 10 * i + j, mesh) if mesh else Mesh(),
                light=Light(black=B),
            ),
        )
        for j in range(down)
        for i in range(across)
    ]


def shown(maps: Maps, white: float) -> NDArray[np.float32]:
    """What an output shows of an even canvas, in linear light."""
    return np.asarray(maps.scale * np.float32(white) + maps.offset, np.float32)


def judged(outputs: list[tuple[Seat, Shape]]) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.bool_]]:
    """White and black as the wall gets them, and where to look: two pixels off the border of all light together."""
    made = maps_of(outputs)
    count = blended(outputs).count
    inner = cv2.erode((count > 0).astype(np.uint8), np.ones((5, 5), np.uint8), borderType=cv2.BORDER_CONSTANT, borderValue=0) > 0
    white, black = (wall(outputs, [shown(each, light) for each in made]) for light in (1.0, 0.0))
    return white, black, inner


@pytest.mark.parametrize(("across", "down"), [(2, 1), (3, 1), (2, 2)])
@pytest.mark.parametrize(("corner", "mesh"), [(0, 0), (30, 0), (30, 3)])
def test_blended_light_is_flat_and_black_is_even(across: int, down: int, corner: float, mesh: float) -> None:
    """White within ±0.5 % everywhere, black within ±10 % of the deepest overlap's on average: plain, pinned, and bent."""
    outputs = beside(across, down, corner=corner, mesh=mesh)
    white, black, inner = judged(outputs)
    assert np.abs(white[inner] - 1).max() <= EVEN
    deepest = 2 ** ((across > 1) + (down > 1)) * B
    assert abs(black[inner].mean() / deepest - 1) <= 0.01
    assert np.abs(black[inner] / deepest - 1).mean() <= 0.01


def stars() -> st.SearchStrategy[tuple[Point, ...]]:
    """Polygons round the middle of an output."""

    def star(reach: list[float]) -> tuple[Point, ...]:
        angles = np.arange(len(reach)) / len(reach) * 2 * np.pi
        return tuple(
            Point(float(240 + r * np.cos(a)), float(135 + 0.6 * r * np.sin(a))) for r, a in zip(reach, angles, strict=True)
        )

    return st.lists(st.floats(120, 215), min_size=5, max_size=9).map(star)


@settings(max_examples=12, deadline=None)
@given(stars(), st.integers(0, 99), st.sampled_from([(0, 0), (25, 2)]))
def test_a_random_polygon_in_the_light_of_another_output_is_flat(
    points: tuple[Point, ...], seed: int, by: tuple[int, int]
) -> None:
    """Whatever an operator cuts out with a mask, without a feather: no seam shows where it ends."""
    canvas = SIZE
    seat = Seat(canvas, Box(0, 0, SIZE.width, SIZE.height), SIZE)
    cut = Shape(pinned(SIZE, seed, by[0]), bent(SIZE, seed, by[1]), (Mask("m", "keep", points),), light=Light(black=B))
    outputs = [(seat, cut), (seat, Shape(pinned(SIZE, seed + 1, by[0]), light=Light(black=B)))]
    white, black, inner = judged(outputs)
    assert np.abs(white[inner] - 1).max() <= EVEN
    assert abs(black[inner].mean() / (2 * B) - 1) <= 0.1


def test_an_output_as_it_is_changes_nothing() -> None:
    """Its maps say so, so that a renderer can leave all of it out."""
    (only,) = maps_of([(Seat(SIZE, Box(0, 0, 480, 270), SIZE), plain(SIZE))])
    assert only.is_straight
    assert only.is_plain
    assert (only.scale == 1).all()
    assert not only.offset.any()
    assert (only.count == 1).all()


def test_a_masked_pixel_is_never_lit_nor_lifted() -> None:
    """Scale and offset are exactly 0 inside windows, outside the picture and where nobody looks; so is the count."""
    window = Mask("w", "drop", tuple(Point(x, y) for x, y in ((380.0, 80.0), (470.0, 90.0), (460.0, 180.0), (400.0, 190.0))), 3)
    outputs = beside(2, 2, corner=25, mesh=2)
    outputs[0] = (outputs[0][0], replace(outputs[0][1], masks=(window, replace(window, id="text", kind="text"))))
    for each in maps_of(outputs):
        dark = (each.sampling[..., 0] < 0) | (each.scale == 0)
        assert dark.any()
        assert not each.scale[dark].any()
        assert not each.offset[dark].any()
        assert not each.count[dark].any()
        assert (each.scale >= 0).all()
        assert (each.scale + each.offset <= 1 + 1e-5).all()
    first = maps_of(outputs)[0]
    assert not first.scale[100:170, 410:450].any()
    assert not first.offset[100:170, 410:450].any()
    assert first.offset[20:60, 100:300].min() > 0


def test_the_count_of_an_output_is_that_of_the_wall_it_lights() -> None:
    """For the test card: 1 alone, 2 beside a neighbour, 4 in the corner, as its own pixels see it."""
    made = maps_of(beside(2, 2))
    count = made[3].count
    assert (count[200, 400], count[200, 20], count[20, 400], count[20, 20]) == (1, 2, 2, 4)
    assert count.dtype == np.uint8


def test_four_outputs_of_other_sizes_than_their_crops_fit_together() -> None:
    """Turned, mirrored, finer and coarser than the canvas: the light is still flat."""
    canvas = Size(600, 260)
    outputs = [
        (Seat(canvas, Box(0, 0, 200, 260), Size(400, 300), 90, "horizontal"), plain(Size(400, 300))),
        (Seat(canvas, Box(140, 0, 220, 260), Size(150, 200), 180), plain(Size(150, 200))),
        (Seat(canvas, Box(300, 0, 300, 160), SIZE, 0, "vertical"), plain(SIZE)),
        (Seat(canvas, Box(300, 90, 300, 170), SIZE), plain(SIZE)),
    ]
    white, _, inner = judged(outputs)
    assert np.abs(white[inner] - 1).max() <= EVEN


def test_edges_by_hand_are_taken() -> None:
    """A narrower ramp is steeper in the maps as well, and the light stays flat."""
    outputs = beside(2, 1)
    by_hand = [
        (outputs[0][0], replace(outputs[0][1], edges=Edges(right=40))),
        (outputs[1][0], replace(outputs[1][1], edges=Edges(left=40))),
    ]
    ours, theirs = maps_of(by_hand)[0], maps_of(outputs)[0]
    assert not np.array_equal(ours.scale, theirs.scale)
    white, _, inner = judged(by_hand)
    assert np.abs(white[inner] - 1).max() <= EVEN


def test_no_output_has_no_maps_and_a_folded_one_none_either() -> None:
    """What cannot be shown is refused before anything is made of it."""
    assert maps_of([]) == ()
    points = list(grid(5, 5))
    points[12] = Point(0.95, 0.5)
    folded = replace(plain(SIZE), mesh=Mesh(5, 5, tuple(points)))
    with pytest.raises(GeometryError, match="folded"):
        maps_of([(Seat(SIZE, Box(0, 0, 480, 270), SIZE), folded)])


def test_the_work_can_be_given_up_between_two_steps() -> None:
    """Each mask and each output is a step; what is raised there comes out, and nothing is made any more."""
    steps: list[int] = []
    size = Size(64, 36)
    masks = tuple(Mask(str(i), "drop", (Point(i, 1), Point(i + 1, 1), Point(i, 3))) for i in range(5))
    outputs = [(Seat(size, Box(0, 0, *size), size), replace(plain(size), masks=masks))] * 2

    def count() -> None:
        steps.append(1)

    def give_up() -> None:
        raise InterruptedError

    maps_of(outputs, count)
    assert len(steps) >= 2 * 2 * len(masks)
    with pytest.raises(InterruptedError):
        maps_of(outputs, give_up)
