"""Withdrawal: a tombstone first, then every stored byte. Its own path, before and beside everything else."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from player.feed.item import Withdrawal
from player.library import photos
from player.library.database import translated
from player.library.library import Library
from player.library.orders import Tombstone
from player.library.schema import LIBRARY
from player.units import Digest, Nanos


def withdraw(library: Library, source: str, withdrawals: Iterable[Withdrawal], now: Nanos) -> int:
    """Act on what *source* withdrew; return how many withdrawals are new.

    Each is recorded durably, binding source, item and bytes, before its photo is touched; the screen acts on the record.

    Raises:
        OrdersLostError: withdrawals cannot be recorded.
        LibraryError: the disk refuses.
    """
    asked = {each.item: each for each in withdrawals}
    known = photos.keys_of(library.connection, source, asked)
    done = library.orders.withdrawn_items(source, asked)
    new = 0
    touched: dict[int, str] = {}
    for item, each in asked.items():
        key = known.get(item)
        if item in done and key is None:
            continue
        sha256, phash = photos.original_of(library.connection, key) if key is not None else (None, None)
        reason = each.reason or "by its publisher"
        if item not in done:
            tombstone = Tombstone(source, item, sha256, reason)
            new += library.orders.withdraw(tombstone, phash=phash, at=each.at, known_at=now)
        if key is not None:
            touched[key] = done.get(item, reason)
        if sha256:
            touched |= dict.fromkeys(photos.keys_with_bytes(library.connection, sha256), reason)
    _purge(library, touched)
    return new


def withdraw_bytes(library: Library, source: str, item: str, sha256: Digest, now: Nanos) -> None:
    """Refuse, under its new name too, a picture whose bytes were withdrawn before."""
    reason = library.orders.withdrawn_bytes([sha256])[sha256]
    library.orders.withdraw(Tombstone(source, item, sha256, reason), phash=None, at=None, known_at=now)
    _purge(library, dict.fromkeys(photos.keys_of(library.connection, source, [item]).values(), reason))


def _purge(library: Library, touched: dict[int, str]) -> None:
    """Take bytes, caption and address of photos; nothing happens for those that are gone already."""
    standing = [key for key in touched if _stands(library.connection, key)]
    freed: set[Digest] = set()
    for key in standing:
        freed |= photos.withdraw(library.connection, [key], touched[key])
    for digest in freed:
        library.files.delete(digest)
    if standing:
        with translated(LIBRARY.name):  # the write-ahead log still holds the caption until it is cut
            library.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def _stands(connection: sqlite3.Connection, key: int) -> bool:
    with translated(LIBRARY.name):
        return connection.execute("SELECT 1 FROM photos WHERE key=? AND state<>'withdrawn'", (key,)).fetchone() is not None
