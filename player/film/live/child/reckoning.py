"""Where the pictures of a run have come to, against the lengths that its playlist gives them. Pure.

How far behind a stream is follows from it. Two things move it while a run goes on, and both add up through a ceremony: frames
that are set anew after a wait for bytes, and segments that are listed as longer or shorter than they are, such as 4 s for 3.84 s.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from player.units import MILLISECOND, SECOND, Nanos

NEWS: Final[Nanos] = 250 * MILLISECOND  # apart from what was told last; less is decoding's own unrest, and not worth a line
NEAR: Final[Nanos] = 5 * SECOND  # between a segment's first packet and the frame that is found for it; more is a jump


class Reached(NamedTuple):
    """A point of a run."""

    at: Nanos
    """In the ring's time."""
    listed: Nanos
    """How much of the run comes before it, as listed."""


class Reckoning:
    """One run after another."""

    def __init__(self) -> None:
        self._told: Nanos | None = None
        self._listed: Nanos | None = None
        self._claimed: Nanos = 0

    def begin_run(self) -> None:
        """Know nothing of it yet."""
        self._told = self._listed = None

    def begun(self, at: Nanos) -> None:
        """Take it that the run's first frame was told to be there."""
        self._told = at

    def segment(self, listed: Nanos, claimed: Nanos) -> None:
        """Take note of a segment, before which so much of the run was *listed*; its first packet *claimed* that instant."""
        self._listed, self._claimed = listed, claimed

    def frame(self, claimed: Nanos, at: Nanos) -> Reached | None:
        """Take note that a frame which *claimed* that instant was placed; return what is now to be told, if anything is."""
        listed = self._listed
        if listed is None or claimed < self._claimed:
            return None
        self._listed = None
        reached = Reached(max(0, at - (claimed - self._claimed)), listed)
        origin = reached.at - listed
        if self._told is None or claimed - self._claimed > NEAR or abs(origin - self._told) < NEWS:
            return None
        self._told = origin
        return reached
