"""What was written down every second, and what is read from it: rates, windows, spans. Pure."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from player.units import SECOND, Nanos, Seconds

Column = Literal["connects", "receipts", "polls", "origin"]
LEAST_APART: Final[Nanos] = SECOND // 2  # of less a rate is chance


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """How things stood; all but *online* only grow."""

    at: Nanos
    online: int
    connects: int
    receipts: int
    polls: int
    origin: int


@dataclass(frozen=True, slots=True)
class Request:
    """A line of nginx's log."""

    at_s: Seconds
    """Since 1970."""
    status: int
    cache: str
    """HIT, STALE, REVALIDATED, UPDATING: answered by the cache."""

    @property
    def is_spared(self) -> bool:
        """Whether the origin had to send nothing for it: the cache had it, or the player did."""
        return self.status == 304 or self.cache in {"HIT", "STALE", "REVALIDATED", "UPDATING"}  # noqa: PLR2004  not modified


def since(samples: Sequence[Sample], start: Nanos, end: Nanos | None = None) -> Sequence[Sample]:
    """Return the samples from the last one before *start* on."""
    first = max(0, bisect_left(samples, start, key=lambda sample: sample.at) - 1)
    return [each for each in samples[first:] if end is None or each.at <= end]


def per_second(samples: Sequence[Sample], column: Column) -> list[tuple[Seconds, float]]:
    """Return how much *column* grew a second, at each second since the first sample; samples closer than that are one."""
    if not samples:
        return []
    before, rates = samples[0], list[tuple[Seconds, float]]()
    for after in samples[1:]:
        if after.at - before.at >= LEAST_APART:
            grown = getattr(after, column) - getattr(before, column)
            rates.append(((after.at - samples[0].at) / SECOND, grown * SECOND / (after.at - before.at)))
            before = after
    return rates


def fastest(samples: Sequence[Sample], column: Column, start: Nanos, window: Nanos) -> float:
    """Return the highest rate a second over windows of this length that follow each other from *start*."""
    best, at = 0.0, start
    last = samples[-1].at if samples else start
    while at < last:
        best = max(best, (_value(samples, column, at + window) - _value(samples, column, at)) * SECOND / window)
        at += window
    return best


def requests(lines: Iterable[str]) -> list[Request]:
    """Return nginx's log, as `serving.nginx` has it written; half a line is passed over."""
    found = list[Request]()
    for line in lines:
        words = line.split()
        if len(words) == 4 and words[1].isdecimal():  # noqa: PLR2004  time, status, cache, bytes
            found.append(Request(float(words[0]), int(words[1]), words[2]))
    return found


def _value(samples: Sequence[Sample], column: Column, at: Nanos) -> int:
    """Return what *column* was at *at*: the first sample from then on, or the last there is."""
    place = min(bisect_left(samples, at, key=lambda sample: sample.at), len(samples) - 1)
    return int(getattr(samples[place], column))
