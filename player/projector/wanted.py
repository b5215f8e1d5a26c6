"""What a projector should be at an instant: off, as it is, on and dark, or seen. Pure.

A function of the schedule and of what holds by hand, looking forward and never back: so nothing can be missed by a restart, and
a clock that is set only moves the answer.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum
from typing import Final

from player.projector.section import Projector
from player.schedule.desired import Timetable, Wanted
from player.schedule.rules import Do
from player.show.on_air import Manual, on_air, settled
from player.units import SECOND, Nanos, nanos

HORIZON: Final[Nanos] = 24 * 3600 * SECOND  # what comes later than tomorrow switches nothing today
MOST_TURNS: Final = 500  # of a schedule in a day: a slot every three minutes


class Aim(Enum):
    """What a projector should be."""

    OFF = "off"
    REST = "rest"
    """Dark if it is on, and off if it is off: the pause is too short to switch it off for."""
    MUTED = "muted"
    """On, without light on the wall."""
    OPEN = "open"
    """On, and seen."""
    KEEP = "keep"
    """Whatever it is: nobody can say what time it is."""


class Lit(Enum):
    """What the wall is."""

    SHOW = "show"
    DARK = "dark"
    """The schedule has it dark."""
    ORDERED = "ordered dark"
    """A person wants it dark, nobody knows for how long."""
    NOTHING = "nothing"
    """No slot is on."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A time in which the wall is one thing."""

    start: Nanos
    end: Nanos
    lit: Lit


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What decides besides the schedule."""

    manual: Manual
    """What operators have ordered, and still holds."""
    is_attended: bool = False
    """Whether somebody works at the picture: a test card is up, or its shape is being edited."""
    is_timeless: bool = False
    """Whether the clock is not to be trusted, so that the schedule cannot be followed."""


@dataclass(frozen=True, slots=True)
class Goal:
    """What one projector should be now, and why."""

    aim: Aim
    why: str
    turns: Nanos | None = None
    """When the show that it is for begins, or the one that is on ends (UTC); None: nobody knows, or not within a day."""


@dataclass(frozen=True, slots=True)
class Habits:
    """How one projector is treated."""

    early: Nanos
    cool: Nanos
    off_in_dark: Nanos | None
    is_shown_between: bool

    @property
    def shortest_pause(self) -> Nanos:
        """What is not worth switching it off for: it would have to cool down and be on again early."""
        return self.early + self.cool


def habits_of(projector: Projector) -> Habits:
    """Return how *projector* is to be treated."""
    dark = projector.off_in_dark
    return Habits(
        nanos(projector.early), nanos(projector.cool), None if dark is None else nanos(dark), projector.between == "shown"
    )


def goal(timetable: Timetable, at: Circumstances, now: Nanos, *, habits: Habits) -> Goal:
    """Return what a projector should be at *now*."""
    if at.is_attended and not is_dark(at.manual):
        return Goal(Aim.OPEN, "somebody works at the picture")
    if at.is_timeless:
        return _timeless(timetable, at.manual, habits)
    first, *later = ahead(timetable, at.manual, now, is_shown_between=habits.is_shown_between)
    if first.lit is Lit.SHOW:
        return Goal(Aim.OPEN, "the show is on", first.end if first.end < now + HORIZON else None)
    if first.lit is Lit.ORDERED:
        return Goal(Aim.MUTED, "dark by hand")
    # One that a person darkens must be ready: who wants light again does not want to wait for a lamp.
    begins = next((each.start for each in later if each.lit in {Lit.SHOW, Lit.ORDERED}), None)
    left = HORIZON if begins is None else begins - now
    if left <= habits.early:
        return Goal(Aim.MUTED, "ready for the show", begins)
    short, why = habits.shortest_pause, "no show is on"
    if first.lit is Lit.DARK:
        short, why = HORIZON if habits.off_in_dark is None else max(short, habits.off_in_dark), "the schedule has it dark"
    return Goal(Aim.REST if left <= short else Aim.OFF, why, begins)


def _timeless(timetable: Timetable, manual: Manual, habits: Habits) -> Goal:
    """Return what a projector should be while only hands decide: on where it always is, else what it was before."""
    is_on = manual.show is not None or habits.is_shown_between or not timetable.calendar.rules.slots
    if is_dark(manual):  # and by day not switched on for that
        return Goal(Aim.MUTED if is_on else Aim.REST, "dark by hand")
    if is_on:
        return Goal(Aim.OPEN, "the show is on")
    return Goal(Aim.KEEP, "the clock is not to be trusted")


def ahead(timetable: Timetable, manual: Manual, now: Nanos, *, is_shown_between: bool) -> list[Stretch]:
    """Return the day from *now* on, without a gap; what nobody knows yet, an operator's next order, is not in it."""
    joined: list[Stretch] = []
    for each in _turns(timetable, manual, now, is_shown_between=is_shown_between):
        if joined and joined[-1].lit is each.lit:
            joined[-1] = replace(joined[-1], end=each.end)
        else:
            joined.append(each)
    return joined


def _turns(timetable: Timetable, manual: Manual, now: Nanos, *, is_shown_between: bool) -> Iterator[Stretch]:
    is_always_on = is_shown_between or not timetable.calendar.rules.slots
    at, end = now, now + HORIZON
    for _ in range(MOST_TURNS):
        wanted = timetable.wanted(at, manual.facts)
        manual = settled(manual, wanted, at)
        until = max(at + 1, on_air(wanted, manual, at).until)
        yield Stretch(at, min(until, end), _lit(wanted, manual, at, is_always_on=is_always_on))
        if until >= end:
            return
        at = until


def _lit(wanted: Wanted, manual: Manual, at: Nanos, *, is_always_on: bool) -> Lit:
    on = on_air(wanted, manual, at)
    if not (on.is_by_hand or on.slot is not None or is_always_on):
        return Lit.NOTHING
    if is_dark(manual):
        return Lit.ORDERED
    quiet = wanted.quiet
    is_quiet = quiet is not None and quiet.do is Do.DARK and quiet.id != manual.lit_through
    return Lit.DARK if is_quiet else Lit.SHOW


def is_dark(manual: Manual) -> bool:
    """Whether a person has it dark: dimmed to nothing is dark as well."""
    return manual.is_dark or manual.level == 0
