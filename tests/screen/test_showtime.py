"""The show's own time."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from player.library.trusted_time import MADE, TrustedClock
from player.screen.showtime import CHECK_EVERY, SMALL, STEP, ShowTime, of_this_machine
from player.timekeeping import NEAR, ClockState, Reading, Trust
from player.units import MILLISECOND, SECOND, Nanos
from tests.fakes.clock import OPENING, FakeClock


def test_it_is_the_time_of_day_and_runs_evenly() -> None:
    """At the beginning it is wall time; from there on it goes with monotonic time."""
    clock = FakeClock()
    time = ShowTime(clock)
    assert time.now(clock.monotonic()) == OPENING
    clock.advance(5 * SECOND)
    assert time.now(clock.monotonic()) == OPENING + 5 * SECOND


@given(st.lists(st.integers(-7200, 7200).map(lambda seconds: seconds * SECOND), max_size=5))
def test_a_step_is_seen_once_and_by_its_whole_length(steps: list[Nanos]) -> None:
    """However often the clock is set, the sum of what is reported is the sum of the steps, and time is wall time again."""
    clock = FakeClock()
    time = ShowTime(clock)
    reported = 0
    for by in steps:
        clock.step(by)
        for _ in range(30):
            clock.advance(100 * MILLISECOND)
            reported += time.step(clock.monotonic())
    assert reported == sum(steps)
    assert time.now(clock.monotonic()) == clock.wall()


def test_the_clock_is_looked_at_once_a_second() -> None:
    """Between two looks nothing is asked, and nothing changes."""
    clock = FakeClock()
    time = ShowTime(clock)
    clock.step(10 * SECOND)
    assert time.step(clock.monotonic()) == 0
    clock.advance(CHECK_EVERY)
    assert time.step(clock.monotonic()) == 10 * SECOND


def test_steering_is_no_step() -> None:
    """What NTP does to a clock within a second by running it faster or slower is left alone."""
    clock = FakeClock()
    time = ShowTime(clock)
    clock.step(STEP)
    clock.advance(2 * SECOND)
    assert time.step(clock.monotonic()) == 0


def reading(clock: FakeClock, state: ClockState, floor: Nanos = 0) -> Callable[[], Reading]:
    """Return what reads a clock of which the kernel says *state*."""
    return lambda: Reading(own=clock.wall(), monotonic=clock.monotonic(), state=state, floor=floor)


def test_a_saved_time_counts_until_somebody_sets_the_clock() -> None:
    """A clock before it is not trusted, unless it is being kept; set while the player looks on, it is."""
    clock = FakeClock()
    saved = OPENING + 3600 * SECOND
    assert ShowTime(clock, reading(clock, ClockState.SYNCED), saved=saved).belief.trust is Trust.TRUSTED
    time = ShowTime(clock, reading(clock, ClockState.HOLDOVER), saved=saved)
    assert time.belief.trust is Trust.UNTRUSTED
    clock.step(SECOND)
    clock.advance(CHECK_EVERY)
    assert time.step(clock.monotonic()) == SECOND
    assert time.belief.trust is Trust.TRUSTED


def test_time_is_never_before_what_is_known() -> None:
    """In 1970 it is the earliest that it can be; a publisher who is a little ahead of us changes nothing."""
    clock = FakeClock(wall=SECOND)
    assert ShowTime(clock, reading(clock, ClockState.UNSYNCED, OPENING)).now(0) == OPENING
    clock = FakeClock()
    assert ShowTime(clock, reading(clock, ClockState.SYNCED, OPENING + NEAR)).now(0) == OPENING


def test_this_machine_is_read_as_it_is() -> None:
    """Its own time beside the earliest that it can be: the day that the program was made, in 1970 too."""
    clock = FakeClock(wall=SECOND)
    found = of_this_machine(TrustedClock(clock, boot=""))
    assert (found.own, found.floor, found.monotonic) == (SECOND, MADE, 0)
    assert found.state in ClockState


def test_a_saved_time_does_not_bind_a_clock_that_is_kept_by_hand() -> None:
    """It was the wrong one, once: only what was signed, and the day that the program was made, count against such a clock."""
    clock = FakeClock()
    saved = OPENING + 4 * 365 * 24 * 3600 * SECOND
    for floor, trust in ((OPENING, Trust.TRUSTED), (OPENING + 3600 * SECOND, Trust.UNTRUSTED)):
        time = ShowTime(clock, reading(clock, ClockState.UNSYNCED, floor), saved=saved, is_own=True)
        assert time.belief.trust is trust


def test_small_steps_are_followed_where_walls_are_in_step() -> None:
    """Of two milliseconds and more, looked at once a second; nobody is told, for no cue moves."""
    clock = FakeClock()
    time = ShowTime(clock)
    for by in (SMALL, -SMALL, 100 * MILLISECOND, -STEP + 1):
        clock.step(by)
        assert time.step(clock.monotonic(), is_in_step=True) == 0
        clock.advance(CHECK_EVERY)
        assert time.step(clock.monotonic(), is_in_step=True) == 0
        assert time.now(clock.monotonic()) == clock.wall()
    clock.step(SMALL - 1)
    clock.advance(CHECK_EVERY)
    assert time.step(clock.monotonic(), is_in_step=True) == 0
    assert time.now(clock.monotonic()) == clock.wall() - SMALL + 1


def test_who_was_held_up_between_two_clocks_has_seen_no_step() -> None:
    """A reading that took long is read again: what is left then is the step."""
    clock = FakeClock()
    held_up = iter([0, 30 * MILLISECOND])  # at the beginning, and at the first look

    def ask() -> Reading:
        return Reading(own=clock.wall() - next(held_up, 0), monotonic=clock.monotonic(), state=ClockState.SYNCED)

    time = ShowTime(clock, ask)
    clock.advance(CHECK_EVERY)
    assert time.step(clock.monotonic(), is_in_step=True) == 0
    assert time.now(clock.monotonic()) == clock.wall()
