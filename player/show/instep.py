"""A show in step: which slide is up at an instant, and who is on it, the same at every site that shows the programme.

The score is worked out of the programme, its hash and the time; of a site it knows the share that comes first there, and what may
not be shown there. Who may be shown at all is decided elsewhere, and passed in: a programme gives order, never a right.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Final

import numpy as np

from player.show.people import Item, Items, Name
from player.show.playlist import MosaicStep, PhotoStep, Step
from player.show.rounds import Places, Singly, Together, crowd_of, dealt, number_of, singly
from player.units import Nanos, nanos

MAX_SITES: Final = 10_000  # that share a show: as many as there are players
TRIES: Final = 32  # by chance, before those who are left are gone through one by one
LANGUAGES: Final = 64  # phrases, rather more than there are: after so many cycles every line has spoken all that it comes by

_SHARE: Final = re.compile(r"(\d{1,5})/(\d{1,5})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Share:
    """Which part of everybody comes first at a site: number *number* of *sites*, from 1."""

    number: int
    sites: int

    @staticmethod
    def read(text: str) -> Share:
        """Return a share as people write it: `2/5`.

        Raises:
            ValueError: it is none; the message says how to write one.
        """
        match = _SHARE.fullmatch(text.strip())
        number, sites = (int(match[1]), int(match[2])) if match else (0, 0)
        if not 1 <= number <= sites <= MAX_SITES:
            raise ValueError(f'write which share of how many, such as 2/5, not "{text}"')
        return Share(number, sites)


@dataclass(frozen=True, slots=True)
class Measure:
    """The times of a show's steps, which come again in each cycle."""

    offsets: tuple[Nanos, ...]
    """When each step begins in a cycle."""
    lengths: tuple[Nanos, ...]
    """Fade and hold of each."""
    fades: tuple[Nanos, ...]

    @property
    def cycle(self) -> Nanos:
        """How long all steps take together."""
        return self.offsets[-1] + self.lengths[-1]


def measure(steps: Sequence[Step]) -> Measure:
    """Return the times of *steps*, of which there is at least one."""
    fades = tuple(nanos(step.fade) for step in steps)
    lengths = tuple(fade + nanos(step.hold) for fade, step in zip(fades, steps, strict=True))
    return Measure((0, *accumulate(lengths[:-1])), lengths, fades)


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """A programme with the show that it is for. Slots are numbered from its epoch; before it, they are less than 0."""

    hash: str
    """Of the programme's document."""
    epoch: Nanos
    steps: tuple[Step, ...]
    share: Share | None
    items: Items = field(compare=False, repr=False)
    measure: Measure = field(compare=False, repr=False)
    photos: Singly = field(compare=False, repr=False)
    mosaics: Mapping[int, Together] = field(compare=False, repr=False)
    """By their number of tiles."""
    ranks: tuple[tuple[int, int], ...] = field(compare=False, repr=False)
    """Of each step that draws: how many before it in a cycle draw from the same rounds, and how many there are in all."""

    @staticmethod
    def of(version: str, *, epoch: Nanos, steps: Sequence[Step], items: Sequence[Item], share: Share | None = None) -> Score:
        """Return the score of the document whose hash is *version*."""
        people = items if isinstance(items, Items) else Items(items)
        crowd = crowd_of(
            [f"{source}/{item}" for source, item in people.names()],
            people.shapes,
            (share.number, share.sites) if share else None,
        )
        drawn = [_tiles(step) for step in steps]
        before, each = Counter[int](), Counter(drawn)
        ranks: list[tuple[int, int]] = []
        for tiles in drawn:
            ranks.append((before[tiles], each[tiles]))
            before[tiles] += 1
        lines = [step.kind.pairs for step in steps if isinstance(step.kind, PhotoStep)]
        return Score(
            hash=version,
            epoch=epoch,
            steps=tuple(steps),
            share=share,
            items=people,
            measure=measure(steps),
            photos=singly(version, crowd, lines or [False]),
            mosaics={tiles: Together(version, crowd, tiles) for tiles in each if tiles > 1},
            ranks=tuple(ranks),
        )

    @property
    def cycle(self) -> Nanos:
        """How long it is until the same step comes again."""
        return self.measure.cycle

    def slot_at(self, t: Nanos) -> int:
        """Return the slot that is up at *t*."""
        cycle, into = divmod(t - self.epoch, self.cycle)
        return cycle * len(self.steps) + bisect_right(self.measure.offsets, into) - 1

    def start_of(self, slot: int) -> Nanos:
        """Return when *slot* begins: its fade, over the slide before."""
        cycle, index = divmod(slot, len(self.steps))
        return self.epoch + cycle * self.cycle + self.measure.offsets[index]

    def length_of(self, slot: int) -> Nanos:
        """Return how long *slot* is, its fade among it."""
        return self.measure.lengths[self.index_of(slot)]

    def fade_of(self, slot: int) -> Nanos:
        """Return how long *slot* takes to appear."""
        return self.measure.fades[self.index_of(slot)]

    def index_of(self, slot: int) -> int:
        """Return which of the show's steps *slot* is."""
        return slot % len(self.steps)

    def step_of(self, slot: int) -> Step:
        """Return the step that *slot* is."""
        return self.steps[self.index_of(slot)]

    def seed(self, slot: int) -> int:
        """Return the seed of what moves in *slot*: 48 bits, as those of other shows."""
        return number_of(self.hash, slot, "seed") >> 16

    def ordinal(self, slot: int) -> int:
        """Return what decides the words of *slot*: one more from slot to slot, so that languages take turns.

        Where the number of steps and that of languages have a divisor in common, a line would come by the same few for ever: a
        step aside now and then brings it to the others.
        """
        return number_of(self.hash, "words") % 2**32 + slot + slot // (len(self.steps) * LANGUAGES)

    def planned(self, slot: int) -> tuple[Item, ...]:
        """Return whose turn it is in *slot*, whoever may be shown."""
        return tuple(self.items[place] for place in self._planned(slot))

    def drawn(self, slot: int, withdrawn: Container[Name], unavailable: Container[Name] = ()) -> tuple[Item, ...]:
        """Return who is shown in *slot*: one, or two portraits; of a mosaic all, fewer than its tiles where there are no more.

        *withdrawn* is what is known everywhere: who is among it gives way to the same one at all sites. *unavailable* is what
        this site alone cannot show (not fetched yet, damaged): it changes nothing but that place, and only here. Nobody is twice
        on a slide. Whoever makes the slide decides what stands instead when too few are left for it.
        """
        planned = self._planned(slot)
        two = isinstance(self.step_of(slot).kind, PhotoStep) and len(planned) > 1
        rest = _Rest(self, slot, withdrawn, portraits_only=two)
        agreed: list[int | None] = [place if rest.may(place) else None for place in planned]
        for at, place in enumerate(agreed):
            if place is None:
                agreed[at] = next(rest.instead(at, agreed), None)
        shown = list(agreed)
        for at, place in enumerate(agreed):
            if place is not None and self.items.name(place) in unavailable:
                others = rest.instead(at, [*agreed, *shown])
                shown[at] = next((other for other in others if self.items.name(other) not in unavailable), None)
        return tuple(self.items[place] for place in shown if place is not None)

    def beside(self, slot: int) -> frozenset[int]:
        """Return who is planned alone, or as one of two, right before *slot* and right after it."""
        if not isinstance(self.step_of(slot).kind, PhotoStep):
            return frozenset()
        draw = self._draw(slot)
        return frozenset((*self.photos.planned(draw - 1), *self.photos.planned(draw + 1)))

    def _planned(self, slot: int) -> tuple[int, ...]:
        tiles = _tiles(self.step_of(slot))
        if not tiles:
            return ()
        return (self.photos if tiles == 1 else self.mosaics[tiles]).planned(self._draw(slot))

    def _draw(self, slot: int) -> int:
        """Return how many slots before this one drew from the same rounds."""
        cycle, index = divmod(slot, len(self.steps))
        before, each = self.ranks[index]
        return cycle * each + before


class _Rest:
    """Those who may be shown in a slot in place of others, in an order that its number decides.

    That order does not depend on who is withdrawn, so that one withdrawal changes nothing but the slots where its picture stood.
    """

    def __init__(self, score: Score, slot: int, withdrawn: Container[Name], *, portraits_only: bool) -> None:
        self._score, self._slot, self._withdrawn, self._portraits_only = score, slot, withdrawn, portraits_only
        self._beside: frozenset[int] | None = None
        self._left: Places | None = None

    def may(self, place: int) -> bool:
        items = self._score.items
        return (bool(items.shapes[place]) or not self._portraits_only) and items.name(place) not in self._withdrawn

    def instead(self, at: int, present: Sequence[int | None]) -> Iterator[int]:
        """Yield who may stand at place number *at* beside those who are *present*: last those of the slides before and after."""
        taken = {place for place in present if place is not None}
        beside = self._neighbours()
        for place in self._in_turn(at):
            if place not in taken and place not in beside:
                yield place
        for place in self._left_in_turn(at):
            if place not in taken and place in beside:
                yield place

    def _in_turn(self, at: int) -> Iterator[int]:
        for number in range(TRIES):
            place = number_of(self._score.hash, self._slot, at, number) % len(self._score.items)
            if self.may(place):
                yield place
        yield from self._left_in_turn(at)

    def _left_in_turn(self, at: int) -> Iterator[int]:
        if self._left is None:
            self._left = np.array([place for place in range(len(self._score.items)) if self.may(place)], np.int64)
        order = dealt(self._score.photos.crowd, self._left, number_of(self._score.hash, self._slot, at))
        yield from map(int, order)

    def _neighbours(self) -> frozenset[int]:
        if self._beside is None:
            self._beside = self._score.beside(self._slot)
        return self._beside


def _tiles(step: Step) -> int:
    """Return how many a step draws: of a mosaic all its tiles, and of a photo's line one, alone or with a second portrait."""
    match step.kind:
        case PhotoStep():
            return 1
        case MosaicStep(columns=columns, rows=rows):
            return columns * rows
        case _:
            return 0
