"""Opening SQLite files: migrations all or nothing, newer files refused, damage and disks told in words."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from player.errors import LibraryError
from player.library.database import (
    DamagedError,
    NewerError,
    Schema,
    UnreadError,
    connect,
    data_version,
    transaction,
    translated,
)
from tests.library.denied import read_only

ONE = "CREATE TABLE one(a TEXT); INSERT INTO one VALUES('kept')"
TWO = "ALTER TABLE one ADD COLUMN b TEXT; CREATE TABLE two(a TEXT)"
FIRST = Schema("test.sqlite", (ONE,), durable=True)
SECOND = Schema("test.sqlite", (ONE, TWO), durable=True)


def tables(connection: sqlite3.Connection) -> set[str]:
    """The tables there are."""
    return {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type='table'")}


def version(connection: sqlite3.Connection) -> int:
    """The schema's number."""
    return connection.execute("PRAGMA user_version").fetchone()[0]


def test_a_new_file_has_every_migration(tmp_path: Path) -> None:
    """A file that was not there is made with the newest schema, in the pragmas that the design asks for."""
    with closing(connect(tmp_path / "test.sqlite", SECOND)) as connection:
        assert tables(connection) == {"one", "two"}
        assert version(connection) == 2
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert connection.execute("PRAGMA synchronous").fetchone() == (2,)
        assert connection.execute("PRAGMA secure_delete").fetchone() == (1,)


def test_an_older_file_is_brought_forward(tmp_path: Path) -> None:
    """Only what is missing is applied; what was there stays."""
    connect(tmp_path / "test.sqlite", FIRST).close()
    with closing(connect(tmp_path / "test.sqlite", SECOND)) as connection:
        assert connection.execute("SELECT a, b FROM one").fetchall() == [("kept", None)]
        assert version(connection) == 2


@pytest.mark.parametrize("broken", ["CREATE TABLE two(a TEXT); NONSENSE", "CREATE TABLE two(a TEXT); CREATE TABLE two(a TEXT)"])
def test_a_migration_that_fails_half_way_leaves_the_old_version(tmp_path: Path, broken: str) -> None:
    """All migrations are one transaction: after a failure the file is as it was, and opens."""
    connect(tmp_path / "test.sqlite", FIRST).close()
    with pytest.raises(LibraryError, match=r"test\.sqlite"):
        connect(tmp_path / "test.sqlite", Schema("test.sqlite", (ONE, broken), durable=True))
    with closing(connect(tmp_path / "test.sqlite", FIRST)) as connection:
        assert tables(connection) == {"one"}
        assert version(connection) == 1


def test_a_newer_file_is_refused_with_a_sentence(tmp_path: Path) -> None:
    """It says which file, both versions, and what to do; the file is not touched."""
    connect(tmp_path / "test.sqlite", SECOND).close()
    before = (tmp_path / "test.sqlite").read_bytes()
    with pytest.raises(NewerError, match=r"newer version of this program \(schema 2, this one knows 1\): update it"):
        connect(tmp_path / "test.sqlite", FIRST)
    assert (tmp_path / "test.sqlite").read_bytes() == before


@pytest.mark.parametrize("content", [b"this is no database" * 100, bytes(8192)], ids=["text", "zeros"])
def test_what_is_no_database_is_damaged(tmp_path: Path, content: bytes) -> None:
    """Other bytes under the name are damage, told at opening."""
    (tmp_path / "test.sqlite").write_bytes(content)
    with pytest.raises(DamagedError, match=r"test\.sqlite is damaged"):
        connect(tmp_path / "test.sqlite", FIRST)


def test_a_header_without_its_pages_is_damaged(tmp_path: Path) -> None:
    """A file that was cut behind its first hundred bytes shows at opening."""
    connect(tmp_path / "test.sqlite", FIRST).close()
    content = (tmp_path / "test.sqlite").read_bytes()
    (tmp_path / "test.sqlite").write_bytes(content[:512])
    with pytest.raises(DamagedError):
        connect(tmp_path / "test.sqlite", FIRST)


def test_a_folder_in_the_way(tmp_path: Path) -> None:
    """What cannot be opened is an error of ours, with its cause."""
    (tmp_path / "test.sqlite").mkdir()
    with pytest.raises(LibraryError, match=r"test\.sqlite") as caught:
        connect(tmp_path / "test.sqlite", FIRST)
    assert isinstance(caught.value.__cause__, sqlite3.Error)


def test_a_file_on_a_read_only_medium_can_be_read(tmp_path: Path) -> None:
    """It opens without a companion file; writing it says what to do."""
    connect(tmp_path / "test.sqlite", FIRST).close()
    with read_only(tmp_path) as folder, closing(connect(folder / "test.sqlite", FIRST)) as connection:
        assert connection.execute("SELECT a FROM one").fetchall() == [("kept",)]
        with pytest.raises(LibraryError, match="read-only: make it writable"), transaction(connection, "test.sqlite"):
            connection.execute("DELETE FROM one")


def test_a_read_only_file_that_is_newer_is_refused_too(tmp_path: Path) -> None:
    """The way in does not matter."""
    connect(tmp_path / "test.sqlite", SECOND).close()
    with read_only(tmp_path) as folder, pytest.raises(NewerError):
        connect(folder / "test.sqlite", FIRST)


@pytest.mark.parametrize("has_index", [True, False])
def test_the_last_changes_count_on_a_read_only_medium(tmp_path: Path, *, has_index: bool) -> None:
    """After a power cut on a card that went read-only, the log beside the file is read; where it cannot be, nothing is."""
    with closing(connect(tmp_path / "test.sqlite", FIRST)) as connection:
        connection.execute("UPDATE one SET a='withdrawn'")
        if not has_index:
            (tmp_path / "test.sqlite-shm").unlink()
        with read_only(tmp_path) as folder:
            if has_index:
                with closing(connect(folder / "test.sqlite", FIRST)) as reading:
                    assert reading.execute("SELECT a FROM one").fetchall() == [("withdrawn",)]
            else:
                with pytest.raises(UnreadError, match="last changes cannot be read"):
                    connect(folder / "test.sqlite", FIRST)


def test_a_full_disk_says_so_and_changes_nothing(tmp_path: Path) -> None:
    """A transaction that finds no room is undone as a whole, and the connection is fit for the next one."""
    with closing(connect(tmp_path / "test.sqlite", FIRST)) as connection:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count={pages}")
        with pytest.raises(LibraryError, match="the disk is full: free some space"):
            _change_and_fill(connection)
        assert not connection.in_transaction
        assert connection.execute("SELECT a FROM one").fetchall() == [("kept",)]
        with transaction(connection, "test.sqlite"):
            connection.execute("UPDATE one SET a='fits'")


def test_a_transaction_is_undone_by_any_error(tmp_path: Path) -> None:
    """An exception in the block takes all of it back and comes out as it was."""
    with closing(connect(tmp_path / "test.sqlite", FIRST)) as connection:
        with pytest.raises(ZeroDivisionError):
            _delete_and_fail(connection)
        assert connection.execute("SELECT a FROM one").fetchall() == [("kept",)]


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (sqlite3.SQLITE_IOERR, "the disk does not answer"),
        (sqlite3.SQLITE_IOERR | 10 << 8, "the disk does not answer"),
        (sqlite3.SQLITE_CANTOPEN, "missing or may not be written"),
        (sqlite3.SQLITE_READONLY, "read-only"),
        (sqlite3.SQLITE_FULL, "full"),
        (sqlite3.SQLITE_BUSY, "told so"),
    ],
)
def test_every_error_of_the_disk_has_its_words(code: int, said: str) -> None:
    """SQLite's numbers come out as what to do about them, extended ones like plain ones."""
    error = sqlite3.OperationalError("told so")
    error.sqlite_errorcode = code
    with pytest.raises(LibraryError, match=said), translated("x.sqlite"):
        raise error


def test_the_data_version_moves_for_another_connection(tmp_path: Path) -> None:
    """It moves when somebody else commits, and not for what this connection writes itself."""
    with (
        closing(connect(tmp_path / "test.sqlite", FIRST)) as mine,
        closing(connect(tmp_path / "test.sqlite", FIRST)) as other,
    ):
        before = data_version(mine)
        with transaction(mine, "test.sqlite"):
            mine.execute("UPDATE one SET a='mine'")
        assert data_version(mine) == before
        with transaction(other, "test.sqlite"):
            other.execute("UPDATE one SET a='other'")
        assert data_version(mine) != before
        assert data_version(mine) == data_version(mine)


def _change_and_fill(connection: sqlite3.Connection) -> None:
    with transaction(connection, "test.sqlite"):
        connection.execute("UPDATE one SET a='changed'")
        connection.execute("INSERT INTO one VALUES(?)", ("x" * 100_000,))


def _delete_and_fail(connection: sqlite3.Connection) -> None:
    with transaction(connection, "test.sqlite"):
        connection.execute("DELETE FROM one")
        raise ZeroDivisionError
