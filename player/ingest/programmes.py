"""Programmes of shows in step: fetched as whatever a feed has is fetched, checked against what was announced, and stored.

What cannot be had, or cannot be believed, is told in one line, and changes nothing: the show goes on by what is in force.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from player import log
from player.clock import Clock
from player.errors import NetworkError, OperatorError
from player.feed.fetch import AnsweredError, Fetcher
from player.ingest.readiness import recipes
from player.library import programmes
from player.library.library import Library
from player.library.programmes import Known
from player.show.instep import measure
from player.show.playlist import Show
from player.show.programme import MAX_PROGRAMME, Programme, ProgrammeError, digest, on_the_grid, parse
from player.show.rounds import number_of
from player.units import SECOND, Nanos, Seconds, nanos

DEADLINE_S: Final[Seconds] = 120.0  # 24 MB at 1.6 Mbit/s
SPREAD: Final[Nanos] = (
    300 * SECOND
)  # ten thousand players and 24 MB are 240 GB: 6.4 Gbit/s over five minutes, and more no CDN likes
LATE_SPREAD: Final[Nanos] = 30 * SECOND  # of what begins soon, or has begun
PART: Final = 3  # of the time until it begins, one in so many for asking; the rest is for what goes wrong, and for photos
FIRST_PAUSE: Final[Nanos] = 10 * SECOND
MAX_PAUSE: Final[Nanos] = 900 * SECOND  # as for feeds
TIDY_EVERY: Final[Nanos] = 60 * SECOND
_DOUBLED: Final = 10  # times: by then it is the longest pause in any case
_FRACTION: Final = 1000

_log = log.get("ingest")


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a configuration says of programmes."""

    player: str
    """Its id among all: by that, askings are spread."""
    groups: frozenset[str]
    address: Callable[[str], str]
    """Of a document, by its hash."""
    is_near: bool
    """It is a folder of this computer: nobody has to wait for his turn."""
    sources: frozenset[str]
    """The feeds that there are here."""
    shows: Mapping[str, Show]
    """By name, those in step."""


def due_at(known: Known, terms: Terms) -> Nanos:
    """Return when this player asks for a programme: another time for each, soon after the announcement."""
    spread = max(LATE_SPREAD, min(SPREAD, (known.activate_at - known.said_at) // PART))
    return known.said_at + (0 if terms.is_near else number_of(terms.player, known.hash) % spread)


class ProgrammeFetcher:
    """Fetches the documents that were announced, one at a time. One thread's."""

    def __init__(self, library: Library, *, fetcher: Fetcher, terms: Terms, clock: Clock) -> None:
        """Take what was refused before for new: since then the configuration may be another."""
        self._library, self._fetcher, self._terms, self._clock = library, fetcher, terms, clock
        self._failures: dict[tuple[str, str], int] = {}
        self._not_before: dict[tuple[str, str], Nanos] = {}
        """Monotonic."""
        self._next_tidy: Nanos = 0
        self._silent = log.Edge(_log, begins="a programme cannot be fetched yet", ends="a programme was fetched at last")
        programmes.reconsider(library.connection)

    def step(self) -> bool:
        """Fetch one document that is due, if there is one; return whether there was.

        Raises:
            LibraryError: the library cannot be read, or written.
        """
        self._tidy()
        for known in programmes.to_fetch(self._library.connection):
            if known.group in self._terms.groups and self._is_due(known):
                self._fetch(known)
                return True
        return False

    def _tidy(self) -> None:
        now = self._clock.monotonic()
        if now >= self._next_tidy:
            self._next_tidy = now + TIDY_EVERY
            programmes.prune(self._library.connection, self._clock.wall())
            held = {(known.group, known.hash) for known in programmes.every(self._library.connection)}
            for kept in (self._failures, self._not_before):
                for key in kept.keys() - held:
                    del kept[key]

    def _is_due(self, known: Known) -> bool:
        wall, key = self._clock.wall(), (known.group, known.hash)
        is_its_turn = wall < known.said_at or wall >= due_at(known, self._terms)  # the clock was set back: nobody waits for it
        return is_its_turn and self._clock.monotonic() >= self._not_before.get(key, 0)

    def _fetch(self, known: Known) -> None:
        key = known.group, known.hash
        connection = self._library.connection
        try:
            body = self._body(known)
            self._check(known, parse(body))
        except ProgrammeError as error:
            programmes.refused(connection, *key, str(error))
            _log.error("a programme is refused: the show goes on without it", group=known.group, version=known.version, why=error)
            return
        except (NetworkError, OperatorError) as error:
            self._later(known, error)
            return
        programmes.took(connection, *key, body)
        self._silent.note(known.hash, holds=False, group=known.group, version=known.version)
        _log.info("a programme is here", group=known.group, version=known.version, size=len(body))
        if cut := self._cuts(known):
            _log.warning("a programme begins amid a slide of the one before", version=known.version, before=cut)

    def _body(self, known: Known) -> bytes:
        if known.size > MAX_PROGRAMME:
            raise ProgrammeError(f"it has {known.size:,} bytes, and {MAX_PROGRAMME:,} are the most")
        address = self._terms.address(known.hash)
        limit = known.size if known.size > 0 else MAX_PROGRAMME
        body = self._fetcher.get(address, limit_bytes=limit, deadline_s=DEADLINE_S).body
        if digest(body) != known.hash:  # perhaps the server's fault, or that of what lies between: asked again
            raise NetworkError(f"{address}: what lies there is not the programme that was announced (sha256)")
        return body

    def _check(self, known: Known, programme: Programme) -> None:
        """See that a document is what was announced, and may be shown here.

        Raises:
            ProgrammeError: it is not.
        """
        if (programme.group, programme.version) != (known.group, known.version):
            raise ProgrammeError(f"it is version {programme.version} of the group {programme.group}: release it again")
        if programme.epoch != known.activate_at:
            raise ProgrammeError("it begins at another time than was announced: release it again")
        foreign = sorted({item.source for item in programme.items} - self._terms.sources)
        if foreign:
            raise ProgrammeError(f'it has photos of "{foreign[0]}", and this player has no such feed: write it into config.yaml')

    def _cuts(self, known: Known) -> str:
        """Return the version that a programme would cut short amid a slide; empty: none, as far as this player knows.

        That is no reason to refuse it: who was away while another version was on knows an older one, whose slides begin
        elsewhere, and would be out of step for good.
        """
        before = programmes.in_force(self._library.connection, known.group, known.activate_at - 1)
        return before.version if before and not self._follows(known, before) else ""

    def _follows(self, known: Known, before: Known) -> bool:
        """Whether a programme begins where a slide of the one *before* would begin, as far as this player knows its slides."""
        try:
            running = parse(programmes.body(self._library.connection, before.group, before.hash) or b"")
        except ProgrammeError:  # an earlier version of the player took it; what comes is none the worse for that
            return True
        show = self._terms.shows.get(running.show)
        said = recipes(self._library, self._clock) or {}
        if show is None or said.get(running.show) != running.recipe:
            return True
        return on_the_grid(known.activate_at, running.epoch, measure(show.steps)) == known.activate_at

    def _later(self, known: Known, error: NetworkError | OperatorError) -> None:
        """Ask again after a pause that grows, another one for each player; as long as a server asks for, when it does."""
        key = known.group, known.hash
        failures = self._failures[key] = self._failures.get(key, 0) + 1
        whole = min(MAX_PAUSE, FIRST_PAUSE * 2 ** min(failures, _DOUBLED))
        pause = whole // 2 + whole // 2 * (number_of(self._terms.player, known.hash, failures) % _FRACTION) // _FRACTION
        asked = error.retry_after_s if isinstance(error, AnsweredError) else None
        self._not_before[key] = self._clock.monotonic() + max(pause, min(MAX_PAUSE, nanos(asked or 0.0)))
        programmes.note_missing(self._library.connection, *key, None, f"not fetched yet: {error}")
        self._silent.note(known.hash, holds=True, group=known.group, version=known.version, why=error)
