"""Takes in what players say: one collector for a folder. Whoever runs it calls `step` again and again.

What comes is a stranger's until it was read: its size, its types, and that its topic's id belongs to the fleet. One batch is one
transaction, however many spoke; only when it is written does the broker hear that it need not keep it. Whoever does not speak is
looked at when what it said last no longer holds.
"""

from __future__ import annotations

import fcntl
import os
import threading
from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from player import log
from player.centre import ledger
from player.centre.founding import Office
from player.centre.link import Arrived, Link
from player.centre.roll import UNWRITABLE, Roll
from player.centre.store import Store
from player.clock import Clock
from player.errors import LibraryError, OperatorError
from player.fleet import topics
from player.fleet.happenings import Answered, Readiness, Receipt
from player.fleet.topics import CENTRE, MAX_NAME, MAX_TOPIC
from player.fleet.voices import Heard, heard
from player.fleet.wire import WireError
from player.units import SECOND, Nanos

BATCH: Final = 2_000  # messages of one transaction: 0.3 s of work, in which a command may wait for the file
LOOK_EVERY: Final[Nanos] = 5 * SECOND  # at those who do not speak, and to say that we are here
LOOK_AT: Final = 2_000  # players at once
BOUND_EVERY: Final[Nanos] = 600 * SECOND
TRY_AGAIN: Final[Nanos] = 5 * SECOND
FRESH: Final[Nanos] = 30 * SECOND  # for so long after its last word a collector is believed to be there
LAST_MS: Final = 7_258_118_400_000  # the year 2200; what no clock shows is no time
LOCK: Final = "collector.lock"
COLLECTED: Final = "collected_at"
"""In the store: when a collector was last at work."""
CONNECTED: Final = "collector_problem"
"""In the store: why it hears nothing; empty: it hears."""

_log = log.get("centre")


@dataclass(frozen=True, slots=True)
class Said:
    """Something that a player of the fleet said."""

    player: str
    heard: Heard
    is_old: bool
    """Whether the broker repeats it because we have just begun to listen."""


class Collector:
    """Takes in, judges, and keeps within bounds."""

    def __init__(self, store: Store, link: Link, clock: Clock, *, is_passing: bool = False) -> None:
        """Collect from *link*, which listens to players and was started, into *store*.

        Args:
            store: The centre's.
            link: See `link_of`.
            clock: The machine's.
            is_passing: Whether it is for some seconds only: nobody is to believe that a collector runs.
        """
        self._is_passing = is_passing
        self._store = store
        self._link = link
        self._clock = clock
        self._roll = Roll(store)
        self._unwritten: list[Arrived] = []
        self._look_at: Nanos = 0
        self._bound_at: Nanos = 0
        self._told = set[str]()
        """Of whom the log has a line: one that may say what it likes must not fill it."""
        self.taken = 0
        """Messages so far."""

    @property
    def problem(self) -> str:
        """Why nothing can be heard, in one line; empty: it can."""
        return self._link.problem

    def step(self, patience_s: float = 1.0) -> int:
        """Take in one batch, waiting for it for *patience_s* at most; return how many messages it had.

        Raises:
            LibraryError: it could not be written; the next step tries the same batch again.
        """
        if self._clock.monotonic() >= self._bound_at:
            self._bound_at = self._clock.monotonic() + BOUND_EVERY
            self._roll.bound()
            self._told.clear()
        arrived = self._unwritten = self._unwritten or self._link.take(BATCH, patience_s)
        now = self._clock.wall()
        if arrived:
            self._take_all(arrived, now)
            self._unwritten = []
            self._link.settle(arrived)
        if self._clock.monotonic() >= self._look_at:
            self._look_at = self._clock.monotonic() + LOOK_EVERY
            self._roll.look_again(now, LOOK_AT)
            if not self._is_passing:
                self._store.note(COLLECTED, str(now))
                self._store.note(CONNECTED, self.problem)
        return len(arrived)

    def _take_all(self, arrived: Sequence[Arrived], now: Nanos) -> None:
        """Write down what *arrived*; what cannot be, of one player, keeps nothing of the others from it."""
        try:
            self.take(arrived, now)
        except UNWRITABLE:
            for each in arrived:
                try:
                    self.take((each,), now)
                except UNWRITABLE as error:
                    self._tell("unwritable", "what a player says cannot be written down", topic=each.topic[:MAX_TOPIC], why=error)

    def take(self, arrived: Iterable[Arrived], now: Nanos) -> None:
        """Write down what *arrived*, at *now*.

        Raises:
            LibraryError: it could not be written.
        """
        found = [
            (topic.player, each) for each in arrived if (topic := topics.parse(each.topic)) and topic.player and each.payload
        ]
        known = self._roll.known({player for player, _ in found})
        strangers = {player for player, _ in found} - known
        if strangers:
            self._tell("", "somebody speaks who is not enrolled", id=min(strangers))
        said = [one for player, each in found if player in known for one in self._read(player, each)]
        self.taken += len(found)
        self._answers(said, now)
        self._roll.write(said, now)

    def _read(self, player: str, each: Arrived) -> Generator[Said]:
        topic = topics.parse(each.topic)
        if topic is None:
            return
        try:
            found = heard(topic.kind, each.payload)
        except WireError as error:
            self._tell(player, "a player says what cannot be read", id=player, topic=topic.kind, why=error)
            return
        yield Said(player, found, each.is_retained)

    def _tell(self, who: str, event: str, **fields: object) -> None:
        if who not in self._told:
            self._told.add(who)
            _log.warning(event, **fields)

    def _answers(self, said: Iterable[Said], now: Nanos) -> None:
        """Write down what players answered; only to what was asked, so that nobody fills the file with what was not."""
        receipts = list[tuple[str, Receipt]]()
        readiness = list[tuple[str, Readiness, Nanos]]()
        answers = list[tuple[int, str, bool, str]]()
        for each in said:
            match each.heard.voice:
                case Receipt() as receipt if _is_sane(receipt):
                    receipts.append((each.player, receipt))
                case Readiness() as ready:
                    readiness.append((each.player, ready, now))
                case Answered(answer):
                    answers.append((answer.to, each.player, answer.is_done, answer.text))
                case _:
                    continue
        if receipts:
            numbers = {each.number for each in ledger.withdrawals(self._store)}
            asked = [(player, each) for player, each in receipts if each.number is None or each.number in numbers]
            ledger.keep_receipts(self._store, asked)
        if readiness:
            groups = {each.group for _, each, _ in readiness}
            known = {(group, each.hash) for group in groups for each in ledger.releases(self._store, group[:MAX_NAME])}
            ledger.keep_readiness(self._store, [each for each in readiness if (each[1].group, each[1].hash) in known])
        if answers:
            ledger.answer(self._store, answers)


def _is_sane(receipt: Receipt) -> bool:
    return all(at is None or at < LAST_MS for at in (receipt.known_at, receipt.off_at, receipt.gone_at))


class Keeps(Protocol):
    """What sees to the other direction meanwhile: see `keeping`."""

    @property
    def is_busy(self) -> bool:
        """Whether there is more to say at once."""
        ...

    def step(self) -> None:
        """Say the next part of it."""
        ...


def keep_on(collector: Collector, clock: Clock, stopped: threading.Event, keeper: Keeps | None = None) -> None:
    """Collect until *stopped*, and let *keeper* say what is to be said.

    What cannot be written (a full disk) is tried again: the broker keeps what must not be lost.
    """
    edge = log.Edge(_log, begins="the collector cannot do its work", ends="the collector works again")
    while not stopped.is_set():
        try:
            collector.step(0.0 if keeper and keeper.is_busy else 1.0)
            if keeper:
                keeper.step()
        except (LibraryError, OperatorError) as error:
            edge.note("", holds=True, why=error)
            clock.wait(stopped, TRY_AGAIN)
        else:
            edge.note("", holds=False)


def link_of(office: Office) -> Link:
    """Return the collector's connection, not yet started: the broker keeps for it what comes while it is away."""
    link = office.link(CENTRE, topics=topics.said_by_all(), keeps_session=True)
    link.watch(topics.ALL_HINT)
    return link


def is_collecting(store: Store, now: Nanos) -> bool:
    """Whether a collector was at work in the last moments."""
    said = store.meta(COLLECTED)
    return bool(said) and abs(now - int(said)) < FRESH


@contextmanager
def alone(folder: Path) -> Generator[None]:
    """Be the one collector of the centre in *folder*, until the block ends; the system sees to it that a killed one is none.

    Raises:
        OperatorError: another one is.
    """
    try:
        descriptor = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise OperatorError(f"{folder / LOCK} cannot be opened: {error.strerror}") from error
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise OperatorError(f"the players of {folder} are collected already, by another process") from error
        yield
    finally:
        os.close(descriptor)
