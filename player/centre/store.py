"""The one door to `fleet.sqlite`: who belongs to the fleet, and what was heard of them.

Several processes share the file (a collector, the console, commands): transactions are short, and batches are one. Rows come
out as frozen values. Lists are read in pages by the last row of the page before, so that ten thousand cost no more than a few.
"""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
import threading
import unicodedata
from collections.abc import Generator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple, Self, cast

from player.centre.schema import FILE, FLEET
from player.errors import LibraryError
from player.library.database import connect, transaction, translated
from player.units import MILLISECOND, Nanos

MODE: Final = 0o600
PAGE: Final = 100  # rows that a person reads at once
MAX_PAGE: Final = 1000  # rows in one answer, for programs
_COLUMNS: Final = (
    "id, grp, site, enrolled_at, revoked_at, serial, state, boot, session, version, last_seen, report, report_at,"
    " doubles, rank, trouble"
)
_SEQUENCE: Final = "seq"
_LAST_WITHDRAWAL: Final = "w"


class After(NamedTuple):
    """The last row of a page: the next one begins behind it."""

    rank: int
    site: str
    id: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which players a list is of."""

    text: str = ""
    """Part of an id, a site or a group, in any case of letters."""
    group: str = ""
    site: str | None = None
    state: str = ""
    """`online`, `offline`, `wrong` (whatever is amiss), `never` (never heard of); empty: all."""
    revoked: bool = False
    """Whether those that belong to the fleet no more are listed as well."""


@dataclass(frozen=True, slots=True)
class Player:
    """A player, and what was last heard of it."""

    id: str
    group: str
    site: str
    enrolled_at: Nanos
    revoked_at: Nanos | None
    serial: str
    state: str
    """`online`, `offline`, or empty: never heard of."""
    boot: int
    session: str
    version: str
    last_seen: Nanos | None
    report: str
    """Its last report as JSON; empty: none yet."""
    report_at: Nanos | None
    doubles: int
    rank: int
    """The lower the worse; see `player.centre.standing`."""
    trouble: str
    """What is amiss, in words; empty: nothing."""

    @property
    def said(self) -> Mapping[str, object]:
        """Return its last report, parsed."""
        found: object = json.loads(self.report) if self.report else {}
        return cast("dict[str, object]", found) if isinstance(found, dict) else {}

    @property
    def after(self) -> After:
        """Return where the next page begins if this is the last row."""
        return After(self.rank, self.site, self.id)


@dataclass(frozen=True, slots=True)
class Counts:
    """How many players there are, of those that belong to the fleet."""

    players: int
    online: int
    offline: int
    never: int
    """Enrolled, and never heard of."""
    wrong: int
    """About which something is amiss, offline ones among them."""


class Store:
    """The file. Safe to use from every thread, one at a time."""

    def __init__(self, folder: Path) -> None:
        """Open the file in the centre's *folder*, made if there is none.

        Raises:
            LibraryError: it cannot be used, or a newer version wrote it.
        """
        self._lock = threading.RLock()
        _make(folder / FILE)
        self._connection = connect(folder / FILE, FLEET)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextlib.contextmanager
    def reading(self) -> Generator[sqlite3.Connection]:
        """Give the connection to the block, to read.

        Raises:
            LibraryError: the file cannot be read.
        """
        with self._lock, translated(FILE):
            yield self._connection

    @contextlib.contextmanager
    def changing(self) -> Generator[sqlite3.Connection]:
        """Give the connection to the block, as one transaction.

        Raises:
            LibraryError: it could not be written; nothing of it happened.
        """
        with self._lock, transaction(self._connection, FILE):
            yield self._connection

    def settle(self) -> None:
        """Wait until everything that was written is on the disk, as far as no reader is in the way."""
        with self.reading() as connection:
            connection.execute("PRAGMA wal_checkpoint(FULL)").fetchone()

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()

    def next_sequence(self, now: Nanos) -> int:
        """Return the number for the next message that is signed: higher than all before, also when this file was lost."""
        with self.changing() as connection:
            number = max(int(_meta(connection, _SEQUENCE) or 0) + 1, now // MILLISECOND)
            _note(connection, _SEQUENCE, str(number))
        return number

    def next_withdrawal(self, now: Nanos) -> int:
        """Return the number for the next withdrawal: higher than all before, also when this file was lost."""
        with self.changing() as connection:
            number = max(int(_meta(connection, _LAST_WITHDRAWAL) or 0) + 1, now // MILLISECOND)
            _note(connection, _LAST_WITHDRAWAL, str(number))
        return number

    def meta(self, key: str) -> str:
        """Return what was noted under *key*; empty: nothing."""
        with self.reading() as connection:
            return _meta(connection, key)

    def note(self, key: str, value: str) -> None:
        """Note *value* under *key*, in place of what was there."""
        with self.changing() as connection:
            _note(connection, key, value)

    def player(self, name: str) -> Player | None:
        """Return the player with the id *name*, revoked or not; None: there is none."""
        with self.reading() as connection:
            row = connection.execute(f"SELECT {_COLUMNS} FROM players WHERE id=?", (name,)).fetchone()
        return Player(*row) if row else None

    def players(self, wanted: Wanted, after: After | None = None, limit: int = PAGE) -> tuple[Player, ...]:
        """Return at most *limit* players of those *wanted*, the worst first, from behind *after*."""
        terms, values = _terms(wanted)
        if after is not None:
            terms.append("(rank, site, id) > (?, ?, ?)")
            values += after
        where = " AND ".join(terms) or "1"
        with self.reading() as connection:
            # The inner query is answered from the index alone: reports are read for the rows of the page only.
            rows = connection.execute(
                f"SELECT {_COLUMNS} FROM players WHERE id IN (SELECT id FROM players INDEXED BY players_worst_first"
                f" WHERE {where} ORDER BY rank, site, id LIMIT ?) ORDER BY rank, site, id",
                (*values, min(limit, MAX_PAGE)),
            ).fetchall()
        return tuple(Player(*row) for row in rows)

    def count(self, wanted: Wanted) -> int:
        """Return how many players are *wanted*."""
        terms, values = _terms(wanted)
        where = " AND ".join(terms) or "1"
        with self.reading() as connection:
            (found,) = connection.execute(
                f"SELECT count(*) FROM players INDEXED BY players_worst_first WHERE {where}", values
            ).fetchone()
        return found

    def counts(self) -> Counts:
        """Return how many players there are, and how they are."""
        with self.reading() as connection:
            row = connection.execute(
                "SELECT count(*), ifnull(sum(state='online'), 0), ifnull(sum(state='offline'), 0), ifnull(sum(state=''), 0),"
                " ifnull(sum(rank<?), 0) FROM players INDEXED BY players_worst_first WHERE revoked_at IS NULL",
                (FINE,),
            ).fetchone()
        return Counts(*row)

    def groups(self) -> tuple[str, ...]:
        """Return the groups of those that belong to the fleet."""
        return self._each("grp")

    def sites(self) -> tuple[str, ...]:
        """Return the sites of those that belong to the fleet."""
        return self._each("site")

    def picture(self, name: str) -> tuple[bytes, Nanos] | None:
        """Return the last picture of the player *name*, a JPEG, and when it was taken; None: there is none."""
        with self.reading() as connection:
            return connection.execute("SELECT jpeg, taken_at FROM pictures WHERE id=?", (name,)).fetchone()

    def _each(self, column: str) -> tuple[str, ...]:
        with self.reading() as connection:
            rows = connection.execute(
                f"SELECT DISTINCT {column} FROM players INDEXED BY players_worst_first WHERE revoked_at IS NULL ORDER BY 1"
            ).fetchall()
        return tuple(name for (name,) in rows)


FINE: Final = 100  # from this rank on nothing is amiss


def searched(*words: str) -> str:
    """Return *words* as they are searched for: in one case of letters, also without what stands above and below them."""
    folded = " ".join(words).casefold()
    bare = "".join(each for each in unicodedata.normalize("NFKD", folded) if not unicodedata.combining(each))
    return folded if bare == folded else f"{folded} {bare}"


def _terms(wanted: Wanted) -> tuple[list[str], list[object]]:
    terms, values = list[str](), list[object]()
    if not wanted.revoked:
        terms.append("(revoked_at IS NULL OR rank<?)")  # one that is revoked and yet online is never left out
        values.append(FINE)
    if wanted.text:
        terms.append("instr(search, ?)")
        values.append(wanted.text.strip().casefold())
    if wanted.group:
        terms.append("grp=?")
        values.append(wanted.group)
    if wanted.site is not None:
        terms.append("site=?")
        values.append(wanted.site)
    if wanted.state == "wrong":
        terms.append("rank<?")
        values.append(FINE)
    elif wanted.state:
        terms.append("state=?")
        values.append("" if wanted.state == "never" else wanted.state)
    return terms, values


def _meta(connection: sqlite3.Connection, key: str) -> str:
    row = connection.execute("SELECT value FROM meta WHERE key=?", (key,)).fetchone()
    return row[0] if row else ""


def _note(connection: sqlite3.Connection, key: str, value: str) -> None:
    connection.execute("INSERT INTO meta VALUES (?, ?) ON CONFLICT(key) DO UPDATE SET value=excluded.value", (key, value))


def _make(path: Path) -> None:
    """Make the file before SQLite does, which would let others read it; its companions get the same mode from SQLite."""
    try:
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC | os.O_NOFOLLOW, MODE)
    except FileExistsError:
        return
    except OSError as error:
        raise LibraryError(f"{path} could not be made: {error.strerror}") from error
    try:
        if os.geteuid() == 0:  # who acts as root must not take it from whoever watches
            about = path.parent.stat()
            os.fchown(descriptor, about.st_uid, about.st_gid)
    finally:
        os.close(descriptor)
