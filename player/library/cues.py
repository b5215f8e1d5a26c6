"""Cues as rows: what the screen decided, so that a restart goes on and any instant can be drawn again."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass

from player.library.database import transaction, translated
from player.library.schema import LIBRARY
from player.units import Nanos


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredCue:
    """A cue by reference: photos by key, so that nothing of a withdrawn photo is kept here."""

    show: str
    ordinal: int
    """Counts the slides of a show; the words' language follows from it."""
    step: int
    """Where in the playlist the next slide will be taken from."""
    start: Nanos
    length: Nanos
    fade: Nanos
    seed: int
    slide: dict[str, object]


def store(connection: sqlite3.Connection, cue: StoredCue) -> None:
    """Keep *cue*; a cue of the same show with the same number was decided anew and is replaced."""
    with transaction(connection, LIBRARY.name):
        connection.execute("DELETE FROM cues WHERE start>=? OR (show=? AND ordinal=?)", (cue.start, cue.show, cue.ordinal))
        connection.execute(
            "INSERT INTO cues(show, ordinal, step, start, length, fade, seed, slide) VALUES(?,?,?,?,?,?,?,?)",
            (cue.show, cue.ordinal, cue.step, cue.start, cue.length, cue.fade, cue.seed, json.dumps(cue.slide)),
        )


def before(connection: sqlite3.Connection, at: Nanos, limit: int = 2) -> list[StoredCue]:
    """Return the last *limit* cues that had started by *at*, oldest first."""
    with translated(LIBRARY.name):
        rows = connection.execute(
            "SELECT show, ordinal, step, start, length, fade, seed, slide FROM cues WHERE start<=? ORDER BY start DESC LIMIT ?",
            (at, limit),
        ).fetchall()
    return [
        StoredCue(
            show=show,
            ordinal=ordinal,
            step=step,
            start=start,
            length=length,
            fade=fade,
            seed=seed,
            slide=json.loads(slide),
        )
        for show, ordinal, step, start, length, fade, seed, slide in reversed(rows)
    ]


def last(connection: sqlite3.Connection, show: str) -> StoredCue | None:
    """Return the newest cue of *show*."""
    with translated(LIBRARY.name):
        row = connection.execute("SELECT start FROM cues WHERE show=? ORDER BY id DESC LIMIT 1", (show,)).fetchone()
    found = [cue for cue in before(connection, row[0], 2) if cue.show == show] if row else []
    return found[-1] if found else None


def prune(connection: sqlite3.Connection, *, cues_before: Nanos, plays_before: Nanos) -> None:
    """Drop cues and plays from before these instants."""
    with transaction(connection, LIBRARY.name):
        connection.execute("DELETE FROM cues WHERE start<?", (cues_before,))
        connection.execute("DELETE FROM plays WHERE at<?", (plays_before,))
