"""What of an item is in the library, for its withdrawal: rows, in one source or in all, and every kind of bytes they ever had."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from player.library.database import parts, transaction, translated
from player.library.schema import LIBRARY
from player.library.tombstones import WILDCARD

_RETURNS: Final = "it returns when its source lists it"


@dataclass(frozen=True, slots=True)
class Trace:
    """A row of an item."""

    key: int
    digests: frozenset[str]
    """SHA-256 of the bytes it was made of, of those that its source stated, and of those it had before; what stands in for it."""
    phash: str | None


def traces(connection: sqlite3.Connection, source: str, items: Iterable[str]) -> dict[str, list[Trace]]:
    """Return the rows of each of *items* in *source*, or in all sources when that is the wildcard."""
    found: dict[str, list[Trace]] = {}
    everywhere = source == WILDCARD
    with translated(LIBRARY.name):
        for part, marks in parts(items):
            rows = connection.execute(
                "SELECT item, key, original, sha256, stand_in, phash FROM photos WHERE source"
                f"{' IN (SELECT name FROM sources)' if everywhere else '=?'} AND item IN ({marks})",
                part if everywhere else (source, *part),
            ).fetchall()
            former = _former(connection, [key for _, key, *_ in rows])
            for item, key, original, stated, stand_in, phash in rows:
                digests = {each.lower() for each in (original, stated, stand_in) if each} | former.get(key, set())
                found.setdefault(item, []).append(Trace(key, frozenset(digests), phash))
    return found


def items(connection: sqlite3.Connection, source: str | None) -> list[str]:
    """Return the ids of all photos of *source*, or of every source (None); each once."""
    with translated(LIBRARY.name):
        if source is None:
            rows = connection.execute("SELECT DISTINCT item FROM photos")
        else:
            rows = connection.execute("SELECT item FROM photos WHERE source=?", (source,))
        return [item for (item,) in rows]


def made_of(connection: sqlite3.Connection, digests: Mapping[str, str]) -> dict[int, str]:
    """Return by row, of any source, the word in *digests* for the bytes that it was made of, or for what stands in for them."""
    found: dict[int, str] = {}
    with translated(LIBRARY.name):
        for part, marks in parts(digests):
            rows = connection.execute(
                f"SELECT key, original FROM photos WHERE original IN ({marks})"
                f" UNION ALL SELECT key, stand_in FROM photos WHERE stand_in IN ({marks})",
                (*part, *part),
            )
            found |= {key: digests[original] for key, original in rows}
    return found


def not_withdrawn(connection: sqlite3.Connection, keys: Iterable[int]) -> list[int]:
    """Return those of *keys* whose row does not stand as withdrawn yet."""
    found: list[int] = []
    with translated(LIBRARY.name):
        for part, marks in parts(keys):
            rows = connection.execute(f"SELECT key FROM photos WHERE state<>'withdrawn' AND key IN ({marks})", part)
            found += [key for (key,) in rows]
    return found


def withdrawn_with(connection: sqlite3.Connection, digests: Iterable[str]) -> list[tuple[int, str, str, str | None]]:
    """Return key, source, item and bytes of the rows that stand as withdrawn and had any of *digests*."""
    found: list[tuple[int, str, str, str | None]] = []
    with translated(LIBRARY.name):
        for part, marks in parts(digests):
            found += connection.execute(
                "SELECT key, source, item, sha256 FROM photos WHERE state='withdrawn'"
                f" AND (sha256 IN ({marks}) OR stand_in IN ({marks}))",
                (*part, *part),
            ).fetchall()
    return found


def let_return(connection: sqlite3.Connection, keys: Iterable[int]) -> int:
    """Let rows that were withdrawn, or had ended, come back when their sources list them, which are read in full for it."""
    count = 0
    with transaction(connection, LIBRARY.name):
        for part, marks in parts(keys):
            where = f"state IN ('withdrawn', 'expired') AND key IN ({marks})"
            connection.execute(
                f"UPDATE sources SET validators='{{}}' WHERE name IN (SELECT source FROM photos WHERE {where})", part
            )
            count += connection.execute(
                f"UPDATE photos SET state='absent', reason='{_RETURNS}', facts='' WHERE {where}",
                part,
            ).rowcount
    return count


def _former(connection: sqlite3.Connection, keys: Iterable[int]) -> dict[int, set[str]]:
    found: dict[int, set[str]] = {}
    for part, marks in parts(keys):
        for key, sha256 in connection.execute(f"SELECT key, sha256 FROM former WHERE key IN ({marks})", part):
            found.setdefault(key, set()).add(sha256)
    return found
