"""Looking: what the library, the screen's own word, the disk, the clock and the signed feeds say, each without the others."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, cast

from player.alarms.rules import HOUR, MINUTE, Facts
from player.errors import LibraryError
from player.library import by_hand, journal, receipts, right
from player.library.leftovers import SIGNED
from player.library.library import Library, identities, is_writable, open_library
from player.library.orders import Orders
from player.library.right import Rung
from player.library.sources import Standing, sources, standing
from player.library.trusted_time import TrustedClock
from player.settings import Configuration
from player.timekeeping import ClockState, clock_state
from player.units import SECOND, Nanos

WRITER: Final = "alarms"
STATUS: Final = "status.json"
"""In the data folder: how the screen is, written by it each second."""
MISSED: Final = "missed"
"""The journal's kind of line for a show that was to be on and was not: `{"slot": …, "show": …}`."""

GONE_WITHIN: Final[Nanos] = MINUTE  # of a withdrawal being known, every byte is gone
MISSED_FOR: Final[Nanos] = HOUR  # a missed show is news for so long
VERIFY_EVERY: Final[Nanos] = HOUR  # reading through the journal of a year takes seconds
EXPIRIES_EVERY: Final[Nanos] = 10 * MINUTE
MAX_STATUS_BYTES: Final = 100_000  # 1 kB in truth
MAX_ROLE_BYTES: Final = 4_000_000  # as a signed feed's reader takes it
BY_PEOPLE: Final = ("root", "targets", "approved", "withdrawn")
"""The roles that people sign; the publisher's own machine signs the others every few minutes."""


class Lookout:
    """Looks at one player. Used by one thread; slow where a disk is slow."""

    def __init__(
        self, configuration: Configuration, clock: TrustedClock, *, kernel: Callable[[], ClockState] = clock_state
    ) -> None:
        self._configuration = configuration
        self._folder = configuration.data
        self._clock = clock
        self._kernel = kernel
        self._began = clock.monotonic()
        self._library: Library | None = None
        self._held: tuple[tuple[int, int], ...] | None = None
        self._fault: str | None = None
        self._next_verify: Nanos = self._began
        self._expiring: Mapping[str, Nanos] | None = None
        self._next_expiries: Nanos = self._began

    def close(self) -> None:
        """Close the library."""
        if self._library:
            self._library.close()
        self._library = None

    def look(self) -> Facts:
        """Return what is found now. What cannot be looked at is left open."""
        now = self._clock.monotonic()
        folder, free = self._disk()
        facts = Facts(
            at=self._clock.wall(),
            folder=folder,
            free_bytes=free,
            is_clock_trusted=self._kernel() is not ClockState.UNSYNCED,
            expiring=self._expiries(now),
            screen_at=self._screen(now),
        )
        try:
            library = self._opened()
            return self._with_library(library, facts, now)
        except LibraryError as error:
            self.close()
            return replace(facts, folder=folder or str(error))

    def _opened(self) -> Library:
        if self._library and identities(self._folder) != self._held:
            self.close()
        if self._library is None:
            self._library = open_library(self._folder, writer=WRITER)
            self._held = identities(self._folder)
            self._clock.learn(self._library)
        return self._library

    def _with_library(self, library: Library, facts: Facts, now: Nanos) -> Facts:
        at = facts.at
        known = [source for source in sources(library.connection).values() if source.enabled]
        found = {source.name: standing(source, at) for source in known if not source.is_core}
        orders = library.held_orders
        facts = replace(
            facts,
            plate=bool(known) and right.ladder(library, at).rung is Rung.PLATE,
            silent={name: word.value for name, word in found.items() if word is not Standing.LIVE},
        )
        if orders is None:
            return replace(facts, journal_fault=library.lost)
        if now >= self._next_verify or self._fault is None:
            self._next_verify = now + VERIFY_EVERY
            self._fault = _verified(orders)
        late = [each for each in receipts.for_purge(orders.connection) if at - each.known_at > GONE_WITHIN]
        return replace(
            facts,
            journal_fault=self._fault,
            unfinished=len(late),
            is_dark=by_hand.kept(orders.connection).get("is_dark") is True,
            missed=_missed(orders, at),
        )

    def _disk(self) -> tuple[str, int | None]:
        try:
            free = shutil.disk_usage(self._folder).free
        except OSError as error:
            return f"{self._folder} does not answer: {error.strerror}", None
        return "" if is_writable(self._folder) else f"{self._folder} may not be written", free

    def _screen(self, now: Nanos) -> Nanos | None:
        """Return when the screen last said how it is; nobody can say before it has had the time to."""
        with suppress(OSError, ValueError, LookupError, TypeError):
            with (self._folder / STATUS).open("rb") as file:
                said = cast("Mapping[str, object]", json.loads(file.read(MAX_STATUS_BYTES)))
            if isinstance(said["at"], int):
                return said["at"]
        return 0 if now - self._began > MINUTE else None

    def _expiries(self, now: Nanos) -> Mapping[str, Nanos] | None:
        if now >= self._next_expiries:
            self._next_expiries = now + EXPIRIES_EVERY
            signed = [name for name, feed in self._configuration.settings.feeds.items() if feed.trust == "signed"]
            self._expiring = {
                f"{name}, {role}": end for name in signed for role, end in expiries(self._folder / SIGNED, name).items()
            }
        return self._expiring


def expiries(folder: Path, feed: str) -> dict[str, Nanos]:
    """Return when what people signed of *feed* ends, by role, as far as its cache in *folder* holds it.

    The cache is not verified here: what is read is for a reminder alone.
    """
    with suppress(OSError):
        places = [place for place in folder.glob(f"{feed}-{'[0-9a-f]' * 16}") if place.is_dir()]
        newest = max(places, key=lambda place: place.stat().st_mtime_ns, default=None)
        if newest:
            ends = {role: _end(newest / "metadata" / f"{role}.json") for role in BY_PEOPLE}
            return {role: end for role, end in ends.items() if end is not None}
    return {}


def _end(path: Path) -> Nanos | None:
    with suppress(OSError, ValueError, LookupError, TypeError, RecursionError):
        if path.is_file():
            with path.open("rb") as file:
                signed = cast("Mapping[str, Mapping[str, str]]", json.loads(file.read(MAX_ROLE_BYTES)))["signed"]
            moment = datetime.fromisoformat(signed["expires"])
            return round((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()) * SECOND
    return None


def _verified(orders: Orders) -> str:
    """Return what is wrong with the journal; nothing when it is whole."""
    fault = journal.verify(orders.connection).fault
    return f"broken at {fault.writer} {fault.number} ({fault.what})" if fault else ""


def _missed(orders: Orders, at: Nanos) -> dict[str, str]:
    lines = list(journal.lines(orders.connection, since=at - MISSED_FOR, kind=MISSED))
    return {str(line.what.get("slot", "")): str(line.what.get("show", "")) for line in lines if line.at <= at}
