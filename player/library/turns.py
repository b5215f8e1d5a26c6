"""Taking turns among processes: an open file or folder whose lock is waited for, not for ever."""

from __future__ import annotations

import fcntl
import threading
from typing import IO, Final

from player.clock import Clock
from player.errors import LibraryError
from player.units import MILLISECOND, Nanos

ASK_EVERY: Final[Nanos] = 2 * MILLISECOND


def wait_for(lock: int | IO[bytes], *, what: str, clock: Clock, patience: Nanos) -> None:
    """Wait until *lock* is ours; it is given back when what it is on is closed.

    Raises:
        LibraryError: whoever has it, to open *what*, may have been stopped in the middle: nobody waits for ever.
    """
    never, ends = threading.Event(), clock.monotonic() + patience
    while not _is_ours(lock):
        if clock.monotonic() >= ends:
            raise LibraryError(f"another process is opening {what} and does not come to an end")
        clock.wait(never, ASK_EVERY)


def _is_ours(lock: int | IO[bytes]) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
