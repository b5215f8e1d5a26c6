"""One round of ingest by hand: ask each source once, prepare all that is new, purge what is gone, say what came of it."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from contextlib import closing

from player import log
from player.errors import WeRememberError
from player.feed.folder import SETTLED
from player.ingest import housekeeping
from player.ingest.configured import fetchers_of, savers_of, sources_of
from player.ingest.film_thread import terms_of
from player.ingest.films import FilmPreparer
from player.ingest.intake import Intake, Turn
from player.ingest.preparing import FULL_HD, TILE, Preparer, bounds_for
from player.ingest.reviewed import Reviewed
from player.ingest.service import WRITER, prepare_waiting, set_damaged_aside
from player.library.canvas import canvas_of
from player.library.database import DamagedError
from player.library.library import Library, open_library
from player.library.listing import listed
from player.library.trusted_time import TrustedClock
from player.pictures.pool import Pool
from player.progress import progress
from player.settings import Configuration

_log = log.get("ingest")


def run_once(configuration: Configuration, clock: TrustedClock, say: Callable[[str], None]) -> bool:
    """Do one round; return whether a source could not be read.

    Raises:
        OrdersLostError: withdrawals cannot be read.
        LibraryError: the data folder cannot be used.
    """
    try:
        problems = _round(configuration, clock, say)
    except DamagedError:
        if not set_damaged_aside(configuration.data):
            raise
        problems = _round(configuration, clock, say)
    for name, error in problems.items():
        say(f"{name}: could not be read: {error}")
    return bool(problems)


def _round(configuration: Configuration, clock: TrustedClock, say: Callable[[str], None]) -> dict[str, WeRememberError]:
    with closing(open_library(configuration.data, writer=WRITER)) as library:
        if library.was_set_aside:
            _log.error("library.sqlite was damaged: set aside, and started anew from the feeds", file=library.was_set_aside)
        # Raises when the withdrawals are lost: nothing is fetched then.
        library.orders.identity()
        clock.learn(library)
        intake = Intake(configuration, library, clock)
        intake.declare()
        housekeeping.retain(library, configuration.delete_at, clock.by_the_calendar(), zone=configuration.settings.site.zone)
        if housekeeping.is_over(configuration.delete_at, clock.wall()):
            say("the time to keep photos is over (retention.delete_after): nothing is asked for")
            return {}
        problems = _ask_all(intake, clock)
        housekeeping.find_missing(library)
        Reviewed(library).step(clock.wall())
        _prepare_all(configuration, library, clock)
        _prepare_films(configuration, library, clock)
        housekeeping.expire(library, clock.wall())
        housekeeping.make_room(library, configuration.settings.storage.budget, clock.wall())
        housekeeping.sweep(library, clock.wall())
        _summary(configuration, library, clock, say)
    return problems


def _ask_all(intake: Intake, clock: TrustedClock) -> dict[str, WeRememberError]:
    problems: dict[str, WeRememberError] = {}
    settling: list[Turn] = []
    with progress("Asking the sources") as tell:
        for done, turn in enumerate(intake.turns.values()):
            tell(done / len(intake.turns))
            if _ask(intake, turn, problems):
                settling.append(turn)
        if settling:  # files that were copied just now: nobody comes back for them as a running player does
            clock.wait(threading.Event(), SETTLED)
        for turn in settling:
            _ask(intake, turn, problems)
    return problems


def _ask(intake: Intake, turn: Turn, problems: dict[str, WeRememberError]) -> bool:
    """Ask one source, noting what was wrong; return whether some of its files are still too young to be taken."""
    name = turn.asker.source.name
    is_young = False
    for answer in turn.asker.ask(intake.before(turn.asker.source)):
        error = intake.take_in(answer)
        if error:
            problems[name] = error
        is_young = is_young or bool(answer.waiting)
    return is_young


def _prepare_all(configuration: Configuration, library: Library, clock: TrustedClock) -> None:
    settings = configuration.settings
    bounds = bounds_for(canvas_of(library) or settings.display.size or FULL_HD)
    fetchers = fetchers_of(settings, clock)
    began = clock.wall()
    with Pool(bounds=bounds, tile_bounds=TILE, clock=clock) as pool, progress("Preparing photos") as tell:
        preparer = Preparer(library, pool=pool, fetchers=fetchers, bounds=bounds, clock=clock)
        total = max(1, preparer.count())
        done = 0

        def each(_: bool) -> None:  # noqa: FBT001 - a callback
            nonlocal done
            done += 1
            tell(min(1.0, done / total))

        while prepare_waiting(preparer, library, configuration, each, now=began):
            pass


def _prepare_films(configuration: Configuration, library: Library, clock: TrustedClock) -> None:
    terms, began = terms_of(configuration), clock.wall()
    if not terms.names:
        return
    savers = savers_of(configuration.settings, clock)
    stopped = threading.Event()
    with Pool(workers=1, bounds=FULL_HD, tile_bounds=TILE, clock=clock) as pool, progress("Fetching films") as tell:
        preparer = FilmPreparer(library, pool=pool, savers=savers, terms=terms, clock=clock, stopped=stopped)
        done = 0
        while preparer.step(began):
            done += 1
            tell(min(1.0, done / len(terms.names)))


def _summary(configuration: Configuration, library: Library, clock: TrustedClock, say: Callable[[str], None]) -> None:
    counts: Counter[tuple[str, str]] = Counter((photo.source, photo.state) for photo in listed(library, clock.wall()))
    for source in sources_of(configuration.settings):
        states = ("approved", *(("pending",) if source.policy.reviewers else ()), "refused", "withdrawn")
        say(f"{source.name}: " + ", ".join(f"{counts[source.name, state]} {state}" for state in states))
