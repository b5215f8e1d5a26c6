"""What the kernel knows of its own clock, and whether somebody has just set it.

The kernel is asked by adjtimex(2), which changes nothing and needs no right. Whoever keeps the time (timesyncd, chrony, ntpd)
tells the kernel how far off it may be; the kernel lets that grow by 500 µs each second, and after nine hours without a word
calls the clock unsynchronised. What its keeper last estimated stays, however, until somebody sets the clock: that is how
a site that lost its network yesterday is told from a machine that has just started.
"""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from player.units import MILLISECOND, Nanos

STEP: Final[Nanos] = 250 * MILLISECOND  # keepers slew what is smaller: at most 500 µs in a second

_STA_UNSYNC: Final = 0x0040
_UNKNOWN_US: Final = 16_000_000  # what the kernel calls an error that nobody knows (NTP_PHASE_LIMIT)
_QUIET_US: Final = 4_000_000  # over two hours without a word; keepers ask at least every 34 minutes


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
    """The kernel's answer: its status bits, and its two errors in microseconds.

    Attributes:
        status: STA_ bits of adjtimex(2).
        max_error_us: The most that the clock may be off; grows while nobody is heard of.
        estimated_error_us: What its keeper last thought; does not grow.
    """

    status: int
    max_error_us: int
    estimated_error_us: int


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


def ask_kernel() -> Kept | None:
    """Return what the kernel knows of its clock; None where it has no such call, or does not allow it."""
    try:
        adjtimex = ctypes.CDLL(None).adjtimex
    except (AttributeError, OSError, TypeError):
        return None
    answer = Timex()
    if adjtimex(ctypes.byref(answer)) < 0:
        return None
    return Kept(answer.status, answer.maxerror, answer.esterror)


def step(before: tuple[Nanos, Nanos], now: tuple[Nanos, Nanos]) -> Nanos:
    """Return by how much the wall clock was set between two readings; 0 when it was not, or by less than 250 ms.

    Args:
        before: Wall and monotonic time, read one right after the other.
        now: The same, later. A machine that slept in between counts as set forwards: its monotonic time stood still.
    """
    moved = (now[0] - now[1]) - (before[0] - before[1])
    return moved if abs(moved) >= STEP else 0
