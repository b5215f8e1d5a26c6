"""Rounds: in which order everybody is shown at many sites at once, out of a programme's hash and a round's number alone.

Nothing here remembers what was asked before, so that a site that joins today, or looks a day ahead, deals as all others do. All
of it is whole numbers: no site rounds otherwise than another.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

KEPT: Final = 4  # rounds at hand: this one, the next, and for each the one before it, whose last must not be its first
FEWEST: Final = 4  # units; fewer go round in one and the same order: that alone lets nobody follow himself
NOBODY: Final = -1

Places: TypeAlias = NDArray[np.int64]
"""Of items, in the programme."""
Flags: TypeAlias = NDArray[np.bool_]

# The mixing of SplitMix64 (Steele, Lea, Flood 2014): one to one, so that two ids never become equal by it.
_ODD: Final = (np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))
_SHIFTS: Final = (np.uint64(30), np.uint64(27), np.uint64(31))


def number_of(*parts: object) -> int:
    """Return a number of 64 bits that *parts* alone decide."""
    text = "|".join(map(str, parts)).encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(text, digest_size=8).digest(), "big")


@dataclass(frozen=True, slots=True, eq=False)
class Crowd:
    """Whose pictures there are, by number."""

    ids: NDArray[np.uint64]
    portraits: Flags
    own: Flags
    """Who comes first in a round at this site; all of them where no share is taken."""

    @property
    def parts(self) -> tuple[Places, ...]:
        """Whom a round goes through first, and whom then."""
        return tuple(part for part in (np.flatnonzero(self.own), np.flatnonzero(~self.own)) if len(part))


def crowd_of(names: Sequence[str], portraits: bytes, share: tuple[int, int] | None = None) -> Crowd:
    """Return those called *names*, of which each byte of *portraits* is 1 or 0.

    With *share*, its number and how many sites share, this site's own come first.
    """
    ids = np.fromiter((number_of(name) for name in names), np.uint64, len(names))
    own = ids % np.uint64(share[1]) == np.uint64(share[0] - 1) if share else np.ones(len(names), np.bool_)
    return Crowd(ids, np.frombuffer(portraits, np.bool_), own)


def dealt(crowd: Crowd, part: Places, key: int) -> Places:
    """Return *part* in the order that *key* gives: that of any two is the same, whoever else is there."""
    mixed = crowd.ids[part] ^ np.uint64(key)
    for shift, odd in zip(_SHIFTS, _ODD, strict=False):
        mixed = (mixed ^ (mixed >> shift)) * odd
    return part[np.argsort(mixed ^ (mixed >> _SHIFTS[2]), kind="stable")]


@dataclass(frozen=True, slots=True, eq=False)
class _Round:
    """Units in their order: one picture, or two portraits."""

    first: NDArray[np.int32]
    second: NDArray[np.int32]
    """NOBODY beside who is alone."""

    def unit(self, at: int) -> tuple[int, ...]:
        second = int(self.second[at])
        return (int(self.first[at]),) if second == NOBODY else (int(self.first[at]), second)


@dataclass(frozen=True, slots=True, eq=False)
class Singly:
    """The rounds of a show's photo lines: each photo once a round, alone or, where the line takes two, with another portrait."""

    version: str
    crowd: Crowd
    lines: Flags
    """Of each photo line of a cycle, whether it takes two portraits."""
    pairs: tuple[int, ...]
    """How many there are in each part of a round: always so many that its lines can take them, wherever it begins."""
    _rounds: dict[int, _Round] = field(default_factory=dict[int, _Round], repr=False)

    @property
    def units(self) -> int:
        """How many a round has."""
        return len(self.crowd.ids) - sum(self.pairs)

    def planned(self, draw: int) -> tuple[int, ...]:
        """Return who is shown by the photo line that is number *draw* since the beginning; nobody where there is nobody."""
        if not self.units:
            return ()
        number, at = divmod(draw, self.units)
        here = self._round(number)
        if self.units < FEWEST:
            return here.unit(at)
        before = set(self._round(number - 1).unit(self.units - 1))
        return here.unit(self._moved(here, before, number, at))

    def _moved(self, here: _Round, before: set[int], number: int, at: int) -> int:
        """Return where the unit that is to be shown at *at* stands in the round: its first may have to wait for another."""
        if at == self.units - 1 or before.isdisjoint(here.unit(0)):
            return at
        other = next((i for i in range(1, self.units - 1) if self._may_swap(here, before, number, i)), 0)
        return {0: other, other: 0}.get(at, at)

    def _may_swap(self, here: _Round, before: set[int], number: int, at: int) -> bool:
        """Whether the first unit and that at *at* may change places, as far as their lines take two, and that helps."""
        takes_two = [bool(self.lines[(number * self.units + i) % len(self.lines)]) for i in (at, 0)]
        are_two = [len(here.unit(i)) > 1 for i in (0, at)]
        return before.isdisjoint(here.unit(at)) and all(takes or not two for takes, two in zip(takes_two, are_two, strict=True))

    def _round(self, number: int) -> _Round:
        number = number if self.units >= FEWEST else 0
        found = self._rounds.get(number)
        if found is None:
            found = self._made(number)
            for old in list(self._rounds)[: 1 - KEPT]:
                self._rounds.pop(old, None)
            self._rounds[number] = found
        return found

    def _made(self, number: int) -> _Round:
        key = number_of(self.version, "photos", number)
        first = np.empty(self.units, np.int32)
        second = np.full(self.units, NOBODY, np.int32)
        begin = 0
        for part, pairs in zip(self.crowd.parts, self.pairs, strict=True):
            order = dealt(self.crowd, part, key)
            portraits = np.flatnonzero(self.crowd.portraits[order])[: 2 * pairs]
            places = begin + np.arange(len(part) - pairs)
            here = self._where(places + number * self.units, pairs, key)
            first[places[here]], second[places[here]] = order[portraits[0::2]], order[portraits[1::2]]
            first[places[~here]] = np.delete(order, portraits)
            begin += len(places)
        return _Round(first, second)

    def _where(self, draws: Places, pairs: int, key: int) -> Flags:
        """Return at which of *draws* two stand: evenly spread over the lines that take two."""
        here = np.zeros(len(draws), np.bool_)
        if pairs:
            able = np.flatnonzero(self.lines[draws % len(self.lines)])
            here[able[(np.arange(pairs) * len(able) + key % len(able)) // pairs]] = True
        return here


def singly(version: str, crowd: Crowd, lines: Sequence[bool]) -> Singly:
    """Return the rounds of the photo lines of a cycle, of which each says whether it takes two portraits."""
    able = np.array(lines, np.bool_)
    pairs = tuple(_pairs(able, len(part), int(crowd.portraits[part].sum())) for part in crowd.parts)
    if not able.all() and len(crowd.ids) - sum(pairs) < FEWEST:
        pairs = (0,) * len(pairs)  # so few that where two may stand would change from round to round
    return Singly(version, crowd, able, pairs)


def _pairs(lines: Flags, photos: int, portraits: int) -> int:
    """Return how many pairs so many photos can always come to, at whichever line their round begins."""
    counted = np.concatenate(([0], np.cumsum(np.concatenate((lines, lines)))))

    def fit(pairs: int) -> bool:
        whole, rest = divmod(photos - pairs, len(lines))
        fewest = int((counted[rest : rest + len(lines)] - counted[: len(lines)]).min())
        return whole * int(lines.sum()) + fewest >= pairs

    fits, fails = 0, portraits // 2 + 1
    while fails - fits > 1:
        middle = (fits + fails) // 2
        fits, fails = (middle, fails) if fit(middle) else (fits, middle)
    return fits


@dataclass(frozen=True, slots=True, eq=False)
class Together:
    """The rounds of the mosaics of one size: so many at a time, the last few of a round with its first, nobody twice."""

    version: str
    crowd: Crowd
    tiles: int
    _rounds: dict[int, NDArray[np.int32]] = field(default_factory=dict[int, NDArray[np.int32]], repr=False)

    def planned(self, draw: int) -> tuple[int, ...]:
        """Return who is shown by the mosaic that is number *draw* since the beginning."""
        people = len(self.crowd.ids)
        if not people:
            return ()
        number, at = divmod(draw, -(-people // self.tiles))
        order = self._round(number)
        part = order[at * self.tiles : (at + 1) * self.tiles]
        filled = order[: min(people, self.tiles) - len(part)]
        return tuple(map(int, (*part, *filled)))

    def _round(self, number: int) -> NDArray[np.int32]:
        found = self._rounds.get(number)
        if found is None:
            key = number_of(self.version, "mosaic", self.tiles, number)
            found = np.concatenate([dealt(self.crowd, part, key) for part in self.crowd.parts]).astype(np.int32)
            for old in list(self._rounds)[: 1 - KEPT]:
                self._rounds.pop(old, None)
            self._rounds[number] = found
        return found
