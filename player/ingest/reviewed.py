"""What reviewers have said, carried out: what enough of them approve gets its place, what they do not loses it.

The right to show asks the verdicts themselves; this keeps the order of showing in line with them, a second later at most.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from player import log
from player.ingest.withdrawal import nothing, release
from player.library import pending, reviews, verdicts
from player.library.library import Library
from player.library.pending import Waiting
from player.library.reviews import Name
from player.library.sources import sources
from player.library.verdicts import Verdict, tally
from player.units import Nanos

CHUNK: Final = 500  # photos a transaction: some milliseconds

_log = log.get("ingest")


class Reviewed:
    """Follows the verdicts of one library."""

    def __init__(self, library: Library, *, alive: Callable[[], None] = nothing) -> None:
        self._library = library
        self._alive = alive
        self._upto: int | None = None

    def step(self, now: Nanos) -> int:
        """Act on what was said since the last time, and the first time on everything; return how many photos were approved.

        Raises:
            LibraryError: the library cannot be written; the next time goes on from here.
        """
        orders = self._library.held_orders
        if orders is None:
            return 0
        if self._upto is None:
            upto = reviews.newest(orders.connection)
            count = self._everything(now)
        else:
            upto, names = reviews.since(orders.connection, self._upto)
            count = self._some(names, now)
        self._upto = upto
        return count

    def _everything(self, now: Nanos) -> int:
        count, key = 0, 0
        while rows := pending.after(self._library.connection, key, CHUNK):
            self._alive()
            count += settle(self._library, rows, now)
            key = rows[-1].key
        return count

    def _some(self, names: Iterable[Name], now: Nanos) -> int:
        changed = list(names)
        for name in changed:
            said = reviews.said(self._library.orders.connection, name.source, [name.item])[name.item]
            if said[-1].verdict in {Verdict.UNDO, Verdict.LIFT}:
                release(self._library, name.source, name.item)
        count = 0
        for i in range(0, len(changed), CHUNK):
            self._alive()
            count += settle(self._library, pending.named(self._library.connection, changed[i : i + CHUNK]), now)
        return count


def settle(library: Library, rows: Sequence[Waiting], now: Nanos) -> int:
    """Let *rows* stand as reviewers say; return how many are approved that were not before.

    Raises:
        LibraryError: the library cannot be read or written.
    """
    needed = {source.name: source.reviewers for source in sources(library.connection).values()}
    said = _said(library, rows)
    approved: list[Waiting] = []
    others: list[tuple[Waiting, str]] = []
    for row in rows:
        why = verdicts.lack(tally(said.get(row.name, ())), row.subject, needed[row.source])
        if not why and row.state == "pending":
            approved.append(row)
        elif why and (row.state, row.reason) != ("pending", why):
            others.append((row, why))
    if others:
        pending.demote(library.connection, others)
    lost = [row.item for row, _ in others if row.state == "approved"]
    if lost:
        _log.warning("photos are not approved by reviewers any more", photos=len(lost), first=lost[0])
    return pending.promote(library.connection, approved, now) if approved else 0


def settle_one(library: Library, key: int, now: Nanos) -> None:
    """Let the photo in row *key* stand as reviewers say, if it is one of theirs.

    Raises:
        LibraryError: the library cannot be read or written.
    """
    row = pending.one(library.connection, key)
    if row and library.held_orders:
        settle(library, [row], now)


def _said(library: Library, rows: Sequence[Waiting]) -> dict[Name, tuple[verdicts.Said, ...]]:
    by_source: dict[str, list[str]] = {}
    for row in rows:
        by_source.setdefault(row.source, []).append(row.item)
    return {
        Name(source, item): said
        for source, items in by_source.items()
        for item, said in reviews.said(library.orders.connection, source, items).items()
    }
