"""The screen's eye on the library: what moved, what may still be shown, which commands wait. Reads, never writes."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from player import log
from player.clock import Clock
from player.errors import LibraryError
from player.library import by_hand, dark, ranks, receipts, right
from player.library.header import is_database
from player.library.library import Library, identities, open_library
from player.library.orders import ORDERS, Command
from player.library.photo import Photo
from player.library.receipts import Receipt
from player.library.right import Rung
from player.library.schema import LIBRARY
from player.screen.withdrawing import Withdrawing, refusals
from player.units import MILLISECOND, SECOND, Nanos

LOOK_EVERY: Final[Nanos] = SECOND  # at what is up, at the files' identities and at commands, also when nothing moved
FRAME: Final[Nanos] = 16 * MILLISECOND  # the frame loop waits no longer for others that are opening the files; it looks again

_log = log.get("screen")


@dataclass(frozen=True, slots=True)
class Arrivals:
    """Whom the next choice could show."""

    rung: Rung = Rung.PLATE
    anybody: bool = False
    news: int | None = None
    """The photo that leads the debut lane."""


class Watch:
    """One connection of the frame loop; every call costs microseconds while nothing happens."""

    def __init__(
        self,
        folder: Path,
        clock: Clock,
        *,
        faulty: Callable[[], bool] | None = None,
        learn: Callable[[Library], None] | None = None,
        withdrawing: Withdrawing | None = None,
    ) -> None:
        """Watch the library in *folder*.

        Args:
            folder: The data folder.
            clock: Says by which time leases are counted.
            faulty: Given while the configuration is faulty: says when it was mended.
            learn: Called when the orders are another than before: what time it is may be written there.
            withdrawing: What may not be drawn though the orders do not say so yet.
        """
        self._withdrawing = withdrawing or Withdrawing()
        self._refusing = self._withdrawing.items
        self._faulty = faulty
        self._learn = learn
        self._folder = folder
        self._clock = clock
        self._library: Library | None = None
        self._identity = ""
        self._held: tuple[tuple[int, int], ...] | None = None
        self._versions: tuple[int, int] = (0, 0)
        self._next_look: Nanos = 0
        self._is_sound = True
        self.configuration_was_mended = False
        self.dark_demanded: int | None = None
        """Which demand for darkness lies in the folder, though perhaps nothing else there can be read."""
        self.answers = False
        """Whether the library could be read at the last look: a deaf screen cannot obey a withdrawal."""
        self._deaf = log.Edge(
            _log, begins="the library cannot be read: nothing but the plate is shown", ends="the library is read again"
        )

    def moved(self, now: Nanos) -> bool:
        """Return whether the right to show must be asked again: something was written or withdrawn, or a second has passed."""
        was_refusing, self._refusing = self._refusing, self._withdrawing.items
        return self._has_moved(now) or self._refusing is not was_refusing

    def _has_moved(self, now: Nanos) -> bool:
        if now >= self._next_look or dark.demanded(self._folder) != self.dark_demanded:
            self._next_look = now + LOOK_EVERY
            self._look()
            return True
        if self._library is None:
            return False
        try:
            versions = self._library.versions()
        except LibraryError as error:
            self._lose(error)
            return True
        if versions == self._versions:
            return False
        if versions[1] != self._versions[1]:
            self._learn_time()
        self._versions = versions
        return True

    def refused(self, photos: Iterable[Photo]) -> dict[int, str]:
        """Return the reason by key for each of *photos* that may not be drawn now."""
        asked = tuple(photos)
        by_hand = refusals(self._withdrawing.items, asked)  # before the orders are asked: from one to the other nothing is lost
        if self._library is None:
            return dict.fromkeys((photo.key for photo in asked), "the library cannot be read")
        try:
            return right.refusals(self._library, asked, self._clock.wall()) | by_hand
        except LibraryError as error:
            self._lose(error)  # opened again at the next look: then it is known what of it can be read
            return dict.fromkeys((photo.key for photo in asked), str(error))

    def withdrawals(self) -> tuple[Receipt, ...]:
        """Return the withdrawals that wait for the screen's answer. To be asked before the rights are: then they cover them."""
        if self._library is None or self._library.held_orders is None:
            return ()
        try:
            return receipts.for_screen(self._library.orders.connection)
        except LibraryError as error:
            self._lose(error)
            return ()

    def arrivals(self) -> Arrivals:
        """Return whether anybody may be shown now, and who waits in the debut lane."""
        if self._library is None:
            return Arrivals()
        try:
            ladder = right.ladder(self._library, self._clock.wall())
            return Arrivals(ladder.rung, bool(ladder.sources), ranks.first_news(self._library.connection, ladder.sources))
        except LibraryError as error:
            self._lose(error)
            return Arrivals()

    @property
    def orders(self) -> str:
        """The identity of the orders; empty while there are none."""
        return self._identity if self._library and self._library.held_orders else ""

    def commands(self, *, after: int = 0, limit: int = -1) -> tuple[Command, ...] | None:
        """Return the commands after a number that wait for the screen, at most *limit*; None while they cannot be read."""
        if self._library is None or self._library.held_orders is None:
            return None
        try:
            return self._library.orders.waiting("screen", after=after, limit=limit)
        except LibraryError as error:
            self._lose(error)
            return None

    def last_command(self, verbs: Collection[str], *, after: int) -> Command | None:
        """Return the newest command of these *verbs* that waits for the screen."""
        if self._library is None or self._library.held_orders is None:
            return None
        try:
            return self._library.orders.last_waiting("screen", verbs, after=after)
        except LibraryError as error:
            self._lose(error)
            return None

    def noted(self) -> by_hand.Note | None:
        """Return what holds by hand and is newer than what the orders say; None: nothing is."""
        return by_hand.noted(self._folder)

    def by_hand(self) -> dict[str, object] | None:
        """Return what was ordered by hand and still holds; None while it cannot be read."""
        if self._library is None or self._library.held_orders is None:
            return None
        try:
            return by_hand.kept(self._library.held_orders.connection)
        except LibraryError as error:
            self._lose(error)
            return None

    def close(self) -> None:
        """Let go of the library."""
        if self._library:
            self._library.close()
        self._library = None

    def _look(self) -> None:
        self.dark_demanded = dark.demanded(self._folder)
        if self._library and identities(self._folder) != self._held:
            self._lose(LibraryError("the data folder was replaced or deleted"))
        was_sound, self._is_sound = self._is_sound, _are_databases(self._folder)
        if self._library and was_sound and not self._is_sound:
            self._lose(LibraryError("a file of the library holds something else"))
        if self._library is None:
            self._open()
        self.configuration_was_mended = bool(self._faulty and self._faulty())

    def _open(self) -> None:
        try:
            self._library = open_library(self._folder, writer="screen", patience=FRAME)
            self._held = identities(self._folder)
            self._identity = self._library.orders.identity() if self._library.held_orders else ""
            self._versions = self._library.versions()
        except LibraryError as error:
            self._lose(error)
            return
        self.answers = True
        self._deaf.note("library", holds=False)
        self._learn_time()

    def _learn_time(self) -> None:
        if self._learn and self._library:
            try:
                self._learn(self._library)
            except LibraryError as error:
                self._lose(error)

    def _lose(self, error: LibraryError) -> None:
        self.answers = False
        self._deaf.note("library", holds=True, why=str(error))
        with contextlib.suppress(LibraryError):
            self.close()
        self._library = None


def _are_databases(folder: Path) -> bool:
    """Whether both files begin as SQLite's do: pages that we hold in memory would hide for long that the disk has lost them."""
    return all(is_database(folder / name) for name in (LIBRARY.name, ORDERS.name))
