"""Which rectangles of a wall slides are composed in."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from player.output.bays import Bay, Flags, frame_of, free_bays

ALL = Bay(0, 0, 96, 54)


def lit(*dark: Bay) -> Flags:
    """Return a wall that is lit but for some rectangles."""
    found = np.ones((54, 96), np.bool_)
    for bay in dark:
        found[bay.top : bay.bottom, bay.left : bay.right] = False
    return found


def place(x: int, y: int, width: int, height: int) -> Bay:
    """Return a rectangle, cut to the wall."""
    return Bay(x, y, min(x + width, ALL.right), min(y + height, ALL.bottom))


def test_windows_do_not_make_a_wall_smaller() -> None:
    """With six windows, a gate at the bottom, or a gap between two halves, all of it counts."""
    windows = [Bay(10 + 30 * i, y, 22 + 30 * i, y + 14) for i in range(3) for y in (6, 30)]
    assert frame_of(lit(*windows)) == ALL
    assert frame_of(lit(Bay(38, 28, 58, 54))) == ALL
    assert frame_of(lit(Bay(42, 0, 54, 54))) == ALL


def test_what_is_dark_beyond_ends_the_wall() -> None:
    """Of an outline the part within it is left, to a cell or two."""
    assert frame_of(lit(Bay(48, 0, 96, 54))) == Bay(0, 0, 48, 54)
    assert frame_of(lit(Bay(0, 0, 96, 20))) == Bay(0, 20, 96, 54)
    assert frame_of(lit(Bay(0, 0, 20, 54), Bay(70, 0, 96, 54))) == Bay(20, 0, 70, 54)


def test_a_wall_of_nothing_but_windows_is_still_a_wall() -> None:
    """Where what is lit is a grid of narrow strips, it counts from the first of them to the last."""
    panes = [Bay(2 + 16 * i, 2 + 9 * j, 15 + 16 * i, 9 + 9 * j) for i in range(6) for j in range(6)]
    assert frame_of(lit(*panes)) == ALL


def test_an_edge_near_the_canvas_is_the_canvas() -> None:
    """Where corners are a pixel off, slides stand where they always do."""
    assert frame_of(lit(Bay(0, 0, 1, 54))) == ALL


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.builds(place, st.integers(0, 90), st.integers(0, 50), st.integers(1, 40), st.integers(1, 30)),
        max_size=5,
    )
)
def test_free_bays_are_free_and_differ(dark: list[Bay]) -> None:
    """Every bay is wholly free and lies within the frame; no two are nearly the same."""
    free = lit(*dark)
    frame = frame_of(free)
    bays = free_bays(free, frame, 5)
    assert len(bays) <= 5
    for bay in bays:
        assert free[bay.top : bay.bottom, bay.left : bay.right].all()
        assert bay.met(frame) == bay
    for i, bay in enumerate(bays):
        for other in bays[:i]:
            assert bay.met(other).area <= 0.6 * (bay.area + other.area - bay.met(other).area)


def test_the_largest_free_place_is_found() -> None:
    """Beside a window, it is all that lies beside it."""
    assert free_bays(lit(Bay(60, 0, 96, 54)), ALL, 1) == (Bay(0, 0, 60, 54),)
    assert free_bays(lit(Bay(0, 0, 96, 54)), ALL, 3) == ()
