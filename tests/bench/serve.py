"""What it costs the wall that somebody watches the running show: `python -m tests.bench.serve [--seconds 30] [--rounds 1]`.

A whole player on an X server in memory, its photos moving, with `serve:` on. First nobody watches, then one viewer does, as a
browser does: logged in to the console, asking for the playlist each second and for every new piece. Each round has both, so that
what else the machine does falls on both.
"""

from __future__ import annotations

import argparse
import contextlib
import re
import tempfile
import threading
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx

from player.clock import SystemClock
from player.console.door import cookies
from player.console.people.hashing import COST
from player.console.people.roles import Role
from player.filming.studio import WATCHED_FOR
from player.units import MILLISECOND, SECOND, Nanos, Size, parse_size
from tests.bench.soak import display
from tests.bench.traced import Stretch, Traced, traced
from tests.fakes.people import added, log_in, people_in
from tests.fakes.player import ROOT
from tests.fakes.served import free_port
from tests.fakes.site import Site

PLAYLIST: Final = "hold: 5s\nfade: 1.5s\nslides: [photo]\n"  # they move: every frame is drawn
FEEDS: Final = f"{{demo: {{kind: jsonfeed, url: {ROOT}/assets/demo/feed.json, trust: moderated}}}}"
REST: Final = """\
display: {{fps: {fps}, size: {width}x{height}, renderer: cpu}}
console: {{port: {port}}}
serve: {{enabled: true, height: {served}}}
"""
SETTLING: Final[Nanos] = 5 * SECOND
FIRST: Final = re.compile(r'URI="([^"]+)"')


@dataclass(slots=True)
class Viewer:
    """Somebody with a browser."""

    url: str
    session: str
    got: int = 0
    """Pieces."""
    size: int = 0
    """Bytes of them."""

    @contextmanager
    def watching(self) -> Generator[None]:
        """Watch until the block is over."""
        ends = threading.Event()
        thread = threading.Thread(target=self._watch, args=(ends,), name="viewer")
        thread.start()
        try:
            yield
        finally:
            ends.set()
            thread.join()

    def _watch(self, ends: threading.Event) -> None:
        clock, known = SystemClock(), set[str]()
        with httpx.Client(base_url=self.url, headers={"cookie": f"{cookies.SESSION}={self.session}"}, timeout=10) as client:
            while not ends.is_set():
                with contextlib.suppress(httpx.TransportError):
                    answer = client.get("/live/show.m3u8")
                    text = answer.text if answer.is_success else ""
                    names = [*FIRST.findall(text), *(line for line in text.splitlines() if line.endswith(".m4s"))]
                    for name in (each for each in names if each not in known):
                        answer = client.get(f"/live/{name}")
                        known.add(name)
                        self.got, self.size = self.got + answer.is_success, self.size + len(answer.content)
                clock.wait(ends, SECOND)


def session(site: Site) -> str:
    """Return the cookie of somebody who may watch."""
    people = people_in(site.data, SystemClock(), cost=COST)
    added(people, "Vera", Role.VIEWER)
    try:
        return log_in(people, "Vera").token
    finally:
        people.close()


def measure(player: Traced, viewer: Viewer, *, rounds: int, length: Nanos) -> None:
    """Measure without and with a viewer, in turn."""
    player.wait(SETTLING)
    for number in range(rounds):
        if number:
            player.wait(WATCHED_FOR + SETTLING)  # so long after the last question somebody is taken to watch
        player.measure(length)
        with viewer.watching():
            player.wait(SETTLING)
            player.measure(length)


def report(alone: Sequence[Stretch], watched: Sequence[Stretch], fps: int) -> None:
    """Print both, and the ratio of each number."""

    def row(name: str, of: Callable[[Stretch], float]) -> None:
        a, b = (sum(map(of, each)) / len(each) for each in (alone, watched))
        print(f"{name:44}{a:10.2f}{b:10.2f}" + (f"{b / a:9.2f}x" if a else ""))

    print(f"{'':44}{'nobody':>10}{'a viewer':>10}")
    row("frames a second", lambda each: len(each.rows) / each.seconds)
    row("late by a frame or more, a minute", lambda each: each.late(2 * SECOND // fps) * 60 / each.seconds)
    row("longest interval, ms", lambda each: each.longest() / MILLISECOND)
    for name, share in (("median", 0.5), ("p99", 0.99)):
        row(f"work of a frame, ms, {name}", lambda each, share=share: each.work_ms(share))
    for name in alone[0].cores:
        row(f"cores: {name}", lambda each, name=name: each.cores[name])


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=30)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--fps", type=int, default=30, help="of the display")
    parser.add_argument("--size", type=parse_size, default=Size(1920, 1080))
    parser.add_argument("--height", type=int, default=720, help="of what is served")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        port, (width, height) = free_port(), asked.size
        rest = REST.format(fps=asked.fps, width=width, height=height, port=port, served=asked.height)
        site = Site(Path(folder), playlist=PLAYLIST, rest=rest)
        site.configure(FEEDS)
        site.command("ingest", "--once")
        viewer = Viewer(f"http://127.0.0.1:{port}", session(site))
        with (
            display(f"{width}x{height}") as environment,
            traced(site, environment, lambda player: player.is_up("photo")) as player,
        ):
            measure(player, viewer, rounds=asked.rounds, length=asked.seconds * SECOND)
        found = player.stretches()
    report(found[::2], found[1::2], asked.fps)
    print(f"the viewer was given {viewer.got} pieces, {viewer.size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
