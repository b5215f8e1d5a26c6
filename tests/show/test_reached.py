"""Tests of `player.show.promise.reached`: which film those see who were there from the beginning."""

from __future__ import annotations

from dataclasses import replace

import pytest

from player.show.footage import Footage
from player.show.playlist import CandleStep, FilmStep, Show, WordsChoice
from player.show.playlist import Step as Line
from player.show.promise import Crowd, Reached, reached, shown_in
from player.units import SECOND, Nanos, Size

MINUTE: Nanos = 60 * SECOND
CANDLE = Line(CandleStep(hold=8), 8.0, 2.0, motion=True)
FILM = Line(
    FilmStep(file="a.mp4"), 0.0, 1.0, motion=True, film=Footage(file="a.mp4", size=Size(16, 9), begin=MINUTE, end=3 * MINUTE)
)
SHOW = Show(id="film", title="", order="fair", words=WordsChoice(), steps=(CANDLE, FILM))
ROUND: Nanos = 10 * SECOND + 2 * MINUTE


@pytest.mark.parametrize(
    ("elapsed", "found"),
    [
        (5 * SECOND, None),
        (10 * SECOND, Reached(1, MINUTE)),
        (40 * SECOND, Reached(1, MINUTE + 30 * SECOND)),
        (ROUND - 31 * SECOND, Reached(1, MINUTE + 89 * SECOND)),
        (ROUND - 20 * SECOND, None),
        (3 * ROUND + 40 * SECOND, Reached(1, MINUTE + 30 * SECOND)),
    ],
)
def test_a_show_has_come_to_a_film(elapsed: Nanos, found: Reached | None) -> None:
    """Round after round, from the part's own beginning on; of its last half minute nobody begins to see the rest."""
    assert reached(SHOW, elapsed) == found


def test_a_film_that_nobody_has_looked_at_is_nobodys_turn() -> None:
    """It is passed over, as it is on the wall."""
    missing = replace(FILM, film=None)
    assert reached(replace(SHOW, steps=(missing,)), MINUTE) is None
    assert reached(replace(SHOW, steps=(missing, FILM)), 40 * SECOND) == Reached(1, MINUTE + 40 * SECOND)


def test_nobody_is_shown_in_a_show_that_has_nothing_to_show() -> None:
    """It takes no time at all, and so it is reckoned with as none."""
    assert shown_in(replace(SHOW, steps=(replace(FILM, film=None),)), Crowd(photos=10), 60.0) == 0.0
