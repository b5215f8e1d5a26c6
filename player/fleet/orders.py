"""Orders from afar: judged, left for the screen as a person's are, answered once it has answered. Nothing here waits.

An order counts once. Its number is on record before anything is done, so that one that is played back, now or after a restart,
does nothing. The answer is kept until the broker has it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from player import log
from player.clock import Clock
from player.command import BRING_LIGHT, REFUSED, Command, Plain, from_row, lasts, row_of
from player.command.replies import done, written
from player.errors import LibraryError, OperatorError
from player.fleet import messages
from player.fleet.envelope import Opened
from player.fleet.guard import Accept, Answer, Memory, Pending, Refuse, Repeat, judge
from player.fleet.happenings import Answered
from player.fleet.messages import FROM_AFAR, LOOK, Order
from player.fleet.outgoing import AT_LEAST_ONCE, Outgoing, Sealing
from player.fleet.topics import Kind
from player.library import dark
from player.library.library import Library
from player.units import MILLISECOND, SECOND, Nanos

SCREEN: Final = "screen"
READERS: Final = (SCREEN, "ingest")
"""Who reads the configuration again."""
BY: Final = "the centre"
MARK: Final = "fleet:commands"
"""Under which the highest number is kept; no feed can be called so."""
GIVEN_UP_AFTER: Final[Nanos] = 5 * SECOND  # as on the command line: a player started tomorrow shall not obey today's "next"
MAX_WAITING: Final = 32  # orders that the screen has not answered
MAX_UNSAID: Final = 64  # answers that the broker does not have; the oldest goes
NOBODY: Final = done("nobody")
_FOLLOWS: Final = "a picture follows"

_log = log.get("fleet")


@dataclass(slots=True)
class Given:
    """An order that was left for those who carry it out."""

    seq: int
    command: Command
    rows: dict[int, str]
    """Who has it under which number, of those who have not answered."""
    gives_up: Nanos
    """Monotonic."""
    said: str = ""


class Orders:
    """Takes them in, and says what became of them. For one thread."""

    def __init__(
        self, opened: Callable[[], Library], sealing: Sealing, *, folder: Path, clock: Clock, look: Callable[[], None]
    ) -> None:
        """Work in the library that *opened* returns, which may raise a LibraryError; *look* has a picture sent."""
        self._folder = folder
        self._opened = opened
        self._sealing = sealing
        self._clock = clock
        self._look = look
        self._memory: Memory | None = None
        self._given: list[Given] = []
        self._unsaid: dict[int, Answer] = {}
        """By token, which is below zero: others count from one."""
        self._to_say: list[int] = []
        self._last_token = 0

    def hear(self, found: Opened, verb: str) -> None:
        """Take in what came, signed and for us, on the topic for *verb*.

        Raises:
            WireError: it is no order.
        """
        order = messages.order(found.body, verb)
        try:
            library = self._opened()
            memory = self._memory = self._memory or Memory(library.orders.sequence(MARK) or -1)
            if self._is_to_be_done(memory, found, order):
                library.orders.raise_sequence(MARK, found.seq)
                self._memory = memory.begun(found.seq)
                self._accepted(library, found.seq, order)
        except LibraryError as error:
            self._unrecorded(found, order, str(error))

    def _is_to_be_done(self, memory: Memory, found: Opened, order: Order) -> bool:
        now = self._clock.wall() // MILLISECOND
        match judge(memory, seq=found.seq, ts=found.ts, expires_at=order.expires_at, now=now):
            case Accept():
                return True
            case Repeat(answer):
                self._say(answer)
            case Refuse(why):
                self._say(Answer(found.seq, is_done=False, text=why))
            case Pending():
                pass
        return False

    def _unrecorded(self, found: Opened, order: Order, why: str) -> None:
        """Say that an order cannot be put on record; dark does not depend on that."""
        memory = self._memory or Memory()
        if any(given.seq == found.seq for given in self._given):
            return  # it is being carried out: the answer comes once
        if found.seq not in memory.pending and not self._is_to_be_done(memory, found, order):
            return
        text, is_dark = f"it cannot be put on record: {why}", False
        if order.verb == Plain.DARK.value:
            try:
                dark.demand(self._folder)
                text, is_dark = f"dark within a second, if a screen runs; {text}", True
            except LibraryError as error:
                text = str(error)
        self._answer(Answer(found.seq, is_dark, text))

    def step(self, now: Nanos) -> tuple[Outgoing, ...]:
        """Look what became of orders, and return the answers that are to be sent."""
        if self._given:
            self._listen(now)
        answers = [(token, self._unsaid[token]) for token in self._to_say if token in self._unsaid]
        self._to_say.clear()
        return tuple(
            self._sealing.message(Kind.EVENT, Answered(answer), qos=AT_LEAST_ONCE, token=token) for token, answer in answers
        )

    def acknowledged(self, token: int) -> bool:
        """The broker has what was sent under *token*; return whether it was ours."""
        return self._unsaid.pop(token, None) is not None

    def again(self) -> None:
        """The connection is another one: answers that the broker does not have are said once more."""
        self._to_say = list(self._unsaid)

    def close(self) -> None:
        """Take back what nobody has answered, unless it is right whenever it is obeyed."""
        for given in self._given:
            self._give_up(given)
        self._given.clear()

    def _accepted(self, library: Library, seq: int, order: Order) -> None:
        if order.verb not in FROM_AFAR:
            self._answer(Answer(seq, is_done=False, text=f"{order.verb} cannot be ordered from afar"))
            return
        if order.verb == LOOK:
            self._look()
            self._answer(Answer(seq, is_done=True, text=_FOLLOWS))
            return
        if len(self._given) >= MAX_WAITING:
            self._answer(Answer(seq, is_done=False, text="too many orders wait for the screen"))
            return
        try:
            command = from_row(order.verb, order.arguments)
        except OperatorError as error:
            self._answer(Answer(seq, is_done=False, text=str(error)))
            return
        self._leave(library, seq, command)

    def _leave(self, library: Library, seq: int, command: Command) -> None:
        """Leave an order as the command line does: dark as a file besides, whatever hangs."""
        verb, arguments = row_of(command)
        demand = dark.demanded(self._folder) if command in BRING_LIGHT else None
        if command is Plain.DARK:
            dark.demand(self._folder)
        at = self._clock.wall()
        _log.info("ordered by the centre", what=verb, number=seq)
        readers = READERS if command is Plain.RELOAD else (SCREEN,)
        rows = {library.orders.post(each, verb, arguments, by=BY, at=at): each for each in readers}
        if demand is not None:
            dark.take_away(self._folder, demand)
        self._given.append(Given(seq, command, rows, self._clock.monotonic() + GIVEN_UP_AFTER))

    def _listen(self, now: Nanos) -> None:
        try:
            orders = self._opened().orders
            for given in self._given:
                for row, who in list(given.rows.items()):
                    result = orders.result(row)
                    if result is not None:
                        del given.rows[row]
                        given.said = result if who == SCREEN else given.said
        except LibraryError:
            pass  # perhaps it was heard: whoever waits is told after a moment that nobody answered
        for given in list(self._given):
            if given.rows and now < given.gives_up:
                continue
            self._given.remove(given)
            if given.rows and not given.said:
                self._answer(self._give_up(given))
            else:
                is_done = not given.said.startswith(REFUSED)
                self._answer(Answer(given.seq, is_done, given.said.removeprefix(REFUSED)))

    def _give_up(self, given: Given) -> Answer:
        """Return what is said of an order that nobody has answered, and see that nobody obeys it tomorrow."""
        if lasts(given.command):
            return Answer(given.seq, is_done=False, text="no screen has answered; it is done as soon as one runs")
        try:
            orders = self._opened().orders
            for row in given.rows:
                orders.answer(row, str(NOBODY), at=self._clock.wall(), reply=written(NOBODY))
        except LibraryError as error:
            _log.warning("an order that nobody has answered cannot be taken back", why=str(error))
        return Answer(given.seq, is_done=False, text="no screen has answered: is the player running?")

    def _answer(self, answer: Answer) -> None:
        if self._memory:
            self._memory = self._memory.answered(answer)
        self._say(answer)

    def _say(self, answer: Answer) -> None:
        self._last_token -= 1
        self._unsaid[self._last_token] = answer
        self._to_say.append(self._last_token)
        while len(self._unsaid) > MAX_UNSAID:
            del self._unsaid[next(iter(self._unsaid))]
