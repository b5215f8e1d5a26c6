"""Whether a signed order is obeyed, answered as before, or refused with why: pure.

Withdrawals do not come this way: they are obeyed whenever and however often they are told, for harm runs one way.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeAlias

TOLERANCE_MS: Final = 5 * 60 * 1000  # how far the two clocks may be apart
REMEMBERED: Final = 64  # answers; whoever orders faster than that is not asking again
_MINUTE_MS: Final = 60_000


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of an order."""

    to: int
    """Its seq."""
    is_done: bool
    text: str


@dataclass(frozen=True, slots=True)
class Accept:
    """It is to be carried out, once."""


@dataclass(frozen=True, slots=True)
class Repeat:
    """It was answered: the same answer again."""

    answer: Answer


@dataclass(frozen=True, slots=True)
class Pending:
    """It is being carried out: the answer comes once."""


@dataclass(frozen=True, slots=True)
class Refuse:
    """It is not carried out."""

    why: str


Verdict: TypeAlias = Accept | Repeat | Pending | Refuse


@dataclass(frozen=True, slots=True)
class Memory:
    """What came before."""

    highest: int = -1
    """The highest seq that was ever accepted, over restarts."""
    pending: frozenset[int] = frozenset()
    answers: tuple[Answer, ...] = ()
    """The latest, the oldest first."""

    def begun(self, seq: int) -> Memory:
        """Return what is remembered once *seq* was accepted."""
        return Memory(max(self.highest, seq), self.pending | {seq}, self.answers)

    def answered(self, answer: Answer) -> Memory:
        """Return what is remembered once an order has its answer."""
        return Memory(self.highest, self.pending - {answer.to}, (*self.answers, answer)[-REMEMBERED:])


def judge(memory: Memory, *, seq: int, ts: int, expires_at: int, now: int) -> Verdict:
    """Return what is to be done about an order whose signature was right, and which was for us.

    Args:
        memory: What came before.
        seq: Its number.
        ts: When it was given, by the centre's clock, in ms.
        expires_at: Until when it may be obeyed, in ms.
        now: Our clock, in ms.
    """
    for answer in memory.answers:
        if answer.to == seq:
            return Repeat(answer)
    if seq in memory.pending:
        return Pending()
    if abs(now - ts) > TOLERANCE_MS:
        return Refuse(f"the clock here is {apart(now - ts)} the centre's: set both by the same time server")
    if now > expires_at:
        return Refuse(f"it came {in_words(now - expires_at)} after it expired")
    if seq <= memory.highest:
        return Refuse("overtaken by a later one" if seq < memory.highest else "it was taken in before this player began again")
    return Accept()


def apart(ms: int) -> str:
    """Return how far a clock is apart from another: `1 h 2 min ahead of`."""
    return f"{in_words(abs(ms))} {'ahead of' if ms > 0 else 'behind'}"


def in_words(ms: int) -> str:
    """Return a length of time: `40 s`, `6 min`, `1 h 2 min`, `3 d 4 h`."""
    minutes = ms // _MINUTE_MS
    if minutes < 2:  # noqa: PLR2004 - below two minutes people count in seconds
        return f"{max(1, ms // 1000)} s"
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    parts = [f"{number} {unit}" for number, unit in ((days, "d"), (hours, "h"), (minutes, "min")) if number]
    return " ".join(parts[:2])
