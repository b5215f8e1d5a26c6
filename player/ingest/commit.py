"""Brings one answered poll into the library: withdrawals before anything else, confirmation last."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from player import log
from player.clock import Clock
from player.errors import WeRememberError
from player.feed.item import Item, Snapshot, Status, Validators, Withdrawal
from player.feed.trust import Policy, Reception, Verdict, judge, lease, receive
from player.ingest.decide import bytes_of, entry_for
from player.ingest.withdrawal import nothing, withdraw
from player.library import photos, sources
from player.library.approvals import note_approvals
from player.library.database import translated
from player.library.library import Library
from player.library.photos import Entry, Known
from player.library.schema import LIBRARY
from player.units import MILLISECOND, Nanos, Seconds

_CHUNK: Final = 600  # items a transaction: about 10 ms, so that the screen never waits 20 ms for its own writing
_PAUSE: Final[Nanos] = 1 * MILLISECOND  # between transactions; whoever waits gets in

T = TypeVar("T")

_log = log.get("ingest")

_LISTED: Final = "CREATE TEMP TABLE IF NOT EXISTS listed(item TEXT PRIMARY KEY) WITHOUT ROWID"


@dataclass(frozen=True, slots=True)
class Received:
    """What one poll changed."""

    withdrawn: int
    changed: int
    absent: int
    reception: Reception


@dataclass(frozen=True, slots=True)
class _Said:
    """What a snapshot as a whole says of each of its items."""

    name: str
    policy: Policy
    reception: Reception
    signed_by: tuple[str, ...]
    is_first: bool

    def verdict(self, item: Item, now: Nanos) -> Verdict:
        """Judge one of them."""
        approvals, least = self.reception.approvals, self.reception.min_approvals
        return judge(item, policy=self.policy, min_approvals=least, approvals=approvals, now=now)


class Committer:
    """Writes snapshots into the library, in short transactions."""

    def __init__(self, library: Library, clock: Clock, *, alive: Callable[[], None] = nothing) -> None:
        """Write into *library*; *alive* is called again and again while that lasts."""
        self._library = library
        self._clock = clock
        self._alive = alive
        self._never = threading.Event()

    def snapshot(
        self,
        name: str,
        snapshot: Snapshot,
        *,
        policy: Policy,
        validators: Mapping[str, Validators],
        device: int | None = None,
        lease_s: Seconds | None = None,
        signed_by: tuple[str, ...] = (),
        took: Nanos = 0,
    ) -> Received:
        """Take in what the source called *name* says now.

        *lease_s* is how long this very answer counts at most; *signed_by* are the people who signed it; *took* is how long ago
        it was asked for, for it counts from then on.

        Raises:
            FeedError: the snapshot as a whole is not to be believed; its explicit withdrawals were acted on.
            OrdersLostError: withdrawals cannot be read or recorded, so nothing is taken in.
            LibraryError: the disk refuses.
        """
        library, now = self._library, self._clock.wall()
        gone, stated = _withdrawals(snapshot), _stated(snapshot)
        withdrawn = withdraw(library, name, gone, now, stated=stated, clock=self._clock, alive=self._alive)
        source = sources.sources(library.connection)[name]
        is_first = source.confirmed_at is None
        mark = f"{name} {source.address}"  # another address is another publisher, which counts for itself
        reception = receive(
            snapshot,
            policy=policy,
            last_sequence=library.orders.sequence(mark),
            shown=frozenset() if snapshot.items or snapshot.kept else self._approved(name),
        )
        changed = absent = 0
        if reception.confirms:
            said = _Said(name, policy, reception, signed_by, is_first)
            changed = sum(self._part(said, part) for part in _chunks(snapshot.items))
        is_anew = is_first and reception.confirms  # what is here already was listed by another address
        if reception.absence_counts or is_anew:
            absent = self._absences(name, (*(item.id for item in snapshot.items), *snapshot.kept))
        if reception.sequence is not None:
            library.orders.raise_sequence(mark, reception.sequence)
        sources.confirm(
            library.connection,
            name,
            sources.Confirmation(
                at=now - took,
                lease_s=reception.lease_s if lease_s is None else lease(reception.lease_s, lease_s),
                halt=reception.is_halted,
                expired=snapshot.expired,
                validators={url: (v.etag, v.last_modified) for url, v in validators.items()},
                device=device,
            ),
        )
        return Received(withdrawn, changed, absent, reception)

    def _approved(self, name: str) -> frozenset[str]:
        """What an empty snapshot would take away."""
        with translated(LIBRARY.name):
            rows = self._library.connection.execute("SELECT item FROM photos WHERE source=? AND state='approved'", (name,))
            return frozenset(item for (item,) in rows)

    def _part(self, said: _Said, items: Sequence[Item]) -> int:
        """Take in some of the items; return how many stand otherwise now than before."""
        self._alive()
        now, orders = self._clock.wall(), self._library.orders
        ids = [item.id for item in items]
        known = photos.known(self._library.connection, said.name, ids)
        withdrawn = orders.withdrawn_items(said.name, ids)
        digests = orders.withdrawn_bytes(each for item in items for each in bytes_of(item))
        entries = [
            entry
            for item in items
            if (
                entry := entry_for(
                    item,
                    said.verdict(item, now),
                    known=known.get(item.id),
                    withdrawn=withdrawn,
                    withdrawn_bytes=digests,
                    is_first=said.is_first,
                    now=now,
                )
            )
        ]
        if not entries:
            return 0
        # Before they count: a journal that lacks what was shown would be worse than one that names what was not.
        seen = ((entry.item, entry.sha256, entry.state) for entry in entries)
        note_approvals(orders, said.name, said.reception.sequence, said.signed_by, seen, at=now)
        changed = self._commit(said.name, entries, known)
        self._clock.wait(self._never, _PAUSE)
        return changed

    def _commit(self, name: str, entries: list[Entry], known: dict[str, Known]) -> int:
        try:
            self._library.files.delete_all(photos.commit(self._library.connection, name, entries, known))
        except WeRememberError:
            raise
        except Exception as error:  # noqa: BLE001 - the seam around one item: SQLite refuses some text only here
            if len(entries) == 1:
                _log.warning("item left out", source=name, item=entries[0].item[:80], why=type(error).__name__)
                return 0
            return sum(self._commit(name, [entry], known) for entry in entries)
        return len(entries)

    def _absences(self, name: str, listed: Iterable[str]) -> int:
        connection = self._library.connection
        with translated(LIBRARY.name):
            connection.execute(_LISTED)
            connection.execute("DELETE FROM temp.listed")
            connection.execute("BEGIN")  # of the copy in memory alone: nobody waits for it
            try:
                connection.executemany("INSERT OR IGNORE INTO temp.listed VALUES(?)", ((item,) for item in listed))
            finally:
                connection.execute("COMMIT")
            gone = [
                key
                for (key,) in connection.execute(
                    "SELECT key FROM photos WHERE source=? AND state NOT IN ('absent', 'withdrawn')"
                    " AND item NOT IN (SELECT item FROM temp.listed)",
                    (name,),
                )
            ]
        for part in _chunks(gone):
            self._alive()
            self._library.files.delete_all(photos.hide(connection, part, "absent", "its source does not list it any more"))
            self._clock.wait(self._never, _PAUSE)
        return len(gone)


def drop_removed(library: Library) -> int:
    """Hide and purge the photos of sources that the configuration does not name any more; return how many."""
    removed = [s.name for s in sources.sources(library.connection).values() if not s.enabled]
    count = 0
    for name in removed:
        with translated(LIBRARY.name):
            rows = library.connection.execute(
                "SELECT key FROM photos WHERE source=? AND state NOT IN ('absent', 'withdrawn')",
                (name,),
            ).fetchall()
        for part in _chunks([key for (key,) in rows]):
            freed = photos.hide(library.connection, part, "absent", "its source is not in the configuration any more")
            library.files.delete_all(freed)
        count += len(rows)
    return count


def _withdrawals(snapshot: Snapshot) -> Iterator[Withdrawal]:
    yield from snapshot.withdrawn
    told = {each.item for each in snapshot.withdrawn}
    for item in snapshot.items:
        if item.status is Status.WITHDRAWN and item.id not in told:
            yield Withdrawal(item.id, "withdrawn by its publisher", item.modified_at)


def _stated(snapshot: Snapshot) -> dict[str, str]:
    """Which bytes the feed says its withdrawn items have."""
    return {item.id: item.sha256 for item in snapshot.items if item.status is Status.WITHDRAWN and item.sha256}


def _chunks(values: Sequence[T]) -> Iterator[Sequence[T]]:
    for i in range(0, len(values), _CHUNK):
        yield values[i : i + _CHUNK]
