"""What the kernel knows of its own clock, and whether somebody has just set it.

The kernel is asked by adjtimex(2), which changes nothing and needs no right. Whoever keeps the time (timesyncd, chrony, ntpd)
tells the kernel how far off it may be; the kernel lets that grow by 500 µs each second, and after nine hours without a word
calls the clock unsynchronised. What its keeper last estimated stays, however, until somebody sets the clock: that is how
a site that lost its network yesterday is told from a machine that has just started.

Whether the schedule goes by that clock is decided by `believed`: pure, from one reading to the next.
"""

from __future__ import annotations

import ctypes
from dataclasses import dataclass, replace
from enum import Enum, StrEnum, auto
from typing import Final

from player.units import MILLISECOND, SECOND, Nanos

STEP: Final[Nanos] = 250 * MILLISECOND  # keepers slew what is smaller: at most 500 µs in a second
NEAR: Final[Nanos] = 120 * SECOND  # two clocks that differ by less mean the same time: nobody is put off by two minutes
DOUBT: Final[Nanos] = 10 * SECOND  # whoever sets a clock leaves it unsynchronised for a moment: what is on stays on so long

EARLY: Final = "it is earlier than it has been already: set it"
UNTOLD: Final = "nobody has told this machine the time since it started"
"""Why a clock is not trusted."""

_STA_UNSYNC: Final = 0x0040
_STA_NANO: Final = 0x2000
_UNKNOWN_US: Final = 16_000_000  # what the kernel calls an error that nobody knows (NTP_PHASE_LIMIT)
_QUIET_US: Final = 4_000_000  # over two hours without a word; keepers ask at least every 34 minutes
_NS_IN_US: Final = 1000


class ClockState(StrEnum):
    """How far the time of day may be believed."""

    UNSYNCED = "unsynced"
    """Nobody has told this machine the time since it started, or since somebody set its clock."""
    HOLDOVER = "holdover"
    """Somebody did, but has been silent for a while; or this system cannot say."""
    SYNCED = "synced"
    """Kept by somebody who was heard of lately."""


@dataclass(frozen=True, slots=True)
class Kept:
    """The kernel's answer: its status bits, its two errors and what it has still to put right, in microseconds.

    Attributes:
        status: STA_ bits of adjtimex(2).
        max_error_us: The most that the clock may be off; grows while nobody is heard of.
        estimated_error_us: What its keeper last thought; does not grow.
        off_us: By how much the clock was off when its keeper looked last, less what was put right since. Always 0 by chrony,
            which puts right what is off by another way, and tells the kernel its estimated error instead.
    """

    status: int
    max_error_us: int
    estimated_error_us: int
    off_us: int = 0


@dataclass(frozen=True, slots=True)
class ClockOffset:
    """How far off the time of day is, as whoever keeps it has told the kernel."""

    off_us: int
    error_us: int
    """How sure that is: its keeper's own estimate."""

    @property
    def within_us(self) -> int:
        """The time of day is right to so many microseconds."""
        return abs(self.off_us) + self.error_us


class Trust(Enum):
    """Whether the schedule goes by the time of day."""

    TRUSTED = auto()
    DOUBTED = auto()
    """It did until a moment ago: what is on stays on."""
    UNTRUSTED = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What there is to judge a clock by, read in one go."""

    own: Nanos
    """The machine's time of day."""
    monotonic: Nanos
    state: ClockState
    floor: Nanos = 0
    """What the time of day is at least: it has been later than that already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Belief:
    """What is held of the clock after a reading."""

    trust: Trust = Trust.UNTRUSTED
    state: ClockState = ClockState.UNSYNCED
    why: str = ""
    """Why it is not trusted, a sentence; empty while it is."""
    vouched: Nanos | None = None
    """By how much the time of day was ahead of monotonic time when somebody vouched for it last; None: since the machine
    started nobody has."""
    doubted_since: Nanos | None = None
    """Monotonic."""


def believed(before: Belief, reading: Reading, *, is_own: bool) -> Belief:
    """Return what is held of the clock now.

    Once somebody has vouched for the time, monotonic time carries it: quartz loses seconds in a week, and a show that runs well
    must not fall to its fallback because the network went hours ago. Only a clock that was set since to something else, with
    nobody to vouch for that, is not believed: not even by *is_own* when it is before what is known to have been.

    Args:
        before: What was held; as it is made, at the start of the machine.
        reading: Of this moment.
        is_own: The site keeps its clock by hand: nobody else needs to vouch for it.
    """
    ahead = reading.own - reading.monotonic
    is_vouched = is_own or reading.state is not ClockState.UNSYNCED
    is_carried = before.vouched is not None and abs(ahead - before.vouched) <= NEAR
    # A publisher's clock may be a little ahead of ours: that is no reason to think that ours is wrong.
    is_early = reading.floor - reading.own > NEAR
    vouched = ahead if is_vouched and not is_early else before.vouched
    now = Belief(trust=Trust.TRUSTED, state=reading.state, vouched=vouched)
    if (is_vouched or is_carried) and not is_early:
        return now
    why = EARLY if is_early else UNTOLD
    if before.trust is Trust.UNTRUSTED:
        return replace(now, trust=Trust.UNTRUSTED, why=why)
    since = reading.monotonic if before.doubted_since is None else before.doubted_since
    trust = Trust.DOUBTED if reading.monotonic - since < DOUBT else Trust.UNTRUSTED
    return replace(now, trust=trust, why=why, doubted_since=since)


class Timex(ctypes.Structure):
    """The beginning of `struct timex`; the rest is room for the kernel to write in."""

    _fields_ = (
        ("modes", ctypes.c_uint),
        ("offset", ctypes.c_long),
        ("freq", ctypes.c_long),
        ("maxerror", ctypes.c_long),
        ("esterror", ctypes.c_long),
        ("status", ctypes.c_int),
        ("rest", ctypes.c_byte * 512),  # the whole is 208 bytes at most
    )


def clock_state() -> ClockState:
    """Return how far this machine's clock may be believed."""
    return state_of(ask_kernel())


def state_of(kept: Kept | None) -> ClockState:
    """Return what the kernel's answer means. None, no answer, is holdover: a machine without one must not lose its shows."""
    if kept is None:
        return ClockState.HOLDOVER
    # The flag alone says too little: chrony leaves it set unless it may write the hardware's clock as well.
    if kept.max_error_us < _QUIET_US:
        return ClockState.SYNCED
    if kept.status & _STA_UNSYNC and kept.estimated_error_us >= _UNKNOWN_US:
        return ClockState.UNSYNCED
    return ClockState.HOLDOVER


def offset_of(kept: Kept | None) -> ClockOffset | None:
    """Return how far off the clock is; None: nobody keeps it who would know, or nobody has been heard of for hours.

    The most that it may be off is of no use for this: the kernel lets that grow by 500 µs each second, to a second between two
    questions of timesyncd's, while quartz that is kept loses some milliseconds in that time.
    """
    if kept is None or state_of(kept) is not ClockState.SYNCED or kept.estimated_error_us >= _UNKNOWN_US:
        return None
    return ClockOffset(kept.off_us, kept.estimated_error_us)


def ask_kernel() -> Kept | None:
    """Return what the kernel knows of its clock; None where it has no such call, or does not allow it."""
    try:
        adjtimex = ctypes.CDLL(None).adjtimex
    except (AttributeError, OSError, TypeError):
        return None
    answer = Timex()
    if adjtimex(ctypes.byref(answer)) < 0:
        return None
    off_us = int(answer.offset / _NS_IN_US) if answer.status & _STA_NANO else answer.offset
    return Kept(answer.status, answer.maxerror, answer.esterror, off_us)


def step(before: tuple[Nanos, Nanos], now: tuple[Nanos, Nanos]) -> Nanos:
    """Return by how much the wall clock was set between two readings; 0 when it was not, or by less than 250 ms.

    Args:
        before: Wall and monotonic time, read one right after the other.
        now: The same, later. A machine that slept in between counts as set forwards: its monotonic time stood still.
    """
    moved = (now[0] - now[1]) - (before[0] - before[1])
    return moved if abs(moved) >= STEP else 0
