"""The ingest process: one loop that asks and takes in, one thread that prepares, and order kept between them."""

from __future__ import annotations

import contextlib
import queue
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Final, Self

from player import log
from player.errors import LibraryError, WeRememberError, WorkerError
from player.feed.listening import Listener
from player.heartbeat import Heartbeat
from player.in_force import InForce
from player.ingest import housekeeping
from player.ingest.asking import Answer
from player.ingest.configured import fetchers_of, sources_of
from player.ingest.film_thread import PreparingFilms
from player.ingest.intake import Intake, Turn
from player.ingest.preparing import FULL_HD, TILE, Preparer, bounds_for
from player.ingest.programme_thread import FollowingProgrammes
from player.ingest.reviewed import Reviewed
from player.ingest.withdrawal import tidy
from player.library.canvas import canvas_of
from player.library.database import DamagedError
from player.library.library import Library, identities, mend, open_library
from player.library.trusted_time import TrustedClock
from player.pictures.pool import Pool
from player.settings import Configuration
from player.units import SECOND, Nanos

WRITER: Final = "ingest"
MAX_ASKERS: Final = 16  # sources asked at the same moment; more wait their turn
TIDY_EVERY: Final[Nanos] = 10 * SECOND
SWEEP_EVERY: Final[Nanos] = 3600 * SECOND
TICK: Final[Nanos] = SECOND // 4

_log = log.get("ingest")


class Preparing:
    """The thread that prepares pictures, with its own connection, so that polling never waits for a decoder."""

    def __init__(self, configuration: Configuration, clock: TrustedClock) -> None:
        self._configuration = configuration
        self._clock = clock
        self._wake = threading.Event()
        self._stopped = threading.Event()
        self._pool: Pool | None = None
        self._thread = threading.Thread(target=self._run, name="preparing")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        self._wake.set()
        if self._pool:
            self._pool.stop()
        self._thread.join(2)

    def check(self) -> None:
        """See that the thread is at work.

        Raises:
            WorkerError: it is not, by a fault of ours: the process is to be started anew.
        """
        if not self._thread.is_alive():
            raise WorkerError("the thread that prepares pictures has ended by itself")

    def wake(self) -> None:
        """Look at once for something to prepare."""
        self._wake.set()

    def _run(self) -> None:
        full = log.Edge(_log, begins="the library cannot be written", ends="the library can be written again")
        while not self._stopped.is_set():
            try:
                self._work(open_library(self._configuration.data, writer="preparing"))
                full.note("library", holds=False)
            except DamagedError as error:
                full.note("library", holds=True, why=str(error))
                set_damaged_aside(self._configuration.data)
                self._clock.wait(self._stopped, SECOND)
            except WeRememberError as error:
                full.note("library", holds=True, why=str(error))
                self._clock.wait(self._stopped, SECOND)

    def _work(self, library: Library) -> None:
        settings = self._configuration.settings
        with contextlib.closing(library):
            canvas = canvas_of(library) or settings.display.size or FULL_HD
            bounds = bounds_for(canvas)
            fetchers = fetchers_of(settings, self._clock)
            with Pool(bounds=bounds, tile_bounds=TILE, clock=self._clock) as self._pool:
                preparer = Preparer(library, pool=self._pool, fetchers=fetchers, bounds=bounds, clock=self._clock)
                held = identities(library.folder)
                while not self._stopped.is_set() and identities(library.folder) == held:
                    self._wake.clear()
                    if not prepare_waiting(preparer, library, self._configuration):
                        self._clock.wait(self._wake, SECOND)
                    if bounds_for(canvas_of(library) or canvas) != bounds:
                        return  # the wall has another size: come back with other bounds


def set_damaged_aside(folder: Path) -> bool:
    """Set the library aside if it is damaged, and say so; return whether it was."""
    try:
        aside = mend(folder)
    except LibraryError as error:
        _log.error("library.sqlite is damaged and cannot be set aside", why=str(error))
        return False
    if aside:
        _log.error("library.sqlite was damaged: set aside, and started anew from the feeds", file=aside)
    return bool(aside)


def prepare_waiting(
    preparer: Preparer,
    library: Library,
    configuration: Configuration,
    each: Callable[[bool], None] = lambda _: None,
    *,
    now: Nanos | None = None,
) -> int:
    """Prepare one batch of what is waiting, as far as the budget goes; return how many were tried.

    *now* is the time of day, unless it is that at which a round began: what fails in a round is not tried again in it.
    """
    if library.held_orders is None or housekeeping.is_over(configuration.delete_at, preparer.now()):
        return 0
    at = preparer.now() if now is None else now
    budget = configuration.settings.storage.budget
    if not (preparer.waiting(at) or preparer.for_reviewers(at, budget)):
        return 0  # before what is stored is counted, row by row: not each second, and for nothing
    housekeeping.make_room(library, budget, at)
    if not housekeeping.has_room(library, budget):
        return 0
    rows = [*preparer.waiting(at), *preparer.for_reviewers(at, budget)]
    tried = 0
    for is_ready in preparer.work(rows):
        tried += 1
        each(is_ready)
    return tried


def run(
    in_force: InForce, *, clock: TrustedClock, heartbeat: Heartbeat, stopped: threading.Event, reload: threading.Event
) -> None:
    """Work until *stopped*; *reload* reads the configuration again."""
    usable = log.Edge(
        _log, begins="the data folder cannot be used; tried again every second", ends="the data folder is used again"
    )
    while not stopped.is_set():
        reload.clear()
        configuration = in_force.read()
        if configuration is None:
            _wait_for_change(in_force, clock, heartbeat, stopped, reload)
            continue
        try:
            library = open_library(configuration.data, writer=WRITER)
        except LibraryError as error:
            usable.note("data", holds=True, why=str(error))
            heartbeat.beat(clock.monotonic(), presented=False)
            clock.wait(stopped, SECOND)
            continue
        usable.note("data", holds=False)
        with contextlib.closing(library):
            _say_what_is_lost(library)
            clock.learn(library)
            _Session(in_force, configuration, library, clock, heartbeat).run(stopped, reload)


def _wait_for_change(
    in_force: InForce,
    clock: TrustedClock,
    heartbeat: Heartbeat,
    stopped: threading.Event,
    reload: threading.Event,
) -> None:
    while not in_force.has_changed() and not reload.is_set() and not clock.wait(stopped, SECOND):
        heartbeat.beat(clock.monotonic(), presented=False)


def _say_what_is_lost(library: Library) -> None:
    if library.was_set_aside:
        _log.error("library.sqlite was damaged: set aside, and started anew from the feeds", file=library.was_set_aside)
    if library.lost:
        _log.error(
            "withdrawals cannot be read: nothing but the core set is shown, and nothing is fetched",
            why=library.lost,
            todo="weremember doctor --accept-loss",
        )


class _Session:
    """One configuration on one opened library, until either changes."""

    def __init__(
        self,
        in_force: InForce,
        configuration: Configuration,
        library: Library,
        clock: TrustedClock,
        heartbeat: Heartbeat,
    ) -> None:
        self._in_force = in_force
        self._configuration = configuration
        self._library = library
        self._clock = clock
        self._heartbeat = heartbeat
        self._intake = Intake(configuration, library, clock, alive=self._beat)
        self._answers: queue.SimpleQueue[Answer] = queue.SimpleQueue()
        self._hastened: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._held = identities(library.folder)
        self._reviewed = Reviewed(library, alive=self._beat)
        self._next_tidy: Nanos = 0
        self._next_sweep: Nanos = 0
        self._next_look: Nanos = 0
        self._undone = log.Edge(_log, begins="what was withdrawn cannot be deleted yet", ends="what was withdrawn is deleted")
        self._trouble = log.Edge(_log, begins="the library cannot be written", ends="the library can be written again")

    def _beat(self) -> None:
        self._heartbeat.beat(self._clock.monotonic(), presented=False)

    def run(self, stopped: threading.Event, reload: threading.Event) -> None:
        """Ask, take in, prepare and tidy until *stopped* or *reload*, or until the files are other ones."""
        askers = ThreadPoolExecutor(min(MAX_ASKERS, max(1, len(sources_of(self._configuration.settings)))), "asking")
        try:
            self._heartbeat.beat(self._clock.monotonic(), presented=False)
            self._intake.declare()
            housekeeping.sweep(self._library, None)
            with Preparing(self._configuration, self._clock) as preparing, contextlib.ExitStack() as stack:
                fetching = stack.enter_context(PreparingFilms(self._configuration, self._clock))
                following = stack.enter_context(FollowingProgrammes(self._configuration, self._clock))
                listeners = [stack.enter_context(listener) for listener in self._listeners()]
                while not stopped.is_set() and not reload.is_set():
                    now = self._clock.monotonic()
                    self._heartbeat.beat(now, presented=False)
                    preparing.check()
                    fetching.check()
                    following.check()
                    for listener in listeners:
                        listener.check()
                    for turn in self._intake.due(now):
                        self._ask(askers, turn)
                    self._take_in(preparing)
                    if not self._look(now, reload):
                        return
        except DamagedError as error:
            self._trouble.note("library", holds=True, why=str(error))
            set_damaged_aside(self._library.folder)
            self._clock.wait(stopped, SECOND)
        except LibraryError as error:
            self._trouble.note("library", holds=True, why=str(error))
            self._clock.wait(stopped, SECOND)
        finally:
            askers.shutdown(wait=False, cancel_futures=True)

    def _listeners(self) -> Iterator[Listener]:
        """Return what listens to the sources that tell what happens; what they hear waits its turn with the answers."""
        for name, turn in self._intake.turns.items():
            listener = turn.asker.listener(self._answers.put, partial(self._hastened.put, name))
            if listener:
                yield listener

    def _ask(self, askers: ThreadPoolExecutor, turn: Turn) -> None:
        turn.is_asked = True
        before = self._intake.before(turn.asker.source)

        def ask() -> None:
            for answer in turn.asker.ask(before):
                self._answers.put(answer)

        askers.submit(ask)

    def _take_in(self, preparing: Preparing) -> None:
        with contextlib.suppress(queue.Empty):
            while True:
                self._intake.hasten(self._hastened.get_nowait(), self._clock.monotonic())
        try:
            answer = self._answers.get(timeout=TICK / SECOND)
        except queue.Empty:
            return
        error = self._intake.take_in(answer)
        self._intake.ended(answer, error, self._clock.monotonic())
        preparing.wake()

    def _look(self, now: Nanos, reload: threading.Event) -> bool:
        """Do what is due once in a while; return False when the library is to be opened anew."""
        if now >= self._next_look:
            self._next_look = now + SECOND
            if identities(self._library.folder) != self._held:
                _log.error("the data folder was replaced or deleted: opened anew", folder=str(self._library.folder))
                return False
            if self._in_force.is_faulty and self._in_force.has_changed():
                reload.set()
            self._obey(reload)
            self._reviewed.step(self._clock.wall())
        if now >= self._next_tidy:
            self._next_tidy = now + TIDY_EVERY
            wall = self._clock.wall()
            if self._library.held_orders:
                tidy(self._library, self._clock, self._undone)
            today, zone = self._clock.by_the_calendar(), self._configuration.settings.site.zone
            housekeeping.retain(self._library, self._configuration.delete_at, today, zone=zone)
            housekeeping.expire(self._library, wall)
            housekeeping.make_room(self._library, self._configuration.settings.storage.budget, wall)
        if now >= self._next_sweep:
            self._next_sweep = now + SWEEP_EVERY
            for name in housekeeping.unexpire(self._library, self._clock.wall()):
                self._intake.forget(name)
            housekeeping.find_missing(self._library)
            housekeeping.sweep(self._library, self._clock.wall())
            housekeeping.prune(self._library, self._clock.wall())
        return True

    def _obey(self, reload: threading.Event) -> None:
        if self._library.held_orders is None:
            return
        for command in self._library.orders.waiting(WRITER):
            match command.verb:
                case "reload":
                    reload.set()
                    result = "read again"
                case "fetch":
                    result = self._hasten(command.arguments.get("source"))
                case _:
                    result = f"unknown command {command.verb}"
            self._library.orders.answer(command.id, result, at=self._clock.wall())

    def _hasten(self, source: str | None) -> str:
        """Let a source be asked soon, or each (None), and return what is said of it."""
        names = [name for name in self._intake.turns if source in (None, name)]
        for name in names:
            self._intake.hasten(name, self._clock.monotonic())
        return "asked soon" if names else f'there is no source "{source}"'
