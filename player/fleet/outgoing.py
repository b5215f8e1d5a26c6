"""What is on its way to the broker: a voice as bytes, with where it goes and how surely it must arrive.

Whoever has something to say is asked once in a while, `step(now)`, and answers with what is to be sent now. What must not be lost
carries a token: it counts as told once the broker has acknowledged it, and is said again otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from player.clock import Clock
from player.fleet import topics
from player.fleet.topics import Kind
from player.fleet.voices import Stamp, Voice, payload
from player.units import MILLISECOND

AT_MOST_ONCE: Final = 0
AT_LEAST_ONCE: Final = 1


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message to be sent."""

    topic: str
    payload: bytes
    qos: int = AT_MOST_ONCE
    retain: bool = False
    token: int | None = None
    """What its sender knows it by, once the broker has it; None: nobody asks."""


class Sealing:
    """Makes messages of one player, in one life of its process: each has the next number."""

    def __init__(self, player: str, session: str, clock: Clock) -> None:
        """Speak for *player*; *session* names this life, in 8 hexadecimal digits."""
        self.player = player
        self.session = session
        self._clock = clock
        self._seq = 0

    def stamp(self) -> Stamp:
        """Return the stamp of the next message."""
        self._seq += 1
        return Stamp(self.session, self._seq, self._clock.wall() // MILLISECOND)

    def message(
        self, kind: Kind, voice: Voice, *, qos: int = AT_MOST_ONCE, retain: bool = False, token: int | None = None
    ) -> Outgoing:
        """Return *voice* as a message on our own topic of this *kind*.

        Raises:
            WireError: it does not fit.
        """
        return Outgoing(topics.of_player(self.player, kind), payload(voice, self.stamp()), qos, retain, token)
