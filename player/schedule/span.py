"""A stretch of time, as every part of the schedule speaks of it."""

from __future__ import annotations

from dataclasses import dataclass

from player.units import Nanos


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """From *start* until just before *end*: half-open, UTC nanoseconds since 1970. Empty when both are the same."""

    start: Nanos
    end: Nanos
