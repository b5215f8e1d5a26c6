"""The curves between light and codes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from player.output.curve import FULL, LINEAR, PLAIN, by_light, by_root, codes, decoded, encoded

GAMMAS = [None, 1.8, 2.2, 2.4, 2.6]


def test_every_code_comes_back_from_its_light() -> None:
    """What nothing has changed is the same code afterwards, by the formulas and by the tables."""
    every = np.arange(256)
    assert (PLAIN[LINEAR] == every).all()
    assert np.allclose(encoded(decoded(every / 255)) * 255, every, atol=1e-2)


def test_srgb_is_as_the_standard_says() -> None:
    """Middle grey, the end of the straight part and both ends have the values of IEC 61966-2-1."""
    assert decoded(np.array([0.0, 0.04045, 0.5, 1.0])) == pytest.approx([0.0, 0.0031308, 0.214041, 1.0], abs=1e-6)


@pytest.mark.parametrize("gamma", GAMMAS)
def test_the_table_by_roots_is_fine_enough_down_to_black(gamma: float | None) -> None:
    """Whatever light there is, the code that is looked up is within a twentieth of the true one; black and white are exact."""
    light = np.concatenate((np.linspace(0, 1, 5001), np.geomspace(1e-8, 1, 5001)))
    found = codes(gamma)[(np.sqrt(light) * FULL).astype(int)]
    assert np.abs(found - 255 * encoded(light, gamma)).max() < 0.05
    assert codes(gamma)[0] == 0
    assert codes(gamma)[-1] == 255


@given(st.floats(0, 1.2), st.floats(0, 0.05), st.sampled_from(GAMMAS))
def test_a_table_for_a_factor_and_a_lift_is_that_of_their_light(slope: float, lift: float, gamma: float | None) -> None:
    """A flat stretch needs one look-up for all that happens to its light."""
    table = np.rint(codes(gamma) * 100).astype(np.int16)
    n = np.arange(0, FULL + 1, 97)
    expected = 25500 * encoded(np.minimum(1.0, n / FULL * slope + lift), gamma)
    assert np.abs(by_light(table, slope, lift)[n] - expected).max() < 6
    assert np.abs(by_root(table, slope)[n] - 25500 * encoded(np.minimum(1.0, (n / FULL) ** 2 * slope), gamma)).max() < 6


@pytest.mark.parametrize("gamma", GAMMAS)
def test_white_is_white_when_nothing_is_taken(gamma: float | None) -> None:
    """Rounding in 32 bits takes nothing from full light, nor gives any to none."""
    table = np.rint(codes(gamma) * 100).astype(np.int16)
    assert by_light(table, 1.0, 0.0)[[0, -1]].tolist() == [0, 25500]
    assert by_root(table, 1.0)[[0, -1]].tolist() == [0, 25500]
