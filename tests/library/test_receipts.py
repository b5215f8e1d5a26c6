"""Receipts: two halves, one line."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from player.library import journal, receipts
from player.library.database import connect
from player.library.orders import ORDERS, Orders
from player.library.receipts import Receipt
from player.library.tombstones import Record
from player.units import MILLISECOND
from tests.fakes.clock import OPENING

KNOWN = OPENING + 120 * MILLISECOND
OFF = OPENING + 131 * MILLISECOND
GONE = OPENING + 410 * MILLISECOND


@pytest.fixture
def orders(tmp_path: Path) -> Generator[Orders]:
    """Orders with one withdrawal of something that is here, and one of something that never was."""
    with closing(connect(tmp_path / "orders.sqlite", ORDERS)) as connection:
        made = Orders(connection, writer="ingest")
        here = Record(source="wall", item="p-17", reason="author", is_here=True)
        made.withdraw_all([here, replace(here, item="elsewhere", is_here=False)], known_at=KNOWN)
        yield made


def told(orders: Orders) -> list[str]:
    """The receipts in the journal, in words."""
    found = [receipts.from_line(line.what) for line in journal.lines(orders.connection, kind=receipts.KIND)]
    return [receipt.in_words() for receipt in found if receipt]


def test_what_is_here_is_owed_a_receipt(orders: Orders) -> None:
    """By the screen and by whoever purges; what was never here is not."""
    waiting = (Receipt("wall", "p-17", KNOWN),)
    assert receipts.for_screen(orders.connection) == receipts.for_purge(orders.connection) == waiting


def test_a_picture_from_before_the_wall_was_without_it_may_show_it(orders: Orders) -> None:
    """Any picture while no screen has answered; then those from before, until whoever purges has said that they are gone."""
    connection = orders.connection
    assert receipts.may_show_withdrawn(connection, GONE)
    [waiting] = receipts.for_screen(connection)
    orders.off_screen([replace(waiting, off_at=OFF, was_up=True)], at=OFF)
    assert receipts.may_show_withdrawn(connection, OFF - 1)
    assert not receipts.may_show_withdrawn(connection, OFF)
    orders.gone([waiting], at=GONE)
    assert not receipts.may_show_withdrawn(connection, OFF - 1)


@pytest.mark.parametrize("screen_first", [True, False])
def test_the_line_is_written_with_the_second_half(orders: Orders, *, screen_first: bool) -> None:
    """Whoever is later writes it, once, with all three times."""
    [waiting] = receipts.for_screen(orders.connection)
    answered = replace(waiting, off_at=OFF, was_up=True)
    halves = [lambda: orders.off_screen([answered], at=OFF), lambda: orders.gone([waiting], at=GONE)]
    for half in halves if screen_first else reversed(halves):
        assert told(orders) == []
        half()
    assert told(orders) == ["withdrawn p-17 known 09:00:00.120 off screen 09:00:00.131 bytes gone 09:00:00.410"]
    assert receipts.for_screen(orders.connection) == receipts.for_purge(orders.connection) == ()
    assert journal.verify(orders.connection).fault is None


def test_what_the_screen_never_had_is_said_so(orders: Orders) -> None:
    """With the moment at which it looked."""
    [waiting] = receipts.for_screen(orders.connection)
    orders.off_screen([replace(waiting, off_at=OFF)], at=OFF)
    orders.gone([waiting], at=GONE)
    assert told(orders) == ["withdrawn p-17 known 09:00:00.120 not on screen 09:00:00.131 bytes gone 09:00:00.410"]


def test_half_a_receipt_says_what_is_missing(orders: Orders) -> None:
    """For whoever asks before both are there."""
    receipt = receipts.one(orders.connection, "wall", "p-17", KNOWN)
    assert receipt
    assert receipt.in_words("Europe/Warsaw") == (
        "withdrawn p-17 known 10:00:00.120 not answered by a screen yet bytes not gone yet"
    )
    assert receipts.one(orders.connection, "wall", "elsewhere", KNOWN) is None


def test_the_first_answer_counts(orders: Orders) -> None:
    """A second one, of a screen that was started meanwhile, changes nothing."""
    [waiting] = receipts.for_screen(orders.connection)
    for off in (OFF, GONE):
        orders.off_screen([replace(waiting, off_at=off, was_up=off == OFF)], at=off)
    assert receipts.newest(orders.connection)["wall", "p-17"] == replace(waiting, off_at=OFF, was_up=True)


def test_a_line_that_is_none_is_no_receipt() -> None:
    """Whatever it holds."""
    assert receipts.from_line({"source": "wall", "item": 5}) is None


def test_the_last_ones_are_found_without_reading_all(orders: Orders) -> None:
    """A page asks for them each second, and there may be a hundred thousand."""
    statements: list[str] = []
    orders.connection.set_trace_callback(statements.append)
    receipts.latest(orders.connection, 20)
    receipts.latest(orders.connection, 20, before=KNOWN)
    receipts.for_purge(orders.connection, limit=1)
    orders.connection.set_trace_callback(None)
    assert len(statements) == 3
    for each in statements:
        plan = " ".join(row[3] for row in orders.connection.execute(f"EXPLAIN QUERY PLAN {each}"))
        assert "USING INDEX receipts_" in plan
        assert "TEMP B-TREE" not in plan


def test_a_receipt_knows_who_ordered_the_withdrawal(orders: Orders) -> None:
    """Of those of the same moment, each its own; what its source has withdrawn, nobody here has."""
    record = Record(source="wall", item="p-18", reason="x", is_here=True)
    orders.withdraw_all([replace(record, by="Ada"), replace(record, item="p-19", by="Olek")], known_at=KNOWN)
    orders.connection.execute("INSERT INTO journal VALUES('x', 1, ?, 'withdrawn', '{', '', '')", (KNOWN,))

    found = [receipts.ordered_by(orders.connection, Receipt("wall", f"p-{n}", KNOWN)) for n in (17, 18, 19, 20)]

    assert found == ["", "Ada", "Olek", ""]
    assert receipts.ordered_by(orders.connection, Receipt("wall", "p-18", KNOWN + 1)) == ""
