"""The journal shows every line that was changed or is missing."""

from __future__ import annotations

import sqlite3
from collections.abc import Generator
from contextlib import closing
from pathlib import Path

import pytest

from player.library.database import connect
from player.library.journal import FIRST, first_broken
from player.library.orders import ORDERS, Orders


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
    """Each writer counts from 1 and follows its own last line; a sound journal has no broken line."""
    assert first_broken(connection) is None
    lines = connection.execute("SELECT seq, prev, hash FROM journal WHERE writer='screen' ORDER BY seq").fetchall()
    assert [seq for seq, _, _ in lines] == [1, 2, 3, 4, 5]
    assert [prev for _, prev, _ in lines] == [FIRST, *(digest for _, _, digest in lines[:-1])]


@pytest.mark.parametrize("column", ["at", "kind", "what", "prev", "hash"])
def test_a_changed_line_shows(connection: sqlite3.Connection, column: str) -> None:
    """Whatever of it was changed."""
    value = 77 if column == "at" else "changed"
    change = "UPDATE journal SET COLUMN=? WHERE writer='screen' AND seq=3"
    connection.execute(change.replace("COLUMN", column), (value,))
    assert first_broken(connection) == ("screen", 3)


@pytest.mark.parametrize(("missing", "shown_at"), [(1, 2), (3, 4)])
def test_a_missing_line_shows(connection: sqlite3.Connection, missing: int, shown_at: int) -> None:
    """At the line that followed it."""
    connection.execute("DELETE FROM journal WHERE writer='ingest' AND seq=?", (missing,))
    assert first_broken(connection) == ("ingest", shown_at)


def test_lines_that_changed_places_show(connection: sqlite3.Connection) -> None:
    """Renumbering does not hide it."""
    connection.execute("UPDATE journal SET seq=9 WHERE writer='ingest' AND seq=3")
    connection.execute("UPDATE journal SET seq=3 WHERE writer='ingest' AND seq=4")
    connection.execute("UPDATE journal SET seq=4 WHERE writer='ingest' AND seq=9")
    assert first_broken(connection) == ("ingest", 3)


def test_a_line_moved_to_another_writer_shows(connection: sqlite3.Connection) -> None:
    """The writer's name is part of what the hash binds."""
    connection.execute("DELETE FROM journal WHERE writer='screen'")
    connection.execute("UPDATE journal SET writer='screen' WHERE writer='ingest'")
    assert first_broken(connection) == ("screen", 1)
