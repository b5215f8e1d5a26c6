"""What a withdrawal binds, and how it is taken back."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing
from pathlib import Path

import pytest

from player.library import journal, receipts
from player.library.database import Schema, connect
from player.library.journal import Head
from player.library.orders import ORDERS, Orders, Tombstone
from player.library.tombstones import NOTHING, WILDCARD, Record


@pytest.fixture
def orders(tmp_path: Path) -> Generator[Orders]:
    """New orders."""
    with closing(connect(tmp_path / "orders.sqlite", ORDERS)) as connection:
        yield Orders(connection, writer="ingest")


def withdraw(orders: Orders, item: str = "a", *, at: int | None = 5, source: str = "wall", digests: str = "") -> int:
    """Record a withdrawal at 100."""
    record = Record(source=source, item=item, reason="author", at=at, digests=frozenset(digests.split()), is_here=True)
    return orders.withdraw_all([record], known_at=100)


def kinds(orders: Orders) -> list[str]:
    """The journal, in short."""
    return [line.kind for line in journal.lines(orders.connection)]


def test_a_withdrawal_for_every_source_binds_those_that_come_too(orders: Orders) -> None:
    """Whatever a source is called, the id is withdrawn in it."""
    withdraw(orders, source=WILDCARD)
    for source in ("wall", "other", "one that does not exist yet"):
        assert orders.withdrawn_items(source, ["a", "b"]) == {"a": "author"}


def test_every_kind_of_bytes_is_bound(orders: Orders) -> None:
    """Original, stated, and those before an edit: all of them, in any case of letters, and more as they become known."""
    withdraw(orders, digests="aa BB")
    withdraw(orders, digests="cc")
    assert orders.withdrawn_bytes(["aa", "bb", "cc", "dd"]) == dict.fromkeys(("aa", "bb", "cc"), "author")
    assert orders.bound("wall", ["a"])["a"].digests == {"aa", "bb", "cc"}


def test_taken_back_it_binds_nothing_and_is_kept(orders: Orders) -> None:
    """Neither item nor bytes; the record of it stays, and the journal says who took it back."""
    withdraw(orders, digests="aa")
    assert orders.lift("wall", "a", 5, by="two of the targets keys", at=200)
    assert orders.withdrawn_items("wall", ["a"]) == {}
    assert orders.withdrawn_bytes(["aa"]) == {}
    assert orders.tombstones() == []
    assert orders.bound("wall", ["a"])["a"].is_taken_back(5)
    [line] = journal.lines(orders.connection, kind="reinstated")
    assert line.what == {"source": "wall", "item": "a", "withdrawn_at": 5, "by": "two of the targets keys", "still": False}
    assert receipts.for_screen(orders.connection) == ()


def test_it_is_taken_back_once(orders: Orders) -> None:
    """A feed that repeats the reinstatement at every poll changes nothing."""
    withdraw(orders)
    assert orders.lift("wall", "a", 5, by="feed", at=200)
    assert not orders.lift("wall", "a", 5, by="feed", at=300)
    assert kinds(orders) == ["withdrawn", "reinstated"]


def test_the_same_withdrawal_replayed_counts_no_more(orders: Orders) -> None:
    """Told again with the date that was taken back, it is passed over; with a later date it counts anew."""
    withdraw(orders)
    orders.lift("wall", "a", 5, by="feed", at=200)
    assert withdraw(orders) == 0
    assert orders.withdrawn_items("wall", ["a"]) == {}
    assert withdraw(orders, at=6) == 1
    assert withdraw(orders) == 0
    assert orders.withdrawn_items("wall", ["a"]) == {"a": "author"}
    assert kinds(orders) == ["withdrawn", "withdrawn", "reinstated"] or kinds(orders).count("withdrawn") == 2


def test_only_the_withdrawal_that_is_named_is_taken_back(orders: Orders) -> None:
    """Withdrawn twice, it stays withdrawn until both are taken back."""
    withdraw(orders)
    withdraw(orders, at=6)
    assert orders.lift("wall", "a", 6, by="feed", at=200)
    assert orders.withdrawn_items("wall", ["a"]) == {"a": "author"}
    assert orders.lift("wall", "a", 5, by="feed", at=200)
    assert orders.withdrawn_items("wall", ["a"]) == {}


def test_a_reinstatement_that_comes_first_counts(orders: Orders) -> None:
    """Whichever of the two documents is read first: this withdrawal counts no more."""
    orders.lift("wall", "a", 5, by="feed", at=50)
    assert withdraw(orders) == 0
    assert orders.withdrawn_items("wall", ["a"]) == {}


def test_without_a_date_it_is_withdrawn_anew_by_whoever_still_says_so(orders: Orders) -> None:
    """Nobody can tell the old word from a new one: the safer reading is that it is new."""
    withdraw(orders, at=None)
    assert orders.lift("wall", "a", None, by="operator", at=200)
    assert orders.withdrawn_items("wall", ["a"]) == {}
    assert withdraw(orders, at=None) == 1
    assert orders.withdrawn_items("wall", ["a"]) == {"a": "author"}


def test_a_date_takes_nothing_back_that_has_none(orders: Orders) -> None:
    """A feed can only take back what it dated; the operator by name takes back whatever there is."""
    withdraw(orders, at=None)
    withdraw(orders, at=5)
    orders.lift("wall", "a", 5, by="feed", at=200)
    assert orders.withdrawn_items("wall", ["a"]) == {"a": "author"}
    assert orders.lift("wall", "a", None, by="operator", at=200)
    assert orders.withdrawn_items("wall", ["a"]) == {}


def test_one_source_takes_back_nothing_of_another(orders: Orders) -> None:
    """Neither another source's nor what was withdrawn for all."""
    withdraw(orders, source=WILDCARD)
    withdraw(orders, source="other")
    orders.lift("wall", "a", 5, by="feed", at=200)
    assert orders.withdrawn_items("wall", ["a"]) == orders.withdrawn_items("other", ["a"]) == {"a": "author"}
    assert not orders.lift("wall", "a", None, by="operator", at=200)


def test_bytes_stay_bound_while_any_tombstone_binds_them(orders: Orders) -> None:
    """Two photos with the same bytes: taking one back frees the bytes only when the other is taken back."""
    withdraw(orders, "a", digests="aa")
    withdraw(orders, "b", digests="aa")
    orders.lift("wall", "a", 5, by="feed", at=200)
    assert orders.withdrawn_bytes(["aa"]) == {"aa": "author"}
    orders.lift("wall", "b", 5, by="feed", at=200)
    assert orders.withdrawn_bytes(["aa"]) == {}


def test_a_long_list_is_recorded_whole(orders: Orders) -> None:
    """More than one transaction holds."""
    records = [Record(source="wall", item=f"i{n}", reason="author") for n in range(250)]
    assert orders.withdraw_all(records, known_at=1) == 250
    assert orders.withdraw_all(records, known_at=2) == 0
    assert len(orders.tombstones()) == 250
    assert orders.bound("wall", ["other"]).get("other", NOTHING) == NOTHING


def test_orders_of_the_first_version_are_brought_forward(tmp_path: Path) -> None:
    """Tombstones with their bytes, dates and journal are what they were, heads and all; and they can be taken back."""
    path = tmp_path / "orders.sqlite"
    old = Schema(ORDERS.name, ORDERS.migrations[:1], durable=True)
    with closing(connect(path, old)) as connection:
        rows = [("wall", "a", "aa", None, "author", 5, 100), ("wall", "b", None, None, "label", None, 101)]
        connection.executemany("INSERT INTO tombstones VALUES(?,?,?,?,?,?,?)", rows)
        prev = journal.FIRST
        for seq in (1, 2):
            digest = journal.line_hash(prev, "ingest", seq, 7, "kind", "{}")
            connection.execute("INSERT INTO journal VALUES('ingest',?,7,'kind','{}',?,?)", (seq, prev, digest))
            prev = digest
    with closing(connect(path, ORDERS)) as connection:
        orders = Orders(connection, writer="ingest")
        assert orders.tombstones() == [Tombstone("wall", "a", "aa", "author"), Tombstone("wall", "b", None, "label")]
        assert orders.withdrawn_bytes(["aa"]) == {"aa": "author"}
        assert journal.verify(connection).heads == {"ingest": Head(2, prev)}
        assert withdraw(orders) == 0
        assert orders.lift("wall", "a", 5, by="feed", at=200)
        assert [stone.item for stone in orders.tombstones()] == ["b"]
        assert journal.verify(connection).fault is None
