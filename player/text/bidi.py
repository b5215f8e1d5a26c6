"""Which way text runs: the implicit part of the Unicode Bidirectional Algorithm (UAX #9, rules P2-P3, W1-L2).

HarfBuzz shapes a run in one font; a line of several scripts needs several fonts, so the runs are put in order here,
before they are shaped. Explicit embeddings and isolates are not honoured: a caption that came from a feed must not
turn the words around it about, so those characters are dropped and only the letters speak.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

EXPLICIT: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Embeddings, overrides and isolates; to be dropped before anything else is asked of a text."""

_STRONG: Final = frozenset({"L", "R", "AL"})
_NEUTRAL: Final = frozenset({"B", "S", "WS", "ON", "BN"})
_BRACKETS: Final = {"(": ")", "[": "]", "{": "}", "«": "»", "‹": "›"}


class Run(NamedTuple):
    """Neighbouring characters of one level: even levels run left to right, odd ones right to left."""

    start: int
    end: int
    level: int


def is_right_to_left(text: str) -> bool:
    """Return whether *text*, as a paragraph, runs right to left: whether its first strong character does."""
    for character in text:
        kind = unicodedata.bidirectional(character)
        if kind in _STRONG:
            return kind != "L"
    return False


def visual_runs(text: str) -> tuple[Run, ...]:
    """Return the runs of one line of *text*, from left to right as they are seen; each still in logical order inside."""
    levels = _levels(text)
    runs = [Run(start, end, levels[start]) for start, end in _stretches(levels)]
    for level in range(max(levels, default=0), 0, -1):  # L2: turn every stretch of at least this level about
        for start, end in _stretches([run.level >= level for run in runs]):
            if runs[start].level >= level:
                runs[start:end] = runs[start:end][::-1]
    return tuple(runs)


def _stretches(values: Sequence[object]) -> Iterator[tuple[int, int]]:
    """Yield (start, end) of each stretch of equal neighbours."""
    start = 0
    for i in range(1, len(values) + 1):
        if i == len(values) or values[i] != values[start]:
            yield start, i
            start = i


def _levels(text: str) -> list[int]:
    base = int(is_right_to_left(text))
    embedding = "R" if base else "L"
    kinds = _weak([unicodedata.bidirectional(character) or "L" for character in text], embedding)
    _brackets(text, kinds, embedding)
    _neutral(kinds, embedding)
    levels = [_level(kind, base) for kind in kinds]
    for i in range(len(text) - 1, -1, -1):  # L1: white space that ends the line keeps to the paragraph's side
        if not text[i].isspace():
            break
        levels[i] = base
    return levels


def _level(kind: str, base: int) -> int:
    """Rules I1 and I2."""
    if kind == "R":
        return 1
    return base if kind == "L" and not base else 2


def _weak(kinds: list[str], embedding: str) -> list[str]:
    """Rules W1-W7: marks, numbers and what stands between and beside them."""
    kinds = _marks_and_letters(kinds, embedding)
    for i in range(1, len(kinds) - 1):  # W4
        left, right = kinds[i - 1], kinds[i + 1]
        if left == right and ((kinds[i] in {"ES", "CS"} and left == "EN") or (kinds[i] == "CS" and left == "AN")):
            kinds[i] = left
    for start, end in list(_stretches(kinds)):  # W5
        if kinds[start] == "ET" and "EN" in kinds[max(0, start - 1) : end + 1]:
            kinds[start:end] = ["EN"] * (end - start)
    kinds = ["ON" if kind in {"ES", "ET", "CS"} else kind for kind in kinds]  # W6
    strong = embedding
    for i, kind in enumerate(kinds):  # W7
        if kind in {"L", "R"}:
            strong = kind
        elif kind == "EN" and strong == "L":
            kinds[i] = "L"
    return kinds


def _marks_and_letters(kinds: list[str], embedding: str) -> list[str]:
    """Rules W1-W3: a mark is what it stands on, a number after Arabic letters is Arabic."""
    before, strong = embedding, embedding
    resolved: list[str] = []
    for kind in kinds:
        now = before if kind == "NSM" else kind
        if now in _STRONG:
            strong = now
        elif now == "EN" and strong == "AL":
            now = "AN"
        resolved.append(now)
        before = now
    return ["R" if kind == "AL" else kind for kind in resolved]


def _brackets(text: str, kinds: list[str], embedding: str) -> None:
    """Rule N0: a pair of brackets goes the way of what it holds."""
    opened: list[tuple[str, int]] = []
    pairs: list[tuple[int, int]] = []
    for i, character in enumerate(text):
        if kinds[i] != "ON":
            continue
        if character in _BRACKETS:
            opened.append((_BRACKETS[character], i))
        elif any(character == closing for closing, _ in opened):
            while opened:
                closing, start = opened.pop()
                if closing == character:
                    pairs.append((start, i))
                    break
    for start, end in sorted(pairs):
        inside = {_side(kind) for kind in kinds[start + 1 : end]} - {""}
        if embedding in inside:
            kinds[start] = kinds[end] = embedding
        elif inside:
            before = next((side for kind in reversed(kinds[:start]) if (side := _side(kind))), embedding)
            kinds[start] = kinds[end] = before


def _side(kind: str) -> str:
    """Which way a resolved kind pulls its neighbours: numbers pull as right-to-left letters do."""
    return kind if kind == "L" else "R" if kind in {"R", "EN", "AN"} else ""


def _neutral(kinds: list[str], embedding: str) -> None:
    """Rules N1 and N2: what has no direction takes its neighbours', or the paragraph's."""
    sides = [_side(kind) for kind in kinds]
    for start, end in list(_stretches([kind in _NEUTRAL for kind in kinds])):
        if kinds[start] not in _NEUTRAL:
            continue
        left = sides[start - 1] if start else embedding
        right = sides[end] if end < len(kinds) else embedding
        kinds[start:end] = [left if left == right else embedding] * (end - start)
