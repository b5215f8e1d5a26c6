"""What comes of one document: each id once, and the safer reading of what contradicts itself."""

from __future__ import annotations

import pytest

from player.feed import harvest
from player.feed.harvest import Harvest
from player.feed.item import Item, Page, Status, Withdrawal

APPROVED = Item(id="a", image="https://photos.example.org/1.jpg", status=Status.APPROVED)


def gathered(*found: Item | Withdrawal | None) -> Page:
    """The page of what was found."""
    all_of_it = Harvest()
    for each in found:
        all_of_it.take(each)
    return all_of_it.page(next_url=None, complete=False)


@pytest.mark.parametrize(
    ("withdrawals", "status"),
    [
        ([Withdrawal("a")], Status.WITHDRAWN),
        ([Withdrawal("a", if_seen=True)], Status.PENDING),
        ([Withdrawal("a", if_seen=True), Withdrawal("a")], Status.WITHDRAWN),
        ([Withdrawal("a"), Withdrawal("a", if_seen=True)], Status.WITHDRAWN),
    ],
)
def test_a_withdrawal_beats_the_item_beside_it(withdrawals: list[Withdrawal], status: Status) -> None:
    """In either order; one that counts only for what was seen leaves the item unapproved and withdraws what was seen."""
    for found in ([APPROVED, *withdrawals], [*withdrawals, APPROVED]):
        got = gathered(*found)
        assert [each.status for each in got.items] == [status]
        assert [(each.item, each.if_seen) for each in got.withdrawn] == [("a", status is Status.PENDING)]


def test_nothing_is_taken_from_nothing() -> None:
    """An entry that came to nothing is on no page."""
    assert gathered(None) == Page(items=())


def test_complaints_are_bounded() -> None:
    """Two hundred lines, and then how many more."""
    lines = harvest.bounded(["line"] * 1000)

    assert len(lines) == harvest.MAX_LINES + 1
    assert lines[-1] == "and 800 more"
