"""Corner pin."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from player.errors import GeometryError, OperatorError
from player.output.homography import applied, homography, inverse
from player.output.shape import Corners, Point

UNIT = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])
PLACES = st.floats(-400, 400)


def quad(*points: tuple[float, float]) -> Corners:
    """Four corners of numbers."""
    p0, p1, p2, p3 = (Point(float(x), float(y)) for x, y in points)
    return p0, p1, p2, p3


@given(st.lists(PLACES, min_size=8, max_size=8))
def test_the_corners_of_the_square_land_on_the_four_corners(moved: list[float]) -> None:
    """Whatever shape is accepted, exactly; and the way back returns them."""
    plain = np.array([[0, 0], [1920, 0], [1920, 1080], [0, 1080]])
    wanted = plain + np.array(moved).reshape(4, 2)
    try:
        h = homography(quad(*wanted))
    except GeometryError:
        assume(condition=False)
        return
    assert np.allclose(applied(h, UNIT), wanted, atol=1e-6)
    assert np.allclose(applied(inverse(h), wanted), UNIT, atol=1e-9)


@given(st.lists(st.floats(-150, 150), min_size=8, max_size=8), st.floats(0, 1), st.floats(0, 1))
def test_straight_lines_stay_straight(moved: list[float], a: float, b: float) -> None:
    """What lies on a line before lies on a line after: this is a lens, not a rubber sheet."""
    plain = np.array([[0, 0], [1920, 0], [1920, 1080], [0, 1080]])
    h = homography(quad(*(plain + np.array(moved).reshape(4, 2))))
    (x0, y0), (x1, y1), (x2, y2) = applied(h, np.array([[0.0, a], [0.5, (a + b) / 2], [1.0, b]]))
    assert abs((x1 - x0) * (y2 - y0) - (y1 - y0) * (x2 - x0)) < 1e-5


def test_a_trapezoid_has_its_middle_two_thirds_up() -> None:
    """With a top edge half as long as the bottom the middle row lies 66.7 % up, where halving would put it at 50 %."""
    h = homography(quad((480, 0), (1440, 0), (1920, 1080), (0, 1080)))
    middle = applied(h, np.array([0.5, 0.5]))
    assert middle[0] == pytest.approx(960)
    assert (1080 - middle[1]) / 1080 == pytest.approx(2 / 3)


@pytest.mark.parametrize(
    ("corners", "words"),
    [
        (quad((0, 0), (0, 0), (0, 0), (0, 0)), "no area"),
        (quad((0, 0), (100, 0), (200, 0), (300, 0)), "no area"),
        (quad((0, 0), (100, 100), (200, 200), (50, 50)), "no area"),
        (quad((100, 0), (0, 0), (100, 100), (0, 100)), "crossed"),
        (quad((0, 0), (100, 100), (100, 0), (0, 100)), "crossed"),
        (quad((100, 0), (0, 0), (0, 100), (100, 100)), "inside out"),
        (quad((0, 0), (100, 0), (30, 30), (0, 100)), "bottom right corner is dented"),
        (quad((60, 60), (100, 0), (100, 100), (0, 100)), "top left corner is dented"),
        (quad((0, 0), (100, 0), (50.4, 50.4), (0, 100)), "bottom right corner is dented"),
        (quad((0, 0), (1920, 0), (970, 1079), (950, 1079)), "too steep"),
        (quad((0, 0), (float("nan"), 0), (100, 100), (0, 100)), "within"),
        (quad((0, 0), (float("inf"), 0), (100, 100), (0, 100)), "within"),
        (quad((0, 0), (1e9, 0), (1e9, 100), (0, 100)), "within"),
    ],
)
def test_what_cannot_be_shown_is_refused_in_words(corners: Corners, words: str) -> None:
    """Crossed, folded, flat, inside out, far too steep: the operator reads which, and the last good shape can stay."""
    with pytest.raises(GeometryError, match=words) as caught:
        homography(corners)
    assert isinstance(caught.value, OperatorError)


def test_a_corner_may_come_near_the_line_of_its_neighbours_but_not_onto_it() -> None:
    """One pixel decides: further out is a picture, nearer in is the beginning of a fold."""
    homography(quad((0, 0), (100, 0), (51.5, 51.5), (0, 100)))
    with pytest.raises(GeometryError):
        homography(quad((0, 0), (100, 0), (50.5, 50.5), (0, 100)))


@given(st.lists(PLACES, min_size=8, max_size=8))
def test_whatever_is_accepted_is_in_front_of_the_lens(moved: list[float]) -> None:
    """The weight g·u + h·v + 1 is positive all over the square, so nothing is thrown from behind the horizon."""
    corners = np.array([[0, 0], [600, 0], [600, 400], [0, 400]]) + np.array(moved).reshape(4, 2)
    try:
        h = homography(quad(*corners))
    except GeometryError:
        return
    assert (np.c_[UNIT, np.ones(4)] @ h[2] > 0).all()
