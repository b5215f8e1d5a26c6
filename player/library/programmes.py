"""Programmes of shows in step, as rows: which were announced, which count from when on, and how far this player is with each.

Whoever listens to the centre announces and commits them; ingest fetches them, and says how far all is here; the screen reads.
Nothing of a document is understood here.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from player.library.database import transaction, translated
from player.library.schema import LIBRARY
from player.units import SECOND, Digest, Nanos

KEPT: Final = 3  # of a group: what is on, what is committed, what is announced
MAX_GROUPS: Final = 16  # a player is in one or two
MAX_WHY: Final = 200  # characters
LATEST: Final[Nanos] = 86_400 * SECOND  # after the time at which it was to begin; whatever clocks say, nobody commits it any more

_COLUMNS: Final = "grp, hash, version, activate_at, said_at, committed, size, state, why, missing"
_UNCHANGED: Final = "programmes.version=excluded.version AND programmes.activate_at=excluded.activate_at"


class State(StrEnum):
    """How far a programme has come."""

    ANNOUNCED = "announced"  # to be fetched
    HERE = "here"
    REFUSED = "refused"  # what was fetched is none, or another one


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of a programme, without its document."""

    group: str
    hash: str
    """SHA-256 of its document."""
    version: str
    activate_at: Nanos
    said_at: Nanos
    """When it was announced, or committed, as it stands."""
    is_committed: bool
    """It counts from *activate_at* on; before that it is only announced."""
    size: int
    """Bytes of its document, as announced; 0: nobody said."""
    state: State
    why: str
    """What keeps this player from being ready for it; empty: nothing, once it was looked into."""
    missing: int | None
    """How many of its photos cannot be shown here yet; None: nobody has looked."""

    @property
    def is_ready(self) -> bool:
        """Whether this player can switch to it."""
        return self.state is State.HERE and self.missing is not None and not self.why


def announce(
    connection: sqlite3.Connection, group: str, *, version: str, digest: str, activate_at: Nanos, size: int, at: Nanos
) -> None:
    """Take down that there is a programme to be fetched; told again, nothing changes.

    Raises:
        LibraryError: it could not be written.
    """
    with transaction(connection, LIBRARY.name):
        _told(connection, group, version=version, digest=digest, activate_at=activate_at, at=at)
        connection.execute("UPDATE programmes SET size=? WHERE grp=? AND hash=? AND size<>?", (size, group, digest, size))
        _drop(connection, group, at)


def commit(connection: sqlite3.Connection, group: str, *, version: str, digest: str, activate_at: Nanos, at: Nanos) -> bool:
    """Take down that a programme counts from *activate_at* on, announced or not; the latest word is the only one.

    Whatever else was committed and has not begun yet counts no more. Told again, nothing changes. Return False when nothing of
    it was done, for the programme that is here begins at another time: its hash says when.

    Raises:
        LibraryError: it could not be written.
    """
    with transaction(connection, LIBRARY.name):
        _told(connection, group, version=version, digest=digest, activate_at=activate_at, at=at)
        where = "grp=? AND hash=? AND activate_at=?"
        if not connection.execute(f"SELECT 1 FROM programmes WHERE {where}", (group, digest, activate_at)).fetchone():
            return False
        is_news = connection.execute(
            f"UPDATE programmes SET committed=1, said_at=? WHERE {where} AND committed=0", (at, group, digest, activate_at)
        ).rowcount
        if is_news:  # told again at each connection: after a power cut the clock may be behind what is on by now
            connection.execute("UPDATE programmes SET committed=0 WHERE grp=? AND hash<>? AND activate_at>?", (group, digest, at))
        _drop(connection, group, at)
    return True


def forget_announced(connection: sqlite3.Connection, group: str, *, but: str) -> None:
    """Forget what was announced to *group* and not committed, *but* for one hash.

    Raises:
        LibraryError: it could not be written.
    """
    where = "WHERE grp=? AND hash<>? AND committed=0"
    with translated(LIBRARY.name):
        has_any = connection.execute(f"SELECT 1 FROM programmes {where} LIMIT 1", (group, but)).fetchone()
    if has_any:
        with transaction(connection, LIBRARY.name):
            connection.execute(f"DELETE FROM programmes {where}", (group, but))


def to_fetch(connection: sqlite3.Connection) -> tuple[Known, ...]:
    """Return the programmes whose document is not here: first those that count, then those that begin sooner."""
    return _found(connection, "WHERE state=? ORDER BY committed DESC, activate_at, grp, hash", (State.ANNOUNCED,))


def took(connection: sqlite3.Connection, group: str, digest: str, body: bytes) -> None:
    """Store a document that was checked."""
    with transaction(connection, LIBRARY.name):
        connection.execute(
            "UPDATE programmes SET state=?, why='', missing=NULL, body=? WHERE grp=? AND hash=?",
            (State.HERE, body.decode("utf-8"), group, digest),
        )


def refused(connection: sqlite3.Connection, group: str, digest: str, why: str) -> None:
    """Take down that a document can never count here, and *why*; it is not fetched again, unless it is announced otherwise."""
    with transaction(connection, LIBRARY.name):
        connection.execute(
            "UPDATE programmes SET state=?, why=?, body=NULL, missing=NULL WHERE grp=? AND hash=?",
            (State.REFUSED, why[:MAX_WHY], group, digest),
        )


def reconsider(connection: sqlite3.Connection) -> None:
    """Have everything that was refused fetched and looked into once more."""
    with translated(LIBRARY.name):
        has_any = connection.execute("SELECT 1 FROM programmes WHERE state=? LIMIT 1", (State.REFUSED,)).fetchone()
    if has_any:
        with transaction(connection, LIBRARY.name):
            connection.execute("UPDATE programmes SET state=? WHERE state=?", (State.ANNOUNCED, State.REFUSED))


def note_missing(connection: sqlite3.Connection, group: str, digest: str, missing: int | None, why: str) -> bool:
    """Take down how far this player is from being ready, and *why* it is not; return whether that is news."""
    where = (group, digest, missing, why[:MAX_WHY])
    with translated(LIBRARY.name):
        is_news = connection.execute(
            "SELECT 1 FROM programmes WHERE grp=? AND hash=? AND (missing IS NOT ? OR why<>?)", where
        ).fetchone()
    if is_news:
        with transaction(connection, LIBRARY.name):
            connection.execute("UPDATE programmes SET missing=?, why=? WHERE grp=? AND hash=?", (*where[2:], *where[:2]))
    return bool(is_news)


def in_force(connection: sqlite3.Connection, group: str, at: Nanos) -> Known | None:
    """Return the programme that a group shows *at* an instant: the last one that is committed, has begun, and is here."""
    where = "WHERE grp=? AND committed=1 AND state=? AND activate_at<=? ORDER BY activate_at DESC, said_at DESC LIMIT 1"
    return next(iter(_found(connection, where, (group, State.HERE, at))), None)


def coming(connection: sqlite3.Connection, group: str, at: Nanos) -> Known | None:
    """Return the programme that is to be in force next after an instant, as far as one is committed and here."""
    where = "WHERE grp=? AND committed=1 AND state=? AND activate_at>? ORDER BY activate_at, said_at DESC LIMIT 1"
    return next(iter(_found(connection, where, (group, State.HERE, at))), None)


def every(connection: sqlite3.Connection) -> tuple[Known, ...]:
    """Return all there are, by group, those that begin first before the others."""
    return _found(connection, "ORDER BY grp, activate_at, hash", ())


def body(connection: sqlite3.Connection, group: str, digest: str) -> bytes | None:
    """Return the document of a programme, checked when it came; None: it is not here."""
    with translated(LIBRARY.name):
        row = connection.execute("SELECT body FROM programmes WHERE grp=? AND hash=?", (group, digest)).fetchone()
    return row[0].encode("utf-8") if row and row[0] is not None else None


def prune(connection: sqlite3.Connection, at: Nanos) -> int:
    """Drop the programmes that are over; return how many."""
    groups = {known.group for known in every(connection)}
    with transaction(connection, LIBRARY.name):
        return sum(_drop(connection, group, at) for group in groups)


def _told(connection: sqlite3.Connection, group: str, *, version: str, digest: str, activate_at: Nanos, at: Nanos) -> None:
    """Write what was told. What is told otherwise than before is fetched anew; a document that is here says it all itself."""
    connection.execute(
        "INSERT INTO programmes(grp, hash, version, activate_at, said_at, committed, size, state, why) VALUES(?,?,?,?,?,0,0,?,'')"
        " ON CONFLICT DO UPDATE SET version=excluded.version, activate_at=excluded.activate_at, said_at=excluded.said_at,"
        f" state=excluded.state, why='', missing=NULL WHERE programmes.state<>? AND NOT ({_UNCHANGED})",
        (group, digest, version, activate_at, at, State.ANNOUNCED, State.HERE),
    )


def _drop(connection: sqlite3.Connection, group: str, at: Nanos) -> int:
    """Drop what is before the one in force, what nobody committed in time, what is more than is kept, and groups beyond all."""
    of_group = _found(connection, "WHERE grp=? ORDER BY said_at DESC, activate_at DESC, hash", (group,))
    now = in_force(connection, group, at)
    kept = [now] if now else []
    since = now.activate_at if now else None
    later = [known for known in of_group if known != now and (since is None or known.activate_at > since)]
    later = [known for known in later if known.is_committed or known.activate_at > at - LATEST]
    kept += sorted(later, key=lambda known: not known.is_committed)[: KEPT - len(kept)]
    over = [(group, known.hash) for known in of_group if known not in kept]
    connection.executemany("DELETE FROM programmes WHERE grp=? AND hash=?", over)
    connection.execute(
        "DELETE FROM programmes WHERE grp NOT IN"
        " (SELECT grp FROM programmes GROUP BY grp ORDER BY max(said_at) DESC, grp LIMIT ?)",
        (MAX_GROUPS,),
    )
    return len(over)


def _found(connection: sqlite3.Connection, where: str, values: tuple[object, ...]) -> tuple[Known, ...]:
    with translated(LIBRARY.name):
        rows = connection.execute(f"SELECT {_COLUMNS} FROM programmes {where}", values).fetchall()
    return tuple(
        Known(
            group=group,
            hash=Digest(digest),
            version=version,
            activate_at=activate_at,
            said_at=said_at,
            is_committed=bool(committed),
            size=size,
            state=State(state),
            why=why,
            missing=missing,
        )
        for group, digest, version, activate_at, said_at, committed, size, state, why, missing in rows
    )
