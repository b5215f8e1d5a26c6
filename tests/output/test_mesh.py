"""Fine work inside the corners."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from player.errors import GeometryError
from player.output.mesh import basis, layers, resampled, surface, surface_at
from player.output.refusals import MAX_LAYERS, check_mesh
from player.output.shape import Layer, Mesh, Point, grid

ALONG = np.linspace(0, 1, 129)
SIZES = st.integers(2, 17)


def pulled(rows: int, columns: int, seed: int, by: float = 0.02) -> Mesh:
    """A mesh with every point pulled somewhere, up to *by* of a side."""
    moved = np.array(grid(rows, columns)) + np.random.default_rng(seed).uniform(-by, by, (rows * columns, 2))
    return Mesh(rows, columns, tuple(Point(float(x), float(y)) for x, y in moved))


def off_px(a: Mesh, b: Mesh) -> float:
    """How far two surfaces are apart at most, in pixels of a 1920x1080 picture."""
    return float(np.hypot(*np.moveaxis((surface(a, ALONG, ALONG) - surface(b, ALONG, ALONG)) * (1920, 1080), -1, 0)).max())


@given(SIZES, SIZES, st.integers(0, 9))
def test_the_surface_goes_through_its_points(rows: int, columns: int, seed: int) -> None:
    """What an operator puts on a window's corner stays on it."""
    mesh = pulled(rows, columns, seed)
    there = surface(mesh, np.linspace(0, 1, columns), np.linspace(0, 1, rows))
    assert np.allclose(there.reshape(-1, 2), np.array(mesh.points), atol=1e-12)


@given(SIZES, SIZES)
def test_an_even_grid_bends_nothing(rows: int, columns: int) -> None:
    """Up to its border, where the spline is continued straight."""
    found = surface(Mesh(rows, columns, grid(rows, columns)), ALONG, ALONG)
    assert np.allclose(found, np.stack(np.meshgrid(ALONG, ALONG), axis=-1), atol=1e-12)


@given(st.integers(2, 17))
def test_the_points_count_for_one_together(points: int) -> None:
    """So a mesh that is moved as a whole moves as a whole; a straight slope stays straight too."""
    weights = basis(points, ALONG)
    assert np.allclose(weights.sum(axis=1), 1)
    assert np.allclose(weights @ np.linspace(0, 1, points), ALONG)


def test_a_segment_is_the_spline_of_catmull_and_rom() -> None:
    """C(t) = k1 + ½t(k2−k0 + t(2k0−5k1+4k2−k3 + t(3(k1−k2)+k3−k0))), with P(−1) = 2P0 − P1 at the border."""
    k = (0.3, 0.9, 0.2, 0.7)

    def spline(k0: float, k1: float, k2: float, k3: float, t: float) -> float:
        return k1 + 0.5 * t * (k2 - k0 + t * (2 * k0 - 5 * k1 + 4 * k2 - k3 + t * (3 * (k1 - k2) + k3 - k0)))

    for t in (0.0, 0.25, 0.5, 0.9):
        first, middle, last = (float(basis(4, np.array([(i + t) / 3]))[0] @ k) for i in range(3))
        assert first == pytest.approx(spline(2 * k[0] - k[1], k[0], k[1], k[2], t))
        assert middle == pytest.approx(spline(*k, t))
        assert last == pytest.approx(spline(k[1], k[2], k[3], 2 * k[3] - k[2], t))


@given(SIZES, SIZES, st.integers(0, 9))
def test_scattered_places_are_those_of_the_grid(rows: int, columns: int, seed: int) -> None:
    """Both ways of asking agree."""
    mesh = pulled(rows, columns, seed)
    u, v = np.linspace(0, 1, 7), np.linspace(0, 1, 5)
    places = np.stack(np.meshgrid(u, v), axis=-1).reshape(-1, 2)
    assert np.allclose(surface_at(mesh, places), surface(mesh, u, v).reshape(-1, 2))


@settings(max_examples=60, deadline=None)
@given(SIZES, SIZES, SIZES, SIZES, st.integers(0, 9))
def test_another_number_of_points_keeps_the_surface(rows: int, columns: int, others: int, across: int, seed: int) -> None:
    """Finer or coarser, within half a pixel everywhere, though points were pulled by up to 38 px; and the points lie on it."""
    mesh = pulled(rows, columns, seed)
    changed = resampled(mesh, others, across)
    assert (changed.rows, changed.columns) == (others, across)
    assert off_px(mesh, changed) <= 0.5
    there = surface(mesh, np.linspace(0, 1, across), np.linspace(0, 1, others)).reshape(-1, 2)
    assert np.allclose(np.array(changed.points), there, atol=1e-9)


def test_fine_work_outlives_coarse_work_over_it() -> None:
    """A window nudged on a fine grid keeps its nudge while a coarse grid carries the whole wall, and can be nudged again."""
    fine = pulled(9, 9, 1, by=0.01)
    coarse = resampled(fine, 3, 3)
    points = list(coarse.points)
    points[4] = Point(points[4].x + 0.05, points[4].y)
    carried = Mesh(3, 3, tuple(points), coarse.under)

    again = resampled(carried, 9, 9)

    assert off_px(carried, again) <= 0.5
    lifted = surface(again, ALONG, ALONG) - surface(fine, ALONG, ALONG)
    assert np.allclose(lifted[..., 0], np.outer(basis(3, ALONG)[:, 1], basis(3, ALONG)[:, 1]) * 0.05, atol=1e-9)
    assert len(again.under) == 1


def test_going_through_sizes_without_touching_a_point_leaves_nothing_behind() -> None:
    """Looking at every size of grid costs nothing, and the first comes back as it was."""
    mesh = pulled(5, 5, 3)
    walked = mesh
    for size in (2, 3, 7, 17, 9, 4, 5):
        walked = resampled(walked, size, size)
    assert walked.under == ()
    assert np.allclose(np.array(walked.points), np.array(mesh.points), atol=1e-9)
    assert resampled(Mesh(), 7, 5).is_even


def test_fine_work_on_very_many_sizes_is_refused_before_it_slows_the_wall_down() -> None:
    """Nothing is lost: the sizes that have work can be gone back to."""
    mesh = Mesh()
    for size in range(2, 2 + MAX_LAYERS):
        mesh = resampled(mesh, size, size)
        mesh = Mesh(size, size, (Point(mesh.points[0].x + 0.01, 0), *mesh.points[1:]), mesh.under)
    full = resampled(mesh, 12, 12)
    assert len(full.under) == MAX_LAYERS
    with pytest.raises(GeometryError, match="go back to one of them"):
        resampled(Mesh(12, 12, (Point(0.2, 0), *full.points[1:]), full.under), 13, 13)
    assert resampled(full, 3, 3).rows == 3


@pytest.mark.parametrize(("rows", "columns"), [(1, 5), (5, 18), (0, 0)])
def test_a_grid_has_2_to_17_points_a_side(rows: int, columns: int) -> None:
    """Anything else is refused with the bounds."""
    with pytest.raises(GeometryError, match="2 to 17"):
        resampled(Mesh(), rows, columns)


@pytest.mark.parametrize(
    ("mesh", "words"),
    [
        (Mesh(3, 3, grid(2, 2)), "9 points, not 4"),
        (Mesh(2, 2, (Point(float("nan"), 0), *grid(2, 2)[1:])), "unit square"),
        (Mesh(2, 2, (Point(7, 0), *grid(2, 2)[1:])), "unit square"),
        (Mesh(18, 2, grid(18, 2)), "2 to 17"),
        (Mesh(under=(Layer(3, 3, grid(2, 2)),)), "9 points"),
        (Mesh(under=(Layer(2, 2, (Point(0, 0),) * 4),) * (MAX_LAYERS + 1)), "at most"),
    ],
)
def test_a_mesh_that_cannot_be_evaluated_is_refused(mesh: Mesh, words: str) -> None:
    """As it may come from a damaged file."""
    with pytest.raises(GeometryError, match=words):
        check_mesh(mesh)


def test_a_mesh_with_nothing_moved_has_no_layers() -> None:
    """And so costs nothing."""
    assert layers(Mesh(9, 9, grid(9, 9))) == ()
