"""Looking for photos among a million: filters and words, a page at a time from a row onwards, never by counting rows.

A page is looked for in windows of rows, each a search of one narrow index, and whoever asks says when to stop: what nobody
meets is not looked for to the end at the price of everything else. Then the page says how far it came.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Final, TypeAlias

from player.library.database import parts, translated
from player.library.schema import LIBRARY
from player.library.words import pattern
from player.units import Nanos, Size

WINDOW: Final = 20_000  # rows of one search: 5 ms where nobody meets the filter, half a second from a slow disk
MAX_TEXT: Final = 1000  # characters read of any text of a row, however long somebody made it: a caption has 280
MAX_LISTED: Final = 500  # languages or countries that a filter offers; there are 250 countries

APPROVED: Final = "approved"
PREPARING: Final = "preparing"
PENDING: Final = "pending"
REFUSED: Final = "refused"
WITHDRAWN: Final = "withdrawn"
ABSENT: Final = "absent"
EXPIRED: Final = "expired"
STATES: Final = (APPROVED, PREPARING, PENDING, REFUSED, WITHDRAWN, ABSENT, EXPIRED)
"""As people see them. Approved: may be shown now; preparing: will be; expired: its own time, or its source's, is over."""

_ASIDE: Final = frozenset({PENDING, REFUSED, WITHDRAWN, ABSENT})
"""Those that stand in a row as they are, and are few or of no interest: they have an index of their own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """Which photos are looked for; what is left empty is no condition."""

    words: tuple[str, ...] = ()
    """Folded; each is somewhere in author or caption."""
    state: str = ""
    source: str = ""
    language: str = ""
    country: str = ""
    shown_least: int | None = None
    shown_most: int | None = None

    @property
    def is_everything(self) -> bool:
        """Whether there is no condition."""
        return self == Sought()


@dataclass(frozen=True, slots=True)
class Believed:
    """What decides whether an approved photo still is: the sources whose word counts, and the time."""

    sources: Collection[str]
    now: Nanos


@dataclass(frozen=True, slots=True)
class Reached:
    """What was found, newest first."""

    keys: tuple[int, ...]
    upto: int | None
    """The row that the next search in this direction goes on from; None: there is nothing more."""
    is_cut: bool = False
    """There was no time to fill the page: the rest is further on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoRow:
    """A photo's row, its texts bounded."""

    key: int
    source: str
    item: str
    state: str
    reason: str
    caption: str
    credit: str
    alt: str
    language: str
    country: str
    entered: Nanos
    valid_until: Nanos | None
    shown: int
    last_shown: Nanos | None
    original: str
    """SHA-256 of its bytes, as far as anybody knows it; else empty."""
    picture: str
    """Names the prepared file; empty: there is none."""
    tile: str
    size: Size | None


_Condition: TypeAlias = tuple[str, tuple[object, ...]]


def search(
    connection: sqlite3.Connection,
    wanted: Sought,
    believed: Believed,
    *,
    limit: int,
    before: int | None = None,
    after: int | None = None,
    is_over: Callable[[], bool] = lambda: False,
) -> Reached:
    """Return a page of photos in the order of their coming, newest first.

    Args:
        connection: On the library.
        wanted: Conditions.
        believed: What approved means now.
        limit: Photos on a page.
        before: Older ones than this row; None: from the newest on.
        after: Newer ones than this row, those next to it, instead.
        is_over: Asked between windows: whether the time for it is up.

    Raises:
        LibraryError: the library cannot be read.
    """
    with translated(LIBRARY.name):
        first, last = connection.execute("SELECT (SELECT min(key) FROM photos), (SELECT max(key) FROM photos)").fetchone()
        if first is None:
            return Reached((), None)
        conditions, values = _where(wanted, believed)
        index = _index(wanted)
        goes_up = after is not None
        order = "ASC" if goes_up else "DESC"
        at = (max(first, after + 1) if after is not None else last) if before is None else min(before - 1, last)
        found: list[int] = []
        while first <= at <= last:
            low, high = (at, at + WINDOW - 1) if goes_up else (at - WINDOW + 1, at)
            window = connection.execute(
                f"SELECT key FROM photos INDEXED BY {index} WHERE key BETWEEN ? AND ?{conditions} ORDER BY key {order} LIMIT ?",
                (low, high, *values, limit + 1 - len(found)),
            )
            found += [key for (key,) in window]
            if len(found) > limit:
                return _page(found[:limit], found[limit - 1], goes_up=goes_up)
            at = high + 1 if goes_up else low - 1
            if is_over() and first <= at <= last:
                return _page(found, at - 1 if goes_up else at + 1, goes_up=goes_up, is_cut=True)
    return _page(found, None, goes_up=goes_up)


def rows(connection: sqlite3.Connection, keys: Collection[int]) -> dict[int, PhotoRow]:
    """Return the rows of *keys*, those that are there.

    Raises:
        LibraryError: the library cannot be read.
    """
    found: dict[int, PhotoRow] = {}
    texts = ", ".join(f"substr({name}, 1, {MAX_TEXT})" for name in ("source", "item", "reason", "caption", "credit", "alt"))
    with translated(LIBRARY.name):
        for part, marks in parts(keys):
            for row in connection.execute(
                f"SELECT {texts}, key, state, substr(language, 1, 40), substr(country, 1, 40), entered, valid_until, shown,"
                " last_shown, coalesce(original, sha256, ''), coalesce(picture, ''), coalesce(tile, ''), width, height"
                f" FROM photos WHERE key IN ({marks})",
                part,
            ):
                found[row[6]] = _row(row)
    return found


def keys_named(connection: sqlite3.Connection, name: str) -> tuple[int, ...]:
    """Return the rows whose id is exactly *name*, in any source, or `source/id`; as people copy it from elsewhere.

    Raises:
        LibraryError: the library cannot be read.
    """
    source, slash, item = name.partition("/")
    with translated(LIBRARY.name):
        found = connection.execute(
            "SELECT key FROM photos WHERE source IN (SELECT name FROM sources) AND item=?", (name,)
        ).fetchall()
        if slash:
            found += connection.execute("SELECT key FROM photos WHERE source=? AND item=?", (source, item)).fetchall()
    return tuple(dict.fromkeys(key for (key,) in found))


def keys_of_pairs(connection: sqlite3.Connection, names: Collection[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """Return the row of each source and item that the library has.

    Raises:
        LibraryError: the library cannot be read.
    """
    found: dict[tuple[str, str], int] = {}
    with translated(LIBRARY.name):
        for source, item in names:
            row = connection.execute("SELECT key FROM photos WHERE source=? AND item=?", (source, item)).fetchone()
            if row:
                found[source, item] = row[0]
    return found


def names(connection: sqlite3.Connection, keys: Collection[int]) -> dict[int, tuple[str, str]]:
    """Return source and id of *keys*, whole: what is to be withdrawn must not be cut.

    Raises:
        LibraryError: the library cannot be read.
    """
    found: dict[int, tuple[str, str]] = {}
    with translated(LIBRARY.name):
        for part, marks in parts(keys):
            rows = connection.execute(f"SELECT key, source, item FROM photos WHERE key IN ({marks})", part)
            found |= {key: (source, item) for key, source, item in rows}
    return found


def keys_of_bytes(connection: sqlite3.Connection, original: str, limit: int) -> tuple[int, ...]:
    """Return rows that were made of the bytes with this SHA-256.

    Raises:
        LibraryError: the library cannot be read.
    """
    with translated(LIBRARY.name):
        rows = connection.execute("SELECT key FROM photos WHERE original=? ORDER BY key LIMIT ?", (original, limit)).fetchall()
    return tuple(key for (key,) in rows)


def counts(connection: sqlite3.Connection) -> dict[str, int]:
    """Return how many photos stand in which state, whether or not their sources' words count: 30 ms for a million.

    Raises:
        LibraryError: the library cannot be read.
    """
    with translated(LIBRARY.name):
        (ready,) = connection.execute("SELECT count(*) FROM ranks").fetchone()
        (waiting,) = connection.execute(
            "SELECT count(*) FROM photos WHERE state='approved' AND picture IS NULL AND is_film=0"
        ).fetchone()
        aside = dict(connection.execute("SELECT state, count(*) FROM photos WHERE state<>'approved' GROUP BY state").fetchall())
    return {APPROVED: ready, PREPARING: waiting} | {state: aside.get(state, 0) for state in STATES[2:]}


def languages(connection: sqlite3.Connection) -> tuple[str, ...]:
    """Return the languages of prepared photos, in order; a step through an index for each.

    Raises:
        LibraryError: the library cannot be read.
    """
    return _distinct(connection, "language", "photos_languages")


def countries(connection: sqlite3.Connection) -> tuple[str, ...]:
    """Return the countries of prepared photos, in order.

    Raises:
        LibraryError: the library cannot be read.
    """
    return _distinct(connection, "country", "photos_countries")


def _distinct(connection: sqlite3.Connection, column: str, index: str) -> tuple[str, ...]:
    found: list[str] = []
    with translated(LIBRARY.name):
        last = ""  # those without one are no choice
        while len(found) < MAX_LISTED:
            row = connection.execute(
                f"SELECT {column} FROM photos INDEXED BY {index} WHERE picture IS NOT NULL AND state='approved' AND {column}>?"
                f" ORDER BY {column} LIMIT 1",
                (last,),
            ).fetchone()
            if row is None:
                break
            last = row[0]
            found.append(last)
    return tuple(found)


def _index(wanted: Sought) -> str:
    """Return the index with which the worst case is the least: of a million rows, a fifth of a second."""
    if wanted.words:
        return "photos_by_words"
    if wanted.state in _ASIDE:
        return "photos_aside"
    return "photos_by_facets"


def _where(wanted: Sought, believed: Believed) -> _Condition:
    conditions: list[_Condition] = [_stands(wanted.state, believed)] if wanted.state else []
    if wanted.state in _ASIDE:
        conditions.append(("state<>'approved'", ()))  # as the index says it
    for column, value in (("source", wanted.source), ("language", wanted.language), ("country", wanted.country)):
        if value:
            conditions.append((f"{column}=?", (value,)))
    if wanted.shown_least is not None:
        conditions.append(("shown>=?", (wanted.shown_least,)))
    if wanted.shown_most is not None:
        conditions.append(("shown<=?", (wanted.shown_most,)))
    conditions += [("words GLOB ?", (pattern(word),)) for word in sorted(wanted.words, key=len, reverse=True)]
    return "".join(f" AND {text}" for text, _ in conditions), tuple(value for _, values in conditions for value in values)


def _stands(state: str, believed: Believed) -> _Condition:
    marks = ",".join("?" * len(believed.sources))
    counts_now = f"source IN ({marks}) AND (valid_until IS NULL OR valid_until>?)"
    values = (*believed.sources, believed.now)
    match state:
        case "approved":
            return f"state='approved' AND width IS NOT NULL AND {counts_now}", values
        case "preparing":
            return f"state='approved' AND width IS NULL AND {counts_now}", values
        case "expired":
            return f"(state='expired' OR (state='approved' AND NOT ({counts_now})))", values
        case _:
            return "state=?", (state,)


def _page(found: list[int], upto: int | None, *, goes_up: bool, is_cut: bool = False) -> Reached:
    return Reached(tuple(reversed(found)) if goes_up else tuple(found), upto, is_cut)


def _row(row: tuple[object, ...]) -> PhotoRow:
    source, item, reason, caption, credit, alt, key, state, language, country, entered, valid_until, shown, *rest = row
    last_shown, original, picture, tile, width, height = rest
    return PhotoRow(
        key=_number(key),
        source=str(source),
        item=str(item),
        state=str(state),
        reason=str(reason),
        caption=str(caption),
        credit=str(credit),
        alt=str(alt),
        language=str(language),
        country=str(country),
        entered=_number(entered),
        valid_until=_maybe(valid_until),
        shown=_number(shown),
        last_shown=_maybe(last_shown),
        original=str(original),
        picture=str(picture),
        tile=str(tile),
        size=Size(_number(width), _number(height)) if width and height else None,
    )


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0


def _maybe(value: object) -> int | None:
    return value if isinstance(value, int) else None
