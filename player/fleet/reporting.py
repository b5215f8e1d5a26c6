"""How this player is, told on change and once in a while: what is on the wall, how the feeds stand, clock, frames, disk, heat.

Not each slide, which would be a message every ten seconds: with ten thousand players half a megabyte a day is what one may say.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, cast

from player import log
from player.clock import Clock
from player.errors import LibraryError
from player.fleet.coming import standing as standing_of_programmes
from player.fleet.health import Health, health
from player.fleet.outgoing import Outgoing, Sealing
from player.fleet.topics import Kind
from player.fleet.voices import MAX_FEEDS, OWN_CLOCK, ClockSaid, FeedState, Following, Frames, Next, Report, Showings
from player.library import record_file
from player.library.heard import heard, is_of_now
from player.library.library import Library
from player.library.shown import count
from player.library.sources import Source, Standing, sources, standing
from player.units import SECOND, Nanos

LOOK_EVERY: Final[Nanos] = 2 * SECOND  # for a change: a parse of 2 kB
FALLS_IN: Final[Nanos] = 60 * SECOND  # a show that begins comes into step at its next slide: until then that is no trouble
DAY: Final[Nanos] = 86_400 * SECOND  # of UTC, the same at all sites
LEAST: Final[Nanos] = 5 * SECOND  # between two reports, whatever changes
EVERY_S: Final = 300
COUNT_EVERY: Final[Nanos] = 240 * SECOND  # what was shown is counted: a day of mosaics has half a million showings
LAST_WORD: Final[Nanos] = 900 * SECOND  # so long into a day the day before is told, whole; three reports at least
NEARLY_FULL_MB: Final = 1000  # as `doctor` has it
NAMED: Final = 60  # characters of what is up: of a photo the source and the id
NEAR: Final = 16  # characters
SHORT: Final = 80  # characters of what is wrong
ALARMS: Final = "alarms.json"
"""In the data folder: what people were told of, as the alarms' process remembers it."""
MAX_ALARM_BYTES: Final = 300_000  # a hundred letters that wait; what is more is not looked into
MAX_ALARMS: Final = 64
OTHERWISE_SAID: Final = frozenset({"screen", "disk", "clock", "lease", "missed", "plate", "dark"})
"""Alarms whose cause stands in a report in another place."""

_log = log.get("fleet")


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that is wrong: what of it makes it another trouble, and all there is to say."""

    what: str
    more: str = ""

    def __str__(self) -> str:
        # Cut only after hiding: an address may have a key in it, which leaves this machine with nobody.
        return _short(log.without_secrets(f"{self.what}: {self.more}" if self.more else self.what))


def _short(words: str) -> str:
    """Return *words*, cut where they are too many: between two of them, if one ends near there."""
    if len(words) <= SHORT:
        return words
    cut = words[: SHORT - 1]
    whole = cut.rpartition(" ")[0]
    return f"{whole if len(whole) >= SHORT - NEAR else cut}…"


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What there is to report of, read in one go."""

    at: Nanos
    """UTC."""
    said: Mapping[str, object]
    """What the screen says; empty: nothing of now."""
    health: Health
    sources: tuple[Source, ...] = ()
    sequences: Mapping[str, int] = field(default_factory=dict[str, int])
    lost: str = ""
    """Why withdrawals, or the whole library, cannot be read."""
    out_of_step: str = ""
    """Why the show that is up has been by itself for a while, though it is to be in step."""
    alarms: tuple[str, ...] = ()
    following: Following | None = None
    """The programme that is in force."""
    coming: Next | None = None
    shown: Showings | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """What a report says of who reports."""

    site: str
    version: str
    groups: tuple[str, ...] = ()
    report_s: int = EVERY_S
    has_own_clock: bool = False
    """The site keeps its clock by hand: nobody else vouches for it, and that is no trouble."""


def report(facts: Facts, who: Membership) -> Report:
    """Return what is told of *facts*."""
    said, now = facts.said, facts.health
    frames = _object(said.get("frames"))
    return Report(
        site=who.site,
        groups=who.groups,
        report_s=who.report_s,
        show=_text(said.get("show")),
        slot=_text(said.get("slot")),
        slide=_slide(said),
        rung=_text(said.get("rung")),
        is_dark=dark if isinstance(dark := said.get("dark"), bool) else None,
        dim=_whole(said.get("dim")),
        programme=_following(_object(said.get("step"))) or facts.following,
        coming=facts.coming,
        feeds={each.name: _feed(each, facts) for each in facts.sources[:MAX_FEEDS] if not each.is_core},
        clock=ClockSaid(OWN_CLOCK, None, None) if who.has_own_clock else _clock(now),
        frames=Frames(_number(frames.get("median_ms")), _number(frames.get("p99_ms")), _whole(frames.get("late"))),
        disk_mb=now.free_mb,
        temp_c=now.hottest_c,
        errors=tuple(str(each) for each in troubles(facts)),
        shown=facts.shown,
        version=who.version,
    )


def troubles(facts: Facts) -> Iterator[Trouble]:
    """Yield what is wrong, the worst first."""
    if facts.lost:
        yield Trouble("withdrawals cannot be read", facts.lost)
    if not facts.said:
        yield Trouble("the screen does not answer")
    if facts.health.free_mb is not None and facts.health.free_mb < NEARLY_FULL_MB:
        yield Trouble("the disk is nearly full")
    for each in facts.sources:
        word = standing(each, facts.at)
        if word is not Standing.LIVE and not each.is_core:
            yield Trouble(f"{each.name}: {word.value}", each.problem or "")
    if facts.said.get("clock_trusted") is False:
        yield Trouble("the clock is not believed", str(facts.said.get("clock_why", "")))
    if facts.out_of_step:
        yield Trouble("not in step", facts.out_of_step)
    yield from (Trouble(f"alarm: {each}") for each in facts.alarms)


def edge(found: Report, facts: Facts) -> tuple[object, ...]:
    """Return what of a report makes it news: not the slide, nor any figure, nor how many photos a programme still lacks."""
    worst = tuple(each.what for each in troubles(facts))
    clock = found.clock.state if found.clock else None
    on = found.show, found.slot, found.rung, found.is_dark, found.dim
    coming = (found.coming.version, found.coming.is_ready) if found.coming else None
    return (*on, found.programme, coming, clock, found.version, found.groups, worst)


def phase(player: str, period: Nanos) -> Nanos:
    """Return when within each *period* a player has its turn: spread evenly over all of them."""
    return int.from_bytes(hashlib.sha256(f"report {player}".encode()).digest()[:8]) % max(1, period)


class Reporting:
    """Looks, and says when a report is due. For one thread."""

    def __init__(
        self,
        opened: Callable[[], Library],
        sealing: Sealing,
        *,
        folder: Path,
        clock: Clock,
        site: str,
        version: str,
        has_own_clock: bool = False,
        machine: Callable[[Path], Health] = health,
    ) -> None:
        """Report of the player whose data *folder* this is."""
        self._opened = opened
        self._sealing = sealing
        self._folder = folder
        self._clock = clock
        self._who = Membership(site=site, version=version, has_own_clock=has_own_clock)
        self._machine = machine
        self._period: Nanos = EVERY_S * SECOND
        self._next_look: Nanos | None = None
        self._last: Nanos | None = None
        self._turn: int | None = None
        self._edge: tuple[object, ...] | None = None
        self._out_since: Nanos | None = None
        self._alarms: tuple[tuple[int, int] | None, tuple[str, ...]] = (None, ())
        self._counted: tuple[Nanos, Showings] | None = None
        self._unread = log.Edge(_log, begins="the library cannot be read, and is reported so", ends="the library is read again")

    def desired(self, groups: tuple[str, ...], report_s: int) -> None:
        """Report as a member of *groups*, every *report_s* seconds."""
        self._period = max(LEAST, report_s * SECOND)
        self._who = replace(self._who, groups=groups, report_s=self._period // SECOND)

    def again(self) -> None:
        """The connection is another one: how things are is told anew."""
        self._edge = None

    def step(self, now: Nanos) -> tuple[Outgoing, ...]:
        """Return a report, if one is due *now* (monotonic)."""
        if self._next_look is not None and now < self._next_look:
            return ()
        self._next_look = now + LOOK_EVERY
        if self._last is not None and now - self._last < LEAST:
            return ()
        facts = self._facts(now)
        found = report(facts, self._who)
        new, turn = edge(found, facts), (facts.at - phase(self._sealing.player, self._period)) // self._period
        if new == self._edge and turn == self._turn:
            return ()
        self._edge, self._turn, self._last = new, turn, now
        return (self._sealing.message(Kind.REPORT, found, retain=True),)

    def _facts(self, now: Nanos) -> Facts:
        word = heard(self._folder)
        said: Mapping[str, object] = word if is_of_now(word, self._clock) else {}
        facts = Facts(
            at=self._clock.wall(),
            said=said,
            health=self._machine(self._folder),
            out_of_step=self._out_of_step(_text(said.get("no_step")) or "", now),
            alarms=self._told_alarms(),
        )
        try:
            return self._with_library(self._opened(), facts, now)
        except LibraryError as error:
            self._unread.note("library", holds=True, why=str(error))
            return replace(facts, lost=str(error))

    def _out_of_step(self, why: str, now: Nanos) -> str:
        if not why:
            self._out_since = None
            return ""
        self._out_since = now if self._out_since is None else self._out_since
        return why if now - self._out_since >= FALLS_IN else ""

    def _with_library(self, library: Library, facts: Facts, now: Nanos) -> Facts:
        known = tuple(each for each in sources(library.connection).values() if each.enabled)
        orders = library.held_orders
        sequences = {each.name: orders.sequence(each.name) for each in known[:MAX_FEEDS]} if orders else {}
        following, coming = standing_of_programmes(library, facts.at)
        self._unread.note("library", holds=False)
        return replace(
            facts,
            sources=known,
            sequences={name: number for name, number in sequences.items() if number is not None},
            lost=library.lost,
            following=following,
            coming=coming,
            shown=self._showings(library, facts.at, now),
        )

    def _showings(self, library: Library, at: Nanos, now: Nanos) -> Showings:
        if self._counted is None or now - self._counted[0] >= COUNT_EVERY:
            begins = (at - LAST_WORD) // DAY * DAY
            found = count(library.connection, begins, begins + DAY)
            day = f"{datetime.fromtimestamp(begins // SECOND, UTC):%Y-%m-%d}"
            self._counted = now, Showings(day, found.showings, found.people, found.ever)
        return self._counted[1]

    def _told_alarms(self) -> tuple[str, ...]:
        """Return what people were told of and holds; the file is read when it is another one."""
        path = self._folder / ALARMS
        try:
            stat = path.stat()
        except OSError:
            return ()
        stamp = stat.st_ino, stat.st_mtime_ns
        if stamp != self._alarms[0]:
            record = record_file.read(path, MAX_ALARM_BYTES) if stat.st_size < MAX_ALARM_BYTES else None
            self._alarms = stamp, tuple(_holding(_object(record).get("marks")))
        return self._alarms[1]


def _holding(marks: object) -> Iterator[str]:
    for mark in cast("list[object]", marks)[:MAX_ALARMS] if isinstance(marks, list) else ():
        match mark:
            case [str(alarm), str(of), {"is_told": True}] if alarm not in OTHERWISE_SAID:
                yield f"{alarm} {of}".strip()
            case _:
                continue


def _slide(said: Mapping[str, object]) -> str | None:
    """Return what kind of slide is up, and whom it shows where that is one or two."""
    kind = _text(said.get("slide"))
    photos = said.get("photos")
    names = cast("list[object]", photos) if isinstance(photos, list) else []
    few = names if len(names) <= 2 else []  # noqa: PLR2004 - a photo, or a pair
    return None if kind is None else " ".join([kind, *(str(each) for each in few)])[:NAMED]


def _feed(source: Source, facts: Facts) -> FeedState:
    left = None
    if source.lease_s is not None and source.confirmed_at is not None:
        left = round((source.confirmed_at - facts.at) / SECOND + source.lease_s)
    return FeedState(standing(source, facts.at).value, left, facts.sequences.get(source.name))


def _clock(now: Health) -> ClockSaid:
    return ClockSaid(now.clock.value, now.offset.off_us if now.offset else None, now.offset.error_us if now.offset else None)


def _following(step: Mapping[str, object]) -> Following | None:
    match step:
        case {"group": str(group), "version": str(version), "hash": str(digest)}:
            return Following(group, version, digest[:8])
        case _:
            return None


def _object(value: object) -> Mapping[str, object]:
    return cast("Mapping[str, object]", value) if isinstance(value, dict) else {}


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
