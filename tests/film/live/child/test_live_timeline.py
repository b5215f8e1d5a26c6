"""When live frames are due: a little after they come, at their distances, and always forward."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from player.film.live.child.timeline import LEAD, LiveTimeline
from player.units import MILLISECOND, SECOND, Nanos

FRAME = 40 * MILLISECOND


def test_the_first_is_due_soon_and_the_others_at_their_distances() -> None:
    """What the stream calls an instant does not matter."""
    timeline = LiveTimeline(last=None)
    first = timeline.place(95_000 * SECOND, FRAME, now=SECOND, has_waited=True)
    second = timeline.place(95_000 * SECOND + FRAME, FRAME, now=SECOND, has_waited=False)

    assert first == (SECOND + LEAD, SECOND + LEAD - 95_000 * SECOND)
    assert second == (SECOND + LEAD + FRAME, None)


def test_a_run_follows_what_is_still_to_be_shown() -> None:
    """Never before the last frame of the run before it, and never in the past."""
    timeline = LiveTimeline(last=10 * SECOND)
    assert timeline.place(0, FRAME, now=SECOND, has_waited=False).at > 10 * SECOND
    timeline.begin_run()
    assert timeline.place(7, FRAME, now=20 * SECOND, has_waited=False).at == 20 * SECOND + LEAD


def test_a_clock_that_jumps_moves_nothing() -> None:
    """Forwards, backwards, or without an instant at all: the next frame comes when it was expected."""
    timeline = LiveTimeline(last=None)
    at = timeline.place(SECOND, FRAME, now=0, has_waited=False).at
    for claimed in (500 * SECOND, 3 * SECOND, None):
        at += FRAME
        assert timeline.place(claimed, FRAME, now=0, has_waited=False).at == at


def test_late_after_a_wait_makes_a_new_reserve_late_by_decoding_does_not() -> None:
    """Who waited for bytes shows them from now on; who is slow leaves frames out."""
    timeline = LiveTimeline(last=None)
    timeline.place(0, FRAME, now=0, has_waited=True)
    assert timeline.place(FRAME, FRAME, now=SECOND, has_waited=False).at == LEAD + FRAME
    assert timeline.place(2 * FRAME, FRAME, now=SECOND, has_waited=True).at == SECOND + LEAD


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.none() | st.integers(-(10**12), 10**12), st.integers(0, SECOND), st.booleans(), st.booleans())))
def test_it_only_goes_forward(frames: list[tuple[Nanos | None, Nanos, bool, bool]]) -> None:
    """Whatever a stream claims, instants rise, and by no more than a second or up to now."""
    timeline, now = LiveTimeline(last=None), 0
    found: list[Nanos] = []
    for claimed, passed, has_waited, is_new in frames:
        now += passed
        if is_new:
            timeline.begin_run()
        at = timeline.place(claimed, FRAME, now=now, has_waited=has_waited).at
        assert at <= max(now + LEAD, (found[-1] if found else 0) + FRAME + SECOND)
        found.append(at)
    assert all(before < after for before, after in pairwise(found))
