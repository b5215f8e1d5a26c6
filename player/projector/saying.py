"""What is to be said of a projector: one plain sentence on how it is, and what somebody should be told of. Pure."""

from __future__ import annotations

from typing import Final

from player.projector.pjlink import Level, Power
from player.projector.steps import LIT, MINUTE, Do, Manner, Memory, Seen
from player.projector.visit import Known
from player.projector.wanted import Aim, Goal
from player.units import Nanos

UNREACHED_FOR: Final[Nanos] = 10 * MINUTE  # a switch that starts anew, a cable that somebody plugs over
LATE: Final[Nanos] = 5 * MINUTE  # beyond the cool-down: the slowest lamps need two to light up
WRONG_FOR: Final[Nanos] = MINUTE  # three more tries
_POWER: Final = {Power.OFF: "off", Power.ON: "on", Power.COOLING: "cooling down", Power.WARMING: "warming up"}
_SAID: Final = {
    Do.POWER_ON: "switch on",
    Do.POWER_OFF: "switch off",
    Do.MUTE: "go dark",
    Do.UNMUTE: "open",
    Do.THAW: "move again",
}


def sentence(goal: Goal, known: Known, manner: Manner, now: Nanos, *, is_asked: bool = True) -> str:
    """Return how a projector is, in one sentence without its name.

    Args:
        goal: What it should be.
        known: What is known of it.
        manner: How it is treated.
        now: Monotonic.
        is_asked: Whether it can be asked at all: a display that is only woken cannot.
    """
    if known.trouble:
        return known.trouble
    if not is_asked:
        return f"is woken every minute: {goal.why}" if goal.aim in LIT else f"is left to sleep: {goal.why}"
    power = known.seen.power
    if power is None:
        return "has not been asked yet" if known.memory.aim is None else "does not say whether it is on"
    return _answered(goal, known, manner, now, power=power)


def _answered(goal: Goal, known: Known, manner: Manner, now: Nanos, *, power: Power) -> str:
    seen, memory = known.seen, known.memory
    state = _POWER[power]
    if power is Power.ON:
        light = {True: "on and dark", False: "on and shown", None: "on, does not say whether it is dark"}
        is_elsewhere = manner.input is not None and seen.input is not None and seen.input != manner.input
        state = f"on input {seen.input}, not on {manner.input}" if is_elsewhere else light[seen.mute]
    refused = [_SAID.get(do, "change its input") for do, each in memory.tries.items() if each.refusal]
    if refused:
        return f"{state}, and refuses to {' and to '.join(refused)}: {goal.why}"
    if power is Power.OFF and goal.aim in LIT and memory.lit_at is not None and now - memory.lit_at < manner.cool:
        return "off until its lamp has cooled down, and then on again"
    return f"{state}: {goal.why}"


def worries(
    goal: Goal, known: Known, manner: Manner, now: Nanos, *, lamp_hours: int | None = None, may_sleep: bool = False
) -> tuple[str, ...]:
    """Return what somebody should be told of, each a sentence without the projector's name; nothing while all is well.

    Args:
        goal: What it should be.
        known: What is known of it.
        manner: How it is treated.
        now: Monotonic.
        lamp_hours: When a lamp is to be changed.
        may_sleep: Whether its network may be off while it is.
    """
    found: list[str] = []
    failing = known.failing_since
    is_gone = failing is not None and now - failing >= UNREACHED_FOR and not (may_sleep and goal.aim not in LIT)
    if known.is_ours_to_mend or is_gone:
        found.append(known.trouble)
    return *found, *_amiss(goal, known, manner, now), *care(known, lamp_hours)


def care(known: Known, lamp_hours: int | None = None) -> tuple[str, ...]:
    """Return which worries may last for weeks while it shines: they must not hide that it goes out."""
    found: list[str] = []
    seen = known.seen
    bad = [f"{name} ({level.name.lower()})" for name, level in (seen.faults or {}).items() if level is not Level.FINE]
    if bad:
        found.append(f"reports: {', '.join(bad)}")
    most = max((lamp.hours for lamp in seen.lamps or ()), default=0)
    if lamp_hours is not None and most >= lamp_hours:
        found.append(f"its lamp has burned for {most:,} h, and was to be changed at {lamp_hours:,}")
    return tuple(found)


def _undone(memory: Memory, now: Nanos) -> list[str]:
    """Return what somebody else does with it, as far as it looks so."""
    again = [_SAID.get(do, "change its input") for do in Do if memory.is_contested(do, now)]
    return [f"is told to {' and to '.join(again)} again and again: does somebody else command it?"] if again else []


def _amiss(goal: Goal, known: Known, manner: Manner, now: Nanos) -> list[str]:
    """Return what it is and should not be."""
    seen, memory = known.seen, known.memory
    if known.trouble or memory.aim is not goal.aim or goal.aim is Aim.KEEP:  # it has only just been told, or cannot be
        return []
    if seen.power is not Power.ON:
        return [*_undone(memory, now), *_unlit(goal, known, manner, now)]
    if goal.aim is Aim.OFF and now - memory.aim_since >= manner.off_after + LATE:
        return [*_undone(memory, now), f"stays on and should be off: {goal.why}"]
    if now - max(memory.aim_since, memory.power_since) < WRONG_FOR:
        return _undone(memory, now)
    return [*_undone(memory, now), *_unseen(goal, seen, manner)]


def _unlit(goal: Goal, known: Known, manner: Manner, now: Nanos) -> list[str]:
    """Return what is amiss with one that is not on, or does not say so."""
    power, memory = known.seen.power, known.memory
    since = memory.needed_since
    if goal.aim in LIT and since is not None and now - since >= LATE + manner.cool:
        state = f"is {_POWER[power]}" if power else "does not say whether it is on,"
        return [f"{state} and should be on: {goal.why}"]
    is_left_on = power is None and memory.obeyed is Power.ON and goal.aim is Aim.OFF
    if is_left_on and now - memory.aim_since >= manner.off_after + LATE:
        return [f"does not say whether it is on, and refuses to switch off: {goal.why}"]
    return []


def _unseen(goal: Goal, seen: Seen, manner: Manner) -> list[str]:
    """Return what is amiss with the picture of one that is on."""
    if goal.aim is not Aim.OPEN:
        return [f"is not dark and should be: {goal.why}"] if seen.mute is False else []
    found: list[str] = []
    if manner.input is not None and seen.input is not None and seen.input != manner.input:
        found.append(f"is on input {seen.input} and not on {manner.input}, so it is kept dark")
    elif seen.mute is True:
        found.append("stays dark though the show is on")
    if seen.has_signal is False:
        found.append("gets no picture at its input")
    if seen.is_frozen:
        found.append("holds a frozen picture")
    return found
