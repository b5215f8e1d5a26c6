"""Random histories of a signed feed: no frame shows what an oracle that knows nothing of the player forbids.

`python -m tests.bench.flips` plays a million of them.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from player.library import right
from player.units import MILLISECOND, SECOND, Nanos
from tests.fakes.histories import History

FLIPS: Final = 1500
STRIDES: Final = (16, 100, 500, 500, 2000)  # milliseconds; a fade is a second long


def strides(seed: int) -> Callable[[], Nanos]:
    """Frames that come at once, late, and very late."""
    chance = random.Random(seed)
    return lambda: chance.choice(STRIDES) * MILLISECOND


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_no_frame_shows_what_is_forbidden(tmp_path: Path, seed: int) -> None:
    """Whatever people, servers, clocks and processes do."""
    with History(tmp_path, seed) as history:
        history.live(FLIPS, strides(seed))

        assert history.taken_polls
        assert len(history.seen_photos) > 5


@pytest.mark.parametrize("seed", [1])
def test_the_oracle_sees_a_player_that_forgets_withdrawals(tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A player that did not ask for the right to show would be caught."""

    def none(*_: object) -> dict[int, str]:
        return {}

    monkeypatch.setattr(right, "refusals", none)
    with History(tmp_path, seed) as history, pytest.raises(AssertionError, match="is on the wall or prepared: withdrawn"):
        withdraw_on_and_on(history)


def test_the_oracle_sees_a_player_that_ignores_leases(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that shows on while nobody confirms anything would be caught."""

    def live(*_: object) -> right.Standing:
        return right.Standing.LIVE

    monkeypatch.setattr(right, "standing", live)
    with History(tmp_path, 1) as history, pytest.raises(AssertionError, match="the lease has run out"):
        fall_silent(history)


def withdraw_on_and_on(history: History) -> None:
    """Let one photo after another be withdrawn, as a rule one that is up."""
    history.poll()
    for _ in range(50):
        history.play_on(20 * SECOND)
        history.take_down()
        history.note()
        history.poll()
        history.play_on(SECOND)


def fall_silent(history: History) -> None:
    """Let nobody confirm anything any more."""
    history.poll()
    history.play_on(20 * SECOND)
    history.cut()
    for _ in range(3):
        history.play_on(1800 * SECOND, stride=10 * SECOND)
