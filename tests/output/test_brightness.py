"""How bright a canvas leaves for the wall."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from player.output.light import black, dim


def canvas() -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """Return every grey there is, opaque."""
    made = np.empty((8, 32, 4), np.uint8)
    made[..., :3] = np.arange(256, dtype=np.uint8).reshape(8, 32, 1)
    made[..., 3] = 255
    return made


@given(st.floats(0, 1))
def test_every_value_is_scaled_and_the_canvas_stays_opaque(light: float) -> None:
    """A dimmed picture is the picture, darker; one never sees through it to the desktop."""
    dimmed = canvas()
    dim(dimmed, light)
    expected = canvas()[..., :3] * light
    assert np.abs(dimmed[..., :3] - expected).max() <= 1
    assert (dimmed[..., 3] == 255).all()


def test_full_light_changes_nothing() -> None:
    """At full brightness every bit is as it was drawn."""
    made = canvas()
    dim(made, 1.0)
    assert (made == canvas()).all()


def test_dark_is_black_in_every_pixel() -> None:
    """Nothing of the picture is left, not the least of its light."""
    dimmed, blackened = canvas(), canvas()
    dim(dimmed, 0.0)
    black(blackened)
    for made in (dimmed, blackened):
        assert not made[..., :3].any()
        assert (made[..., 3] == 255).all()


def test_a_part_of_a_larger_memory_is_dimmed_alone() -> None:
    """A window's rows may be longer than the picture: what lies beyond belongs to somebody else."""
    memory = np.full((4, 10, 4), 200, np.uint8)
    dim(memory[:, :6], 0.5)
    assert (memory[:, :6, :3] == 100).all()
    assert (memory[:, 6:] == 200).all()
