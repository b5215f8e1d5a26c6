"""Which command comes next: what a projector should be, and what it says that it is, as a table. Pure; time is monotonic here.

Nothing that a projector says is believed for ever, and nothing is told twice at once: each command that had no effect waits
longer than the last time, and one that it does not know waits for an hour.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Final

from player.projector.pjlink import Lamp, Level, Power, Refusal
from player.projector.wanted import Aim
from player.units import SECOND, Nanos

MINUTE: Final[Nanos] = 60 * SECOND
PAUSES: Final[tuple[Nanos, ...]] = (2 * SECOND, 5 * SECOND, 15 * SECOND, 30 * SECOND, MINUTE, 5 * MINUTE)
"""Before a command is told again, by how often it was told in vain."""
PICTURE_PAUSES: Final[tuple[Nanos, ...]] = (*(2 * SECOND,) * 3, *(5 * SECOND,) * 20, 30 * SECOND)
"""The same for darkening and opening: some say that they are on while they warm up, and refuse for two minutes."""
POWER_PAUSES: Final[tuple[Nanos, ...]] = (20 * SECOND, 30 * SECOND, MINUTE, 2 * MINUTE, 5 * MINUTE)
"""The same for switching on and off: many say for twenty seconds that they are off, and begin all the while."""
MUTE_TRIES: Final = 3  # before one that should be off and cannot be darkened is switched off without waiting
UNKNOWN_PAUSE: Final[Nanos] = 60 * MINUTE  # what it does not know now it will not know soon; its firmware may be changed
WARMING_AT_MOST: Final[Nanos] = 5 * MINUTE  # the slowest lamps take two: one that says so for longer is not believed
COOLING_AT_MOST: Final[Nanos] = 15 * MINUTE  # the slowest take five
UNDONE: Final = 3  # times that the same was told anew, though nothing else was wanted meanwhile, before somebody hears of it
UNDONE_WITHIN: Final[Nanos] = 15 * MINUTE  # a lamp that two controls switch on and off burns anew every four


class Do(Enum):
    """What can be told."""

    POWER_ON = "switched on"
    POWER_OFF = "switched off"
    MUTE = "darkened"
    UNMUTE = "opened"
    INPUT = "set to its input"
    THAW = "unfrozen"


ROWS: Final[Mapping[tuple[Aim, Power | None], tuple[Do, ...]]] = {
    (Aim.OPEN, Power.OFF): (Do.POWER_ON,),
    (Aim.OPEN, Power.ON): (Do.INPUT, Do.THAW, Do.UNMUTE),
    (Aim.OPEN, None): (Do.POWER_ON, Do.INPUT, Do.THAW, Do.UNMUTE),
    (Aim.MUTED, Power.OFF): (Do.POWER_ON,),
    (Aim.MUTED, Power.ON): (Do.MUTE, Do.INPUT, Do.THAW),
    (Aim.MUTED, None): (Do.POWER_ON, Do.MUTE, Do.INPUT, Do.THAW),
    (Aim.REST, Power.ON): (Do.MUTE,),
    (Aim.OFF, Power.ON): (Do.MUTE, Do.POWER_OFF),
}
"""What may be told when, in this order. One that warms up or cools down is left alone. One that does not say whether it is on is
told to be, in case it is not: some cannot say so in standby, and nobody else will switch them on."""


LIT: Final = frozenset({Aim.MUTED, Aim.OPEN})
"""A projector that should be so should be on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a projector says of itself; None: it does not say."""

    power: Power | None = None
    mute: bool | None = None
    input: str | None = None
    is_frozen: bool | None = None
    has_signal: bool | None = None
    faults: Mapping[str, Level] | None = None
    lamps: tuple[Lamp, ...] | None = None
    filter_hours: int | None = None
    is_class_2: bool = False
    model: str = ""


@dataclass(frozen=True, slots=True)
class Try:
    """A command that was told, and what it needs is still so."""

    count: int
    at: Nanos
    """When it was told last."""
    refusal: Refusal | None = None
    """Why it was not done; None: the projector said that it was, or nothing."""

    @property
    def is_for_good(self) -> bool:
        """Whether it will not be done in a while either."""
        return self.refusal in {Refusal.UNKNOWN, Refusal.VALUE}


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How one projector is to be treated."""

    off_after: Nanos
    cool: Nanos
    input: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """What is remembered of one projector."""

    aim: Aim | None = None
    aim_since: Nanos = 0
    needed_since: Nanos | None = None
    """Since when it should be on; None: it need not be."""
    power: Power | None = None
    power_since: Nanos = 0
    obeyed: Power | None = None
    """What it agreed to be since it last said what it is."""
    lit_at: Nanos | None = None
    """When its lamp was last seen to burn. Some say at once that they are off, and cool down all the same."""
    tries: Mapping[Do, Try] = field(default_factory=dict[Do, Try])
    anew: tuple[tuple[Do, Nanos], ...] = ()
    """What was told last for this aim, and when: only what the projector said that it was not, and only the first try of each."""

    def is_contested(self, do: Do, now: Nanos) -> bool:
        """Whether somebody else undoes it again and again."""
        return sum(each is do and now - at < UNDONE_WITHIN for each, at in self.anew) >= UNDONE


def noticed(memory: Memory, aim: Aim, seen: Seen, *, manner: Manner, now: Nanos) -> Memory:
    """Return what is remembered once it is known what the projector should be and what it says."""
    if aim is not memory.aim:
        needed = (now if memory.needed_since is None else memory.needed_since) if aim in LIT else None
        memory = replace(memory, aim=aim, aim_since=now, needed_since=needed, anew=())
    if seen.power is not None:
        memory = replace(memory, obeyed=None)
    if seen.power is not None and seen.power is not memory.power:
        kept = {do: each for do, each in memory.tries.items() if do in _OF_POWER}  # what it refused then it may do now
        memory = replace(memory, power=seen.power, power_since=now, tries=kept)
    if seen.power in {Power.ON, Power.WARMING}:
        memory = replace(memory, lit_at=now)
    row, is_silent = _row(memory, seen, now), seen.power is None
    kept = [do for do in memory.tries if do in row or (is_silent and do not in _OF_POWER)]  # it may say again what it said before
    return replace(memory, tries={do: memory.tries[do] for do in kept if _is_needed(do, seen, manner)})


def next_step(memory: Memory, seen: Seen, *, manner: Manner, now: Nanos) -> Do | None:
    """Return what the projector is to be told now; None: nothing, or nothing yet."""
    for do in _row(memory, seen, now):
        if _is_needed(do, seen, manner) and _may(do, memory, seen, manner=manner, now=now) and _is_due(do, memory, now):
            return do
    return None


def told(memory: Memory, do: Do, refusal: Refusal | None, *, now: Nanos, is_certain: bool = True) -> Memory:
    """Return what is remembered once *do* was told.

    Args:
        memory: What was.
        do: What was told.
        refusal: Why it was not done.
        now: When it was answered.
        is_certain: Whether the projector had said that it was not so already; else it does not say.
    """
    if refusal is None and do is Do.POWER_ON:
        memory = replace(memory, obeyed=Power.ON)
    if refusal is None and do is Do.POWER_OFF:
        memory = replace(memory, obeyed=Power.OFF, lit_at=now)
    before = memory.tries.get(do)
    tries = {**memory.tries, do: Try(before.count + 1 if before else 1, now, refusal)}
    anew = memory.anew if before or not is_certain else (*memory.anew, (do, now))[-UNDONE * len(Do) :]
    return replace(memory, tries=tries, anew=anew)


def is_said(do: Do, seen: Seen) -> bool:
    """Whether the projector itself says that *do* is needed, rather than nothing."""
    match do:
        case Do.MUTE | Do.UNMUTE:
            return seen.mute is not None
        case Do.INPUT:
            return seen.input is not None
        case Do.POWER_ON | Do.POWER_OFF:
            return seen.power is not None
        case Do.THAW:
            return seen.is_frozen is not None


def believed(memory: Memory, seen: Seen, now: Nanos) -> Power | None:
    """Return what is to be made of what POWR said: nobody warms up, or cools down, for ever.

    One that says nothing is on if it was, or agreed to be, as far as that is to be ended; else nobody knows.
    """
    if seen.power is None:
        is_on = memory.obeyed is Power.ON or (memory.obeyed is None and memory.power is Power.ON)
        return Power.ON if is_on and memory.aim not in LIT else None
    lasted = now - memory.power_since
    if seen.power is Power.WARMING and lasted > WARMING_AT_MOST:
        return Power.ON
    if seen.power is Power.COOLING and lasted > COOLING_AT_MOST:
        return Power.OFF
    return seen.power


def is_settled(memory: Memory, seen: Seen, *, manner: Manner, now: Nanos) -> bool:
    """Whether the projector is on its way nowhere, and there is nothing to tell it, as far as it says."""
    if seen.power is None:
        return False
    if memory.aim in LIT and seen.power in {Power.WARMING, Power.COOLING}:
        return False
    return not any(
        _is_needed(do, seen, manner) and _may(do, memory, seen, manner=manner, now=now)
        for do in _row(memory, seen, now)
        if not (do in memory.tries and memory.tries[do].is_for_good)
    )


_OF_POWER: Final = frozenset({Do.POWER_ON, Do.POWER_OFF})
_OF_PICTURE: Final = frozenset({Do.MUTE, Do.UNMUTE})


def _row(memory: Memory, seen: Seen, now: Nanos) -> tuple[Do, ...]:
    power = believed(memory, seen, now)
    return ROWS.get((memory.aim, power), ()) if memory.aim else ()


def _is_needed(do: Do, seen: Seen, manner: Manner) -> bool:
    """Whether the projector does not say that it is already what *do* makes of it."""
    match do:
        case Do.MUTE:
            return seen.mute is not True
        case Do.UNMUTE:
            return seen.mute is not False
        case Do.INPUT:
            return manner.input is not None and seen.input != manner.input
        case Do.THAW:
            return seen.is_frozen is True
        case Do.POWER_ON | Do.POWER_OFF:
            return True


def _may(do: Do, memory: Memory, seen: Seen, *, manner: Manner, now: Nanos) -> bool:
    """Whether nothing speaks against *do* now."""
    if do is Do.POWER_ON:
        return memory.lit_at is None or now - memory.lit_at >= manner.cool
    if do is Do.POWER_OFF:
        darkening = memory.tries.get(Do.MUTE)
        is_in_vain = darkening is not None and (darkening.count >= MUTE_TRIES or darkening.is_for_good)
        cannot = seen.mute is not True and is_in_vain
        return cannot or now - memory.aim_since >= manner.off_after
    if do is Do.UNMUTE:  # another input shows what nobody approved: dark is better
        return manner.input is None or seen.input is None or seen.input == manner.input
    return True


def _is_due(do: Do, memory: Memory, now: Nanos) -> bool:
    last = memory.tries.get(do)
    if last is None:
        return True
    if last.is_for_good:
        return now - last.at >= UNKNOWN_PAUSE
    pauses = POWER_PAUSES if do in _OF_POWER else PICTURE_PAUSES if do in _OF_PICTURE else PAUSES
    return now - last.at >= pauses[min(last.count, len(pauses)) - 1]
