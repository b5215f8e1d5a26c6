"""Bytes to plain values and back: JSON within limits that are checked before the work they guard.

Size first, then how deeply it is nested, counted in the bytes, then the rest. A name that stands twice in an object, a number
beyond 2^53, a half character: refused. `Fields` takes an object apart, each value of the type that it must have.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Final, NoReturn, TypeAlias, cast

from player.errors import PublisherError

MAX_BYTES: Final = 4096  # of a message; ten thousand players and a report every five minutes are 0.5 MB a day each
MAX_DEPTH: Final = 8  # of brackets within brackets; ours have four
MAX_INTEGER: Final = 2**53 - 1  # what every reader of JSON keeps exactly
_STRING: Final = re.compile(rb'"(?:[^"\\]|\\.)*"?', re.DOTALL)
_BRACKETS: Final = re.compile(rb"[\[{]|[\]}]")

Plain: TypeAlias = "bool | int | float | str | Sequence[Plain] | Mapping[str, Plain] | None"


class WireError(PublisherError):
    """A message is not what it should be; the sentence says how. Nothing is done about it."""


def written(value: Mapping[str, Plain]) -> bytes:
    """Return *value* as it is sent, and as it is signed: sorted, without spaces, in ASCII."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False).encode("ascii")


def fits(value: Mapping[str, Plain], most: int = MAX_BYTES) -> bool:
    """Whether *value* can be sent in *most* bytes."""
    return len(written(value)) <= most


def sound(value: Plain) -> Plain:
    """Return *value* with a question mark for each half of a character, such as a name of a file may hold."""
    match value:
        case str():
            return value.encode("utf-8", "replace").decode("utf-8")
        case Mapping():
            return {str(sound(name)): sound(each) for name, each in value.items()}
        case Sequence():
            return [sound(each) for each in value]
        case _:
            return value


def read(payload: bytes, *, floats: bool = False) -> dict[str, object]:
    """Return the object in *payload*.

    Args:
        payload: As it came, whoever sent it.
        floats: Whether numbers may have a fraction; none that is signed has.

    Raises:
        WireError: it is none, or beyond a limit.
    """
    if len(payload) > MAX_BYTES:
        raise WireError(f"it has {len(payload)} bytes, and {MAX_BYTES} are the most")
    if depth(payload) > MAX_DEPTH:
        raise WireError(f"it is nested more than {MAX_DEPTH} deep")
    try:
        found: object = json.loads(
            payload.decode("utf-8"),
            object_pairs_hook=_once,
            parse_int=_integer,
            parse_float=_float if floats else _no_float,
            parse_constant=_no_float,
        )
        json.dumps(found, ensure_ascii=False).encode("utf-8")  # half a character fails here, and not at somebody's INSERT
    except UnicodeError as error:
        raise WireError("it is no UTF-8") from error
    except json.JSONDecodeError as error:
        raise WireError(f"it is no JSON: {error.msg}") from error
    if not isinstance(found, dict):
        raise WireError("it is no JSON object")
    return cast("dict[str, object]", found)


def depth(payload: bytes) -> int:
    """Return how deeply brackets are nested in *payload*, strings left out; never recurses."""
    deepest = now = 0
    for bracket in _BRACKETS.findall(_STRING.sub(b"", payload)):
        now += 1 if bracket in b"[{" else -1
        deepest = max(deepest, now)
    return deepest


class Fields:
    """An object whose values are taken out by name and type."""

    def __init__(self, found: object, what: str) -> None:
        """Take *found*, which a sentence calls *what*.

        Raises:
            WireError: it is no object.
        """
        if not isinstance(found, dict):
            raise WireError(f"{what} is no object")
        self._found = cast("dict[str, object]", found)
        self._what = what

    def __contains__(self, key: str) -> bool:
        return self._found.get(key) is not None

    def text(self, key: str, most: int) -> str:
        """Return a text of at most *most* characters."""
        value = self._found.get(key)
        if not isinstance(value, str) or len(value) > most:
            raise WireError(f"{key} of {self._what} is missing, or no text of at most {most} characters")
        return value

    def text_or_none(self, key: str, most: int) -> str | None:
        """Return a text, if there is one."""
        return self.text(key, most) if key in self else None

    def integer(self, key: str, *, least: int = 0, most: int = MAX_INTEGER) -> int:
        """Return a whole number within bounds."""
        value = self._found.get(key)
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise WireError(f"{key} of {self._what} is missing, or no whole number from {least} to {most}")
        return value

    def integer_or_none(self, key: str, *, least: int = 0, most: int = MAX_INTEGER) -> int | None:
        """Return a whole number, if there is one."""
        return self.integer(key, least=least, most=most) if key in self else None

    def number_or_none(self, key: str) -> float | None:
        """Return a number, if there is one."""
        value = self._found.get(key)
        if value is None:
            return None
        if not isinstance(value, int | float) or isinstance(value, bool) or abs(value) > MAX_INTEGER:
            raise WireError(f"{key} of {self._what} is no number")
        return float(value)

    def flag(self, key: str) -> bool:
        """Return true or false."""
        value = self._found.get(key)
        if not isinstance(value, bool):
            raise WireError(f"{key} of {self._what} is missing, or neither true nor false")
        return value

    def several(self, key: str, most: int) -> list[object]:
        """Return a list of at most *most*; empty where there is none."""
        value = self._found.get(key)
        if value is None:
            return []
        if not isinstance(value, list) or len(cast("list[object]", value)) > most:
            raise WireError(f"{key} of {self._what} is no list of at most {most}")
        return cast("list[object]", value)

    def texts(self, key: str, most: int, longest: int) -> tuple[str, ...]:
        """Return a list of texts."""
        found = self.several(key, most)
        if not all(isinstance(each, str) and len(each) <= longest for each in found):
            raise WireError(f"{key} of {self._what} holds what is no text of at most {longest} characters")
        return tuple(str(each) for each in found)

    def object(self, key: str) -> Fields:
        """Return an object within it."""
        return Fields(self._found.get(key), f"{key} of {self._what}")

    def object_or_none(self, key: str) -> Fields | None:
        """Return an object within it, if there is one."""
        return self.object(key) if key in self else None

    def named(self, key: str, most: int) -> dict[str, object]:
        """Return what stands under names, at most *most* of them; empty where there is none."""
        value = self._found.get(key)
        if value is None:
            return {}
        if not isinstance(value, dict) or len(cast("dict[str, object]", value)) > most:
            raise WireError(f"{key} of {self._what} is no object of at most {most} names")
        return cast("dict[str, object]", value)


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise WireError("a name stands twice in it")
    return found


def _integer(text: str) -> int:
    if len(text) > len(str(-MAX_INTEGER)) or abs(int(text)) > MAX_INTEGER:
        raise WireError("it holds a number beyond 2^53")
    return int(text)


def _float(text: str) -> float:
    found = float(text)
    if abs(found) > MAX_INTEGER:
        raise WireError("it holds a number beyond 2^53")
    return found


def _no_float(text: str) -> NoReturn:
    raise WireError(f"it holds {text[:20]}, which is no whole number")
