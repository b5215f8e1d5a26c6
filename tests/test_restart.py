"""Tests of when a child is restarted, and when it is called stuck."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from player.restart import (
    BUDGET_DEATHS,
    BUDGET_WITHIN,
    END_GRACE,
    PAUSES,
    SILENCE,
    START_GRACE,
    WELL_AFTER,
    Action,
    Ending,
    History,
    Running,
    State,
    Waiting,
    action,
    acts_at,
    after_death,
)
from player.units import SECOND, Nanos

INSTANTS = st.integers(0, 10**15)
STATES: st.SearchStrategy[State] = st.one_of(
    st.builds(Waiting, INSTANTS),
    st.builds(Running, INSTANTS, st.one_of(st.none(), INSTANTS)),
    st.builds(Ending, INSTANTS, INSTANTS),
)


def pauses(lives: list[Nanos]) -> list[Nanos]:
    """Return the pauses after lives of these lengths, each started as soon as it may be."""
    history, now, found = History(), 0, list[Nanos]()
    for life in lives:
        history, waiting = after_death(history, started=now, now=now + life)
        found.append(waiting.start_at - now - life)
        now = waiting.start_at
    return found


def test_pauses_grow_to_the_longest_and_stay_there() -> None:
    """A child that dies at once each time is restarted after ever longer pauses, and after the longest for good."""
    assert pauses([0] * 20) == [*PAUSES, *[PAUSES[-1]] * (20 - len(PAUSES))]


def test_all_are_gone_within_two_seconds() -> None:
    """The grace before the kill leaves room for the rest within the two seconds that are promised."""
    assert 1.5 * SECOND > END_GRACE


def test_a_dead_child_is_back_within_a_second() -> None:
    """The first pauses leave room for the start within the second that is promised."""
    assert all(pause < SECOND for pause in PAUSES[:2])


def test_a_child_that_lived_well_starts_at_the_shortest_pause() -> None:
    """A life of a minute forgets the pauses before it."""
    assert pauses([0, 0, 0, WELL_AFTER, 0]) == [*PAUSES[:3], PAUSES[0], PAUSES[1]]


def test_a_budget_of_deaths_slows_down_even_the_long_lived() -> None:
    """Ten deaths within ten minutes mean the longest pause, even if each life was long enough to count as well."""
    history = History()
    for death in range(BUDGET_DEATHS):
        history, waiting = after_death(history, started=-WELL_AFTER, now=death * SECOND)

        assert (waiting.start_at - death * SECOND == PAUSES[-1]) == (death == BUDGET_DEATHS - 1)


def test_the_budget_is_of_the_last_ten_minutes() -> None:
    """Deaths of long ago do not count, and the past does not grow without end."""
    history = History()
    for death in range(100):
        history, _ = after_death(history, started=0, now=death)

    assert history.over_budget(100)
    assert not history.over_budget(100 + BUDGET_WITHIN)
    assert len(history.deaths) == BUDGET_DEATHS


@pytest.mark.parametrize(
    ("state", "at", "due"),
    [
        (Waiting(5), 5, Action.START),
        (Running(5), 5 + START_GRACE, Action.TERMINATE),
        (Running(5, heard=6), 6 + SILENCE, Action.TERMINATE),
        (Ending(5, since=9), 9 + END_GRACE, Action.KILL),
    ],
)
def test_what_is_due_is_due_at_its_instant(state: State, at: Nanos, due: Action) -> None:
    """A child is started when its pause is over, ended when it was silent too long, killed when it would not end."""
    assert action(state, at - 1) is Action.NOTHING
    assert action(state, at) is due


@given(STATES, INSTANTS)
def test_nothing_is_due_before_the_instant_that_is_waited_for(state: State, now: Nanos) -> None:
    """Whoever sleeps until `acts_at` misses nothing and never wakes for nothing."""
    assert (action(state, now) is Action.NOTHING) == (now < acts_at(state))
