"""Older withdrawals, told in turn: the hint that the broker keeps has room for the newest alone.

Whoever was away while more than that were withdrawn, or was enrolled since, hears the others so, beside what its feed lists. They
are said and not retained: the newest stay at the broker. While everybody who is there knows them, nothing is said.
"""

from __future__ import annotations

from typing import Final

from player.centre import hinting, ledger
from player.centre.link import Message
from player.centre.signing import Signer
from player.centre.store import Store
from player.clock import Clock
from player.units import SECOND, Nanos

EVERY: Final[Nanos] = 60 * SECOND  # one message of 4 kB at most, to everybody
ROUND_EVERY: Final[Nanos] = 3600 * SECOND  # one that never answers must not keep all lines busy


class Reminding:
    """Whose turn it is."""

    def __init__(self, store: Store, signer: Signer, clock: Clock) -> None:
        """Begin with the newest that the hint has no room for."""
        self._store, self._signer, self._clock = store, signer, clock
        self._after: int | None = None
        self._next: Nanos = clock.monotonic()
        self._began = self._next

    def due(self) -> tuple[Message, ...]:
        """Return what is to be said now, signed; mostly nothing.

        Raises:
            LibraryError: the file cannot be read.
        """
        now = self._clock.monotonic()
        if now < self._next:
            return ()
        self._next = now + EVERY
        if self._after is None:
            self._began = now
        older = hinting.older(ledger.withdrawals(self._store))
        part = hinting.in_turn(older, self._after)
        if not part:
            self._after, self._next = None, max(self._next, self._began + ROUND_EVERY if older else 0)
            return ()
        asked = ledger.unheard(self._store, part)
        if not asked:
            self._after = part[-1].number
            return ()
        hint, after = hinting.reminder(asked)
        self._after = after if len(hinting.told(hint)) < len(asked) else part[-1].number
        return (self._signer.hint(hint, is_retained=False),) if hinting.told(hint) else ()
