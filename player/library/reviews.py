"""Verdicts of reviewers as rows: each is added, and none is ever changed or taken away. What they come to, `verdicts` says."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from player.library.database import parts, translated
from player.library.verdicts import MACHINE, Said, Subject, Verdict, tally
from player.units import Nanos

NAME: Final = "orders.sqlite"
KIND: Final = "review"
"""Of their lines in the journal."""
_VERDICTS: Final = {verdict.value: verdict for verdict in Verdict}
_COLUMNS: Final = "verdict, sha256, words, who, name, role, at, person, reason, number, hands"

REVIEW_TABLE: Final = """
CREATE TABLE reviews(
    number INTEGER PRIMARY KEY AUTOINCREMENT, source TEXT NOT NULL, item TEXT NOT NULL, sha256 TEXT NOT NULL,
    words TEXT NOT NULL, verdict TEXT NOT NULL, person INTEGER, who TEXT NOT NULL, name TEXT NOT NULL, role TEXT NOT NULL,
    reason TEXT NOT NULL, at INTEGER NOT NULL
) STRICT;
CREATE INDEX reviews_by_item ON reviews(source, item, number);
CREATE INDEX reviews_by_person ON reviews(who, number);
CREATE INDEX reviews_rejected ON reviews(number) WHERE verdict='reject'"""
"""Version 5."""
HANDS_COLUMN: Final = """
ALTER TABLE reviews ADD COLUMN hands TEXT NOT NULL DEFAULT '';
UPDATE reviews SET hands=who"""
"""Version 6. What was decided before stands as it was decided: each name counted as one person."""


@dataclass(frozen=True, slots=True)
class Name:
    """An item of a source."""

    source: str
    item: str


def add(connection: sqlite3.Connection, name: Name, said: Said) -> None:
    """Add a verdict, inside the caller's transaction; its number is the next one, whatever it says."""
    s = said
    connection.execute(
        "INSERT INTO reviews(source, item, sha256, words, verdict, person, who, name, role, hands, reason, at)"
        " VALUES(?,?,?,?,?,?,?,?,?,?,?,?)",
        (*(name.source, name.item, s.subject.sha256, s.subject.words, s.verdict.value, s.person), *_by(s), s.reason, s.at),
    )


def written(hands: Iterable[str]) -> str:
    """Return *hands* as they are kept: names have no spaces."""
    return " ".join(sorted(hands))


def _by(said: Said) -> tuple[str, str, str, str]:
    return said.who, said.name, said.role, written(said.hands)


def said(connection: sqlite3.Connection, source: str, items: Iterable[str]) -> dict[str, tuple[Said, ...]]:
    """Return all that was said of those of *items* that anybody said anything of, oldest first.

    Raises:
        LibraryError: it cannot be read; then nothing of it counts.
    """
    found: dict[str, list[Said]] = {}
    with translated(NAME):
        for part, marks in parts(items):
            rows = connection.execute(
                f"SELECT item, {_COLUMNS} FROM reviews WHERE source=? AND item IN ({marks}) ORDER BY number", (source, *part)
            )
            for item, *row in rows:
                found.setdefault(item, []).append(_said(row))
    return {item: tuple(each) for item, each in found.items()}


def since(connection: sqlite3.Connection, number: int) -> tuple[int, frozenset[Name]]:
    """Return the highest number, and of which items anything was said after *number*.

    Raises:
        LibraryError: it cannot be read.
    """
    with translated(NAME):
        rows = connection.execute("SELECT number, source, item FROM reviews WHERE number>? ORDER BY number", (number,)).fetchall()
    return (rows[-1][0] if rows else number), frozenset(Name(source, item) for _, source, item in rows)


def newest(connection: sqlite3.Connection) -> int:
    """Return the highest number; 0: nobody has said anything.

    Raises:
        LibraryError: it cannot be read.
    """
    with translated(NAME):
        return connection.execute("SELECT coalesce(max(number), 0) FROM reviews").fetchone()[0]


def last_of(connection: sqlite3.Connection, who: str) -> Name | None:
    """Return the item that a person spoke of last.

    Raises:
        LibraryError: it cannot be read.
    """
    with translated(NAME):
        row = connection.execute("SELECT source, item FROM reviews WHERE who=? ORDER BY number DESC LIMIT 1", (who,)).fetchone()
    return Name(*row) if row else None


def rejections(connection: sqlite3.Connection, limit: int) -> tuple[tuple[Name, Said], ...]:
    """Return those that stand among the last *limit* rejections, the newest first.

    Raises:
        LibraryError: they cannot be read.
    """
    with translated(NAME):
        rows = connection.execute(
            "SELECT DISTINCT source, item FROM (SELECT source, item FROM reviews WHERE verdict='reject'"
            " ORDER BY number DESC LIMIT ?)",
            (limit,),
        ).fetchall()
    names = [Name(source, item) for source, item in rows]
    standing = [(name, found) for name in names if (found := rejection(connection, name))]
    return tuple(sorted(standing, key=lambda each: each[1].number, reverse=True))


def rejected_at(connection: sqlite3.Connection, number: int) -> Name | None:
    """Return the item that the rejection in row *number* is of.

    Raises:
        LibraryError: it cannot be read.
    """
    with translated(NAME):
        row = connection.execute("SELECT source, item FROM reviews WHERE number=? AND verdict='reject'", (number,)).fetchone()
    return Name(*row) if row else None


def rejection(connection: sqlite3.Connection, name: Name) -> Said | None:
    """Return the rejection of an item that stands.

    Raises:
        LibraryError: it cannot be read.
    """
    return tally(said(connection, name.source, [name.item]).get(name.item, ())).rejected


def let_go(connection: sqlite3.Connection, name: Name, dated: Nanos | None, *, by: str, at: Nanos) -> bool:
    """Let a rejection go whose withdrawal is taken back at the player itself, inside the caller's transaction.

    *dated* names the withdrawal; None: all. Of others a rejection knows nothing. Return whether there was one.
    """
    standing = rejection(connection, name)
    if standing is None or dated not in {None, standing.at}:
        return False
    add(connection, name, Said(verdict=Verdict.LIFT, subject=standing.subject, who="", name=by, role=MACHINE, at=at))
    return True


def _said(row: list[object]) -> Said:
    verdict, sha256, words, who, name, role, at, person, reason, number, hands = row
    return Said(
        verdict=_VERDICTS.get(str(verdict), Verdict.REJECT),  # whoever wrote what nobody knows has approved nothing
        subject=Subject(str(sha256), str(words)),
        who=str(who),
        name=str(name),
        role=str(role),
        at=int(str(at)),
        person=None if person is None else int(str(person)),
        reason=str(reason),
        number=int(str(number)),
        hands=frozenset(str(hands).split()),
    )
