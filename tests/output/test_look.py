"""Finished pixels: their light, and less of it."""

from __future__ import annotations

import numpy as np
import pytest

from player.output.curve import decoded
from player.output.look import shade, tiles_of
from player.output.runs import TILES


def test_the_light_of_tiles_is_that_of_their_pixels() -> None:
    """Of every one: a fine checker gives half of all light, which the mean of its codes does not."""
    out = np.zeros((160, 320, 4), np.uint8)
    out[::2, ::2, :3] = out[1::2, 1::2, :3] = 255
    assert np.abs(tiles_of(out) - 0.5).max() < 0.001
    out = np.random.default_rng(1).integers(0, 256, (64, 128, 4), np.uint8)
    light = decoded(out[..., 2::-1] / 255).reshape(TILES, 4, TILES, 8, 3).mean(axis=(1, 3))
    assert np.abs(tiles_of(out) - light).max() < 0.001
    assert tiles_of(np.full((1, 3, 4), 255, np.uint8)).shape == (TILES, TILES, 3)


@pytest.mark.parametrize("gain", [1.5, 1.0, 0.5, 0.01, 0.0, -1.0])
def test_less_light_is_left_and_black_stays_black(gain: float) -> None:
    """In padded rows, opaque, and never more than was asked for."""
    out = np.random.default_rng(2).integers(0, 256, (16, 37, 4), np.uint8)[:, :-5]
    out[..., 3] = 255
    out[0] = (0, 0, 0, 255)
    before = tiles_of(out)
    shade(out, gain)
    assert (tiles_of(out) <= before * min(1.0, max(0.0, gain)) + 1e-4).all()
    assert (out[..., 3] == 255).all()
    assert (out[0] == (0, 0, 0, 255)).all()
    assert gain < 0.5 or tiles_of(out)[..., 1].mean() > 0.95 * min(1.0, gain) * before[..., 1].mean()
