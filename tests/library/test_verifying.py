"""Reading through the journal a part at a time."""

from __future__ import annotations

import pytest

from player.library import journal
from player.library.verifying import Progress, advance, begin
from tests.library.shelf import Shelf

HARMS = {
    "a changed line": "UPDATE journal SET what='{}' WHERE writer='ingest' AND seq=7",
    "a missing line": "DELETE FROM journal WHERE writer='ingest' AND seq=7",
    "a missing tail": "DELETE FROM journal WHERE writer='ingest' AND seq>7",
    "everything missing": "DELETE FROM journal WHERE writer='ingest'",
    "a missing head": "DELETE FROM heads WHERE writer='ingest'",
    "a changed head": "UPDATE heads SET hash='0' WHERE writer='ingest'",
    "a line out of order": "UPDATE journal SET prev='0' WHERE writer='ingest' AND seq=7",
}


@pytest.fixture
def told(shelf: Shelf) -> Shelf:
    """Twenty lines of one writer."""
    for n in range(20):
        shelf.library.orders.note("rung", {"n": n}, at=n)
    return shelf


def through(shelf: Shelf, lines: int) -> Progress:
    """Read to the end, so many lines at a time."""
    connection = shelf.library.orders.connection
    progress = begin(connection)
    while not progress.is_done:
        progress = advance(connection, progress, lines)
    return progress


@pytest.mark.parametrize("lines", [1, 3, 20, 100])
def test_a_sound_journal_is_sound_in_whatever_parts(told: Shelf, lines: int) -> None:
    """Every line is read once, and no fault is found."""
    progress = through(told, lines)

    assert (progress.lines, progress.fault) == (20, None)


@pytest.mark.parametrize("harm", HARMS.values(), ids=HARMS)
@pytest.mark.parametrize("lines", [1, 6, 100])
def test_it_finds_what_a_whole_reading_finds(told: Shelf, harm: str, lines: int) -> None:
    """Whatever was done to the journal, reading it in parts finds a fault exactly where reading it at once does."""
    connection = told.library.orders.connection
    connection.execute(harm)
    whole = journal.verify(connection).fault

    found = through(told, lines).fault

    assert whole is not None
    assert found is not None
    assert (found.writer, found.what) == (whole.writer, whole.what) or {found.what, whole.what} <= {"changed", "out of order"}


def test_whoever_writes_meanwhile_makes_no_fault(told: Shelf) -> None:
    """Lines that come while it is read lie beyond the heads that were read first."""
    orders = told.library.orders
    progress = begin(orders.connection)
    while not progress.is_done:
        orders.note("rung", {}, at=99)
        progress = advance(orders.connection, progress, 3)

    assert (progress.lines, progress.fault) == (20, None)


def test_an_empty_journal_is_sound(shelf: Shelf) -> None:
    """There is nothing to be wrong."""
    assert through(shelf, 5).fault is None
