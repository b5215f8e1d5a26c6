"""When a player comes back: ten thousand of them at once must be easy for one small broker."""

from __future__ import annotations

from collections import Counter
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from player.fleet import hints
from player.fleet.messages import Hint, Withdrawn
from player.fleet.reconnect import LEAST, LONGEST, TAKEN_OVER, Pace
from player.units import SECOND

PLAYERS = 10_000


def test_ten_thousand_come_back_evenly() -> None:
    """In no second do more than thirty first attempts come; twelve do on average, and a broker is easy with them."""
    first = [Pace(f"site-{i}", PLAYERS).first() for i in range(PLAYERS)]

    assert max(first) < PLAYERS * SECOND // 12
    assert max(Counter(at // SECOND for at in first).values()) <= 30


def test_those_that_fail_spread_over_twice_as_long() -> None:
    """The second attempts of everybody, and the third, are spread as far as the first ones or farther."""
    chance = Random(1)
    for failures in (1, 2, 3):
        seconds = Counter(Pace(f"site-{i}", PLAYERS).after(failures, chance.random()) // SECOND for i in range(PLAYERS))
        assert max(seconds.values()) <= 30


def test_one_player_comes_back_at_once() -> None:
    """Alone at its broker, it waits for less than a second, and later for a quarter of an hour at most."""
    pace = Pace("oswiecim-1")

    assert pace.first() < SECOND
    assert pace.after(1, 1.0) == LEAST
    assert pace.after(1000, 1.0) == LONGEST


@given(st.integers(-5, 10**9), st.integers(0, 10**6), st.floats(0, 1))
def test_a_delay_is_never_negative_or_endless(players: int, failures: int, chance: float) -> None:
    """Whatever number of players the centre tells."""
    pace = Pace("x", players)

    assert 0 <= pace.after(failures, chance) <= max(LONGEST, pace.span)


def test_two_with_one_id_do_not_throw_each_other_out_all_night() -> None:
    """Whoever is taken over waits for minutes before it tries again."""
    assert TAKEN_OVER // 2 <= Pace("x").after_taken_over(0.0) <= Pace("x").after_taken_over(1.0) <= TAKEN_OVER


def test_fetches_are_spread_over_all_of_the_time() -> None:
    """Over ten thousand players, each tenth of the spread has about a tenth of them, another tenth at the next hint."""
    delays = [hints.delay(f"site-{i}", 5, 100 * SECOND) for i in range(PLAYERS)]
    tenths = Counter(min(delay // (10 * SECOND), 9) for delay in delays)

    assert all(800 < number < 1200 for number in tenths.values())
    assert hints.delay("site-1", 5, 100 * SECOND) == delays[1] != hints.delay("site-1", 6, 100 * SECOND)
    assert hints.delay("site-1", 5, 0) == 0


def test_a_feed_is_fetched_once_for_each_version() -> None:
    """A hint that names a newer version asks for a fetch within its spread; the same again, or none, asks for nothing."""
    hint = Hint(spread_s=60, feed=8)

    found = hints.fetch(hint, player="x", seq=3, newest=7, now=0)

    assert found
    assert 0 <= found.at <= 60 * SECOND
    assert hints.fetch(hint, player="x", seq=4, newest=8, now=0) is None
    assert hints.fetch(Hint(spread_s=60), player="x", seq=4, newest=None, now=0) is None


def test_each_withdrawal_is_new_once() -> None:
    """By the centre's number; twice in a hint is once."""
    told = [Withdrawn(number=n, item="a", at=1) for n in (1, 2, 2, 3)]

    assert [each.number for each in hints.new(told, {1})] == [2, 3]
