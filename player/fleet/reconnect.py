"""When to try the broker again: pure. Ten thousand players that lost it at once must not come back at once.

Mosquitto on a small machine is easy at ten connections a second and saturates at a hundred: so `players / 12` seconds is what
everybody's first attempts are spread over, each at a place of its own; after that, full jitter over twice as long each time.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final

from player.units import MILLISECOND, SECOND, Nanos

PER_SECOND: Final = 12  # connections that a broker is asked to take
LEAST: Final[Nanos] = 5 * SECOND  # what the second attempt is spread over at least
LONGEST: Final[Nanos] = 15 * 60 * SECOND
MOST_PLAYERS: Final = 1_000_000  # a slip of the pen must not keep a player away for a week
TAKEN_OVER: Final[Nanos] = LONGEST  # somebody else has this id: two that throw each other out all night help nobody
SETTLED: Final[Nanos] = 60 * SECOND  # a connection that held for so long was one: the next attempt is a first one again


@dataclass(frozen=True, slots=True)
class Pace:
    """How one player comes back."""

    player: str
    players: int = 1
    """How many there are, as the centre tells."""

    @property
    def span(self) -> Nanos:
        """Over what everybody's first attempts are spread."""
        return min(max(self.players, 1), MOST_PLAYERS) * SECOND // PER_SECOND

    def first(self) -> Nanos:
        """Return how long to wait before the first attempt: the same at every start."""
        digest = hashlib.sha256(self.player.encode()).digest()
        return int.from_bytes(digest[:8]) % max(1, self.span // MILLISECOND) * MILLISECOND

    def after(self, failures: int, chance: float) -> Nanos:
        """Return how long to wait after so many *failures* in a row.

        Args:
            failures: From 1.
            chance: 0 to 1, evenly.
        """
        if failures <= 0:
            return self.first()
        ceiling = max(LEAST, self.span)
        for _ in range(min(failures - 1, 64)):
            ceiling = min(2 * ceiling, max(LONGEST, self.span))
        return round(ceiling * chance)

    def after_taken_over(self, chance: float) -> Nanos:
        """Return how long to wait when another one with this id has thrown us out: never soon."""
        return round(TAKEN_OVER * (0.5 + chance / 2))
