"""The states of a live stream: what is claimed of it is true at every instant, and it is tried for ever."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from player.film.live.tuning import (
    GIVEN_UP,
    STALL,
    Connecting,
    Deed,
    GivenUp,
    Over,
    Playing,
    Stalled,
    Tuning,
    pause_after,
)
from player.units import MILLISECOND, SECOND, Nanos


def live(now: Nanos = 0) -> Tuning:
    """Return a stream that plays."""
    tuning = Tuning(now)
    assert tuning.tick(now, None) is Deed.START
    assert tuning.tick(now, now) is Deed.NOTHING
    assert isinstance(tuning.condition, Playing)
    return tuning


def test_it_begins_at_once_and_plays_with_its_first_frame() -> None:
    """Opened, started, live as soon as a frame is due."""
    tuning = Tuning(5)
    assert tuning.condition == Connecting(5)
    assert tuning.tick(5, None) is Deed.START
    assert tuning.tick(SECOND, None) is Deed.NOTHING

    assert tuning.condition == Connecting(5)
    due = 2 * SECOND
    tuning.tick(due + 100 * MILLISECOND, due)

    assert tuning.condition == Playing(due + 100 * MILLISECOND)


def test_a_stall_is_told_after_two_seconds_and_given_up_after_fifteen() -> None:
    """It joins the edge when it stalls, once; it says why when it is given up; and the next frame brings it back."""
    tuning = live()
    assert tuning.tick(STALL, 0) is Deed.NOTHING
    assert tuning.condition == Playing(0)

    assert tuning.tick(STALL + 1, 0) is Deed.REJOIN
    assert tuning.condition == Stalled(0)
    assert tuning.tick(STALL + 2, 0) is Deed.NOTHING
    tuning.trouble("the line is cut")
    tuning.tick(GIVEN_UP, 0)
    assert tuning.condition == Stalled(0)
    tuning.tick(GIVEN_UP + 1, 0)
    assert tuning.condition == GivenUp("the line is cut")

    tuning.tick(GIVEN_UP + 2, GIVEN_UP)

    assert tuning.condition == Playing(GIVEN_UP + 2)


def test_old_frames_do_not_bring_it_back() -> None:
    """After a stall the rest of what came before it, late, is not taken for life."""
    tuning = live()
    tuning.tick(4 * SECOND, 0)

    tuning.tick(5 * SECOND, 4 * SECOND)

    assert isinstance(tuning.condition, Stalled)


def test_what_never_came_is_given_up() -> None:
    """A stream that is dead at the start has fifteen seconds, and is tried on."""
    tuning = Tuning(0)
    deeds = [tuning.tick(second * SECOND, None) for second in range(100)]

    assert isinstance(tuning.condition, GivenUp)
    assert deeds.count(Deed.START) >= 4


def test_pauses_grow_to_ten_seconds() -> None:
    """1, 2, 4, 8, 10, and never more."""
    assert [pause_after(n) // SECOND for n in (1, 2, 3, 4, 5, 6, 1000)] == [1, 2, 4, 8, 10, 10, 10]


def test_a_child_that_dies_again_and_again_is_started_ever_later() -> None:
    """Thirty deaths; ten seconds at most between them, and after a steady while the first pause again."""
    tuning, now, starts = Tuning(0), 0, list[Nanos]()
    while len(starts) < 30:
        if tuning.tick(now, None) is Deed.START:
            starts.append(now)
            tuning.lost("it was killed", now)
        now += 100 * MILLISECOND
    gaps = [b - a for a, b in pairwise(starts)]

    assert gaps[:4] == [1 * SECOND, 2 * SECOND, 4 * SECOND, 8 * SECOND]
    assert set(gaps[4:]) == {10 * SECOND}
    assert tuning.condition == GivenUp("it was killed")

    for _ in range(300):
        now += 100 * MILLISECOND
        tuning.tick(now, now)
    tuning.lost("once more", now)
    assert tuning.tick(now + SECOND, now) is Deed.START


def test_the_end_is_an_end_unless_it_begins_again() -> None:
    """It is over with its last frame, and looked for seldom."""
    tuning = live()
    tuning.over(SECOND)
    assert tuning.tick(SECOND + 1, SECOND) is Deed.NOTHING
    assert tuning.condition == Over()
    assert tuning.tick(11 * SECOND, SECOND) is Deed.START
    assert tuning.condition == Over()

    tuning.tick(12 * SECOND, 12 * SECOND)

    assert tuning.condition == Playing(12 * SECOND)


def test_who_falls_behind_joins_the_edge_but_seldom() -> None:
    """More than twelve seconds beyond what was asked for; once a minute."""
    tuning = live()

    assert not tuning.lags(19 * SECOND, 8 * SECOND, 100 * SECOND)
    assert tuning.lags(21 * SECOND, 8 * SECOND, 100 * SECOND)
    assert not tuning.lags(21 * SECOND, 8 * SECOND, 159 * SECOND)
    assert tuning.lags(21 * SECOND, 8 * SECOND, 160 * SECOND)


STEPS = st.lists(
    st.tuples(
        st.integers(0, 4 * SECOND),
        st.sampled_from(["nothing", "frame", "older frame", "lost", "over", "trouble"]),
    ),
    max_size=80,
)


@settings(max_examples=200, deadline=None)
@given(STEPS)
def test_whatever_happens_it_never_lies_and_never_rests(steps: list[tuple[Nanos, str]]) -> None:
    """Never playing with a frame older than that; a stall is at most 15 s; and from anywhere it starts again within a minute."""
    tuning, now = Tuning(0), 0
    newest: Nanos | None = None
    for length, event in steps:
        now += length
        if event.endswith("frame"):
            newest = max(newest or 0, now - (SECOND // 3 if event == "older frame" else 0))
        elif event == "lost":
            tuning.lost("it died", now)
        elif event == "over":
            tuning.over(now)
        elif event == "trouble":
            tuning.trouble("no route")
        tuning.tick(now, newest)
        condition = tuning.condition
        if isinstance(condition, Playing):
            assert newest is not None
            assert now - newest <= STALL
        if isinstance(condition, Stalled):
            assert now - condition.since <= GIVEN_UP
        if isinstance(condition, GivenUp):
            assert condition.why
    deeds = {tuning.tick(now + second * SECOND, newest) for second in range(1, 60)}
    assert Deed.START in deeds
    tuning.tick(now + 60 * SECOND, now + 60 * SECOND)
    assert isinstance(tuning.condition, Playing | Over)
