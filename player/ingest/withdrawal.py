"""Withdrawal: a tombstone first, then every stored byte, then the receipt. Its own path, before and beside everything else."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

from player import log
from player.clock import Clock
from player.errors import LibraryError
from player.feed.item import Reinstatement, Withdrawal
from player.library import leftovers, photos, receipts, tombstones, traces
from player.library.coming import Coming, coming
from player.library.database import DamagedError, cut_log
from player.library.library import Library
from player.library.receipts import Receipt
from player.library.schema import LIBRARY
from player.library.tombstones import NOTHING, Record, Tombstone
from player.library.traces import Trace
from player.units import SECOND, Digest, Nanos

RECENT: Final[Nanos] = 600 * SECOND  # whoever took a photo in while another process withdrew it has done so by then

_log = log.get("ingest")


def nothing() -> None:
    """For whom nobody waits."""


class UndeletedError(LibraryError):
    """What was withdrawn is recorded and shown no more, but something of it is on the disk still: `tidy` comes back for it."""


def withdraw(
    library: Library,
    source: str,
    withdrawals: Iterable[Withdrawal],
    now: Nanos,
    *,
    stated: Mapping[str, str] | None = None,
    clock: Clock | None = None,
    by: str = "",
    alive: Callable[[], None] = nothing,
) -> int:
    """Act on what *source* (or, for every source, the wildcard) withdrew; return how many withdrawals are new.

    Each is recorded durably, binding source, item and all bytes it ever had, before its photo is touched; the screen acts on
    the record. One that was taken back, told again with the same date, is passed over.

    Args:
        library: Whose photos they are.
        source: Who withdraws.
        withdrawals: What they withdraw.
        now: Wall time.
        stated: SHA-256 by item where the source names it elsewhere; what was fetched is known better, and bound as well.
        clock: Says when the last byte was gone; without it `complete` does, later.
        by: Who withdraws, when that is a person at this player.
        alive: Called again and again while a long list is worked through.

    Raises:
        OrdersLostError: withdrawals cannot be recorded.
        UndeletedError: all are recorded, but not all bytes could be deleted.
        LibraryError: the disk refuses. Photos whose withdrawal could not be recorded are gone all the same.
    """
    told = list(withdrawals)
    before = library.orders.bound(source, {each.item for each in told})
    asked = [each for each in told if not before.get(each.item, NOTHING).is_taken_back(each.at)]
    here = traces.traces(library.connection, source, {each.item for each in asked})
    asked = [each for each in asked if here.get(each.item) or not each.if_seen]
    new = 0
    touched: dict[int, str] = {}
    failed: LibraryError | None = None
    records: list[Record] = []
    for each in asked:
        alive()
        rows, known = here.get(each.item, []), before.get(each.item, NOTHING)
        if each.if_seen and not rows and not known.stands:
            continue
        reason = known.reason or each.reason or "by its publisher"
        digests = _digests(each, rows, (stated or {}).get(each.item))
        twins = traces.made_of(library.connection, dict.fromkeys(digests, reason))
        if not known.has(each.at, digests):
            records.append(_record(source, each, reason, digests, rows, is_here=bool(rows or twins), by=by))
        touched |= dict.fromkeys((row.key for row in rows), reason) | twins
    records.sort(key=lambda record: not record.is_here)  # what may be up first: a long list takes its time
    try:
        new = library.orders.withdraw_all(records, known_at=now, alive=alive)
    except LibraryError as error:
        failed = error  # recorded at the next poll, which comes because this one fails
    try:
        _purge(library, touched, alive)
    except DamagedError:
        raise
    except LibraryError as error:
        raise failed or UndeletedError(str(error)) from error
    if failed:
        raise failed
    if clock:
        with contextlib.suppress(LibraryError):  # what is done is done: `tidy` comes back for the rest, and says why
            complete(library, clock)
    return new


def reinstate(library: Library, source: str, reinstatement: Reinstatement, *, by: str, now: Nanos) -> bool:
    """Take back the one withdrawal that *reinstatement* names; return whether that was news.

    The photo comes back with the next snapshot that lists it in full.
    """
    item = reinstatement.item
    known = library.orders.bound(source, [item]).get(item, NOTHING)
    is_news = not known.is_taken_back(reinstatement.withdrawn_at)
    if is_news:
        library.orders.lift(source, item, reinstatement.withdrawn_at, by=by, at=now)
    release(library, source, item)
    return is_news


def release(library: Library, source: str, item: str) -> int:
    """Let rows return that stand as withdrawn because of a tombstone that binds no more; return how many."""
    orders = library.orders
    lifted = orders.bound(source, [item]).get(item, NOTHING)
    if lifted.stands or not lifted.dates:
        return 0
    connection = library.connection
    own = [(row.key, row.digests) for row in traces.traces(connection, source, [item]).get(item, [])]
    bound = orders.withdrawn_bytes(digest for _, digests in own for digest in digests)
    of_item = orders.withdrawn_items(source, [item])
    free = [key for key, digests in own if not of_item and digests.isdisjoint(bound)]
    for key, name, twin, sha256 in traces.withdrawn_with(connection, lifted.digests):
        if not orders.withdrawn_items(name, [twin]) and not orders.withdrawn_bytes([sha256] if sha256 else []):
            free.append(key)
    return traces.let_return(connection, free) if free else 0


def is_withdrawn(library: Library, source: str, item: str, sha256: Digest) -> bool:
    """Whether an item, or the bytes that were fetched for it, may never be shown."""
    return bool(library.orders.withdrawn_items(source, [item]) or library.orders.withdrawn_bytes([sha256]))


def withdraw_bytes(library: Library, source: str, item: str, sha256: Digest, now: Nanos) -> None:
    """Take an item that, or the bytes of which, were withdrawn before; a withdrawn item's tombstone learns the bytes.

    An item that only has the bytes of another one gets no tombstone of its own: it is refused as long as they are.
    """
    orders = library.orders
    reasons = orders.withdrawn_items(source, [item])
    if reasons:
        _learn(library, source, item, sha256, now)
        reason = reasons[item]
    else:
        reason = orders.withdrawn_bytes([sha256]).get(sha256, "its bytes were withdrawn")
        what: dict[str, object] = {"source": source, "item": item, "sha256": sha256, "why": f"its bytes were withdrawn: {reason}"}
        orders.note("refused", what, at=now)
    own = [row.key for row in traces.traces(library.connection, source, [item]).get(item, [])]
    _purge(library, dict.fromkeys(own, reason) | traces.made_of(library.connection, {sha256: reason}))


def complete(library: Library, clock: Clock) -> int:
    """Give every withdrawal that is owed it its half of the receipt; return how many. What is still there of one goes first.

    Nothing is said while the write-ahead log cannot be cut because somebody reads, while a file cannot be deleted, or while a
    film that is withdrawn is being fetched still: this is called again.

    Raises:
        LibraryError: something could not be deleted.
    """
    owed = receipts.for_purge(library.orders.connection)
    if not owed:
        return 0
    stones = _stones(library, owed)
    nobodys = photos.unused(library.connection, library.files.films())
    coming_now = coming(library.files, clock.wall())  # first: what has ended by then has a row, which goes with the others
    _purge(library, _touched(library, stones))
    _drop_films(library, nobodys, coming_now)
    library.files.drop_leftovers(clock.wall())
    leftovers.drop_old_preview(library.folder, max(each.known_at for each in owed))
    leftovers.drop_pages_naming(library.folder, {each.item for each in owed})
    if leftovers.drop_set_aside(library.folder):
        _log.warning("a damaged library that was set aside is deleted: it held what was withdrawn")
    if _is_coming(library, coming_now) or not cut_log(library.connection, LIBRARY.name):
        return 0
    library.orders.gone(owed, at=clock.wall())
    return len(owed)


def tidy(library: Library, clock: Clock, undone: log.Edge) -> None:
    """Do what ingest does about withdrawals every few seconds: end what was cut short, or fell between two processes.

    What cannot be deleted is said once, by *undone*, and tried again the next time.

    Raises:
        DamagedError: a file is not a database any more.
    """
    try:
        finish(library, clock.wall() - RECENT)
        complete(library, clock)
    except DamagedError:
        raise
    except LibraryError as error:
        undone.note("withdrawn", holds=True, why=str(error))
    else:
        undone.note("withdrawn", holds=False)


def finish(library: Library, since: Nanos | None = None) -> int:
    """Take what is withdrawn and still there; return how many photos that were.

    After a crash half-way, in a library that is older than the orders, or when it was being written by another process at that
    moment. *since* looks at what became known from then on alone.
    """
    return _purge(library, _touched(library, library.orders.tombstones(since)))


def _drop_films(library: Library, nobodys: Iterable[Digest], coming_now: Sequence[Coming | None]) -> None:
    """Delete films that no row names and nobody is taking in: whoever did was killed before it had written the row.

    A film has its name only after its mark says which bytes it is, and until it has a row: *nobodys* were looked up before
    *coming_now*, so one of them without a mark has a row by now, or will never have one.
    """
    if None in coming_now:
        return  # it may be any of them; no receipt is given either
    taken = {each.sha256.lower() for each in coming_now if each and each.sha256}
    library.files.delete_all(photos.unused(library.connection, [film for film in nobodys if film not in taken]))


def _is_coming(library: Library, coming_now: Sequence[Coming | None]) -> bool:
    """Whether a film is being fetched that is withdrawn, or of which nobody can say yet what it is."""
    orders = library.orders
    for each in coming_now:
        if each is None or orders.withdrawn_items(each.source, [each.item]):
            return True
        if orders.withdrawn_bytes(known.lower() for known in (each.sha256, each.stand_in) if known):
            return True
    return False


def _digests(withdrawal: Withdrawal, rows: Sequence[Trace], stated: str | None) -> frozenset[str]:
    said = {each.lower() for each in (withdrawal.sha256, stated) if each}
    return frozenset(said).union(*(row.digests for row in rows))


def _record(
    source: str, withdrawal: Withdrawal, reason: str, digests: frozenset[str], rows: Sequence[Trace], *, is_here: bool, by: str
) -> Record:
    return Record(
        source=source,
        item=withdrawal.item,
        reason=reason,
        at=withdrawal.at,
        digests=digests,
        phash=next((row.phash for row in rows if row.phash), None),
        by=by,
        is_here=is_here,
    )


def _learn(library: Library, source: str, item: str, sha256: Digest, now: Nanos) -> None:
    """Bind bytes to the tombstone that binds their item, be it of its own source or of all."""
    orders = library.orders
    for name in (source, tombstones.WILDCARD):
        known = orders.bound(name, [item]).get(item, NOTHING)
        if known.stands and sha256 not in known.digests:
            dated = next(date for date, is_lifted in known.dates.items() if not is_lifted)
            at = None if dated == tombstones.UNDATED else dated
            digests = frozenset({sha256})
            orders.withdraw_all([Record(source=name, item=item, reason=known.reason, at=at, digests=digests)], known_at=now)


def _stones(library: Library, owed: Iterable[Receipt]) -> list[Tombstone]:
    found: list[Tombstone] = []
    for each in owed:
        known = library.orders.bound(each.source, [each.item]).get(each.item, NOTHING)
        if known.stands:
            found.append(Tombstone(each.source, each.item, None, known.reason))
    return found


def _touched(library: Library, stones: Sequence[Tombstone]) -> dict[int, str]:
    """Return every row that *stones* bind, by item or by bytes, with the reason."""
    touched = traces.made_of(library.connection, tombstones.bytes_of(library.orders.connection, stones))
    by_source: dict[str, dict[str, str]] = {}
    for stone in stones:
        by_source.setdefault(stone.source, {})[stone.item] = stone.reason
    for source, reasons in by_source.items():
        for item, rows in traces.traces(library.connection, source, reasons).items():
            touched |= dict.fromkeys((row.key for row in rows), reasons[item])
    return touched


def _purge(library: Library, touched: Mapping[int, str], alive: Callable[[], None] = nothing) -> int:
    """Take bytes, caption and address of photos; nothing happens for those that are gone already. Return how many were there.

    The files go before the row that names them: when this is cut short, whoever comes next finds the row and ends it.
    """
    standing = traces.not_withdrawn(library.connection, touched)
    library.files.delete_all(photos.files_only_of(library.connection, standing))
    freed: set[Digest] = set()
    for key in standing:
        alive()
        freed |= photos.withdraw(library.connection, [key], touched[key])
    library.files.delete_all(freed)
    if standing:
        cut_log(library.connection, LIBRARY.name)  # when a reader still holds it, `complete` comes back
    return len(standing)
