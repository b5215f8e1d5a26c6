"""The operator's hand: orders by key and by row, carried out at the next frame, kept, and answered with what became of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from player.command import Command, Plain, Withdraw, from_row, row_of
from player.errors import OperatorError
from player.library.by_hand import Obeyed
from player.library.orders import Command as Row
from player.screen.billing import Billing
from player.screen.crew import Crew
from player.screen.keys import BY, HELP, legend, order_of
from player.screen.reel import Reel
from player.screen.window import Key, Pressed
from player.show.obeying import Situation, Verdict, obeyed
from player.show.on_air import from_record, to_record
from player.units import SECOND, Nanos

BY_FILE: Final = "the file dark"
"""Who gave an order, for the record."""
LABEL_LENGTH: Final[Nanos] = 5 * SECOND  # long enough to walk along the displays and read each name


@dataclass(frozen=True, slots=True)
class _Given:
    """An order, and who gave it."""

    command: Command
    by: str
    at: Nanos
    number: int | None = None
    """Of its row; a key has none."""


class Hand:
    """Carries out what operators order. Decisions are `player.show.obeying`'s."""

    def __init__(self, crew: Crew, reel: Reel, billing: Billing, *, is_known: bool) -> None:
        """Act on *billing*; *is_known* says that what holds by hand need not be read any more."""
        self._crew = crew
        self._reel = reel
        self._billing = billing
        self._answered: set[int] = set()
        """Rows whose answer is on its way to the disk."""
        self._kept: tuple[dict[str, object], float] | None = None
        self._is_read = is_known
        """Whether what holds by hand is known: read from the library, handed over, or just ordered."""
        self._demand: int | None = None
        """The demand for darkness that was obeyed last."""
        self.wants_reload = False
        self.label_until: Nanos = 0
        """Until when the display says its name."""

    def press(self, pressed: Iterable[Pressed | Key], t: Nanos) -> None:
        """Carry out what keys order."""
        crew, billing = self._crew, self._billing
        for key in pressed:
            if not isinstance(key, Key) or key.name not in crew.operator_keys:
                continue
            if key.name == HELP:
                crew.tell(legend(crew.operator_keys, billing.shows))
                continue
            manual = billing.manual
            command = order_of(key.name, shows=billing.shows, is_held=manual.is_held, level=manual.level)
            if command is not None:
                self._carry_out(_Given(command, BY, crew.clock.wall()), t)

    def obey(self, t: Nanos) -> None:
        """Carry out the orders that wait in the library, and the one that needs none."""
        self._obey_demand(t)
        rows = self._crew.watch.commands()
        if not rows and not self._answered:
            return
        self._answered &= {row.id for row in rows}
        for row in rows:
            if row.id not in self._answered:
                self._answered.add(row.id)
                self._obey(row, t)

    def release(self, t: Nanos) -> None:
        """What was held had to leave: the show goes on, and nothing that nobody chose stands for ever."""
        if self._billing.manual.is_held:
            self._billing.order(replace(self._billing.manual, is_held=False), t)

    def remember(self, t: Nanos) -> None:
        """Go by what was ordered before this process began, as soon as that can be read; a newer order comes before it."""
        if self._is_read:
            return
        record = self._crew.watch.by_hand()
        if record is not None:
            self._is_read = True
            self._billing.order(from_record(record), t)
            self._reel.change(t)

    def keep(self) -> None:
        """Keep what holds by hand, and how bright the wall is to be, if time alone has changed it."""
        if self._is_read and self._state() != self._kept:
            self._settle(None)

    def _obey_demand(self, t: Nanos) -> None:
        demand = self._crew.watch.dark_demanded
        if demand is None or demand == self._demand:
            return
        self._demand = demand
        if not self._billing.manual.is_dark:
            self._carry_out(_Given(Plain.DARK, BY_FILE, self._crew.clock.wall()), t)
        else:
            self._crew.writer.take_away_demand()

    def _obey(self, row: Row, t: Nanos) -> None:
        try:
            command = from_row(row.verb, row.arguments)
        except OperatorError as error:
            self._crew.writer.answer(row.id, str(error), at=self._crew.clock.wall())
            return
        self._carry_out(_Given(command, row.by, row.at, row.id), t)

    def _carry_out(self, given: _Given, t: Nanos) -> None:
        billing, reel = self._billing, self._reel
        situation = Situation(
            now=t,
            wanted=billing.wanted,
            on=billing.on,
            shows=billing.shows,
            has_slide=reel.cue.slide is not None,
            may_identify=self._crew.label is not None,
        )
        verdict = obeyed(given.command, billing.manual, situation)
        billing.order(verdict.manual, t)
        if given.command in {Plain.DARK, Plain.LIGHT, Plain.AUTO}:
            self._crew.writer.take_away_demand()  # whoever left one has been obeyed, or overruled
        if verdict.changes_show:
            reel.change(t)
        if verdict.act is Plain.PREVIOUS:
            reel.back(partial(self._went_back, given, verdict.said), t)
            return
        self._act(verdict, given, t)
        self._settle(self._answer(given, verdict.said))

    def _act(self, verdict: Verdict, given: _Given, t: Nanos) -> None:
        match verdict.act:
            case Plain.NEXT:
                self._reel.hurry(t)
            case Plain.IDENTIFY:
                self.label_until = t + LABEL_LENGTH
                self._reel.is_moved = True
            case Plain.RELOAD:
                self.wants_reload = True
            case Withdraw(item, source):
                self._crew.writer.withdraw(source, item, by=given.by, at=self._crew.clock.wall())
            case _:
                pass

    def _went_back(self, given: _Given, said: str, why_not: str) -> None:
        self._settle(self._answer(given, why_not or said))

    def _answer(self, given: _Given, said: str) -> Obeyed:
        verb, arguments = row_of(given.command)
        return Obeyed(verb, arguments, given.by, given.at, said, given.number)

    def _state(self) -> tuple[dict[str, object], float]:
        return to_record(self._billing.manual), self._billing.on.light

    def _settle(self, done: Obeyed | None) -> None:
        self._is_read = True
        state, light = self._kept = self._state()
        self._crew.writer.settle(state, light=light, at=self._crew.clock.wall(), obeyed=done)
