"""A withdrawal as it is to be recorded, with all bytes that the item ever had here: by whomever, and however it was told."""

from __future__ import annotations

from player.library import traces
from player.library.library import Library
from player.library.tombstones import Record
from player.units import Nanos


def record_of(library: Library, source: str, item: str, *, reason: str, at: Nanos | None, by: str) -> Record:
    """Return the withdrawal of an item of a source, which may be every one.

    Args:
        library: Open.
        source: Of the item.
        item: Its id.
        reason: For the journal.
        at: The date that the withdrawal states; told again with it, it is the same one.
        by: Who withdraws it.

    Raises:
        LibraryError: the library cannot be read.
    """
    rows = traces.traces(library.connection, source, [item]).get(item, [])
    digests = frozenset[str]().union(*(row.digests for row in rows))
    twins = traces.made_of(library.connection, dict.fromkeys(digests, ""))
    phash = next((row.phash for row in rows if row.phash), None)
    is_here = bool(rows or twins)
    return Record(source=source, item=item, reason=reason, at=at, digests=digests, phash=phash, by=by, is_here=is_here)
