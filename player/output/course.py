"""How bright a wall is over an evening: rising when the show begins, dimmed at the curfew, falling at its end.

A course is a function of the time alone, so that a player that starts in the middle of it is as bright as one that was there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from player.units import Nanos

_PERCEIVED: Final = 2.2  # the power of light that looks about even from dark to bright


@dataclass(frozen=True, slots=True)
class Mark:
    """At this instant the brightness has come to *level*, 0 to 1, as it looks."""

    at: Nanos
    level: float


@dataclass(frozen=True, slots=True)
class Course:
    """Marks in order of time: the way between two of them is eased, before the first and after the last nothing changes."""

    marks: tuple[Mark, ...] = ()


def level_at(course: Course, t: Nanos) -> float:
    """Return the brightness at *t*, 0 to 1, as it looks: not rounded, for a step of it may be less than a code."""
    marks = course.marks
    if not marks:
        return 1.0
    if t <= marks[0].at:
        return marks[0].level
    for before, after in pairwise(marks):
        if t < after.at:
            k = (t - before.at) / (after.at - before.at)
            return before.level + (after.level - before.level) * (k * k * (3 - 2 * k))
    return marks[-1].level


def steady_until(course: Course, t: Nanos) -> Nanos | None:
    """Return until when the brightness stays as it is at *t*: *t* itself while it changes, None for ever."""
    for before, after in pairwise(course.marks):
        if t < after.at and before.level != after.level:
            return max(t, before.at)
    return None


def light(level: float) -> float:
    """Return the gain of linear light that looks like *level*."""
    return max(0.0, level) ** _PERCEIVED


def show(start: Nanos, end: Nanos, *, rise: Nanos, fall: Nanos) -> Course:
    """Return the course of a show: up from dark at its start, down to dark at its end; two ways that overlap share the time."""
    share = min(1.0, (end - start) / max(1, rise + fall))
    return Course(
        (
            Mark(start, 0.0),
            Mark(start + round(rise * share), 1.0),
            Mark(end - round(fall * share), 1.0),
            Mark(end, 0.0),
        )
    )


def curfew(nights: Sequence[tuple[Nanos, Nanos]], level: float, *, ease: Nanos) -> Course:
    """Return the course that is at *level* in each of *nights* (in order), coming and going over *ease* within them."""
    marks: list[Mark] = []
    for start, end in nights:
        half = min(ease, (end - start) // 2)
        marks += (Mark(start, 1.0), Mark(start + half, level), Mark(end - half, level), Mark(end, 1.0))
    return Course(tuple(marks))
