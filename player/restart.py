"""When to restart a child, and when to call it stuck: decisions as functions of explicit time, obeyed by the supervisor."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from player.units import MILLISECOND, SECOND, Nanos

PAUSES: Final[tuple[Nanos, ...]] = (
    200 * MILLISECOND,  # most deaths are single: back before anyone wonders
    500 * MILLISECOND,
    1 * SECOND,
    2 * SECOND,
    5 * SECOND,
    10 * SECOND,
    30 * SECOND,  # often enough that a cable put back in is noticed, seldom enough to leave the machine in peace
)
WELL_AFTER: Final[Nanos] = 60 * SECOND  # a child that lived this long had started well; the pauses begin anew

BUDGET_DEATHS: Final = 10  # the pauses before the tenth death take 109 s: it is no passing trouble any more
BUDGET_WITHIN: Final[Nanos] = 600 * SECOND

START_GRACE: Final[Nanos] = 20 * SECOND  # a cold Raspberry Pi imports for seconds
SILENCE: Final[Nanos] = 10 * SECOND  # ten missed beats: stuck, not late
END_GRACE: Final[Nanos] = 1200 * MILLISECOND  # all must be gone within 2 s of being asked


@dataclass(frozen=True, slots=True)
class History:
    """A child's deaths, as far as they still matter."""

    step: int = 0
    """Which of the pauses comes next."""
    deaths: tuple[Nanos, ...] = ()
    """The last of them, at most as many as the budget."""

    def over_budget(self, now: Nanos) -> bool:
        """Whether it has died so often of late that a person should know."""
        return sum(now - died < BUDGET_WITHIN for died in self.deaths) >= BUDGET_DEATHS


@dataclass(frozen=True, slots=True)
class Waiting:
    """Not running; to be started at an instant (monotonic)."""

    start_at: Nanos


@dataclass(frozen=True, slots=True)
class Running:
    """Running and, we hope, well."""

    started: Nanos
    heard: Nanos | None = None
    """When it last beat; None before the first time."""

    @property
    def stuck_at(self) -> Nanos:
        """The instant from which its silence counts as stuck."""
        return self.started + START_GRACE if self.heard is None else self.heard + SILENCE


@dataclass(frozen=True, slots=True)
class Ending:
    """Asked to end and not yet gone."""

    started: Nanos
    since: Nanos


State = Waiting | Running | Ending


class Action(Enum):
    """What is to be done about a child now."""

    NOTHING = auto()
    START = auto()
    TERMINATE = auto()
    KILL = auto()


def acts_at(state: State) -> Nanos:
    """The instant at which something is to be done about a child in *state*, should nothing change before."""
    match state:
        case Waiting():
            return state.start_at
        case Running():
            return state.stuck_at
        case Ending():
            return state.since + END_GRACE


def action(state: State, now: Nanos) -> Action:
    """What is to be done about a child in *state* at *now*."""
    if now < acts_at(state):
        return Action.NOTHING
    match state:
        case Waiting():
            return Action.START
        case Running():
            return Action.TERMINATE
        case Ending():
            return Action.KILL


def after_death(history: History, *, started: Nanos, now: Nanos) -> tuple[History, Waiting]:
    """Return what is remembered of a child that *started* once and is dead at *now*, and when it shall start again.

    Never gives up: beyond the budget the longest pause goes on for good.
    """
    step = 0 if now - started >= WELL_AFTER else history.step
    following = History(
        step=min(step + 1, len(PAUSES) - 1),
        deaths=(*history.deaths, now)[-BUDGET_DEATHS:],
    )
    pause = PAUSES[-1] if following.over_budget(now) else PAUSES[step]
    return following, Waiting(now + pause)
