"""Receipts: for each withdrawal when it was known, when the wall was without it, and when its last byte was gone.

The screen writes one half, whoever purged the other; the line in the journal is written with the second.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from player.library import journal
from player.library.database import parts, transaction, translated
from player.library.tombstones import WILDCARD
from player.units import MILLISECOND, SECOND, Nanos

NAME: Final = "orders.sqlite"
_SELECT: Final = "SELECT source, item, known_at, off_at, was_up, gone_at FROM receipts"
KIND: Final = "receipt"
"""Of its lines in the journal."""
AT_ONCE: Final = 500  # receipts that one look asks for: the rest at the next one

RECEIPT_TABLE: Final = """
CREATE TABLE receipts(
    source TEXT NOT NULL, item TEXT NOT NULL, known_at INTEGER NOT NULL,
    off_at INTEGER, was_up INTEGER, gone_at INTEGER, PRIMARY KEY(source, item, known_at)
) STRICT, WITHOUT ROWID;
CREATE INDEX receipts_for_screen ON receipts(known_at) WHERE off_at IS NULL;
CREATE INDEX receipts_for_purge ON receipts(known_at) WHERE gone_at IS NULL"""


@dataclass(frozen=True, slots=True)
class Receipt:
    """How far a withdrawal has come."""

    source: str
    item: str
    known_at: Nanos
    off_at: Nanos | None = None
    """When the wall was without it; None: the screen has not answered yet."""
    was_up: bool = False
    """It was on screen then; else the screen had nothing of it."""
    gone_at: Nanos | None = None
    """When the last byte of it was gone; None: not yet."""

    @property
    def key(self) -> tuple[str, str, Nanos]:
        """What names it."""
        return self.source, self.item, self.known_at

    def in_words(self, zone: str = "UTC") -> str:
        """Return `withdrawn p-17 known 12:00:00.120 off screen 12:00:00.131 bytes gone 12:00:00.410`."""
        off = "off screen" if self.was_up else "not on screen"
        return (
            f"withdrawn {self.item} known {_time(self.known_at, zone)} "
            f"{'not answered by a screen yet' if self.off_at is None else f'{off} {_time(self.off_at, zone)}'} "
            f"{'bytes not gone yet' if self.gone_at is None else f'bytes gone {_time(self.gone_at, zone)}'}"
        )


def begin(connection: sqlite3.Connection, source: str, item: str, known_at: Nanos) -> None:
    """Owe a receipt, inside the caller's transaction."""
    connection.execute("INSERT OR IGNORE INTO receipts VALUES(?,?,?,NULL,NULL,NULL)", (source, item, known_at))


def drop(connection: sqlite3.Connection, source: str, item: str) -> None:
    """Owe none any more, for the withdrawal was taken back, inside the caller's transaction."""
    connection.execute("DELETE FROM receipts WHERE source=? AND item=? AND (off_at IS NULL OR gone_at IS NULL)", (source, item))


def for_screen(connection: sqlite3.Connection) -> tuple[Receipt, ...]:
    """Return the withdrawals that the screen has not answered, oldest first."""
    return _where(connection, "off_at IS NULL")


def for_purge(connection: sqlite3.Connection, *, limit: int = AT_ONCE) -> tuple[Receipt, ...]:
    """Return the withdrawals whose bytes nobody has said to be gone, oldest first."""
    return _where(connection, "gone_at IS NULL", limit)


def may_show_withdrawn(connection: sqlite3.Connection, taken_at: Nanos) -> bool:
    """Whether a picture of the wall may show what is withdrawn: taken before it was off, or a screen has yet to answer.

    Once every byte is gone, so are the pictures from before it was known.
    """
    with translated(NAME):
        unanswered, before = connection.execute(
            "SELECT EXISTS(SELECT 1 FROM receipts WHERE off_at IS NULL),"
            " EXISTS(SELECT 1 FROM receipts WHERE gone_at IS NULL AND off_at>?)",
            (taken_at,),
        ).fetchone()
    return bool(unanswered or before)


def off_screen(connection: sqlite3.Connection, done: Iterable[Receipt], *, writer: str, at: Nanos) -> None:
    """Write down that the wall was without *done* at the times they say; *at* is now, for the journal."""
    with transaction(connection, NAME):
        for each in done:
            connection.execute(
                "UPDATE receipts SET off_at=?, was_up=? WHERE source=? AND item=? AND known_at=? AND off_at IS NULL",
                (each.off_at, each.was_up, *each.key),
            )
            _conclude(connection, each, writer, at)


def gone(connection: sqlite3.Connection, done: Iterable[Receipt], *, writer: str, at: Nanos) -> None:
    """Write down that the last byte of *done* was gone at *at*."""
    with transaction(connection, NAME):
        for each in done:
            connection.execute(
                "UPDATE receipts SET gone_at=? WHERE source=? AND item=? AND known_at=? AND gone_at IS NULL", (at, *each.key)
            )
            _conclude(connection, each, writer, at)


def newest(connection: sqlite3.Connection) -> dict[tuple[str, str], Receipt]:
    """Return the latest receipt of every item that has one."""
    with translated(NAME):
        rows = connection.execute(f"{_SELECT} ORDER BY known_at")
        return {(row[0], row[1]): _receipt(row) for row in rows}


def since(connection: sqlite3.Connection, known_at: Nanos) -> tuple[Receipt, ...]:
    """Return the receipts of what became known from *known_at* on, oldest first."""
    with translated(NAME):
        rows = connection.execute(f"{_SELECT} WHERE known_at>=? ORDER BY known_at", (known_at,)).fetchall()
    return tuple(_receipt(row) for row in rows)


def of_item(connection: sqlite3.Connection, source: str, item: str) -> tuple[Receipt, ...]:
    """Return the receipts of an item, withdrawn from its *source* or from every one, the newest first."""
    with translated(NAME):
        rows = connection.execute(
            f"{_SELECT} WHERE source IN (?, '{WILDCARD}') AND item=? ORDER BY known_at DESC LIMIT {AT_ONCE}", (source, item)
        ).fetchall()
    return tuple(_receipt(row) for row in rows)


def of_items(connection: sqlite3.Connection, items: Iterable[str]) -> dict[str, list[Receipt]]:
    """Return the receipts of *items*, whichever source each was withdrawn from: one look through all there are."""
    found: dict[str, list[Receipt]] = {}
    with translated(NAME):
        for part, marks in parts(items):
            for row in connection.execute(f"{_SELECT} WHERE item IN ({marks})", part):
                found.setdefault(row[1], []).append(_receipt(row))
    return found


def latest(connection: sqlite3.Connection, limit: int, *, before: Nanos | None = None) -> tuple[Receipt, ...]:
    """Return the last *limit* receipts, the newest first: those of what became known *before* an instant, if one is given."""
    with translated(NAME):
        rows = connection.execute(
            f"{_SELECT} WHERE known_at<? ORDER BY known_at DESC LIMIT ?", (2**63 - 1 if before is None else before, limit)
        ).fetchall()
    return tuple(_receipt(row) for row in rows)


def one(connection: sqlite3.Connection, source: str, item: str, known_at: Nanos) -> Receipt | None:
    """Return how far a withdrawal has come; None when no receipt is owed for it."""
    with translated(NAME):
        row = connection.execute(
            f"{_SELECT} WHERE source=? AND item=? AND known_at=?",
            (source, item, known_at),
        ).fetchone()
    return _receipt(row) if row else None


def ordered_by(connection: sqlite3.Connection, receipt: Receipt) -> str:
    """Return the name of whoever ordered a withdrawal at this player; empty: its source has it so, or no line says.

    Raises:
        LibraryError: the journal cannot be read.
    """
    with translated(NAME):
        rows = connection.execute(
            "SELECT what FROM journal INDEXED BY journal_by_kind WHERE kind='withdrawn' AND at=? LIMIT ?",
            (receipt.known_at, AT_ONCE),
        ).fetchall()
    return next((by for (what,) in rows if (by := _orderer(what, receipt))), "")


def _orderer(what: str, receipt: Receipt) -> str:
    try:
        found: object = json.loads(what)
    except (ValueError, RecursionError):  # somebody else wrote it
        return ""
    match found:
        case {"source": receipt.source, "item": receipt.item, "by": str(by)}:
            return by
        case _:
            return ""


def from_line(what: dict[str, object]) -> Receipt | None:
    """Return the receipt that a line of the journal holds."""
    match what:
        case {
            "source": str(source),
            "item": str(item),
            "known": int(known),
            "off": int(off),
            "gone": int(at),
            "was_up": bool(up),
        }:
            return Receipt(source, item, known, off, up, at)
        case _:
            return None


def _conclude(connection: sqlite3.Connection, each: Receipt, writer: str, at: Nanos) -> None:
    """Write the line in the journal when both halves are there."""
    now = connection.execute(f"{_SELECT} WHERE source=? AND item=? AND known_at=?", each.key).fetchone()
    if now is None or now[3] is None or now[5] is None:
        return
    r = _receipt(now)
    what: dict[str, object] = {
        "source": r.source,
        "item": r.item,
        "known": r.known_at,
        "off": r.off_at,
        "was_up": r.was_up,
        "gone": r.gone_at,
    }
    journal.append(connection, writer=writer, kind=KIND, what=what, at=at)


def _where(connection: sqlite3.Connection, condition: str, limit: int = AT_ONCE) -> tuple[Receipt, ...]:
    with translated(NAME):
        rows = connection.execute(f"{_SELECT} WHERE {condition} ORDER BY known_at LIMIT ?", (limit,)).fetchall()
    return tuple(_receipt(row) for row in rows)


def _receipt(row: tuple[str, str, Nanos, Nanos | None, int | None, Nanos | None]) -> Receipt:
    source, item, known_at, off_at, was_up, gone_at = row
    return Receipt(source, item, known_at, off_at, bool(was_up), gone_at)


def _time(at: Nanos, zone: str) -> str:
    from zoneinfo import ZoneInfo  # noqa: PLC0415 - 0.6 MB, which small processes do without that print nothing

    moment = datetime.fromtimestamp(at // SECOND, ZoneInfo(zone))
    return f"{moment:%H:%M:%S}.{at % SECOND // MILLISECOND:03}"
