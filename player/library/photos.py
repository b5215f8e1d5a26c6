"""Photos as rows: what sources said of each, what was prepared of it, what is to be prepared next.

Ingest writes here, in short transactions; the decisions are made by ingest, in pure functions.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from operator import attrgetter
from typing import Final

from player.library.database import PART, parts, transaction, translated
from player.library.photo import Photo
from player.library.schema import LIBRARY
from player.library.words import folded
from player.units import Digest, Nanos, Size

_FORGET_BYTES: Final = (
    "original=NULL, picture=NULL, tile=NULL, width=NULL, height=NULL, tile_width=NULL, tile_height=NULL, bytes=0, phash=NULL,"
    " film=NULL, film_facts=NULL"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An item and the verdict on it, as it will stand in the library."""

    item: str
    state: str
    """approved, pending, refused, withdrawn."""
    reason: str
    version: str
    """Of the bytes: another version must be fetched and prepared anew."""
    facts: str
    """Of everything: another value means that the row is written."""
    image: str
    sha256: str | None
    size_in_bytes: int | None
    caption: str
    credit: str
    alt: str
    language: str
    country: str
    focal_x: float | None
    focal_y: float | None
    valid_until: Nanos | None
    is_news: bool
    entered: Nanos
    is_film: bool = False
    stand_in: str | None = None
    """Bound by a withdrawal as the hash is, where nobody states that."""


@dataclass(frozen=True, slots=True)
class Known:
    """What the library holds of an item already."""

    key: int
    state: str
    version: str
    facts: str


@dataclass(frozen=True, slots=True)
class ToPrepare:
    """An approved photo that is not prepared yet."""

    key: int
    source: str
    item: str
    version: str
    image: str
    sha256: str | None
    size_in_bytes: int | None
    stand_in: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedRow:
    """What was made of an original."""

    original: str
    """SHA-256 of the bytes that were fetched."""
    picture: Digest
    tile: Digest
    size: Size
    tile_size: Size
    stored_bytes: int
    phash: str
    prepared_for: int
    """Pixels of the bounds that made it smaller than its original; WHOLE when none did."""


_REMEMBER: Final = (
    "INSERT OR IGNORE INTO former SELECT key, coalesce(original, sha256) FROM photos"
    " WHERE key=? AND coalesce(original, sha256) IS NOT NULL"
)
_REMEMBER_STAND_IN: Final = "INSERT OR IGNORE INTO former SELECT key, stand_in FROM photos WHERE key=? AND stand_in IS NOT NULL"
"""A withdrawal binds also the bytes that a photo had before."""

MAY_BE_PREPARED: Final = (
    "(state='approved' OR (state='pending' AND source IN (SELECT name FROM sources WHERE reviewers>0 AND enabled=1)))"
)
"""A picture that reviewers are to see is prepared as well, and has no place in the order of showing."""

_TO_COME: Final = "state='approved' AND picture IS NULL AND is_film=0"

WHOLE: Final = 2**62
"""No canvas asks for more of this photo than there is."""

_FILES: Final = "SELECT picture, tile, film FROM photos WHERE key=? AND picture IS NOT NULL"
_OF_FILE: Final = " UNION ALL ".join(f"SELECT key FROM photos WHERE {each}=?1" for each in ("picture", "tile", "film"))
_COLUMNS: Final = tuple(f.name for f in fields(Entry))
_VALUES: Final = attrgetter(*_COLUMNS)  # astuple() copies deeply and takes four times as long as all the rest of a commit
_UPSERT: Final = (
    f"INSERT INTO photos(source, words, {', '.join(_COLUMNS)}) VALUES(?, ?{', ?' * len(_COLUMNS)})"
    " ON CONFLICT(source, item) DO UPDATE SET words=excluded.words, "
    + ", ".join(f"{c}=excluded.{c}" for c in _COLUMNS if c not in {"item", "entered", "is_news"})
    + ", entered=CASE WHEN state='approved' THEN entered ELSE excluded.entered END"
    + ", is_news=CASE WHEN state='approved' THEN is_news ELSE excluded.is_news END"
    + ", failures=CASE WHEN version=excluded.version THEN failures ELSE 0 END"
    + ", retry_at=CASE WHEN version=excluded.version THEN retry_at ELSE NULL END"
)


def known(connection: sqlite3.Connection, source: str, items: Sequence[str]) -> dict[str, Known]:
    """Return what is known of those of *items* that *source* listed before."""
    found: dict[str, Known] = {}
    with translated(LIBRARY.name):
        for part, marks in parts(items):
            rows = connection.execute(
                f"SELECT item, key, state, version, facts FROM photos WHERE source=? AND item IN ({marks})",
                (source, *part),
            )
            found |= {item: Known(key, state, version, facts) for item, key, state, version, facts in rows}
    return found


def commit(connection: sqlite3.Connection, source: str, entries: Sequence[Entry], before: dict[str, Known]) -> set[Digest]:
    """Write *entries* in one transaction; return the files that no photo needs any more.

    Whatever is not approved, or has other bytes than were prepared, loses its rank and its files at once.
    """
    freed: set[Digest] = set()
    values = [(source, _words(entry), *_VALUES(entry)) for entry in entries]
    with transaction(connection, LIBRARY.name):
        for entry in entries:
            was = before.get(entry.item)
            if was and (entry.state != "approved" or entry.version != was.version):
                connection.execute(f"{_REMEMBER} AND version<>?", (was.key, entry.version))
                connection.execute(f"{_REMEMBER_STAND_IN} AND version<>?", (was.key, entry.version))
                freed |= _forget_bytes(connection, [was.key])
        connection.executemany(_UPSERT, values)
        still = [b.key for e in entries if (b := before.get(e.item)) and e.state == "approved"]
        for part, marks in parts(still):
            connection.execute(
                "UPDATE ranks SET valid_until=(SELECT valid_until FROM photos WHERE photos.key=ranks.key)"
                f" WHERE key IN ({marks})",
                part,
            )
    return unused(connection, freed)


def withdraw(connection: sqlite3.Connection, keys: Sequence[int], reason: str) -> set[Digest]:
    """Let photos be withdrawn: rank, bytes, caption and address go; return the files that no photo needs any more.

    What remains names the bytes, so that they are known should they come back.
    """
    with transaction(connection, LIBRARY.name):
        connection.executemany("UPDATE photos SET sha256=coalesce(original, sha256) WHERE key=?", [(key,) for key in keys])
        freed = _forget_bytes(connection, keys)
        connection.executemany(
            "UPDATE photos SET state='withdrawn', reason=?, caption='', credit='', words='', alt='', image='', facts='',"
            " phash=NULL WHERE key=?",
            [(reason, key) for key in keys],
        )
    return unused(connection, freed)


def hide(connection: sqlite3.Connection, keys: Sequence[int], state: str, reason: str) -> set[Digest]:
    """Give photos another state without their bytes; return the files that no photo needs any more."""
    with transaction(connection, LIBRARY.name):
        freed = _forget_bytes(connection, keys)
        connection.executemany(
            "UPDATE photos SET state=?, reason=?, facts='' WHERE key=?",
            [(state, reason, key) for key in keys],
        )
    return unused(connection, freed)


def evict(connection: sqlite3.Connection, keys: Sequence[int], retry_at: Nanos) -> set[Digest]:
    """Take the bytes of photos to make room; they stay approved and are prepared again when there is room."""
    with transaction(connection, LIBRARY.name):
        freed = _forget_bytes(connection, keys)
        connection.executemany(
            "UPDATE photos SET retry_at=?, is_news=0, reason='evicted: the storage budget is full' WHERE key=?",
            [(retry_at, key) for key in keys],
        )
    return unused(connection, freed)


def keep_prepared(connection: sqlite3.Connection, job: ToPrepare, row: PreparedRow) -> bool:
    """Record what was made for *job* and give the photo its place in the order; False when it changed meanwhile."""
    with transaction(connection, LIBRARY.name):
        cursor = connection.execute(
            "UPDATE photos SET original=?, picture=?, tile=?, width=?, height=?, tile_width=?, tile_height=?, bytes=?, phash=?,"
            " prepared_for=?, failures=0, retry_at=NULL, reason=''"
            f" WHERE key=? AND version=? AND {MAY_BE_PREPARED}",
            (
                *(row.original, row.picture, row.tile, *row.size, *row.tile_size, row.stored_bytes, row.phash, row.prepared_for),
                *(job.key, job.version),
            ),
        )
        if not cursor.rowcount:
            return False
        connection.execute(
            "INSERT OR IGNORE INTO ranks(key, source, is_portrait, has_joined, is_news, entered, turn, last, valid_until)"
            " SELECT key, source, height>width, 0, is_news, entered, 0, 0, valid_until FROM photos"
            " WHERE key=? AND state='approved' AND is_film=0",
            (job.key,),
        )
    return True


def note_failure(
    connection: sqlite3.Connection,
    job: ToPrepare,
    *,
    reason: str,
    final: bool,
    counts: bool,
    retry_at: Nanos | None,
) -> None:
    """Remember why a photo could not be prepared.

    *final* refuses this version of it for good; *counts* says that the picture itself may be to blame. One that was
    prepared before, for a smaller canvas, stays as it is.
    """
    with transaction(connection, LIBRARY.name):
        connection.execute(
            "UPDATE photos SET failures=failures+?, reason=?, retry_at=?,"
            " state=CASE WHEN ? AND picture IS NULL THEN 'refused' ELSE state END,"
            " prepared_for=CASE WHEN ? AND picture IS NOT NULL THEN ? ELSE prepared_for END"
            f" WHERE key=? AND version=? AND {MAY_BE_PREPARED}",
            (counts, reason, retry_at, final, final, WHOLE, job.key, job.version),
        )


def failures(connection: sqlite3.Connection, key: int) -> int:
    """Return how often this version of a photo could not be prepared."""
    with translated(LIBRARY.name):
        row = connection.execute("SELECT failures FROM photos WHERE key=?", (key,)).fetchone()
    return row[0] if row else 0


def forget_bytes(connection: sqlite3.Connection, keys: Sequence[int]) -> set[Digest]:
    """Forget what was made of *keys*, so that it is made again; return the files that no photo needs any more."""
    with transaction(connection, LIBRARY.name):
        freed = _forget_bytes(connection, keys)
    return unused(connection, freed)


def to_prepare(connection: sqlite3.Connection, *, now: Nanos, limit: int, pixels: int) -> list[ToPrepare]:
    """Return approved photos whose time to be prepared has come: news first, then first come first served.

    When there are none, those that were prepared for a canvas with fewer than *pixels*: they stay up meanwhile.
    """
    missing = ("p.picture IS NULL", "p.is_news DESC, p.entered, p.key", ())
    too_small = ("p.picture IS NOT NULL AND p.prepared_for<?", "p.key", (pixels,))
    with translated(LIBRARY.name):
        for where, order, values in (missing, too_small):
            rows = connection.execute(
                "SELECT p.key, p.source, p.item, p.version, p.image, p.sha256, p.size_in_bytes"
                " FROM photos p JOIN sources s ON s.name=p.source"
                " WHERE p.state='approved' AND p.is_film=0 AND s.enabled=1 AND (p.valid_until IS NULL OR p.valid_until>?)"
                f" AND (p.retry_at IS NULL OR p.retry_at<=?) AND {where} ORDER BY {order} LIMIT ?",
                (now, now, *values, limit),
            ).fetchall()
            if rows:
                return [ToPrepare(*row) for row in rows]
    return []


def count_to_prepare(connection: sqlite3.Connection) -> int:
    """Return how many approved photos are not prepared."""
    with translated(LIBRARY.name):
        return connection.execute(f"SELECT count(*) FROM photos WHERE {_TO_COME}").fetchone()[0]


def expired(connection: sqlite3.Connection, now: Nanos, limit: int = PART) -> list[int]:
    """Return photos whose own end has passed."""
    with translated(LIBRARY.name):
        rows = connection.execute(
            "SELECT key FROM photos WHERE state='approved' AND valid_until IS NOT NULL AND valid_until<=? LIMIT ?",
            (now, limit),
        )
        return [key for (key,) in rows]


def keys_of(connection: sqlite3.Connection, source: str, items: Iterable[str]) -> dict[str, int]:
    """Return the row of each of *items* that the library has of *source*."""
    return {item: row.key for item, row in known(connection, source, list(items)).items()}


def photos(connection: sqlite3.Connection, keys: Sequence[int]) -> dict[int, Photo]:
    """Return the approved and prepared photos among *keys*; having one is no right to draw it."""
    found: dict[int, Photo] = {}
    with translated(LIBRARY.name):
        for part, marks in parts(keys):
            for row in connection.execute(
                "SELECT key, source, item, picture, tile, width, height, tile_width, tile_height, focal_x, focal_y,"
                " caption, credit, language, country, film FROM photos"
                f" WHERE picture IS NOT NULL AND state='approved' AND key IN ({marks})",
                part,
            ):
                key, source, item, picture, tile, width, height, tile_width, tile_height, fx, fy, *texts = row
                caption, credit, language, country, film = texts
                found[key] = Photo(
                    key=key,
                    source=source,
                    item=item,
                    picture=Digest(picture),
                    tile=Digest(tile),
                    size=Size(width, height),
                    tile_size=Size(tile_width, tile_height),
                    focal=None if fx is None or fy is None else (fx, fy),
                    caption=caption,
                    credit=credit,
                    language=language,
                    country=country,
                    film=Digest(film) if film else None,
                )
    return found


def stored_bytes(connection: sqlite3.Connection) -> int:
    """Return how much the prepared pictures take on disk."""
    with translated(LIBRARY.name):
        return connection.execute("SELECT coalesce(sum(bytes), 0) FROM photos WHERE picture IS NOT NULL").fetchone()[0]


def shown_longest_ago(connection: sqlite3.Connection, limit: int) -> list[tuple[int, int]]:
    """Return key and size of the prepared photos that were shown, longest ago first; films make room in their own way."""
    with translated(LIBRARY.name):
        return connection.execute(
            "SELECT key, bytes FROM photos WHERE picture IS NOT NULL AND last_shown IS NOT NULL AND is_film=0"
            " ORDER BY last_shown, key LIMIT ?",
            (limit,),
        ).fetchall()


def files_of(connection: sqlite3.Connection, keys: Sequence[int]) -> set[Digest]:
    """Return the files that were made for *keys*."""
    found: set[Digest] = set()
    with translated(LIBRARY.name):
        for key in keys:
            row = connection.execute(_FILES, (key,)).fetchone()
            found |= {Digest(name) for name in row or () if name}
    return found


def files_only_of(connection: sqlite3.Connection, keys: Sequence[int]) -> set[Digest]:
    """Return the files that were made for *keys* and that no other photo needs."""
    others: set[Digest] = set()
    ours, files = set(keys), files_of(connection, keys)
    with translated(LIBRARY.name):
        for digest in files:
            if any(key not in ours for (key,) in connection.execute(_OF_FILE, (digest,))):
                others.add(digest)
    return files - others


def unused(connection: sqlite3.Connection, digests: Iterable[Digest]) -> set[Digest]:
    """Return those of *digests* that no photo refers to."""
    with translated(LIBRARY.name):
        return {digest for digest in digests if not connection.execute(f"{_OF_FILE} LIMIT 1", (digest,)).fetchone()}


def _words(entry: Entry) -> str:
    """Return what somebody may look for; nothing of what is no text, which SQLite refuses by itself."""
    return folded(f"{entry.credit} {entry.caption}")


def _forget_bytes(connection: sqlite3.Connection, keys: Sequence[int]) -> set[Digest]:
    """Clear all that was made from the originals of *keys*, inside the caller's transaction; return the files."""
    freed: set[Digest] = set()
    for key in keys:
        row = connection.execute(_FILES, (key,)).fetchone()
        if row:
            freed |= {Digest(name) for name in row if name}
            connection.execute(_REMEMBER, (key,))
            connection.execute(f"UPDATE photos SET {_FORGET_BYTES} WHERE key=?", (key,))
            connection.execute("DELETE FROM ranks WHERE key=?", (key,))
    return freed
