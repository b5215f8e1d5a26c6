"""The operator's hand: orders by key and by row, carried out at the next frame, kept, and answered with what became of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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
AT_ONCE: Final = 20  # rows obeyed in one frame, 0.1 ms each; whoever leaves a thousand does not stop the picture
TOGETHER: Final[Nanos] = 10 * SECOND  # a demand and the row that follows it are one order: a locked file is waited for that long
OVERRULED: Final = "overruled: dark was ordered after it"
_SWITCHES: Final = frozenset({Plain.DARK, Plain.LIGHT, Plain.AUTO})


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

    def __init__(self, crew: Crew, reel: Reel, billing: Billing, *, is_known: bool, first_light: float = 1.0) -> None:
        """Act on *billing*.

        Args:
            crew: Those who work around the loop.
            reel: What plays.
            billing: What is on.
            is_known: What holds by hand need not be read any more.
            first_light: How bright the wall is as this begins, 0 to 1.
        """
        self._crew = crew
        self._reel = reel
        self._billing = billing
        self._first_light = first_light
        self._answered: set[int] = set()
        """Rows whose answer is on its way to the disk."""
        self._kept: tuple[dict[str, object], float] | None = None
        self._is_read = is_known
        """Whether what holds by hand is known: read from the library, handed over, or just ordered."""
        self._demand: int | None = None
        """The demand for darkness that was obeyed last."""
        self._demanded_at: Nanos | None = None
        """When (show time) it was; None: none was, or its order has come."""
        self._dark_by_row = 0
        """The row that made it dark before its turn; what would have brought light before that is overruled."""
        self.wants_reload = False
        self.label_until: Nanos = 0
        """Until when the display says its name."""

    @property
    def is_known(self) -> bool:
        """Whether it is known what holds by hand."""
        return self._is_read

    @property
    def light(self) -> float:
        """How bright the wall is to be, 0 to 1. Until it is known what holds by hand, no brighter than it began."""
        light = self._billing.on.light
        return light if self._is_read else min(light, self._first_light)

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
        waiting = [row for row in rows if row.id not in self._answered]
        dark = _dark_before_its_turn(waiting)
        if dark is not None:
            self._dark_by_row = dark.id
        for row in ([dark] if dark else []) + [row for row in waiting[:AT_ONCE] if row is not dark]:
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
            self._billing.recall(from_record(record), t)
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
            self._demanded_at = t
            self._carry_out(_Given(Plain.DARK, BY_FILE, self._crew.clock.wall()), t)
        else:
            self._crew.writer.take_away_demand()

    def _obey(self, row: Row, t: Nanos) -> None:
        if row.id < self._dark_by_row and row.verb in _SWITCHES:
            self._crew.writer.answer(row.id, OVERRULED, at=self._crew.clock.wall())
            return
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
        verdict = self._together(given, obeyed(given.command, billing.manual, situation), t)
        billing.order(verdict.manual, t)
        if given.command in _SWITCHES:
            self._crew.writer.take_away_demand()  # whoever left one has been obeyed, or overruled
        if verdict.changes_show:
            reel.change(t)
        if verdict.act is Plain.PREVIOUS:
            reel.back(partial(self._went_back, given, verdict.said), t)
            return
        self._act(verdict, given, t)
        self._settle(self._answer(given, verdict.said))

    def _together(self, given: _Given, verdict: Verdict, t: Nanos) -> Verdict:
        """Answer the row of an order whose demand was obeyed a moment ago as what it is: the same order."""
        if given.command is not Plain.DARK or given.number is None or self._demanded_at is None:
            return verdict
        is_same = t - self._demanded_at <= TOGETHER
        self._demanded_at = None
        return replace(verdict, said=Plain.DARK.value) if is_same else verdict

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


def _dark_before_its_turn(waiting: Sequence[Row]) -> Row | None:
    """Return the row that makes it dark, if more wait than one frame obeys and nobody has ordered light after it."""
    if len(waiting) <= AT_ONCE:
        return None
    last = next((row for row in reversed(waiting) if row.verb in _SWITCHES), None)
    return last if last and last.verb == Plain.DARK else None
