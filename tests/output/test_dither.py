"""Dither: right on average, nothing in black, no less in white."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from player.output.dither import BLOCK, Noise, steps

NOISE = Noise(2 * BLOCK, seed=3)


def dithered(code: float, noise: Noise = NOISE) -> NDArray[np.int64]:
    """Return one block of one code, for all four channels."""
    noise.renew()
    flat = np.full((BLOCK, BLOCK, 4), steps(np.array(code)), np.int16)
    summed = np.asarray(cv2.add(flat, noise.at(0, BLOCK, BLOCK, 2 * BLOCK)), np.int64)
    return (summed >> 8) + 128


@settings(max_examples=300)
@given(st.floats(0, 255) | st.floats(0, 1) | st.floats(254, 255))
def test_a_block_of_one_colour_has_its_code_on_average(code: float) -> None:
    """Over 64x64 pixels the mean is within a hundredth of a code, near black and white too, where plain noise is cut off."""
    means = dithered(code).mean(axis=(0, 1))
    assert means == pytest.approx(code, abs=0.01)


@given(st.floats(0, 255))
def test_no_pixel_is_further_than_its_neighbouring_codes(code: float) -> None:
    """Noise is of one code to either side: what comes out is less than one and a half away."""
    found = dithered(code)
    assert np.abs(found - code).max() <= 1.5
    assert found.min() >= 0
    assert found.max() <= 255


def test_black_and_white_have_no_noise() -> None:
    """Where there is no light none appears; where all is, none is missing."""
    for _ in range(40):
        assert not dithered(0.0).any()
        assert (dithered(255.0) == 255).all()


def test_noise_is_triangular() -> None:
    """The least bit is off by nothing for three quarters of the pixels, and by one to either side for an eighth."""
    off = dithered(100.0) - 100
    assert [(off == step).mean() for step in (-1, 0, 1)] == pytest.approx([0.125, 0.75, 0.125], abs=0.01)


def test_noise_is_another_in_each_frame_and_channel_and_the_same_for_a_seed() -> None:
    """Nothing stands still on the wall, and whoever repeats a frame gets the same one."""
    one, same = Noise(BLOCK * 4, seed=1), Noise(BLOCK * 4, seed=1)
    frames = [one.at(0, BLOCK, 0, BLOCK).copy()]
    for _ in range(5):
        one.renew()
        same.renew()
        frames.append(one.at(0, BLOCK, 0, BLOCK).copy())
        assert (one.at(3, 60, 7, 200) == same.at(3, 60, 7, 200)).all()
    assert len({frame.tobytes() for frame in frames}) >= 5
    assert (frames[0][..., 0] != frames[0][..., 1]).any()
