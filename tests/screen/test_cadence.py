"""The beat of a film: pictures that last whole refreshes stand for as many each."""

from __future__ import annotations

import random
from collections import Counter
from itertools import groupby

import pytest

from player.screen.cadence import Cadence, refresh_after
from player.units import MILLISECOND, SECOND, Nanos

REFRESH: Nanos = SECOND // 60
SECONDS = 120
SETTLED = 60  # pictures, until the length of a refresh is known


def runs(rate: float, *, begins: Nanos, jitter: Nanos, is_held: bool, fast: float = 1.0) -> Counter[int]:
    """Return for how many refreshes the pictures of a film stand, whose ticks come early or late by *jitter* at most.

    *begins* is when it does after a tick; *fast* how much faster the display is than it says.
    """
    chance = random.Random(7)
    cadence, seen = Cadence(), list[int]()
    before = refresh = 0
    for tick in range(SECONDS * 60):
        now = round(tick * REFRESH / fast) + chance.randint(-jitter, jitter)
        at = now + begins
        picture = max(0, int((at + (cadence.ahead if is_held else 0)) * rate / SECOND))
        seen.append(picture)
        refresh, before = refresh_after(refresh, now - before), now
        cadence = cadence.after(round(picture * SECOND / rate), at, refresh)
    return Counter([len(list(run)) for _, run in groupby(seen)][SETTLED:-1])


@pytest.mark.parametrize("begins", [0, MILLISECOND // 10, REFRESH // 2, REFRESH - MILLISECOND // 10])
@pytest.mark.parametrize("rate", [30.0, 60.0, 20.0])
def test_pictures_stand_for_equally_many_refreshes(rate: float, begins: Nanos) -> None:
    """Wherever its instants fall between refreshes, and though ticks come a millisecond early or late."""
    even = 60 / rate
    assert max(runs(rate, begins=0, jitter=MILLISECOND, is_held=False)) > even

    found = runs(rate, begins=begins, jitter=MILLISECOND, is_held=True)

    assert found.total() - found[round(even)] <= 2


def test_a_display_that_is_a_little_fast_costs_a_picture_now_and_then() -> None:
    """At 60.06 refreshes a second a picture of 30 stands for three once in a while, and never for one and three in turn."""
    found = runs(30.0, begins=0, jitter=MILLISECOND, is_held=True, fast=1.001)

    assert set(found) <= {1, 2, 3}
    assert found.total() - found[2] <= 2 * SECONDS * 60 * 0.001 + 2


@pytest.mark.parametrize("rate", [24.0, 25.0, 50.0])
def test_a_film_without_an_even_beat_is_left_as_it_is(rate: float) -> None:
    """24, 25 and 50 pictures a second come at 60 refreshes as they did before."""
    assert runs(rate, begins=3 * MILLISECOND, jitter=0, is_held=True) == runs(
        rate, begins=3 * MILLISECOND, jitter=0, is_held=False
    )


def test_a_tick_that_came_late_says_nothing_of_the_display() -> None:
    """A wait of a tenth of a second leaves what is known of a refresh as it is; before the first one nothing is concluded."""
    assert refresh_after(REFRESH, SECOND // 10) == REFRESH
    assert refresh_after(0, REFRESH) == REFRESH
    assert Cadence(pts=0).after(2 * REFRESH, 2 * REFRESH, 0) == Cadence(pts=2 * REFRESH)
