"""Photos that wait for reviewers: which are prepared for them, which they are shown, and what becomes of one that is approved.

What waits has a picture and no place in the order of showing. Having a place is no right to be drawn either: `right` asks the
verdicts themselves.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from player.library.database import parts, transaction, translated
from player.library.photos import ToPrepare
from player.library.reviews import Name
from player.library.schema import LIBRARY
from player.library.verdicts import Subject, words_of
from player.units import Digest, Nanos, Size

MOST: Final = 2_000  # prepared ones that wait at the same time: 1 GB, and more than two people look at in an evening
SHARE: Final = 0.25  # of the storage budget that what waits may take: what may be shown comes first

_REVIEWED: Final = "source IN (SELECT name FROM sources WHERE reviewers>0 AND enabled=1)"
_VALID: Final = "(valid_until IS NULL OR valid_until>?)"
_COLUMNS: Final = (
    "key, source, item, state, reason, facts, original, caption, credit,"
    " alt, language, country, phash, entered, picture, width, height"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A prepared photo of a source that people at this player approve."""

    key: int
    source: str
    item: str
    state: str
    reason: str
    facts: str
    """Of all that its source says: another value, and it is another thing."""
    sha256: str
    """Of the original."""
    caption: str
    credit: str
    alt: str
    language: str
    country: str
    phash: str
    entered: Nanos
    picture: Digest
    size: Size

    @property
    def name(self) -> Name:
        """What verdicts call it."""
        return Name(self.source, self.item)

    @property
    def subject(self) -> Subject:
        """What verdicts are about."""
        return Subject(self.sha256, words_of(self.caption, self.credit, self.language, self.country))


def queue(connection: sqlite3.Connection, now: Nanos) -> list[Waiting]:
    """Return what is prepared and waits, oldest first; at most `MOST`.

    Raises:
        LibraryError: the library cannot be read.
    """
    return _rows(connection, f"state='pending' AND {_REVIEWED} AND {_VALID} ORDER BY entered, key LIMIT ?", (now, MOST))


def one(connection: sqlite3.Connection, key: int) -> Waiting | None:
    """Return a prepared photo of a source that people here approve, waiting or approved; None: there is none in row *key*.

    Raises:
        LibraryError: the library cannot be read.
    """
    found = _rows(connection, f"key=? AND state IN ('pending', 'approved') AND {_REVIEWED}", (key,))
    return found[0] if found else None


def named(connection: sqlite3.Connection, names: Iterable[Name]) -> list[Waiting]:
    """Return those of *names* that are prepared, waiting or approved.

    Raises:
        LibraryError: the library cannot be read.
    """
    by_source: dict[str, list[str]] = {}
    for name in names:
        by_source.setdefault(name.source, []).append(name.item)
    found: list[Waiting] = []
    for source, items in by_source.items():
        for part, marks in parts(items):
            where = f"source=? AND item IN ({marks}) AND state IN ('pending', 'approved') AND {_REVIEWED}"
            found += _rows(connection, where, (source, *part))
    return found


def after(connection: sqlite3.Connection, key: int, limit: int) -> list[Waiting]:
    """Return prepared photos behind row *key*, waiting or approved: to go through all of them.

    Raises:
        LibraryError: the library cannot be read.
    """
    return _rows(connection, f"key>? AND state IN ('pending', 'approved') AND {_REVIEWED} ORDER BY key LIMIT ?", (key, limit))


def key_of(connection: sqlite3.Connection, name: Name) -> int | None:
    """Return the row of an item, however it stands.

    Raises:
        LibraryError: the library cannot be read.
    """
    with translated(LIBRARY.name):
        row = connection.execute("SELECT key FROM photos WHERE source=? AND item=?", (name.source, name.item)).fetchone()
    return row[0] if row else None


def to_prepare(
    connection: sqlite3.Connection, *, now: Nanos, limit: int, budget: int, stored: Callable[[], int]
) -> list[ToPrepare]:
    """Return what is to be prepared for reviewers next, oldest first: as much as they have room and time for.

    Args:
        connection: On the library.
        now: Wall time.
        limit: At most so many.
        budget: What all prepared pictures may take, in bytes.
        stored: Says what they take; to count that takes a while, so it is asked only where something waits.
    """
    with translated(LIBRARY.name):
        count, taken = connection.execute(
            "SELECT count(*), coalesce(sum(bytes), 0) FROM photos"  # a film takes from what films may take, not from photos
            f" WHERE state='pending' AND {_REVIEWED} AND picture IS NOT NULL AND is_film=0"
        ).fetchone()
        if taken >= SHARE * budget:
            return []
        rows = connection.execute(
            "SELECT key, source, item, version, image, sha256, size_in_bytes FROM photos WHERE state='pending'"
            f" AND {_REVIEWED} AND {_VALID} AND is_film=0 AND picture IS NULL AND (retry_at IS NULL OR retry_at<=?)"
            " ORDER BY entered, key LIMIT ?",
            (now, now, max(0, min(limit, MOST - count))),
        ).fetchall()
    return [ToPrepare(*row) for row in rows] if rows and stored() < budget else []


def count_unprepared(connection: sqlite3.Connection) -> int:
    """Return how many wait that are not prepared yet.

    Raises:
        LibraryError: the library cannot be read.
    """
    with translated(LIBRARY.name):
        (count,) = connection.execute(
            f"SELECT count(*) FROM photos WHERE state='pending' AND {_REVIEWED} AND picture IS NULL AND is_film=0"
        ).fetchone()
    return count


def expired(connection: sqlite3.Connection, now: Nanos) -> list[int]:
    """Return rows of prepared photos that wait, and whose own end has passed."""
    with translated(LIBRARY.name):
        rows = connection.execute(
            f"SELECT key FROM photos WHERE state='pending' AND {_REVIEWED} AND picture IS NOT NULL AND valid_until<=? LIMIT ?",
            (now, MOST),
        )
        return [key for (key,) in rows]


def promote(connection: sqlite3.Connection, rows: Sequence[Waiting], at: Nanos) -> int:
    """Give photos that were approved *at* an instant their place in the order; return how many: not those that changed since."""
    count = 0
    with transaction(connection, LIBRARY.name):
        for row in rows:
            done = connection.execute(
                "UPDATE photos SET state='approved', reason='', is_news=(shown=0), entered=?"
                " WHERE key=? AND state='pending' AND original=? AND facts=?",
                (at, row.key, row.sha256, row.facts),
            ).rowcount
            if done:
                connection.execute(
                    "INSERT OR IGNORE INTO ranks(key, source, is_portrait, has_joined, is_news, entered, turn, last, valid_until)"
                    " SELECT key, source, height>width, 0, is_news, entered, 0, 0, valid_until FROM photos"
                    " WHERE key=? AND is_film=0",
                    (row.key,),
                )
            count += done
    return count


def demote(connection: sqlite3.Connection, reasons: Sequence[tuple[Waiting, str]]) -> None:
    """Take photos their place in the order, and say what each waits for."""
    with transaction(connection, LIBRARY.name):
        for row, reason in reasons:
            connection.execute(
                "UPDATE photos SET state='pending', reason=? WHERE key=? AND state IN ('pending', 'approved')", (reason, row.key)
            )
            connection.execute("DELETE FROM ranks WHERE key=?", (row.key,))


def _rows(connection: sqlite3.Connection, where: str, values: tuple[object, ...]) -> list[Waiting]:
    with translated(LIBRARY.name):
        rows = connection.execute(
            f"SELECT {_COLUMNS} FROM photos WHERE picture IS NOT NULL AND original IS NOT NULL AND {where}", values
        ).fetchall()
    return [_waiting(row) for row in rows]


def _waiting(row: tuple[object, ...]) -> Waiting:
    key, source, item, state, reason, facts, original, caption, credit, *rest = row
    alt, language, country, phash, entered, picture, width, height = rest
    return Waiting(
        key=_number(key),
        source=str(source),
        item=str(item),
        state=str(state),
        reason=str(reason),
        facts=str(facts),
        sha256=str(original).lower(),
        caption=str(caption),
        credit=str(credit),
        alt=str(alt),
        language=str(language),
        country=str(country),
        phash=str(phash or ""),
        entered=_number(entered),
        picture=Digest(str(picture)),
        size=Size(_number(width), _number(height)),
    )


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0
