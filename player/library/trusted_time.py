"""The time of day that leases and expiries are counted by: believed forwards, never backwards.

A machine without a battery wakes in 1970, and whoever sets a clock back could make an old word count again. So time is the latest
of the system's clock, the newest time that a signed source ever signed (plus what has passed since we learned it), and the day
that this program was made. Only signed times are stored: a clock that is ten years ahead harms nothing once it is put right.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

from player.clock import Clock, SystemClock, boot
from player.library import anchors
from player.library.anchors import SignedTime
from player.library.library import Library
from player.library.sources import sources
from player.units import SECOND, Nanos

MADE: Final[Nanos] = round(datetime(2026, 11, 21, tzinfo=UTC).timestamp()) * SECOND
"""When this version was made: no honest clock is before that."""


class TrustedClock:
    """A clock whose time of day never falls behind what was signed. Safe to use from every thread."""

    def __init__(self, clock: Clock, *, boot: str) -> None:
        """Count on *clock*; *boot* names this start of the machine."""
        self._clock = clock
        self._boot = boot
        self._began = clock.monotonic()
        self._ahead = MADE - self._began  # of monotonic time, at least

    def wall(self) -> Nanos:
        """Return UTC as nanoseconds since 1970."""
        return max(self._clock.wall(), self._clock.monotonic() + self._ahead)

    def own(self) -> Nanos:
        """Return the machine's own time of day, right or wrong."""
        return self._clock.wall()

    @property
    def machines(self) -> Clock:
        """The machine's own clock, right or wrong: all processes count alike by it, though each trusts it as far as it knows."""
        return self._clock

    def floor(self) -> Nanos:
        """Return what the time of day is at least, whatever the machine's own clock says."""
        return self._clock.monotonic() + self._ahead

    def by_the_calendar(self) -> Nanos:
        """Return the time of day by which things end that never come back: the machine's own, where that can be right.

        A feed that signed a far day, by mistake or not, makes photos disappear until it is put right; it must not delete them.
        """
        own = self._clock.wall()
        return own if own >= MADE else self.wall()

    def monotonic(self) -> Nanos:
        """Return nanoseconds that never jump."""
        return self._clock.monotonic()

    def wait(self, until: threading.Event, length: Nanos) -> bool:
        """Wait at most *length* for *until* to be set; return whether it was."""
        return self._clock.wait(until, length)

    def learned(self, signed_at: Nanos) -> SignedTime:
        """Return *signed_at* as learned now."""
        return SignedTime(signed_at, self._boot, self._clock.monotonic())

    def learn(self, library: Library) -> None:
        """Believe what the signed sources in *library* have signed, but for those that the configuration dropped.

        Else one that signed a date far ahead would keep all others from being believed for ever, though it is gone.

        Raises:
            LibraryError: it cannot be read.
        """
        if library.held_orders:
            dropped = {each.name for each in sources(library.connection).values() if not each.enabled}
            self.believe(anchors.signed_times(library.held_orders.connection, but=dropped))

    def believe(self, times: Iterable[SignedTime]) -> None:
        """Let no time of day be before any of *times* and what has passed since it was learned."""
        for time in times:
            # Of another start of the machine nobody knows how long it was off: what passed since is counted from our own.
            learned = time.monotonic if time.boot and time.boot == self._boot else self._began
            self._ahead = max(self._ahead, time.signed_at - learned)


def trusted_clock(library: Library | None = None) -> TrustedClock:
    """Return the machine's clock as it is to be trusted, and as *library* knows it.

    Raises:
        LibraryError: it cannot be read.
    """
    clock = TrustedClock(SystemClock(), boot=boot())
    if library:
        clock.learn(library)
    return clock
