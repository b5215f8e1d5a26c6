"""How long from the order to black, while each other process is stopped: `python -m tests.bench.dark [--times 20]`.

Real processes on an X server in memory, and a show of photos that move and fade. Counted from the moment at which the X server
has been given the key, or the demand lies in the data folder, until no pixel of the screen has any light; reading those back
takes some milliseconds, which are counted as well. Last comes a whole command, from its start, most of which is Python's.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final

import numpy as np
from PIL import Image

from player.clock import SystemClock
from player.library import dark
from player.units import MILLISECOND, SECOND, Nanos, Size
from tests.fakes import corpus
from tests.fakes.display import FakeDisplay, display
from tests.fakes.hanging import hangs, worker_stopped
from tests.fakes.player import ROOT, Player, running
from tests.fakes.publisher import Publisher
from tests.fakes.site import LONG_AGO, Site

SMALL: Final = Size(640, 360)  # so that reading back is quick
GIVE_UP: Final[Nanos] = 10 * SECOND
PLAYLIST: Final = "hold: 4s\nfade: 1.5s\nslides: [photo]\n"
LIT: Final = 60  # of 255; the photos are brighter by far
HALF: Final = 0.3  # of the screen; less are words


class Measurement:
    """One player, made dark and light again and again."""

    def __init__(self, site: Site, screen: FakeDisplay, player: Player) -> None:
        self.site = site
        self.screen = screen
        self.player = player
        self._clock = SystemClock()
        self._chance = random.Random(4)

    def by_key(self) -> Nanos:
        """Press the key; return when the X server had it."""
        self._press("b")
        return self._clock.monotonic()

    def by_file(self) -> Nanos:
        """Leave the demand; return when it lay there."""
        dark.demand(self.site.data)
        return self._clock.monotonic()

    def by_command(self) -> Nanos:
        """Give the command; return when it was begun."""
        began = self._clock.monotonic()
        command = [sys.executable, "-m", "player", "dark", "--config", str(self.site.config)]
        subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return began

    def once(self, order: Callable[[], Nanos]) -> float:
        """Give *order* at any time of a slide and wait for light afterwards; return the milliseconds to black."""
        self._clock.wait(threading.Event(), round(self._chance.uniform(0.2, 3) * SECOND))
        began = order()
        while self.screen.pixels().any():
            if self._clock.monotonic() > began + GIVE_UP:
                raise SystemExit("it did not become dark")
        took = self._clock.monotonic() - began
        self.lit()
        return took / MILLISECOND

    def lit(self) -> None:
        """Make it light."""
        self._press("l")
        self.site.until(lambda: share(self.screen) > HALF, "the picture is up again")

    def _press(self, key: str) -> None:
        subprocess.run(["xdotool", "key", key], env={**os.environ, "DISPLAY": self.screen.name}, check=True)


def photo(number: int, size: Size) -> bytes:
    """Return a photo like no other one, bright all over."""
    noise = np.random.default_rng(number).integers(100, 250, (size.height // 40, size.width // 40, 3)).astype(np.uint8)
    return corpus.encoded(Image.fromarray(noise).resize(size), "JPEG", quality=80)


def share(screen: FakeDisplay) -> float:
    """Return how much of the screen is lit."""
    return float((screen.pixels().max(axis=2) > LIT).mean())


def tell(name: str, took: list[float]) -> None:
    """Print a line."""
    took.sort()
    print(f"{name:<50} median {took[len(took) // 2]:4.0f} ms, most {took[-1]:4.0f} ms, n = {len(took)}", flush=True)


def measure(at: Measurement, publisher: Publisher, times: int) -> None:
    """Print a line for each that hangs."""
    site, player = at.site, at.player
    for name, hang in hangs(site, player).items():
        for order in (at.by_key, at.by_file):
            took: list[float] = []
            for _ in range(times):
                site.until(lambda: player.child("ingest") > 0 and player.child("alarm") > 0, "all processes are up")
                with hang():
                    took.append(at.once(order))
            tell(f"{name} hangs, {order.__name__.replace('_', ' ')}", took)
    took = []
    for _ in range(max(1, times // 4)):
        publisher.add(f"more-{len(took)}", photo(100 + len(took), Size(4000, 3000)), approved_at=LONG_AGO)
        with worker_stopped(site, player):
            took.append(at.once(at.by_key))
    tell("a picture worker hangs, by key", took)
    tell("nothing hangs, the whole command from its start", [at.once(at.by_command) for _ in range(times)])


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=20)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, display(SMALL) as screen:
        site, publisher = Site(Path(folder), playlist=PLAYLIST), Publisher()
        for number in range(3):
            publisher.add(str(number), photo(number, Size(1600, 1067)), approved_at=LONG_AGO)
        with publisher.serve() as url:
            site.configure(f"{{wall: {{kind: jsonfeed, url: '{url}', trust: moderated, every: 1s}}}}")
            with running(site, screen) as player:
                site.until((site.data / "status.json").exists, "the show runs")
                site.until(lambda: share(screen) > HALF, "a picture is up")
                measure(Measurement(site, screen, player), publisher, options.times)


if __name__ == "__main__":
    main()
