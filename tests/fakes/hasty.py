"""A clock on which a second passes at every look: a slow server is slow at once."""

from __future__ import annotations

import threading

from player.units import SECOND, Nanos


class HastyClock:
    """Goes on by a second whenever it is looked at."""

    def __init__(self) -> None:
        self.now: Nanos = 0

    def wall(self) -> Nanos:
        """Stand still in the year 2027."""
        return 1_800_000_000 * SECOND

    def monotonic(self) -> Nanos:
        """Go on by a second."""
        self.now += SECOND
        return self.now

    def wait(self, until: threading.Event, length: Nanos) -> bool:
        """Not to be waited on."""
        del until, length
        return False
