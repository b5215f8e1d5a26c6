"""When a photo was shown: its plays, found by the beginning of the hash of its bytes, for as long as plays are kept."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from player.library.database import translated
from player.library.ranks import PLAY_DIGITS
from player.library.schema import LIBRARY
from player.units import Nanos


@dataclass(frozen=True, slots=True)
class Play:
    """Once on screen in full."""

    at: Nanos
    show: str


def plays(connection: sqlite3.Connection, key: int, *, limit: int, before: Nanos | None = None) -> tuple[Play, ...]:
    """Return at most *limit* plays of a photo, the newest first, of all bytes it ever had; those *before* an instant, if given.

    Two photos of the same bytes have their plays in common.

    Raises:
        LibraryError: the library cannot be read.
    """
    upto = 2**63 - 1 if before is None else before
    found: set[Play] = set()
    with translated(LIBRARY.name):
        names = connection.execute(
            "SELECT coalesce(original, sha256) FROM photos WHERE key=? UNION SELECT sha256 FROM former WHERE key=?", (key, key)
        ).fetchall()
        for name in {sha256[:PLAY_DIGITS] for (sha256,) in names if sha256}:
            rows = connection.execute(
                "SELECT at, show FROM plays WHERE photo=? AND at<? ORDER BY at DESC LIMIT ?", (name, upto, limit)
            )
            found |= {Play(at, show) for at, show in rows}
    return tuple(sorted(found, key=lambda play: play.at, reverse=True)[:limit])


@dataclass(frozen=True, slots=True)
class Count:
    """How much was shown."""

    showings: int
    people: int
    """Different photos among them."""
    ever: int
    """Different photos that were shown since this player was set up, and are here still."""


def count(connection: sqlite3.Connection, since: Nanos, until: Nanos) -> Count:
    """Return how much was shown from *since* to *until*, as far as plays are kept.

    Raises:
        LibraryError: the library cannot be read.
    """
    with translated(LIBRARY.name):
        showings, people = connection.execute(
            "SELECT count(*), count(DISTINCT photo) FROM plays WHERE at>=? AND at<?", (since, until)
        ).fetchone()
        (ever,) = connection.execute("SELECT count(*) FROM photos INDEXED BY photos_by_facets WHERE shown>0").fetchone()
    return Count(showings, people, ever)
