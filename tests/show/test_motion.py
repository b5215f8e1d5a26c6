"""Where figures are on their way."""

from __future__ import annotations

from typing import Final

from hypothesis import given
from hypothesis import strategies as st

from player.show.motion import complete_from, figure_at, layer_at, rest_from
from player.show.scene import Composition, Figure, Fill, Move
from player.show.transition import fade
from player.units import SECOND, WHOLE, Digest, Nanos, Rect, Size

PHOTO: Final = Digest("0" * 64)
SMALL: Final = Figure(PHOTO, Rect(20.0, 20.0, 60.0, 40.0), WHOLE)
LARGE: Final = Figure(PHOTO, Rect(10.0, 10.0, 80.0, 60.0), Rect(0.1, 0.1, 0.8, 0.8))
HIDDEN: Final = Figure(PHOTO, LARGE.place, LARGE.view, 0.0)


def composition(*moves: Move) -> Composition:
    """Return a composition of figures on their ways."""
    return Composition(Size(100, 80), Fill((0, 0, 0)), moves)


@given(st.integers(-5, 30).map(lambda tenths: tenths * SECOND // 10), st.integers(0, 20).map(lambda t: t * SECOND // 10))
def test_a_figure_goes_from_first_to_last_and_stays(elapsed: Nanos, later: Nanos) -> None:
    """It waits at its first place, never goes back, and rests at its last."""
    move = Move(SMALL, LARGE, SECOND // 2, 2 * SECOND)
    now, then = figure_at(move, elapsed), figure_at(move, elapsed + later)
    assert SMALL.place.width <= now.place.width <= then.place.width <= LARGE.place.width
    if elapsed <= move.begin:
        assert now == SMALL
    if elapsed >= move.begin + move.length:
        assert now == LARGE


def test_halfway_is_the_middle() -> None:
    """Easing is even: half of the time is half of the way, of place, view and opacity alike."""
    middle = figure_at(Move(Figure(PHOTO, SMALL.place, WHOLE, 0.0), LARGE, 0, 2 * SECOND), SECOND)
    assert middle == Figure(PHOTO, Rect(15.0, 15.0, 70.0, 50.0), Rect(0.05, 0.05, 0.9, 0.9), 0.5)


def test_a_way_of_no_length_is_a_jump() -> None:
    """Without a length the last place is reached at once."""
    assert figure_at(Move(SMALL, LARGE, SECOND, 0), SECOND - 1) == SMALL
    assert figure_at(Move(SMALL, LARGE, SECOND, 0), SECOND) == LARGE


def test_at_rest_from_the_end_of_the_last_way() -> None:
    """A composition rests when the last figure that moves has arrived; figures that never move are no reason to wait."""
    made = composition(Move(SMALL, LARGE, 0, SECOND), Move(HIDDEN, LARGE, SECOND, 2 * SECOND), Move(LARGE, LARGE, 0, 9 * SECOND))
    assert rest_from(made) == 3 * SECOND
    assert not layer_at(made, 3 * SECOND - 1).at_rest
    assert layer_at(made, 3 * SECOND).at_rest
    assert layer_at(composition(), 0).at_rest


def test_photos_count_as_shown_when_the_fade_is_over_and_the_last_tile_is_there() -> None:
    """A slow zoom keeps nobody waiting; a tile that is still coming does."""
    assert complete_from(composition(Move(SMALL, LARGE, 0, 9 * SECOND)), SECOND) == SECOND
    assert complete_from(composition(Move(HIDDEN, LARGE, 2 * SECOND, SECOND)), SECOND) == 3 * SECOND


@given(st.integers(), st.integers(), st.integers(0, 10**12))
def test_a_fade_stays_between_nothing_and_all(t: Nanos, start: Nanos, length: Nanos) -> None:
    """Whenever one asks, a fade is between 0 and 1: 0 before it begins, 1 when it is over."""
    share = fade(t, start, length)
    assert 0 <= share <= 1
    assert share == 0 or t >= start
    assert share == 1 or t < start + max(length, 1)
