"""The operator's hand: orders by key and by row, carried out at the next frame, kept, and answered with what became of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from player import log
from player.calibration.actions import Stroke
from player.command import (
    BRING_LIGHT,
    BY_FILE,
    BY_KEY,
    Calibrate,
    Command,
    Plain,
    ShowCard,
    Withdraw,
    from_row,
    in_words,
    row_of,
)
from player.command.replies import Reply, done, refusal, written
from player.errors import OperatorError
from player.library.by_hand import Note, Obeyed
from player.library.orders import Command as Row
from player.output.testcard import NAMES
from player.screen.billing import Billing
from player.screen.crew import Crew
from player.screen.fitting import Fitting
from player.screen.keyboard import Key
from player.screen.keys import HELP, legend, order_of, order_while_editing
from player.screen.orders_heard import Heard
from player.screen.reel import Reel
from player.screen.window import Pressed
from player.show.obeying import Situation, Verdict, obeyed
from player.show.on_air import Ordered, from_record, signed, to_record
from player.units import SECOND, Nanos

LABEL_LENGTH: Final[Nanos] = 5 * SECOND  # long enough to walk along the displays and read each name
AT_ONCE: Final = 20  # rows obeyed in one frame, 0.1 ms each; whoever leaves a thousand does not stop the picture
TOGETHER: Final[Nanos] = 10 * SECOND  # a demand and the row that follows it are one order: a locked file is waited for that long
OVERRULED: Final = refusal("overruled")
BEFORE: Final = done("before")
CUT_OFF: Final = refusal("cut_off")
DARK: Final = done("dark")
NOT_YET: Final = "what holds by hand cannot be read yet: B, L and A are obeyed meanwhile"
_END: Final = Stroke("escape")
_SWITCHES: Final = BRING_LIGHT | {Plain.DARK}

_log = log.get("screen")


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

    def __init__(
        self,
        crew: Crew,
        reel: Reel,
        billing: Billing,
        *,
        heard: Heard,
        is_known: bool,
        first_light: float = 1.0,
    ) -> None:
        """Act on *billing*.

        Args:
            crew: Those who work around the loop.
            reel: What plays.
            billing: What is on.
            heard: What was heard before, in this process.
            is_known: What holds by hand need not be read any more.
            first_light: How bright the wall is as this begins, 0 to 1.
        """
        self._crew = crew
        self._reel = reel
        self._billing = billing
        self._first_light = first_light
        self.heard = heard
        self._awaited: list[_Given] = []
        """Orders whose outcome is not known yet."""
        self._kept: tuple[dict[str, object], float] | None = None
        self._is_read = is_known
        """Whether what holds by hand is known: read from the library, handed over, or just ordered."""
        self._note = None if is_known else crew.watch.noted()
        """What the process before has left, newer than what the orders say."""
        if self._note:
            heard.before = self._note.orders, self._note.upto
        self.wants_reload = False
        self.label_until: Nanos = 0
        """Until when the display says its name."""

    @property
    def is_editing(self) -> bool:
        """Whether keys edit outputs, and do nothing else."""
        return self._crew.fitting is not None and self._billing.on.editing is not None

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
            if self.is_editing:
                self._edit(key, t)
                continue
            if not isinstance(key, Key) or key.name not in crew.operator_keys or key.alt or key.again:
                continue
            if key.name == HELP:
                crew.tell(legend(crew.operator_keys, billing.shows))
                continue
            manual = billing.manual
            command = order_of(key.name, shows=billing.shows, is_held=manual.is_held, level=manual.level)
            if command is None:
                continue
            if not self._is_read and command not in _SWITCHES:
                crew.tell(NOT_YET)  # to be kept it would have to overwrite what nobody has read
            else:
                self._carry_out(_Given(command, BY_KEY, crew.clock.wall()), t)

    def _edit(self, pressed: Pressed | Key, t: Nanos) -> None:
        """Let a key edit, or make it dark; there, where nobody would see what others do, only light and the end are to be had."""
        fitting, billing = self._crew.fitting, self._billing
        stroke = _END if pressed is Pressed.ESCAPE else _stroke(pressed) if isinstance(pressed, Key) else None
        if fitting is None or stroke is None:
            return
        billing.order(billing.manual.touched(t), t)
        again = isinstance(pressed, Key) and pressed.again
        order = order_while_editing(stroke.name, is_dark=billing.on.is_dark)
        if order is not None:
            if not stroke.alt and not again:
                self._carry_out(_Given(order, BY_KEY, self._crew.clock.wall()), t)
            return
        if (stroke == _END or not billing.on.is_dark) and fitting.press(stroke, again=again):
            self._carry_out(_Given(Calibrate(is_over=True), BY_KEY, self._crew.clock.wall()), t)

    def fit(self, t: Nanos, monotonic: Nanos) -> None:
        """Have outputs show test cards, handles and names as they are up at *t*; what no output can show any more is over."""
        fitting, billing = self._crew.fitting, self._billing
        manual = billing.manual
        if manual.cards or manual.editing:
            outputs = fitting.outputs if fitting else ()
            cards = tuple(card for card in manual.cards if card.output in outputs)
            if cards != manual.cards or fitting is None:
                billing.order(replace(manual, cards=cards, editing=manual.editing if fitting else None), t)
        if fitting is not None and not fitting.follow(billing.on, monotonic, is_naming=t < self.label_until):
            billing.order(replace(billing.manual, editing=None), t)
        if fitting is not None and fitting.wants_stage:
            self.wants_reload = True  # a session begins by asking where on the wall words may stand

    def obey(self, t: Nanos) -> None:
        """Carry out the orders that wait in the library, and the one that needs none."""
        watch, heard = self._crew.watch, self.heard
        if watch.orders:
            heard.go_by(watch.orders)
        self._obey_demand(t)
        if not self._is_read or not watch.orders:
            return  # rows wait
        rows = watch.commands(after=heard.upto, limit=AT_ONCE + 1)
        if not rows:
            return
        if len(rows) > AT_ONCE:
            self._darken_before_its_turn(t)
        for row in rows[:AT_ONCE]:
            heard.upto = row.id
            if row.id != heard.dark_by_row:
                self._obey(row, t)

    def _darken_before_its_turn(self, t: Nanos) -> None:
        """Obey the row that makes it dark at once, though others come before it, if nobody has ordered light after it."""
        heard = self.heard
        last = self._crew.watch.last_command(_SWITCHES, after=max(heard.upto, heard.dark_by_row))
        if last and last.verb == Plain.DARK:
            heard.dark_by_row, heard.overruled_upto = last.id, last.id - 1
            self._obey(last, t)

    def release(self, t: Nanos) -> None:
        """What was held had to leave: the show goes on, and nothing that nobody chose stands for ever."""
        if self._billing.manual.is_held:
            self._billing.order(replace(self._billing.manual, is_held=False), t)

    def remember(self, t: Nanos) -> None:
        """Go by what was ordered before this process began, as soon as that can be read; a newer order comes before it."""
        if self._is_read:
            return
        note = self._note
        record = note.state if note else self._crew.watch.by_hand()
        if record is not None:
            self._is_read = True
            self._billing.recall(from_record(record), t)
            self._reel.change(t)
            if note:
                self._settle(None)

    def keep(self) -> None:
        """Keep what holds by hand, and how bright the wall is to be, if time alone has changed it."""
        if self._is_read and self._state() != self._kept:
            self._settle(None)

    def end(self) -> None:
        """The session ends: answer what it will not come to any more."""
        while self._awaited:
            self._settle(self._answer(self._awaited.pop(0), CUT_OFF))

    def _obey_demand(self, t: Nanos) -> None:
        """Obey a new demand for darkness. Rows that wait as it is found came before it: whoever orders light takes it away."""
        watch, heard = self._crew.watch, self.heard
        demand = watch.dark_demanded
        if demand is None or demand == heard.demand:
            return
        heard.demand = demand
        light = watch.last_command(BRING_LIGHT, after=heard.upto)
        if light:
            heard.overruled_upto = light.id
        if not self._billing.manual.is_dark:
            heard.demanded_at = t
            self._carry_out(_Given(Plain.DARK, BY_FILE, self._crew.clock.wall()), t)
        else:
            self._crew.writer.take_away_demand(demand, is_dark=True)

    def _obey(self, row: Row, t: Nanos) -> None:
        if self.heard.was_before(row.id) and row.verb != "withdraw":  # a withdrawal twice is one; left out, it would be none
            self._crew.writer.answer(row.id, BEFORE, at=self._crew.clock.wall())
            return
        if row.id <= self.heard.overruled_upto and row.verb in _SWITCHES:
            self._crew.writer.answer(row.id, DARK if row.verb == Plain.DARK else OVERRULED, at=self._crew.clock.wall())
            return
        try:
            command = from_row(row.verb, row.arguments)
        except OperatorError as error:
            self._crew.writer.answer(row.id, refusal("unread", why=error), at=self._crew.clock.wall())
            return
        self._carry_out(_Given(command, row.by, row.at, row.id), t)

    def _carry_out(self, given: _Given, t: Nanos) -> None:
        billing, reel, fitting = self._billing, self._reel, self._crew.fitting
        situation = Situation(
            now=t,
            wanted=billing.wanted,
            on=billing.on,
            shows=billing.shows,
            has_slide=reel.cue.slide is not None,
            may_identify=self._crew.label is not None,
            outputs=fitting.outputs if fitting else (),
            unready=_unready(fitting, given.command) if fitting else {},
            cards=NAMES,
        )
        verdict = obeyed(given.command, billing.manual, situation)
        ordered = signed(verdict.manual, billing.manual, Ordered(given.by, given.at))
        verdict = self._together(given, replace(verdict, manual=ordered), t)
        billing.order(verdict.manual, t)
        if given.command in _SWITCHES:
            self._is_read = True
        if isinstance(given.command, Calibrate) and fitting and billing.manual.editing:
            fitting.begin(billing.manual.editing.output)
        if verdict.changes_show:
            reel.change(t)
        if verdict.act is Plain.PREVIOUS:
            self._awaited.append(given)
            reel.back(partial(self._went_back, given, verdict.reply), t)
            return
        self._act(verdict, given, t)
        self._settle(self._answer(given, verdict.reply))
        demand = self._crew.watch.dark_demanded
        if given.command in _SWITCHES and demand is not None:  # whoever left one has been obeyed, or overruled
            self._crew.writer.take_away_demand(demand, is_dark=given.command is Plain.DARK)

    def _together(self, given: _Given, verdict: Verdict, t: Nanos) -> Verdict:
        """Answer the row of an order whose demand was obeyed a moment ago as what it is: the same order."""
        if given.command is not Plain.DARK or given.number is None or self.heard.demanded_at is None:
            return verdict
        is_same = t - self.heard.demanded_at <= TOGETHER
        self.heard.demanded_at = None
        if not is_same:
            return verdict
        named = replace(verdict.manual, dark_ordered=Ordered(given.by, given.at))  # the file says nobody's name
        return replace(verdict, manual=named, reply=DARK)

    def _act(self, verdict: Verdict, given: _Given, t: Nanos) -> None:
        match verdict.act:
            case Plain.NEXT:
                self._reel.hurry(t)
            case Plain.IDENTIFY:
                self.label_until = t + LABEL_LENGTH
                self._reel.strip.is_moved = True
            case Plain.RELOAD:
                self.wants_reload = True
            case Withdraw(item, source):
                self._crew.writer.withdraw(source, item, by=given.by, at=self._crew.clock.wall())
            case _:
                pass

    def _went_back(self, given: _Given, reply: Reply, why_not: str) -> None:
        self._awaited.remove(given)
        self._settle(self._answer(given, refusal("not_back", why=why_not) if why_not else reply))

    def _answer(self, given: _Given, reply: Reply) -> Obeyed:
        verb, arguments = row_of(given.command)
        _log.info("an order", order=in_words(given.command), by=given.by, answer=str(reply))
        return Obeyed(verb, arguments, given.by, given.at, str(reply), given.number, written(reply))

    def _state(self) -> tuple[dict[str, object], float]:
        return to_record(self._billing.manual), self._billing.on.light

    def _settle(self, done: Obeyed | None) -> None:
        state, light = self._kept = self._state()
        note = Note(state, light, self.heard.orders, self.heard.upto)
        self._crew.writer.settle(note, at=self._crew.clock.wall(), obeyed=done)


def _unready(fitting: Fitting, command: Command) -> Mapping[str, str]:
    """Return the outputs with which *command* cannot be carried out now, each with the reason."""
    match command:
        case Calibrate():
            return fitting.unready
        case ShowCard():
            return fitting.unseen
        case _:
            return {}


def _stroke(key: Key) -> Stroke:
    return Stroke(key.name, shift=key.shift, alt=key.alt)
