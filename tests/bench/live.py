"""What a wall shows of a ceremony's stream that is killed again and again, and how soon it cuts over to one that is up.

    python -m tests.bench.live [--breaks 100] [--size 1280x720]

A player with a real window on an X server in memory; its stream is HLS on this machine. Each break is one of: the station
answers 503, lists nothing new, its decoder is killed, the process that keeps decoders is killed. Ten times a second the wall is
looked at: it must never be black, and what moves must not stand for more than 3 s. Memory is what is the processes' own (PSS).
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import signal
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, cast

from player.clock import SystemClock
from player.units import MILLISECOND, SECOND, Nanos, Size
from tests.bench.soak import memory_mb
from tests.fakes.display import FakeDisplay, display
from tests.fakes.player import Player, processes, running
from tests.fakes.site import Site
from tests.fakes.streaming import Station

LOOK_EVERY: Final[Nanos] = 100 * MILLISECOND
BEGINS_IN: Final[Nanos] = 40 * SECOND
BLACK: Final = 40  # levels: the brightest pixel of a wall that shows nothing; words give way to words through a moment of night
BRIGHT: Final = 20  # levels, on average, of the lowest part of the wall: words leave it to the night
BREAKS: Final = ("answers 503", "lists nothing new", "decoder killed", "process killed")
WORDS: Final = "slides:\n  - words: {hold: 6s}\n"


@dataclass
class Seen:
    """What was seen of the wall."""

    looks: int = 0
    longest_black: Nanos = 0
    longest_still: Nanos = 0
    """Of what moves."""
    first: Nanos | None = None
    """When the stream was seen first (CLOCK_MONOTONIC)."""
    up: Counter[str] = field(default_factory=Counter[str])


class Eye:
    """Looks at the wall in a thread."""

    def __init__(self, wall: FakeDisplay) -> None:
        self.seen = Seen()
        self._wall = wall
        self._clock = SystemClock()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> Seen:
        self._thread.start()
        return self.seen

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        before, since = b"", self._clock.monotonic()
        lit = since
        while not self._clock.wait(self._stop, LOOK_EVERY):
            pixels, now, seen = self._wall.pixels(), self._clock.monotonic(), self.seen
            middle = pixels[pixels.shape[0] // 4 : -pixels.shape[0] // 4, ::2]
            is_stream = float(pixels[-pixels.shape[0] // 12 :].mean()) > BRIGHT
            found = hashlib.blake2b(middle.tobytes()).digest()
            seen.looks += 1
            lit = now if int(pixels.max()) >= BLACK else lit
            seen.longest_black = max(seen.longest_black, now - lit)
            seen.up["stream" if is_stream else "words or a page"] += 1
            if found != before or not is_stream:
                before, since = found, now
            seen.longest_still = max(seen.longest_still, now - since)
            if is_stream and seen.first is None:
                seen.first = now


def slide(data: Path) -> str:
    """Return what kind of slide is up, as the player says."""
    with suppress(OSError, ValueError, KeyError):
        return str(cast("dict[str, Any]", json.loads((data / "status.json").read_text("utf-8")))["slide"])
    return ""


def held(player: Player, name: str) -> tuple[float, int]:
    """Return memory (MB) and descriptors of a process, with those below it."""
    first = player.child(name)
    pids = [first, *(pid for pid, parent in _parents() if parent == first)]
    found = [pid for pid in pids if Path(f"/proc/{pid}/fd").exists()]
    return sum(map(memory_mb, found)), sum(len(list(Path(f"/proc/{pid}/fd").iterdir())) for pid in found)


def _parents() -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            fields = stat.read_text().rpartition(")")[2].split()
            found.append((int(stat.parent.name), int(fields[1])))
    return found


def decoder(player: Player) -> int:
    """Return the number of the process that decodes the stream, 0 when there is none."""
    first = player.child("film")
    return next((pid for pid, parent in _parents() if parent == first), 0)


def break_it(kind: str, station: Station, player: Player) -> Callable[[], None]:
    """Break the stream; return what mends it."""
    if kind == "answers 503":
        station.is_dead = True
    elif kind == "lists nothing new":
        station.freeze()
    else:
        pid = decoder(player) if kind == "decoder killed" else player.child("film")
        with suppress(ProcessLookupError):
            if pid:
                os.kill(pid, signal.SIGKILL)

    def mended() -> None:
        station.is_dead = False
        station.thaw()

    return mended


def place(folder: Path, url: str, *, begins: datetime, size: Size) -> Site:
    """Return a site with a ceremony."""
    rest = (
        f"display: {{fps: 30, size: {size.width}x{size.height}, renderer: cpu}}\n"
        "console: {enabled: false}\n"
        f"streams: {{ceremony: {{url: '{url}/live.m3u8', latency: 3s}}}}\n"
        "schedule:\n"
        "  fallback: wall\n"
        "  slots:\n"
        "    - id: memorial\n"
        "      show: {live: ceremony, else: wall}\n"
        f"      start: '{begins:%Y-%m-%dT%H:%M:%SZ}'\n"
        "      length: 6h\n"
        "      preroll: 20s\n"
        "      title: Memorial ceremony\n"
    )
    site = Site(folder, playlist=WORDS, rest=rest)
    text = site.config.read_text().replace("site: {zone: Europe/Warsaw}", "site: {zone: Europe/Warsaw, clock: own}")
    site.config.write_text(text.replace("feeds: {}\n", ""))
    return site


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--breaks", type=int, default=100)
    parser.add_argument("--size", default="1280x720")
    parser.add_argument("--seed", type=int, default=27)
    parser.add_argument("--kind", choices=BREAKS, default="", help="only such breaks")
    options = parser.parse_args()
    size = Size(*map(int, options.size.split("x")))
    clock, never, dice = SystemClock(), threading.Event(), random.Random(options.seed)
    station = Station(clock)
    with tempfile.TemporaryDirectory() as folder, station.serve() as url, display(size) as wall:
        begins = datetime.fromtimestamp((clock.wall() + BEGINS_IN) // SECOND, UTC)
        instant = clock.monotonic() + round(begins.timestamp() * SECOND) - clock.wall()
        site = place(Path(folder), url, begins=begins, size=size)
        with running(site, wall) as player:
            site.until(lambda: slide(site.data) == "title", "its title page is up", within=2 * BEGINS_IN)
            with Eye(wall) as seen:
                site.until(lambda: seen.first is not None, "the stream is up", within=2 * BEGINS_IN)
                print(f"cut-over: the stream was seen {((seen.first or 0) - instant) / MILLISECOND:.0f} ms after the instant")
                clock.wait(never, 10 * SECOND)
                before = {name: held(player, name) for name in ("screen", "film")}
                for number in range(options.breaks):
                    kind = options.kind or dice.choice(BREAKS)
                    mended = break_it(kind, station, player)
                    clock.wait(never, round(dice.uniform(0.5, 18 if number % 10 == 0 else 6) * SECOND))
                    mended()
                    clock.wait(never, round(dice.uniform(1, 8) * SECOND))
                    if sys.stderr.isatty():
                        print(f"{number + 1} {kind}", file=sys.stderr)
                site.until(lambda: slide(site.data) == "live", "the stream is back", within=60 * SECOND)
                clock.wait(never, 10 * SECOND)
                after = {name: held(player, name) for name in ("screen", "film")}
            pids = sorted(pid for pid, _ in processes(site))
    print(f"{options.breaks} breaks, {seen.looks} looks, {dict(seen.up)}")
    print(f"longest black: {seen.longest_black / SECOND:.2f} s; longest still stream: {seen.longest_still / SECOND:.2f} s")
    for name, (memory, descriptors) in before.items():
        print(f"{name}: {memory:.0f} MB, {descriptors} descriptors before; {after[name][0]:.0f} MB, {after[name][1]} after")
    print(f"processes at the end: {len(pids)}")


if __name__ == "__main__":
    main()
