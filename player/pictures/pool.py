"""Prepares several pictures at once: jobs are pulled as there is room, fetched and prepared on threads, answered in any order."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from types import TracebackType
from typing import Final, Self, TypeAlias

from player.clock import Clock
from player.errors import WeRememberError
from player.pictures.child import Children
from player.pictures.prepare import Prepared, prepare
from player.units import Digest, Size

MAX_WORKERS: Final = 4  # a picture can take 1 GiB; with four at once a player of 8 GB still has room
LOOK_AHEAD: Final = 2  # jobs pulled beyond those in work, so that no thread waits for the next; each holds at most a URL


@dataclass(frozen=True, slots=True)
class Job:
    """A picture to fetch and prepare."""

    key: int
    load: Callable[[], bytes]
    """Called once, on a thread of the pool. May raise any WeRememberError; has its own deadline."""


@dataclass(frozen=True, slots=True)
class Done:
    """A picture that is ready."""

    key: int
    prepared: Prepared
    data_sha256: Digest
    """Of the bytes that were loaded."""


@dataclass(frozen=True, slots=True)
class Failed:
    """A picture that could not be loaded or was refused."""

    key: int
    error: WeRememberError
    data_sha256: Digest | None = None
    """Of the bytes that were loaded, when it came so far: what a quarantine goes by."""


Outcome: TypeAlias = Done | Failed


class Pool:
    """Threads that prepare pictures; a context manager. Leaving it kills the workers and joins the threads."""

    def __init__(self, *, workers: int | None = None, bounds: Size, tile_bounds: Size, clock: Clock) -> None:
        self._bounds = bounds
        self._tile_bounds = tile_bounds
        self._clock = clock
        self._workers = workers or default_workers()
        self._stopped = threading.Event()
        self._children = Children()
        self._threads = ThreadPoolExecutor(self._workers, thread_name_prefix="picture")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()
        self._threads.shutdown(wait=True, cancel_futures=True)

    def stop(self) -> None:
        """End all work: `run` yields nothing more. From any thread; a `load` in progress is waited for when the pool is left."""
        self._stopped.set()
        self._children.close()

    def run(self, jobs: Iterable[Job]) -> Iterator[Outcome]:
        """Yield what became of each of *jobs*, as they come to an end, until all did or the pool is stopped.

        Jobs are pulled from the calling thread, a few ahead. What ends because the pool is stopped is not yielded:
        it says nothing of the picture. An exception that is no WeRememberError comes out here.
        """
        waiting = iter(jobs)
        running: set[Future[Outcome]] = set()
        try:
            while not self._stopped.is_set():
                self._fill(running, waiting)
                if not running:
                    return
                ended, running = wait(running, return_when=FIRST_COMPLETED)
                for future in ended:
                    outcome = future.result()
                    if self._stopped.is_set():
                        return
                    yield outcome
        finally:
            for future in running:
                future.cancel()

    def _fill(self, running: set[Future[Outcome]], waiting: Iterator[Job]) -> None:
        while len(running) < self._workers + LOOK_AHEAD:
            job = next(waiting, None)
            if job is None:
                return
            running.add(self._threads.submit(self._work, job))

    def _work(self, job: Job) -> Outcome:
        digest: Digest | None = None
        try:
            data = job.load()
            digest = Digest(hashlib.sha256(data).hexdigest())
            prepared = prepare(
                data, bounds=self._bounds, tile_bounds=self._tile_bounds, clock=self._clock, children=self._children
            )
        except WeRememberError as error:
            return Failed(job.key, error, digest)
        return Done(job.key, prepared, digest)


def default_workers() -> int:
    """Return how many pictures to prepare at once: as many as there are cores for us, one to four."""
    return max(1, min(MAX_WORKERS, len(os.sched_getaffinity(0))))
