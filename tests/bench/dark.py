"""How long from the key to black, while each other process is stopped: `python -m tests.bench.dark [--times 20]`.

Real processes on an X server in memory. Counted from the moment at which the X server has been given the key until no pixel of
its screen has any light; reading those back takes some milliseconds, which are counted as well.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import sqlite3
import subprocess
import tempfile
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from pathlib import Path
from typing import Final

from player.clock import SystemClock
from player.library.orders import ORDERS
from player.library.schema import LIBRARY
from player.units import MILLISECOND, SECOND, Nanos, Size
from tests.fakes.display import FakeDisplay, display, has_words
from tests.fakes.player import Player, running
from tests.fakes.site import Site

SMALL: Final = Size(640, 360)  # so that reading back is quick
GIVE_UP: Final[Nanos] = 10 * SECOND


@contextmanager
def stopped(pid: int) -> Generator[None]:
    """Stop a process; let it go on afterwards."""
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        with contextlib.suppress(ProcessLookupError):  # the supervisor has made an end of it
            os.kill(pid, signal.SIGCONT)


@contextmanager
def holding(site: Site) -> Generator[None]:
    """Hold both files as a process does that hangs while it writes."""
    with (
        closing(sqlite3.connect(site.data / LIBRARY.name)) as library,
        closing(sqlite3.connect(site.data / ORDERS.name)) as orders,
    ):
        for each in (library, orders):
            each.execute("BEGIN IMMEDIATE")
        yield


def press(screen: FakeDisplay, key: str) -> Nanos:
    """Press a key; return when the X server had it (monotonic)."""
    subprocess.run(["xdotool", "key", key], env={**os.environ, "DISPLAY": screen.name}, check=True)
    return SystemClock().monotonic()


def once(site: Site, screen: FakeDisplay) -> float:
    """Make it dark and light again; return the milliseconds to black."""
    clock = SystemClock()
    began = press(screen, "b")
    while screen.pixels().any():
        if clock.monotonic() > began + GIVE_UP:
            raise SystemExit("it did not become dark")
    took = clock.monotonic() - began
    press(screen, "l")
    site.until(lambda: has_words(screen.pixels()), "the words are up again")
    return took / MILLISECOND


def measure(site: Site, screen: FakeDisplay, player: Player, times: int) -> None:
    """Print a line for each that hangs."""
    hangs: dict[str, Callable[[], AbstractContextManager[None]]] = {
        "nothing hangs": nullcontext,
        "ingest is stopped": lambda: stopped(player.child("ingest")),
        "the supervisor is stopped": lambda: stopped(player.process.pid),
        "the library is held": lambda: holding(site),
    }
    for name, hang in hangs.items():
        took: list[float] = []
        for _ in range(times):
            site.until(lambda: player.child("ingest") > 0, "ingest is up")
            with hang():
                took.append(once(site, screen))
        took.sort()
        print(f"{name:<26} median {took[len(took) // 2]:.0f} ms, most {took[-1]:.0f} ms")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=20)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, display(SMALL) as screen:
        site = Site(Path(folder), playlist="hold: 4s\nfade: 1s\nslides: [words]\n")
        with running(site, screen) as player:
            site.until(lambda: has_words(screen.pixels()), "the words are up")
            site.until((site.data / "status.json").exists, "the show runs")
            site.until(lambda: player.child("ingest") > 0, "ingest is up")
            measure(site, screen, player, options.times)


if __name__ == "__main__":
    main()
