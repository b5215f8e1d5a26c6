"""Withdrawal: a tombstone first, then every stored byte. Its own path, before and beside everything else."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping

from player.errors import LibraryError
from player.feed.item import Withdrawal
from player.library import photos
from player.library.database import translated
from player.library.library import Library
from player.library.orders import Tombstone
from player.library.schema import LIBRARY
from player.units import Digest, Nanos


def withdraw(
    library: Library,
    source: str,
    withdrawals: Iterable[Withdrawal],
    now: Nanos,
    *,
    stated: Mapping[str, str] | None = None,
) -> int:
    """Act on what *source* withdrew; return how many withdrawals are new.

    Each is recorded durably, binding source, item and bytes, before its photo is touched; the screen acts on the record.
    *stated* is the SHA-256 by item where the source names it; what was fetched is known better.

    Raises:
        OrdersLostError: withdrawals cannot be recorded.
        LibraryError: the disk refuses. Photos whose withdrawal could not be recorded are gone all the same.
    """
    orders = library.orders
    asked = {each.item: each for each in withdrawals}
    known = photos.keys_of(library.connection, source, asked)
    done = orders.withdrawn_items(source, asked)
    new = 0
    touched: dict[int, str] = {}
    failed: LibraryError | None = None
    for item, each in asked.items():
        key = known.get(item)
        found, phash = photos.original_of(library.connection, key) if key is not None else (None, None)
        sha256 = found or (stated or {}).get(item)
        reason = done.get(item) or each.reason or "by its publisher"
        if item not in done or (sha256 and not orders.withdrawn_bytes([sha256])):
            try:
                tombstone = Tombstone(source, item, sha256, reason)
                new += orders.withdraw(tombstone, phash=phash, at=each.at, known_at=now)
            except LibraryError as error:
                failed = error  # recorded at the next poll, which comes because this one fails
        if key is not None:
            touched[key] = reason
        if sha256:
            touched |= dict.fromkeys(photos.keys_with_bytes(library.connection, sha256), reason)
    _purge(library, touched)
    if failed:
        raise failed
    return new


def is_withdrawn(library: Library, source: str, item: str, sha256: Digest) -> bool:
    """Whether an item, or the bytes that were fetched for it, may never be shown."""
    return bool(library.orders.withdrawn_items(source, [item]) or library.orders.withdrawn_bytes([sha256]))


def withdraw_bytes(library: Library, source: str, item: str, sha256: Digest, now: Nanos) -> None:
    """Bind an item and its bytes, one of which was withdrawn before, and take all that was made of either."""
    orders = library.orders
    reasons = orders.withdrawn_items(source, [item]) | orders.withdrawn_bytes([sha256])
    reason = reasons.get(item) or reasons[sha256]
    orders.withdraw(Tombstone(source, item, sha256, reason), phash=None, at=None, known_at=now)
    keys = [*photos.keys_of(library.connection, source, [item]).values(), *photos.keys_with_bytes(library.connection, sha256)]
    _purge(library, dict.fromkeys(keys, reason))


def finish(library: Library) -> None:
    """Take what is withdrawn and still there: after a crash half-way, or in a library that is older than the orders."""
    by_source: dict[str, dict[str, str]] = {}
    touched: dict[int, str] = {}
    for each in library.orders.tombstones():
        by_source.setdefault(each.source, {})[each.item] = each.reason
        if each.sha256:
            touched |= dict.fromkeys(photos.keys_with_bytes(library.connection, each.sha256), each.reason)
    for source, reasons in by_source.items():
        touched |= {key: reasons[item] for item, key in photos.keys_of(library.connection, source, reasons).items()}
    _purge(library, touched)


def _purge(library: Library, touched: dict[int, str]) -> None:
    """Take bytes, caption and address of photos; nothing happens for those that are gone already.

    The files go before the row that names them: when this is cut short, whoever comes next finds the row and ends it.
    """
    standing = [key for key in touched if _stands(library.connection, key)]
    library.files.delete_all(photos.files_only_of(library.connection, standing))
    freed: set[Digest] = set()
    for key in standing:
        freed |= photos.withdraw(library.connection, [key], touched[key])
    library.files.delete_all(freed)
    if standing:
        with translated(LIBRARY.name):  # the write-ahead log still holds the caption until it is cut
            library.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def _stands(connection: sqlite3.Connection, key: int) -> bool:
    with translated(LIBRARY.name):
        return connection.execute("SELECT 1 FROM photos WHERE key=? AND state<>'withdrawn'", (key,)).fetchone() is not None
