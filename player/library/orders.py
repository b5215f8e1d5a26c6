"""What must never be lost: withdrawals, high-water marks, commands and the journal.

Every change is its own durable transaction. Nobody keeps one open.
"""

from __future__ import annotations

import json
import sqlite3
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from player.library import journal
from player.library.database import Schema, transaction, translated
from player.units import Nanos

ORDERS: Final = Schema(
    name="orders.sqlite",
    durable=True,
    migrations=(
        f"""
CREATE TABLE identity(id TEXT NOT NULL) STRICT;
CREATE TABLE tombstones(
    source TEXT NOT NULL, item TEXT NOT NULL, sha256 TEXT, phash TEXT, reason TEXT NOT NULL,
    at INTEGER, known_at INTEGER NOT NULL,
    PRIMARY KEY(source, item)
) STRICT, WITHOUT ROWID;
CREATE INDEX tombstones_by_bytes ON tombstones(sha256) WHERE sha256 IS NOT NULL;
CREATE TABLE marks(source TEXT PRIMARY KEY, sequence INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE commands(
    id INTEGER PRIMARY KEY AUTOINCREMENT, addressee TEXT NOT NULL, verb TEXT NOT NULL, arguments TEXT NOT NULL,
    by TEXT NOT NULL, at INTEGER NOT NULL, done_at INTEGER, result TEXT
) STRICT;
CREATE INDEX commands_open ON commands(addressee, id) WHERE done_at IS NULL;
{journal.JOURNAL_TABLE}""",
    ),
)
_CHUNK: Final = 500  # names per query, under SQLite's oldest limit of 999 variables


@dataclass(frozen=True, slots=True)
class Tombstone:
    """A withdrawal that was recorded, for ever."""

    source: str
    item: str
    sha256: str | None
    """Of the original bytes, where known: refused from every source."""
    reason: str


@dataclass(frozen=True, slots=True)
class Command:
    """An order from a person to a process; *done* says what became of it."""

    id: int
    verb: str
    arguments: dict[str, str]
    by: str
    at: Nanos


class Orders:
    """The open orders file of one process, which writes the journal as *writer*."""

    def __init__(self, connection: sqlite3.Connection, *, writer: str) -> None:
        self.connection = connection
        self._writer = writer

    def identity(self) -> str:
        """Return the name this file was born with, giving it one when it is new."""
        with translated(ORDERS.name):
            row = self.connection.execute("SELECT id FROM identity").fetchone()
        if row:
            return row[0]
        with transaction(self.connection, ORDERS.name):
            self.connection.execute(
                "INSERT INTO identity SELECT ? WHERE NOT EXISTS (SELECT 1 FROM identity)",
                (uuid.uuid4().hex,),
            )
        return self.identity()

    def withdraw(self, tombstone: Tombstone, *, phash: str | None, at: Nanos | None, known_at: Nanos) -> bool:
        """Record a withdrawal with its line in the journal; return whether it is new.

        A tombstone that did not know the bytes learns them when they become known.
        """
        t = tombstone
        with transaction(self.connection, ORDERS.name):
            known = self.connection.execute(
                "SELECT sha256 FROM tombstones WHERE source=? AND item=?",
                (t.source, t.item),
            ).fetchone()
            if known and (known[0] or not t.sha256):
                return False
            self.connection.execute(
                "INSERT INTO tombstones VALUES(?,?,?,?,?,?,?) ON CONFLICT(source, item) DO UPDATE SET sha256=excluded.sha256,"
                " phash=coalesce(excluded.phash, phash)",
                (t.source, t.item, t.sha256, phash, t.reason, at, known_at),
            )
            if not known:
                what: dict[str, object] = {"source": t.source, "item": t.item, "sha256": t.sha256, "reason": t.reason, "at": at}
                journal.append(self.connection, writer=self._writer, kind="withdrawn", what=what, at=known_at)
        return not known

    def withdrawn_items(self, source: str, items: Iterable[str]) -> dict[str, str]:
        """Return reason by item for those of *items* that are withdrawn in *source*."""
        found: dict[str, str] = {}
        wanted = list(items)
        with translated(ORDERS.name):
            for i in range(0, len(wanted), _CHUNK):
                part = wanted[i : i + _CHUNK]
                marks = ",".join("?" * len(part))
                found |= dict(
                    self.connection.execute(
                        f"SELECT item, reason FROM tombstones WHERE source=? AND item IN ({marks})",
                        (source, *part),
                    ).fetchall(),
                )
        return found

    def withdrawn_bytes(self, digests: Iterable[str]) -> dict[str, str]:
        """Return reason by SHA-256 for those of *digests* that were withdrawn in any source."""
        found: dict[str, str] = {}
        wanted = list(digests)
        with translated(ORDERS.name):
            for i in range(0, len(wanted), _CHUNK):
                part = wanted[i : i + _CHUNK]
                marks = ",".join("?" * len(part))
                found |= dict(
                    self.connection.execute(
                        f"SELECT sha256, reason FROM tombstones WHERE sha256 IN ({marks})",
                        part,
                    ).fetchall(),
                )
        return found

    def tombstones(self) -> list[Tombstone]:
        """Return every withdrawal there is."""
        with translated(ORDERS.name):
            rows = self.connection.execute("SELECT source, item, sha256, reason FROM tombstones").fetchall()
        return [Tombstone(*row) for row in rows]

    def sequence(self, source: str) -> int | None:
        """Return the highest sequence that *source* ever stated."""
        with translated(ORDERS.name):
            row = self.connection.execute("SELECT sequence FROM marks WHERE source=?", (source,)).fetchone()
        return row[0] if row else None

    def raise_sequence(self, source: str, sequence: int) -> None:
        """Remember *sequence* as the highest; it never goes down."""
        if sequence > (self.sequence(source) or -1):
            with transaction(self.connection, ORDERS.name):
                self.connection.execute(
                    "INSERT INTO marks VALUES(?,?) ON CONFLICT(source) DO UPDATE SET sequence=max(sequence, excluded.sequence)",
                    (source, sequence),
                )

    def note(self, kind: str, what: dict[str, object], *, at: Nanos) -> None:
        """Write a line in the journal."""
        with transaction(self.connection, ORDERS.name):
            journal.append(self.connection, writer=self._writer, kind=kind, what=what, at=at)

    def post(self, addressee: str, verb: str, arguments: dict[str, str], *, by: str, at: Nanos) -> int:
        """Leave a command for the process called *addressee*; return its number."""
        with transaction(self.connection, ORDERS.name):
            cursor = self.connection.execute(
                "INSERT INTO commands(addressee, verb, arguments, by, at) VALUES(?,?,?,?,?)",
                (addressee, verb, json.dumps(arguments), by, at),
            )
        return cursor.lastrowid or 0

    def waiting(self, addressee: str) -> tuple[Command, ...]:
        """Return the unanswered commands for *addressee*, oldest first."""
        with translated(ORDERS.name):
            rows = self.connection.execute(
                "SELECT id, verb, arguments, by, at FROM commands WHERE addressee=? AND done_at IS NULL ORDER BY id",
                (addressee,),
            ).fetchall()
        return tuple(Command(i, verb, json.loads(arguments), by, at) for i, verb, arguments, by, at in rows)

    def answer(self, command: int, result: str, *, at: Nanos) -> None:
        """Say what became of a command."""
        with transaction(self.connection, ORDERS.name):
            self.connection.execute("UPDATE commands SET done_at=?, result=? WHERE id=?", (at, result, command))

    def result(self, command: int) -> str | None:
        """Return what became of a command, None while it waits."""
        with translated(ORDERS.name):
            row = self.connection.execute("SELECT result FROM commands WHERE id=?", (command,)).fetchone()
        return row[0] if row else None
