"""Waiting, as small as a process can be, until the configuration has what the process is for: alarms, projectors, films, a fleet.

Most players have no `alarms:` and no `projectors:`, and some have their console switched off. Reading a configuration in earnest
takes 25 MB of memory; here it is looked at as text, and what looks like one is then read by those who know.
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
    also: str = ""
    """Likewise, where there are two reasons."""

    def may_be(self, text: str, copy: str) -> bool:
        """Whether one of them has it; *copy* is empty when there is none. Never wrong when it says no."""
        is_kept = self.kept in copy or (self.also != "" and self.also in copy)
        return is_kept or self.written.search(text) is not None


@dataclass(frozen=True, slots=True)
class Unless(Need):
    """What makes a process needless, which is necessary otherwise."""

    def may_be(self, text: str, copy: str) -> bool:
        """Whether one of them lacks it."""
        return self.written.search(text) is None or (copy != "" and self.kept not in copy)


ALARMS: Final = Need(re.compile(r"^[^#\n]*\balarms\b", re.MULTILINE), '"alarms":[{')
PROJECTORS: Final = Need(re.compile(r"^[^#\n]*\bprojectors\b", re.MULTILINE), '"projectors":{"')
# A playlist that shows a film may have any name and lie beside the file: what they all come to is in the copy.
FILMS: Final = Need(re.compile(r"^[^#\n]*\bstreams\b", re.MULTILINE), '"film":{', '"streams":{"')
FLEET: Final = Need(re.compile(r"^[^#\n]*\bfleet\b", re.MULTILINE), '"fleet":{"broker":')
SERVE: Final = Need(re.compile(r"^[^#\n]*\bserve\b", re.MULTILINE), '"serve":{"enabled":true')
# At the margin, where hardly anything else can look like it: `{… enabled: false …}` in one line, or a line of its own below. The
# copy, which the others write from what they have understood, must say so too.
CONSOLE: Final = Unless(
    re.compile(
        r"^console:[ \t]*(?:\{(?:[^#\n\"'{}]*,)?[ \t]*enabled:[ \t]+false[ \t]*[,}]"
        r"|(?:#[^\n]*)?\n(?:[ \t]*(?:#[^\n]*)?\n|[ \t]+[a-z_]+:[^\n|>\"'{\[]*\n)*?[ \t]+enabled:[ \t]+false[ \t]*(?:#[^\n]*)?$)",
        re.MULTILINE,
    ),
    '"console":{"enabled":false,',
)


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
    return need.may_be(_text(file), _text(copy))


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
