"""Photos: a page of those that somebody looks for, and all there is to be said of one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from player.console.looks.wording import MAX_NAME, plain
from player.library import browsing, receipts, shown
from player.library.browsing import Believed, PhotoRow, Sought
from player.library.library import Library
from player.library.receipts import Receipt
from player.library.shown import Play
from player.library.sources import Source, Standing, sources, standing
from player.units import MILLISECOND, Digest, Nanos, Size

ON_A_PAGE: Final = 48  # thumbnails: twelve rows of four, four of twelve; 1.5 MB of them
MOST_ON_A_PAGE: Final = 200
LOOKED_FOR: Final[Nanos] = 700 * MILLISECOND  # then a page is given with what was found: it is usable within a second
PLAYS: Final = 50  # of one photo at a time
TWINS: Final = 20  # other rows of the same bytes that are named


@dataclass(frozen=True, slots=True, kw_only=True)
class Photo:
    """A photo as it stands now."""

    key: int
    """Its row; never used again for another one."""
    source: str
    item: str
    state: str
    """One of `browsing.STATES`."""
    why: str
    """Why it stands so, in the library's words; empty where nothing is to be said."""
    caption: str
    credit: str
    alt: str
    language: str
    country: str
    entered: Nanos
    valid_until: Nanos | None
    shown: int
    last_shown: Nanos | None
    size: Size | None
    """Of the prepared picture; None: there is none to be seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Photos, the newest first."""

    photos: tuple[Photo, ...]
    older: int | None
    """The row before which the next page begins; None: there are no older ones."""
    newer: int | None
    """The row after which the page before this one ends; None: there are no newer ones."""
    is_cut: bool
    """There was no time to look at all of them: whoever goes on finds the rest."""
    named: tuple[Photo, ...] = ()
    """Those whose id is exactly what was looked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Detail:
    """All there is to be said of a photo."""

    photo: Photo
    sha256: str
    plays: tuple[Play, ...]
    """When and in which show it was up in full, the newest first."""
    has_more_plays: bool
    receipts: tuple[Receipt, ...]
    """Of its withdrawals, the newest first."""
    twins: tuple[Photo, ...]
    """Other photos of the same bytes: a withdrawal takes them, too."""


@dataclass(frozen=True, slots=True)
class Choices:
    """What may be filtered by."""

    states: tuple[str, ...]
    sources: tuple[str, ...]
    languages: tuple[str, ...]
    countries: tuple[str, ...]


def page(
    library: Library,
    wanted: Sought,
    now: Nanos,
    *,
    limit: int = ON_A_PAGE,
    before: int | None = None,
    after: int | None = None,
    name: str = "",
    is_over: Callable[[], bool] = lambda: False,
) -> Page:
    """Return a page of those that are *wanted*, from *before* one row or *after* one; with those called exactly *name*.

    Raises:
        LibraryError: the library cannot be read.
    """
    known = sources(library.connection)
    live = tuple(source.name for source in known.values() if _counts(library, source, now))
    limit = max(1, min(limit, MOST_ON_A_PAGE))
    found = browsing.search(
        library.connection, wanted, Believed(live, now), limit=limit, before=before, after=after, is_over=is_over
    )
    # An empty page lies beyond the row that it was to begin at, which is then on the next one.
    first, last = (found.keys[0], found.keys[-1]) if found.keys else ((before or 0) - 1, (after or 0) + 1)
    is_named = bool(name) and before is None and after is None
    named = browsing.keys_named(library.connection, name) if is_named else ()
    if after is None:
        older, newer = found.upto, first if before is not None else None
    else:
        older, newer = last, found.upto
    return Page(
        photos=as_they_stand(library, found.keys, known, now),
        older=older,
        newer=newer,
        is_cut=found.is_cut,
        named=as_they_stand(library, named, known, now),
    )


def detail(library: Library, key: int, now: Nanos, *, before: Nanos | None = None) -> Detail | None:
    """Return all there is to be said of a photo; its plays from *before* an instant, if one is given. None: there is no such row.

    Raises:
        LibraryError: the library cannot be read.
    """
    row = browsing.rows(library.connection, [key]).get(key)
    if row is None:
        return None
    known = sources(library.connection)
    plays = shown.plays(library.connection, key, limit=PLAYS + 1, before=before)
    orders = library.held_orders
    return Detail(
        photo=_stands(library, [row], known, now)[0],
        sha256=plain(row.original, MAX_NAME),
        plays=tuple(Play(play.at, plain(play.show, MAX_NAME)) for play in plays[:PLAYS]),
        has_more_plays=len(plays) > PLAYS,
        receipts=receipts.of_item(orders.connection, row.source, row.item) if orders else (),
        twins=tuple(
            photo
            for photo in as_they_stand(library, browsing.keys_of_bytes(library.connection, row.original, TWINS + 1), known, now)
            if photo.key != key
        )[:TWINS],
    )


def choices(library: Library) -> Choices:
    """Return what photos may be filtered by.

    Raises:
        LibraryError: the library cannot be read.
    """
    return Choices(
        states=browsing.STATES,
        sources=tuple(sorted(sources(library.connection))),
        languages=browsing.languages(library.connection),
        countries=browsing.countries(library.connection),
    )


def picture(library: Library, key: int, *, is_tile: bool) -> bytes | None:
    """Return the prepared picture of a photo as a JPEG, or its tile; None where there is none to be seen, or it is withdrawn.

    What nobody approved is seen by nobody, but for reviewers at their desk; while withdrawals are lost, nothing is. What the
    library names is read, and nothing else: no path comes from outside.

    Raises:
        LibraryError: it is missing or damaged.
    """
    row = browsing.rows(library.connection, [key]).get(key)
    if row is None or not _has_picture(library, row) or key in _withdrawn(library, [row]):
        return None
    return library.files.read(Digest(row.tile if is_tile else row.picture))


def as_they_stand(library: Library, keys: tuple[int, ...], known: Mapping[str, Source], now: Nanos) -> tuple[Photo, ...]:
    """Return the photos of *keys* that are there, in that order.

    Raises:
        LibraryError: the library cannot be read.
    """
    found = browsing.rows(library.connection, keys)
    return _stands(library, [found[key] for key in keys if key in found], known, now)


def _stands(library: Library, rows: list[PhotoRow], known: Mapping[str, Source], now: Nanos) -> tuple[Photo, ...]:
    withdrawn = _withdrawn(library, rows)
    return tuple(_photo(library, row, withdrawn.get(row.key), known.get(row.source), now) for row in rows)


def _has_picture(library: Library, row: PhotoRow) -> bool:
    """Whether there is a picture that may be seen, unless it is withdrawn."""
    return bool(row.picture) and row.state == browsing.APPROVED and library.held_orders is not None


def _withdrawn(library: Library, rows: list[PhotoRow]) -> dict[int, str]:
    """Return why, of those that are withdrawn: the orders say so before their rows do."""
    orders = library.held_orders
    if orders is None:
        return {}
    digests = orders.withdrawn_bytes({row.original for row in rows if row.original})
    by_source: dict[str, dict[str, str]] = {
        source: orders.withdrawn_items(source, [row.item for row in rows if row.source == source])
        for source in {row.source for row in rows}
    }
    found = {row.key: by_source[row.source].get(row.item) or digests.get(row.original) for row in rows}
    return {key: why for key, why in found.items() if why is not None}


def _photo(library: Library, row: PhotoRow, withdrawn: str | None, source: Source | None, now: Nanos) -> Photo:
    state, why = _state(library, row, source, now) if withdrawn is None else (browsing.WITHDRAWN, withdrawn)
    is_gone = state == browsing.WITHDRAWN or library.held_orders is None  # then nobody knows who is withdrawn
    return Photo(
        key=row.key,
        source=plain(row.source, MAX_NAME),
        item=plain(row.item),
        state=state,
        why=plain(why),
        caption="" if is_gone else plain(row.caption),
        credit="" if is_gone else plain(row.credit),
        alt="" if is_gone else plain(row.alt),
        language=plain(row.language, MAX_NAME),
        country=plain(row.country, MAX_NAME),
        entered=row.entered,
        valid_until=row.valid_until,
        shown=row.shown,
        last_shown=row.last_shown,
        size=row.size if _has_picture(library, row) and not is_gone else None,
    )


def _state(library: Library, row: PhotoRow, source: Source | None, now: Nanos) -> tuple[str, str]:
    """Return how a row stands that nobody withdrew, and why: the same as a search for that state finds."""
    if row.state != browsing.APPROVED:
        return row.state if row.state in browsing.STATES else browsing.REFUSED, row.reason
    if source is None or not _counts(library, source, now):
        word = standing(source, now) if source else Standing.REMOVED
        return browsing.EXPIRED, library.lost if word is Standing.LIVE else word.value
    if row.valid_until is not None and row.valid_until <= now:
        return browsing.EXPIRED, ""
    return (browsing.APPROVED, "") if row.picture else (browsing.PREPARING, row.reason)


def _counts(library: Library, source: Source, now: Nanos) -> bool:
    """Whether a source's word counts: without the orders only that of a core set."""
    return standing(source, now) is Standing.LIVE and (source.is_core or library.held_orders is not None)
