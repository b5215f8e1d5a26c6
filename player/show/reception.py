"""What a slot with a live stream shows: the stream, its title page while it is awaited, or the other show. Pure.

A face must not stand still on the wall, and a wall must not change its mind every second. So a stream leaves when it stands, and
comes back once it has moved for a while.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from player.units import MILLISECOND, SECOND, Nanos

STILL: Final[Nanos] = 2 * SECOND  # the last frame may stand; with the fade that hides it, nobody sees a still face for 3 s
AWAITED: Final[Nanos] = 15 * SECOND  # how long the title page stands in for it
STEADY: Final[Nanos] = SECOND  # it must have moved for so long to come back
APART: Final[Nanos] = 3 * SECOND  # between leaving and coming back: a page that flashes up is worse than one that stands
CALM: Final[Nanos] = 30 * SECOND  # on without a break; one that breaks off sooner must be steady for twice as long next time
MOST_STEADY: Final[Nanos] = 16 * SECOND  # longer than it is awaited: what goes on flickering leaves the wall to the other show
LAST_FRAME: Final[Nanos] = 100 * MILLISECOND  # that the last one of a stream that has ended is on screen


class Air(Enum):
    """What of a slot with a stream is on."""

    STREAM = auto()
    PAGE = auto()
    """Its title, while the stream is awaited."""
    OTHERWISE = auto()
    """The show that comes where there is no stream."""


@dataclass(frozen=True, slots=True)
class Received:
    """What is known of a stream at an instant. All instants CLOCK_MONOTONIC."""

    newest: Nanos | None
    """When the frame that is to be seen was due; None: there is none."""
    is_lost: bool = False
    """Nobody decodes it any more."""
    has_ended: bool = False
    """It has said so itself."""
    is_given_up: bool = False
    """For now: nothing came of it for long. Heeded once its slot has waited as long, for it may have been opened long before."""


class Reception:
    """One stream, from the time on when it is opened."""

    def __init__(self, now: Nanos) -> None:
        self.air = Air.PAGE
        """As of the last `tick`."""
        self._newest = now
        """When its last frame was due; when it was opened, where there was none."""
        self._waits_since = now
        self._moves_since: Nanos | None = None
        self._came: Nanos = now
        self._left: Nanos | None = None
        """When it was on the last time; None: it never was."""
        self._steady = STEADY
        """How long it must have moved to come back."""
        self._is_on = False

    @property
    def is_alive(self) -> bool:
        """Whether a slot goes on for it past its end: it is on, or has just stalled."""
        return self._is_on and self.air is not Air.OTHERWISE

    def tick(self, now: Nanos, received: Received, *, start: Nanos | None) -> None:
        """Take in what is *received* by *now*.

        Args:
            now: CLOCK_MONOTONIC, never going back.
            received: What is known of it.
            start: When its slot begins or began, by the same clock: nobody waits for it before; None: no slot is to be on.
        """
        self._newest = self._newest if received.newest is None else received.newest
        moves = self._moves(now, received)
        self._moves_since = None if not moves else now if self._moves_since is None else self._moves_since
        begun = start is not None and now >= start
        before = self.air
        is_on = moves and (before is Air.STREAM or self._may_come(now))
        if before is Air.STREAM and not is_on:
            self._waits_since = self._newest
            if begun:
                self._steady = STEADY if now - self._came >= CALM else min(2 * self._steady, MOST_STEADY)
        if is_on:
            self.air = Air.STREAM
            self._left = now if begun else self._left
        elif received.has_ended or (received.is_given_up and (start is None or now - start > AWAITED)):
            self.air = Air.OTHERWISE
        elif self.air is not Air.OTHERWISE or not begun:
            since = max(self._waits_since, now if start is None else start)
            self.air = Air.OTHERWISE if now - since > AWAITED else Air.PAGE
        if before is not Air.STREAM and self.air is Air.STREAM:
            self._came = now
        self._is_on = begun and (self._is_on or self.air is Air.STREAM)

    def _moves(self, now: Nanos, received: Received) -> bool:
        most = LAST_FRAME if received.has_ended else STILL
        return received.newest is not None and not received.is_lost and now - received.newest <= most

    def _may_come(self, now: Nanos) -> bool:
        """Whether it may come on: at once the first time, for nobody saw it break off; else when it is steady again."""
        if self._left is None:
            return True
        return self._moves_since is not None and now - self._moves_since >= self._steady and now - self._left >= APART
