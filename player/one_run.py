"""One player at a time works with a data folder: whoever begins holds a lock there, until it ends or is killed."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO, Final

from player import log
from player.errors import OperatorError

LOCK: Final = "run.lock"
_MOST: Final = 20  # characters of a process's number

_log = log.get("supervisor")


@contextmanager
def held(folder: Path) -> Generator[None]:
    """Keep *folder* for this process alone; those that it starts do not inherit the lock.

    A folder that cannot be written to is no reason not to begin.

    Raises:
        OperatorError: another player has it.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        _log.warning("nothing keeps another player from this data folder", folder=folder, why=error.strerror)
        yield
        return
    with closing(os.fdopen(descriptor, "r+", encoding="ascii", errors="replace")) as lock:
        _take(lock, folder)
        yield


def _take(lock: IO[str], folder: Path) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        pid = lock.read(_MOST).strip()
        whose = f" (pid {pid})" if pid.isdecimal() else ""
        raise OperatorError(f"a player already runs with this data folder{whose}: {folder}") from error
    except OSError as error:  # a network's folder may know no locks
        _log.warning("nothing keeps another player from this data folder", folder=folder, why=error.strerror)
        return
    try:
        lock.truncate(0)
        lock.write(f"{os.getpid()}\n")
        lock.flush()
    except OSError as error:  # a full disk: the lock counts, not what is in it
        _log.debug("the lock does not say whose it is", why=error.strerror)
