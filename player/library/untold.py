"""What of the journal somebody elsewhere has not been told: lines after a cursor, for each writer. And the cursor, as text.

The cursor lies in `library.sqlite`: lost with it, some is told twice. What is told must not be harmed by that.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection
from typing import Final, cast

from player.library.database import transaction, translated
from player.library.journal import NAME, Line
from player.library.schema import LIBRARY
from player.units import Nanos

_KEY: Final = "fleet"
MAX_CHARS: Final = 200_000  # of a cursor: 40 kB with five hundred withdrawals on their way


def heads(orders: sqlite3.Connection) -> dict[str, int]:
    """Return the number of the last line of each writer."""
    with translated(NAME):
        return dict(orders.execute("SELECT writer, seq FROM heads").fetchall())


def before(orders: sqlite3.Connection, writer: str, at: Nanos) -> int:
    """Return the number of the last line that *writer* wrote before an instant; 0: there is none."""
    with translated(NAME):
        row = orders.execute("SELECT max(seq) FROM journal WHERE writer=? AND +at<?", (writer, at)).fetchone()
    return row[0] or 0


def lines(
    orders: sqlite3.Connection,
    writer: str,
    *,
    after: int,
    kinds: Collection[str],
    limit: int,
    given_up: Collection[str] = (),
    floor: int = 0,
) -> tuple[Line, ...]:
    """Return the next lines of *writer* after a number, of some *kinds*; one that nobody can read has nothing in it.

    Those of the kinds *given_up* count from *floor* on.
    """
    marks, others = ",".join("?" * len(kinds)), ",".join("?" * len(given_up))
    with translated(NAME):
        rows = orders.execute(
            # In the order of the primary key: an index by kind would have to sort all there ever were.
            f"SELECT seq, at, kind, what FROM journal WHERE writer=? AND seq>? AND +kind IN ({marks})"
            f" AND (seq>? OR +kind NOT IN ({others})) ORDER BY seq LIMIT ?",
            (writer, after, *kinds, floor, *given_up, limit),
        ).fetchall()
    return tuple(Line(writer, seq, at, kind, _read(what)) for seq, at, kind, what in rows)


def surplus(orders: sqlite3.Connection, writer: str, *, after: int, kinds: Collection[str], most: int) -> tuple[int, int]:
    """Return up to which number lines of *kinds* are too many, if the newest *most* stay, and how many these are."""
    marks = ",".join("?" * len(kinds))
    with translated(NAME):
        row = orders.execute(
            f"SELECT seq FROM journal WHERE writer=? AND seq>? AND +kind IN ({marks}) ORDER BY seq DESC LIMIT 1 OFFSET ?",
            (writer, after, *kinds, most),
        ).fetchone()
        if row is None:
            return after, 0
        (count,) = orders.execute(
            f"SELECT count(*) FROM journal WHERE writer=? AND seq>? AND seq<=? AND +kind IN ({marks})",
            (writer, after, row[0], *kinds),
        ).fetchone()
    return row[0], count


def cursor(library: sqlite3.Connection) -> object:
    """Return what was kept with `keep`; None: nothing, or nothing that can be read."""
    with translated(LIBRARY.name):
        row = library.execute("SELECT value FROM meta WHERE key=?", (_KEY,)).fetchone()
    if row is None or len(row[0]) > MAX_CHARS:
        return None
    try:
        return json.loads(row[0])
    except (ValueError, RecursionError):
        return None


def keep(library: sqlite3.Connection, value: object) -> None:
    """Keep how far everything was told."""
    text = json.dumps(value, separators=(",", ":"))
    with transaction(library, LIBRARY.name):
        library.execute("INSERT INTO meta VALUES(?,?) ON CONFLICT(key) DO UPDATE SET value=excluded.value", (_KEY, text))


def _read(what: str) -> dict[str, object]:
    try:
        found: object = json.loads(what)
    except (ValueError, RecursionError):
        return {}
    return cast("dict[str, object]", found) if isinstance(found, dict) else {}
