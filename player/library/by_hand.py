"""What was ordered by hand and still holds, kept where it outlives a power cut; and how bright the wall was at last."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, cast

from player.library import dark
from player.library.database import transaction, translated
from player.units import Nanos

NAME: Final = "orders.sqlite"
LOOK_S: Final = 0.1  # how long a first picture waits for a file that somebody holds

BY_HAND_TABLE: Final = """
CREATE TABLE by_hand(
    one INTEGER PRIMARY KEY CHECK(one=1), state TEXT NOT NULL, light REAL NOT NULL, at INTEGER NOT NULL
) STRICT"""
"""Version 3."""


@dataclass(frozen=True, slots=True)
class Obeyed:
    """A command and what became of it."""

    verb: str
    arguments: Mapping[str, str]
    by: str
    at: Nanos
    """When it was given."""
    result: str
    number: int | None = None
    """Of its row; None: it had none, for it was given by a key."""


def settle(
    connection: sqlite3.Connection, state: Mapping[str, object], *, light: float, at: Nanos, obeyed: Obeyed | None = None
) -> None:
    """Keep what holds by hand from now on, and answer the command that made it so: both or neither.

    Args:
        connection: On the orders.
        state: Plain data.
        light: How bright the wall is to be, 0 to 1.
        at: Now.
        obeyed: The command; None: time alone has changed it.
    """
    with transaction(connection, NAME):
        connection.execute(
            "INSERT INTO by_hand VALUES(1,?,?,?) ON CONFLICT(one) DO UPDATE SET"
            " state=excluded.state, light=excluded.light, at=excluded.at",
            (json.dumps(state), light, at),
        )
        if obeyed:
            _answer(connection, obeyed, at)


def _answer(connection: sqlite3.Connection, obeyed: Obeyed, at: Nanos) -> None:
    if obeyed.number is not None:
        connection.execute("UPDATE commands SET done_at=?, result=? WHERE id=?", (at, obeyed.result, obeyed.number))
        return
    connection.execute(
        "INSERT INTO commands(addressee, verb, arguments, by, at, done_at, result) VALUES('screen',?,?,?,?,?,?)",
        (obeyed.verb, json.dumps(dict(obeyed.arguments)), obeyed.by, obeyed.at, at, obeyed.result),
    )


def kept(connection: sqlite3.Connection) -> dict[str, object]:
    """Return what holds by hand; nothing where nobody ever ordered anything.

    Raises:
        LibraryError: it cannot be read.
    """
    with translated(NAME):
        row = connection.execute("SELECT state FROM by_hand").fetchone()
    if row is None:
        return {}
    try:
        found: object = json.loads(row[0])
    except ValueError:
        return {}
    return cast("dict[str, object]", found) if isinstance(found, dict) else {}


def last_light(folder: Path) -> float:
    """Return how bright the wall in whose data *folder* this is was to be at last, 0 to 1; 1 where nobody can say.

    For the very first picture, before anything is opened in earnest: a wall that was dark comes back dark, without a flash.
    """
    if dark.demanded(folder) is not None:
        return 0.0
    path = folder / NAME
    try:
        uri = f"{path.absolute().as_uri()}?mode=ro"
        with contextlib.closing(sqlite3.connect(uri, uri=True, timeout=LOOK_S)) as connection:
            row = connection.execute("SELECT light FROM by_hand").fetchone()
    except sqlite3.Error:
        return 1.0
    return min(1.0, max(0.0, float(row[0]))) if row else 1.0
