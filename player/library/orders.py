"""What must never be lost: withdrawals, high-water marks, commands and the journal.

Every change is its own durable transaction. Nobody keeps one open.
"""

from __future__ import annotations

import json
import sqlite3
import uuid
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, cast

from player.library import by_hand, journal, receipts, reviews, tombstones
from player.library.anchors import ANCHOR_TABLES
from player.library.by_hand import BY_HAND_TABLE, REPLY_COLUMN, Obeyed
from player.library.chronicle import CHRONICLE_INDEXES
from player.library.database import Schema, transaction, translated
from player.library.receipts import RECEIPT_TABLE, Receipt
from player.library.reviews import HANDS_COLUMN, REVIEW_TABLE
from player.library.tombstones import NOTHING, TOMBSTONE_TABLES, Bound, Record, Tombstone
from player.units import Nanos

__all__ = ["ORDERS", "Command", "Orders", "Tombstone"]

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
        f"{TOMBSTONE_TABLES};{RECEIPT_TABLE};{journal.HEADS_TABLE};{ANCHOR_TABLES}",
        BY_HAND_TABLE,
        CHRONICLE_INDEXES,
        REVIEW_TABLE,
        HANDS_COLUMN,
        REPLY_COLUMN,
    ),
)
_TOGETHER: Final = (
    100  # withdrawals per transaction: a long list is told at once, and nobody waits for more than a few milliseconds
)
_LOOKED_AT: Final = 1000  # commands, 0.3 ms: whoever orders dark amid more of them leaves the file as well
_FORGOTTEN: Final = 500  # commands per transaction, some milliseconds


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
        self.writer = writer

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
        """Record one withdrawal with its line in the journal; return whether it is new."""
        t = tombstone
        digests = frozenset({t.sha256} if t.sha256 else ())
        record = Record(source=t.source, item=t.item, reason=t.reason, at=at, digests=digests, phash=phash)
        return self.withdraw_all([record], known_at=known_at) > 0

    def withdraw_all(self, records: Sequence[Record], *, known_at: Nanos, alive: Callable[[], None] | None = None) -> int:
        """Record withdrawals with their lines in the journal; return how many bind anew.

        One that was recorded before learns the bytes that have become known since. One that was taken back, told again with
        the same date, changes nothing. *alive* is called between transactions, for a long list takes its time.
        """
        count = 0
        for i in range(0, len(records), _TOGETHER):
            if alive:
                alive()
            with transaction(self.connection, ORDERS.name):
                count += sum(self.withdraw_within(record, known_at) for record in records[i : i + _TOGETHER])
        return count

    def withdraw_within(self, record: Record, known_at: Nanos) -> bool:
        """Record one withdrawal inside the caller's transaction; return whether it binds anew."""
        r = record
        binds_anew, is_news = tombstones.write(self.connection, r, known_at)
        if binds_anew and r.is_here:
            receipts.begin(self.connection, r.source, r.item, known_at)
        if is_news:
            what: dict[str, object] = {
                "source": r.source,
                "item": r.item,
                "sha256": min(r.digests, default=None),
                "reason": r.reason,
                "at": r.at,
                "here": r.is_here,
            }
            also = ({"also": sorted(r.digests)[1:]} if len(r.digests) > 1 else {}) | ({"by": r.by} if r.by else {})
            journal.append(self.connection, writer=self.writer, kind="withdrawn", what=what | also, at=known_at)
        return binds_anew

    def lift(self, source: str, item: str, withdrawn_at: Nanos | None, *, by: str, at: Nanos) -> bool:
        """Take back the withdrawal of this item that was dated *withdrawn_at*, or all of them (None); return whether one was.

        Another one with another date still counts, and so does one that comes later; the same one, told again, does not. What
        was withdrawn without a date is withdrawn anew by whoever still says so.
        """
        if self.bound(source, [item]).get(item, NOTHING).is_taken_back(withdrawn_at):
            return False  # asked at every poll: no transaction for it
        with transaction(self.connection, ORDERS.name):
            if not self.lift_within(source, item, withdrawn_at, by=by, at=at):
                return False
            reviews.let_go(self.connection, reviews.Name(source, item), withdrawn_at, by=by, at=at)
        return True

    def lift_within(self, source: str, item: str, withdrawn_at: Nanos | None, *, by: str, at: Nanos) -> bool:
        """Take back a withdrawal inside the caller's transaction; return whether there was one."""
        if not tombstones.take_back(self.connection, source, item, withdrawn_at, by=by, at=at):
            return False
        stands = self.bound(source, [item])[item].stands
        if not stands:
            receipts.drop(self.connection, source, item)
        what: dict[str, object] = {"source": source, "item": item, "withdrawn_at": withdrawn_at, "by": by, "still": stands}
        journal.append(self.connection, writer=self.writer, kind="reinstated", what=what, at=at)
        return True

    def withdrawn_items(self, source: str, items: Iterable[str]) -> dict[str, str]:
        """Return reason by item for those of *items* that are withdrawn in *source*, or everywhere."""
        return tombstones.items(self.connection, source, items)

    def withdrawn_bytes(self, digests: Iterable[str]) -> dict[str, str]:
        """Return reason by SHA-256 for those of *digests* that were withdrawn in any source."""
        return tombstones.digests(self.connection, digests)

    def bound(self, source: str, items: Iterable[str]) -> dict[str, Bound]:
        """Return what is recorded of *items* under exactly this *source* (which may be the wildcard)."""
        return tombstones.bound(self.connection, source, items)

    def tombstones(self, since: Nanos | None = None) -> list[Tombstone]:
        """Return every withdrawal that binds; only those that became known from *since* on, if given."""
        return tombstones.standing(self.connection, since)

    def off_screen(self, done: Sequence[Receipt], *, at: Nanos) -> None:
        """Write the screen's half of receipts."""
        receipts.off_screen(self.connection, done, writer=self.writer, at=at)

    def gone(self, done: Sequence[Receipt], *, at: Nanos) -> None:
        """Write the other half: the last byte was gone at *at*."""
        receipts.gone(self.connection, done, writer=self.writer, at=at)

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
            journal.append(self.connection, writer=self.writer, kind=kind, what=what, at=at)

    def post(self, addressee: str, verb: str, arguments: dict[str, str], *, by: str, at: Nanos) -> int:
        """Leave a command for the process called *addressee*; return its number."""
        with transaction(self.connection, ORDERS.name):
            cursor = self.connection.execute(
                "INSERT INTO commands(addressee, verb, arguments, by, at) VALUES(?,?,?,?,?)",
                (addressee, verb, json.dumps(arguments), by, at),
            )
        return cursor.lastrowid or 0

    def waiting(self, addressee: str, *, after: int = 0, limit: int = -1) -> tuple[Command, ...]:
        """Return the unanswered commands for *addressee* that came *after* a number, oldest first, at most *limit* of them."""
        with translated(ORDERS.name):
            rows = self.connection.execute(
                "SELECT id, verb, arguments, by, at FROM commands WHERE addressee=? AND done_at IS NULL AND id>?"
                " ORDER BY id LIMIT ?",
                (addressee, after, limit),
            ).fetchall()
        return tuple(Command(i, verb, _plain(arguments), by, at) for i, verb, arguments, by, at in rows)

    def last_waiting(self, addressee: str, verbs: Collection[str], *, after: int) -> Command | None:
        """Return the newest unanswered command of these *verbs* that came *after* a number, among the newest thousand."""
        marks = ",".join("?" * len(verbs))
        with translated(ORDERS.name):
            row = self.connection.execute(
                f"SELECT id, verb, arguments, by, at FROM (SELECT * FROM commands WHERE addressee=? AND done_at IS NULL AND id>?"
                f" ORDER BY id DESC LIMIT {_LOOKED_AT}) WHERE verb IN ({marks}) ORDER BY id DESC LIMIT 1",
                (addressee, after, *verbs),
            ).fetchone()
        return Command(row[0], row[1], _plain(row[2]), row[3], row[4]) if row else None

    def forget_answered(self, before: Nanos) -> None:
        """Delete commands that were answered *before* an instant, the oldest, a few hundred at a time."""
        with translated(ORDERS.name):
            old = self.connection.execute(
                "SELECT id FROM commands WHERE done_at<? ORDER BY id LIMIT ?", (before, _FORGOTTEN)
            ).fetchall()
        if old:
            with transaction(self.connection, ORDERS.name):
                self.connection.executemany("DELETE FROM commands WHERE id=?", old)

    def answer(self, command: int, result: str, *, at: Nanos, reply: str | None = None) -> None:
        """Say what became of a command; *reply* says the same as a value, in JSON."""
        with transaction(self.connection, ORDERS.name):
            self.connection.execute("UPDATE commands SET done_at=?, result=?, reply=? WHERE id=?", (at, result, reply, command))

    def settle(self, state: Mapping[str, object], *, light: float, at: Nanos, obeyed: Obeyed | None = None) -> None:
        """Keep what holds by hand from now on, and answer the command that made it so: both or neither."""
        by_hand.settle(self.connection, state, light=light, at=at, obeyed=obeyed)

    def result(self, command: int) -> str | None:
        """Return what became of a command, None while it waits."""
        return self.result_and_reply(command)[0]

    def result_and_reply(self, command: int) -> tuple[str | None, str]:
        """Return what became of a command, None while it waits; and the same as a value, where whoever answered gave one."""
        with translated(ORDERS.name):
            row = self.connection.execute("SELECT result, reply FROM commands WHERE id=?", (command,)).fetchone()
        return (row[0], row[1] or "") if row else (None, "")


def _plain(arguments: str) -> dict[str, str]:
    """Return the arguments of a command, whatever somebody wrote there: nothing, where it is no JSON object of texts."""
    try:
        found: object = json.loads(arguments)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(found, dict):
        return {}
    return {name: value for name, value in cast("dict[str, object]", found).items() if isinstance(value, str)}
