"""What an operator edits, as values."""

from __future__ import annotations

import pytest

from player.output.shape import Light, Mesh, Point, grid, plain, whole
from player.units import Size


def test_an_output_that_nobody_edited_is_all_of_itself() -> None:
    """Its corners are its own, its mesh is even, nothing is masked or dimmed."""
    shape = plain(Size(1920, 1080))
    assert shape.corners == whole(Size(1920, 1080)) == (Point(0, 0), Point(1920, 0), Point(1920, 1080), Point(0, 1080))
    assert shape.mesh.is_even
    assert shape.masks == ()
    assert shape.light == Light(gain=1, balance=(1, 1, 1), gamma=None, black=0, p=2)


@pytest.mark.parametrize(("rows", "columns"), [(2, 2), (3, 5), (17, 17)])
def test_a_grid_is_spread_evenly_row_by_row(rows: int, columns: int) -> None:
    """It begins top left, ends bottom right, and a mesh of it is even."""
    points = grid(rows, columns)
    assert (points[0], points[columns - 1], points[-1]) == (Point(0, 0), Point(1, 0), Point(1, 1))
    assert len(points) == rows * columns
    assert Mesh(rows, columns, points).is_even


def test_one_moved_point_makes_a_mesh_uneven() -> None:
    """However little it moved."""
    points = list(grid(3, 3))
    points[4] = Point(0.5, 0.500001)
    assert not Mesh(3, 3, tuple(points)).is_even
