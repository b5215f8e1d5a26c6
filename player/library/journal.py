"""The journal: append-only lines, one hash chain per writer, so that a changed or missing line shows.

The head of each chain is kept beside the lines, so that missing last lines show as well. Whoever could rewrite lines and heads
alike is found out by a head that was written down elsewhere: `weremember journal verify` prints them.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from player.library.database import translated
from player.units import Nanos

NAME: Final = "orders.sqlite"
FIRST: Final = "0" * 64  # what the first line of a chain follows

JOURNAL_TABLE: Final = """
CREATE TABLE journal(
    writer TEXT NOT NULL, seq INTEGER NOT NULL, at INTEGER NOT NULL, kind TEXT NOT NULL, what TEXT NOT NULL,
    prev TEXT NOT NULL, hash TEXT NOT NULL, PRIMARY KEY(writer, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX journal_by_time ON journal(at)"""

HEADS_TABLE: Final = """
CREATE TABLE heads(writer TEXT PRIMARY KEY, seq INTEGER NOT NULL, hash TEXT NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO heads SELECT writer, seq, hash FROM journal j WHERE seq=(SELECT max(seq) FROM journal WHERE writer=j.writer)"""
"""Version 2; before it, missing last lines did not show."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line as it was written."""

    writer: str
    number: int
    at: Nanos
    kind: str
    what: dict[str, object]


@dataclass(frozen=True, slots=True)
class Head:
    """The last line of a writer's chain."""

    number: int
    hash: str


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a chain, and where."""

    writer: str
    number: int
    what: str
    """changed, missing, out of order, or tail missing."""


@dataclass(frozen=True, slots=True)
class Verified:
    """What reading through the whole journal came to."""

    lines: int
    heads: Mapping[str, Head] = field(default_factory=dict[str, Head])
    """By writer."""
    fault: Fault | None = None
    """The first one."""


def append(connection: sqlite3.Connection, *, writer: str, kind: str, what: dict[str, object], at: Nanos) -> None:
    """Add a line to *writer*'s chain, inside the caller's transaction.

    The hash covers the previous line's hash, writer, number, time, kind and content, as one canonical JSON list. A chain goes on
    from its head, not from its last line: what is missing stays missing.
    """
    head = connection.execute("SELECT seq, hash FROM heads WHERE writer=?", (writer,)).fetchone()
    seq, prev = (head[0] + 1, head[1]) if head else (1, FIRST)
    text = json.dumps(what, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    digest = line_hash(prev, writer, seq, at, kind, text)
    connection.execute("INSERT INTO journal VALUES(?,?,?,?,?,?,?)", (writer, seq, at, kind, text, prev, digest))
    connection.execute(
        "INSERT INTO heads VALUES(?,?,?) ON CONFLICT(writer) DO UPDATE SET seq=excluded.seq, hash=excluded.hash",
        (writer, seq, digest),
    )


def line_hash(prev: str, writer: str, seq: int, at: Nanos, kind: str, what: str) -> str:  # noqa: PLR0917 - the line itself, in its order
    """Return the SHA-256 that binds a line to the one before it, as hexadecimal digits."""
    canonical = json.dumps([prev, writer, seq, at, kind, what], ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode("ascii")).hexdigest()


def verify(connection: sqlite3.Connection) -> Verified:
    """Read through every chain; stop at the first line that is not what it was, or not there."""
    with translated(NAME):
        # Lines and heads as they were at one moment: whoever writes meanwhile would look like a head without its line.
        connection.execute("BEGIN")
        try:
            return _verified(connection)
        finally:
            connection.execute("ROLLBACK")


def _verified(connection: sqlite3.Connection) -> Verified:
    lines = 0
    reached: dict[str, Head] = {}
    for writer, seq, at, kind, what, stated, digest in connection.execute(
        "SELECT writer, seq, at, kind, what, prev, hash FROM journal ORDER BY writer, seq",
    ):
        before = reached.get(writer, Head(0, FIRST))
        fault = ""
        if seq != before.number + 1:
            return Verified(lines, reached, Fault(writer, before.number + 1, "missing"))
        if digest != line_hash(stated, writer, seq, at, kind, what):
            fault = "changed"
        elif stated != before.hash:
            fault = "out of order"
        if fault:
            return Verified(lines, reached, Fault(writer, seq, fault))
        reached[writer] = Head(seq, digest)
        lines += 1
    kept = {writer: Head(seq, digest) for writer, seq, digest in connection.execute("SELECT writer, seq, hash FROM heads")}
    return Verified(lines, reached, _fault_of_heads(reached, kept))


def lines(connection: sqlite3.Connection, *, since: Nanos | None = None, kind: str | None = None) -> Iterator[Line]:
    """Yield the lines of all writers in the order of their times; those from *since* on and of one *kind*, if given."""
    with translated(NAME):
        rows = connection.execute(
            "SELECT writer, seq, at, kind, what FROM journal WHERE at>=? AND (? IS NULL OR kind=?) ORDER BY at, writer, seq",
            (-(2**63) if since is None else since, kind, kind),
        )
        for writer, seq, at, name, what in rows:
            yield Line(writer, seq, at, name, json.loads(what))


def _fault_of_heads(reached: Mapping[str, Head], kept: Mapping[str, Head]) -> Fault | None:
    for writer in sorted(reached.keys() | kept.keys()):
        last, head = reached.get(writer, Head(0, FIRST)), kept.get(writer, Head(0, FIRST))
        if head.number > last.number:
            return Fault(writer, last.number + 1, "tail missing")
        if head != last:
            return Fault(writer, last.number, "changed")
    return None
