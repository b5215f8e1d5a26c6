"""How many photos there are to show, how many of them have been shown, and how much one takes: for plans and promises."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Final

from player.library.database import translated
from player.library.schema import LIBRARY

SAMPLE: Final = 2_000  # photos whose size is looked at: of a million it would take two seconds, and say the same


@dataclass(frozen=True, slots=True, kw_only=True)
class Census:
    """The photos that sources of the configuration approve, withdrawn and refused ones left out."""

    photos: int
    """Prepared or waiting for it; the core set only where there is nothing else."""
    portraits: int
    """Of those that are prepared."""
    prepared: int
    shown: int
    """How many have been shown at least once."""

    @property
    def unseen(self) -> int:
        """How many have never been shown."""
        return self.photos - self.shown


def census(connection: sqlite3.Connection) -> Census:
    """Count; half a microsecond a photo.

    Raises:
        LibraryError: the library cannot be read.
    """
    with translated(LIBRARY.name):
        found = _count(connection, is_core=False)
        return found if found.photos else _count(connection, is_core=True)


def bytes_each(connection: sqlite3.Connection) -> int:
    """Return what a prepared photo takes on the disk, on average of the newest ones; 0: there is none yet.

    Raises:
        LibraryError: the library cannot be read.
    """
    with translated(LIBRARY.name):
        (each,) = connection.execute(
            "SELECT avg(bytes) FROM (SELECT bytes FROM photos WHERE picture IS NOT NULL AND is_film=0 ORDER BY key DESC LIMIT ?)",
            (SAMPLE,),
        ).fetchone()
    return round(each or 0)


def _count(connection: sqlite3.Connection, *, is_core: bool) -> Census:
    """Count the photos of the sources that are on, those of core sets or the others."""
    prepared, portraits, joined = connection.execute(
        "SELECT count(*), coalesce(sum(is_portrait), 0), coalesce(sum(has_joined), 0) FROM ranks"
        " WHERE source IN (SELECT name FROM sources WHERE enabled=1 AND is_core=?)",
        (is_core,),
    ).fetchone()
    waiting, shown = connection.execute(
        "SELECT count(*), coalesce(sum(shown>0), 0) FROM photos INDEXED BY photos_to_prepare"
        " WHERE state='approved' AND picture IS NULL AND is_film=0"
        " AND source IN (SELECT name FROM sources WHERE enabled=1 AND is_core=?)",
        (is_core,),
    ).fetchone()
    return Census(
        photos=prepared + waiting,
        portraits=portraits,
        prepared=prepared,
        shown=joined + shown,
    )
