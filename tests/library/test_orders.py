"""What must never be lost: tombstones, high-water marks, commands."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing
from pathlib import Path

import pytest

from player.errors import LibraryError
from player.library.database import connect
from player.library.orders import ORDERS, Command, Orders, Tombstone


@pytest.fixture
def orders(tmp_path: Path) -> Generator[Orders]:
    """New orders."""
    with closing(connect(tmp_path / "orders.sqlite", ORDERS)) as connection:
        yield Orders(connection, writer="ingest")


def withdraw(orders: Orders, item: str, sha256: str | None = None, source: str = "wall", reason: str = "author") -> bool:
    """Record a withdrawal."""
    return orders.withdraw(Tombstone(source, item, sha256, reason), phash=None, at=None, known_at=1)


def test_a_withdrawal_is_new_once(orders: Orders) -> None:
    """The second record of it changes nothing, not even its reason."""
    assert withdraw(orders, "a", "1")
    assert not withdraw(orders, "a", "2", reason="other")
    assert orders.tombstones() == [Tombstone("wall", "a", "1", "author")]


def test_a_withdrawal_binds_source_and_item(orders: Orders) -> None:
    """The same id in another source is another item."""
    withdraw(orders, "a")
    assert orders.withdrawn_items("wall", ["a", "b"]) == {"a": "author"}
    assert orders.withdrawn_items("other", ["a", "b"]) == {}


def test_a_withdrawal_binds_the_bytes_for_every_source(orders: Orders) -> None:
    """Bytes are asked for by hash alone."""
    withdraw(orders, "a", "1")
    assert orders.withdrawn_bytes(["1", "2"]) == {"1": "author"}


def test_bytes_are_learned_later(orders: Orders) -> None:
    """A tombstone that did not know its bytes takes them when they are known, without a second line in the journal."""
    withdraw(orders, "a")
    assert not withdraw(orders, "a", "1")
    assert orders.withdrawn_bytes(["1"]) == {"1": "author"}
    assert orders.connection.execute("SELECT count(*) FROM journal").fetchone() == (1,)


def test_more_names_than_one_query_holds(orders: Orders) -> None:
    """Questions of any length are answered."""
    for number in range(0, 1500, 100):
        withdraw(orders, f"i{number}", f"h{number}")
    assert len(orders.withdrawn_items("wall", (f"i{n}" for n in range(1500)))) == 15
    assert len(orders.withdrawn_bytes(f"h{n}" for n in range(1500))) == 15


def test_a_sequence_never_goes_down(orders: Orders) -> None:
    """The highest is kept, for each source."""
    assert orders.sequence("wall") is None
    for sequence in (0, 5, 3, 7, 0):
        orders.raise_sequence("wall", sequence)
    assert orders.sequence("wall") == 7
    assert orders.sequence("other") is None


def test_an_identity_is_given_once(orders: Orders) -> None:
    """It is the same at every question and over connections."""
    first = orders.identity()
    assert first
    assert orders.identity() == first


def test_commands_wait_for_their_addressee_and_are_answered(orders: Orders) -> None:
    """A command is a row that says who, when, and what became of it."""
    number = orders.post("screen", "reload", {"why": "test"}, by="operator", at=5)
    other = orders.post("ingest", "reload", {}, by="operator", at=6)
    assert orders.waiting("screen") == (Command(number, "reload", {"why": "test"}, "operator", 5),)
    assert orders.result(number) is None
    orders.answer(number, "done", at=7)
    assert orders.waiting("screen") == ()
    assert orders.result(number) == "done"
    assert [command.id for command in orders.waiting("ingest")] == [other]
    assert orders.result(99) is None


def test_a_full_disk_records_nothing_by_half(orders: Orders) -> None:
    """Tombstone and journal line are one transaction."""
    orders.identity()
    (pages,) = orders.connection.execute("PRAGMA page_count").fetchone()
    orders.connection.execute(f"PRAGMA max_page_count={pages}")
    with pytest.raises(LibraryError, match="the disk is full"):
        withdraw(orders, "a", reason="r" * 100_000)
    assert orders.tombstones() == []
    assert orders.connection.execute("SELECT count(*) FROM journal").fetchone() == (0,)
    orders.connection.execute("PRAGMA max_page_count=1000000")
    assert withdraw(orders, "a")


def test_every_transaction_reaches_the_disk(orders: Orders) -> None:
    """A withdrawal that was recorded survives a power cut (``synchronous=FULL``)."""
    assert ORDERS.durable
    assert orders.connection.execute("PRAGMA synchronous").fetchone() == (2,)


def test_commands_are_read_a_few_at_a_time(orders: Orders) -> None:
    """After a number, and no more than were asked for; the newest of some verbs is found among them."""
    numbers = [orders.post("screen", verb, {}, by="x", at=1) for verb in ("dim", "dark", "light", "dim", "dark", "dim")]
    assert [row.id for row in orders.waiting("screen", after=numbers[1], limit=2)] == numbers[2:4]
    verbs = ("dark", "light")
    found = orders.last_waiting("screen", verbs, after=0)
    assert found
    assert (found.id, found.verb) == (numbers[4], "dark")
    orders.answer(numbers[4], "dark", at=2)
    found = orders.last_waiting("screen", verbs, after=numbers[1])
    assert found
    assert found.verb == "light"
    assert orders.last_waiting("screen", verbs, after=numbers[2]) is None


def test_answered_commands_are_forgotten_in_time(orders: Orders) -> None:
    """Old ones go, those that wait stay, and numbers never come again."""
    numbers = [orders.post("screen", "dim", {}, by="x", at=1) for _ in range(4)]
    for number, at in zip(numbers[:3], (1, 5, 9), strict=True):
        orders.answer(number, "done", at=at)
    orders.forget_answered(6)
    assert [orders.result(number) for number in numbers] == [None, None, "done", None]
    assert [row.id for row in orders.waiting("screen")] == numbers[3:]
    orders.answer(numbers[3], "done", at=9)
    orders.forget_answered(10)
    assert orders.post("screen", "dim", {}, by="x", at=1) > numbers[3]
