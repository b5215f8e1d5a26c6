"""Whatever of a running player may hang, made to hang: processes stopped, files held, a disk that takes nothing."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Final

from player.library.orders import ORDERS
from player.library.schema import LIBRARY
from tests.fakes.player import Player
from tests.fakes.site import Site

HOLDER: Final = """
import fcntl, sqlite3, sys
folder, *names = sys.argv[1:]
lock = open(folder + "/.opening", "wb")
fcntl.flock(lock, fcntl.LOCK_EX)
for connection in [sqlite3.connect(folder + "/" + name, isolation_level=None) for name in names]:
    connection.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.read()
"""
"""A command that was stopped while it wrote: nobody else may write or open anything."""


@contextmanager
def stopped(pid: int) -> Generator[None]:
    """Stop a process as a fault of the kernel would; let it go on afterwards."""
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        with contextlib.suppress(ProcessLookupError):  # the supervisor has made an end of it
            os.kill(pid, signal.SIGCONT)


@contextmanager
def held(site: Site) -> Generator[None]:
    """Let a process hold all files of the library and be stopped."""
    command = [sys.executable, "-c", HOLDER, str(site.data), LIBRARY.name, ORDERS.name]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout
            assert process.stdout.readline(), "the library could not be held"
            with stopped(process.pid):
                yield
        finally:
            process.kill()


@contextmanager
def unwritable(site: Site, screen: int) -> Generator[None]:
    """Let the next writing of the screen's writer never come back, as on a disk that does not answer."""
    pipes = [site.data / f"{name}.{screen}.part" for name in ("status", "preview")]
    for pipe in pipes:
        _make_pipe(pipe)
    try:
        yield
    finally:
        for pipe in pipes:
            with contextlib.suppress(OSError):  # nobody is stuck in it
                os.close(os.open(pipe, os.O_RDONLY | os.O_NONBLOCK))
            pipe.unlink(missing_ok=True)


def _make_pipe(path: Path) -> None:
    """Put a pipe where a file is about to be written; where one is being written at this moment, in its place."""
    with contextlib.suppress(FileExistsError):
        os.mkfifo(path)
        return
    path.unlink(missing_ok=True)
    os.mkfifo(path)


def children(pid: int) -> list[int]:
    """Return the processes that the one called *pid* has started."""
    found: list[int] = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):  # ended meanwhile
            if int(stat.read_text().rpartition(")")[2].split()[1]) == pid:
                found.append(int(stat.parent.name))
    return found


@contextmanager
def worker_stopped(site: Site, player: Player) -> Generator[None]:
    """Stop a picture worker; there is one as soon as there are pictures to be prepared."""
    found: list[int] = []

    def is_there() -> bool:
        found[:] = children(player.child("ingest"))
        return bool(found)

    site.until(is_there, "a picture is being prepared")
    with stopped(found[0]):
        yield


def hangs(site: Site, player: Player) -> dict[str, Callable[[], AbstractContextManager[None]]]:
    """Return everything that may hang beside the screen, by what it is."""
    return {
        "nothing": nullcontext,
        "the supervisor": lambda: stopped(player.process.pid),
        "ingest": lambda: stopped(player.child("ingest")),
        "the alarms": lambda: stopped(player.child("alarm")),
        "a command that holds the library": lambda: held(site),
        "the disk": lambda: unwritable(site, player.child("screen")),
    }
