"""Looking: what the library, the screen's own word, the disk, the clock and the signed feeds say, each without the others."""

from __future__ import annotations

import contextlib
import shutil
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from player.alarms import lights
from player.alarms.marks import News
from player.alarms.owed import expiries
from player.alarms.rules import HOUR, MINUTE, Facts, Missed
from player.alarms.siblings import Siblings
from player.alarms.streams import streams
from player.errors import LibraryError
from player.library import by_hand, journal, receipts, right
from player.library.heard import STATUS, heard
from player.library.journal import Line
from player.library.leftovers import SIGNED
from player.library.library import Library, identities, is_writable, open_library
from player.library.orders import Orders
from player.library.right import Rung
from player.library.schema import LIBRARY
from player.library.sources import Standing, sources, standing
from player.library.trusted_time import TrustedClock
from player.settings import Configuration
from player.timekeeping import Belief, ClockState, Reading, Trust, believed, clock_state
from player.units import SECOND, Nanos

WRITER: Final = "alarms"
KIND: Final = "alarm"
"""The journal's kind of line for an alarm that begins or ends."""
MAX_UNWRITTEN: Final = 100  # lines that wait for a disk that refuses; the log has all of them
MISSED: Final = "missed"
"""The journal's kind of line for a show that was to be on and was not: `{"slot": …, "show": …, "start": …, "why": …}`."""

GONE_WITHIN: Final[Nanos] = MINUTE  # of a withdrawal being known, every byte is gone
MISSED_FOR: Final[Nanos] = HOUR  # a missed show is news for so long
VERIFY_EVERY: Final[Nanos] = HOUR  # reading through the journal of a year takes seconds
EXPIRIES_EVERY: Final[Nanos] = 10 * MINUTE
AT_ONE_GO: Final[Nanos] = 10 * SECOND  # between lines of the journal
FRESH: Final[Nanos] = 10 * SECOND  # what the screen says each second is of now
FAR: Final[Nanos] = 400 * 24 * HOUR  # from a show's start to the line that says it was missed: beyond that it is no time at all


class Lookout:
    """Looks at one player. Used by one thread; slow where a disk is slow."""

    def __init__(
        self,
        configuration: Configuration,
        clock: TrustedClock,
        *,
        kernel: Callable[[], ClockState] = clock_state,
        siblings: Siblings | None = None,
    ) -> None:
        self._configuration = configuration
        self._folder = configuration.data
        self._clock = clock
        self._kernel = kernel
        self._siblings = siblings or Siblings()
        self._library: Library | None = None
        self._held: tuple[tuple[int, int], ...] | None = None
        self._fault: str | None = None
        began = clock.monotonic()
        self._next_verify: Nanos = began
        self._expiring: Mapping[str, Nanos] = {}
        self._next_expiries: Nanos = began
        self._status: tuple[int, int] | None = _stamp(self._folder / STATUS)
        self._spoken_at: Nanos | None = None
        self._listens_since = began
        self._belief = Belief()
        self._unwritten: deque[tuple[Nanos, dict[str, object]]] = deque(maxlen=MAX_UNWRITTEN)

    def note(self, news: Sequence[News], at: Nanos) -> None:
        """Have what begins or ends *at* an instant written in the journal with the next look; never waits."""
        for each in news:
            what: dict[str, object] = {
                "alarm": each.alarm.value,
                "of": each.of,
                "begins": each.begins,
                "began" if each.begins else "end": each.at,
                "why": each.finding.why,
            }
            self._unwritten.append((at, what))

    def close(self) -> None:
        """Close the library."""
        if self._library:
            self._library.close()
        self._library = None

    def look(self) -> Facts:
        """Return what is found now. What cannot be looked at is left open."""
        now = self._clock.monotonic()
        silent = self._silence(now)
        folder, free = self._disk()
        expiring, signed = self._signatures(now)
        said = self._said(now)
        is_trusted, doubt = self._trust(said, now)
        facts = Facts(
            at=self._clock.wall(),
            is_over=self._is_over(),
            folder=folder,
            free_bytes=free,
            is_clock_trusted=is_trusted,
            clock_fault=doubt,
            expiring=expiring,
            signed=signed,
            screen_silent=silent,
            steady=self._siblings.look(now),
        )
        facts = self._with_lights(facts, said)
        if not (self._folder / LIBRARY.name).exists():  # nobody has begun; or the disk is gone, and nothing new may be made there
            self.close()
            return facts
        try:
            is_black = said.get("dark") is True or said.get("dim") == 0
            shows_plate = said.get("slide") == "plate" and not is_black
            return self._with_library(self._opened(), replace(facts, plate=shows_plate), now)
        except LibraryError as error:
            self.close()
            return replace(facts, folder=folder or str(error))

    def _opened(self) -> Library:
        if self._library and identities(self._folder) != self._held:
            self.close()
        if self._library is None:
            self._library = open_library(self._folder, writer=WRITER)
            self._held = identities(self._folder)
        self._clock.learn(self._library)  # else what ingest has confirmed by a signed time would lie in our future
        return self._library

    def _with_library(self, library: Library, facts: Facts, now: Nanos) -> Facts:
        at = self._clock.wall()
        known = [source for source in sources(library.connection).values() if source.enabled]
        found = {source.name: standing(source, at) for source in known if not source.is_core}
        orders = library.held_orders
        facts = replace(
            facts,
            at=at,
            plate=bool(known) and (facts.plate is True or right.ladder(library, at).rung is Rung.PLATE),
            sources={name: "" if word is Standing.LIVE else word.value for name, word in found.items()},
            lost=library.lost,
        )
        if orders is None:
            return facts
        if now >= self._next_verify or self._fault is None:
            self._next_verify = now + VERIFY_EVERY
            self._fault = _verified(orders)
        self._write(orders)
        late = [each for each in receipts.for_purge(orders.connection) if at - each.known_at > GONE_WITHIN]
        return replace(
            facts,
            is_journal_whole=not self._fault,
            journal_fault=self._fault,
            unfinished=len(late),
            is_dark=_is_dark(by_hand.kept(orders.connection)),
            missed=_missed(orders, at),
        )

    def _write(self, orders: Orders) -> None:
        with contextlib.suppress(LibraryError):  # the rest comes with the next look
            while self._unwritten:
                at, what = self._unwritten[0]
                orders.note(KIND, what, at=at)
                self._unwritten.popleft()

    def _with_lights(self, facts: Facts, said: Mapping[str, object]) -> Facts:
        settings = self._configuration.settings
        ids = [output.id for output in settings.outputs]
        found = lights.projectors(self._folder, settings.projectors, self._clock.wall())
        return replace(
            facts,
            projectors=found.unwell,
            care=found.care,
            outputs=lights.outputs(said, ids, found.unlit) if ids else {},
            wired=ids,
            streams=streams(said, settings.streams),
        )

    def _disk(self) -> tuple[str, int | None]:
        try:
            free = shutil.disk_usage(self._folder).free
        except OSError as error:
            return f"{self._folder} does not answer ({error.strerror})", None
        if not self._folder.is_dir():
            return f"{self._folder} is no folder", None
        return "" if is_writable(self._folder) else f"{self._folder} may not be written", free

    def _is_over(self) -> bool:
        end = self._configuration.delete_at
        return end is not None and self._clock.by_the_calendar() >= end

    def _trust(self, said: Mapping[str, object], now: Nanos) -> tuple[bool, str]:
        """Return whether the schedule goes by the clock, and why not: as the screen says that it does, else as it would."""
        reading = Reading(own=self._clock.own(), monotonic=now, state=self._kernel(), floor=self._clock.floor())
        self._belief = believed(self._belief, reading, is_own=self._configuration.settings.site.clock == "own")
        is_trusted, why = said.get("clock_trusted"), said.get("clock_why")
        if isinstance(is_trusted, bool) and isinstance(why, str):
            return is_trusted, why
        return self._belief.trust is not Trust.UNTRUSTED, self._belief.why

    def _silence(self, now: Nanos) -> Nanos | None:
        """Return for how long the screen has said nothing new, whatever the time of day; None: it has had no minute to yet."""
        stamp = _stamp(self._folder / STATUS)
        if stamp != self._status:
            self._status = stamp
            self._spoken_at = self._spoken_at if stamp is None else now
        if self._spoken_at is not None:
            return now - self._spoken_at
        silence = now - self._listens_since
        return silence if silence >= MINUTE else None

    def _said(self, now: Nanos) -> Mapping[str, object]:
        """Return what the screen says of itself; nothing where that is not of now."""
        if self._spoken_at is None or now - self._spoken_at > FRESH:
            return {}
        return heard(self._folder)

    def _signatures(self, now: Nanos) -> tuple[Mapping[str, Nanos], tuple[str, ...]]:
        signed = tuple(name for name, feed in self._configuration.settings.feeds.items() if feed.trust == "signed")
        if now >= self._next_expiries:
            self._next_expiries = now + EXPIRIES_EVERY
            self._expiring = {
                f"{name}, {role}": end for name in signed for role, end in expiries(self._folder / SIGNED, name).items()
            }
        return self._expiring, signed


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        stat = path.stat()
    except OSError:
        return None
    return stat.st_ino, stat.st_mtime_ns


def _verified(orders: Orders) -> str:
    """Return what is wrong with the journal; nothing when it is whole."""
    fault = journal.verify(orders.connection).fault
    return f"line {fault.number} of {fault.writer}: {fault.what}" if fault else ""


def _is_dark(kept: Mapping[str, object]) -> bool:
    """Whether the wall is dark by hand: dimmed to nothing is as black."""
    return kept.get("is_dark") is True or kept.get("level") == 0


def _missed(orders: Orders, at: Nanos) -> tuple[Missed, ...]:
    """Return what was missed in the last hour; what is dated beyond the next was written by another clock.

    What is found missing at one go, after a night without power perhaps, is one alarm: that of the last show.
    """
    try:
        lines = list(journal.lines(orders.connection, since=at - MISSED_FOR, kind=MISSED))
    except ValueError:  # somebody has changed a line: that is the journal's alarm
        return ()
    found: list[tuple[Nanos, Missed]] = []
    for line in lines:
        each = _missed_by(line)
        if found and line.at - found[-1][0] < AT_ONE_GO:
            each = replace(each, before=found.pop()[1].before + 1)
        if line.at < at + MISSED_FOR:
            found.append((line.at, each))
    return tuple(each for _, each in found)


def _missed_by(line: Line) -> Missed:
    start = line.what.get("start")
    is_time = isinstance(start, int) and abs(start - line.at) < FAR
    return Missed(
        show=str(line.what.get("show", "")),
        start=start if isinstance(start, int) and is_time else line.at,
        why=str(line.what.get("why", "")),
    )
