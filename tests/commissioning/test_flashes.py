"""The counter of flashes that the commissioning report goes by."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from player.commissioning.flashes import Counter, Flashes
from player.units import SECOND

WHITE = (1.0, 1.0, 1.0)
BLACK = (0.0, 0.0, 0.0)
RED = (1.0, 0.0, 0.0)

Light = tuple[float, float, float]


def grey(light: float) -> Light:
    """Return so much light of each colour."""
    return light, light, light


def counted(light: Callable[[float], Light], *, seconds: float, fps: int = 50) -> Flashes:
    """Count in one tile whose light is a function of seconds, beside one that stays dark."""
    counter = Counter()
    for frame in range(round(seconds * fps)):
        counter.see(np.array([light(frame / fps), BLACK], np.float32), frame * SECOND // fps)
    return counter.found


def square(a: Light, b: Light, hertz: float) -> Callable[[float], Light]:
    """Return light that goes from *a* to *b* and back so many times a second."""
    return lambda t: a if int(2 * hertz * t) % 2 == 0 else b


@pytest.mark.parametrize(("hertz", "most"), [(1, 1), (2, 2), (3, 3), (4, 4), (10, 10)])
def test_flashes_of_a_second_are_counted(hertz: float, most: int) -> None:
    """So many times black to white and back; at most one more where a second catches both ends."""
    found = counted(square(BLACK, WHITE, hertz), seconds=4)
    assert most <= found.most <= most + 1
    assert found.in_all == pytest.approx(4 * hertz, abs=1)


def test_little_and_bright_changes_are_no_flashes() -> None:
    """Less than a tenth of full light is none, nor is anything between two states above 0.80."""
    assert counted(square(BLACK, (0.09, 0.09, 0.09), 8), seconds=2).most == 0
    assert counted(square((0.82, 0.82, 0.82), WHITE, 8), seconds=2).most == 0


def test_red_counts_by_itself() -> None:
    """Dark red on black moves little luminance, and is counted all the same."""
    assert counted(square(BLACK, (0.2, 0.0, 0.0), 5), seconds=2).most >= 5
    assert counted(square((0.0, 0.1, 0.1), (0.1, 0.15, 0.15), 5), seconds=2).most == 0


def test_a_slow_fade_and_back_is_a_flash_in_no_second() -> None:
    """Two seconds up, two down: one pair in all, never within a second."""
    found = counted(lambda t: grey(max(0.0, min(t, 4 - t) / 2)), seconds=5)
    assert found.most == 0
    assert found.in_all == 1


def test_many_small_steps_are_one_change() -> None:
    """What rises in steps of 3 % has risen once."""
    assert counted(lambda t: grey(round(t * 10) / 10 * 0.3), seconds=3).in_all == 0


def test_what_stands_still_has_none() -> None:
    """Red, white or black: without a change nothing is counted."""
    for light in (WHITE, BLACK, RED):
        assert counted(lambda _, light=light: light, seconds=1) == Flashes(0, 0, 0)
