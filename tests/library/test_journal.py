"""The journal shows every line that was changed or is missing."""

from __future__ import annotations

import sqlite3
from collections.abc import Generator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from player.library import journal
from player.library.database import connect
from player.library.journal import FIRST, Fault, Head, Verified, lines, verify
from player.library.orders import ORDERS, Orders

CHANGED = "changed"


@pytest.fixture
def connection(tmp_path: Path) -> Generator[sqlite3.Connection]:
    """Orders with five lines of each of two writers."""
    with closing(connect(tmp_path / "orders.sqlite", ORDERS)) as made:
        writers = [Orders(made, writer=name) for name in ("ingest", "screen")]
        for at in range(5):
            for orders in writers:
                orders.note("kind", {"number": at, "word": "שלום"}, at=at)
        yield made


def test_one_chain_per_writer(connection: sqlite3.Connection) -> None:
    """Each writer counts from 1 and follows its own last line; a sound journal has no fault, and its heads are told."""
    found = connection.execute("SELECT seq, prev, hash FROM journal WHERE writer='screen' ORDER BY seq").fetchall()
    assert [seq for seq, _, _ in found] == [1, 2, 3, 4, 5]
    assert [prev for _, prev, _ in found] == [FIRST, *(digest for _, _, digest in found[:-1])]
    verified = verify(connection)
    assert (verified.lines, verified.fault) == (10, None)
    assert verified.heads["screen"] == Head(5, found[-1][2])


def test_an_empty_journal_is_whole(tmp_path: Path) -> None:
    """Without lines there are no heads and no fault."""
    with closing(connect(tmp_path / "orders.sqlite", ORDERS)) as made:
        assert verify(made) == Verified(0)


@pytest.mark.parametrize("column", ["at", "kind", "what", "prev", "hash"])
def test_a_changed_line_shows(connection: sqlite3.Connection, column: str) -> None:
    """Whatever of it was changed."""
    value = 77 if column == "at" else CHANGED
    change = "UPDATE journal SET COLUMN=? WHERE writer='screen' AND seq=3"
    connection.execute(change.replace("COLUMN", column), (value,))
    assert verify(connection).fault == Fault("screen", 3, CHANGED)


@pytest.mark.parametrize("missing", [1, 3])
def test_a_missing_line_shows(connection: sqlite3.Connection, missing: int) -> None:
    """By the gap that it leaves."""
    connection.execute("DELETE FROM journal WHERE writer='ingest' AND seq=?", (missing,))
    assert verify(connection).fault == Fault("ingest", missing, "missing")


@pytest.mark.parametrize("left", [4, 0])
def test_a_missing_tail_shows(connection: sqlite3.Connection, left: int) -> None:
    """Last lines that are gone, all of a writer's too, are missed by its head."""
    connection.execute("DELETE FROM journal WHERE writer='ingest' AND seq>?", (left,))
    assert verify(connection).fault == Fault("ingest", left + 1, "tail missing")


def test_a_tail_stays_missing_when_more_is_written(connection: sqlite3.Connection) -> None:
    """A chain goes on from its head: whoever writes next does not close the gap."""
    connection.execute("DELETE FROM journal WHERE writer='ingest' AND seq=5")
    Orders(connection, writer="ingest").note("kind", {}, at=9)
    assert verify(connection).fault == Fault("ingest", 5, "missing")


def test_a_head_that_was_put_back_shows(connection: sqlite3.Connection) -> None:
    """Lines after the head, or a head of another line, are no end of the chain."""
    connection.execute("UPDATE heads SET seq=4, hash=(SELECT hash FROM journal WHERE writer='ingest' AND seq=4)")
    assert verify(connection).fault == Fault("ingest", 5, CHANGED)


def test_what_is_written_meanwhile_is_no_fault(
    connection: sqlite3.Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A player that runs writes on while its journal is read."""
    hash_of = journal.line_hash
    with closing(connect(tmp_path / "orders.sqlite", ORDERS)) as another:
        orders = Orders(another, writer="ingest")

        def writing(*line: Any) -> str:
            monkeypatch.setattr(journal, "line_hash", hash_of)
            orders.note("kind", {}, at=9)
            return hash_of(*line)

        monkeypatch.setattr(journal, "line_hash", writing)
        assert verify(connection).fault is None
    assert verify(connection).lines == 11


def test_lines_that_changed_places_show(connection: sqlite3.Connection) -> None:
    """Renumbering does not hide it."""
    connection.execute("UPDATE journal SET seq=9 WHERE writer='ingest' AND seq=3")
    connection.execute("UPDATE journal SET seq=3 WHERE writer='ingest' AND seq=4")
    connection.execute("UPDATE journal SET seq=4 WHERE writer='ingest' AND seq=9")
    assert verify(connection).fault == Fault("ingest", 3, CHANGED)


def test_a_line_that_was_made_anew_shows(connection: sqlite3.Connection, tmp_path: Path) -> None:
    """A line with a right hash of its own, which follows none that is there, is out of order."""
    with closing(connect(tmp_path / "other.sqlite", ORDERS)) as other:
        for at in range(5):
            Orders(other, writer="ingest").note("another", {"number": at}, at=at)
        line = other.execute("SELECT * FROM journal WHERE seq=4").fetchone()
    connection.execute("INSERT OR REPLACE INTO journal VALUES(?,?,?,?,?,?,?)", line)
    assert verify(connection).fault == Fault("ingest", 4, "out of order")


def test_a_line_moved_to_another_writer_shows(connection: sqlite3.Connection) -> None:
    """The writer's name is part of what the hash binds."""
    connection.execute("DELETE FROM journal WHERE writer='screen'")
    connection.execute("UPDATE journal SET writer='screen' WHERE writer='ingest'")
    assert verify(connection).fault == Fault("screen", 1, CHANGED)


def test_lines_are_read_in_the_order_of_time(connection: sqlite3.Connection) -> None:
    """Those of all writers, or from a moment on, or of one kind."""
    Orders(connection, writer="screen").note("rung", {"rung": "live"}, at=2)
    assert [line.at for line in lines(connection)] == sorted([0, 1, 2, 3, 4] * 2 + [2])
    assert [(line.writer, line.number) for line in lines(connection, since=4)] == [("ingest", 5), ("screen", 5)]
    assert [line.what for line in lines(connection, kind="rung")] == [{"rung": "live"}]
