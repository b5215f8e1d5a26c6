"""Hearing what players say while somebody waits for it at a terminal.

The collector, where one runs, hears the same and writes it down as well: whatever is written here is the same when it stands
there already. Shows and pictures are left to it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum, auto
from typing import Final, Protocol

from player.centre import ledger
from player.centre.addressees import OFFLINE, ONLINE, Member
from player.centre.link import Arrived, Message
from player.centre.store import Store
from player.clock import Clock
from player.fleet import topics
from player.fleet.happenings import Answered, Readiness, Receipt
from player.fleet.topics import Kind
from player.fleet.voices import Heard, Next, Report, Status, heard
from player.fleet.wire import WireError
from player.units import MILLISECOND, SECOND, Nanos

TOPICS: Final = tuple(f"{topics.ROOT}/p/+/{kind}" for kind in (Kind.STATUS, Kind.EVENT))
LOOK_EVERY: Final[Nanos] = 50 * MILLISECOND
ASK_EVERY: Final[Nanos] = SECOND // 2  # whether all is done: the collector may have heard what we have not
AT_ONCE: Final = 2_000  # messages that one look takes
SETTLING: Final[Nanos] = 2 * SECOND  # until the broker has repeated who is online, on a line of one's own
QUIET: Final[Nanos] = SECOND  # and until it has had nothing to repeat for so long: ten thousand take longer


class Line(Protocol):
    """The connection to the broker, as far as it is needed here."""

    def publish_all(self, messages: Iterable[Message], *, patience_s: float = ...) -> None:
        """Say all *messages*, and wait until the broker has them."""
        ...

    def take(self, most: int, patience_s: float) -> list[Arrived]:
        """Return at most *most* of what came."""
        ...

    def settle(self, taken: Iterable[Arrived]) -> None:
        """Tell the broker that what was *taken* is kept."""
        ...


class End(Enum):
    """Why nobody waits any longer."""

    DONE = auto()
    LATE = auto()
    STOPPED = auto()


@dataclass(slots=True)
class _Session:
    """Which lives of a process spoke under an id."""

    now: str
    before: set[str] = field(default_factory=set[str])


class Listening:
    """Whoever waits, and what has come meanwhile."""

    def __init__(self, line: Line, store: Store, clock: Clock, stopped: threading.Event, known: Sequence[Member]) -> None:
        """Listen on *line*, which was just opened with TOPICS, to those that are *known*."""
        self._line, self._store, self._clock, self._stopped = line, store, clock, stopped
        self._members = {member.id: member for member in known}
        self._began = clock.monotonic()
        self._repeated_at = self._began
        self._sessions: dict[str, _Session] = {}
        self.coming: dict[str, tuple[Next, Nanos]] = {}
        """By player: which programme it prepares, by its last report, and when it said so; on a line that hears reports."""

    @property
    def has_settled(self) -> bool:
        """Whether the broker has repeated who is online."""
        now = self._clock.monotonic()
        return now - self._began >= SETTLING and now - self._repeated_at >= QUIET

    def members(self, wanted: Iterable[Member]) -> tuple[Member, ...]:
        """Return those *wanted* as they are now."""
        return tuple(self._members.get(member.id, member) for member in wanted)

    def until(self, is_done: Callable[[], bool], length: Nanos) -> End:
        """Listen for *length* at most, or until *is_done*, which is asked whenever something came."""
        ends = self._clock.monotonic() + length
        asked_at: Nanos | None = None
        while True:
            is_news = self.look()
            now = self._clock.monotonic()
            if is_news or asked_at is None or now - asked_at >= ASK_EVERY:
                asked_at = now
                if is_done():
                    return End.DONE
            if self._stopped.is_set():
                return End.STOPPED
            if now >= ends:
                return End.LATE
            if not is_news:
                self._clock.wait(self._stopped, LOOK_EVERY)

    def look(self) -> bool:
        """Take in what came; return whether anything did."""
        taken = self._line.take(AT_ONCE, 0.0)
        said = [(player, found) for each in taken for player, found in self._read(each)]
        at = self._clock.wall()
        for player, found in said:
            self._note(player, found)
        receipts = [(player, found.voice) for player, found in said if isinstance(found.voice, Receipt)]
        prepared = [(player, found.voice, at) for player, found in said if isinstance(found.voice, Readiness)]
        answered = [(player, found.voice.answer) for player, found in said if isinstance(found.voice, Answered)]
        if receipts:
            ledger.keep_receipts(self._store, receipts)
        if prepared:
            ledger.keep_readiness(self._store, prepared)
        if answered:
            ledger.answer(self._store, [(each.to, player, each.is_done, each.text) for player, each in answered])
        self._line.settle(taken)  # only now: what the broker was told to be kept is kept
        return bool(taken)

    def _read(self, each: Arrived) -> Iterator[tuple[str, Heard]]:
        """Yield who said what; nothing of anybody who is not known, or of what is not as it should be."""
        topic = topics.parse(each.topic)
        if topic is None or topic.player not in self._members:
            return
        if each.is_retained:
            self._repeated_at = self._clock.monotonic()
        try:
            yield topic.player, heard(topic.kind, each.payload)
        except WireError:  # of another version, or an attempt: the collector says so, once
            return

    def _note(self, player: str, found: Heard) -> None:
        """Note whether a player is there, and whether it is two."""
        match found.voice:
            case Report(coming=Next() as coming):
                self.coming[player] = coming, found.stamp.ts * MILLISECOND
            case Status(is_online=True):
                self._note_session(player, found.stamp.session)
                self._members[player] = replace(self._members[player], state=ONLINE)
            case Status():
                session = self._sessions.get(player)
                if session is None or session.now == found.stamp.session:  # else it is the will of a life that is over
                    self._members[player] = replace(self._members[player], state=OFFLINE)
            case _:
                return

    def _note_session(self, player: str, now: str) -> None:
        """Note which life of its process says that it is there: one that comes back after another one is a second player."""
        session = self._sessions.setdefault(player, _Session(now))
        if now in session.before:
            self._members[player] = replace(self._members[player], doubled_at=self._clock.wall())
        if now != session.now:
            session.before.add(session.now)
            session.now = now
