"""The file of the people, `console.sqlite`: for its owner's eyes from its first byte, and opened anew when it is another one.

Damaged, it is set aside with its date, and people begin again by a one-time code: nobody is locked out by it, or comes in.
Whoever deletes it while the console runs does the same by hand.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import threading
from collections.abc import Generator
from pathlib import Path
from typing import Final

from player import log
from player.clock import Clock, boot
from player.errors import LibraryError
from player.library.database import DamagedError, Schema, check_sound, connect, transaction, translated
from player.library.library import set_aside
from player.library.turns import wait_for
from player.units import SECOND, Nanos

FILE: Final = "console.sqlite"
MODE: Final = 0o600
PATIENCE: Final[Nanos] = 5 * SECOND  # opening takes milliseconds; another process may be setting a damaged file aside

PEOPLE: Final = Schema(
    FILE,
    (
        """
        CREATE TABLE users(
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            key TEXT NOT NULL UNIQUE,
            name TEXT NOT NULL,
            role TEXT NOT NULL CHECK(role IN ('viewer', 'operator', 'reviewer', 'admin')),
            hash TEXT NOT NULL,
            generation INTEGER NOT NULL,
            added_at INTEGER NOT NULL,
            in_at INTEGER
        );
        CREATE TABLE sessions(
            digest BLOB PRIMARY KEY,
            user INTEGER NOT NULL,
            generation INTEGER NOT NULL,
            begun_at INTEGER NOT NULL,
            seen_at INTEGER NOT NULL
        ) WITHOUT ROWID;
        CREATE INDEX sessions_by_user ON sessions(user, seen_at);
        CREATE TABLE codes(one INTEGER PRIMARY KEY CHECK(one=1), digest BLOB NOT NULL, made_at INTEGER NOT NULL)
        """,
        # In whose hands passwords were. Of those from before nobody knows: they are changed, and given anew to whoever reviews.
        """
        ALTER TABLE users ADD COLUMN hands TEXT NOT NULL DEFAULT '';
        ALTER TABLE users ADD COLUMN is_lent INTEGER NOT NULL DEFAULT 1
        """,
        # A machine without a battery wakes at the same hour again and again: in another start of it an old session is not young.
        "ALTER TABLE sessions ADD COLUMN boot TEXT NOT NULL DEFAULT ''",
    ),
    durable=True,
)
"""A session counts while its generation is its user's: a new password or role makes another, and all before it end at once."""
_TABLES: Final = (
    "SELECT id, key, name, role, hands, is_lent, hash, generation, added_at, in_at FROM users",
    "SELECT digest, user, generation, begun_at, seen_at, boot FROM sessions",
    "SELECT digest, made_at FROM codes",
)

_log = log.get("console")


class Store:
    """The file, opened when it is first needed. Safe to use from every thread, one at a time."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._folder = folder
        self._path = folder / FILE
        self._clock = clock
        self._lock = threading.RLock()
        self._connection: sqlite3.Connection | None = None
        self._identity: tuple[int, int] | None = None
        self.boot = boot()
        """Which start of the machine this is: sessions of another one count no more."""
        self.opened = 0
        """How many files were opened so far: a number that moves when people may have to begin again."""

    @contextlib.contextmanager
    def reading(self) -> Generator[sqlite3.Connection]:
        """Give the connection to the block, to read.

        Raises:
            LibraryError: the file cannot be used, was written by a newer version, or was damaged and set aside just now.
        """
        with self._lock, self._minded() as connection, translated(FILE):
            yield connection

    @contextlib.contextmanager
    def changing(self) -> Generator[sqlite3.Connection]:
        """Give the connection to the block, as one transaction.

        Raises:
            LibraryError: as when reading, or it could not be written; nothing of it happened.
        """
        with self._lock, self._minded() as connection, transaction(connection, FILE):
            yield connection

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
            self._connection = None

    @contextlib.contextmanager
    def _minded(self) -> Generator[sqlite3.Connection]:
        if self._connection is None or _identity(self._path) != self._identity:
            self.close()
            with _one_at_a_time(self._folder, self._clock):
                self._connection = self._opened()
                self._identity = _identity(self._path)
            self.opened += 1
        try:
            yield self._connection
        except DamagedError:
            # Deep inside, where opening did not look.
            self.close()
            with _one_at_a_time(self._folder, self._clock):
                if _identity(self._path) == self._identity:  # else another process was faster
                    _put_aside(self._path)
            raise

    def _opened(self) -> sqlite3.Connection:
        try:
            return _sound(self._path)
        except DamagedError:
            _put_aside(self._path)
            return _sound(self._path)


def _put_aside(path: Path) -> None:
    _log.error("who may log in could not be read and begins anew", kept_as=set_aside(path))


def _sound(path: Path) -> sqlite3.Connection:
    """Open *path*, made if there is none, and read through all of it."""
    _make(path)
    connection = connect(path, PEOPLE)
    try:
        check_sound(connection, FILE)
        _read_through(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _read_through(connection: sqlite3.Connection) -> None:
    """Read every row: some hundreds at most, and text that is none shows in no other way."""
    try:
        with translated(FILE):
            for table in _TABLES:
                connection.execute(table).fetchall()
    except LibraryError as error:
        code = getattr(error.__cause__, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
        if code != sqlite3.SQLITE_ERROR:
            raise  # busy, full, gone: no damage
        raise DamagedError(f"{FILE} is damaged, or another program's ({error})") from error


def _make(path: Path) -> None:
    """Make the file before SQLite does, which would let others read it; its companions get the same mode from SQLite."""
    try:
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC | os.O_NOFOLLOW, MODE)
    except FileExistsError:
        with contextlib.suppress(OSError):
            path.chmod(MODE)  # what a copy or a restore has made of it
        return
    except OSError as error:
        raise LibraryError(f"{path} could not be made: {error.strerror}") from error
    try:
        if os.geteuid() == 0:  # who mends it as root must not take it from the player
            about = path.parent.stat()
            os.fchown(descriptor, about.st_uid, about.st_gid)
    finally:
        os.close(descriptor)


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        about = os.stat(path)  # noqa: PTH116 - asked at every request
    except OSError:
        return None
    return about.st_dev, about.st_ino


@contextlib.contextmanager
def _one_at_a_time(folder: Path, clock: Clock) -> Generator[None]:
    """Let one process at a time make the file or set it aside; a folder that cannot be written needs no turn."""
    try:
        lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        raise LibraryError(f"{folder} cannot be opened: {error.strerror}") from error
    try:
        wait_for(lock, what=FILE, clock=clock, patience=PATIENCE)
        yield
    finally:
        os.close(lock)
