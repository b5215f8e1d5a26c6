"""How long from a withdrawal at the publisher to no pixel of it on the screen: `python -m tests.bench.withdrawal [--times 200]`.

A signed feed on a server of this machine, a player of its own on an X server without a display. At random moments of the show the
photo that is up (or, one time in four, another one) is withdrawn; the player's receipt says when it was off the screen.
"""

from __future__ import annotations

import argparse
import io
import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path
from typing import Final

from PIL import Image

from player.clock import SystemClock
from player.library import anchors
from player.library.library import Library, open_library
from player.publish.demo.wall import view_of
from player.publish.server import Server
from player.units import SECOND, Nanos
from tests.bench.soak import ROOT, display, part
from tests.fakes.repository import Repository

EVERY_S: Final = 2
SPARE: Final = 12  # photos that are there besides those that will be withdrawn
GIVE_UP: Final[Nanos] = 20 * SECOND
TICK: Final[Nanos] = 120 * SECOND  # between two signatures of the time
CONFIG: Final = """\
feeds:
  wall: {{kind: jsonfeed, url: "{url}", trust: signed, every: {every}s}}
words: {{only_checked: false}}
storage: {{data: data}}
"""
PLAYLIST: Final = """\
hold: 4s
fade: 1s
slides:
  - photo: {pairs: true, times: 3}
  - mosaic: {columns: 4, rows: 3, hold: 15s}
"""


class Site:
    """A publisher in memory, its files on a disk, and a folder for a player."""

    def __init__(self, folder: Path, photos: int) -> None:
        self.clock = SystemClock()
        self.public = folder / "public"
        self.public.mkdir()
        self.server = Server(self.public, clock=self.clock)
        self.server.start()
        self.repository = Repository(now=self.clock.wall())
        names = [f"photo-{number}" for number in range(photos)]
        self.repository.approve_all(names)
        for number, name in enumerate(names):
            self.repository.approve(name, picture(number, photos))
        self.written: dict[str, bytes] = {}
        self.write()
        (folder / "playlists").mkdir()
        (folder / "playlists" / "wall.yaml").write_text(PLAYLIST, "utf-8")
        self.config = folder / "config.yaml"
        self.config.write_text(CONFIG.format(url=self.server.url, every=EVERY_S), "utf-8")
        self.data = folder / "data"
        with closing(open_library(self.data, writer="bench")) as library:
            root = anchors.Root(self.repository.root, 1)
            anchors.pin(library.orders.connection, "wall", root, by="bench", at=self.clock.wall())

    def write(self) -> Nanos:
        """Write what is new, the timestamp last; return when it was there."""
        last = "metadata/timestamp.json"
        for path, body in sorted(self.repository.files.items(), key=lambda pair: pair[0] == last):
            if self.written.get(path) != body:
                place = self.public / path
                place.parent.mkdir(parents=True, exist_ok=True)
                temporary = place.with_name(f".{place.name}.part")
                temporary.write_bytes(body)
                temporary.rename(place)
                self.written[path] = body
        return self.clock.wall()

    def tick(self) -> None:
        """Sign the time."""
        self.repository.now = self.clock.wall()
        self.repository.tick()
        self.write()

    def withdraw(self, name: str) -> Nanos:
        """Withdraw a photo; return when the publication was complete."""
        self.repository.now = self.clock.wall()
        self.repository.withdraw(name)
        return self.write()


def picture(number: int, of: int) -> bytes:
    """Return a photo of one colour, unlike every other."""
    out = io.BytesIO()
    hue = round(number / of * 255)
    Image.new("HSV", (900 + number % 7, 600 if number % 3 else 1200), (hue, 120, 160)).convert("RGB").save(out, "JPEG")
    return out.getvalue()


def off_screen(library: Library, name: str, since: Nanos) -> tuple[float, bool]:
    """Wait for the receipt of *name*; return how long it took, in seconds, and whether it was up."""
    end = time.monotonic_ns() + GIVE_UP
    while time.monotonic_ns() < end:
        row = library.orders.connection.execute(
            "SELECT off_at, was_up FROM receipts WHERE item=? AND off_at IS NOT NULL AND source='wall'", (name,)
        ).fetchone()
        if row:
            return (row[0] - since) / SECOND, bool(row[1])
        time.sleep(0.02)
    raise SystemExit(f"{name} was never off the screen")


def wait_until_prepared(library: Library, photos: int) -> None:
    """Wait until every photo could be shown."""
    while True:
        (ready,) = library.connection.execute("SELECT count(*) FROM photos WHERE picture IS NOT NULL").fetchone()
        sys.stderr.write(f"\rprepared {ready} of {photos}")
        if ready == photos:
            sys.stderr.write("\n")
            return
        time.sleep(1)


def measure(site: Site, times: int, chance: random.Random) -> list[tuple[float, bool]]:
    """Withdraw that many photos at random moments."""
    found: list[tuple[float, bool]] = []
    left = {f"photo-{number}" for number in range(times + SPARE)}
    signed = time.monotonic_ns()
    with closing(open_library(site.data, writer="bench")) as library:
        wait_until_prepared(library, times + SPARE)
        time.sleep(3)
        while len(found) < times:
            if time.monotonic_ns() - signed > TICK:
                site.tick()
                signed = time.monotonic_ns()
            time.sleep(chance.uniform(0, 3))
            up = view_of(library, site.clock.wall(), has_screen=True).on_screen or frozenset()
            wanted = sorted(up & left) if chance.random() < 0.75 and up & left else sorted(left)
            name = chance.choice(wanted)
            left.discard(name)
            found.append(off_screen(library, name, site.withdraw(name)))
            sys.stderr.write(f"\r{len(found)} of {times}, the slowest {max(seconds for seconds, _ in found):.2f} s")
    sys.stderr.write("\n")
    return found


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="withdrawal-") as folder, display("1280x720") as environment:
        site = Site(Path(folder), asked.times + SPARE)
        command = [sys.executable, "-m", "player", "run", "--config", str(site.config), "--windowed", "1280x720"]
        player = subprocess.Popen(command, env={**environment, "PYTHONPATH": str(ROOT)}, stderr=subprocess.DEVNULL, cwd=folder)
        try:
            found = measure(site, asked.times, random.Random(asked.seed))
        finally:
            player.send_signal(signal.SIGTERM)
            player.wait(10)
            site.server.stop()
    seconds = [each for each, _ in found]
    print(f"withdrawals {len(found)}, of which up at that moment {sum(up for _, up in found)}; asked every {EVERY_S} s")
    median, p95 = statistics.median(seconds), part(seconds, 0.95)
    print(f"publisher to off screen: median {median:.2f} s, p95 {p95:.2f} s, p100 {max(seconds):.2f} s")
    print(f"p100 less the interval: {max(seconds) - EVERY_S:+.2f} s (at most 1 s is wanted)")
    if max(seconds) > EVERY_S + 1:
        os._exit(1)


if __name__ == "__main__":
    main()
