"""What happened here, told to the centre: each event once, in order, and kept until the broker has it, over restarts.

The journal and the receipts are the queue; a cursor says how far it was told. Without a broker nothing piles up but what those
keep anyway. Of shows, which are news, the newest thousand are told; a receipt is always told. Nobody's name, and no caption, is.
"""

from __future__ import annotations

import heapq
import itertools
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from player import log
from player.clock import Clock
from player.errors import LibraryError
from player.fleet.coming import readiness
from player.fleet.happenings import Gap, Happening, Readiness, Shown, Turn
from player.fleet.outgoing import AT_LEAST_ONCE, Outgoing, Sealing
from player.fleet.told import Numbered, Stage, Told, from_record, nothing_of, said, stage, together
from player.fleet.topics import Kind
from player.library import receipts, untold
from player.library.journal import Line
from player.library.library import Library
from player.units import MILLISECOND, SECOND, Nanos

IN_FLIGHT: Final = 20  # events that the broker has not acknowledged: a day's backlog must not crowd out the commands
MAX_SHOWS: Final = 1000  # lines of shows that are told after a time without a broker: a month's; what is older is a `gap`
LOOK_BACK: Final[Nanos] = 24 * 3600 * SECOND  # of the journal, for a player that was never in a fleet, or has lost its cursor
PATIENCE: Final[Nanos] = 120 * SECOND  # for an acknowledgement: a broker that refused, or never got, an event is asked again
KEEP_EVERY: Final[Nanos] = SECOND  # the cursor, while much is being told: what is told twice does no harm
SHOWS: Final[Mapping[str, Turn]] = {
    "missed": Turn.MISSED,
    "show begun": Turn.BEGUN,
    "joined late": Turn.JOINED,
    "show ended": Turn.ENDED,
}
"""Kinds of lines that are news of shows, and what they are called elsewhere."""
KINDS: Final = (receipts.KIND, *SHOWS)
"""Kinds of lines that leave this machine; no other does."""

_log = log.get("fleet")


@dataclass(frozen=True, slots=True)
class Item:
    """Something to be told, under a name that is its own; *done* makes it count as told."""

    name: tuple[str | int, ...]
    happening: Happening
    done: Callable[[Told], None]


@dataclass(slots=True)
class Sent:
    """A line of the journal that was sent."""

    number: int
    is_done: bool = False
    """The broker has it."""


class Events:
    """Asks the library what is to be told, and remembers what the broker has. For one thread."""

    def __init__(self, opened: Callable[[], Library], sealing: Sealing, *, clock: Clock) -> None:
        """Look into what *opened* returns, which may raise a LibraryError."""
        self._opened = opened
        self._sealing = sealing
        self._clock = clock
        self._told: Told | None = None
        self._numbers = itertools.count(1)
        self._in_flight: dict[int, Item] = {}
        self._sent_at: dict[int, Nanos] = {}
        self._off: set[tuple[str | int, ...]] = set()
        """Receipts without a number that were told to be off the wall; of them the journal speaks once they are gone."""
        self._lines: dict[str, deque[Sent]] = {}
        """By writer, in their order."""
        self._floors: dict[str, int] = {}
        """By writer: up to where lines are given up, which is being said."""
        self._waiting: list[tuple[int, Numbered]] = []
        self._versions: tuple[int, int] | None = None
        self._has_more = True
        self._is_changed = False
        self._next_keep: Nanos = 0
        self._unread = log.Edge(
            _log, begins="what happened cannot be read, and is told later", ends="what happened is told again"
        )

    def obeyed(self, number: int, source: str, item: str, at: Nanos) -> None:
        """Owe the centre receipts for the withdrawal that it calls *number*, which was recorded here *at* an instant (UTC).

        To be called for each one in a hint, as often as it comes, whether or not anything of it was here: the receipts know.
        """
        self._waiting.append((number, Numbered(source, item, at)))

    def acknowledged(self, token: int) -> None:
        """The broker has what was sent under *token*."""
        self._sent_at.pop(token, None)
        item = self._in_flight.pop(token, None)
        if item and self._told:
            item.done(self._told)
            self._is_changed = self._has_more = True

    def again(self) -> None:
        """The connection is another one: whatever the broker has not acknowledged is sent once more."""
        for item in self._in_flight.values():
            self._off.discard(item.name)
        self._in_flight.clear()
        self._sent_at.clear()
        self._lines.clear()
        self._floors.clear()
        self._has_more = True

    def step(self, now: Nanos) -> tuple[Outgoing, ...]:
        """Return what is to be sent *now* (monotonic); nothing while the broker owes an answer to as many as may be under way."""
        if now - next(iter(self._sent_at.values()), now) > PATIENCE:
            self.again()
        try:
            library = self._opened()
            if library.held_orders is None:
                return ()
            found = self._look(library)
            self._keep(library, now)
        except LibraryError as error:
            self._versions = None
            self._unread.note("library", holds=True, why=str(error))
            return ()
        self._unread.note("library", holds=False)
        return tuple(self._sent(item, now) for item in found)

    def _look(self, library: Library) -> list[Item]:
        told = self._told = self._told or self._recalled(library)
        self._take_in(told)
        versions = library.versions()
        free = IN_FLIGHT - len(self._in_flight)
        if not free or (versions == self._versions and not self._has_more):
            return []
        under_way = {item.name for item in self._in_flight.values()}
        is_news = self._has_more or self._versions is None or versions[1] != self._versions[1]
        fresh = (item for item in self._items(library, told, free, is_news=is_news) if item.name not in under_way)
        found = list(itertools.islice(fresh, free))
        self._versions, self._has_more = versions, len(found) == free
        return found

    def _sent(self, item: Item, now: Nanos) -> Outgoing:
        token = next(self._numbers)
        self._in_flight[token], self._sent_at[token] = item, now
        return self._sealing.message(Kind.EVENT, item.happening, qos=AT_LEAST_ONCE, token=token)

    # What there is to tell: receipts first

    def _items(self, library: Library, told: Told, limit: int, *, is_news: bool) -> Iterator[Item]:
        """Yield what is to be told; *is_news*: not of programmes alone, which lie in the file that ingest writes all the time."""
        if is_news:
            yield from self._answers(library, told)
            yield from self._off_the_wall(library, told)
        standing = tuple(readiness(library))
        told.forget_all_but(each.hash for each in standing)
        for each in standing:
            if told.ready.get(each.hash) is not each.is_ready:
                yield Item(("ready", each.hash, int(each.is_ready)), each, _ready(each))
        if is_news:
            yield from self._of_the_journal(library, told, limit)

    def _answers(self, library: Library, told: Told) -> Iterator[Item]:
        waiting = {number: each for number, each in told.numbered.items() if each.told is not Stage.GONE}
        rows = receipts.of_items(library.orders.connection, {each.item for each in waiting.values()})
        for number, each in waiting.items():
            found = together(each, rows.get(each.item, ()))
            if found is None and not library.orders.withdrawn_items(each.source, [each.item]):
                continue  # taken back here: it may be on the wall, and nobody is told that it is off
            receipt = found or nothing_of(each)
            come = stage(receipt)
            if come > each.told:
                happening = said(receipt, number=number, is_here=found is not None)
                yield Item(("number", number, int(come)), happening, _come(number, come))

    def _off_the_wall(self, library: Library, told: Told) -> Iterator[Item]:
        """Yield what is off the wall, and not gone yet, of what no number stands for."""
        rows = {("off", *row.key): row for row in receipts.for_purge(library.orders.connection)}
        self._off.intersection_update(rows)
        for name, row in rows.items():
            if row.off_at is not None and name not in self._off and not told.answers(row):
                self._off.add(name)
                yield Item(name, said(row, number=None), _nothing)

    def _of_the_journal(self, library: Library, told: Told, limit: int) -> Iterator[Item]:
        orders = library.orders.connection
        several: list[tuple[Line, ...]] = []
        for writer, head in untold.heads(orders).items():
            if head < told.cursors.get(writer, 0):  # a new record of orders was begun, because the old one was lost
                told.cursors[writer] = told.floors[writer] = 0
            sent = self._lines.setdefault(writer, deque())
            after = sent[-1].number if sent else told.cursors.get(writer, 0)
            if head == after:
                continue
            base = max(after, told.floors.get(writer, 0), self._floors.get(writer, 0))
            floor, lost = untold.surplus(orders, writer, after=base, kinds=tuple(SHOWS), most=MAX_SHOWS)
            if lost:
                self._floors[writer] = floor
                yield Item(("gap", writer, floor), Gap(lost), _given_up(writer, floor))
            lines = untold.lines(orders, writer, after=after, kinds=KINDS, limit=limit, given_up=tuple(SHOWS), floor=floor)
            several.append(lines)
            if not lines and not sent:
                told.cursors[writer] = head  # nothing of all this is to be told: it is not looked through again
        for line in heapq.merge(*several, key=lambda line: line.at):
            sent, happening = Sent(line.number), of_line(line, told)
            self._lines[line.writer].append(sent)
            if happening:
                yield Item(("line", line.writer, line.number), happening, self._has_told(line.writer, sent))
            else:
                self._has_told(line.writer, sent)(told)

    def _has_told(self, writer: str, sent: Sent) -> Callable[[Told], None]:
        def done(told: Told) -> None:
            sent.is_done = True
            lines = self._lines.get(writer, deque())
            while lines and lines[0].is_done:
                told.cursors[writer] = lines.popleft().number

        return done

    # Over restarts

    def _recalled(self, library: Library) -> Told:
        told = from_record(untold.cursor(library.connection))
        if told is None:
            since, orders = self._clock.wall() - LOOK_BACK, library.orders.connection
            told = Told(cursors={writer: untold.before(orders, writer, since) for writer in untold.heads(orders)})
            self._is_changed = True
        return told

    def _take_in(self, told: Told) -> None:
        for number, each in self._waiting:
            if number not in told.numbered:
                told.remember(number, each)
                self._is_changed = self._has_more = True
        self._waiting.clear()

    def _keep(self, library: Library, now: Nanos) -> None:
        if self._told and self._is_changed and (now >= self._next_keep or not self._in_flight):
            untold.keep(library.connection, self._told.record())
            self._is_changed, self._next_keep = False, now + KEEP_EVERY


def of_line(line: Line, told: Told) -> Happening | None:
    """Return what a line of the journal is told as; None: it cannot be read, or a number of the centre's stands for it."""
    what = line.what
    if line.kind == receipts.KIND:
        receipt = receipts.from_line(what)
        return said(receipt, number=None) if receipt and not told.answers(receipt) else None
    turn, show, slot, start = SHOWS[line.kind], what.get("show"), what.get("slot"), what.get("start")
    if not isinstance(show, str):
        return None
    at = start if turn is Turn.MISSED and isinstance(start, int) else line.at
    return Shown(turn, show, slot if isinstance(slot, str) else "", max(0, at // MILLISECOND), str(what.get("why", "")))


def _come(number: int, come: Stage) -> Callable[[Told], None]:
    def done(told: Told) -> None:
        known = told.numbered.get(number)
        if known:
            told.numbered[number] = replace(known, told=max(known.told, come))

    return done


def _ready(readiness: Readiness) -> Callable[[Told], None]:
    def done(told: Told) -> None:
        told.ready[readiness.hash] = readiness.is_ready

    return done


def _given_up(writer: str, floor: int) -> Callable[[Told], None]:
    def done(told: Told) -> None:
        told.floors[writer] = max(floor, told.floors.get(writer, 0))

    return done


def _nothing(_: Told) -> None:
    """Let the journal tell the rest."""
