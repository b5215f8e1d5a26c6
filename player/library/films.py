"""Films as rows beside photos: which are to be fetched, what was made of each, and which may be asked for by name.

A film has a row as a photo has, with a picture of itself to know it by: approval, review, withdrawal, lease, end and retention
are the same for both. It has no place in the order of showing: it is shown where a playlist names it, and nowhere else.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final

from player.library import photos
from player.library.database import transaction, translated
from player.library.photo import Photo
from player.library.photos import MAY_BE_PREPARED, PreparedRow, ToPrepare
from player.library.reviews import Name
from player.library.schema import LIBRARY
from player.units import Digest, Nanos

MOST: Final = 1000  # asked for at once; a configuration names a handful


@dataclass(frozen=True, slots=True)
class Stored:
    """A film that lies here."""

    photo: Photo
    """Its picture. Having it is no right to show the film: ask `right.refusals`."""
    film: Digest
    """Names its file."""
    facts: str
    """What is known of it, as ingest wrote it."""


def to_prepare(connection: sqlite3.Connection, names: Iterable[Name], now: Nanos) -> list[ToPrepare]:
    """Return those of *names* that are to be fetched: approved, or of a source whose reviewers are to see them.

    Raises:
        LibraryError: the library cannot be read.
    """
    found: list[ToPrepare] = []
    with translated(LIBRARY.name):
        for name in list(dict.fromkeys(names))[:MOST]:
            row = connection.execute(
                "SELECT key, source, item, version, image, sha256, size_in_bytes, stand_in FROM photos"
                f" WHERE source=? AND item=? AND is_film=1 AND picture IS NULL AND {MAY_BE_PREPARED}"
                " AND (valid_until IS NULL OR valid_until>?) AND (retry_at IS NULL OR retry_at<=?)"
                " AND source IN (SELECT name FROM sources WHERE enabled=1)",
                (name.source, name.item, now, now),
            ).fetchone()
            found += [ToPrepare(*row)] if row else []
    return found


def keep(connection: sqlite3.Connection, job: ToPrepare, row: PreparedRow, *, film: Digest, facts: str) -> bool:
    """Record what was made for *job*, whose bytes are the file called *film*; False when it changed meanwhile.

    Every film with these bytes has the same *facts* from now on: there is one file for all of them.

    Raises:
        LibraryError: it could not be recorded.
    """
    with transaction(connection, LIBRARY.name):
        count = connection.execute(
            "UPDATE photos SET original=?, picture=?, tile=?, width=?, height=?, tile_width=?, tile_height=?, bytes=?, phash=?,"
            " prepared_for=?, film=?, failures=0, retry_at=NULL, reason=''"
            f" WHERE key=? AND version=? AND is_film=1 AND {MAY_BE_PREPARED}",
            (
                *(row.original, row.picture, row.tile, *row.size, *row.tile_size, row.stored_bytes, row.phash, row.prepared_for),
                *(film, job.key, job.version),
            ),
        ).rowcount
        connection.execute("UPDATE photos SET film_facts=? WHERE film=?", (facts, film))
    return bool(count)


def note(connection: sqlite3.Connection, film: Digest, facts: str) -> None:
    """Keep what is known by now of the file called *film*.

    Raises:
        LibraryError: it could not be recorded.
    """
    with transaction(connection, LIBRARY.name):
        connection.execute("UPDATE photos SET film_facts=? WHERE film=?", (facts, film))


def stored(connection: sqlite3.Connection, names: Iterable[Name]) -> dict[Name, Stored]:
    """Return those of *names* that lie here and are approved, by their row; whether one may be shown is asked of `right`.

    Raises:
        LibraryError: the library cannot be read.
    """
    found: dict[Name, Stored] = {}
    with translated(LIBRARY.name):
        for name in list(dict.fromkeys(names))[:MOST]:
            row = connection.execute(
                "SELECT key, film, film_facts FROM photos WHERE source=? AND item=? AND is_film=1 AND state='approved'"
                " AND film IS NOT NULL AND film=original AND film_facts IS NOT NULL",
                (name.source, name.item),
            ).fetchone()
            photo = photos.photos(connection, [row[0]]).get(row[0]) if row else None
            if photo and photo.film:
                found[name] = Stored(photo, Digest(row[1]), row[2])
    return found


def every(connection: sqlite3.Connection) -> dict[Digest, str]:
    """Return the files of all films that lie here, with what is known of each.

    Raises:
        LibraryError: the library cannot be read.
    """
    with translated(LIBRARY.name):
        rows = connection.execute("SELECT film, film_facts FROM photos WHERE is_film=1 AND film IS NOT NULL").fetchall()
    return {Digest(film): facts or "" for film, facts in rows}


def rows_of(connection: sqlite3.Connection, film: Digest) -> list[int]:
    """Return the rows of all films with these bytes.

    Raises:
        LibraryError: the library cannot be read.
    """
    with translated(LIBRARY.name):
        return [key for (key,) in connection.execute("SELECT key FROM photos WHERE film=?", (film,))]


def unnamed(connection: sqlite3.Connection, names: Collection[Name]) -> list[int]:
    """Return the rows of films that lie here and are not among *names*, the oldest first.

    Raises:
        LibraryError: the library cannot be read.
    """
    with translated(LIBRARY.name):
        rows = connection.execute(
            "SELECT key, source, item FROM photos INDEXED BY photos_films WHERE is_film=1 AND picture IS NOT NULL"
            " ORDER BY entered, key"
        ).fetchall()
    return [key for key, source, item in rows if Name(source, item) not in names]


def stored_bytes(connection: sqlite3.Connection) -> int:
    """Return what films take on the disk.

    Raises:
        LibraryError: the library cannot be read.
    """
    with translated(LIBRARY.name):
        return connection.execute(
            "SELECT coalesce(sum(bytes), 0) FROM photos INDEXED BY photos_films WHERE is_film=1 AND picture IS NOT NULL"
        ).fetchone()[0]
