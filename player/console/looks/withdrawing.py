"""Withdrawing from the console: what would go, as a second look, and then the record of it, which the screen obeys at once.

The record is all that is written here. Ingest deletes the bytes within seconds and says in the receipt when they were gone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from player.console.looks import photos
from player.console.looks.photos import Photo
from player.console.looks.wording import plain
from player.library import browsing, receipts, traces, withdrawing
from player.library.library import Library
from player.library.receipts import Receipt
from player.library.sources import sources, together
from player.library.tombstones import WILDCARD, Record
from player.library.traces import Trace
from player.units import Nanos

REASON: Final = "by the operator"
"""Where nobody gave another."""
MAX_REASON: Final = 300  # characters: a sentence or two, which stand in the journal for ever
MOST_NAMED: Final = 50  # photos of a withdrawal that are shown; all are counted, and all go


@dataclass(frozen=True, slots=True)
class Aim:
    """An item of a source; the source may be the wildcard, which is every one there is and every one that comes."""

    source: str
    item: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What a withdrawal would take, for a second look."""

    aims: tuple[Aim, ...]
    """Under which names it will be recorded."""
    count: int
    """Of photos that go."""
    photos: tuple[Photo, ...]
    """The first of them."""
    is_withdrawn: bool
    """It is already, under all of these names."""


def preview(library: Library, key: int, now: Nanos, *, everywhere: bool) -> Preview | None:
    """Return what would go if the photo in row *key* were withdrawn; None: there is no such row.

    Args:
        library: Open.
        key: The photo's row.
        now: UTC.
        everywhere: Items of this id go in every source, now and later.

    Raises:
        OrdersLostError: nobody knows what is withdrawn.
        LibraryError: the library cannot be read.
    """
    aims = _aims(library, key, everywhere=everywhere)
    if aims is None:
        return None
    keys = sorted({row for aim in aims for row in _keys(library, _rows(library, aim))})
    known = sources(library.connection)
    return Preview(
        aims=tuple(Aim(aim.source, plain(aim.item)) for aim in aims),
        count=len(keys),
        photos=photos.as_they_stand(library, tuple(keys[:MOST_NAMED]), known, now),
        is_withdrawn=all(aim.item in library.orders.withdrawn_items(aim.source, [aim.item]) for aim in aims),
    )


def withdraw(library: Library, key: int, now: Nanos, *, everywhere: bool, reason: str, by: str) -> tuple[Receipt, ...] | None:
    """Record that the photo in row *key* is withdrawn, for ever; return its receipts as they stand. None: there is no such row.

    It is durable when this returns. What was withdrawn before stays so, with the reason that it had.

    Raises:
        OrdersLostError: withdrawals cannot be recorded.
        LibraryError: the disk refuses.
    """
    aims = _aims(library, key, everywhere=everywhere)
    if aims is None:
        return None
    said = " ".join(plain(reason, MAX_REASON).split()) or REASON
    library.orders.withdraw_all([record_of(library, aim, reason=said, at=now, by=by) for aim in aims], known_at=now)
    return receipts_of(library, aims)


def record_of(library: Library, aim: Aim, *, reason: str, at: Nanos, by: str) -> Record:
    """Return the withdrawal of *aim* as it is to be recorded, with all bytes that it ever had here.

    Raises:
        LibraryError: the library cannot be read.
    """
    return withdrawing.record_of(library, aim.source, aim.item, reason=reason, at=at, by=by)


def receipts_of(library: Library, aims: Sequence[Aim]) -> tuple[Receipt, ...]:
    """Return the newest receipt of each of *aims* that is owed one.

    Raises:
        LibraryError: the orders cannot be read.
    """
    connection = library.orders.connection
    newest = ((aim, receipts.of_item(connection, aim.source, aim.item)) for aim in aims)
    return tuple(receipt for aim, found in newest if (receipt := next((r for r in found if r.source == aim.source), None)))


def _aims(library: Library, key: int, *, everywhere: bool) -> tuple[Aim, ...] | None:
    """Return what is meant: the item, also in the set that its source brings for offline use, or in the source of that set."""
    row = browsing.names(library.connection, [key]).get(key)
    if row is None:
        return None
    source, item = row
    if everywhere:
        return (Aim(WILDCARD, item),)
    return tuple(Aim(each, item) for each in together(source, sources(library.connection)))


def _rows(library: Library, aim: Aim) -> list[Trace]:
    return traces.traces(library.connection, aim.source, [aim.item]).get(aim.item, [])


def _keys(library: Library, rows: Sequence[Trace]) -> set[int]:
    return {row.key for row in rows} | _twins(library, rows)


def _twins(library: Library, rows: Sequence[Trace]) -> set[int]:
    digests = frozenset[str]().union(*(row.digests for row in rows))
    return set(traces.made_of(library.connection, dict.fromkeys(digests, "")))
