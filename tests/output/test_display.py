"""Canvases on their way into windows."""

from __future__ import annotations

import numpy as np
import pytest

from player.output.display import Turn, canvas_for, present
from player.units import Size

TURNS: tuple[Turn, ...] = (0, 90, 180, 270)


@pytest.mark.parametrize("turn", TURNS)
@pytest.mark.parametrize("size", [Size(640, 360), Size(641, 363), Size(200, 3), Size(1, 1)])
def test_a_canvas_reaches_the_window_turned(turn: Turn, size: Size) -> None:
    """Every pixel arrives where a clockwise turn puts it, in a window whose rows are padded, and the padding stays."""
    canvas = np.random.default_rng(1).integers(0, 256, (size.height, size.width, 4), np.uint8)
    wanted = np.rot90(canvas, -turn // 90)
    memory = np.full((wanted.shape[0], wanted.shape[1] + 5, 4), 7, np.uint8)

    present(canvas, memory[:, :-5], turn)

    assert np.array_equal(memory[:, :-5], wanted)
    assert (memory[:, -5:] == 7).all()


@pytest.mark.parametrize("turn", TURNS)
def test_a_canvas_for_a_window_fills_it(turn: Turn) -> None:
    """The canvas made for a window is accepted by it, whichever way it hangs."""
    window = Size(48, 27)
    canvas = canvas_for(window, turn)

    present(np.zeros((canvas.height, canvas.width, 4), np.uint8), np.zeros((27, 48, 4), np.uint8), turn)


def test_a_canvas_of_another_shape_is_refused() -> None:
    """Nothing is scaled or letterboxed in silence."""
    with pytest.raises(ValueError, match="does not fill"):
        present(np.zeros((27, 48, 4), np.uint8), np.zeros((27, 48, 4), np.uint8), 90)
