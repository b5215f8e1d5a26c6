"""Opening the two SQLite files: pragmas, forward migrations, and what damage looks like.

What the tables mean is the business of the modules that own them.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final, TypeVar

from player.errors import LibraryError

PART: Final = 500  # names per query, under SQLite's oldest limit of 999 variables

T = TypeVar("T")

BUSY_S: Final = 2.0  # ingest's transactions last 20 ms; whoever waits longer than this waits for a fault
_DAMAGED: Final = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})


class DamagedError(LibraryError):
    """The file is not, or no longer, a database."""


class UnreadError(LibraryError):
    """What was written last lies in a write-ahead log that cannot be read; the rest is not to be taken for the whole."""


class NewerError(LibraryError):
    """The file was written by a newer version of this program."""


@dataclass(frozen=True, slots=True)
class Schema:
    """The forward migrations of one file; ``user_version`` counts those that were applied."""

    name: str
    migrations: tuple[str, ...]
    durable: bool
    """Whether every transaction reaches the disk before it counts (``synchronous=FULL``)."""


@contextlib.contextmanager
def translated(name: str) -> Generator[None]:
    """Turn SQLite's errors into ours, naming the file called *name*.

    Raises:
        DamagedError: the file is not a database any more.
        LibraryError: anything else (full, read-only, locked, gone); the message says which.
    """
    try:
        yield
    except sqlite3.DatabaseError as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code in _DAMAGED:
            raise DamagedError(f"{name} is damaged ({error})") from error
        reason = {
            sqlite3.SQLITE_FULL: "the disk is full: free some space",
            sqlite3.SQLITE_READONLY: "the data folder is read-only: make it writable",
            sqlite3.SQLITE_CANTOPEN: "the data folder is missing or may not be written",
            sqlite3.SQLITE_IOERR: "the disk does not answer",
        }.get(code, str(error))
        raise LibraryError(f"{name}: {reason}") from error
    except UnicodeDecodeError as error:  # SQLite names what is malformed, and Python cannot read the name
        raise DamagedError(f"{name} is damaged (it holds text that is none)") from error


def connect(path: Path, schema: Schema) -> sqlite3.Connection:
    """Open *path*, create or migrate it, and return the connection (usable from any thread, one at a time).

    A file on a medium that cannot be written is opened for reading alone.

    Raises:
        DamagedError: not a database.
        UnreadError: the medium cannot be written, and the file was not closed in order before that.
        NewerError: its schema is newer than this program.
        LibraryError: it cannot be opened.
    """
    with translated(schema.name):
        connection = sqlite3.connect(path, timeout=BUSY_S, isolation_level=None, check_same_thread=False)
        try:
            try:
                connection.execute("PRAGMA journal_mode=WAL")
                connection.execute(f"PRAGMA synchronous={'FULL' if schema.durable else 'NORMAL'}")
                _migrate(connection, schema)
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF not in {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN} or not path.exists():
                    raise
                connection.close()
                _refuse_unread(path, schema)
                connection = sqlite3.connect(
                    f"{path.absolute().as_uri()}?mode=ro&immutable=1",
                    uri=True,
                    isolation_level=None,
                    check_same_thread=False,
                )
                _refuse_newer(connection, schema)
            connection.execute("PRAGMA secure_delete=ON")  # what was withdrawn is not left in free pages
            connection.execute("PRAGMA temp_store=MEMORY")
            connection.execute("PRAGMA cache_size=-4000")
        except BaseException:
            connection.close()
            raise
    return connection


@contextlib.contextmanager
def transaction(connection: sqlite3.Connection, name: str) -> Generator[None]:
    """Run the block as one write transaction on the file called *name*, all or nothing.

    Raises:
        LibraryError: it could not be committed; nothing of it happened.
    """
    with translated(name):
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            connection.execute("COMMIT")
        except BaseException:
            with contextlib.suppress(sqlite3.Error):  # the first error says more
                connection.execute("ROLLBACK")
            raise


def check_sound(connection: sqlite3.Connection, name: str) -> None:
    """Read through the file called *name*, so that damage shows at start and not when something is changed.

    Raises:
        DamagedError: it is damaged.
        LibraryError: it cannot be read.
    """
    with translated(name):
        (verdict,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if verdict != "ok":
        raise DamagedError(f"{name} is damaged ({verdict})")


def data_version(connection: sqlite3.Connection) -> int:
    """Return a number that moves whenever another connection has committed to the file."""
    (version,) = connection.execute("PRAGMA data_version").fetchone()
    return version


def parts(values: Iterable[T]) -> Iterator[tuple[list[T], str]]:
    """Yield *values* in parts that one query can hold, each with its question marks."""
    remaining = iter(values)
    while part := list(islice(remaining, PART)):
        yield part, ",".join("?" * len(part))


def cut_log(connection: sqlite3.Connection, name: str) -> bool:
    """Cut the write-ahead log of the file called *name* to nothing; False when a reader still needs it: try again later.

    What was overwritten in the file still stands in the log until then.
    """
    with translated(name):
        busy, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    return not busy


def _refuse_unread(path: Path, schema: Schema) -> None:
    """Refuse a file with a log beside it: opened as it is, it would be as it was before the last withdrawals."""
    log = path.with_name(f"{path.name}-wal")
    if log.exists() and log.stat().st_size:
        raise UnreadError(f"{schema.name}: the data folder is read-only and its last changes cannot be read: make it writable")


def _refuse_newer(connection: sqlite3.Connection, schema: Schema) -> int:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > len(schema.migrations):
        known = len(schema.migrations)
        raise NewerError(
            f"{schema.name} was written by a newer version of this program (schema {version}, this one knows {known}): update it",
        )
    return version


def _migrate(connection: sqlite3.Connection, schema: Schema) -> None:
    if _refuse_newer(connection, schema) == len(schema.migrations):
        # A truncated file still has its header: touch the schema so that damage shows now and not on the wall.
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        version = _refuse_newer(connection, schema)  # another process may have been faster
        for script in schema.migrations[version:]:
            for statement in script.split(";"):
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version={len(schema.migrations)}")
        connection.execute("COMMIT")
    except BaseException:
        with contextlib.suppress(sqlite3.Error):
            connection.execute("ROLLBACK")
        raise
