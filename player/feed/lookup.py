"""Paths into a stranger's JSON, as a map writes them: ``content.text``, ``posts[]``, ``media[type=image].cdn_url``.

A step is a key; ``[]`` after it means every element of a list, ``[0]`` the element with this number, and ``[key=value]`` the
first element whose key has this value.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final

from player.feed import loose

MAX_STEPS: Final = 12  # no service nests half as deep
_STEP: Final = re.compile(r"([A-Za-z0-9_@$-]{1,100})(?:\[(?:([0-9]{1,4})|([A-Za-z0-9_@$-]{1,100})=([^\[\]=]{1,100})|())\])?")


class Missing(Enum):
    """What is found where nothing is: not even null."""

    MISSING = "missing"


MISSING: Final = Missing.MISSING


@dataclass(frozen=True, slots=True)
class Step:
    """A key and, when a list is there, which of its elements."""

    key: str
    index: int | None = None
    where: tuple[str, str] | None = None
    is_each: bool = False


@dataclass(frozen=True, slots=True)
class Lookup:
    """A path, read."""

    text: str
    """As it was written."""
    steps: tuple[Step, ...]

    def of(self, value: object) -> object:
        """Return what stands at the path in *value*; MISSING when nothing does."""
        for step in self.steps:
            found = loose.record(value)
            if step.key not in found:
                return MISSING
            value = _element(found[step.key], step)
        return value

    @property
    def is_list(self) -> bool:
        """Whether it means every element of a list."""
        return self.steps[-1].is_each


def read(text: str) -> Lookup:
    """Return the path that *text* writes.

    Raises:
        ValueError: It is none; the message says what is wrong.
    """
    parts = text.strip().split(".")
    steps = [_STEP.fullmatch(part) for part in parts]
    wrong = next((part for part, step in zip(parts, steps, strict=True) if step is None), None)
    if wrong is not None:
        raise ValueError(f'"{wrong}" is no step of a path: write posts[], content.text or media[type=image].cdn_url')
    if len(steps) > MAX_STEPS:
        raise ValueError(f"a path has at most {MAX_STEPS} steps")
    found = tuple(_step(step) for step in steps if step)
    if any(step.is_each for step in found[:-1]):
        raise ValueError("[] means every element, so it can only stand at the end of a path")
    return Lookup(text.strip(), found)


def spelt(value: object) -> str | None:
    """*value* as a map writes it: a number as its digits, true, false and null as these words; None for anything else."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "null" if value is None else loose.identity(value)


def holds(conditions: Mapping[Lookup, frozenset[str]], said: object) -> bool:
    """Whether, in *said*, every path of *conditions* has one of its values; the word ``set`` means any but null."""
    return all(_is_one_of(path.of(said), values) for path, values in conditions.items())


def _is_one_of(value: object, values: frozenset[str]) -> bool:
    if value is MISSING:
        return False
    return spelt(value) in values or ("set" in values and value is not None)


def _step(step: re.Match[str]) -> Step:
    key, index, name, wanted, each = step.groups()
    where = (name, wanted) if name is not None else None
    return Step(key, None if index is None else int(index), where, each is not None)


def _element(value: object, step: Step) -> object:
    if step.is_each or (step.index is None and step.where is None):
        return value
    elements = loose.listed(value)
    if step.where is None:
        return elements[step.index] if step.index is not None and step.index < len(elements) else MISSING
    name, wanted = step.where
    return next((each for each in elements if spelt(loose.record(each).get(name, MISSING)) == wanted), MISSING)
