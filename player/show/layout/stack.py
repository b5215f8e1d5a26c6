"""Lines one beneath the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, TypeAlias

from player.show.layout.lines import Align, Hairline, Line
from player.show.scene import Rule, Words

CLEARANCE: Final = 0.35  # of a line's rise, kept free above it; scripts with deep or tall letters push the lines apart
LEAST_CLEARANCE: Final = 0.05  # likewise, of lines that belong together: an accent is not yet a gap
HANGING: Final = 0.35  # how much of a last line's descenders the eye counts when it looks for the middle

Part: TypeAlias = Line | Hairline
Set: TypeAlias = tuple[Words | Rule, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of a stack."""

    part: Part
    lead: float
    """The wanted distance from the baseline above."""
    align: Align = "left"
    indent: float = 0.0
    """How far in from the side that it is aligned to."""


@dataclass(frozen=True, slots=True)
class Stack:
    """Lines with their baselines, counted from the ink's top."""

    entries: tuple[Entry, ...]
    baselines: tuple[float, ...]
    width: float
    height: float

    @property
    def depth(self) -> float:
        """From the ink's top to the last baseline."""
        return self.baselines[-1] if self.baselines else 0.0

    @property
    def seen(self) -> float:
        """The height that the eye sees: descenders count little."""
        return self.depth + HANGING * (self.height - self.depth)

    def inked(self, *, left: float, width: float, top: float) -> Set:
        """Return the ink with the stack's top at *top*, each line aligned between *left* and *left* + *width*."""
        placed: list[Words | Rule] = []
        for entry, baseline in zip(self.entries, self.baselines, strict=True):
            share = {"left": 0.0, "centre": 0.5, "right": 1.0}[entry.align]
            shift = entry.indent * (1 - 2 * share)
            placed.append(entry.part.at(left + share * (width - entry.part.width) + shift, top + baseline))
        return tuple(placed)


def evenly_led(lines: Sequence[Line], lead: float, align: Align) -> Stack:
    """Return *lines* with the same distance between all of them: *lead*, or more where accents would touch what hangs down."""
    closest = max((above.drop + (1 + LEAST_CLEARANCE) * line.rise for above, line in pairwise(lines)), default=0.0)
    return stacked([Entry(line, max(lead, closest), align) for line in lines], clearance=LEAST_CLEARANCE)


def stacked(entries: Sequence[Entry], *, clearance: float = CLEARANCE) -> Stack:
    """Return *entries* set one beneath the other, no two touching; *clearance*: of a line's rise, kept free above it."""
    baselines: list[float] = []
    for i, entry in enumerate(entries):
        if i == 0:
            baselines.append(entry.part.rise)
            continue
        above = entries[i - 1].part
        closest = above.drop + (1 + clearance) * entry.part.rise
        baselines.append(baselines[-1] + max(entry.lead, closest))
    height = max((b + entry.part.drop for b, entry in zip(baselines, entries, strict=True)), default=0.0)
    return Stack(tuple(entries), tuple(baselines), max((entry.part.width for entry in entries), default=0.0), height)
