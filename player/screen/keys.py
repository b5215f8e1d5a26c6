"""What a person at the keyboard may do: run the show where that is allowed, and end the run, from a terminal alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from player.command import BRIGHTEST, Command, Dim, Go, Plain
from player.screen.keyboard import Key
from player.screen.window import Pressed
from player.sections import OperatorKeys
from player.units import SECOND, Nanos

TWICE_WITHIN: Final[Nanos] = 2 * SECOND  # one stray Escape before an audience ends nothing
HELP: Final = "?"
DIM_STEP: Final = 10
DIMMEST: Final = 10  # by key: a black wall is ordered with B, by which everybody knows that it is one
NUMBERED: Final = 9  # shows that have a key

_ORDERS: Final[Mapping[str, Plain]] = {
    "space": Plain.NEXT,
    "backspace": Plain.PREVIOUS,
    "p": Plain.HOLD,
    "b": Plain.DARK,
    "l": Plain.LIGHT,
    "a": Plain.AUTO,
    "i": Plain.IDENTIFY,
}
_DIMS: Final = {"+": DIM_STEP, "-": -DIM_STEP}
_ALWAYS: Final = frozenset({"b", "l"})


class EndKeys:
    """Escape twice within two seconds, or closing the window."""

    def __init__(self, *, enabled: bool) -> None:
        self._enabled = enabled
        self._last: Nanos | None = None

    def end_asked(self, pressed: Iterable[Pressed | Key], now: Nanos, *, is_editing: bool = False) -> bool:
        """Return whether a person has asked to end, with *pressed* at *now* (monotonic); Escape ends editing first."""
        for what in pressed:
            if what is Pressed.CLOSE and self._enabled:
                return True
            if what is Pressed.ESCAPE and self._enabled and not is_editing:
                if self._last is not None and now - self._last <= TWICE_WITHIN:
                    return True
                self._last = now
        return False


def keys_in_force(*, setting: OperatorKeys, at_terminal: bool) -> frozenset[str]:
    """Return the names of the keys that do something.

    Where nothing is configured, an unattended player knows two: B makes it dark, so that whoever stands before a picture that
    should not be there needs neither password nor name, and L makes it light again. No key changes what is shown or says what
    belongs to the house. A person who started the player at a terminal has all but the one that names the display.
    """
    every = {*_ORDERS, *_DIMS, HELP, *(str(number) for number in range(1, NUMBERED + 1))}
    if setting is True:
        return frozenset(every)
    if setting is False:
        return frozenset()
    return frozenset(every - {"i"}) if at_terminal else _ALWAYS


def order_of(key: str, *, shows: Sequence[str], is_held: bool, level: int) -> Command | None:
    """Return what *key* orders while this holds; None: nothing."""
    if key == "p":
        return Plain.RESUME if is_held else Plain.HOLD
    if key in _ORDERS:
        return _ORDERS[key]
    if key in _DIMS:
        return Dim(min(BRIGHTEST, max(min(level, DIMMEST), level + _DIMS[key])))
    if key.isdecimal() and 0 < int(key) <= min(NUMBERED, len(shows)):
        return Go(shows[int(key) - 1])
    return None


def order_while_editing(key: str, *, is_dark: bool) -> Plain | None:
    """Return what *key* orders while keys edit outputs: B is for when something must go dark, whatever else somebody does."""
    return Plain.DARK if key == "b" else Plain.LIGHT if key == "l" and is_dark else None


def legend(keys: frozenset[str], shows: Sequence[str]) -> str:
    """Return what each of *keys* does, a line each; for an operator's own terminal, never for the public."""
    told = [
        ("space", "Space", "next slide"),
        ("backspace", "Backspace", "the slide before"),
        ("p", "P", "hold this slide; again: go on"),
        ("b", "B", "dark"),
        ("l", "L", "light"),
        *((str(n), str(n), f"show {name}") for n, name in enumerate(shows[:NUMBERED], 1)),
        ("a", "A", "back to the schedule"),
        ("i", "I", "the display says its name"),
        ("+", "+", "brighter"),
        ("-", "-", "dimmer"),
        (HELP, HELP, "this list"),
    ]
    return "\n".join(f"  {label:<10} {what}" for key, label, what in told if key in keys)
