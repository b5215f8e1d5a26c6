"""Withdrawals by sources that say the same of what they have not approved yet."""

from __future__ import annotations

from player.feed.item import Withdrawal
from player.ingest.withdrawal import withdraw
from tests.library.shelf import Shelf, item


def _not_active(shelf: Shelf, name: str) -> int:
    return withdraw(shelf.library, "wall", [Withdrawal(name, if_seen=True)], shelf.clock.wall())


def test_what_was_shown_here_is_withdrawn_for_ever(shelf: Shelf) -> None:
    """A post that was listed and is not active any more is gone with every byte, and does not come back."""
    shelf.show("wall", ("a", b"A"))

    assert _not_active(shelf, "a") == 1

    assert shelf.files() == set()
    shelf.take_in("wall", item("a"))
    assert shelf.row("wall", "a", "state") == ("withdrawn",)


def test_what_waits_for_its_moderator_may_still_be_approved(shelf: Shelf) -> None:
    """A post that was never listed leaves no tombstone: a moderator who approves it later is obeyed."""
    assert _not_active(shelf, "a") == 0
    assert shelf.library.orders.tombstones() == []

    shelf.take_in("wall", item("a"))

    assert shelf.row("wall", "a", "state") == ("approved",)
