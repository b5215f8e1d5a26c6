"""Lists of names: what a file of them says, how they fall on pages, and how long each page stands. Pure.

A name stands as long as it takes to read it without haste. Subtitles for children, the slowest that are written for reading
once, run at 13 characters a second (Netflix, Timed Text Style Guides, reading speed; 17 for adults); but a name is no
sentence: every one is given at least two and a half seconds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import ceil
from typing import Final

from player.text.bidi import EXPLICIT
from player.units import Seconds

MAX_BYTES: Final = 8_000_000  # of a file; 100,000 names of 80 bytes
MAX_NAMES: Final = 100_000  # of a file: three days and nights of reading
MAX_LETTERS: Final = 120  # of a name, with titles and places; a longer line is no name
MAX_LINES: Final = 2 * MAX_NAMES  # with remarks and gaps
LETTERS_A_SECOND: Final = 13.0
LEAST_S: Final[Seconds] = 2.5  # of a name, however short
NEARLY_ALL: Final = 0.8  # of a list: the few that are longer have the gap too, or are set smaller, or broken, and move nobody
MODELS: Final = 8  # names that a grid is made for: of as many letters, some are wider
LONGEST_S: Final[Seconds] = 3600.0  # of a page, as of any slide: whoever waits for its end waits no longer

_TURNING: Final = re.compile(f"[{''.join(sorted(EXPLICIT))}\u200e\u200f\u061c\ufeff]")
"""What turns text about, or marks bytes: nothing of it is seen, and the letters of a name say which way it runs."""
_REFUSED: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufff9-\uffff]")
"""Controls, and what is no character: a line that has one was not written by hand."""
_BREAK: Final = re.compile("\r\n|\r|\n")


class RollFaultError(ValueError):
    """A file is no list of names."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line


@dataclass(frozen=True, slots=True, eq=False)
class Roll:
    """A list of names, in its order."""

    names: tuple[str, ...]
    lines: tuple[int, ...]
    """Where in the file each stands."""

    def without(self, left_out: frozenset[int]) -> Roll:
        """Return it without the names that stand in some lines."""
        kept = [i for i, line in enumerate(self.lines) if line not in left_out]
        return Roll(tuple(self.names[i] for i in kept), tuple(self.lines[i] for i in kept))


@dataclass(frozen=True, slots=True)
class Leaf:
    """A page of a list."""

    names: tuple[str, ...]
    following: int
    """How many names come before the next page; 0: this is the last one."""
    hold: Seconds
    """How long it stands, its fade not counted."""


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """A list as a show reads it on one wall; see `reading_of`."""

    names: tuple[str, ...]
    a_page: int
    least: Seconds
    fade: Seconds
    stretch: float
    """By how much every page stands longer than it takes to read, so that the whole list takes the time that it is given."""
    whole: Seconds
    """How long all of it takes, fades included."""
    models: tuple[str, ...]
    """See `models_of`; the columns of every page are made for them."""

    @property
    def fullest(self) -> int:
        """How many names the fullest page has."""
        pages = -(-len(self.names) // self.a_page)
        return -(-len(self.names) // pages)

    def leaf(self, first: int) -> Leaf:
        """Return the page after *first* names; a list that has become shorter than that since begins anew."""
        first = first if first < len(self.names) else 0
        end = next(edge for edge in edges(len(self.names), self.a_page) if edge > first)
        names = self.names[first:end]
        length = _length(names, self.least, self.fade) * self.stretch
        return Leaf(names, end if end < len(self.names) else 0, min(LONGEST_S, length - self.fade))

    def within(self, first: int, left: Seconds) -> Reading:
        """Return it so slow that the names after the *first* ones fill the time that is *left*; never too fast to be read."""
        first = first if first < len(self.names) else 0
        starts = (first, *(edge for edge in edges(len(self.names), self.a_page) if edge > first))
        return replace(self, stretch=max(1.0, left / _natural(self.names, starts, self.least, self.fade)))


def reading_of(names: tuple[str, ...], a_page: int, *, least: Seconds, fade: Seconds, over: Seconds | None) -> Reading:
    """Return how *names*, at least one, are read.

    Args:
        names: In their order.
        a_page: How many of them stand on a page of the wall at most.
        least: How long a page stands at least.
        fade: How long a page takes to appear.
        over: How long all of them are to take, each page in proportion; None, or less than reading takes: as long as that.
    """
    starts = (0, *edges(len(names), a_page))
    natural = _natural(names, starts, least, fade)
    stretch = max(1.0, over / natural) if over else 1.0
    return Reading(names, a_page, least, fade, stretch, natural * stretch, models_of(names))


def models_of(names: Sequence[str]) -> tuple[str, ...]:
    """Return names as long, in letters, as nearly all of *names* are; and the longest of all."""
    by_length = sorted(names, key=len)
    return (*by_length[: ceil(NEARLY_ALL * len(names))][-MODELS:], *by_length[-1:])


def roll_of(content: bytes) -> Roll:
    """Return the names that a file's *content* lists, one a line; empty lines and those that begin with # are remarks.

    Raises:
        RollFaultError: it is no such list, or more than a player can read; with the line that is at fault.
    """
    if len(content) > MAX_BYTES:
        raise RollFaultError(1, f"is larger than {MAX_BYTES // 1_000_000} MB")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise RollFaultError(line, "is not UTF-8 text: save it as UTF-8") from error
    names: list[str] = []
    lines: list[int] = []
    for line, written in enumerate(_BREAK.split(text), start=1):
        if line > MAX_LINES:
            raise RollFaultError(line, f"more than {MAX_LINES:,} lines")
        name = _name(written, line)
        if name:
            names.append(name)
            lines.append(line)
        if len(names) > MAX_NAMES:
            raise RollFaultError(line, f"more than {MAX_NAMES:,} names: make several files of them")
    if not names:
        raise RollFaultError(1, "has no names in it: write one in each line")
    return Roll(tuple(names), tuple(lines))


def edges(count: int, a_page: int) -> Iterator[int]:
    """Yield where each page of *count* names ends: pages as full as each other, none with more than *a_page*."""
    pages = -(-count // a_page)
    return (page * count // pages for page in range(1, pages + 1))


def reading_time(name: str) -> Seconds:
    """Return how long a name takes to be read."""
    return max(LEAST_S, len(name) / LETTERS_A_SECOND)


def _natural(names: tuple[str, ...], starts: Sequence[int], least: Seconds, fade: Seconds) -> Seconds:
    return sum(_length(names[start:end], least, fade) for start, end in pairwise(starts))


def _length(names: tuple[str, ...], least: Seconds, fade: Seconds) -> Seconds:
    return fade + max(least, sum(map(reading_time, names)))


def _name(written: str, line: int) -> str:
    """Return the name in a line; nothing where that is empty or a remark."""
    if found := _REFUSED.search(written):
        raise RollFaultError(line, f"has a character that is no letter or sign (U+{ord(found[0]):04X}): take it out")
    name = " ".join(_TURNING.sub("", written).split())
    if name.startswith("#"):
        return ""
    if len(name) > MAX_LETTERS:
        raise RollFaultError(line, f"a name of {len(name):,} letters; {MAX_LETTERS} are the most")
    return name
