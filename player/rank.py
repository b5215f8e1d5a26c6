"""Who gives way when processors are short: the show gives way to nobody."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import Final

_OF_SESSION: Final = Path("/proc/self/autogroup")


def give_way(rank: int) -> None:
    """Let this process take less of the processors than what the show runs in; *rank* is as for `nice`, 19 the lowest.

    Where Linux groups processes by session, as it does for whatever is started from a terminal, a process's own rank counts
    within its session alone. So one that leads a session, as all do that the supervisor starts, ranks that as well; of a session
    that somebody else leads nothing is changed.
    """
    os.setpriority(os.PRIO_PROCESS, 0, max(rank, os.getpriority(os.PRIO_PROCESS, 0)))
    if os.getsid(0) == os.getpid():
        with contextlib.suppress(OSError):  # another system, or one that groups by service: there the process's own rank counts
            _OF_SESSION.write_text(str(rank), "ascii")
