"""What keeps the data folder right between polls: ends that have passed, the budget, and files that nothing needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from player import log
from player.errors import LibraryError
from player.library import cues, pending, photos, retention, traces
from player.library.database import translated
from player.library.library import Library
from player.library.schema import LIBRARY
from player.units import SECOND, Nanos

DAY: Final[Nanos] = 86_400 * SECOND
KEEP_CUES: Final[Nanos] = 7 * DAY  # a week of instants can be drawn again
KEEP_PLAYS: Final[Nanos] = 90 * DAY
KEEP_COMMANDS: Final[Nanos] = 90 * DAY
LOW_WATER: Final = 0.95  # of the budget: evict down to here, so that it is not done for every picture
YOUNG: Final[Nanos] = 600 * SECOND
REPORT: Final = "retention-report.txt"
RETRY_EVICTED: Final[Nanos] = DAY

_log = log.get("ingest")


def expire(library: Library, now: Nanos) -> int:
    """Hide photos whose own end has passed; return how many."""
    count = 0
    while keys := photos.expired(library.connection, now) or pending.expired(library.connection, now):
        library.files.delete_all(photos.hide(library.connection, keys, "expired", "it was approved until then"))
        count += len(keys)
    return count


def unexpire(library: Library, now: Nanos) -> frozenset[str]:
    """Let photos return whose end has not come after all: a clock that ran ahead had hidden them. Return their sources.

    They come back when their source lists them in full.
    """
    with translated(LIBRARY.name):
        rows = library.connection.execute(
            "SELECT key, source FROM photos WHERE state='expired' AND valid_until>?", (now,)
        ).fetchall()
    if rows:
        traces.let_return(library.connection, [key for key, _ in rows])
    return frozenset(source for _, source in rows)


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


def sweep(library: Library, now: Nanos | None) -> int:
    """Delete files that no photo needs (an interrupted purge or a set-aside library leaves them); return how many.

    At *now*, those that are not young; None: all of them, for nobody is preparing. After a power cut a young one may show what
    was withdrawn before it.
    """
    count = 0
    for digest, written in library.files.stored():
        # A young one may belong to a picture that is being committed at this moment.
        is_left = now is None or written < now - YOUNG
        if is_left and photos.unused(library.connection, [digest]):
            library.files.delete(digest)
            count += 1
    return count


def find_missing(library: Library) -> int:
    """Let photos whose files are gone be prepared again; return how many."""
    with translated(LIBRARY.name):
        rows = library.connection.execute("SELECT key, picture, tile, film FROM photos WHERE picture IS NOT NULL").fetchall()
    stored = {digest for digest, _ in library.files.stored()}  # after the rows: a file is there before its row is
    lost = [key for key, *files in rows if not stored.issuperset(filter(None, files))]
    for i in range(0, len(lost), 100):
        library.files.delete_all(photos.forget_bytes(library.connection, lost[i : i + 100]))
    return len(lost)


def prune(library: Library, now: Nanos) -> None:
    """Drop cues, plays and answered commands that nobody asks for any more."""
    cues.prune(library.connection, cues_before=now - KEEP_CUES, plays_before=now - KEEP_PLAYS)
    if library.held_orders:
        library.held_orders.forget_answered(now - KEEP_COMMANDS)


@dataclass(frozen=True, slots=True)
class Report:
    """What was deleted when the time to keep it was over."""

    at: Nanos
    photos: Mapping[str, int]
    """By source."""
    files: int

    def in_words(self, zone: str) -> str:
        """Return it for people, in the time of *zone*."""
        when = datetime.fromtimestamp(self.at // SECOND, ZoneInfo(zone))
        lines = [f"{when:%Y-%m-%d %H:%M:%S %Z}: the time to keep photos is over (retention.delete_after)."]
        lines += [
            f"{source}: {count} photos deleted with their captions, credits and counts" for source, count in self.photos.items()
        ]
        lines += [
            f"{self.files} prepared files deleted, the preview, and the record of what stood on screen when.",
            "Kept: which photos were withdrawn (source, id, hash), and the journal, which names what was shown by hash alone.",
        ]
        return "\n".join(lines) + "\n"


def is_over(after: Nanos | None, now: Nanos) -> bool:
    """Whether the time to keep photos has passed: then nothing is asked for, nor prepared."""
    return after is not None and now >= after


def retain(library: Library, after: Nanos | None, now: Nanos, *, zone: str = "UTC") -> Report | None:
    """Delete everything of everybody when the time to keep it is over; return what that was, None when there was nothing to do.

    Leaves a report in the data folder and a line in the journal. May be called as often as one likes.

    Raises:
        LibraryError: something could not be deleted; called again, it goes on.
    """
    if not is_over(after, now) or retention.is_wiped(library):
        return None
    wiped = retention.wipe(library)
    if not wiped.photos and not wiped.files:
        return None
    report = Report(now, wiped.photos, wiped.files)
    if library.held_orders:
        library.held_orders.note("retention", {"photos": dict(report.photos), "files": report.files}, at=now)
    try:
        with (library.folder / REPORT).open("a", encoding="utf-8") as file:
            file.write(report.in_words(zone))
    except OSError as error:
        raise LibraryError(f"{REPORT} could not be written: {error.strerror}") from error
    _log.warning("the time to keep photos is over: all are deleted", photos=sum(report.photos.values()), report=REPORT)
    return report
