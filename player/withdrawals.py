"""Withdrawing by hand, on the player itself: at once and offline, with or without a player running; and taking it back."""

from __future__ import annotations

import difflib
import threading
import unicodedata
from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Final

from player.clock import Clock
from player.errors import LibraryError, OperatorError
from player.feed.item import Withdrawal
from player.ingest.withdrawal import complete, release
from player.ingest.withdrawal import withdraw as withdraw_from
from player.library import receipts, sources, traces
from player.library.library import Library, open_library
from player.library.receipts import Receipt
from player.library.sources import CORE
from player.library.tombstones import NOTHING, WILDCARD
from player.library.trusted_time import trusted_clock
from player.settings import Configuration
from player.terminal import operator
from player.units import MILLISECOND, SECOND, Nanos

WRITER: Final = "command line"
WAIT: Final[Nanos] = 2 * SECOND  # a screen that runs answers within two frames
LOOK_EVERY: Final[Nanos] = 20 * MILLISECOND
REASON: Final = "by the operator"
EVERYWHERE: Final = "every source"


@dataclass(frozen=True, slots=True)
class Name:
    """What a person means: an item of one source, or of every one."""

    source: str
    item: str

    @property
    def where(self) -> str:
        """The source in words."""
        return EVERYWHERE if self.source == WILDCARD else self.source


def withdraw(
    configuration: Configuration,
    names: Collection[str],
    reason: str | None,
    say: Callable[[str], None],
    clock: Clock | None = None,
) -> bool:
    """Withdraw items by their names (SOURCE/ID, or an ID alone for every source), and *say* what became of it.

    This very process records it and deletes every byte; a screen that runs takes it off at the next frame, and says so. What is
    not here is recorded as well, and refused should it come. Returns whether all of it was here and everything that is ours to do
    is done: not so while a file cannot be deleted, or somebody reads the library.

    Raises:
        OrdersLostError: withdrawals cannot be recorded.
        LibraryError: the data folder cannot be used.
        OperatorError: a name says nothing.
    """
    with closing(open_library(configuration.data, writer=WRITER)) as library:
        clock = clock or trusted_clock(library)
        since, known = clock.wall(), _sources(configuration, library)
        wanted = [each for name in _named(names, known) for each in _alike(library, name)]
        here = {name.item: name for name in wanted if _withdraw(library, name, reason or REASON, clock, say)}
        missed = [text for text in names if not any(_is_alike(name_of(text, known).item, item) for item in here)]
        for text in missed:
            say(f"{text}: nothing of it is here, so nothing was taken down. {_hint(text, known)}")
        is_done = _finish(library, clock, say) and not missed
        _wait(library, wanted, since, clock, lambda receipt, more: say(receipt.in_words(configuration.settings.site.zone) + more))
    return is_done


def reinstate(
    configuration: Configuration, names: Iterable[str], by: str, say: Callable[[str], None], clock: Clock | None = None
) -> bool:
    """Take back what was withdrawn under these names, and *say* what became of it; return whether all of them were.

    Raises:
        OrdersLostError: nobody knows what was withdrawn.
        LibraryError: the data folder cannot be used.
        OperatorError: a name says nothing, or nobody is named who does it.
    """
    if not by.strip():
        raise OperatorError("say who reinstates it: --by NAME")
    with closing(open_library(configuration.data, writer=WRITER)) as library:
        clock = clock or trusted_clock(library)
        wanted = _named(names, _sources(configuration, library))
        done = [_reinstate(library, name, by.strip(), clock, say) for name in wanted]
        if any(done):
            # What runs holds pages of its sources in memory that it would not read again.
            library.orders.post("ingest", "reload", {}, by=by.strip(), at=clock.wall())
    return all(done)


def _named(names: Iterable[str], known: Sequence[str]) -> list[Name]:
    """Return what is meant: all that was named, then the same items in the sets that their sources bring, or in their sources."""
    wanted = [name_of(text, known) for text in names]
    found = [Name(source, name.item) for name in wanted for source in sources.together(name.source, known)]
    return list(dict.fromkeys([*wanted, *found]))


def name_of(text: str, known: Sequence[str]) -> Name:
    """Return what *text* means: SOURCE/ID when it begins with a source that is *known*, else an id in every source.

    Ids may hold slashes, and look like addresses.

    Raises:
        OperatorError: it is empty, or a source without an id.
    """
    source, slash, item = text.partition("/")
    name = Name(source, item.strip()) if slash and source in known else Name(WILDCARD, text.strip())
    if not name.item:
        raise OperatorError(f'"{text}" names no photo: write SOURCE/ID, or an ID for every source')
    return name


def _hint(text: str, known: Sequence[str]) -> str:
    """Say what may have been meant."""
    source, slash, item = text.partition("/")
    close = difflib.get_close_matches(source, known, 1) if slash and source not in known else []
    return f"Did you mean {close[0]}/{item}?" if close else "Is it written as `weremember photos` writes it?"


def _alike(library: Library, name: Name) -> list[Name]:
    """Return *name* and whatever here looks the same when it is written: names of files from a Mac have other accents."""
    found = traces.items(library.connection, None if name.source == WILDCARD else name.source)
    return [name, *(Name(name.source, item) for item in found if item != name.item and _is_alike(item, name.item))]


def _is_alike(one: str, other: str) -> bool:
    return unicodedata.normalize("NFKC", one).strip() == unicodedata.normalize("NFKC", other).strip()


def _sources(configuration: Configuration, library: Library) -> list[str]:
    return [*configuration.settings.feeds, CORE, *sources.sources(library.connection)]


def _withdraw(library: Library, name: Name, reason: str, clock: Clock, say: Callable[[str], None]) -> bool:
    """Withdraw one item; return whether something of it is here, or it was withdrawn before."""
    known = library.orders.bound(name.source, [name.item]).get(name.item, NOTHING)
    rows = traces.traces(library.connection, name.source, [name.item]).get(name.item, [])
    if known.stands:
        say(f"{name.item} ({name.where}): was withdrawn before: {known.reason}")
    at = clock.wall()
    try:
        withdraw_from(library, name.source, [Withdrawal(name.item, reason, at)], at, by=operator())
    except LibraryError:
        if not library.orders.withdrawn_items(name.source, [name.item]):
            raise
    if known.stands:
        return True
    if rows:
        say(f"{name.item} ({name.where}): withdrawn for ever")
    elif not name.source.endswith(f".{CORE}"):  # the set that its source brings along need not hold it
        say(f"{name.item} ({name.where}): withdrawn; not seen here yet, and refused should it come")
    return bool(rows)


def _finish(library: Library, clock: Clock, say: Callable[[str], None]) -> bool:
    """Delete what is still there, and give the receipts that are ours; say so when that is not possible now."""
    try:
        complete(library, clock)
        left = len(receipts.for_purge(library.orders.connection))
        why = "somebody reads the library"
    except LibraryError as error:
        left, why = 1, str(error)
    if left:
        say(f"not every byte is gone yet ({why}); a player that runs tries again every few seconds, and so does this command")
    return not left


def _wait(library: Library, names: Iterable[Name], since: Nanos, clock: Clock, say: Callable[[Receipt, str], None]) -> None:
    """Say each receipt as soon as a screen has answered; after two seconds say that none did."""
    never = threading.Event()
    waiting = {
        each.key for each in receipts.since(library.orders.connection, since) if Name(each.source, each.item) in set(names)
    }
    ends = clock.monotonic() + WAIT
    while waiting and clock.monotonic() < ends:
        for key in sorted(waiting):
            receipt = receipts.one(library.orders.connection, *key)
            if receipt and receipt.off_at is not None:
                say(receipt, "")
                waiting.discard(key)
        if waiting:
            clock.wait(never, LOOK_EVERY)
    for key in sorted(waiting):
        receipt = receipts.one(library.orders.connection, *key)
        if receipt:
            say(receipt, " (no screen answered within 2 s: is the player running?)")


def _reinstate(library: Library, name: Name, by: str, clock: Clock, say: Callable[[str], None]) -> bool:
    orders, at = library.orders, clock.wall()
    is_new = orders.lift(name.source, name.item, None, by=by, at=at)
    returning = release(library, name.source, name.item)
    others = _still(library, name)
    if not is_new:
        say(f"{name.item} ({name.where}): is not withdrawn{others}")
        return False
    what = "returns when its source lists it in full" if returning else "may come"
    say(f"{name.item} ({name.where}): reinstated by {by}; {what}{others}")
    return True


def _still(library: Library, name: Name) -> str:
    """Say under which other names the item is withdrawn still."""
    stones = [stone for stone in library.orders.tombstones() if stone.item == name.item]
    if not stones:
        return ""
    told = ", ".join(stone.item if stone.source == WILDCARD else f"{stone.source}/{stone.item}" for stone in stones)
    return f"; still withdrawn as {told}"
