"""The player of the demonstration, and what it says of the feed."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Final, Protocol

from player.clock import Clock
from player.errors import OperatorError
from player.library import receipts
from player.library.cues import before
from player.library.database import translated
from player.library.library import Library, open_library
from player.library.listing import listed
from player.library.right import ladder
from player.library.schema import LIBRARY
from player.library.sources import sources
from player.processes import children
from player.publish.demo.scenes import EndedError, View
from player.settings import Configuration
from player.show.record import keys_in
from player.supervisor import EXIT_ENDED
from player.troupe import end_all, last_words, logged
from player.units import SECOND, Nanos, Size
from player.ward import Ward

FEED: Final = "wall"
BY: Final = "demonstration"  # in the journal
LOG: Final = "player.log"
GRACE: Final[Nanos] = 3 * SECOND  # a player ends within two


class Player(Protocol):
    """What shows the feed. The tests have one without processes."""

    def start(self) -> None:
        """Begin."""
        ...

    def look(self) -> View:
        """See ``Stage.look``."""
        ...

    def reload(self) -> None:
        """Have it ask its feeds now."""
        ...

    def stop(self) -> None:
        """End it; nothing of it is left."""
        ...


class Processes:
    """The player as `weremember run` starts it, but that what dies here stays dead and is told."""

    def __init__(self, configuration: Configuration, *, clock: Clock, windowed: Size, has_screen: bool) -> None:
        """Make a player; without a screen, only what fetches and prepares."""
        home = Path(configuration.home)
        self._clock = clock
        self._has_screen = has_screen
        self._library = open_library(configuration.data, writer=BY)
        self._log = home / LOG
        table = children(config=str(home / "config.yaml"), data=None, windowed=windowed, ends_by_key=True)
        self._wards = [
            Ward(replace(child, argv=logged(child.argv, self._log)), clock.monotonic())
            for child in table
            if has_screen or not child.presents
        ]

    def start(self) -> None:
        """See ``Player``."""
        for ward in self._wards:
            try:
                ward.start(self._clock.monotonic(), os.environ)
            except OSError as error:
                raise OperatorError(f"the player cannot be started: {error}") from error

    def look(self) -> View:
        """See ``Stage.look``."""
        for ward in self._wards:
            ward.listen(self._clock.monotonic())
            status = ward.reap()
            if status == EXIT_ENDED:
                raise EndedError
            if status is not None:
                raise OperatorError(
                    f"the player’s {ward.child.name} has ended by itself; its last words:\n{last_words(self._log)}"
                )
        return view_of(self._library, self._clock.wall(), has_screen=self._has_screen)

    def reload(self) -> None:
        """See ``Player``."""
        self._library.orders.post("ingest", "reload", {}, by=BY, at=self._clock.wall())

    def stop(self) -> None:
        """See ``Player``: asked first, killed after a grace."""
        end_all(self._wards, self._clock, grace=GRACE)
        self._library.close()


def view_of(library: Library, now: Nanos, *, has_screen: bool) -> View:
    """Return what the library says of the feed at *now* (wall time)."""
    states: dict[str, str] = {}
    for photo in listed(library, now):
        if photo.id not in states or photo.state == "approved":  # the offline set is a source of its own: either may show it
            states[photo.id] = f"{photo.state}: {photo.reason}" if photo.reason else photo.state
    source = sources(library.connection).get(FEED)
    told = [each for each in receipts.newest(library.orders.connection).values() if each.source == FEED]
    whole = [each for each in told if each.gone_at is not None and (each.off_at is not None or not has_screen)]
    return View(
        states=states,
        on_screen=_on_screen(library, now) if has_screen else None,
        rung=ladder(library, now).rung,
        problem=(source.problem or "") if source else "",
        receipt=whole[-1].in_words() if whole else "",
    )


def _on_screen(library: Library, now: Nanos) -> frozenset[str]:
    """Return the ids of the photos in the slide that is up."""
    cues = before(library.connection, now, 1)
    keys = keys_in(cues[-1].slide) if cues else []
    with translated(LIBRARY.name):
        rows = [library.connection.execute("SELECT item FROM photos WHERE key=?", (key,)).fetchone() for key in keys]
    return frozenset(row[0] for row in rows if row)
