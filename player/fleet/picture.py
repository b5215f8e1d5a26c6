"""The wall as a picture in a message, which the screen made small: once an hour, when a show begins, and when somebody asks.

Nothing is decoded here. None is sent while it may show somebody who was withdrawn: not even the one that was asked for.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Final

from player import log
from player.clock import Clock
from player.errors import LibraryError
from player.fleet.outgoing import Outgoing, Sealing
from player.fleet.reporting import phase
from player.fleet.topics import Kind
from player.fleet.voices import MAX_JPEG, Picture
from player.library import receipts
from player.library.heard import heard, is_of_now
from player.library.leftovers import THUMBNAIL
from player.library.library import Library
from player.units import MILLISECOND, SECOND, Nanos

EVERY: Final[Nanos] = 3600 * SECOND
LOOK_EVERY: Final[Nanos] = 2 * SECOND  # for a show that begins
SETTLES: Final[Nanos] = 15 * SECOND  # after a show began: its first slide has faded in by then
LEAST: Final[Nanos] = 10 * SECOND  # between two, however often somebody asks
PATIENCE: Final[Nanos] = 120 * SECOND  # how long one that was asked for is waited for, while it may show who was withdrawn
_HEADER: Final = b"\xff\xd8\xff"
_BEFORE_FRAME: Final = frozenset({0xC4, 0xCC, 0xDB, 0xDD, *range(0xE0, 0xF0), 0xFE})  # segments that may stand before it
_FRAME_MARKERS: Final = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
_MAX_SIDE: Final = 2000  # of a thumbnail; 240 in truth

_log = log.get("fleet")


class Pictures:
    """Says when a picture is due. For one thread."""

    def __init__(self, opened: Callable[[], Library], sealing: Sealing, *, folder: Path, clock: Clock) -> None:
        """Send what lies in the data *folder*."""
        self._opened = opened
        self._sealing = sealing
        self._folder = folder
        self._clock = clock
        self._next_look: Nanos | None = None
        self._show: tuple[object, object] | None = None
        self._turn: int | None = None
        self._due: Nanos | None = None
        """From when on one is to be sent (monotonic); None: none is."""
        self._until: Nanos = 0
        self._last: Nanos | None = None
        self._withheld = log.Edge(
            _log, begins="no picture is sent: it may show somebody who was withdrawn", ends="pictures may be sent again"
        )

    def ask(self) -> None:
        """Somebody wants to see the wall."""
        self._want(self._clock.monotonic())

    def step(self, now: Nanos) -> tuple[Outgoing, ...]:
        """Return a picture, if one is due *now* (monotonic) and may be seen."""
        if self._next_look is None or now >= self._next_look:
            self._next_look = now + LOOK_EVERY
            self._look(now)
        if self._due is None or now < self._due or (self._last is not None and now - self._last < LEAST):
            return ()
        if now > self._until:
            self._due = None
            return ()
        found = self._picture()
        if found is None:
            return ()
        self._due, self._last = None, now
        return (self._sealing.message(Kind.PICTURE, found),)

    def _want(self, at: Nanos) -> None:
        self._due = at if self._due is None else min(at, self._due)
        self._until = max(self._until, at + PATIENCE)

    def _look(self, now: Nanos) -> None:
        said = heard(self._folder)
        if not is_of_now(said, self._clock):
            return
        show, turn = (said.get("show"), said.get("slot")), (self._clock.wall() - phase(self._sealing.player, EVERY)) // EVERY
        if show != self._show:
            self._want(now + SETTLES)
        elif turn != self._turn:
            self._want(now)
        self._show, self._turn = show, turn

    def _picture(self) -> Picture | None:
        """Return what is on the wall; None: nothing that may be seen, or nobody knows."""
        if not is_of_now(heard(self._folder), self._clock):
            return None
        try:
            with (self._folder / THUMBNAIL).open("rb") as file:
                taken_at = os.fstat(file.fileno()).st_mtime_ns
                content = file.read(MAX_JPEG + 1)
        except OSError:
            return None
        try:
            # After it was read: what is withdrawn from now on was not known when the screen made it.
            orders = self._opened().held_orders
            may = orders is not None and not receipts.may_show_withdrawn(orders.connection, taken_at)
        except LibraryError:
            may = False
        self._withheld.note("picture", holds=not may)
        sides = size_of(content) if may and len(content) <= MAX_JPEG else None
        return Picture(content, *sides, taken_at // MILLISECOND) if sides else None


def size_of(jpeg: bytes) -> tuple[int, int] | None:
    """Return width and height as a JPEG's own header has them (ITU-T T.81, B.2.2); None: it is none that is whole so far."""
    at = len(_HEADER) - 1
    if not jpeg.startswith(_HEADER):
        return None
    while at + 9 <= len(jpeg) and jpeg[at] == _HEADER[0]:
        if jpeg[at + 1] in _FRAME_MARKERS:
            height, width = int.from_bytes(jpeg[at + 5 : at + 7]), int.from_bytes(jpeg[at + 7 : at + 9])
            return (width, height) if 0 < width <= _MAX_SIDE and 0 < height <= _MAX_SIDE else None
        if jpeg[at + 1] not in _BEFORE_FRAME:  # decoders skip such bytes in other ways than this
            return None
        at += 2 + int.from_bytes(jpeg[at + 2 : at + 4])
    return None
