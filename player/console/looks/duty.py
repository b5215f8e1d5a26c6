"""Whether what is ordered would be done: a withdrawal recorded, obeyed by the screen, its bytes deleted; and by whom it is not.

How long something waits is told by when it was first seen to wait: what a wrong clock has dated ahead is not younger for that.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from player.clock import Clock
from player.console.looks.kept import Kept
from player.console.looks.processes import Process, Processes
from player.errors import LibraryError
from player.library import receipts, recording
from player.library.orders import Orders
from player.units import SECOND, Nanos

if TYPE_CHECKING:
    from player.console.desk import Desk

SCREEN: Final = "screen"
INGEST: Final = "ingest"
TRIED_EVERY: Final[Nanos] = 5 * SECOND
TRIED_FOR: Final[Nanos] = SECOND  # others' transactions last 20 ms; a page asks for this, and must not wait long


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """How far it would be done."""

    unrecorded: str = ""
    """Why no withdrawal can be recorded; empty: one can."""
    unanswered: Nanos = 0
    """For how long the oldest order has waited for the screen."""
    undone: Nanos = 0
    """For how long the oldest order, or withdrawal whose bytes are to be deleted, has waited for ingest."""
    processes: tuple[Process, ...] = ()

    @property
    def unsteady(self) -> tuple[str, ...]:
        """Which processes are down, or do not stay up."""
        return tuple(process.name for process in self.processes if not process.is_steady)


class Waits:
    """Since when the oldest of what waits has been seen to wait. Safe to use from every thread."""

    def __init__(self) -> None:
        self._seen: tuple[object, Nanos] | None = None

    def note(self, oldest: object, now: Nanos) -> Nanos:
        """Return for how long *oldest*, None where nothing waits, has been the one that waits at *now* (monotonic)."""
        seen = self._seen
        if seen is None or seen[0] != oldest:
            self._seen = seen = oldest, now
        return 0 if oldest is None else now - seen[1]


class Duties:
    """What one console remembers of it."""

    def __init__(self) -> None:
        self._screen, self._ingest, self._purge = Waits(), Waits(), Waits()
        self._recording: Kept[str] = Kept(TRIED_EVERY)

    def look(self, orders: Orders | None, processes: Processes, clock: Clock, *, unrecorded: str = "") -> Duty:
        """Return how far it would be done, as far as anybody knows without *orders*; in a thread.

        Raises:
            LibraryError: the orders cannot be read.
        """
        now = clock.monotonic()
        return Duty(
            unrecorded=unrecorded,
            unanswered=self._unanswered(orders, now, clock.wall()) if orders else 0,
            undone=self._undone(orders, now) if orders else 0,
            processes=processes.look(now),
        )

    async def unrecorded(self, desk: Desk) -> str:
        """Return why no withdrawal can be recorded: tried every few seconds, in a lane that hangs with nobody else."""

        async def find() -> str:
            attempt: Callable[[], None] = partial(recording.attempt, desk.folder, patience=TRIED_FOR)
            try:
                await desk.lanes.run(desk.lanes.trying, attempt, within=2 * TRIED_FOR)
            except LibraryError as error:
                return str(error)
            return ""

        return await self._recording.get(desk.folder, find, now=desk.clock.monotonic())

    def _unanswered(self, orders: Orders, now: Nanos, wall: Nanos) -> Nanos:
        oldest = next(iter(orders.waiting(SCREEN, limit=1)), None)
        seen_for = self._screen.note(oldest and oldest.id, now)
        return max(seen_for, wall - oldest.at) if oldest else 0  # by its date as well: we may have come later than it

    def _undone(self, orders: Orders, now: Nanos) -> Nanos:
        order = next(iter(orders.waiting(INGEST, limit=1)), None)
        owed = next(iter(receipts.for_purge(orders.connection, limit=1)), None)
        return max(self._ingest.note(order and order.id, now), self._purge.note(owed and owed.key, now))
