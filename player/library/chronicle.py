"""The journal and the commands as one list, a page at a time: what happened, newest or oldest first, from a mark onwards.

Commands have no line in the journal, for they may be forgotten; people look for them there all the same.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from heapq import merge
from itertools import islice
from typing import Final

from player.library.database import translated
from player.units import Nanos

NAME: Final = "orders.sqlite"
COMMANDS: Final = "commands"
"""Whom a command is written by in the list: no process is called so."""
COMMAND: Final = "command"
"""The kind of line that a command is."""
MAX_WHAT: Final = 2_000  # characters of a line on a page; five hundred approvals in one are 25 kB
MAX_KINDS: Final = 100  # there are two dozen

CHRONICLE_INDEXES: Final = """
CREATE INDEX journal_by_kind ON journal(kind, at);
CREATE INDEX commands_by_time ON commands(at);
CREATE INDEX receipts_by_time ON receipts(known_at)"""
"""Version 4."""


@dataclass(frozen=True, slots=True, order=True)
class Mark:
    """A place in the list: that of a line."""

    at: Nanos
    writer: str
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A line of the list."""

    mark: Mark
    kind: str
    what: str
    """JSON; its beginning, where it is cut."""
    is_cut: bool
    prev: str = ""
    """The hash of the line before it in its writer's chain; empty for a command."""
    hash: str = ""


def entries(
    connection: sqlite3.Connection,
    *,
    limit: int,
    kinds: Collection[str] = (),
    before: Mark | None = None,
    after: Mark | None = None,
    is_whole: bool = False,
) -> tuple[Entry, ...]:
    """Return at most *limit* lines: newest first, older than *before*; or oldest first, newer than *after*.

    Args:
        connection: On the orders.
        limit: Lines.
        kinds: Of lines; none given: of all.
        before: A mark; None: from the newest on.
        after: A mark; given, the list runs forwards.
        is_whole: Lines are given whole, however long.

    Raises:
        LibraryError: the orders cannot be read.
    """
    goes_up = after is not None
    mark = after if after is not None else before
    most = -1 if is_whole else MAX_WHAT
    with translated(NAME):
        lists = [
            _lines(connection, kind, mark, goes_up=goes_up, limit=limit, most=most)
            for kind in (kinds or ("",))
            if kind != COMMAND
        ]
        if not kinds or COMMAND in kinds:
            lists.append(_commands(connection, mark, goes_up=goes_up, limit=limit, most=most))
        return tuple(islice(merge(*lists, key=lambda entry: entry.mark, reverse=not goes_up), limit))


def kinds(connection: sqlite3.Connection) -> tuple[str, ...]:
    """Return which kinds of lines there are; a step through an index for each.

    Raises:
        LibraryError: the orders cannot be read.
    """
    found = [COMMAND]
    with translated(NAME):
        last = ""
        while len(found) < MAX_KINDS:
            row = connection.execute("SELECT kind FROM journal WHERE kind>? ORDER BY kind LIMIT 1", (last,)).fetchone()
            if row is None:
                break
            last = row[0]
            found.append(last)
    return tuple(sorted(found))


def _lines(
    connection: sqlite3.Connection, kind: str, mark: Mark | None, *, goes_up: bool, limit: int, most: int
) -> Iterator[Entry]:
    """Return lines of the journal of one *kind*, or of all, in order."""
    index = "journal_by_kind" if kind else "journal_by_time"
    where, values = _beyond(mark, "writer", "seq", goes_up=goes_up)
    order = ", ".join(f"{column} {'ASC' if goes_up else 'DESC'}" for column in ("at", "writer", "seq"))
    rows = connection.execute(
        f"SELECT at, writer, seq, kind, {_cut('what', most)}, prev, hash FROM journal INDEXED BY {index}"
        f" WHERE {'kind=? AND ' if kind else ''}{where} ORDER BY {order} LIMIT ?",
        (*([kind] if kind else []), *values, limit),
    ).fetchall()
    for at, writer, number, name, what, prev, digest in rows:
        text, is_cut = _bounded(what, most)
        yield Entry(mark=Mark(at, writer, number), kind=name, what=text, is_cut=is_cut, prev=prev, hash=digest)


def _commands(connection: sqlite3.Connection, mark: Mark | None, *, goes_up: bool, limit: int, most: int) -> Iterator[Entry]:
    where, values = _beyond(mark, f"'{COMMANDS}'", "id", goes_up=goes_up)
    way = "ASC" if goes_up else "DESC"
    texts = ", ".join(_cut(column, most) for column in ("verb", "arguments", "by", "result", "reply"))
    rows = connection.execute(
        f"SELECT at, id, addressee, done_at, {texts} FROM commands WHERE {where} ORDER BY at {way}, id {way} LIMIT ?",
        (*values, limit),
    ).fetchall()
    for at, number, addressee, done_at, verb, arguments, by, result, reply in rows:
        what = {"to": addressee, "verb": verb, "arguments": _read(arguments), "by": by, "done_at": done_at, "result": result}
        what |= {"reply": _read(reply)} if reply else {}
        text, is_cut = _bounded(json.dumps(what, ensure_ascii=True, sort_keys=True, separators=(",", ":")), most)
        yield Entry(mark=Mark(at, COMMANDS, number), kind=COMMAND, what=text, is_cut=is_cut)


def _beyond(mark: Mark | None, writer: str, number: str, *, goes_up: bool) -> tuple[str, tuple[object, ...]]:
    """Return the condition for what lies beyond *mark*; its first half is what an index answers."""
    if mark is None:
        return "1=1", ()
    sign = ">" if goes_up else "<"
    return f"at{sign}=? AND (at, {writer}, {number}) {sign} (?, ?, ?)", (mark.at, mark.at, mark.writer, mark.number)


def _cut(column: str, most: int) -> str:
    return column if most < 0 else f"substr({column}, 1, {most + 1})"


def _bounded(text: str, most: int) -> tuple[str, bool]:
    return (text, False) if most < 0 or len(text) <= most else (text[:most], True)


def _read(arguments: str | None) -> object:
    """Return the arguments of a command; as text, where somebody has written there what is no JSON."""
    try:
        return json.loads(arguments or "{}")
    except (ValueError, RecursionError):
        return arguments
