"""The right to show: asked of the library at every cut, and every second that a photo is up.

A photo may be drawn only while its source approves it (or, where that is decided at this player, enough reviewers do), nobody
withdrew it, its source's word still counts, and what is drawn is what was made of the approved bytes. Anything unknown, missing
or unreadable counts as no.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeAlias

from player.library import reviews, verdicts
from player.library.database import translated
from player.library.library import Library
from player.library.photo import Photo
from player.library.schema import LIBRARY
from player.library.sources import Source, Standing, sources, standing
from player.library.verdicts import Subject, tally, words_of
from player.units import Nanos


class Rung(StrEnum):
    """How far down the player had to step, best first."""

    LIVE = "live"
    STALE = "stale"
    CORE = "core"
    PLATE = "plate"

    @property
    def in_words(self) -> str:
        """Return what is shown then."""
        return _WORDS[self]


_Row: TypeAlias = tuple[str, str, Nanos | None, str | None, str | None, str | None]
"""State, reason, its own end, and the hashes: of its picture, of the film that it is of, and of the original."""

_WORDS: Final = {
    Rung.LIVE: "live photos",
    Rung.STALE: "photos whose source does not answer, for as long as its last word counts",
    Rung.CORE: "the core set, for want of live photos",
    Rung.PLATE: "words alone, for want of photos that may be shown",
}


@dataclass(frozen=True, slots=True)
class Ladder:
    """Which sources may be shown from, and on which rung that is."""

    rung: Rung
    sources: tuple[Source, ...]


def ladder(library: Library, now: Nanos) -> Ladder:
    """Choose the rung: live photos, stale ones, the core set, the plate. Without orders there is nothing but the core set.

    Stale is what is still within its lease although no source of it could be asked the last time: the same photos, and a
    reason to look.
    """
    leased = [s for s in sources(library.connection).values() if standing(s, now) is Standing.LIVE]
    for is_core in (False, True):
        if not is_core and library.held_orders is None:
            continue
        able = tuple(s for s in leased if s.is_core is is_core and _has_any(library, s, now))
        if able:
            return Ladder(Rung.CORE if is_core else Rung.STALE if all(s.problem for s in able) else Rung.LIVE, able)
    return Ladder(Rung.PLATE, ())


def _has_any(library: Library, source: Source, now: Nanos) -> bool:
    with translated(LIBRARY.name):
        row = library.connection.execute(
            "SELECT 1 FROM ranks WHERE source=? AND (valid_until IS NULL OR valid_until>?) LIMIT 1",
            (source.name, now),
        ).fetchone()
    return row is not None


def refusals(library: Library, photos: Sequence[Photo], now: Nanos) -> dict[int, str]:
    """Return the reason by key for each of *photos* that may not be drawn at *now* (wall time); empty when all may.

    Raises:
        LibraryError: the library cannot be read; then none of them may be drawn.
    """
    if not photos:
        return {}
    found: dict[int, str] = {}
    rows = _rows(library, photos)
    known = sources(library.connection)
    for photo in photos:
        row = rows.get(photo.key)
        source = known.get(photo.source)
        if row is None or source is None:
            found[photo.key] = "not in the library"
            continue
        state, reason, valid_until, picture, film, _ = row
        word = standing(source, now)
        if state != "approved":
            found[photo.key] = f"{state}: {reason}" if reason else state
        elif picture != photo.picture or film != photo.film:
            found[photo.key] = "its bytes changed"
        elif word is not Standing.LIVE:
            found[photo.key] = word.value
        elif valid_until is not None and valid_until <= now:
            found[photo.key] = "its own end has passed"
        elif library.held_orders is None and not source.is_core:
            found[photo.key] = library.lost
    originals = {key: row[5] for key, row in rows.items()}
    return _unreviewed(library, photos, originals, known) | found | _withdrawn(library, photos, originals)


def _unreviewed(
    library: Library, photos: Sequence[Photo], originals: dict[int, str | None], known: dict[str, Source]
) -> dict[int, str]:
    """Ask the verdicts themselves, of what is about to be drawn: these bytes, with these words."""
    asked: dict[str, list[Photo]] = {}
    for photo in photos:
        if photo.source in known and known[photo.source].reviewers:
            asked.setdefault(photo.source, []).append(photo)
    found: dict[int, str] = {}
    for source, each in asked.items() if library.held_orders else ():
        said = reviews.said(library.orders.connection, source, [photo.item for photo in each])
        for photo in each:
            words = words_of(photo.caption, photo.credit, photo.language, photo.country)
            subject = Subject((originals.get(photo.key) or "").lower(), words)
            why = verdicts.lack(tally(said.get(photo.item, ())), subject, known[source].reviewers)
            if why:
                found[photo.key] = f"pending: {why}"
    return found


def _rows(library: Library, photos: Sequence[Photo]) -> dict[int, _Row]:
    marks = ",".join("?" * len(photos))
    with translated(LIBRARY.name):
        rows = library.connection.execute(
            f"SELECT key, state, reason, valid_until, picture, film, original FROM photos WHERE key IN ({marks})",
            [photo.key for photo in photos],
        ).fetchall()
    return {key: tuple(row) for key, *row in rows}


def _withdrawn(library: Library, photos: Sequence[Photo], originals: dict[int, str | None]) -> dict[int, str]:
    """Ask the orders themselves: a withdrawal counts from the moment that it is written there."""
    if library.held_orders is None:
        return {}
    by_source: dict[str, list[str]] = {}
    for photo in photos:
        by_source.setdefault(photo.source, []).append(photo.item)
    items = {
        (source, item): reason
        for source, names in by_source.items()
        for item, reason in library.orders.withdrawn_items(source, names).items()
    }
    digests = library.orders.withdrawn_bytes({original for original in originals.values() if original})
    found: dict[int, str] = {}
    for photo in photos:
        reason = items.get((photo.source, photo.item)) or digests.get(originals.get(photo.key) or "")
        if reason is not None:
            found[photo.key] = f"withdrawn: {reason}"
    return found
