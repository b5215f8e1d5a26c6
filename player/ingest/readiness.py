"""How far this player is from being able to show a programme: whether its playlist is the same, and whose photos are not here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, cast

import numpy as np
from numpy.typing import NDArray

from player import log
from player.clock import Clock
from player.library import heard, programmes
from player.library.database import translated
from player.library.library import Library
from player.library.named import withdrawn_bytes
from player.library.programmes import Known, State
from player.library.schema import LIBRARY
from player.library.tombstones import WILDCARD
from player.show.playlist import Show
from player.show.programme import Programme, ProgrammeError, parse
from player.show.rounds import number_of
from player.units import SECOND, Nanos

LOOK_EVERY: Final[Nanos] = 5 * SECOND
REST: Final = 50  # times as long as a look took, at least, until the next: 120,000 photos take a third of a second
DISPENSABLE: Final = 100  # one photo in so many may be missing: a file that nobody can fetch must not hold up a campaign

_Numbers = NDArray[np.uint64]
_log = log.get("ingest")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a programme asks for, by number: a tenth of what the document takes."""

    show: str
    recipe: str
    names: _Numbers
    """Of source and item, in the programme's order."""
    photos: _Numbers
    """Of source, item and the original's hash, likewise."""
    originals: _Numbers
    """Of the original's hash alone."""


def wanted(programme: Programme) -> Wanted:
    """Return what *programme* asks for."""
    items = programme.items
    return Wanted(
        show=programme.show,
        recipe=programme.recipe,
        names=_numbers(number_of(each.source, each.item) for each in items),
        photos=_numbers(number_of(each.source, each.item, each.sha256) for each in items),
        originals=_numbers(number_of(each.sha256) for each in items),
    )


def _numbers(found: Iterable[int]) -> _Numbers:
    return np.fromiter(found, np.uint64)


def recipes(library: Library, clock: Clock) -> Mapping[str, object] | None:
    """Return what the shows in step come to at this player's screen, by name; None: no screen runs that says so."""
    said = heard.heard(library.folder)
    found = said.get("recipes") if heard.is_of_now(said, clock) else None
    return cast("Mapping[str, object]", found) if isinstance(found, dict) else None


def differing(want: Wanted, group: str, shows: Mapping[str, Show], said: Mapping[str, object] | None) -> str:
    """Return why this player would show something else than the others, going by *shows* and what the screen *said*."""
    show = shows.get(want.show)
    if show is None:
        return f'it has no playlist "{want.show}"'
    if show.sync != group:
        return f'its playlist "{want.show}" does not say sync: {group}'
    if said is None or want.show not in said:
        return f'its screen has not said what its playlist "{want.show}" comes to'
    return "" if said[want.show] == want.recipe else f'its playlist "{want.show}" differs'


class Readiness:
    """Looks, whenever the library has moved, whether all that the programmes to come ask for is here. One thread's."""

    def __init__(self, library: Library, clock: Clock, shows: Mapping[str, Show]) -> None:
        self._library, self._clock, self._shows = library, clock, shows
        self._wanted: dict[str, Wanted] = {}
        """By hash."""
        self._looked_at: object = None
        self._next: Nanos = 0

    def look(self) -> None:
        """Write down how far this player is with each programme that has not begun, if it is time to.

        Raises:
            LibraryError: the library cannot be read, or written.
        """
        began = self._clock.monotonic()
        if began < self._next:
            return
        now, connection = self._clock.wall(), self._library.connection
        here = [each for each in programmes.every(connection) if each.state is State.HERE]
        due = [each for each in here if each.activate_at > now or each.missing is None]
        found = {known.hash: self._wanted_by(known) for known in due}
        self._wanted = {digest: want for digest, want in found.items() if want}
        due = [known for known in due if known.hash in self._wanted]
        said = recipes(self._library, self._clock) if due else None
        stands = (self._library.versions(), [(each.group, each.hash) for each in due], said)
        if stands != self._looked_at:
            missing = self._missing(self._wanted.values()) if due else {}
            for known in due:
                self._note(known, missing[known.hash], said)
            self._looked_at = stands
        took = self._clock.monotonic() - began
        self._next = began + took + max(LOOK_EVERY, REST * took)

    def _wanted_by(self, known: Known) -> Wanted | None:
        before = self._wanted.get(known.hash)
        if before:
            return before
        body = programmes.body(self._library.connection, known.group, known.hash)
        try:
            return wanted(parse(body)) if body else None
        except ProgrammeError as error:  # an earlier version of the player took it
            programmes.refused(self._library.connection, known.group, known.hash, str(error))
            return None

    def _note(self, known: Known, missing: int, said: Mapping[str, object] | None) -> None:
        want = self._wanted[known.hash]
        why = differing(want, known.group, self._shows, said)
        if not why and missing * DISPENSABLE > len(want.names):
            why = f"{missing:,} of {len(want.names):,} photos are not here yet"
        is_ready = not why
        if (
            programmes.note_missing(self._library.connection, known.group, known.hash, missing, why)
            and is_ready != known.is_ready
        ):
            event = "ready for a programme" if is_ready else "not ready for a programme"
            _log.info(event, group=known.group, version=known.version, missing=missing, **({} if is_ready else {"why": why}))

    def _missing(self, every: Iterable[Wanted]) -> dict[str, int]:
        """Return how many photos of each are not here and not withdrawn either, by the hash of the programme."""
        here, gone, gone_bytes = np.sort(_numbers(self._here())), _numbers(self._gone()), _numbers(self._gone_bytes())
        found = [
            ~np.isin(each.photos, here) & ~np.isin(each.names, gone) & ~np.isin(each.originals, gone_bytes) for each in every
        ]
        return {digest: int(missing.sum()) for digest, missing in zip(self._wanted, found, strict=True)}

    def _here(self) -> Iterator[int]:
        with translated(LIBRARY.name):
            yield from (
                number_of(*row)
                for row in self._library.connection.execute(
                    "SELECT p.source, p.item, p.original FROM photos p JOIN sources s ON s.name=p.source"
                    " WHERE p.state='approved' AND p.picture IS NOT NULL AND p.is_film=0 AND s.enabled=1"
                )
            )

    def _gone(self) -> Iterator[int]:
        """Yield who is withdrawn, from one source or from all: nobody waits for them."""
        with translated(LIBRARY.name):
            names = [name for (name,) in self._library.connection.execute("SELECT name FROM sources")]
        for stone in self._library.held_orders.tombstones() if self._library.held_orders else ():
            for source in names if stone.source == WILDCARD else (stone.source,):
                yield number_of(source, stone.item)

    def _gone_bytes(self) -> Iterator[int]:
        """Yield what nobody may show, whatever it is called."""
        for original in withdrawn_bytes(self._library.held_orders.connection) if self._library.held_orders else ():
            yield number_of(original)
