"""How uneven a field is, in numbers."""

from __future__ import annotations

import numpy as np
import pytest

from player.commissioning.evenness import evenness


def test_a_seam_is_found_where_it_is() -> None:
    """A stripe of 3 % too much, 20 pixels wide, is 3 % uneven, and its place is told."""
    light = np.full((100, 200), 0.5, np.float32)
    light[:, 120:140] *= 1.03
    found = evenness(light, np.ones(light.shape, np.bool_))
    assert found
    assert found.mean == pytest.approx(0.5 * 1.003, rel=1e-3)
    assert found.uneven == pytest.approx(0.027, abs=1e-3)
    assert 120 <= found.brightest.x <= 140
    assert 0 < found.average < found.uneven


def test_grain_is_no_seam() -> None:
    """Noise of single pixels, as dither is, evens out over a patch."""
    light = (1 + np.random.default_rng(3).normal(0, 0.01, (120, 120))).astype(np.float32)
    found = evenness(light, np.ones(light.shape, np.bool_))
    assert found
    assert found.uneven < 0.005


def test_what_should_not_be_even_is_not_asked() -> None:
    """A dark window in the wall, and a wall without any whole spot."""
    light = np.ones((90, 90), np.float32)
    light[30:60, 30:60] = 0
    where = light > 0
    found = evenness(light, where)
    assert found
    assert found.uneven == pytest.approx(0)
    assert evenness(light, np.zeros(light.shape, np.bool_)) is None


def test_a_strip_narrower_than_a_patch_is_judged_by_smaller_ones() -> None:
    """An LED strip seven pixels high has an evenness, too."""
    light = np.ones((7, 300), np.float32)
    light[:, 150:] = 0.9
    found = evenness(light, np.ones(light.shape, np.bool_))
    assert found
    assert found.low == pytest.approx(0.9)


def test_dark_is_even() -> None:
    """Nothing at all is not infinitely uneven."""
    found = evenness(np.zeros((40, 40), np.float32), np.ones((40, 40), np.bool_))
    assert found
    assert (found.uneven, found.average) == (0, 0)
