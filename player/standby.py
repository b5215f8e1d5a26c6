"""Waiting, as small as a process can be, until the configuration names somebody who is to be told of alarms.

Most players have no `alarms:`. Reading a configuration in earnest takes 25 MB of memory; here it is looked at as text, and
what looks like an alarm is then read by those who know.
"""

from __future__ import annotations

import re
import threading
from pathlib import Path
from typing import Final

from player.clock import Clock
from player.heartbeat import Heartbeat
from player.places import LAST_CLEAN, find, probable_data
from player.units import SECOND, Nanos

TICK: Final[Nanos] = SECOND
MAX_CHARS: Final = 10_000_000  # of either file; the longest configuration that is read has a tenth of it

_WRITTEN: Final = re.compile(r"^[^#\n]*\balarms\b", re.MULTILINE)
_KEPT: Final = '"alarms":[{'


def stand_by(
    config: str | None,
    data: str | None,
    *,
    clock: Clock,
    heartbeat: Heartbeat,
    stopped: threading.Event,
    reload: threading.Event,
) -> bool:
    """Wait until there may be somebody to be told; return False when *stopped* came first.

    Asked at the start, on *reload*, and when another process of the player has taken in a new configuration.
    """
    file = find(config)
    seen: tuple[Path, int] | None = None
    while not stopped.is_set():
        heartbeat.beat(clock.monotonic(), presented=False)
        copy = (Path(data).expanduser() if data else probable_data(file)) / LAST_CLEAN
        found = copy, _stamp(copy)
        if reload.is_set() or found != seen:
            reload.clear()
            seen = found
            if may_tell(file, copy):
                return True
        clock.wait(stopped, TICK)
    return False


def may_tell(file: Path, copy: Path) -> bool:
    """Whether the configuration, or its last clean *copy*, may have alarms: never wrong when it says no."""
    return _WRITTEN.search(_text(file)) is not None or _KEPT in _text(copy)


def _text(file: Path) -> str:
    try:
        with file.open(encoding="utf-8", errors="replace") as opened:
            return opened.read(MAX_CHARS)
    except OSError:
        return ""


def _stamp(file: Path) -> int:
    try:
        return file.stat().st_mtime_ns
    except OSError:
        return 0
