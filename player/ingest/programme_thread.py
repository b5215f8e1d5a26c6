"""The thread that fetches programmes of shows in step and sees how far this player is with them: no poll waits for 24 MB."""

from __future__ import annotations

import contextlib
import os
import threading
from pathlib import Path
from typing import Final, Self
from urllib.parse import urljoin

from player import log
from player.clock import Clock
from player.errors import OperatorError, WeRememberError, WorkerError
from player.feed.address import is_web
from player.feed.local import SourceFetcher
from player.ingest.asking import SourceConfig
from player.ingest.configured import fetcher_of, sources_of
from player.ingest.housekeeping import is_over
from player.ingest.programmes import ProgrammeFetcher, Terms
from player.ingest.readiness import Readiness
from player.library.library import Library, identities, open_library
from player.settings import Configuration
from player.units import SECOND

RANK: Final = 10  # as for `nice`
STOPPED_WITHIN_S: Final = 2.0  # seconds
FOLDER: Final = "programmes"
"""Beside a feed."""

_log = log.get("ingest")


def address(source: SourceConfig, digest: str) -> str:
    """Return where the document with this hash lies beside *source*: an URL, or a path where that is a file or a folder."""
    name = f"{FOLDER}/{digest}.json"
    if not is_web(source.url):
        path = Path(source.url)
        return str((path if path.is_dir() else path.parent) / name)
    return f"{source.url.rstrip('/')}/{name}" if source.is_signed else urljoin(source.url, name)


def source_of(configuration: Configuration) -> SourceConfig | None:
    """Return the feed beside which programmes lie: the one that the configuration names, else the first; None: there is none."""
    fleet, settings = configuration.settings.fleet, configuration.settings
    name = fleet.programmes if fleet and fleet.programmes else next(iter(settings.feeds), "")
    return next((source for source in sources_of(settings) if source.name == name), None)


def terms_of(configuration: Configuration) -> Terms | None:
    """Return what *configuration* says of programmes; None: this player is in no group, or has no feed."""
    fleet, source = configuration.settings.fleet, source_of(configuration)
    if fleet is None or not fleet.groups or source is None:
        return None
    shows = {name: configuration.show(name) for name, playlist in configuration.playlists.items() if playlist.sync}
    return Terms(
        player=fleet.id,
        groups=frozenset(fleet.groups),
        address=lambda digest: address(source, digest),
        is_near=not is_web(source.url),
        sources=frozenset(each.name for each in sources_of(configuration.settings)),
        shows=shows,
    )


class FollowingProgrammes:
    """Fetches the programmes of this player's groups, if it is in any, with its own connection."""

    def __init__(self, configuration: Configuration, clock: Clock) -> None:
        """Fetch nothing before this is entered."""
        self._configuration, self._clock = configuration, clock
        self._terms = terms_of(configuration)
        self._fetcher = self._made(source_of(configuration)) if self._terms else None
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="following programmes")

    def __enter__(self) -> Self:
        if self._fetcher:
            self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        if self._fetcher:
            self._fetcher.cut()
        if self._thread.ident is not None:
            self._thread.join(STOPPED_WITHIN_S)

    def check(self) -> None:
        """See that the thread is at work, if it has any.

        Raises:
            WorkerError: it is not, by a fault of ours: the process is to be started anew.
        """
        if self._fetcher and not self._thread.is_alive():
            raise WorkerError("the thread that fetches programmes has ended by itself")

    def _made(self, source: SourceConfig | None) -> SourceFetcher | None:
        if source is None:
            return None
        try:
            return fetcher_of(source, self._configuration.settings, self._clock)
        except OperatorError as error:
            _log.error("no programme can be fetched", feed=source.name, why=error)
            return None

    def _run(self) -> None:
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), RANK)
        unkept = log.Edge(_log, begins="programmes cannot be kept", ends="programmes can be kept again")
        while not self._stopped.is_set():
            try:
                with contextlib.closing(open_library(self._configuration.data, writer="programmes")) as library:
                    self._work(library)
                unkept.note("library", holds=False)
            except WeRememberError as error:
                unkept.note("library", holds=True, why=str(error))
                self._clock.wait(self._stopped, SECOND)

    def _work(self, library: Library) -> None:
        if self._terms is None or self._fetcher is None:
            return
        held = identities(library.folder)
        fetching = ProgrammeFetcher(library, fetcher=self._fetcher, terms=self._terms, clock=self._clock)
        readiness = Readiness(library, self._clock, self._terms.shows)
        while not self._stopped.is_set() and identities(library.folder) == held:
            if library.held_orders and not is_over(self._configuration.delete_at, self._clock.wall()):
                fetching.step()
                readiness.look()
            self._clock.wait(self._stopped, SECOND)
