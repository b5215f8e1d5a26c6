"""Where an output's pixels look on the canvas, and where the canvas lands."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from player.errors import GeometryError
from player.output.homography import applied, homography
from player.output.mapping import NOWHERE, check, is_straight, landing, lattice, outline, sampling, texture
from player.output.mask import lit
from player.output.mesh import resampled, surface_at
from player.output.shape import Box, Corners, Mask, Mesh, Mirror, Point, Rotation, Seat, Shape, grid, plain, whole
from player.units import Size

ROTATIONS: tuple[Rotation, ...] = (0, 90, 180, 270)
MIRRORS: tuple[Mirror, ...] = ("none", "horizontal", "vertical")
SIZE = Size(320, 180)
CANVAS = Size(640, 360)
CROP = Box(100.0, 40.0, 400.0, 225.0)
PINS = st.lists(st.floats(0, 1), min_size=8, max_size=8)


def pinned(share: list[float], size: Size = SIZE, depth: float = 0.3) -> Corners:
    """Corners pulled inwards, each by a share of *depth* sides."""
    inwards = ((1, 1), (-1, 1), (-1, -1), (1, -1))
    moved = [
        Point(p.x + sx * x * depth * size.width, p.y + sy * y * depth * size.height)
        for p, (sx, sy), x, y in zip(whole(size), inwards, share[::2], share[1::2], strict=True)
    ]
    return moved[0], moved[1], moved[2], moved[3]


def pulled(points: int, seed: int, by_px: float, size: Size = SIZE) -> Mesh:
    """A mesh with every point pulled somewhere by up to *by_px*."""
    moved = np.array(grid(points, points)) + np.random.default_rng(seed).uniform(-by_px, by_px, (points**2, 2)) / size
    return Mesh(points, points, tuple(Point(float(x), float(y)) for x, y in moved))


def bent(points: int, seed: int, share: list[float]) -> Shape:
    """Any pin, any pull. One in some thousand folds, and is refused: that is another test's."""
    shape = Shape(pinned(share), pulled(points, seed, min(8.0, 60 / points)))
    try:
        check(shape)
    except GeometryError:
        reject()
    return shape


def centres(size: Size) -> NDArray[np.float64]:
    """Every pixel's centre, height x width x 2."""
    across, down = np.arange(size.width, dtype=np.float64), np.arange(size.height, dtype=np.float64)
    return np.stack(np.meshgrid(across, down), axis=-1) + np.float64(0.5)


def off_px(seat: Seat, shape: Shape) -> NDArray[np.float64]:
    """How far from each lit pixel's centre its place on the canvas really lands, by the formula H(M(u, v))."""
    found = sampling(seat, shape).astype(np.float64)
    lit = found[..., 0] > NOWHERE
    unit = (found[lit] - (seat.crop.x, seat.crop.y)) / (seat.crop.width, seat.crop.height)
    landed = applied(homography(shape.corners), surface_at(shape.mesh, unit))
    return np.asarray(np.hypot(*(landed - centres(seat.size)[lit]).T), np.float64)


@settings(max_examples=40, deadline=None)
@given(PINS)
def test_a_corner_pin_is_where_the_formula_puts_it(share: list[float]) -> None:
    """Every pixel, within a hundredth; a quarter of a pixel would be seen."""
    off = off_px(Seat(CANVAS, CROP, SIZE), Shape(pinned(share)))
    assert off.size > 1000
    assert off.max() < 0.01


@settings(max_examples=15, deadline=None)
@given(st.integers(2, 17), st.integers(0, 99), PINS)
def test_a_mesh_is_undone_as_newton_would(points: int, seed: int, share: list[float]) -> None:
    """Under any pin, each pixel's place on the canvas lands on the pixel within 0.1 px."""
    shape = bent(points, seed, share)
    off = off_px(Seat(CANVAS, CROP, SIZE), shape)
    assert off.max() < 0.1


@settings(max_examples=15, deadline=None)
@given(st.integers(2, 17), st.integers(0, 99), PINS)
def test_a_mesh_leaves_no_hole(points: int, seed: int, share: list[float]) -> None:
    """Every pixel half a pixel inside the border has a place, on seams of cells too, and none half a pixel outside has."""
    shape = bent(points, seed, share)
    found = sampling(Seat(CANVAS, CROP, SIZE), shape)[..., 0] > NOWHERE
    border = outline(shape)
    assert found.sum() > 1000
    assert found[lit(Mask("in", "keep", border), SIZE) == 1].all()
    assert not found[lit(Mask("out", "drop", border), SIZE) == 1].any()


@pytest.mark.parametrize("mesh", [Mesh(), Mesh(5, 5, grid(5, 5)), pulled(2, 1, 1e-6), resampled(pulled(2, 1, 1e-6), 9, 9)])
def test_corners_of_the_output_show_corners_of_the_crop(mesh: Mesh) -> None:
    """The pixel at the tip of a corner looks at that corner of the crop; and the other way, the crop's corners land there."""
    seat = Seat(CANVAS, CROP, SIZE)
    shape = Shape((Point(20.2, 10.2), Point(300.7, 20.3), Point(290.6, 170.7), Point(10.3, 160.8)), mesh)
    found = sampling(seat, shape)
    wanted = ((100, 40), (500, 40), (500, 265), (100, 265))
    for (x, y), place in zip(((20, 10), (300, 20), (290, 170), (10, 160)), wanted, strict=True):
        assert np.hypot(*(found[y, x] - place)) < 1.5
    landed = landing(seat, shape, np.array([100.0, 500.0]), np.array([40.0, 265.0]))
    assert np.allclose(landed.reshape(4, 2)[[0, 1, 3, 2]], np.array(shape.corners), atol=1e-4)


def test_a_trapezoid_shows_the_middle_row_two_thirds_up() -> None:
    """For a top edge half as long as the bottom, the pixel two thirds up looks at the middle of the canvas."""
    size = Size(1200, 900)
    corners = (Point(300, 0), Point(900, 0), Point(1200, 900), Point(0, 900))
    found = sampling(Seat(size, Box(0, 0, 1200, 900), size), Shape(corners))
    assert found[299:301, 599:601].mean(axis=(0, 1)) == pytest.approx((600, 450), abs=0.01)


@pytest.mark.parametrize("rotate", ROTATIONS)
@pytest.mark.parametrize("mirror", MIRRORS)
def test_a_turned_and_mirrored_output_shows_whole_pixels(rotate: Rotation, mirror: Mirror) -> None:
    """Clockwise, then mirrored as from behind: exactly what turning the picture by hand gives."""
    canvas = Size(64, 48)
    crop = Box(8.0, 4.0, 40.0, 30.0)
    size = Size(40, 30) if rotate in (0, 180) else Size(30, 40)
    seat = Seat(canvas, crop, size, rotate, mirror)
    picture = np.arange(48 * 64).reshape(48, 64)
    wanted = np.rot90(picture[4:34, 8:48], -rotate // 90)
    wanted = {"none": wanted, "horizontal": wanted[:, ::-1], "vertical": wanted[::-1]}[mirror]

    found = sampling(seat, plain(size))

    at = np.floor(found).astype(int)
    assert np.array_equal(picture[at[..., 1], at[..., 0]], wanted)
    assert np.allclose(found - at, 0.5, atol=1e-4)
    assert is_straight(seat, plain(size))


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(ROTATIONS), st.sampled_from(MIRRORS), PINS, st.integers(2, 9))
def test_what_lands_on_a_pixel_is_what_the_pixel_looks_at(
    rotate: Rotation, mirror: Mirror, share: list[float], points: int
) -> None:
    """Both ways agree, turned, mirrored, pinned and bent."""
    seat = Seat(CANVAS, CROP, SIZE, rotate, mirror)
    shape = Shape(pinned(share), pulled(points, 1, 4))
    looked = sampling(seat, shape).astype(np.float64)
    for row, column in ((90, 160), (70, 120), (100, 190)):
        x, y = looked[row, column]
        if x > NOWHERE:
            landed = landing(seat, shape, np.array([x]), np.array([y]))[0, 0]
            assert landed == pytest.approx((column + 0.5, row + 0.5), abs=0.1)


@pytest.mark.parametrize("crop", [Box(0, 0, 640, 360), Box(100, 40, 80, 45), Box(10.25, 20.5, 333.3, 99.9)])
def test_a_crop_larger_or_smaller_than_the_output_fills_it(crop: Box) -> None:
    """Scaled evenly, from its first half pixel to its last."""
    found = sampling(Seat(CANVAS, crop, SIZE), plain(SIZE))
    x, y = (np.arange(320) + 0.5) / 320 * crop.width + crop.x, (np.arange(180) + 0.5) / 180 * crop.height + crop.y
    assert np.allclose(found, np.stack(np.meshgrid(x, y), axis=-1), atol=1e-3)


def test_beside_the_picture_a_pixel_looks_nowhere() -> None:
    """And beyond the horizon of a steep pin too, where the formula comes back from behind."""
    corners = (Point(150, 60), Point(170, 60), Point(400, 180), Point(-80, 180))
    found = sampling(Seat(CANVAS, CROP, SIZE), Shape(corners))
    assert (found[:59] == NOWHERE).all()
    assert np.isfinite(found).all()
    assert (found[100, 155:165, 0] > NOWHERE).all()


@settings(max_examples=40, deadline=None)
@given(st.integers(3, 17), st.integers(0, 99), PINS)
def test_moving_a_corner_leaves_fine_work_alone(points: int, seed: int, share: list[float]) -> None:
    """The mesh lies inside the corners: its bends go where the corners carry them, whatever these are."""
    mesh = pulled(points, seed, 4)
    place = np.array([[0.3, 0.7]])
    before, after = homography(whole(SIZE)), homography(pinned(share))
    landed = applied(before, surface_at(mesh, place))
    assert np.allclose(applied(after, landed / SIZE), applied(after, surface_at(mesh, place)), atol=1e-9)


def test_a_grid_change_keeps_every_pixel() -> None:
    """On the wall, under a pin, within half a pixel, from 5 points a side to 17 and to 2."""
    seat, corners = Seat(CANVAS, CROP, SIZE), pinned([0.5] * 8)
    mesh = pulled(5, 4, 8)
    one = sampling(seat, Shape(corners, mesh))
    for size in (17, 2):
        other = sampling(seat, Shape(corners, resampled(mesh, size, size)))
        both = (one[..., 0] > NOWHERE) & (other[..., 0] > NOWHERE)
        assert both.sum() > 1000
        assert np.abs(one - other)[both].max() < 0.1 * CROP.width / SIZE.width


def test_a_mesh_that_folds_is_refused() -> None:
    """A point pulled over its neighbours would show a part of the picture twice; one beyond the horizon all of it."""
    points = list(grid(5, 5))
    points[12] = Point(0.9, 0.5)
    with pytest.raises(GeometryError, match="folded"):
        check(Shape(whole(SIZE), Mesh(5, 5, tuple(points))))
    points[12] = Point(0.5, 0.5)
    points[-1] = Point(1.4, 1.4)
    check(Shape(whole(SIZE), Mesh(5, 5, tuple(points))))
    steep = (Point(150, 0), Point(170, 0), Point(320, 180), Point(0, 180))
    with pytest.raises(GeometryError, match="horizon"):
        check(Shape(steep, Mesh(5, 5, tuple(points))))


@settings(max_examples=20, deadline=None)
@given(PINS, st.integers(2, 9))
def test_a_lattice_has_small_cells_and_the_same_surface(share: list[float], points: int) -> None:
    """No side of a cell is longer than 16 px by more than what bending adds; each point is H(M(u, v))."""
    shape = Shape(pinned(share), pulled(points, 2, 5))
    cut = lattice(shape, 16)
    for axis in (0, 1):
        assert np.hypot(*np.moveaxis(np.diff(cut.places, axis=axis), -1, 0)).max() < 16 * 1.3
    u, v = cut.u[cut.u.size // 3], cut.v[cut.v.size // 2]
    wanted = applied(homography(shape.corners), surface_at(shape.mesh, np.array([[u, v]])))[0]
    assert np.allclose(cut.places[cut.v.size // 2, cut.u.size // 3], wanted)
    seat = Seat(CANVAS, CROP, SIZE)
    assert texture(seat, cut)[0, 0] == pytest.approx((100, 40))
    assert texture(seat, cut)[-1, -1] == pytest.approx((500, 265))


@pytest.mark.parametrize(
    ("seat", "shape"),
    [
        (Seat(CANVAS, Box(0.5, 0, 320, 180), SIZE), plain(SIZE)),
        (Seat(CANVAS, Box(0, 0, 321, 180), SIZE), plain(SIZE)),
        (Seat(CANVAS, Box(400, 0, 320, 180), SIZE), plain(SIZE)),
        (Seat(CANVAS, Box(0, 0, 320, 180), SIZE, 90), plain(SIZE)),
        (Seat(CANVAS, Box(0, 0, 320, 180), SIZE), Shape(pinned([0.1] * 8))),
        (Seat(CANVAS, Box(0, 0, 320, 180), SIZE), Shape(whole(SIZE), pulled(3, 1, 1))),
    ],
)
def test_only_whole_pixels_are_straight(seat: Seat, shape: Shape) -> None:
    """Anything scaled, shifted by a part of a pixel, pinned or bent goes the long way."""
    assert not is_straight(seat, shape)
