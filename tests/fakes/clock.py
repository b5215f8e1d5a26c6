"""A clock that moves only when it is told to, or when somebody waits."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from typing import Final

from player.library.trusted_time import TrustedClock
from player.units import SECOND, Nanos

OPENING: Final[Nanos] = round(datetime(2027, 1, 20, 9, tzinfo=UTC).timestamp()) * SECOND
"""2027-01-20T09:00:00Z, one hour after the publisher of the tests approves."""


MOMENT_S: Final = 0.001


class FakeClock:
    """Wall and monotonic time by hand. Waiting takes no real time: it moves both at once."""

    def __init__(self, wall: Nanos = OPENING, monotonic: Nanos = 0) -> None:
        self._lock = threading.Lock()
        self._wall = wall
        self._monotonic = monotonic

    def wall(self) -> Nanos:
        """Return the time of day, in nanoseconds since 1970."""
        with self._lock:
            return self._wall

    def monotonic(self) -> Nanos:
        """Return nanoseconds that never jump."""
        with self._lock:
            return self._monotonic

    def wait(self, until: threading.Event, length: Nanos) -> bool:
        """Let *length* pass at once unless *until* is set; return whether it is."""
        if not until.is_set():
            self.advance(max(0, length))
        return until.is_set()

    def advance(self, length: Nanos) -> None:
        """Let *length* pass."""
        with self._lock:
            self._wall += length
            self._monotonic += length

    def step(self, by: Nanos) -> None:
        """Set the wall clock *by* this much forwards or backwards, as NTP does; monotonic time goes on."""
        with self._lock:
            self._wall += by


class PacedClock(FakeClock):
    """For threads that run beside a test: each wait takes a moment of real time, or they would spin, and let hours pass by."""

    def wait(self, until: threading.Event, length: Nanos) -> bool:
        """Let *length* pass unless *until* is set within a moment; return whether it is."""
        if not until.wait(MOMENT_S):
            self.advance(max(0, length))
        return until.is_set()


class SteppedClock(FakeClock):
    """A clock by hand whose time of day is the trusted one, as the processes of a player have it."""

    def __init__(self) -> None:
        super().__init__()
        self.trusted = TrustedClock(_Underneath(self), boot="this one")

    def wall(self) -> Nanos:
        """Return the time that counts."""
        return self.trusted.wall()

    @property
    def system(self) -> Nanos:
        """What the machine's own clock says."""
        return super().wall()


class _Underneath:
    """The machine's clock under a stepped one."""

    def __init__(self, clock: SteppedClock) -> None:
        self._clock = clock

    def wall(self) -> Nanos:
        return self._clock.system

    def monotonic(self) -> Nanos:
        return self._clock.monotonic()

    def wait(self, until: threading.Event, length: Nanos) -> bool:
        return self._clock.wait(until, length)
