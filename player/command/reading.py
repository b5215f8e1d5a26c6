"""Values in orders, whoever wrote them: lengths of time, levels and names, taken in or refused in a line."""

from __future__ import annotations

from typing import Final, TypeGuard

from player.command.orders import BRIGHTEST, MAX_LENGTH, MAX_SETTING_UP
from player.errors import OperatorError
from player.units import SECOND, Nanos, parse_duration

MAX_DIGITS: Final = 19  # of a number in a row: what a length may be at most has sixteen
MAX_ECHO: Final = 40  # characters of what was not understood that are said again
_DAY: Final[Nanos] = 24 * 3600 * SECOND
_HOUR: Final[Nanos] = 3600 * SECOND


def length_of(text: str) -> Nanos:
    """Return a length of time as people write it.

    Raises:
        OperatorError: it is none, or too long.
    """
    try:
        length = parse_duration(text) * SECOND
    except ValueError as error:
        raise OperatorError(str(error)) from error
    return _bounded(round(min(length, MAX_LENGTH + SECOND)))  # digits without end are infinite


def nanos_of(value: object) -> Nanos:
    """Return a length of time in a row.

    Raises:
        OperatorError: it is none, or too long.
    """
    if not _is_number(value):
        raise OperatorError("its length_ns is missing or no number of nanoseconds")
    return _bounded(int(value))


def evening(length: Nanos) -> Nanos:
    """Return how long something to set up with is on.

    Raises:
        OperatorError: it is too long.
    """
    if length > MAX_SETTING_UP:
        raise OperatorError(f"test cards and editing are on for at most {MAX_SETTING_UP // _HOUR} h at a time")
    return length


def level_of(value: object) -> int:
    """Return how bright, 0 to 100.

    Raises:
        OperatorError: it is no level.
    """
    if not _is_number(value) or int(value) > BRIGHTEST:
        raise OperatorError("say how bright, 0 to 100: dim 60")
    return int(value)


def named(value: object, what: str) -> str:
    """Return a name that can be written down: what came in from outside may hold halves of characters.

    Raises:
        OperatorError: it is none.
    """
    if not isinstance(value, str) or not value or any("\ud800" <= character <= "\udfff" for character in value):
        raise OperatorError(f"its {what} is missing or no text")
    return value


def echo(text: str) -> str:
    """Return the beginning of what somebody wrote, fit for a line of an answer."""
    shown = "".join(character if character.isprintable() else "?" for character in text[:MAX_ECHO])
    return shown + ("…" if len(text) > MAX_ECHO else "")


def _bounded(length: Nanos) -> Nanos:
    if not 0 < length <= MAX_LENGTH:
        raise OperatorError(f"a length of time is more than nothing and at most {MAX_LENGTH // _DAY} days")
    return length


def _is_number(value: object) -> TypeGuard[str]:
    return isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) <= MAX_DIGITS
