"""Outputs as they can be shown at once, against what they will be."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from player.errors import GeometryError
from player.output.finish import Finish
from player.output.maps import maps_of
from player.output.shape import Edges, Light, Mask, Mesh, Point, Seat, Shape, grid, plain, whole
from player.output.sketch import sketched_maps, sketches
from player.units import Rect, Size

CANVAS, SIZE = Size(620, 270), Size(480, 270)
LEFT: Final = Seat(CANVAS, Rect(0, 0, 380, 270), SIZE)
RIGHT: Final = Seat(CANVAS, Rect(240, 0, 380, 270), SIZE)
PIN: Final = (Point(12, 8), Point(470, 3), Point(475, 260), Point(5, 250))
WINDOW: Final = Mask("w", "drop", (Point(100, 100), Point(180, 104), Point(170, 180), Point(98, 178)), 4)
BENT: Final = Mesh(3, 3, (*grid(3, 3)[:4], Point(0.53, 0.47), *grid(3, 3)[5:]))


def picture() -> NDArray[np.uint8]:
    """A canvas that is smooth, so that two ways of sampling it agree."""
    made = np.empty((CANVAS.height, CANVAS.width, 4), np.uint8)
    made[..., 0] = np.linspace(40, 220, CANVAS.width)
    made[..., 1] = np.linspace(30, 200, CANVAS.height)[:, None]
    made[..., 2] = 120
    made[..., 3] = 255
    return made


def blank() -> NDArray[np.uint8]:
    """A window's memory with something in it, its rows padded."""
    return np.full((SIZE.height, SIZE.width + 5, 4), 99, np.uint8)[:, :-5]


@pytest.mark.parametrize(
    "shape",
    [plain(SIZE), Shape(PIN), Shape(PIN, BENT, (WINDOW,)), Shape(PIN, light=Light(gain=0.6))],
)
@pytest.mark.parametrize(("gain", "dim"), [(1.0, 1.0), (0.5, 0.8)])
def test_a_sketch_looks_as_the_picture_will(shape: Shape, gain: float, dim: float) -> None:
    """Away from edges, within a few codes; blends and light included, and what the governor is told as well."""
    outputs = [(LEFT, shape), (RIGHT, plain(SIZE))]
    rough, exact = blank(), blank()
    seen = sketches(outputs)[0].finish(picture(), rough, gain, dim=dim)
    maps = maps_of(outputs)[0]
    known = Finish(maps, shape.light, dithered=False).finish(picture(), exact, gain, dim=dim)
    inner = cv2.erode((maps.scale > 0.4).astype(np.uint8), np.ones((17, 17), np.uint8)) > 0
    assert np.abs(rough[inner].astype(int) - exact[inner])[..., :3].mean() < 4
    assert np.abs(seen - known)[3:-3, 3:8].mean() < 0.03
    assert (rough[..., 3] == 255).all()


def stars() -> st.SearchStrategy[tuple[Point, ...]]:
    """Polygons with sharp corners."""

    def star(reach: list[float]) -> tuple[Point, ...]:
        angles = np.arange(len(reach)) / len(reach) * 2 * np.pi
        return tuple(
            Point(float(240 + r * np.cos(a)), float(135 + 0.5 * r * np.sin(a))) for r, a in zip(reach, angles, strict=True)
        )

    return st.lists(st.floats(3, 200), min_size=3, max_size=11).map(star)


@settings(max_examples=40, deadline=None)
@given(stars(), st.sampled_from(["keep", "drop", "lock"]), st.floats(0, 20))
def test_no_light_where_a_mask_leaves_none(points: tuple[Point, ...], kind: str, feather: float) -> None:
    """Not a pixel that will be dark is lit until then: people live behind these windows."""
    shape = Shape(whole(SIZE), masks=(Mask("m", kind, points, feather),))  # pyright: ignore[reportArgumentType] - one of the kinds
    rough = blank()
    sketches([(LEFT, shape)])[0].finish(np.full((CANVAS.height, CANVAS.width, 4), 255, np.uint8), rough)
    dark = maps_of([(LEFT, shape)])[0].scale == 0
    assert not rough[dark][:, :3].any()


def test_only_what_is_wanted_is_made_and_dark_is_black() -> None:
    """One of two; and with no gain nothing is left, whatever the canvas."""
    made = sketches([(LEFT, plain(SIZE)), (RIGHT, plain(SIZE))], {1})
    assert set(made) == {1}
    out = blank()
    assert not made[1].finish(picture(), out, 0.0).any()
    assert (out == (0, 0, 0, 255)).all()
    made[1].wipe()
    made[1].close()


def test_a_folded_shape_is_refused() -> None:
    """As it is by the whole maps."""
    points = list(grid(3, 3))
    points[4] = Point(1.4, 0.5)
    with pytest.raises(GeometryError):
        sketches([(LEFT, replace(plain(SIZE), mesh=Mesh(3, 3, tuple(points))))])


def thin(points: tuple[Point, ...]) -> tuple[Seat, Shape]:
    """A strip of four rows with a mask in it."""
    size = Size(1920, 4)
    return Seat(Size(1920, 1080), Rect(0, 0, 1920, 4), size), Shape(whole(size), masks=(Mask("door", "drop", points),))


def flat(share: float) -> tuple[Seat, Shape]:
    """A small panel, one of whose corners lies near the line of its neighbours: half way across and down."""
    size = Size(192, 108)
    corner = Point(size.width * share, size.height * share)
    return Seat(Size(1920, 1080), Rect(0, 0, *size), size), Shape((Point(0, 0), Point(192, 0), corner, Point(0, 108)))


@pytest.mark.parametrize(
    "output",
    [
        thin((Point(10, 1), Point(20, 1), Point(20, 3), Point(10, 3))),
        thin((Point(10, 1), Point(10.5, 1), Point(20, 3))),
        flat(0.511),
        flat(0.53),
        flat(0.7),
    ],
)
def test_whatever_can_be_made_whole_can_be_sketched(output: tuple[Seat, Shape]) -> None:
    """A strip of a few rows, a corner a pixel off a line: beside a display so large that its pixels are drawn coarsely."""
    seat = Seat(Size(1920, 1080), Rect(0, 0, 1920, 1080), Size(3840, 2160))
    outputs = [output, (seat, plain(seat.size))]
    maps_of([output])
    assert set(sketches(outputs)) == {0, 1}
    assert set(sketched_maps(outputs)) == {0, 1}


def test_two_blends_that_meet_can_be_sketched() -> None:
    """As the arrows leave them: together exactly as wide as the output, however that is rounded."""
    for width in range(300, 420):
        canvas, left = Size(width, 8), round(width * 0.3, 6)
        seat = Seat(canvas, Rect(0, 0, width, 8), canvas)
        outputs = [(seat, Shape(whole(canvas), edges=Edges(left=left, right=width - left)))]
        assert set(sketches(outputs)) == {0}
