"""How often: what a bucket gives, who uses up whose, and that guessing locks nobody else out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from player.console.door.limits import (
    ALL,
    BY_ADDRESS,
    BY_BOTH,
    BY_NAME,
    REQUESTS,
    Buckets,
    Kind,
    LogIns,
    Rate,
    Requests,
    given_back,
    network_of,
    taken,
    wait,
)
from player.units import SECOND, Nanos

RATES = st.builds(Rate, burst=st.integers(1, 50), every=st.integers(1, 10**12))
STEPS = st.lists(st.integers(0, 10**12), max_size=60)


@given(RATES, STEPS)
def test_no_window_holds_more_than_the_rate_allows(rate: Rate, steps: list[Nanos]) -> None:
    """Between any two instants at most the burst goes through, and one more for each time that a token grows."""
    buckets, now, passed = Buckets(rate), 0, list[Nanos]()
    for step in steps:
        now += step
        if not buckets.wait("a", now):
            buckets.take("a", now)
            passed.append(now)
    for first, begin in enumerate(passed):
        for last, end in enumerate(passed[first:], first):
            assert last - first + 1 <= rate.burst + (end - begin) // rate.every + 1


@given(RATES, STEPS)
def test_after_the_wait_that_was_told_it_goes_on(rate: Rate, steps: list[Nanos]) -> None:
    """Whoever waits as long as they were told, and not a moment less, may again."""
    full_at = now = 0
    for step in steps:
        now += step
        length = wait(full_at, rate, now)
        assert wait(full_at, rate, now + length) == 0
        assert length == 0 or wait(full_at, rate, now + length - 1) == 1
        full_at = taken(full_at, rate, now)


@given(RATES, st.integers(0, 10**15), st.integers(0, 100))
def test_what_is_taken_and_given_back_changes_nothing(rate: Rate, now: Nanos, times: int) -> None:
    """A log-in that succeeds leaves as many tries as there were."""
    full_at = now
    for _ in range(times):
        full_at = taken(full_at, rate, now)
    before = wait(full_at, rate, now)
    if not before:
        assert wait(given_back(taken(full_at, rate, now), rate), rate, now) == before


@given(st.lists(st.sampled_from("abcdefgh"), max_size=80))
def test_what_is_remembered_is_bounded(keys: list[str]) -> None:
    """However many come, so many are kept, and the last of them is."""
    buckets = Buckets(Rate(1, SECOND), most=3)
    for key in keys:
        buckets.take(key, 0)
        assert len(buckets) <= 3
        assert buckets.wait(key, 0) > 0


@pytest.mark.parametrize("kind", list(REQUESTS))
def test_a_flood_from_one_address_ends_there(kind: Kind) -> None:
    """Another address, and somebody who has logged in at the same, are answered as before."""
    requests = Requests()
    passed = sum(not requests.ask(kind, address="192.0.2.1", person=None, now=0) for _ in range(2000))
    assert passed == REQUESTS[kind].burst <= ALL.burst
    assert requests.ask(kind, address="192.0.2.2", person=None, now=0) == 0
    assert requests.ask(kind, address="192.0.2.1", person=7, now=0) == 0


def test_all_kinds_together_are_limited_too() -> None:
    """Who asks for a little of everything is counted as one."""
    requests = Requests({"page": Rate(10_000, SECOND), "file": Rate(10_000, SECOND)})
    kinds: tuple[Kind, Kind] = ("page", "file")
    passed = sum(not requests.ask(kinds[i % 2], address="a", person=None, now=0) for i in range(2000))
    assert passed == ALL.burst


def _guesses(log_ins: LogIns, name: str, address: str, count: int, now: Nanos = 0) -> int:
    return sum(not log_ins.ask(name, address=address, now=now) for _ in range(count))


def test_guessing_is_slow_from_one_address() -> None:
    """For one name or for many: an address has so many tries, and then one at a time."""
    assert _guesses(LogIns(), "ada", "192.0.2.1", 500) == max(BY_NAME.burst, BY_BOTH.burst)
    log_ins = LogIns()
    assert sum(_guesses(log_ins, f"name {i}", "192.0.2.1", 1) for i in range(500)) == BY_ADDRESS.burst


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 10**10)), max_size=300))
def test_nobody_is_locked_out_by_what_others_do(guesses: list[tuple[int, Nanos]]) -> None:
    """Whatever was tried for a name from elsewhere, one who comes from a place of their own may try it."""
    log_ins, now = LogIns(), 0
    for place, step in guesses:
        now += step
        log_ins.ask("ada", address=f"192.0.2.{place}", now=now)
    assert _guesses(log_ins, "ada", "198.51.100.1", BY_BOTH.burst, now) == BY_BOTH.burst


def test_many_places_have_few_tries_each_for_one_name() -> None:
    """Once a name was guessed at often, every further place has the tries of one place alone."""
    log_ins = LogIns()
    passed = [_guesses(log_ins, "ada", f"192.0.2.{place}", 100) for place in range(50)]
    assert passed[0] == BY_NAME.burst
    assert set(passed[2:]) == {BY_BOTH.burst}


@given(st.integers(1, 100))
def test_who_knows_the_password_is_never_limited(times: int) -> None:
    """Log-ins that succeed count for nothing."""
    log_ins = LogIns()
    for _ in range(times):
        assert log_ins.ask("ada", address="a", now=0) == 0
        log_ins.succeeded("ada", address="a")


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("::1", "::1"),
        ("fe80::1%eth0", "fe80::/64"),
        ("testclient", "?"),
        ("", "?"),
    ],
)
def test_one_household_is_one_address(address: str, network: str) -> None:
    """Of version 6 the network counts, or one machine would have more addresses than anybody can remember."""
    assert network_of(address) == network
