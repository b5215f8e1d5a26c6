"""Who makes room in a full house: never whoever has just come to make the wall dark."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from player.console.door.seats import SENT, SILENT, SPEAKING, WORKING, first_to_go

MOST = 16


@dataclass(slots=True, eq=False)
class Sitting:
    """A connection."""

    number: int
    network: str = "a"
    rank: int = SILENT


SITTING = st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from((SILENT, SPEAKING, WORKING, SENT))), min_size=2, max_size=40)


@given(SITTING)
def test_whoever_has_the_most_makes_room(given: list[tuple[str, int]]) -> None:
    """Whatever they are at; the newest never does."""
    seats = [Sitting(number, network, rank) for number, (network, rank) in enumerate(given)]
    held = [seat.network for seat in seats[:-1]]

    gone = first_to_go(seats)

    assert gone is not seats[-1]
    assert held.count(gone.network) == max(held.count(network) for network in held)


@pytest.mark.parametrize("rank", [SPEAKING, WORKING, SENT])
def test_the_silent_go_first(rank: int) -> None:
    """Of those who have been there for a while, before the others."""
    seats = [Sitting(0, rank=rank), Sitting(1), *(Sitting(number, rank=rank) for number in range(2, 9))]

    assert first_to_go(seats).number == 1


def test_among_equals_the_oldest_goes() -> None:
    """It has had its time."""
    assert first_to_go([Sitting(number) for number in (5, 3, 8)]).number == 3


@pytest.mark.parametrize("rank", [SILENT, SPEAKING, WORKING, SENT])
@pytest.mark.parametrize("network", ["a", "b"])
def test_a_flood_leaves_time_to_speak(rank: int, network: str) -> None:
    """Whatever a full house of others is at, even from the same address: half a house more must come before one may go."""
    numbers = count()
    seats = [Sitting(next(numbers), rank=rank) for _ in range(MOST)]
    operator = Sitting(next(numbers), network)
    seats.append(operator)
    seats.remove(first_to_go(seats))

    for _ in range(MOST // 2 - 1):
        flooding = Sitting(next(numbers))
        seats.append(flooding)
        seats.remove(first_to_go(seats))
        flooding.rank = rank

    assert operator in seats


def test_who_listens_keeps_their_stream_in_a_flood_beside_them() -> None:
    """Of one address the short ones go, as long as there is any."""
    numbers = count()
    stream = Sitting(next(numbers), rank=SENT)
    seats = [stream, *(Sitting(next(numbers)) for _ in range(MOST - 1))]
    for _ in range(10 * MOST):
        seats.append(Sitting(next(numbers), rank=WORKING))
        seats.remove(first_to_go(seats))

    assert stream in seats
