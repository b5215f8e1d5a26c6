"""Visits to one projector: ask how it is, tell it what comes next, and remember both. Used by one thread; waits for the network.

A visit opens a connection and closes it again: many take only one, and somebody with a tablet may want it too.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Final, Protocol

from player.clock import Clock
from player.errors import NetworkError, OperatorError
from player.projector import pjlink
from player.projector.call import OvertakenError, SilentError, always
from player.projector.pjlink import QUESTION, Power, Refusal, Reply, Verb
from player.projector.steps import (
    LIT,
    MINUTE,
    UNKNOWN_PAUSE,
    Do,
    Manner,
    Memory,
    Seen,
    believed,
    is_said,
    is_settled,
    next_step,
    noticed,
    told,
)
from player.projector.wanted import Aim
from player.units import SECOND, Nanos

STEADY: Final[Nanos] = 10 * SECOND  # between visits while all is as it should be
QUICK: Final[Nanos] = 2 * SECOND  # while it is on its way
QUICK_FOR: Final[Nanos] = 5 * MINUTE  # after a change; what is not reached by then will not be reached in two seconds
INQUIRE_EVERY: Final[Nanos] = MINUTE  # faults and lamps: nothing that changes faster
INTRODUCE_EVERY: Final[Nanos] = 60 * MINUTE  # its class and its model
SILENT_FOR: Final[Nanos] = MINUTE  # a question without an answer is not asked again so soon: each costs five seconds
MOST_SILENCES: Final = 2  # of one visit, before the rest of the questions is left for the next
MOST_STEPS: Final = 6  # of one visit: more than a row of the table has
FAILED_PAUSES: Final[tuple[Nanos, ...]] = (2 * SECOND, 5 * SECOND, 10 * SECOND, 30 * SECOND)
"""After a visit that failed, by how many did, while it should be on."""
FAILED_REST: Final[Nanos] = MINUTE  # the same while it need not be; and for a password, which some lock after a few
NEARLY_ALL: Final = "3"  # AVMT's first digit: picture and sound together
PICTURE_ALONE: Final = "1"
UNSEEN: Final = Seen()
_MAY_WAIT: Final = frozenset(Verb) - {Verb.POWER, Verb.MUTE, Verb.INPUT, Verb.FREEZE}


class Asks(Protocol):
    """What asks a projector: see `player.projector.call.Call`."""

    def ask(self, verb: Verb, argument: str = QUESTION, *, still: Callable[[], bool] = always) -> Reply:
        """Return what it answers, if it is *still* to be sent by the time that it can be."""
        ...

    def close(self) -> None:
        """Hang up."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of one projector."""

    seen: Seen = UNSEEN
    memory: Memory = field(default_factory=Memory)
    trouble: str = ""
    """Why the last visit failed; empty: it did not."""
    is_ours_to_mend: bool = False
    """Whether a person must act for that: a password."""
    failing_since: Nanos | None = None


@dataclass(frozen=True, slots=True)
class Deed:
    """A command that was told, for the record."""

    do: Do
    answer: str


class Visitor(Protocol):
    """What visits one display, whatever it speaks."""

    known: Known

    def visit(self, aim: Aim, *, latest: Callable[[], Aim] | None = None) -> tuple[Deed, ...]:
        """Ask and tell, once; return what was done. Never fails for what the projector does.

        Args:
            aim: What it should be.
            latest: What it should be by now, where that may change meanwhile: a slow one takes seconds for each answer.
        """
        ...

    def pause(self) -> Nanos:
        """Return how long to wait before the next visit."""
        ...


class Visits:
    """Visits to a projector that speaks PJLink."""

    def __init__(
        self, call: Asks, manner: Manner, *, clock: Clock, wake: Callable[[], None] | None = None, lit_at: Nanos | None = None
    ) -> None:
        """Ask by *call*; *wake* wakes its network; *lit_at* is when its lamp was last known to burn (monotonic)."""
        self._call = call
        self._manner = manner
        self._clock = clock
        self._wake = wake
        self.known = Known(memory=Memory(lit_at=lit_at))
        self._seen = UNSEEN
        self._memory = self.known.memory
        self._assumed: bool | None = None
        """Whether the picture is away, for those that do as they are told and never say so."""
        self._chosen: str | None = None
        """The input, for those that obey and never say which: choosing it anew takes many a picture away for seconds."""
        self._latest: Callable[[], Aim] = lambda: Aim.KEEP
        self._mute = NEARLY_ALL
        self._unasked: dict[Verb, Nanos] = {}
        """Questions that were not answered, and until when they are not asked again."""
        self._silences = 0
        self._failures = 0
        self._next_inquiry: Nanos = 0
        self._next_introduction: Nanos = 0

    def visit(self, aim: Aim, *, latest: Callable[[], Aim] | None = None) -> tuple[Deed, ...]:
        """See ``Visitor``."""
        deeds: list[Deed] = []
        self._silences = 0
        self._latest = latest or (lambda: aim)
        trouble, is_ours = "", False
        try:
            trouble = self._see_power()
            self._see_picture()
            self._steps(deeds)
            self._inquire()
        except OvertakenError:
            pass  # its keeper has been told, and visits it at once
        except OperatorError as error:
            trouble, is_ours = str(error), True
        except NetworkError as error:
            trouble = str(error)
        finally:
            self._call.close()
        self._conclude(trouble, is_ours=is_ours)
        return tuple(deeds)

    def pause(self) -> Nanos:
        """See ``Visitor``."""
        memory, now = self._memory, self._clock.monotonic()
        if self._failures:
            if memory.aim not in LIT or self.known.is_ours_to_mend:
                return FAILED_REST
            return FAILED_PAUSES[min(self._failures, len(FAILED_PAUSES)) - 1]
        is_fresh = now - max(memory.aim_since, memory.power_since) < QUICK_FOR
        is_settled_now = is_settled(memory, self._seen, manner=self._manner, now=now)
        return QUICK if is_fresh and not is_settled_now else STEADY

    def _see_power(self) -> str:
        """Ask whether it is on; return what is wrong with the answer, if there is none."""
        trouble = ""
        try:
            power = pjlink.power(self._call.ask(Verb.POWER).text)
        except SilentError as error:  # it greets: perhaps it only cannot say so in standby
            self._fell_silent()
            power, trouble = None, str(error)
        self._seen = replace(self._seen, power=power)
        self._notice()
        if not self._may_be_on():
            self._seen = replace(self._seen, mute=None, input=None, is_frozen=None, has_signal=None)
            if power is not None:
                self._assumed = self._chosen = None
        return trouble

    def _may_be_on(self) -> bool:
        power = believed(self._memory, self._seen, self._clock.monotonic())
        return power is Power.ON or (power is None and self._memory.aim in LIT)

    def _see_picture(self) -> None:
        """Ask what only one that is on can say."""
        if not self._may_be_on():
            return
        mute = pjlink.mute(self._text(Verb.MUTE))
        self._seen = replace(self._seen, mute=self._assumed if mute is None else mute)
        if self._manner.input is not None:
            self._seen = replace(self._seen, input=pjlink.input_of(self._text(Verb.INPUT)) or self._chosen)
        if self._seen.is_class_2:
            self._seen = replace(self._seen, is_frozen={"1": True, "0": False}.get(self._text(Verb.FREEZE)))

    def _steps(self, deeds: list[Deed]) -> None:
        for _ in range(MOST_STEPS):
            self._notice()
            do = next_step(self._memory, self._seen, manner=self._manner, now=self._clock.monotonic())
            if do is None:
                return
            before = self._memory.tries.get(do)
            refusal, answer = self._tell(do)
            now = self._clock.monotonic()
            self._memory = told(self._memory, do, refusal, now=now, is_certain=is_said(do, self._seen))
            is_news = before is None or before.refusal is not refusal  # what is in vain is news once
            if is_news and not self._memory.is_contested(do, now):
                deeds.append(Deed(do, answer))
            if do in {Do.POWER_ON, Do.POWER_OFF}:
                return  # it has enough to do now
            if refusal is None:
                self._see_picture()  # some open when their input changes

    def _tell(self, do: Do) -> tuple[Refusal | None, str]:
        verb, argument = self._command(do)
        try:
            found = self._call.ask(verb, argument, still=self._is_still)
            if found.refusal is Refusal.VALUE and verb is Verb.MUTE and self._mute == NEARLY_ALL:
                self._mute = PICTURE_ALONE
                found = self._call.ask(*self._command(do), still=self._is_still)
        except SilentError as error:
            self._fell_silent()
            return Refusal.NOT_NOW, str(error)
        if found.refusal is None and verb is Verb.MUTE:
            self._assumed = do is Do.MUTE
        if found.refusal is None and verb is Verb.INPUT:
            self._chosen = self._manner.input
        return found.refusal, found.text

    def _is_still(self) -> bool:
        """Whether it should still be what it was to be when the next step was decided."""
        return self._latest() is self._memory.aim

    def _command(self, do: Do) -> tuple[Verb, str]:
        match do:
            case Do.POWER_ON:
                return Verb.POWER, "1"
            case Do.POWER_OFF:
                return Verb.POWER, "0"
            case Do.MUTE:
                return Verb.MUTE, f"{self._mute}1"
            case Do.UNMUTE:
                return Verb.MUTE, f"{self._mute}0"
            case Do.INPUT:
                return Verb.INPUT, self._manner.input or ""
            case Do.THAW:
                return Verb.FREEZE, "0"

    def _inquire(self) -> None:
        """Ask what may wait; as soon as it should be something else, that may wait longer."""
        now = self._clock.monotonic()
        if now >= self._next_introduction:
            model = " ".join(filter(None, (self._text(Verb.MAKER), self._text(Verb.MODEL))))
            class_ = self._text(Verb.CLASS)
            is_class_2 = class_ == "2" if class_ else self._seen.is_class_2
            self._seen = replace(self._seen, is_class_2=is_class_2, model=model[:80] or self._seen.model)
            self._next_introduction = now + INTRODUCE_EVERY
        if now < self._next_inquiry:
            return
        seen = replace(self._seen, faults=pjlink.faults(self._text(Verb.ERRORS)), lamps=pjlink.lamps(self._text(Verb.LAMPS)))
        if seen.is_class_2:
            is_on = seen.power is Power.ON
            has_signal = pjlink.has_signal(self._text(Verb.SIGNAL)) if is_on else None
            seen = replace(seen, filter_hours=pjlink.hours(self._text(Verb.FILTER)), has_signal=has_signal)
        self._seen = seen
        self._next_inquiry = now + INQUIRE_EVERY

    def _text(self, verb: Verb) -> str:
        """Return what is answered to a question that it may not know; empty: nothing that could be understood."""
        now = self._clock.monotonic()
        if now < self._unasked.get(verb, now) or self._silences >= MOST_SILENCES:
            return ""
        try:
            found = self._call.ask(verb, still=self._is_still) if verb in _MAY_WAIT else self._call.ask(verb)
        except SilentError:
            self._unasked[verb] = self._clock.monotonic() + SILENT_FOR
            self._fell_silent()
            return ""
        if found.refusal is Refusal.UNKNOWN:
            self._unasked[verb] = now + UNKNOWN_PAUSE
        return "" if found.refusal else found.text

    def _fell_silent(self) -> None:
        self._silences += 1

    def _notice(self) -> None:
        self._memory = noticed(self._memory, self._latest(), self._seen, manner=self._manner, now=self._clock.monotonic())

    def _conclude(self, trouble: str, *, is_ours: bool) -> None:
        now, aim = self._clock.monotonic(), self._latest()
        if trouble:
            self._failures += 1
            self._assumed = None  # perhaps it lost its power meanwhile: most come back open
            self._memory = noticed(self._memory, aim, UNSEEN, manner=self._manner, now=now)
            if self._wake and aim in LIT:
                try:
                    self._wake()
                except NetworkError as error:
                    trouble = f"{trouble}; {error}"
        else:
            self._failures = 0
        since = self.known.failing_since
        self.known = Known(
            seen=self._seen,
            memory=self._memory,
            trouble=trouble,
            is_ours_to_mend=is_ours,
            failing_since=(now if since is None else since) if trouble else None,
        )


class Wakes:
    """Visits to a display that is woken by a packet, says nothing, and falls asleep by itself when no picture comes."""

    EVERY: Final[Nanos] = MINUTE  # while it should be on: one that fell asleep meanwhile is woken again

    def __init__(self, wake: Callable[[], None], *, clock: Clock) -> None:
        self._wake = wake
        self._clock = clock
        self.known = Known()

    def visit(self, aim: Aim, *, latest: Callable[[], Aim] | None = None) -> tuple[Deed, ...]:
        """See ``Visitor``."""
        del latest  # this takes no time
        now, before = self._clock.monotonic(), self.known
        memory = noticed(before.memory, aim, UNSEEN, manner=Manner(off_after=0, cool=0), now=now)
        trouble = ""
        is_first = before.memory.needed_since is None and aim in LIT
        if aim in LIT:
            try:
                self._wake()
            except NetworkError as error:
                trouble = str(error)
        since = before.failing_since
        failing = (now if since is None else since) if trouble else None
        self.known = Known(memory=memory, trouble=trouble, failing_since=failing)
        return (Deed(Do.POWER_ON, trouble or "woken"),) if is_first else ()

    def pause(self) -> Nanos:
        """See ``Visitor``."""
        return self.EVERY
