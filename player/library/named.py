"""Photos by what sources call them, for whoever has a list of names from elsewhere: which rows they are, made of which bytes."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import TypeAlias

from player.library.database import parts, translated
from player.library.schema import LIBRARY

Bytes: TypeAlias = tuple[str, str, str]
"""Source, item, and the hash of the original."""

_PREPARED = "picture IS NOT NULL AND state='approved' AND is_film=0"


def keys_by_name(connection: sqlite3.Connection, wanted: Iterable[Bytes]) -> dict[int, tuple[str, str]]:
    """Return the rows of those that are prepared, made of these very bytes; having one is no right to draw it."""
    by_source: dict[str, dict[str, str]] = {}
    for source, item, sha256 in wanted:
        by_source.setdefault(source, {})[item] = sha256.lower()
    found: dict[int, tuple[str, str]] = {}
    with translated(LIBRARY.name):
        for source, named in by_source.items():
            for part, marks in parts(named):
                for key, item, original in connection.execute(
                    f"SELECT key, item, original FROM photos WHERE source=? AND {_PREPARED} AND item IN ({marks})",
                    (source, *part),
                ):
                    if (original or "").lower() == named[item]:
                        found[key] = source, item
    return found


def all_here(connection: sqlite3.Connection) -> set[Bytes]:
    """Return all that is prepared."""
    with translated(LIBRARY.name):
        rows = connection.execute(f"SELECT source, item, original FROM photos WHERE {_PREPARED}")
        return {(source, item, (original or "").lower()) for source, item, original in rows}


def turns_of(connection: sqlite3.Connection, keys: Iterable[int]) -> dict[int, int]:
    """Return how many turns those of *keys* have had that are in the pool."""
    found: dict[int, int] = {}
    with translated(LIBRARY.name):
        for part, marks in parts(keys):
            found |= dict(
                connection.execute(f"SELECT key, turn FROM ranks WHERE has_joined=1 AND key IN ({marks})", part).fetchall()
            )
    return found


def withdrawn_bytes(orders: sqlite3.Connection) -> set[str]:
    """Return the hashes of all bytes that no source may show."""
    with translated("orders.sqlite"):
        rows = orders.execute(
            "SELECT DISTINCT b.sha256 FROM bound b JOIN tombstones t ON t.source=b.source AND t.item=b.item"
            " WHERE t.lifted_at IS NULL"
        )
        return {digest.lower() for (digest,) in rows}
