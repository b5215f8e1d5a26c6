"""A whole player whose screen notes every frame, and what stretches of its time came to: for benches.

Its processes are those of `run`, without a supervisor between, so that the screen can be told to keep a trace.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import subprocess
import threading
from collections.abc import Callable, Generator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from player.clock import SystemClock
from player.library.heard import heard
from player.processes import children
from player.units import MILLISECOND, SECOND, Nanos
from tests.bench.soak import part
from tests.fakes.site import Site

BEGINS_WITHIN: Final[Nanos] = 120 * SECOND
PAUSE: Final[Nanos] = SECOND // 4  # a picture that stands still is presented once: what is longer is no interval
_TICKS: Final = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Stretch:
    """What was measured between two instants."""

    begin: Nanos
    until: Nanos
    """Monotonic, both."""
    cores: Mapping[str, float]
    """By process, with all below it."""
    rows: tuple[tuple[Nanos, Nanos], ...] = ()
    """Of each frame: when it was presented, and how long it took."""

    @property
    def seconds(self) -> float:
        """How long it was."""
        return (self.until - self.begin) / SECOND

    def late(self, interval: Nanos) -> int:
        """Return how many frames came later than *interval* after the one before."""
        return sum(interval < gap < PAUSE for gap in self._gaps())

    def longest(self) -> Nanos:
        """Return the longest interval."""
        return max(self._gaps(), default=0)

    def work_ms(self, share: float) -> float:
        """Return how long so many of the frames took at most."""
        return part([work / MILLISECOND for _, work in self.rows], share)

    def _gaps(self) -> list[Nanos]:
        return [b - a for (a, _), (b, _) in itertools.pairwise(self.rows)]


class Traced:
    """A player that runs."""

    def __init__(self, site: Site, trace: Path, pids: Mapping[str, int]) -> None:
        self.site = site
        self._trace, self._pids = trace, pids
        self._clock, self._never = SystemClock(), threading.Event()
        self._stretches: list[Stretch] = []

    def is_up(self, slide: str) -> bool:
        """Whether such a slide is up, as the screen says."""
        return heard(self.site.data).get("slide") == slide

    def wait(self, length: Nanos) -> None:
        """Let time pass."""
        self._clock.wait(self._never, length)

    def measure(self, length: Nanos) -> None:
        """Let the show go on for so long, and keep what that comes to."""
        begin, before = self._clock.monotonic(), self._used()
        self.wait(length)
        until, after = self._clock.monotonic(), self._used()
        cores = {name: (after[name] - before[name]) * SECOND / (until - begin) for name in before}
        self._stretches.append(Stretch(begin, until, cores))

    def stretches(self) -> list[Stretch]:
        """Return what was measured, each with its frames: when the player has ended."""
        lines = self._trace.read_text("ascii").splitlines()[1:]
        rows = [(int(at), int(work)) for at, work in (line.split(",") for line in lines)]
        return [
            Stretch(each.begin, each.until, each.cores, tuple(row for row in rows if each.begin <= row[0] < each.until))
            for each in self._stretches
        ]

    def _used(self) -> dict[str, float]:
        """Return the seconds of processor time of each process, of those below it, and of those that have ended there."""
        below: dict[int, list[int]] = {}
        spent: dict[int, float] = {}
        for folder in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):  # ended meanwhile
                fields = (folder / "stat").read_text().rpartition(")")[2].split()
                below.setdefault(int(fields[1]), []).append(int(folder.name))
                spent[int(folder.name)] = sum(map(int, fields[11:15])) / _TICKS

        def whole(pid: int) -> float:
            return spent.get(pid, 0.0) + sum(map(whole, below.get(pid, ())))

        return {name: whole(pid) for name, pid in self._pids.items()}


@contextmanager
def traced(site: Site, environment: Mapping[str, str], is_on: Callable[[Traced], bool]) -> Generator[Traced]:
    """Run the player of *site* until the block is over; it begins when the wall *is_on*."""
    trace = site.folder / "trace.csv"
    with ExitStack() as stack:
        started: dict[str, int] = {}
        log = stack.enter_context((site.folder / "log").open("wb"))
        for child in children(config=str(site.config), data=None, windowed=None, ends_by_key=False):
            more = ["--trace", str(trace)] if child.name == "screen" else []
            process = subprocess.Popen([*child.argv, *more], env=dict(environment), stderr=log, stdin=subprocess.DEVNULL)
            stack.callback(_end, process)
            started[child.name] = process.pid
        player = Traced(site, trace, started)
        try:
            site.until(lambda: is_on(player), "the wall is on", within=BEGINS_WITHIN)
        except AssertionError as failed:
            failed.add_note(f"the player said:\n{(site.folder / 'log').read_text('utf-8')}")
            raise
        yield player


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    process.wait()
