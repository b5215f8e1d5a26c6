"""The journal: append-only lines, one hash chain per writer, so that a changed or missing line shows."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from typing import Final

from player.units import Nanos

FIRST: Final = "0" * 64  # what the first line of a chain follows

JOURNAL_TABLE: Final = """
CREATE TABLE journal(
    writer TEXT NOT NULL, seq INTEGER NOT NULL, at INTEGER NOT NULL, kind TEXT NOT NULL, what TEXT NOT NULL,
    prev TEXT NOT NULL, hash TEXT NOT NULL, PRIMARY KEY(writer, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX journal_by_time ON journal(at)"""


def append(connection: sqlite3.Connection, *, writer: str, kind: str, what: dict[str, object], at: Nanos) -> None:
    """Add a line to *writer*'s chain, inside the caller's transaction.

    The hash covers the previous line's hash, writer, number, time, kind and content, as one canonical JSON list.
    """
    last = connection.execute("SELECT seq, hash FROM journal WHERE writer=? ORDER BY seq DESC LIMIT 1", (writer,)).fetchone()
    seq, prev = (last[0] + 1, last[1]) if last else (1, FIRST)
    text = json.dumps(what, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    connection.execute(
        "INSERT INTO journal VALUES(?,?,?,?,?,?,?)",
        (writer, seq, at, kind, text, prev, line_hash(prev, writer, seq, at, kind, text)),
    )


def line_hash(prev: str, writer: str, seq: int, at: Nanos, kind: str, what: str) -> str:  # noqa: PLR0917 - the line itself, in its order
    """Return the SHA-256 that binds a line to the one before it, as hexadecimal digits."""
    canonical = json.dumps([prev, writer, seq, at, kind, what], ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode("ascii")).hexdigest()


def first_broken(connection: sqlite3.Connection) -> tuple[str, int] | None:
    """Return writer and number of the first line that does not follow from the one before it, or None."""
    prev, expected, writer_before = FIRST, 1, ""
    for writer, seq, at, kind, what, stated, digest in connection.execute(
        "SELECT writer, seq, at, kind, what, prev, hash FROM journal ORDER BY writer, seq",
    ):
        if writer != writer_before:
            prev, expected, writer_before = FIRST, 1, writer
        if seq != expected or stated != prev or digest != line_hash(prev, writer, seq, at, kind, what):
            return writer, seq
        prev, expected = digest, seq + 1
    return None
