"""What decides besides the schedule: orders in the library, and the screen's own word. And the journal.

For one thread, but for glances.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Final, cast

from player import log
from player.errors import LibraryError
from player.library import by_hand, dark
from player.library.library import Library, identities, open_library
from player.library.trusted_time import TrustedClock
from player.projector.wanted import Circumstances
from player.show.on_air import Manual, from_record
from player.units import SECOND, Nanos

WRITER: Final = "projector"
STATUS: Final = "status.json"
"""In the data folder: how the screen is, written by it each second."""
FRESH: Final[Nanos] = 10 * SECOND  # what the screen says each second is of now
MAX_STATUS_BYTES: Final = 100_000  # 1 kB in truth
KIND: Final = "projector"
"""The journal's kind of line: `{"projector": …, "did": …, "answer": …}`."""

NOTHING: Final = Manual()
"""Nothing by hand."""

_log = log.get("projector")


class Desk:
    """Reads what operators have ordered. Slow where a disk is slow."""

    def __init__(self, folder: Path, clock: TrustedClock, *, before: Manual = NOTHING) -> None:
        """Look into *folder*; *before* is what held when anybody knew last, until the orders can be read."""
        self._folder = folder
        self._clock = clock
        self._library: Library | None = None
        self._held: tuple[tuple[int, int], ...] | None = None
        self._versions: tuple[int, int] | None = None
        self._manual = before
        self._unread = log.Edge(
            _log, begins="what operators ordered cannot be read; the last that was known holds", ends="orders are read again"
        )

    def close(self) -> None:
        """Close the library."""
        if self._library:
            self._library.close()
        self._library = None

    def look(self) -> Circumstances:
        """Return what holds by hand; what was known last where that cannot be read. Whether there is a clock others say.

        A demand for darkness counts before the screen has obeyed it: perhaps the screen hangs.
        """
        try:
            self._read()
        except LibraryError as error:
            self.close()
            self._unread.note("library", holds=True, why=str(error))
        else:
            self._unread.note("library", holds=False)
        return self.glance()

    def glance(self) -> Circumstances:
        """Return what holds by hand without waiting for anybody: by small files, and the orders as they were read last."""
        newer = by_hand.noted(self._folder)  # what the orders have not taken yet: they may be held by somebody who hangs
        manual = from_record(newer.state) if newer else self._manual
        if dark.demanded(self._folder) is not None:
            manual = replace(manual, is_dark=True)
        return Circumstances(manual, is_attended=self._is_attended())

    def note(self, projector: str, did: str, answer: str) -> None:
        """Write in the journal what a projector was told, and what it answered; what cannot be written is in the log."""
        orders = self._library.held_orders if self._library else None
        if not orders:
            return
        try:
            orders.note(KIND, {"projector": projector, "did": did, "answer": answer}, at=self._clock.wall())
        except LibraryError as error:
            _log.warning("the journal cannot be written", why=str(error))

    def _is_attended(self) -> bool:
        """Return whether the screen says that a test card is up or its outputs are being edited; that is kept nowhere else."""
        try:
            with (self._folder / STATUS).open("rb") as file:
                found: object = json.loads(file.read(MAX_STATUS_BYTES))
        except (OSError, ValueError, RecursionError):
            return False
        said = cast("dict[str, object]", found) if isinstance(found, dict) else {}
        at = said.get("at")
        return said.get("attended") is True and isinstance(at, int) and abs(self._clock.wall() - at) < FRESH

    def _read(self) -> None:
        if self._library and identities(self._folder) != self._held:
            self.close()
        if self._library is None:
            self._library = open_library(self._folder, writer=WRITER)
            self._held, self._versions = identities(self._folder), None
            self._clock.learn(self._library)
        versions = self._library.versions()
        if versions != self._versions and self._library.held_orders:
            self._manual = from_record(by_hand.kept(self._library.held_orders.connection))
            self._versions = versions
