"""What was withdrawn and brought back, and is withdrawn once more: from the centre's file to a player's, by the signed hint."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

from player.centre import hinting, ledger, withdrawing
from player.centre.ledger import Withdrawal
from player.centre.store import Store
from player.feed.item import Reinstatement
from player.fleet import topics
from player.ingest.withdrawal import reinstate
from player.units import SECOND
from tests.fleet.test_fleet_obeying import Player
from tests.library.shelf import Shelf

NAME = ("wall", "a")
HOUR = 3600 * SECOND


@pytest.fixture
def player(tmp_path: Path) -> Generator[Player]:
    """One with a photo."""
    made = Shelf(tmp_path / "player", "wall")
    made.show("wall", ("a", b"a"))
    made.prepare()
    yield Player(made)
    made.close()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A centre's file."""
    with Store(tmp_path) as found:
        yield found


def withdraw(store: Store, player: Player) -> Withdrawal:
    """Withdraw the photo at the centre, and let the player hear the hint that is retained then."""
    taken = withdrawing.record(store, NAME, reason="x", by="Ada", at=player.clock.wall())
    player.hear(topics.ALL_HINT, hinting.for_everybody(ledger.withdrawals(store)).body())
    return taken


def test_after_a_reinstatement_it_is_withdrawn_again(player: Player, store: Store) -> None:
    """A person brought it back at the player: withdrawn again it goes again, and stays away over a restart."""
    withdraw(store, player)
    assert player.withdrawn == {NAME}
    player.shelf.library.orders.lift(*NAME, None, by="Ada", at=player.clock.wall())
    player.clock.advance(HOUR)
    again = withdraw(store, player)
    assert player.withdrawn == {NAME}
    assert player.receipts[-1][0] == again.number
    player.begin()
    player.hear(topics.ALL_HINT, hinting.for_everybody(ledger.withdrawals(store)).body())
    assert player.withdrawn == {NAME}


def test_within_one_second_as_well(player: Player, store: Store) -> None:
    """Dates are whole seconds: the second one has a later one, however fast somebody types."""
    withdraw(store, player)
    player.shelf.library.orders.lift(*NAME, None, by="Ada", at=player.clock.wall())
    withdraw(store, player)
    assert player.withdrawn == {NAME}


def test_one_reinstatement_in_the_feed_undoes_both(player: Player, store: Store) -> None:
    """The hint has the date in whole seconds that the feed has: what two officers take back there is taken back here, too."""
    player.clock.advance(SECOND // 3)
    taken = withdraw(store, player)
    reinstate(player.shelf.library, "wall", Reinstatement("a", taken.dated), by="two officers", now=player.clock.wall())
    assert player.withdrawn == set()
