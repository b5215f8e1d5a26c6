"""What a person at the keyboard may do: run the show, where that is allowed, and end the run."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from player.command import Command, Dim, Go, Plain
from player.screen.keyboard import Key
from player.screen.keys import EndKeys, keys_in_force, legend, order_of, order_while_editing
from player.screen.window import Pressed
from player.sections import OperatorKeys
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


def test_no_letter_ends_the_run() -> None:
    """Keys that order something are nothing to whoever ends the run."""
    keys = EndKeys(enabled=True)
    assert not keys.end_asked([Key("b"), Key("space"), Key("b")], 0)


@pytest.mark.parametrize(
    ("setting", "at_terminal", "some", "others"),
    [
        (None, False, "bl", "pa1+?i"),
        (None, True, "blpa19+-?", "i"),
        (True, False, "blpa19+-?i", ""),
        (False, True, "", "blpa19+-?i"),
    ],
)
def test_which_keys_do_something(*, setting: OperatorKeys, at_terminal: bool, some: str, others: str) -> None:
    """Unattended and not configured: dark and light alone. At a terminal: all but the name. Or all, or none."""
    keys = keys_in_force(setting=setting, at_terminal=at_terminal)
    assert set(some) <= keys
    assert not set(others) & keys
    assert ("space" in keys) == ("p" in some)


@pytest.mark.parametrize(
    ("key", "command"),
    [
        ("space", Plain.NEXT),
        ("backspace", Plain.PREVIOUS),
        ("p", Plain.HOLD),
        ("b", Plain.DARK),
        ("l", Plain.LIGHT),
        ("a", Plain.AUTO),
        ("i", Plain.IDENTIFY),
        ("1", Go("facade")),
        ("2", Go("wall")),
        ("3", None),
        ("0", None),
        ("+", Dim(100)),
        ("-", Dim(85)),
        ("x", None),
    ],
)
def test_what_each_key_orders(key: str, command: Command | None) -> None:
    """Shows have the numbers of their order; a number without a show is nothing."""
    assert order_of(key, shows=("facade", "wall"), is_held=False, level=95) == command


def test_keys_answer_to_how_it_is() -> None:
    """P goes on where something is held; no key dims to black, for that is what B is for."""
    assert order_of("p", shows=(), is_held=True, level=100) is Plain.RESUME
    for level, dimmed in ((14, 10), (10, 10), (4, 4), (0, 0)):
        assert order_of("-", shows=(), is_held=False, level=level) == Dim(dimmed)
    assert order_of("9", shows=tuple("abcdefghijk"), is_held=False, level=0) == Go("i")


def test_the_list_names_what_is_in_force_and_nothing_else() -> None:
    """A key that is off is not offered."""
    assert legend(keys_in_force(setting=None, at_terminal=False), ("wall",)).splitlines() == [
        "  B          dark",
        "  L          light",
    ]
    told = legend(keys_in_force(setting=True, at_terminal=False), ("facade", "wall"))
    assert "  2          show wall" in told
    assert "  3 " not in told
    assert "says its name" in told


def test_the_key_that_makes_it_dark_does_so_while_outputs_are_edited() -> None:
    """Whoever stands before a picture that should not be there need not know what somebody else does with the keys."""
    assert order_while_editing("b", is_dark=False) is Plain.DARK
    assert order_while_editing("l", is_dark=True) is Plain.LIGHT
    assert [order_while_editing(key, is_dark=False) for key in ("l", "e", "p", "1", "a")] == [None] * 5
