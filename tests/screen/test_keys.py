"""How a person at the window ends the run."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from player.screen.keys import EndKeys
from player.screen.window import Pressed
from player.units import SECOND


@pytest.mark.parametrize(
    ("presses", "ends"),
    [
        ([0.0], False),
        ([0.0, 1.0], True),
        ([0.0, 2.0], True),
        ([0.0, 2.1], False),
        ([0.0, 2.1, 4.0], True),
        ([0.0, 3.0, 6.0, 9.0], False),
    ],
)
def test_escape_ends_when_it_is_pressed_twice_within_two_seconds(presses: Sequence[float], *, ends: bool) -> None:
    """One stray Escape before an audience ends nothing; two close together do."""
    keys = EndKeys(enabled=True)
    assert [keys.end_asked([Pressed.ESCAPE], round(at * SECOND)) for at in presses][-1] is ends


def test_both_presses_may_come_in_one_frame() -> None:
    """Two Escapes between two frames are two Escapes."""
    assert EndKeys(enabled=True).end_asked([Pressed.ESCAPE, Pressed.ESCAPE], 0)


def test_closing_the_window_ends() -> None:
    """The window's own button needs no second time."""
    assert EndKeys(enabled=True).end_asked([Pressed.CLOSE], 0)


def test_under_a_service_no_key_does_anything() -> None:
    """Where no person sits at a terminal, nothing pressed at the window ends the run."""
    keys = EndKeys(enabled=False)
    assert not any(keys.end_asked([Pressed.ESCAPE, Pressed.ESCAPE, Pressed.CLOSE], n) for n in range(3))


def test_nothing_pressed_is_nothing_asked() -> None:
    """Frames without a press do not count as one."""
    keys = EndKeys(enabled=True)
    assert not keys.end_asked([Pressed.ESCAPE], 0)
    assert not any(keys.end_asked([], n) for n in range(100))
