"""Several pictures at once: pulled as there is room, answered as they end, stopped without a trace."""

from __future__ import annotations

import hashlib
import os
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Final

import pytest

from player.clock import SystemClock
from player.errors import NetworkError, PictureError
from player.pictures import child
from player.pictures.pool import LOOK_AHEAD, MAX_WORKERS, Done, Failed, Job, Pool, default_workers
from player.units import Size
from tests.fakes import corpus

PICTURE: Final = corpus.jpeg(160, 120)


def pool(workers: int | None = 2) -> Pool:
    """Return a pool for a small canvas."""
    return Pool(workers=workers, bounds=Size(200, 200), tile_bounds=Size(50, 50), clock=SystemClock())


def loads(data: bytes) -> Callable[[], bytes]:
    """Return what fetches *data* at once."""
    return lambda: data


def picture_threads() -> list[str]:
    """Return the names of the pool's threads that are alive."""
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("picture")]


def leaves_nothing() -> bool:
    """Whether neither a thread of a pool nor a child process is left."""
    try:
        os.waitpid(-1, os.WNOHANG)
    except ChildProcessError:
        return not picture_threads()
    return False


def test_every_job_has_one_outcome() -> None:
    """Good pictures are done with the hash of their bytes, bad ones and failed fetches have their reason; none is lost."""

    def unreachable() -> bytes:
        raise NetworkError("no route")

    jobs = [Job(1, loads(PICTURE)), Job(2, loads(b"text")), Job(3, unreachable), Job(4, loads(PICTURE))]
    with pool() as four:
        outcomes = {outcome.key: outcome for outcome in four.run(jobs)}

    assert sorted(outcomes) == [1, 2, 3, 4]
    for key in (1, 4):
        done = outcomes[key]
        assert isinstance(done, Done)
        assert done.data_sha256 == hashlib.sha256(PICTURE).hexdigest()
        assert done.prepared.size == Size(160, 120)
    refused, lost = outcomes[2], outcomes[3]
    assert isinstance(refused, Failed)
    assert isinstance(refused.error, PictureError)
    assert refused.data_sha256 == hashlib.sha256(b"text").hexdigest()
    assert isinstance(lost, Failed)
    assert isinstance(lost.error, NetworkError)
    assert lost.data_sha256 is None
    assert leaves_nothing()


def test_jobs_are_pulled_as_there_is_room() -> None:
    """A million jobs are not pulled at once: no more than are in work and a few ahead."""
    pulled: list[int] = []

    def endless() -> Iterator[Job]:
        key = 0
        while True:
            pulled.append(key)
            yield Job(key, loads(b"text"))
            key += 1

    with pool() as busy:
        outcomes = busy.run(endless())
        for _ in range(5):
            next(outcomes)

    assert len(pulled) <= 5 + 2 + LOOK_AHEAD


def test_leaving_half_way_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pool that is left while workers hang kills them, joins its threads, and does not wait for their deadline."""
    monkeypatch.setattr(child, "worker_command", lambda: (sys.executable, "-I", "-S", "-c", "import time; time.sleep(600)"))
    loaded = threading.Event()

    def slow() -> bytes:
        loaded.set()
        return PICTURE

    with pool() as left:
        outcomes = left.run([Job(1, loads(b"text")), *(Job(key, slow) for key in range(2, 9))])
        assert next(outcomes).key == 1
        assert loaded.wait(10)

    assert leaves_nothing()


def test_a_stop_from_another_thread_ends_the_run_and_blames_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stopping ends the run; a picture whose worker was killed by it has no outcome, so it is not counted as bad."""
    monkeypatch.setattr(child, "worker_command", lambda: (sys.executable, "-I", "-S", "-c", "import time; time.sleep(600)"))
    with pool() as stopped:

        def stopping() -> bytes:
            stopped.stop()
            return PICTURE

        outcomes = list(stopped.run([Job(1, loads(PICTURE)), Job(2, stopping), Job(3, loads(PICTURE))]))

    assert outcomes == []
    assert leaves_nothing()


def test_our_own_mistakes_come_out() -> None:
    """An exception that is none of ours is not swallowed by a thread: it comes out of the run."""

    def mistaken() -> bytes:
        raise RecursionError("ours")

    with pool() as fails, pytest.raises(RecursionError, match="ours"):
        list(fails.run([Job(1, mistaken)]))

    assert leaves_nothing()


def test_a_pool_serves_again() -> None:
    """After a run that was left half-way a second one gets its own outcomes only."""
    with pool(workers=1) as again:
        first = again.run([Job(key, loads(b"text")) for key in range(10)])
        next(first)
        second = {outcome.key for outcome in again.run([Job(100, loads(b"text"))])}

    assert second == {100}


def test_threads_have_names_and_a_number() -> None:
    """By default there are one to four threads, named so that a stuck one can be found."""
    names: list[str] = []

    def tells() -> bytes:
        names.append(threading.current_thread().name)
        return b"text"

    with pool(workers=None) as named:
        list(named.run([Job(1, tells)]))

    assert names[0].startswith("picture")
    assert 1 <= default_workers() <= MAX_WORKERS
