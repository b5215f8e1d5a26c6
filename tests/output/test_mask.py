"""Where an output may give light."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from player.errors import GeometryError
from player.output.mapping import NOWHERE, sampling
from player.output.mask import coverage, inside, masked
from player.output.refusals import MAX_MASKS, MAX_POINTS, check_mask, check_masks, check_room
from player.output.shape import Box, Mask, MaskKind, Point, Seat, Shape, plain, whole
from player.units import Size

SIZE = Size(96, 64)
DARK: tuple[MaskKind, ...] = ("drop", "lock")


def polygon(*points: tuple[float, float]) -> tuple[Point, ...]:
    """Points of numbers."""
    return tuple(Point(float(x), float(y)) for x, y in points)


def stars() -> st.SearchStrategy[tuple[Point, ...]]:
    """Polygons that do not cross themselves: round a middle, near and far."""

    def star(reach: list[float]) -> tuple[Point, ...]:
        angles = np.arange(len(reach)) / len(reach) * 2 * np.pi
        return polygon(*((48 + r * np.cos(a), 32 + r * np.sin(a)) for r, a in zip(reach, angles, strict=True)))

    return st.lists(st.floats(5, 45), min_size=3, max_size=12).map(star)


def slow_inside(points: tuple[Point, ...], x: float, y: float) -> bool:
    """The even-odd rule, one place at a time."""
    found = False
    for a, b in zip(points, points[1:] + points[:1], strict=True):
        if (a.y <= y) != (b.y <= y) and a.x + (y - a.y) * (b.x - a.x) / (b.y - a.y) <= x:
            found = not found
    return found


def slow_distance(points: tuple[Point, ...]) -> NDArray[np.float64]:
    """The distance of every pixel's centre to the nearest side."""
    at = np.stack(np.meshgrid(np.arange(SIZE.width) + 0.5, np.arange(SIZE.height) + 0.5), axis=-1)
    found = np.full(at.shape[:2], np.inf)
    for a, b in zip(points, points[1:] + points[:1], strict=True):
        start, along = np.array(a), np.array(b) - np.array(a)
        t = np.clip(((at - start) @ along) / (along @ along), 0, 1)
        found = np.minimum(found, np.hypot(*np.moveaxis(at - start - t[..., None] * along, -1, 0)))
    return found


@settings(max_examples=40, deadline=None)
@given(stars())
def test_a_pixel_is_inside_when_its_centre_is(points: tuple[Point, ...]) -> None:
    """By the even-odd rule, on every pixel."""
    found = inside(points, SIZE)
    for y in range(0, SIZE.height, 7):
        for x in range(SIZE.width):
            assert found[y, x] == slow_inside(points, x + 0.5, y + 0.5)


@settings(max_examples=40, deadline=None)
@given(stars(), st.sampled_from(("keep", *DARK)), st.sampled_from([0.0, 0.3, 3.0, 20.0]))
def test_the_dark_side_of_a_mask_is_exactly_black(points: tuple[Point, ...], kind: MaskKind, feather: float) -> None:
    """Outside for keep, inside for drop and lock; the other side ramps up over the feather and is full beyond it."""
    found = masked([Mask("m", kind, points, feather)], SIZE)
    within, away = inside(points, SIZE), slow_distance(points)
    dark = ~within if kind == "keep" else within
    assert (found[dark] == 0).all()
    assert (found[~dark & (away > 0.01)] > 0).all()
    assert (found[~dark & (away >= max(feather, 0.5) + 1e-3)] == 1).all()
    ramp = ~dark & (away < max(feather, 0.5) - 1e-3)
    x = away[ramp] / max(feather, 0.5)
    assert np.allclose(found[ramp], x if feather <= 0.5 else x * x * (3 - 2 * x), atol=2e-3)


def test_a_hard_edge_on_whole_pixels_is_sharp() -> None:
    """A window drawn along pixel borders is 0 inside and 1 right beside it; a slanted one has steps between."""
    found = masked([Mask("w", "drop", polygon((10, 10), (30, 10), (30, 20), (10, 20)))], SIZE)
    assert (found[10:20, 10:30] == 0).all()
    assert found.sum() == SIZE.width * SIZE.height - 200
    slanted = masked([Mask("w", "drop", polygon((10, 10), (60, 17), (30, 50)))], SIZE)
    assert np.unique(slanted).size > 20


def test_masks_join() -> None:
    """Light is inside any keep and outside every drop and lock; text takes none."""
    left, right = polygon((0, 0), (40, 0), (40, 64), (0, 64)), polygon((50, 0), (96, 0), (96, 64), (50, 64))
    hole, band = polygon((10, 10), (20, 10), (20, 20), (10, 20)), polygon((0, 40), (96, 40), (96, 50), (0, 50))
    found = masked(
        [
            Mask("a", "keep", left),
            Mask("b", "drop", hole),
            Mask("c", "keep", right),
            Mask("d", "lock", band),
            Mask("e", "text", left),
        ],
        SIZE,
    )
    wanted = np.zeros((64, 96))
    wanted[:, :40] = wanted[:, 50:] = 1
    wanted[10:20, 10:20] = wanted[40:50] = 0
    assert np.array_equal(found, wanted)


def test_nothing_masked_is_full_light() -> None:
    """An output as it is gives all of its light, to the last pixel."""
    assert (coverage(plain(SIZE), SIZE) == 1).all()


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(0, 25), min_size=8, max_size=8))
def test_there_is_no_light_where_there_is_no_picture(moved: list[float]) -> None:
    """Outside the corners coverage is 0, inside it is not, and that is where pixels look at the canvas."""
    ways = ((1, 1), (-1, 1), (-1, -1), (1, -1))
    corners = [
        Point(p.x + a * x, p.y + b * y) for p, (a, b), x, y in zip(whole(SIZE), ways, moved[::2], moved[1::2], strict=True)
    ]
    shape = Shape((corners[0], corners[1], corners[2], corners[3]))
    light = coverage(shape, SIZE)
    looks = sampling(Seat(SIZE, Box(0, 0, 96, 64), SIZE), shape)[..., 0] > NOWHERE
    assert not light[~looks].any()
    assert (light[looks] > 0).mean() > 0.99


def test_a_polygon_may_reach_beyond_the_output() -> None:
    """As when an outline is drawn larger than the picture, or a mask was made for another display."""
    assert (masked([Mask("m", "keep", polygon((-500, -500), (900, -500), (900, 900), (-500, 900)), 4)], SIZE) == 1).all()
    assert not masked([Mask("m", "keep", polygon((500, 500), (900, 500), (900, 900)))], SIZE).any()


@pytest.mark.parametrize(
    ("points", "feather", "words"),
    [
        ((), 0, "0 of the 3 points"),
        (((5, 5),), 0, "1 of the 3 points"),
        (((5, 5), (9, 9)), 0, "2 of the 3 points"),
        (((0, 0), (20, 20), (20, 0), (0, 20)), 0, "side 1 meets its side 3"),
        (((0, 0), (20, 0), (20, 20), (10, 0), (0, 20)), 0, "meets"),
        (((0, 0), (20, 0), (10, 0)), 0, "turns back"),
        (((0, 0), (20, 0), (40, 0)), 0, "turns back"),
        (((0, 0), (0, 0), (20, 0), (20, 20)), 0, "twice in a row"),
        (((0, 0), (float("nan"), 0), (20, 20)), 0, "within"),
        (((0, 0), (20, 0), (20, 20)), -1, "feather"),
        (((0, 0), (20, 0), (20, 20)), float("nan"), "feather"),
        (((0, 0), (20, 0), (20, 20)), 5000, "feather"),
        (tuple((i, i * i) for i in range(MAX_POINTS + 1)), 0, f"may have {MAX_POINTS}"),
    ],
)
def test_what_is_no_polygon_is_refused_by_name(points: tuple[tuple[float, float], ...], feather: float, words: str) -> None:
    """Too few points, crossing or touching itself, out of all bounds: the operator reads which mask and what to do."""
    with pytest.raises(GeometryError, match=words) as caught:
        check_mask(Mask("rose", "drop", polygon(*points), feather))
    assert "rose" in str(caught.value)


@given(stars())
def test_a_polygon_round_a_middle_is_taken(points: tuple[Point, ...]) -> None:
    """However jagged."""
    check_mask(Mask("m", "keep", points))


def test_masks_have_names_of_their_own_and_an_end() -> None:
    """Two of one name could not be told apart by keys; a thousand would make every edit slow."""
    one = Mask("m", "keep", polygon((0, 0), (9, 0), (9, 9)))
    with pytest.raises(GeometryError, match="Two masks are called m"):
        check_masks([one, one])
    many = [Mask(str(i), one.kind, one.points) for i in range(MAX_MASKS)]
    check_room(many[1:])
    with pytest.raises(GeometryError, match="at most"):
        check_room(many)
