"""Reading through the whole journal a part at a time, so that nobody waits for it and it can be left off.

Chains only ever grow: heads are read first, and whatever is written meanwhile lies beyond them.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from player.library.database import translated
from player.library.journal import FIRST, Fault, Head, line_hash
from player.units import Nanos

NAME: Final = "orders.sqlite"
LINES: Final = 2_000  # of one part: some ten milliseconds
MAX_WRITERS: Final = 1_000  # there are six; somebody else's file may have any number
_LAST: Final = 2**63 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far the journal was read."""

    heads: Mapping[str, Head]
    """By writer, as they were at the beginning."""
    reached: Mapping[str, Head]
    lines: int = 0
    fault: Fault | None = None
    """The first one; then nothing more is read."""
    is_done: bool = False


def begin(connection: sqlite3.Connection) -> Progress:
    """Begin to read.

    Raises:
        LibraryError: the orders cannot be read.
    """
    with translated(NAME):
        kept = connection.execute("SELECT writer, seq, hash FROM heads ORDER BY writer").fetchall()
        there = _writers(connection)
    heads = dict.fromkeys(there, Head(0, FIRST)) | {writer: Head(number, digest) for writer, number, digest in kept}
    return Progress(heads=heads, reached={})


def advance(connection: sqlite3.Connection, progress: Progress, lines: int = LINES) -> Progress:
    """Read the next *lines* at most.

    Raises:
        LibraryError: the orders cannot be read.
    """
    writer = next((name for name, head in progress.heads.items() if not _is_through(progress, name, head)), None)
    if writer is None or progress.fault:
        return replace(progress, is_done=True)
    head, before = progress.heads[writer], progress.reached.get(writer, Head(0, FIRST))
    with translated(NAME):
        rows = connection.execute(
            "SELECT seq, at, kind, what, prev, hash FROM journal WHERE writer=? AND seq>? AND seq<=? ORDER BY seq LIMIT ?",
            (writer, before.number, head.number or _LAST, lines),
        ).fetchall()
    for row in rows:
        fault = _fault(writer, before, row)
        if fault:
            return replace(progress, fault=fault, is_done=True)
        before = Head(row[0], row[5])
    return _after(progress, writer, before, read=len(rows), is_end=len(rows) < lines)


def _writers(connection: sqlite3.Connection) -> list[str]:
    """Return who has lines, in order; a step through the index for each."""
    found: list[str] = []
    while len(found) < MAX_WRITERS:
        last = found[-1] if found else ""
        row = connection.execute("SELECT writer FROM journal WHERE writer>? ORDER BY writer LIMIT 1", (last,)).fetchone()
        if row is None:
            break
        found.append(row[0])
    return found


def _after(progress: Progress, writer: str, last: Head, *, read: int, is_end: bool) -> Progress:
    head = progress.heads[writer]
    fault = None
    if is_end and last.number < head.number:
        fault = Fault(writer, last.number + 1, "tail missing")
    elif (is_end or last.number >= head.number) and last != head:
        fault = Fault(writer, last.number, "changed")  # also lines of a writer who has no head
    return replace(
        progress,
        reached={**progress.reached, writer: last},
        lines=progress.lines + read,
        fault=fault,
        is_done=fault is not None,
    )


def _is_through(progress: Progress, writer: str, head: Head) -> bool:
    reached = progress.reached.get(writer)
    return reached is not None and reached.number >= head.number


def _fault(writer: str, before: Head, row: tuple[int, Nanos, str, str, str, str]) -> Fault | None:
    number, at, kind, what, stated, digest = row
    if number != before.number + 1:
        return Fault(writer, before.number + 1, "missing")
    if digest != line_hash(stated, writer, number, at, kind, what):
        return Fault(writer, number, "changed")
    return Fault(writer, number, "out of order") if stated != before.hash else None
