"""The order of showing, as rows: who comes next, and who was shown. The choice itself is `show.rotation`'s.

Planning ahead of the wall happens on a private copy in memory: `shadow` makes one that every function here then uses.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Final

from player.library.database import transaction, translated
from player.library.photo import Pick, Ranked, Ranking
from player.library.schema import LIBRARY
from player.library.sources import Source
from player.units import Nanos

_ROW: Final = "SELECT key, source, turn, last, is_portrait FROM ranks"
_LANE: Final = "SELECT key, source, 0, entered, is_portrait FROM ranks"
_VALID: Final = "(valid_until IS NULL OR valid_until>?)"


def ranking(connection: sqlite3.Connection, sources: Sequence[Source], *, now: Nanos, limit: int) -> Ranking:
    """Return the first *limit* of each queue over *sources*, those whose word counts now."""
    news: list[Ranked] = []
    unseen: list[Ranked] = []
    pool: list[Ranked] = []
    highest: list[tuple[int]] = []
    with translated(LIBRARY.name):
        for source in sources:
            for lane, is_news in ((news, 1), (unseen, 0)):
                rows = connection.execute(
                    f"{_LANE} WHERE has_joined=0 AND source=? AND is_news=? AND {_VALID} ORDER BY entered, key LIMIT ?",
                    (source.name, is_news, now, limit),
                )
                lane += [Ranked(key, name, turn, last, bool(portrait)) for key, name, turn, last, portrait in rows]
            rows = connection.execute(
                f"{_ROW} WHERE has_joined=1 AND source=? AND {_VALID} ORDER BY turn, last, key LIMIT ?",
                (source.name, now, limit),
            )
            pool += [Ranked(key, name, turn, last, bool(portrait)) for key, name, turn, last, portrait in rows]
            highest += connection.execute(
                "SELECT turn FROM ranks WHERE has_joined=1 AND source=? ORDER BY turn DESC LIMIT 1", (source.name,)
            ).fetchall()
    came = sorted(news, key=lambda r: (r.last, r.key))
    there = sorted(unseen, key=lambda r: (r.last, r.key))
    waiting = sorted(pool, key=lambda r: (r.turn, r.last, r.key))
    most = max((turn for (turn,) in highest), default=0)
    return Ranking(tuple(came[:limit]), tuple(there[:limit]), tuple(waiting[:limit]), most)


def first_news(connection: sqlite3.Connection, sources: Sequence[Source]) -> int | None:
    """Return the photo that leads the debut lane, if anybody waits there."""
    with translated(LIBRARY.name):
        for source in sources:
            row = connection.execute(
                "SELECT key FROM ranks WHERE has_joined=0 AND source=? AND is_news=1 ORDER BY entered, key LIMIT 1",
                (source.name,),
            ).fetchone()
            if row:
                return row[0]
    return None


PLAY_DIGITS: Final = 16
"""Of a photo's SHA-256, in the record of what was shown: enough to prove that a photo was, and no way to it."""


def note_shown(connection: sqlite3.Connection, picks: Sequence[Pick], *, show: str, at: Nanos) -> tuple[str, ...]:
    """Record that photos were on screen in full: their turn, their count and the play; return the plays, as hashes."""
    with transaction(connection, LIBRARY.name):
        count_turns(connection, picks, at=at)
        connection.executemany(
            "UPDATE photos SET shown=shown+1, last_shown=? WHERE key=?",
            [(at, pick.key) for pick in picks],
        )
        hashes = tuple(_play(connection, pick.key) for pick in picks)
        connection.executemany("INSERT INTO plays VALUES(?,?,?)", [(at, play, show) for play in hashes])
    return hashes


def _play(connection: sqlite3.Connection, key: int) -> str:
    """Name the bytes that a photo was made of, also when it was withdrawn or evicted a moment ago; empty: nobody knows."""
    row = connection.execute(
        "SELECT coalesce(original, sha256, (SELECT sha256 FROM former f WHERE f.key=photos.key LIMIT 1)) FROM photos WHERE key=?",
        (key,),
    ).fetchone()
    return (row[0] or "")[:PLAY_DIGITS] if row else ""


def count_turns(connection: sqlite3.Connection, picks: Sequence[Pick], *, at: Nanos) -> None:
    """Give photos their turns, in the ranks alone."""
    connection.executemany(
        "UPDATE ranks SET has_joined=1, is_news=0, turn=?, last=? WHERE key=?",
        [(pick.turn, at, pick.key) for pick in picks],
    )


def shadow(connection: sqlite3.Connection) -> None:
    """Let *connection* see, and change, a private copy of the ranks from now on; the file is not written."""
    with translated(LIBRARY.name):
        (schema,) = connection.execute("SELECT sql FROM main.sqlite_master WHERE name='ranks'").fetchone()
        connection.execute(schema.replace("CREATE TABLE ranks", "CREATE TEMP TABLE ranks", 1))
        connection.execute("INSERT INTO temp.ranks SELECT * FROM main.ranks")
        for name, text in connection.execute(
            "SELECT name, sql FROM main.sqlite_master WHERE type='index' AND tbl_name='ranks'"
        ).fetchall():
            connection.execute(text.replace(f"CREATE INDEX {name}", f"CREATE INDEX temp.{name}", 1))
