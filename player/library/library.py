"""The two files and the folder, opened together: whether they belong to each other, and what is lost."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Callable, Generator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from player.clock import SystemClock
from player.errors import LibraryError, OrdersLostError
from player.library.database import DamagedError, UnreadError, check_sound, connect, data_version, transaction, translated
from player.library.files import FileStore
from player.library.orders import ORDERS, Orders
from player.library.schema import LIBRARY
from player.library.tombstones import Record
from player.library.turns import wait_for
from player.units import MILLISECOND, SECOND, Nanos

PATIENCE: Final[Nanos] = 10 * SECOND  # opening takes milliseconds; a look through all of a damaged library some seconds

SMALL_CACHE_KB: Final = 256  # of each file; opening has read through one, and kept up to 4 MB of it

_PICTURES: Final = "pictures"


@dataclass(slots=True)
class Library:
    """What one process holds open of the data folder."""

    folder: Path
    connection: sqlite3.Connection
    """On `library.sqlite`."""
    files: FileStore
    held_orders: Orders | None
    lost: str
    """Why the withdrawals cannot be read; empty when they can."""
    was_set_aside: str
    """Where a damaged library was put; empty when it was sound."""

    @property
    def orders(self) -> Orders:
        """The orders.

        Raises:
            OrdersLostError: they cannot be read; only the core set and the plate may be shown.
        """
        if self.held_orders is None:
            raise OrdersLostError(self.lost)
        return self.held_orders

    def versions(self) -> tuple[int, int]:
        """Return two numbers that move when another process has written to either file; costs microseconds."""
        with translated("the library"):
            orders = data_version(self.held_orders.connection) if self.held_orders else 0
            return data_version(self.connection), orders

    def wait_no_longer_than(self, patience: Nanos) -> None:
        """Wait no longer than *patience* for others who are writing."""
        with translated("the library"):
            for connection in (self.connection, *([self.held_orders.connection] if self.held_orders else [])):
                connection.execute(f"PRAGMA busy_timeout={patience // MILLISECOND}")

    def keep_little(self) -> None:
        """Keep few pages in memory from now on: for whoever looks at a few rows, in a process that is to be small."""
        with translated("the library"):
            for connection in (self.connection, *([self.held_orders.connection] if self.held_orders else [])):
                connection.execute(f"PRAGMA cache_size=-{SMALL_CACHE_KB}")
                connection.execute("PRAGMA shrink_memory")

    def only_read(self) -> None:
        """Refuse every change from now on: for whoever only looks."""
        with translated("the library"):
            for connection in (self.connection, *([self.held_orders.connection] if self.held_orders else [])):
                connection.execute("PRAGMA query_only=ON")

    def close(self) -> None:
        """Close both files."""
        self.connection.close()
        if self.held_orders:
            self.held_orders.connection.close()


def open_library(folder: Path, *, writer: str, patience: Nanos = PATIENCE) -> Library:
    """Open the data folder, making what is missing; *writer* names this process in the journal.

    Others may be opening it at the same time: they are waited for, but no longer than *patience*.

    A damaged `library.sqlite` is set aside with its date and started anew. Damaged or vanished orders are left as they
    are: the library then says `lost`.

    Raises:
        LibraryError: the folder cannot be made or opened, was written by a newer version, or somebody else is at it for too long.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise LibraryError(f"the data folder {folder} cannot be made: {error.strerror}") from error
    with _one_at_a_time(folder, patience):
        aside = ""
        path = folder / LIBRARY.name
        try:
            connection = connect(path, LIBRARY)
        except DamagedError:
            aside = set_aside(path)
            connection = connect(path, LIBRARY)
        try:
            orders, lost = _open_orders(folder, connection, writer, aside)
        except BaseException:
            connection.close()
            raise
    if orders and not is_writable(folder):
        # Withdrawals can be read, but none can be recorded any more: whoever cannot hear one must not guess.
        orders.connection.close()
        orders, lost = None, f"{folder} may not be written, so no withdrawal could be recorded: make it writable"
    return Library(folder, connection, FileStore(folder / _PICTURES), orders, lost, aside)


def is_writable(folder: Path) -> bool:
    """Whether this process may write in *folder*: not on a medium that went read-only, as a failing memory card does."""
    return os.access(folder, os.W_OK)


def accept_loss(folder: Path, *, writer: str, by: str, now: int) -> str:
    """Start new orders where the old ones are lost, because a person said so; return where the old file lies now.

    Raises:
        LibraryError: nothing is lost, or the folder cannot be used.
    """
    library = open_library(folder, writer=writer)
    try:
        if not library.lost:
            raise LibraryError("nothing is lost: the withdrawals can be read")
        with _one_at_a_time(folder):
            path = folder / ORDERS.name
            aside = set_aside(path) if path.exists() else ""
            orders = Orders(connect(path, ORDERS), writer=writer)
        with contextlib.closing(orders.connection):
            orders.note("loss accepted", {"by": by, "reason": library.lost, "aside": aside}, at=now)
            _rescue(library.connection, orders, now)
            _bind(library.connection, orders.identity())
    finally:
        library.close()
    return aside


def mend(folder: Path) -> str:
    """Set `library.sqlite` aside when a look through all of it finds damage; return its new name, else nothing.

    Damage deep inside shows only when that part is read: whoever meets it calls this, and opens the library anew.

    Raises:
        LibraryError: the folder cannot be used.
    """
    path = folder / LIBRARY.name
    with _one_at_a_time(folder):
        try:
            with contextlib.closing(connect(path, LIBRARY)) as connection, translated(LIBRARY.name):
                (verdict,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
        except DamagedError as error:
            verdict = str(error)
        return "" if verdict == "ok" else set_aside(path)


def set_aside(path: Path) -> str:
    """Rename a damaged file and its companions, with the date it was last written; return the new name.

    Raises:
        LibraryError: the folder refuses.
    """
    try:
        stamp = f"{datetime.fromtimestamp(path.stat().st_mtime, UTC):%Y%m%dT%H%M%SZ}"
        number = 0
        while (target := path.with_name(f"{path.name}.damaged-{stamp}{f'-{number}' if number else ''}")).exists():
            number += 1
        path.rename(target)
        for suffix in ("-wal", "-shm"):
            companion = path.with_name(path.name + suffix)
            if companion.exists():
                companion.rename(target.with_name(target.name + suffix))
    except OSError as error:
        raise LibraryError(f"{path.name} is damaged and cannot be set aside: {error.strerror}") from error
    return target.name


def identities(folder: Path) -> tuple[tuple[int, int], ...] | None:
    """Return device and inode of both files and their logs as they are in the folder now, and whether it may be written.

    None: a file is gone.

    A deleted file stays readable through an open handle, for ever deaf: compare once a second.
    """
    try:
        stats = [os.stat(f"{folder}/{name}") for name in (LIBRARY.name, ORDERS.name)]  # noqa: PTH116 - called every second
    except OSError:
        return None
    logs = (_inode(f"{folder}/{name}-shm") for name in (LIBRARY.name, ORDERS.name))
    return (*((stat.st_dev, stat.st_ino) for stat in stats), *((0, inode) for inode in logs), (0, int(is_writable(folder))))


def _inode(path: str) -> int:
    """Return the inode of a file that is there while the one that it belongs to is open somewhere; 0: it is not there."""
    try:
        return os.stat(path).st_ino  # noqa: PTH116 - called every second
    except OSError:
        return 0


def _open_orders(folder: Path, library: sqlite3.Connection, writer: str, aside: str) -> tuple[Orders | None, str]:
    path = folder / ORDERS.name
    with translated(LIBRARY.name):
        row = library.execute("SELECT value FROM meta WHERE key='orders'").fetchone()
    expected: str | None = row[0] if row else None
    if (expected or aside) and not path.exists():  # a library that was set aside had orders, too
        return None, f"{ORDERS.name} is gone from {folder}"
    try:
        orders = Orders(connect(path, ORDERS), writer=writer)
    except (DamagedError, UnreadError) as error:
        return None, str(error)
    identity = _reading(orders, orders.identity)
    if isinstance(identity, DamagedError):
        return None, str(identity)
    if expected and expected != identity:
        orders.connection.close()
        return None, f"{ORDERS.name} in {folder} is not the one this library worked with"
    if not expected:
        with contextlib.suppress(LibraryError):  # a read-only folder keeps no binding and needs none
            _bind(library, identity)
    return orders, ""


def _reading(orders: Orders, read: Callable[[], str]) -> str | DamagedError:
    """Read through every table that matters, so that damage shows at start and not at the next withdrawal."""
    try:
        identity = read()
        check_sound(orders.connection, ORDERS.name)
    except BaseException as error:
        orders.connection.close()
        if isinstance(error, DamagedError):
            return error
        raise
    return identity


def _rescue(library: sqlite3.Connection, orders: Orders, now: int) -> None:
    """Write down anew the withdrawals that the library remembers: fewer are lost, and none of these comes back."""
    with translated(LIBRARY.name):
        rows = library.execute("SELECT source, item, reason, sha256, stand_in FROM photos WHERE state='withdrawn'").fetchall()
    records = [
        Record(source=source, item=item, reason=reason, digests=frozenset(filter(None, known)))
        for source, item, reason, *known in rows
    ]
    orders.withdraw_all(records, known_at=now)


def _bind(library: sqlite3.Connection, identity: str) -> None:
    with transaction(library, LIBRARY.name):
        library.execute(
            "INSERT INTO meta VALUES('orders', ?) ON CONFLICT(key) DO UPDATE SET value=excluded.value",
            (identity,),
        )


@contextlib.contextmanager
def _one_at_a_time(folder: Path, patience: Nanos = PATIENCE) -> Generator[None]:
    """Let one process at a time open, mend or bind the files; a folder that cannot be written needs no turn."""
    try:
        lock = (folder / ".opening").open("wb")
    except OSError:
        yield
        return
    with lock:
        wait_for(lock, what=str(folder), clock=SystemClock(), patience=patience)  # never for ever, the screen least of all
        yield
