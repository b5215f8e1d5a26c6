"""Withdrawals as rows: what each binds, of which date it is, and whether it was taken back.

A tombstone binds an item of a source, or of every source, and all bytes that the item is known to have had, wherever they come
from. It stands while one of its withdrawals does. Nothing is ever deleted: what was taken back is kept, and binds nothing.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from player.library.database import parts, translated
from player.units import Nanos

NAME: Final = "orders.sqlite"

WILDCARD: Final = "*"
"""As the source of a withdrawal: every source there is, and every one that comes."""

UNDATED: Final = -1
"""The date of a withdrawal without one, as a row."""

TOMBSTONE_TABLES: Final = """
ALTER TABLE tombstones ADD COLUMN lifted_at INTEGER;
CREATE TABLE withdrawals(
    source TEXT NOT NULL, item TEXT NOT NULL, dated INTEGER NOT NULL, known_at INTEGER NOT NULL,
    lifted_at INTEGER, lifted_by TEXT, PRIMARY KEY(source, item, dated)
) STRICT, WITHOUT ROWID;
INSERT INTO withdrawals SELECT source, item, coalesce(at, -1), known_at, NULL, NULL FROM tombstones;
CREATE TABLE bound(
    sha256 TEXT NOT NULL, source TEXT NOT NULL, item TEXT NOT NULL, PRIMARY KEY(sha256, source, item)
) STRICT, WITHOUT ROWID;
CREATE INDEX bound_by_item ON bound(source, item);
INSERT INTO bound SELECT sha256, source, item FROM tombstones WHERE sha256 IS NOT NULL;
DROP INDEX tombstones_by_bytes"""
"""Version 2; before it, a tombstone had one withdrawal and bound one kind of bytes."""


@dataclass(frozen=True, slots=True)
class Tombstone:
    """A withdrawal that binds."""

    source: str
    item: str
    sha256: str | None
    """Of the original bytes, where known: the first that were learned; all are refused from every source."""
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A withdrawal that is to be recorded."""

    source: str
    item: str
    reason: str
    at: Nanos | None = None
    """The date that it states: told again with this date, it is the same one."""
    digests: frozenset[str] = frozenset()
    """SHA-256 of all bytes that the item is known to have had."""
    phash: str | None = None
    by: str = ""
    """Who withdrew it, when that was a person at this player."""
    is_here: bool = False
    """Something of it is here: a receipt will say when it was gone."""


@dataclass(frozen=True, slots=True)
class Bound:
    """What of a tombstone matters when its withdrawal is told again."""

    stands: bool
    reason: str
    dates: Mapping[Nanos, bool]
    """Of each withdrawal (UNDATED for one without a date): whether it was taken back."""
    digests: frozenset[str]

    def is_taken_back(self, at: Nanos | None) -> bool:
        """Whether the withdrawal of this very date was taken back. One without a date counts anew each time."""
        return at is not None and self.dates.get(at, False)

    def has(self, at: Nanos | None, digests: frozenset[str]) -> bool:
        """Whether a withdrawal of this date and these bytes would change nothing."""
        dated = UNDATED if at is None else at
        return self.stands and dated in self.dates and not self.dates[dated] and digests <= self.digests


NOTHING: Final = Bound(stands=False, reason="", dates={}, digests=frozenset())
"""Of an item that nobody ever withdrew."""


def write(connection: sqlite3.Connection, record: Record, known_at: Nanos) -> tuple[bool, bool]:
    """Write *record* inside the caller's transaction; return whether it binds anew, and whether this withdrawal is news."""
    r, dated = record, UNDATED if record.at is None else record.at
    where = (r.source, r.item)
    told = connection.execute(
        "SELECT lifted_at FROM withdrawals WHERE source=? AND item=? AND dated=?", (*where, dated)
    ).fetchone()
    if told and told[0] is not None and r.at is not None:
        return False, False  # taken back: the same one, replayed, counts no more
    before = connection.execute("SELECT lifted_at FROM tombstones WHERE source=? AND item=?", where).fetchone()
    binds_anew = before is None or before[0] is not None
    connection.execute(
        "INSERT INTO withdrawals VALUES(?,?,?,?,NULL,NULL) ON CONFLICT DO UPDATE SET"
        " known_at=CASE WHEN lifted_at IS NULL THEN known_at ELSE excluded.known_at END, lifted_at=NULL, lifted_by=NULL",
        (*where, dated, known_at),
    )
    known = sorted(digest.lower() for digest in r.digests)
    connection.execute(
        "INSERT INTO tombstones VALUES(?,?,?,?,?,?,?,NULL) ON CONFLICT(source, item) DO UPDATE SET"
        " sha256=coalesce(sha256, excluded.sha256), phash=coalesce(excluded.phash, phash),"
        " reason=CASE WHEN lifted_at IS NULL THEN reason ELSE excluded.reason END,"
        " at=CASE WHEN lifted_at IS NULL THEN at ELSE excluded.at END,"
        " known_at=CASE WHEN lifted_at IS NULL THEN known_at ELSE excluded.known_at END, lifted_at=NULL",
        (*where, known[0] if known else None, r.phash, r.reason, r.at, known_at),
    )
    connection.executemany("INSERT OR IGNORE INTO bound VALUES(?,?,?)", [(digest, *where) for digest in known])
    return binds_anew, told is None or told[0] is not None


def take_back(connection: sqlite3.Connection, source: str, item: str, withdrawn_at: Nanos | None, *, by: str, at: Nanos) -> bool:
    """Take back one withdrawal by its date, or all that stand (None), inside the caller's transaction; return whether any was.

    One that is not known yet is taken back as well: when it comes, it counts no more.
    """
    if withdrawn_at is None:
        changed = connection.execute(
            "UPDATE withdrawals SET lifted_at=?, lifted_by=? WHERE source=? AND item=? AND lifted_at IS NULL",
            (at, by, source, item),
        ).rowcount
    else:
        changed = connection.execute(
            "INSERT INTO withdrawals VALUES(?,?,?,?,?,?) ON CONFLICT DO UPDATE SET lifted_at=excluded.lifted_at,"
            " lifted_by=excluded.lifted_by WHERE lifted_at IS NULL",
            (source, item, withdrawn_at, at, at, by),
        ).rowcount
    connection.execute(
        "UPDATE tombstones SET lifted_at=? WHERE source=? AND item=? AND lifted_at IS NULL AND NOT EXISTS"
        " (SELECT 1 FROM withdrawals w WHERE w.source=tombstones.source AND w.item=tombstones.item AND w.lifted_at IS NULL)",
        (at, source, item),
    )
    return changed > 0


def items(connection: sqlite3.Connection, source: str, names: Iterable[str]) -> dict[str, str]:
    """Return reason by item for those of *names* that are withdrawn in *source*, or everywhere."""
    found: dict[str, str] = {}
    with translated(NAME):
        for part, marks in parts(names):
            found |= dict(
                connection.execute(
                    f"SELECT item, reason FROM tombstones WHERE source IN (?, '{WILDCARD}') AND item IN ({marks})"
                    " AND lifted_at IS NULL",
                    (source, *part),
                ).fetchall(),
            )
    return found


def digests(connection: sqlite3.Connection, asked: Iterable[str]) -> dict[str, str]:
    """Return reason by SHA-256 for those of *asked* that were withdrawn in any source."""
    found: dict[str, str] = {}
    with translated(NAME):
        for part, marks in parts(asked):
            found |= dict(
                connection.execute(
                    "SELECT b.sha256, t.reason FROM bound b JOIN tombstones t ON t.source=b.source AND t.item=b.item"
                    f" WHERE b.sha256 IN ({marks}) AND t.lifted_at IS NULL",
                    part,
                ).fetchall(),
            )
    return found


def bound(connection: sqlite3.Connection, source: str, names: Iterable[str]) -> dict[str, Bound]:
    """Return what is recorded of *names* under exactly this *source* (which may be the wildcard)."""
    found: dict[str, Bound] = {}
    with translated(NAME):
        for part, marks in parts(names):
            values, where = (source, *part), f"WHERE source=? AND item IN ({marks})"
            dates: dict[str, dict[Nanos, bool]] = {}
            for item, dated, lifted in connection.execute(f"SELECT item, dated, lifted_at FROM withdrawals {where}", values):
                dates.setdefault(item, {})[dated] = lifted is not None
            held: dict[str, set[str]] = {}
            for item, sha256 in connection.execute(f"SELECT item, sha256 FROM bound {where}", values):
                held.setdefault(item, set()).add(sha256)
            rows = connection.execute(f"SELECT item, reason FROM tombstones {where} AND lifted_at IS NULL", values)
            reasons = dict(rows.fetchall())
            for item, told in dates.items():
                found[item] = Bound(item in reasons, reasons.get(item, ""), told, frozenset(held.get(item, ())))
    return found


def standing(connection: sqlite3.Connection, since: Nanos | None = None) -> list[Tombstone]:
    """Return every withdrawal that binds; only those that became known from *since* on, if given."""
    with translated(NAME):
        rows = connection.execute(
            "SELECT source, item, sha256, reason FROM tombstones WHERE lifted_at IS NULL AND known_at>=?",
            (-(2**63) if since is None else since,),
        ).fetchall()
    return [Tombstone(*row) for row in rows]


def bytes_of(connection: sqlite3.Connection, stones: Iterable[Tombstone]) -> dict[str, str]:
    """Return reason by SHA-256 of all bytes that *stones* bind."""
    found: dict[str, str] = {}
    with translated(NAME):
        for stone in stones:
            rows = connection.execute("SELECT sha256 FROM bound WHERE source=? AND item=?", (stone.source, stone.item))
            found |= {sha256: stone.reason for (sha256,) in rows}
    return found
