"""The parts of a simulation: what is done to the fleet, in which order, and how much time each gets. Pure.

Whatever needs more time than there is is left out, by name: a bound that was not tried was not held.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from player.errors import OperatorError
from player.fleet.reconnect import PER_SECOND
from player.units import Seconds


class Part(StrEnum):
    """What happens, in this order."""

    IDLE = "idle"
    WITHDRAWAL = "withdrawal"
    CLOCKS = "clocks"
    RASCALS = "rascals"
    ORIGIN = "origin"
    THIRD = "third"
    RESTART = "restart"


FAULTS: Final = (Part.CLOCKS, Part.RASCALS, Part.ORIGIN, Part.THIRD, Part.RESTART)
"""Those that may be left out by choice."""
WORDS: Final = {
    Part.IDLE: "nothing happens",
    Part.WITHDRAWAL: "a withdrawal, everybody online",
    Part.CLOCKS: "clocks that are wrong",
    Part.RASCALS: "a group that misbehaves",
    Part.ORIGIN: "the feed's origin is down",
    Part.THIRD: "a third is offline",
    Part.RESTART: "the broker is restarted",
}
SETTLING_S: Final[Seconds] = 30.0  # beyond the last one's turn to come back
_NEEDS: Final[dict[Part, tuple[Seconds, Seconds, float]]] = {
    # least, most, and share of the whole
    Part.IDLE: (2.0, 120.0, 0.15),
    Part.WITHDRAWAL: (2.0, 30.0, 0.10),
    Part.CLOCKS: (1.0, 15.0, 0.05),
    Part.RASCALS: (3.0, 40.0, 0.10),
    Part.ORIGIN: (3.0, 60.0, 0.10),
    Part.THIRD: (3.0, 40.0, 0.10),
}
LEAST_RESTART_S: Final[Seconds] = 5.0
LONGEST_BACK_S: Final[Seconds] = 900.0
"""All are back after so long, whatever happens: the bound."""


@dataclass(frozen=True, slots=True)
class Scheduled:
    """A part, and the longest it may take."""

    part: Part
    most_s: Seconds


@dataclass(frozen=True, slots=True)
class Plan:
    """What is done, and what is not."""

    parts: tuple[Scheduled, ...]
    left_out: tuple[str, ...]
    spare_s: Seconds = 0.0
    """What is left for those to come back who were offline, where the broker is not restarted."""


def plan(players: int, length_s: Seconds, faults: Collection[Part]) -> Plan:
    """Return what fits into *length_s* after everybody has come."""
    left, parts, left_out = length_s, list[Scheduled](), list[str]()
    for part, (least, most, share) in _NEEDS.items():
        if part in FAULTS and part not in faults:
            continue
        takes = min(most, max(least, share * length_s))
        if takes > left:
            left_out.append(f"{WORDS[part]}: there was no time for it")
            continue
        parts.append(Scheduled(part, takes))
        left -= takes
    if Part.RESTART in faults:
        if left < LEAST_RESTART_S:
            left_out.append(f"{WORDS[Part.RESTART]}: there was no time for it")
        else:
            parts.append(Scheduled(Part.RESTART, left))
            left_out += _not_all("that all are back after the restart", players, left)
    elif any(each.part is Part.THIRD for each in parts):
        left_out += _not_all("that all who were offline are back", players, left)
    return Plan(tuple(parts), tuple(left_out), max(0.0, left))


def all_back_s(players: int) -> Seconds:
    """Return how long it takes until the last one's turn to come back, and a little."""
    return players / PER_SECOND + min(SETTLING_S, 5 + players / 100)


def chosen(text: str) -> frozenset[Part]:
    """Return the faults that *text* names: `all`, `none`, or some, with commas.

    Raises:
        OperatorError: one is unknown.
    """
    names = [name.strip() for name in text.split(",") if name.strip()]
    if names == ["all"]:
        return frozenset(FAULTS)
    if names in ([], ["none"]):
        return frozenset()
    known = {fault.value: fault for fault in FAULTS}
    wrong = [name for name in names if name not in known]
    if wrong:
        raise OperatorError(f'there is no fault "{wrong[0]}": choose of {", ".join(known)}, or all, or none')
    return frozenset(known[name] for name in names)


def _not_all(what: str, players: int, left: Seconds) -> tuple[str, ...]:
    needs = all_back_s(players)
    if left >= needs:
        return ()
    turn = f"the last one's turn is after {needs / 60:.0f} min, and {left / 60:.1f} min were left"
    return (f"{what}: {turn}; judged by those whose turn had come",)
