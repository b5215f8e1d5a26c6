"""When a live frame is due. Pure.

What streams call an instant is only good for the distance between two frames. The first one of a run is due a little from now;
the others follow at their distances. When there was nothing to decode and frames come late for it, they are set anew.

An instant of the ring (`at`) is CLOCK_MONOTONIC less an epoch that the keeper chose once: so a frame's `at` and its `due` differ
by a constant, whatever the stream does, and sound follows the picture as a film's does.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from player.film.timeline import SMALL_STEP
from player.units import MILLISECOND, SECOND, Nanos

LEAD: Final[Nanos] = 300 * MILLISECOND  # between decoding the first frame and showing it: a ring of frames is full by then
LEAP: Final[Nanos] = SECOND  # forward from one frame to the next; more is a jump of the stream's clock, not a pause
STARVED: Final[Nanos] = 250 * MILLISECOND  # late after a wait for bytes: the reserve was too small, and is made again


class Due(NamedTuple):
    """Where a frame belongs."""

    at: Nanos
    """In the ring's time."""
    shift: Nanos | None
    """What is now added to the stream's instants; None: as before."""


class LiveTimeline:
    """Instants of the pictures of one stream, always forward."""

    def __init__(self, *, last: Nanos | None) -> None:
        """*last*: the newest instant in the ring already, from a decoder before this one."""
        self._last = last
        self._next: Nanos = 0 if last is None else last + SMALL_STEP
        self._shift: Nanos | None = None

    def begin_run(self) -> None:
        """Expect other instants: what follows does not follow what was."""
        self._shift = None

    def place(self, claimed: Nanos | None, lasts: Nanos, *, now: Nanos, has_waited: bool) -> Due:
        """Return where a frame belongs that *claimed* an instant, or none, and *lasts* so long.

        *now*, in the ring's time; *has_waited*: whether there was nothing to decode before it came.
        """
        before = self._shift
        if before is None:
            at = self._set(claimed, max(now + LEAD, self._next))
        else:
            at = self._next if claimed is None else claimed + before
            if at < self._next - lasts - SECOND // 2 or at > self._next + LEAP:
                at = self._set(claimed, self._next)
            if has_waited and now - at > STARVED:
                at = self._set(claimed, max(now + LEAD, self._next))
        if self._last is not None and at <= self._last:
            at = self._last + SMALL_STEP
        self._last, self._next = at, at + lasts
        return Due(at, self._shift if self._shift != before else None)

    def _set(self, claimed: Nanos | None, at: Nanos) -> Nanos:
        if claimed is not None:
            self._shift = at - claimed
        elif self._shift is None:
            self._shift = 0
        return at
