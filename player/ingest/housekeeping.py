"""What keeps the data folder right between polls: ends that have passed, the budget, and files that nothing needs."""

from __future__ import annotations

from typing import Final

from player import log
from player.library import cues, photos
from player.library.database import translated
from player.library.library import Library
from player.library.schema import LIBRARY
from player.units import SECOND, Nanos

DAY: Final[Nanos] = 86_400 * SECOND
KEEP_CUES: Final[Nanos] = 7 * DAY  # a week of instants can be drawn again
KEEP_PLAYS: Final[Nanos] = 90 * DAY
LOW_WATER: Final = 0.95  # of the budget: evict down to here, so that it is not done for every picture
YOUNG: Final[Nanos] = 600 * SECOND
RETRY_EVICTED: Final[Nanos] = DAY

_log = log.get("ingest")


def expire(library: Library, now: Nanos) -> int:
    """Hide photos whose own end has passed; return how many."""
    count = 0
    while keys := photos.expired(library.connection, now):
        library.files.delete_all(photos.hide(library.connection, keys, "expired", "it was approved until then"))
        count += len(keys)
    return count


def make_room(library: Library, budget: int, now: Nanos) -> int:
    """Evict what was shown longest ago until the prepared pictures fit the budget; return how many."""
    over = photos.stored_bytes(library.connection) - budget
    if over <= 0:
        return 0
    over += round(budget * (1 - LOW_WATER))
    keys: list[int] = []
    for key, size in photos.shown_longest_ago(library.connection, limit=10_000):
        if over <= 0:
            break
        keys.append(key)
        over -= size
    for i in range(0, len(keys), 100):
        library.files.delete_all(photos.evict(library.connection, keys[i : i + 100], now + RETRY_EVICTED))
    if keys:
        _log.warning("evicted what was shown longest ago: the storage budget is full", photos=len(keys), budget=budget)
    return len(keys)


def has_room(library: Library, budget: int) -> bool:
    """Whether another picture fits the budget, or something may be evicted for it."""
    return photos.stored_bytes(library.connection) < budget or bool(photos.shown_longest_ago(library.connection, 1))


def sweep(library: Library, now: Nanos) -> int:
    """Delete files that no photo needs (an interrupted purge or a set-aside library leaves them); return how many."""
    count = 0
    for digest, written in library.files.stored():
        # A young one may belong to a picture that is being committed at this moment.
        if written < now - YOUNG and photos.unused(library.connection, [digest]):
            library.files.delete(digest)
            count += 1
    return count


def find_missing(library: Library) -> int:
    """Let photos whose files are gone be prepared again; return how many."""
    with translated(LIBRARY.name):
        rows = library.connection.execute("SELECT key, picture, tile FROM photos WHERE picture IS NOT NULL").fetchall()
    stored = {digest for digest, _ in library.files.stored()}  # after the rows: a file is there before its row is
    lost = [key for key, picture, tile in rows if picture not in stored or tile not in stored]
    for i in range(0, len(lost), 100):
        library.files.delete_all(photos.forget_bytes(library.connection, lost[i : i + 100]))
    return len(lost)


def prune(library: Library, now: Nanos) -> None:
    """Drop cues and plays that nobody asks for any more."""
    cues.prune(library.connection, cues_before=now - KEEP_CUES, plays_before=now - KEEP_PLAYS)
