"""The two files and the folder, opened together: whether they belong to each other, and what is lost."""

from __future__ import annotations

import contextlib
import fcntl
import os
import sqlite3
from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from player.errors import LibraryError, OrdersLostError
from player.library.database import DamagedError, connect, data_version, transaction, translated
from player.library.files import FileStore
from player.library.orders import ORDERS, Orders
from player.library.schema import LIBRARY

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

    def close(self) -> None:
        """Close both files."""
        self.connection.close()
        if self.held_orders:
            self.held_orders.connection.close()


def open_library(folder: Path, *, writer: str) -> Library:
    """Open the data folder, making what is missing; *writer* names this process in the journal.

    A damaged `library.sqlite` is set aside with its date and started anew. Damaged or vanished orders are left as they
    are: the library then says `lost`.

    Raises:
        LibraryError: the folder cannot be made or opened, or was written by a newer version.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise LibraryError(f"the data folder {folder} cannot be made: {error.strerror}") from error
    with _one_at_a_time(folder):
        aside = ""
        path = folder / LIBRARY.name
        try:
            connection = connect(path, LIBRARY)
        except DamagedError:
            aside = set_aside(path)
            connection = connect(path, LIBRARY)
        try:
            orders, lost = _open_orders(folder, connection, writer)
        except BaseException:
            connection.close()
            raise
    return Library(folder, connection, FileStore(folder / _PICTURES), orders, lost, aside)


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
            _bind(library.connection, orders.identity())
        orders.note("loss accepted", {"by": by, "reason": library.lost, "aside": aside}, at=now)
        orders.connection.close()
    finally:
        library.close()
    return aside


def set_aside(path: Path) -> str:
    """Rename a damaged file and its companions, with the date it was last written; return the new name."""
    stamp = int(path.stat().st_mtime)
    number = 0
    while (target := path.with_name(f"{path.name}.damaged-{stamp}{f'-{number}' if number else ''}")).exists():
        number += 1
    path.rename(target)
    for suffix in ("-wal", "-shm"):
        companion = path.with_name(path.name + suffix)
        if companion.exists():
            companion.rename(target.with_name(target.name + suffix))
    return target.name


def identities(folder: Path) -> tuple[tuple[int, int], ...] | None:
    """Return device and inode of both files as they are in the folder now; None when one is missing.

    A deleted file stays readable through an open handle, for ever deaf: compare once a second.
    """
    try:
        stats = [os.stat(folder / name) for name in (LIBRARY.name, ORDERS.name)]  # noqa: PTH116 - called every second
    except OSError:
        return None
    return tuple((stat.st_dev, stat.st_ino) for stat in stats)


def _open_orders(folder: Path, library: sqlite3.Connection, writer: str) -> tuple[Orders | None, str]:
    path = folder / ORDERS.name
    with translated(LIBRARY.name):
        row = library.execute("SELECT value FROM meta WHERE key='orders'").fetchone()
    expected: str | None = row[0] if row else None
    if expected and not path.exists():
        return None, f"{ORDERS.name} is gone from {folder}"
    try:
        orders = Orders(connect(path, ORDERS), writer=writer)
    except DamagedError as error:
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
        with translated(ORDERS.name):
            (verdict,) = orders.connection.execute("PRAGMA quick_check(1)").fetchone()
        if verdict != "ok":
            orders.connection.close()
            return DamagedError(f"{ORDERS.name} is damaged ({verdict})")
    except DamagedError as error:
        orders.connection.close()
        return error
    return identity


def _bind(library: sqlite3.Connection, identity: str) -> None:
    with transaction(library, LIBRARY.name):
        library.execute(
            "INSERT INTO meta VALUES('orders', ?) ON CONFLICT(key) DO UPDATE SET value=excluded.value",
            (identity,),
        )


@contextlib.contextmanager
def _one_at_a_time(folder: Path) -> Generator[None]:
    """Let one process at a time open, mend or bind the files; a folder that cannot be written needs no turn."""
    try:
        lock = (folder / ".opening").open("wb")
    except OSError:
        yield
        return
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
