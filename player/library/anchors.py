"""What a signed source hangs on: its pinned root, the highest versions ever believed, and the newest signed time.

Kept with the withdrawals, because whoever could take these back could take those back as well.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from player.library.database import transaction, translated
from player.units import Nanos

NAME: Final = "orders.sqlite"

ANCHOR_TABLES: Final = """
CREATE TABLE roots(
    source TEXT PRIMARY KEY, root BLOB NOT NULL, version INTEGER NOT NULL, at INTEGER NOT NULL, by TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE versions(
    source TEXT NOT NULL, role TEXT NOT NULL, version INTEGER NOT NULL, PRIMARY KEY(source, role)
) STRICT, WITHOUT ROWID;
CREATE TABLE signed_times(
    source TEXT PRIMARY KEY, signed_at INTEGER NOT NULL, boot TEXT NOT NULL, monotonic INTEGER NOT NULL
) STRICT, WITHOUT ROWID"""


@dataclass(frozen=True, slots=True)
class Root:
    """The pinned beginning of a source's chain of trust."""

    content: bytes
    version: int


@dataclass(frozen=True, slots=True)
class SignedTime:
    """A time that somebody signed, and when we learned it."""

    signed_at: Nanos
    boot: str
    """Of which start of the machine *monotonic* speaks."""
    monotonic: Nanos
    """When it was learned."""


def pin(connection: sqlite3.Connection, source: str, root: Root, *, by: str, at: Nanos) -> None:
    """Make *root* the beginning of what is believed of *source*; marks of an earlier root fall with it."""
    with transaction(connection, NAME):
        connection.execute("DELETE FROM versions WHERE source=?", (source,))
        connection.execute("DELETE FROM signed_times WHERE source=?", (source,))
        connection.execute("INSERT OR REPLACE INTO roots VALUES(?,?,?,?,?)", (source, root.content, root.version, at, by))


def pinned(connection: sqlite3.Connection, source: str) -> Root | None:
    """Return the root pinned for *source*."""
    with translated(NAME):
        row = connection.execute("SELECT root, version FROM roots WHERE source=?", (source,)).fetchone()
    return Root(*row) if row else None


def versions(connection: sqlite3.Connection, source: str) -> dict[str, int]:
    """Return the highest version of each role of *source* that was ever believed."""
    with translated(NAME):
        return dict(connection.execute("SELECT role, version FROM versions WHERE source=?", (source,)).fetchall())


def raise_marks(
    connection: sqlite3.Connection,
    source: str,
    versions_now: Mapping[str, int],
    time: SignedTime | None,
    *,
    root: bytes,
    is_machine_new: bool = False,
) -> bool:
    """Remember *versions_now* and *time* as the highest; neither ever goes down.

    With *is_machine_new* the publishing machine has other keys: what the former ones counted is forgotten first.

    Return False, remembering nothing, when *root*, under which they were reached, is not the pinned one any more: the marks of
    one publisher would lock another out for ever.
    """
    here = pinned(connection, source)
    if here is None or here.content != root:
        return False
    known = versions(connection, source)
    is_old = all(known.get(role, 0) >= version for role, version in versions_now.items())
    if is_old and not is_machine_new and _is_known(connection, source, time):
        return True  # nothing to write, so that an idle poll wakes nobody
    with transaction(connection, NAME):
        if not connection.execute("SELECT 1 FROM roots WHERE source=? AND root=?", (source, root)).fetchone():
            return False
        if is_machine_new:
            connection.execute("DELETE FROM versions WHERE source=? AND role IN ('timestamp', 'snapshot')", (source,))
            connection.execute("DELETE FROM signed_times WHERE source=?", (source,))
        connection.executemany(
            "INSERT INTO versions VALUES(?,?,?) ON CONFLICT DO UPDATE SET version=max(version, excluded.version)",
            [(source, role, version) for role, version in versions_now.items()],
        )
        if time:
            connection.execute(
                "INSERT INTO signed_times VALUES(?,?,?,?) ON CONFLICT DO UPDATE SET signed_at=excluded.signed_at,"
                " boot=excluded.boot, monotonic=excluded.monotonic WHERE excluded.signed_at>signed_at",
                (source, time.signed_at, time.boot, time.monotonic),
            )
    return True


def signed_time(connection: sqlite3.Connection, source: str) -> Nanos | None:
    """Return the newest time that *source* signed."""
    with translated(NAME):
        row = connection.execute("SELECT signed_at FROM signed_times WHERE source=?", (source,)).fetchone()
    return row[0] if row else None


def signed_times(connection: sqlite3.Connection, *, but: Collection[str] = ()) -> list[SignedTime]:
    """Return the newest signed time of every source *but* these."""
    with translated(NAME):
        rows = connection.execute("SELECT source, signed_at, boot, monotonic FROM signed_times").fetchall()
    return [SignedTime(*row) for source, *row in rows if source not in but]


def _is_known(connection: sqlite3.Connection, source: str, time: SignedTime | None) -> bool:
    known = signed_time(connection, source)
    return time is None or (known is not None and known >= time.signed_at)
