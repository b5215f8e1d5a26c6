"""The review desk: what waits, what of it one person has yet to decide, and their verdict.

What somebody decides is what they have seen: each picture with its words has a mark, and a verdict without the mark of what is
there now comes to nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from player.console.looks import withdrawing
from player.console.looks.withdrawing import MAX_REASON, Aim
from player.console.looks.wording import MAX_NAME, plain
from player.library import alike, pending, reviewing, reviews
from player.library.alike import Alike
from player.library.library import Library
from player.library.pending import Waiting
from player.library.reviewing import Outcome, Reviewer
from player.library.reviews import Name
from player.library.sources import sources
from player.library.verdicts import LEAST, UNDO_WITHIN, Tally, Verdict, tally, voices
from player.units import SECOND, Digest, Nanos, Size

REJECTIONS: Final = 100  # that are listed: nobody takes an older one back without knowing its name


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A photo that somebody is to decide on."""

    key: int
    """Its row."""
    mark: str
    """Of this picture with these words: a verdict must carry it."""
    source: str
    item: str
    caption: str
    credit: str
    alt: str
    language: str
    country: str
    entered: Nanos
    size: Size
    approvals: int
    """How many people approve it already."""
    needed: int
    """How many must."""
    missing: int
    """How many more must; those who count as one are one."""
    counts: bool
    """Whether an approval of whoever looks makes them fewer: not if their password was in the hands of somebody who approves it,
    or the other way round, or if nobody knows in whose hands it was."""
    alike: tuple[Alike, ...]
    """Withdrawn pictures that look nearly the same, nearest first: their reasons, never the pictures."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Last:
    """What somebody decided last, while they may take it back."""

    verdict: Verdict
    key: int | None
    name: str
    """The caption, or the id."""
    seconds: int
    """For so long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """The desk as one person finds it."""

    waiting: int
    """Prepared photos that wait for anybody."""
    yours: int
    """Those of them that this person has not decided."""
    unprepared: int
    """Those that are not fetched yet: only so many wait at the same time."""
    photo: Candidate | None
    """The next one to decide."""
    last: Last | None
    number: int
    """Moves with each verdict of anybody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejection:
    """A rejection that stands."""

    number: int
    source: str
    item: str
    by: str
    reason: str
    at: Nanos


def look(library: Library, by: Reviewer, now: Nanos, *, after: int = 0, at: int | None = None) -> Desk:
    """Return the desk as a person finds it: with the photo in row *at*, else the next one behind row *after*.

    Raises:
        OrdersLostError: nobody knows what was said.
        LibraryError: the library cannot be read.
    """
    rows, tallies = _standing(library, now)
    yours = [row for row in rows if by.who not in tallies[row.name].of(row.subject)]
    return Desk(
        waiting=len(rows),
        yours=len(yours),
        unprepared=pending.count_unprepared(library.connection),
        photo=_candidate(library, chosen(yours, after, at), tallies, by),
        last=_last(library, by, now),
        number=reviews.newest(library.orders.connection),
    )


def chosen(rows: Sequence[Waiting], after: int, at: int | None) -> Waiting | None:
    """Return the row *at*, where it is among *rows*; else the first behind *after*, and behind the last one the first of all."""
    ordered = sorted(rows, key=lambda row: row.key)
    exact = next((row for row in ordered if row.key == at), None)
    return exact or next((row for row in ordered if row.key > after), ordered[0] if ordered else None)


def progress(library: Library, now: Nanos) -> tuple[int, int]:
    """Return how many wait, and a number that moves with each verdict.

    Raises:
        LibraryError: the library cannot be read.
    """
    return len(_standing(library, now)[0]), reviews.newest(library.orders.connection)


def picture(library: Library, key: int, mark: str) -> bytes | None:
    """Return the picture in row *key* as a JPEG; None: it is not the one with this *mark* any more.

    Raises:
        LibraryError: it cannot be read.
    """
    row = pending.one(library.connection, key)
    if row is None or mark_of(row) != mark or row.name in _withdrawn(library, [row]):
        return None
    return library.files.read(Digest(row.picture))


def decide(library: Library, key: int, mark: str, verdict: Verdict, *, by: Reviewer, at: Nanos, reason: str = "") -> Outcome:
    """Write down that somebody approves or rejects what they have seen of row *key*.

    Raises:
        OrdersLostError: nothing can be written down.
        LibraryError: the same, for now.
    """
    row = pending.one(library.connection, key)
    if row is None:
        return Outcome.GONE
    if mark_of(row) != mark:
        return Outcome.CHANGED
    if verdict is Verdict.REJECT:
        said = " ".join(plain(reason, MAX_REASON).split())
        record = withdrawing.record_of(library, Aim(row.source, row.item), reason=said, at=at, by=by.name)
        return reviewing.reject(library.orders, row.name, row.subject, record=record, by=by, at=at)
    source = sources(library.connection)[row.source]
    return reviewing.approve(library.orders, row.name, row.subject, needed=source.reviewers, by=by, at=at)


def undo(library: Library, by: Reviewer, at: Nanos) -> tuple[Outcome, int | None]:
    """Take back what somebody decided last; return what came of it, and the row.

    Raises:
        LibraryError: it could not be written.
    """
    found = reviewing.undo(library.orders, by, at)
    return (Outcome.DONE, _key(library, found[0])) if found else (Outcome.LATE, None)


def rejections(library: Library) -> tuple[Rejection, ...]:
    """Return the rejections that stand, the newest first.

    Raises:
        LibraryError: they cannot be read.
    """
    return tuple(
        Rejection(
            number=said.number,
            source=plain(name.source, MAX_NAME),
            item=plain(name.item),
            by=plain(said.name, MAX_NAME),
            reason=plain(said.reason),
            at=said.at,
        )
        for name, said in reviews.rejections(library.orders.connection, REJECTIONS)
    )


def lift(library: Library, number: int, *, by: Reviewer, at: Nanos) -> Outcome:
    """Take the rejection in row *number* back; the photo is reviewed anew.

    Raises:
        LibraryError: it could not be written.
    """
    name = reviews.rejected_at(library.orders.connection, number)
    return reviewing.lift(library.orders, name, by=by, at=at) if name else Outcome.GONE


def mark_of(row: Waiting) -> str:
    """Return what names a picture with its words, in its place."""
    text = repr((row.source, row.item, row.subject))
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def _standing(library: Library, now: Nanos) -> tuple[list[Waiting], dict[Name, Tally]]:
    """Return what waits and may still be approved, and where each stands."""
    rows = pending.queue(library.connection, now)
    gone = _withdrawn(library, rows)
    said = {
        Name(source, item): each
        for source, items in _by_source(rows).items()
        for item, each in reviews.said(library.orders.connection, source, items).items()
    }
    tallies = {row.name: tally(said.get(row.name, ())) for row in rows}
    return [row for row in rows if row.name not in gone and not tallies[row.name].rejected], tallies


def _withdrawn(library: Library, rows: Sequence[Waiting]) -> set[Name]:
    orders = library.orders
    digests = orders.withdrawn_bytes({row.sha256 for row in rows})
    items = {Name(source, item) for source, names in _by_source(rows).items() for item in orders.withdrawn_items(source, names)}
    return items | {row.name for row in rows if row.sha256 in digests}


def _by_source(rows: Sequence[Waiting]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for row in rows:
        found.setdefault(row.source, []).append(row.item)
    return found


def _candidate(library: Library, row: Waiting | None, tallies: Mapping[Name, Tally], by: Reviewer) -> Candidate | None:
    if row is None:
        return None
    near = alike.alike(library.orders.connection, row.phash)
    stands, needed = tallies[row.name], sources(library.connection)[row.source].reviewers
    given = stands.of(row.subject).values()
    return Candidate(
        key=row.key,
        mark=mark_of(row),
        source=plain(row.source, MAX_NAME),
        item=plain(row.item),
        caption=plain(row.caption),
        credit=plain(row.credit),
        alt=plain(row.alt),
        language=plain(row.language, MAX_NAME),
        country=plain(row.country, MAX_NAME),
        entered=row.entered,
        size=row.size,
        approvals=len(given),
        needed=max(LEAST, needed),
        missing=stands.missing(row.subject, needed),
        counts=voices([*given, by.hands]) > voices(given),
        alike=tuple(Alike(plain(each.reason), each.distance) for each in near),
    )


def _last(library: Library, by: Reviewer, now: Nanos) -> Last | None:
    found = reviewing.last(library.orders, by, now)
    if found is None:
        return None
    name, said = found
    key = _key(library, name)
    row = pending.one(library.connection, key) if key else None
    left = UNDO_WITHIN - (now - said.at)
    return Last(verdict=said.verdict, key=key, name=plain((row.caption if row else "") or name.item), seconds=-(-left // SECOND))


def _key(library: Library, name: Name) -> int | None:
    return pending.key_of(library.connection, name)
