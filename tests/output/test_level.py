"""The average picture level and its cap."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from player.output.curve import decoded
from player.output.level import capped, level


def test_the_level_is_the_mean_luminance_in_linear_light() -> None:
    """Half a canvas of white is half the light; green counts for ten times as much as blue."""
    canvas = np.zeros((64, 100, 4), np.uint8)
    canvas[:, :50, :3] = 255
    assert level(canvas) == pytest.approx(0.5, abs=1e-4)
    canvas[:] = (128, 0, 0, 255)
    assert level(canvas) == pytest.approx(0.0722 * float(decoded(np.array(128 / 255))), abs=1e-4)


def test_the_level_of_the_smallest_canvas_is_known_too() -> None:
    """A canvas of a few rows is looked at in full."""
    assert level(np.full((3, 5, 4), 255, np.uint8)) == pytest.approx(1.0)


@given(st.floats(0, 1), st.floats(0.05, 1))
def test_nothing_exceeds_the_cap_and_nothing_well_below_is_touched(found: float, cap: float) -> None:
    """The light that is left is below the cap; up to three quarters of it nothing changes at all."""
    gain = capped(found, cap)
    assert gain * found <= cap + 1e-12
    assert gain <= 1
    if found <= 0.75 * cap:
        assert gain == 1


@given(st.floats(0.05, 1))
def test_the_cap_comes_gently_and_keeps_the_order_of_pictures(cap: float) -> None:
    """The brighter of two pictures stays brighter, and a little more light never makes a step."""
    levels = np.linspace(0, 1, 2001)
    left = np.array([capped(float(found), cap) * found for found in levels])
    assert (np.diff(left) >= -1e-12).all()
    assert np.diff(left).max() <= 1 / 2000 + 1e-9
    slopes = np.diff(left) * 2000
    assert np.abs(np.diff(slopes)).max() < 0.1


def test_a_still_picture_has_one_gain() -> None:
    """The cap has no memory: the same picture is as bright an hour later."""
    assert len({capped(0.7, 0.4) for _ in range(100)}) == 1
