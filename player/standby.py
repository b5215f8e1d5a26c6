"""Waiting, as small as a process can be, until the configuration has what the process is for: alarms, or projectors.

Most players have no `alarms:` and no `projectors:`. Reading a configuration in earnest takes 25 MB of memory; here it is looked
at as text, and what looks like one is then read by those who know.
"""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from player.clock import Clock
from player.heartbeat import Heartbeat
from player.places import LAST_CLEAN, find, probable_data
from player.units import SECOND, Nanos

TICK: Final[Nanos] = SECOND
MAX_CHARS: Final = 10_000_000  # of either file; the longest configuration that is read has a tenth of it


@dataclass(frozen=True, slots=True)
class Need:
    """What makes a process necessary, as text in a file."""

    written: re.Pattern[str]
    """In config.yaml."""
    kept: str
    """In its last clean copy."""


ALARMS: Final = Need(re.compile(r"^[^#\n]*\balarms\b", re.MULTILINE), '"alarms":[{')
PROJECTORS: Final = Need(re.compile(r"^[^#\n]*\bprojectors\b", re.MULTILINE), '"projectors":{"')


def stand_by(
    need: Need,
    config: str | None,
    data: str | None,
    *,
    clock: Clock,
    heartbeat: Heartbeat,
    stopped: threading.Event,
    reload: threading.Event,
) -> bool:
    """Wait until there may be what *need* says; return False when *stopped* came first.

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
            if may_need(need, file, copy):
                return True
        clock.wait(stopped, TICK)
    return False


def may_need(need: Need, file: Path, copy: Path) -> bool:
    """Whether the configuration, or its last clean *copy*, may have it: never wrong when it says no."""
    return need.written.search(_text(file)) is not None or need.kept in _text(copy)


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
