"""What was ordered by hand and still holds, kept where it outlives a power cut; and how bright the wall was at last."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from math import isnan
from pathlib import Path
from typing import Final, cast

from player.library import dark, record_file
from player.library.database import transaction, translated
from player.units import Nanos

NAME: Final = "orders.sqlite"
NOTE: Final = "by_hand.json"
"""In the data folder, while the orders have not taken what is in it."""
MAX_BYTES: Final = 100_000  # of the note; 4 kB in truth
LOOK_S: Final = 0.1  # how long a first picture waits for a file that somebody holds

BY_HAND_TABLE: Final = """
CREATE TABLE by_hand(
    one INTEGER PRIMARY KEY CHECK(one=1), state TEXT NOT NULL, light REAL NOT NULL, at INTEGER NOT NULL
) STRICT"""
"""Version 3."""
REPLY_COLUMN: Final = "ALTER TABLE commands ADD COLUMN reply TEXT"
"""Version 7. What was answered before has its English alone."""


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
    reply: str | None = None
    """The result as a value, in JSON: for whoever speaks another language."""


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
        connection.execute(
            "UPDATE commands SET done_at=?, result=?, reply=? WHERE id=?", (at, obeyed.result, obeyed.reply, obeyed.number)
        )
        return
    connection.execute(
        "INSERT INTO commands(addressee, verb, arguments, by, at, done_at, result, reply) VALUES('screen',?,?,?,?,?,?,?)",
        (obeyed.verb, json.dumps(dict(obeyed.arguments)), obeyed.by, obeyed.at, at, obeyed.result, obeyed.reply),
    )


@dataclass(frozen=True, slots=True)
class Note:
    """What holds by hand, until the orders have it: they may be held by somebody who hangs, and the process may end before."""

    state: Mapping[str, object]
    light: float
    orders: str
    """The identity of the orders that *upto* counts in."""
    upto: int
    """Rows up to this one are part of it, though they may have no answer."""


def note_down(folder: Path, note: Note) -> None:
    """Write *note* in one step: after a power cut it is there as a whole, or as it was before.

    Raises:
        OSError: it could not be written.
    """
    record = {"state": dict(note.state), "light": note.light, "orders": note.orders, "upto": note.upto}
    record_file.write(folder / NOTE, record)


def noted(folder: Path) -> Note | None:
    """Return what is newer than what the orders have; None: nothing, or nothing that could be read."""
    found = cast("Mapping[str, object]", record_file.read(folder / NOTE, MAX_BYTES))
    with contextlib.suppress(ValueError, RecursionError, LookupError, TypeError, OverflowError):
        light = _bright(found["light"])
        return Note(_state(found["state"], light), light, str(found["orders"]), int(cast("int", found["upto"])))
    return None


def forget_note(folder: Path) -> None:
    """The orders have it: take the note away, if the disk lets us."""
    with contextlib.suppress(OSError):
        (folder / NOTE).unlink()


def kept(connection: sqlite3.Connection) -> dict[str, object]:
    """Return what holds by hand; nothing where nobody ever ordered anything. Where it is damaged, a dark wall is dark.

    Raises:
        LibraryError: it cannot be read.
    """
    with translated(NAME):
        row = connection.execute("SELECT state, light FROM by_hand").fetchone()
    if row is None:
        return {}
    try:
        found: object = json.loads(row[0])
    except (ValueError, RecursionError):
        found = None
    return _state(found, row[1])


def _state(found: object, light: float) -> dict[str, object]:
    """Return what was *found*, if it is ours at all; else that it is dark, if no *light* was to be seen."""
    if isinstance(found, dict) and (light > 0 or isinstance(cast("dict[str, object]", found).get("is_dark"), bool)):
        return cast("dict[str, object]", found)
    return {"is_dark": True} if light == 0 else {}


def _bright(value: object) -> float:
    light = float(cast("float", value))
    return min(1.0, max(0.0, light)) if not isnan(light) else 1.0


def last_light(folder: Path) -> float:
    """Return how bright the wall in whose data *folder* this is was to be at last, 0 to 1; 1 where nobody can say.

    For the very first picture, before anything is opened in earnest: a wall that was dark comes back dark, without a flash.
    """
    if dark.demanded(folder) is not None:
        return 0.0
    note = noted(folder)
    if note is not None:
        return note.light
    path = folder / NAME
    try:
        uri = f"{path.absolute().as_uri()}?mode=ro"
        with contextlib.closing(sqlite3.connect(uri, uri=True, timeout=LOOK_S)) as connection:
            row = connection.execute("SELECT light FROM by_hand").fetchone()
    except sqlite3.Error:
        return 1.0
    return _bright(row[0]) if row else 1.0
