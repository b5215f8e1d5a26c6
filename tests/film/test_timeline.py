"""A film's instants are mended where the file is wrong, and thinned where there are too many."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from player.film.timeline import LONGEST_GAP, SMALL_STEP, Mender, Thinner, in_nanos
from player.units import MILLISECOND, SECOND

FRAME = 40 * MILLISECOND
CLAIMS = st.lists(st.none() | st.integers(-(10**13), 10**13) | st.integers(0, 50).map(lambda n: n * FRAME), max_size=40)


@given(CLAIMS, st.integers(-(10**12), 10**12), st.none() | st.integers(0, 10**12))
def test_mended_instants_always_go_forward(claims: list[int | None], origin: int, length: int | None) -> None:
    """Whatever a file claims, each frame comes after the one before it."""
    mender = Mender(origin=origin, usual=FRAME, length=length)
    mended = [mender.mend(claim) for claim in claims]

    assert all(after > before for before, after in pairwise(mended))


@given(st.lists(st.integers(MILLISECOND, SECOND), max_size=30))
def test_what_is_right_is_left_as_it_is(distances: list[int]) -> None:
    """Instants that go forward within the film's length are not touched, however uneven."""
    instants = [sum(distances[:n]) for n in range(len(distances))]
    mender = Mender(origin=7, usual=FRAME, length=sum(distances))

    assert [mender.mend(instant + 7) for instant in instants] == instants


@pytest.mark.parametrize(
    ("claims", "mended"),
    [
        ([None, None, None], [0, 40, 80]),
        ([0, None, 80, None], [0, 40, 80, 120]),
        ([0, 40, 40, 80], [0, 40, 40 + SMALL_STEP / MILLISECOND, 80]),
        ([0, 40, 9_000_000, 9_000_040], [0, 40, 80, 120]),
        ([8000, 8040, 0, 40], [8000, 8040, 8080, 8120]),
        ([0, 40, 9000, 9040], [0, 40, 9000, 9040]),  # a still picture for nine seconds, in a film that is that long
    ],
    ids=["none", "some", "twice", "leap", "back", "long"],
)
def test_what_is_wrong_goes_on_where_it_was_expected(claims: list[int | None], mended: list[float]) -> None:
    """Missing, doubled, leaping and returning instants, in milliseconds, of a film of ten seconds."""
    mender = Mender(origin=0, usual=FRAME, length=10 * SECOND)

    assert [mender.mend(None if claim is None else claim * MILLISECOND) / MILLISECOND for claim in claims] == mended


def test_without_a_length_only_long_gaps_are_leaps() -> None:
    """A stream of unknown length may stand still for a while."""
    mender = Mender(origin=0, usual=FRAME, length=None)

    assert [mender.mend(0), mender.mend(LONGEST_GAP), mender.mend(3 * LONGEST_GAP)] == [0, LONGEST_GAP, LONGEST_GAP + FRAME]


def test_a_frame_that_says_how_long_it_lasts_is_believed() -> None:
    """The next one without an instant comes when it ends."""
    mender = Mender(origin=0, usual=FRAME, length=None)

    assert [mender.mend(0, 90), mender.mend(None)] == [0, 90]


@pytest.mark.parametrize(
    ("distance_ms", "rate", "kept"), [(40, 60, 25), (20, 60, 50), (20, 50, 50), (10, 50, 50), (1, 60, 67), (33, 30, 31)]
)
def test_frames_are_thinned_evenly(distance_ms: int, rate: float, kept: int) -> None:
    """Of a second of frames as many are kept as an output shows, or a few more; of a slower film all."""
    thinner = Thinner(rate)

    assert sum(thinner.keeps(at * MILLISECOND) for at in range(0, 1000, distance_ms)) == kept


def test_ticks_become_nanoseconds() -> None:
    """To the nearest, also of 1001ths."""
    assert in_nanos(1001, Fraction(1, 30_000)) == 33_366_667
