"""The show's own time."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from player.screen.showtime import CHECK_EVERY, STEP, ShowTime
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
