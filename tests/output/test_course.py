"""How bright a wall is over an evening."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from player.output.course import Course, Mark, curfew, level_at, light, show, steady_until
from player.units import SECOND

MINUTE = 60 * SECOND


def test_a_show_rises_from_dark_and_falls_to_dark() -> None:
    """Nothing before, nothing after, all of it between, and half of it halfway."""
    course = show(10 * MINUTE, 70 * MINUTE, rise=2 * MINUTE, fall=MINUTE)
    assert [level_at(course, m * MINUTE) for m in (0, 10, 11, 12, 40, 69, 70, 99)] == [0, 0, 0.5, 1, 1, 1, 0, 0]
    assert level_at(course, 69 * MINUTE + 30 * SECOND) == pytest.approx(0.5)


def test_ways_that_overlap_share_the_time() -> None:
    """A show that is shorter than its ways is at full light for an instant, and its marks stay in order."""
    course = show(0, 3 * MINUTE, rise=4 * MINUTE, fall=2 * MINUTE)
    assert [mark.at for mark in course.marks] == sorted(mark.at for mark in course.marks)
    assert level_at(course, 2 * MINUTE) == 1


def test_a_curfew_dims_within_its_hours() -> None:
    """Full light up to its start and from its end; the dimmed light between, and gentle ways inside."""
    course = curfew([(100 * SECOND, 200 * SECOND), (300 * SECOND, 310 * SECOND)], 0.4, ease=10 * SECOND)
    assert level_at(course, 100 * SECOND) == 1
    assert level_at(course, 105 * SECOND) == pytest.approx(0.7)
    assert level_at(course, 150 * SECOND) == 0.4
    assert level_at(course, 200 * SECOND) == 1
    assert level_at(course, 305 * SECOND) == pytest.approx(0.4)


@given(st.integers(0, 400 * SECOND))
def test_whoever_starts_late_is_as_bright_as_who_was_there(t: int) -> None:
    """The brightness is a function of the time alone, and it is steady for as long as it says."""
    course = curfew([(100 * SECOND, 200 * SECOND)], 0.3, ease=20 * SECOND)
    until = steady_until(course, t)
    now = level_at(course, t)
    assert 0.3 <= now <= 1
    if until is None:
        assert all(level_at(course, t + k * MINUTE) == now for k in range(10))
    elif until > t:
        assert level_at(course, (t + until) // 2) == now == level_at(course, until)


def test_without_marks_it_is_light() -> None:
    """Who asks for nothing gets all the light, for ever."""
    assert level_at(Course(), 5) == 1
    assert steady_until(Course(), 5) is None
    assert steady_until(Course((Mark(0, 1.0), Mark(9, 1.0))), 5) is None


def test_half_as_bright_to_the_eye_is_about_a_fifth_of_the_light() -> None:
    """Levels are as they look; gains are of linear light."""
    assert light(0.5) == pytest.approx(0.218, abs=1e-3)
    assert light(0) == 0
    assert light(1) == 1
