"""The looks, asked for from a handler: each reads in a thread, with the library that the desk has, at the desk's time."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection
from datetime import date
from typing import TYPE_CHECKING

from player.calibration.shelf import Shelf
from player.console.looks import agenda, capacity, journal, now, photos, wall, withdrawing
from player.console.looks.agenda import Day, Stretch
from player.console.looks.capacity import Outlook
from player.console.looks.heard import listened
from player.console.looks.journal import Chapter, Verification
from player.console.looks.now import Now
from player.console.looks.photos import Choices, Detail, Page
from player.console.looks.processes import Process
from player.console.looks.wall import Wall
from player.console.looks.withdrawing import Preview
from player.errors import LibraryError
from player.library import browsing, receipts
from player.library.browsing import Sought
from player.library.library import Library
from player.library.receipts import Receipt
from player.units import Nanos

if TYPE_CHECKING:
    from player.console.desk import Asked, Desk
    from player.console.people.rows import Person


async def now_of(desk: Desk) -> Now:
    """Return how everything is; whatever cannot be read is said in it."""
    configuration, at = desk.configuration(), desk.clock.wall()
    unrecorded = await desk.looks.duties.unrecorded(desk)

    def look(library: Library | None, problem: str = "") -> Now:
        orders = library.held_orders if library else None
        duty = desk.looks.duties.look(orders, desk.looks.processes, desk.clock, unrecorded=unrecorded)
        return now.look(configuration, library, at, word=listened(desk.folder, desk.clock), duty=duty, problem=problem)

    try:
        return await desk.reader.read(look)
    except LibraryError as error:
        problem = str(error)
    return await desk.lanes.run(desk.lanes.reading, lambda: look(None, problem))


async def picture(desk: Desk) -> bytes | None:
    """Return the presented picture, a JPEG; None: there is none that may be seen."""

    def look(library: Library | None) -> bytes | None:
        return now.picture_bytes(desk.folder, library, listened(desk.folder, desk.clock))

    try:
        return await desk.reader.read(look)
    except LibraryError:
        return await desk.lanes.run(desk.lanes.reading, lambda: look(None))


async def photo_page(
    desk: Desk,
    wanted: Sought,
    *,
    by: str,
    limit: int = photos.ON_A_PAGE,
    before: int | None = None,
    after: int | None = None,
    name: str = "",
) -> Page:
    """Return a page of photos, looked for by somebody within a second, whatever they look for.

    Raises:
        RefusedError: too many are looked for at this moment.
        LibraryError: the library cannot be read.
    """
    at = desk.clock.wall()

    def look(library: Library) -> Page:
        ends = desk.clock.monotonic() + photos.LOOKED_FOR

        def is_over() -> bool:
            return desk.clock.monotonic() >= ends

        return photos.page(library, wanted, at, limit=limit, before=before, after=after, name=name, is_over=is_over)

    with desk.looks.searches.one(by):
        return await desk.reader.search(look)


async def photo(desk: Desk, key: int, *, plays_before: Nanos | None = None) -> Detail | None:
    """Return all there is to be said of a photo; None: there is no such row.

    Raises:
        LibraryError: the library cannot be read.
    """
    at = desk.clock.wall()
    return await desk.reader.read(lambda library: photos.detail(library, key, at, before=plays_before))


async def photo_picture(desk: Desk, key: int, *, is_tile: bool) -> bytes | None:
    """Return a photo's prepared picture, a JPEG; None: there is none to be seen.

    Raises:
        LibraryError: it cannot be read.
    """
    return await desk.reader.read(lambda library: photos.picture(library, key, is_tile=is_tile))


async def choices(desk: Desk) -> Choices:
    """Return what photos may be filtered by.

    Raises:
        LibraryError: the library cannot be read.
    """
    return await desk.reader.read(photos.choices)


async def counts(desk: Desk) -> dict[str, int]:
    """Return how many photos stand in which state.

    Raises:
        LibraryError: the library cannot be read.
    """
    return await desk.looks.counts.get(
        desk.folder,
        lambda: desk.reader.read(lambda library: browsing.counts(library.connection)),
        now=desk.clock.monotonic(),
    )


async def withdrawal_preview(desk: Desk, key: int, *, everywhere: bool) -> Preview | None:
    """Return what a withdrawal would take; None: there is no such photo.

    Raises:
        LibraryError: the library cannot be read.
    """
    at = desk.clock.wall()
    return await desk.reader.read(lambda library: withdrawing.preview(library, key, at, everywhere=everywhere))


async def withdraw(asked: Asked, key: int, *, everywhere: bool, reason: str) -> tuple[Receipt, ...] | None:
    """Withdraw a photo for ever; return its receipts as they stand. None: there is no such photo.

    Raises:
        RefusedError: who asks may not do so any more.
        LibraryError: it cannot be recorded.
    """
    at = asked.desk.clock.wall()

    def act(library: Library, person: Person) -> tuple[Receipt, ...] | None:
        return withdrawing.withdraw(library, key, at, everywhere=everywhere, reason=reason, by=person.name)

    return await asked.desk.writer.write(asked, act)


async def withdrawn_by(desk: Desk, owed: Collection[Receipt]) -> tuple[str, ...]:
    """Return by whom each of these was ordered; empty: by its source, or nobody knows.

    Raises:
        LibraryError: the journal cannot be read.
    """
    if not owed:
        return ()
    return await desk.reader.read(lambda library: tuple(receipts.ordered_by(library.orders.connection, each) for each in owed))


async def latest_receipts(desk: Desk, *, limit: int, before: Nanos | None = None) -> tuple[Receipt, ...]:
    """Return the last receipts, the newest first.

    Raises:
        LibraryError: the orders cannot be read.
    """
    return await desk.reader.read(lambda library: receipts.latest(library.orders.connection, limit, before=before))


async def agenda_days(desk: Desk, *, first: date | None = None, count: int = agenda.DAYS) -> tuple[Day, ...]:
    """Return the agenda, to scale.

    Raises:
        OperatorError: there is no such agenda.
    """
    rules, at = desk.configuration().rules, desk.clock.wall()
    return await desk.lanes.run(desk.lanes.reading, lambda: agenda.days(rules, at, first=first, count=count))


async def agenda_at(desk: Desk, instant: Nanos) -> Stretch:
    """Return what would be on at an instant.

    Raises:
        OperatorError: there is no such instant.
    """
    rules, at = desk.configuration().rules, desk.clock.wall()
    return await desk.lanes.run(desk.lanes.reading, lambda: agenda.at(rules, instant, at))


async def outlook(desk: Desk, *, photos: int | None = None) -> Outlook:
    """Return whether everyone is seen, and by when.

    Raises:
        LibraryError: the library cannot be read.
        OperatorError: nobody has so many photos.
    """
    configuration, at = desk.configuration(), desk.clock.wall()
    return await desk.looks.capacity.get(
        (configuration, photos),
        lambda: desk.reader.read(lambda library: capacity.look(configuration, library, at, photos=photos)),
        now=desk.clock.monotonic(),
    )


async def wall_of(desk: Desk) -> Wall:
    """Return how the wall is; whatever cannot be read is said in it."""
    configuration, at = desk.configuration(), desk.clock.wall()

    def look(library: Library | None) -> Wall:
        return wall.look(configuration, library, at, word=listened(desk.folder, desk.clock))

    try:
        return await desk.reader.read(look)
    except LibraryError:
        return await desk.lanes.run(desk.lanes.reading, lambda: look(None))


async def restore(asked: Asked, number: int) -> int:
    """Make an earlier calibration the newest again; return the number that it has as such.

    Raises:
        OperatorError: there is no such calibration.
    """
    desk, at, by = asked.desk, asked.desk.clock.wall(), asked.by
    shelf = Shelf(desk.folder)
    return (await desk.lanes.run(desk.lanes.orders, lambda: shelf.restore(str(number), at=at, by=by))).number


async def calibration_picture(desk: Desk, number: int) -> bytes | None:
    """Return the small picture of a calibration, a PNG; None: there is none."""
    return await desk.lanes.run(desk.lanes.reading, lambda: wall.thumbnail(desk.folder, number))


async def chapter(
    desk: Desk, *, kinds: Collection[str] = (), before: str = "", after: str = "", limit: int = journal.ON_A_PAGE
) -> Chapter:
    """Return a page of the journal.

    Raises:
        OperatorError: a mark is none.
        LibraryError: the journal cannot be read.
    """
    older, newer = (journal.read(mark) if mark else None for mark in (before, after))
    return await desk.reader.read(lambda library: journal.page(library, kinds=kinds, before=older, after=newer, limit=limit))


async def journal_kinds(desk: Desk) -> tuple[str, ...]:
    """Return which kinds of lines there are.

    Raises:
        LibraryError: the journal cannot be read.
    """
    return await desk.reader.read(journal.kinds)


def journal_as_csv(desk: Desk, *, since: Nanos | None = None, after: str = "", kinds: Collection[str] = ()) -> AsyncIterator[str]:
    """Return the journal as a stream of CSV.

    Raises:
        OperatorError: the mark is none.
    """
    return journal.as_csv(desk.reader.read, journal.extract(desk.clock, since=since, after=after, kinds=kinds))


def journal_as_json(
    desk: Desk, *, since: Nanos | None = None, after: str = "", kinds: Collection[str] = ()
) -> AsyncIterator[str]:
    """Return the journal as a stream of JSON.

    Raises:
        OperatorError: the mark is none.
    """
    return journal.as_json(desk.reader.read, journal.extract(desk.clock, since=since, after=after, kinds=kinds))


def verify_journal(desk: Desk) -> Verification:
    """Begin to read through the journal, behind everything else; return what is known."""
    return desk.looks.verifier.start(desk.reader.read, desk.clock)


async def processes(desk: Desk) -> tuple[Process, ...]:
    """Return the player's processes."""
    return await desk.lanes.run(desk.lanes.reading, lambda: desk.looks.processes.look(desk.clock.monotonic()))
