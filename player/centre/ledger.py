"""The centre's ledger: what it withdrew, ordered and released, and what players answered. Rows of `fleet.sqlite`, as values.

Answers come in by the collector and by whoever waits for one at a terminal, the same one perhaps by both: each is written so that
twice is once.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from player.centre.store import Store
from player.fleet.happenings import Readiness, Receipt
from player.fleet.topics import MAX_NAME
from player.units import MILLISECOND, SECOND, Nanos

EVERYWHERE: Final = "*"
LAST_MS: Final = 7_258_118_400_000  # the year 2200; what no clock shows is no time
CLOCKS_APART: Final[Nanos] = 300 * SECOND  # at most, a player's and the centre's, where each is set at all
_RECEIPT: Final = (
    "INSERT INTO receipts VALUES(?,?,?,?,?,?,?) ON CONFLICT(w, id) DO UPDATE SET known_at=min(known_at, excluded.known_at),"
    " off_at=coalesce(off_at, excluded.off_at), gone_at=coalesce(excluded.gone_at, gone_at),"
    " was_up=max(was_up, excluded.was_up), here=max(here, excluded.here)"
)
_READINESS: Final = (
    "INSERT INTO readiness SELECT ?,?,?,?,?,? WHERE EXISTS(SELECT 1 FROM releases WHERE grp=?1 AND hash=?2)"
    " ON CONFLICT(grp, hash, id) DO UPDATE SET ready=excluded.ready, why=excluded.why, at=excluded.at WHERE excluded.at>=at"
)
_UNHEARD: Final = (
    "SELECT EXISTS(SELECT 1 FROM players p WHERE p.state='online' AND p.revoked_at IS NULL"
    " AND NOT EXISTS(SELECT 1 FROM receipts r WHERE r.w=? AND r.id=p.id))"
)
_WITHDRAWAL: Final = "SELECT w, source, item, reason, at, by FROM withdrawals"
_RELEASE: Final = "SELECT grp, version, hash, activate_at, said_at, committed_at FROM releases"


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """A picture that was withdrawn everywhere."""

    number: int
    source: str
    item: str
    reason: str
    at: Nanos
    by: str

    @property
    def name(self) -> str:
        """As a person writes it."""
        return self.item if self.source == EVERYWHERE else f"{self.source}/{self.item}"

    @property
    def dated(self) -> Nanos:
        """The date that players and feeds know it by, in whole seconds: one reinstatement takes back all of one date."""
        return self.at // SECOND * SECOND


@dataclass(frozen=True, slots=True)
class Confirmation:
    """How far a withdrawal has come at a player."""

    id: str
    known_at: Nanos
    off_at: Nanos | None
    gone_at: Nanos | None
    was_up: bool
    is_here: bool
    """Something of it was there."""


@dataclass(frozen=True, slots=True)
class Release:
    """A version of a group's programme."""

    group: str
    version: str
    hash: str
    activate_at: Nanos
    said_at: Nanos
    committed_at: Nanos | None = None


@dataclass(frozen=True, slots=True)
class Prepared:
    """What a player said of a programme that was announced."""

    is_ready: bool
    why: str
    at: Nanos


def withdraw(store: Store, *, source: str, item: str, reason: str, by: str, at: Nanos) -> Withdrawal:
    """Write down that an item is withdrawn, and delete every picture of a wall that is kept: one of them may show it.

    Withdrawn before, it is another withdrawal, with a number and a date of its own: the one before may have been taken back, and
    what has the date of that would be taken for it.
    """
    number = store.next_withdrawal(at)
    with store.changing() as connection:
        connection.execute("DELETE FROM pictures")
        (before,) = connection.execute("SELECT max(at) FROM withdrawals WHERE source=? AND item=?", (source, item)).fetchone()
        dated = at if before is None else max(at, before // SECOND * SECOND + SECOND)
        connection.execute("INSERT INTO withdrawals VALUES(?,?,?,?,?,?)", (number, source, item, reason, dated, by))
    store.settle()
    return Withdrawal(number, source, item, reason, dated, by)


def withdrawals(store: Store, newest: int | None = None) -> tuple[Withdrawal, ...]:
    """Return what was withdrawn, the newest last: all, or so many of the *newest*."""
    with store.reading() as connection:
        rows = connection.execute(f"{_WITHDRAWAL} ORDER BY w DESC LIMIT ?", (-1 if newest is None else newest,)).fetchall()
    return tuple(Withdrawal(*row) for row in reversed(rows))


def newest_of_each(known: Iterable[Withdrawal]) -> tuple[Withdrawal, ...]:
    """Return of what was withdrawn several times the last one: whoever obeys that one obeys those before it."""
    last = {(each.source, each.item): each for each in known}
    return tuple(sorted(last.values(), key=lambda each: each.number))


def unheard(store: Store, asked: Iterable[Withdrawal]) -> tuple[Withdrawal, ...]:
    """Return those of which somebody who is there has not said that it is known."""
    with store.reading() as connection:
        return tuple(each for each in asked if connection.execute(_UNHEARD, (each.number,)).fetchone()[0])


def confirmations(store: Store, number: int) -> dict[str, Confirmation]:
    """Return what players said of the withdrawal *number*, by player."""
    with store.reading() as connection:
        rows = connection.execute(
            "SELECT id, known_at, off_at, gone_at, was_up, here FROM receipts WHERE w=?", (number,)
        ).fetchall()
    return {name: Confirmation(name, known, off, gone, bool(up), bool(here)) for name, known, off, gone, up, here in rows}


def keep_receipts(store: Store, said: Sequence[tuple[str, Receipt]]) -> None:
    """Write down receipts by player, of what was withdrawn here and with times that can be.

    What is off its wall is so for every time before that it was withdrawn. One without a number came by the feed: it counts for
    what was withdrawn of that name, unless it is older, for that one may have been taken back since.
    """
    known = withdrawals(store)
    by_number = {each.number: each for each in known}
    by_item: dict[str, list[Withdrawal]] = {}
    for each in known:
        by_item.setdefault(each.item, []).append(each)
    rows = [
        (number, name, _nanos(r.known_at), _nanos(r.off_at), _nanos(r.gone_at), r.was_up, r.is_here)
        for name, r in said
        if all(at is None or at < LAST_MS for at in (r.known_at, r.off_at, r.gone_at))
        for number in _meant(r, by_number, by_item)
    ]
    with store.changing() as connection:
        connection.executemany(_RECEIPT, rows)
        # A picture of the wall from before it was off may have been on its way while all others were deleted.
        off = [(name, off_at) for _, name, _, off_at, *_ in rows if off_at is not None]
        connection.executemany("DELETE FROM pictures WHERE id=? AND taken_at<=?", off)


def _meant(receipt: Receipt, by_number: Mapping[int, Withdrawal], by_item: Mapping[str, Sequence[Withdrawal]]) -> list[int]:
    """Return the numbers of the withdrawals that a receipt is for."""
    if receipt.number is not None:
        named = by_number.get(receipt.number)
        same = by_item.get(named.item, ()) if named else ()
        return [each.number for each in same if named and each.source == named.source and each.number <= named.number]
    known_at = receipt.known_at * MILLISECOND
    return [
        each.number
        for each in by_item.get(receipt.item, ())
        if known_at >= each.at - CLOCKS_APART and (each.source == receipt.source or EVERYWHERE in {each.source, receipt.source})
    ]


def order(store: Store, sent: Sequence[tuple[int, str]], *, verb: str, arguments: Mapping[str, str], by: str, at: Nanos) -> None:
    """Write down an order: its numbers, each with the player that it is for."""
    told = json.dumps(arguments, sort_keys=True)
    with store.changing() as connection:
        connection.executemany(
            "INSERT INTO orders VALUES(?,?,?,?,?,?,NULL,NULL)", [(number, name, verb, told, by, at) for number, name in sent]
        )


def answer(store: Store, said: Sequence[tuple[int, str, bool, str]]) -> None:
    """Write down answers: the number of the order, the player, whether it was done, and what it said."""
    with store.changing() as connection:
        connection.executemany(
            "UPDATE orders SET ok=?, answer=? WHERE seq=? AND id=?",
            [(done, text, number, name) for number, name, done, text in said],
        )


def answers(store: Store, numbers: Collection[int]) -> dict[int, tuple[bool, str]]:
    """Return what was answered to the orders *numbers*."""
    if not numbers:
        return {}
    with store.reading() as connection:
        rows = connection.execute(
            "SELECT seq, ok, answer FROM orders WHERE ok IS NOT NULL AND seq BETWEEN ? AND ?", (min(numbers), max(numbers))
        ).fetchall()
    wanted = set(numbers)
    return {number: (bool(ok), text or "") for number, ok, text in rows if number in wanted}


def release(store: Store, announced: Release) -> None:
    """Write down a release, before anybody hears of it."""
    with store.changing() as connection:
        connection.execute(
            "INSERT OR IGNORE INTO releases VALUES(?,?,?,?,?,?)",
            (
                announced.group,
                announced.version,
                announced.hash,
                announced.activate_at,
                announced.said_at,
                announced.committed_at,
            ),
        )
    store.settle()


def committed(store: Store, group: str, digest: str, at: Nanos) -> None:
    """Write down that a release is put in force."""
    with store.changing() as connection:
        connection.execute(
            "UPDATE releases SET committed_at=? WHERE grp=? AND hash=? AND committed_at IS NULL", (at, group, digest)
        )
    store.settle()


def dropped(store: Store, group: str, digest: str) -> None:
    """Forget a release that was announced and taken back."""
    with store.changing() as connection:
        connection.execute("DELETE FROM releases WHERE grp=? AND hash=? AND committed_at IS NULL", (group, digest))
    store.settle()


def releases(store: Store, group: str) -> tuple[Release, ...]:
    """Return the releases of *group*, by when they are in force."""
    with store.reading() as connection:
        rows = connection.execute(f"{_RELEASE} WHERE grp=? ORDER BY activate_at, said_at", (group,)).fetchall()
    return tuple(Release(*row) for row in rows)


def groups_released(store: Store) -> tuple[str, ...]:
    """Return the groups that have a release."""
    with store.reading() as connection:
        return tuple(group for (group,) in connection.execute("SELECT DISTINCT grp FROM releases ORDER BY grp").fetchall())


def keep_readiness(store: Store, said: Sequence[tuple[str, Readiness, Nanos]]) -> None:
    """Write down who is ready for which programme that was announced, by player; the time is the centre's."""
    rows = [(each.group[:MAX_NAME], each.hash, name, each.is_ready, each.why, at) for name, each, at in said]
    with store.changing() as connection:
        connection.executemany(_READINESS, rows)


def readiness(store: Store, group: str, digest: str) -> dict[str, Prepared]:
    """Return what players said of a programme, by player."""
    with store.reading() as connection:
        rows = connection.execute("SELECT id, ready, why, at FROM readiness WHERE grp=? AND hash=?", (group, digest)).fetchall()
    return {name: Prepared(bool(ready), why, at) for name, ready, why, at in rows}


def sources(store: Store) -> tuple[str, ...]:
    """Return the names of all feeds that players have said something of."""
    with store.reading() as connection:
        rows = connection.execute(
            "SELECT DISTINCT j.key FROM players p,"
            " json_each(CASE WHEN json_valid(p.report) THEN p.report ELSE '{}' END, '$.feeds') j ORDER BY 1"
        ).fetchall()
    return tuple(str(name) for (name,) in rows)


def _nanos(ms: int | None) -> Nanos | None:
    return None if ms is None else ms * MILLISECOND
