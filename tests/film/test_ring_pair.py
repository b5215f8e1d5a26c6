"""Two rings as their keeper holds them: what a decoder wrote is gone by where it can be true, and else is not."""

from __future__ import annotations

from collections.abc import Generator

import pytest

from player.film.ring import RingWriter
from player.film.ring_pair import MOST_AHEAD, RingPair
from player.units import SECOND, Nanos, Size


@pytest.fixture
def pair() -> Generator[RingPair]:
    """Give rings that are closed afterwards."""
    made = RingPair(Size(16, 16), has_sound=False)
    yield made
    made.close()


@pytest.mark.parametrize(
    ("pts", "last"),
    [
        (0, 0),
        (7 * SECOND, 7 * SECOND),
        (5 * SECOND + MOST_AHEAD, 5 * SECOND + MOST_AHEAD),
        (6 * SECOND + MOST_AHEAD, None),
        (2**62, None),
        (2**63 - 1, None),
        (-1, None),
        (-(2**63), None),
    ],
)
def test_only_an_instant_that_can_be_is_believed(pair: RingPair, pts: Nanos, last: Nanos | None) -> None:
    """Neither one from before the film began nor one far ahead of what is on screen: the next decoder would begin there."""
    assert pair.last(5 * SECOND) is None
    writer = RingWriter(pair.frames)
    writer.begin()
    writer.publish(pts)

    assert pair.last(5 * SECOND) == last
