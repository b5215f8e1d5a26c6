"""The time of day that leases and expiries are counted by."""

from __future__ import annotations

import pytest

from player.library.anchors import SignedTime
from player.library.trusted_time import MADE, TrustedClock
from player.units import SECOND, Nanos
from tests.fakes.clock import OPENING, FakeClock

HOUR: Nanos = 3600 * SECOND
DECADE: Nanos = 10 * 365 * 24 * HOUR


def test_a_good_clock_is_believed() -> None:
    """Where nothing was signed and the clock is past the day this was made, it is the time."""
    assert TrustedClock(FakeClock(), boot="a").wall() == OPENING


def test_a_machine_that_wakes_in_1970_lives_on_the_day_this_was_made() -> None:
    """And time passes there as elsewhere."""
    clock = FakeClock(wall=0, monotonic=5 * HOUR)
    trusted = TrustedClock(clock, boot="a")

    clock.advance(HOUR)

    assert trusted.wall() == MADE + HOUR


def test_time_never_falls_behind_what_was_signed() -> None:
    """A clock set back after a signed time was learned moves nothing back; what has passed since is counted."""
    clock = FakeClock()
    trusted = TrustedClock(clock, boot="a")
    trusted.believe([trusted.learned(OPENING)])

    clock.advance(HOUR)
    clock.step(-DECADE)

    assert trusted.wall() == OPENING + HOUR


def test_a_clock_put_forward_harms_nothing_once_it_is_put_right() -> None:
    """What the system's clock said is not remembered."""
    clock = FakeClock()
    trusted = TrustedClock(clock, boot="a")
    trusted.believe([trusted.learned(OPENING)])

    clock.step(DECADE)
    ahead = trusted.wall()
    clock.step(-DECADE)

    assert ahead == OPENING + DECADE
    assert trusted.wall() == OPENING


def test_an_older_signed_time_changes_nothing() -> None:
    """A replayed one cannot turn time back."""
    trusted = TrustedClock(FakeClock(wall=0), boot="a")
    trusted.believe([trusted.learned(OPENING)])

    trusted.believe([trusted.learned(OPENING - HOUR)])

    assert trusted.wall() == OPENING


def test_a_process_that_starts_anew_counts_on() -> None:
    """Within one start of the machine, what passed while the process was not there is counted, too."""
    clock = FakeClock(wall=0, monotonic=3 * HOUR)
    learned = SignedTime(OPENING, "a", 2 * HOUR)

    again = TrustedClock(clock, boot="a")
    again.believe([learned])

    assert again.wall() == OPENING + HOUR


@pytest.mark.parametrize("boot", ["b", ""])
def test_a_machine_that_starts_anew_counts_from_the_signed_time(boot: str) -> None:
    """Monotonic times of another start say nothing: nobody knows how long the machine was off."""
    clock = FakeClock(wall=0, monotonic=SECOND)

    trusted = TrustedClock(clock, boot=boot)
    trusted.believe([SignedTime(OPENING, "a", 90 * HOUR)])
    clock.advance(HOUR)

    assert trusted.wall() == OPENING + HOUR


def test_the_rest_is_the_clock_underneath() -> None:
    """Monotonic time is passed through, and waiting waits."""
    clock = FakeClock()
    trusted = TrustedClock(clock, boot="a")

    clock.advance(HOUR)

    assert trusted.monotonic() == clock.monotonic() == HOUR
