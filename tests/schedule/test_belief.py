"""Whether the schedule goes by the clock: from one reading to the next."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from player.timekeeping import DOUBT, NEAR, Belief, ClockState, Reading, Trust, believed
from player.units import SECOND, Nanos

AT: Final = 1_800_000_000 * SECOND
HOUR: Final = 3600 * SECOND
UNSYNCED, HOLDOVER, SYNCED = ClockState.UNSYNCED, ClockState.HOLDOVER, ClockState.SYNCED
TOLD: Final = Belief(trust=Trust.TRUSTED, state=SYNCED, vouched=AT)


def reading(state: ClockState, *, after: Nanos = 0, off: Nanos = 0, floor: Nanos = 0) -> Reading:
    """Return what is read a while after the machine started, by a clock that is so far off."""
    return Reading(own=AT + after + off, monotonic=after, state=state, floor=floor)


@pytest.mark.parametrize(
    ("before", "now", "is_own", "trust"),
    [
        pytest.param(Belief(), reading(UNSYNCED), False, Trust.UNTRUSTED, id="just started"),
        pytest.param(Belief(), reading(SYNCED), False, Trust.TRUSTED, id="told"),
        pytest.param(Belief(), reading(HOLDOVER), False, Trust.TRUSTED, id="told, and not lately; or nobody can say"),
        pytest.param(Belief(), reading(UNSYNCED), True, Trust.TRUSTED, id="kept by hand"),
        pytest.param(Belief(), reading(UNSYNCED, floor=AT + HOUR), True, Trust.UNTRUSTED, id="kept by hand, badly"),
        pytest.param(Belief(), reading(SYNCED, floor=AT + HOUR), False, Trust.UNTRUSTED, id="it has been later already"),
        pytest.param(Belief(), reading(SYNCED, floor=AT + NEAR), False, Trust.TRUSTED, id="a publisher's clock is ahead"),
        pytest.param(TOLD, reading(UNSYNCED, after=300 * HOUR), False, Trust.TRUSTED, id="no network for twelve days"),
        pytest.param(TOLD, reading(UNSYNCED, after=HOUR, off=NEAR), False, Trust.TRUSTED, id="set by two minutes"),
        pytest.param(TOLD, reading(UNSYNCED, after=HOUR, off=HOUR), False, Trust.DOUBTED, id="set by an hour, by nobody"),
        pytest.param(TOLD, reading(SYNCED, after=HOUR, off=HOUR), False, Trust.TRUSTED, id="set by an hour, by a server"),
        pytest.param(TOLD, reading(SYNCED, off=-30 * HOUR, floor=AT), False, Trust.DOUBTED, id="set back to a time that was"),
    ],
)
def test_a_clock_is_believed_when_somebody_vouches_for_it(before: Belief, now: Reading, *, is_own: bool, trust: Trust) -> None:
    """Or monotonic time carries what somebody has told; never before what has been."""
    belief = believed(before, now, is_own=is_own)
    assert belief.trust is trust
    assert bool(belief.why) == (trust is not Trust.TRUSTED)


def test_doubt_lasts_ten_seconds() -> None:
    """Then it is no doubt any more; and a clock that never was trusted is not doubted."""
    wrong = reading(UNSYNCED, after=HOUR, off=HOUR)
    doubted = believed(TOLD, wrong, is_own=False)
    later = replace(wrong, own=wrong.own + DOUBT, monotonic=wrong.monotonic + DOUBT)
    assert believed(doubted, replace(later, monotonic=later.monotonic - 1), is_own=False).trust is Trust.DOUBTED
    lost = believed(doubted, later, is_own=False)
    assert lost.trust is Trust.UNTRUSTED
    assert believed(lost, later, is_own=False).trust is Trust.UNTRUSTED
    assert believed(lost, reading(UNSYNCED, after=2 * HOUR), is_own=False).trust is Trust.TRUSTED


@given(st.lists(st.sampled_from([UNSYNCED, HOLDOVER, SYNCED]), max_size=30))
def test_a_clock_that_nobody_sets_is_never_lost(states: list[ClockState]) -> None:
    """Whatever the kernel says of it, in whatever order."""
    belief = TOLD
    for second, state in enumerate(states):
        belief = believed(belief, reading(state, after=second * HOUR), is_own=False)
        assert belief.trust is Trust.TRUSTED


@given(
    st.lists(st.tuples(st.sampled_from(list(ClockState)), st.integers(-(10**6), 10**6)), max_size=20),
    st.booleans(),
)
def test_nothing_before_the_floor_is_ever_trusted(history: list[tuple[ClockState, int]], is_own: bool) -> None:  # noqa: FBT001 - hypothesis gives it
    """Whatever came before; only what is on may stay on for ten seconds."""
    belief = Belief()
    for second, (state, off) in enumerate(history):
        now = reading(state, after=second * SECOND, off=off * SECOND, floor=AT)
        belief = believed(belief, now, is_own=is_own)
        if belief.trust is Trust.TRUSTED:
            assert now.own >= AT - NEAR
