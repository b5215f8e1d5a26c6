"""The thread that fetches films of feeds: apart from the photos', which must not wait an hour for a gigabyte."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Mapping
from typing import Final, Self

from player import log
from player.clock import Clock
from player.errors import WeRememberError, WorkerError
from player.feed.fetch import Saver
from player.feed.kinds import FILM_BYTES
from player.films import items
from player.ingest.configured import savers_of, sources_of
from player.ingest.films import FilmPreparer, Terms
from player.ingest.housekeeping import is_over
from player.ingest.preparing import FULL_HD, TILE
from player.library.library import Library, identities, open_library
from player.library.reviews import Name
from player.library.sources import CORE
from player.pictures.pool import Pool
from player.settings import Configuration
from player.units import SECOND

RANK: Final = 15  # as for `nice`: a show without this film is still a show
STOPPED_WITHIN_S: Final = 2.0  # seconds

_log = log.get("ingest")


def terms_of(configuration: Configuration) -> Terms:
    """Return what *configuration* says of films of feeds."""
    settings = configuration.settings
    limits = {name: feed.film_size for name, feed in settings.feeds.items()}
    limits |= {source.core: limits[source.name] for source in sources_of(settings) if source.core}
    limits[CORE] = FILM_BYTES
    return Terms(
        names=tuple(Name(*each) for each in items(configuration.playlists.values())),
        limits=limits,
        budget=settings.storage.budget,
        target=configuration.loudness,
        folders=frozenset(name for name, feed in settings.feeds.items() if feed.kind == "folder"),
    )


class PreparingFilms:
    """Fetches the films that the playlists of a configuration name, if they name any, with its own connection."""

    def __init__(self, configuration: Configuration, clock: Clock) -> None:
        """Fetch nothing before this is entered."""
        self._configuration, self._clock = configuration, clock
        self._terms = terms_of(configuration)
        self._savers: Mapping[str, Saver] = savers_of(configuration.settings, clock) if self._terms.names else {}
        self._pool: Pool | None = None
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="fetching films")

    def __enter__(self) -> Self:
        if self._terms.names:
            self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        for saver in self._savers.values():
            saver.cut()
        if self._pool:
            self._pool.stop()
        if self._thread.ident is not None:
            self._thread.join(STOPPED_WITHIN_S)

    def check(self) -> None:
        """See that the thread is at work, if it has any.

        Raises:
            WorkerError: it is not, by a fault of ours: the process is to be started anew.
        """
        if self._terms.names and not self._thread.is_alive():
            raise WorkerError("the thread that fetches films has ended by itself")

    def _run(self) -> None:
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), RANK)  # this thread alone, and what it starts
        full = log.Edge(_log, begins="films cannot be kept", ends="films can be kept again")
        while not self._stopped.is_set():
            try:
                with contextlib.closing(open_library(self._configuration.data, writer="films")) as library:
                    self._work(library)
                full.note("library", holds=False)
            except WeRememberError as error:
                full.note("library", holds=True, why=str(error))
                self._clock.wait(self._stopped, SECOND)

    def _work(self, library: Library) -> None:
        held = identities(library.folder)
        with Pool(workers=1, bounds=FULL_HD, tile_bounds=TILE, clock=self._clock) as self._pool:
            preparer = FilmPreparer(
                library, pool=self._pool, savers=self._savers, terms=self._terms, clock=self._clock, stopped=self._stopped
            )
            while not self._stopped.is_set() and identities(library.folder) == held:
                is_allowed = library.held_orders and not is_over(self._configuration.delete_at, self._clock.wall())
                if not (is_allowed and preparer.step()):
                    self._clock.wait(self._stopped, SECOND)
