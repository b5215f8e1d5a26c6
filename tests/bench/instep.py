"""How exactly two screens are in step, real processes with libraries of their own: `python -m tests.bench.instep [--minutes 5]`.

One has its clock 1 ms ahead. By the timetable a show in step is on twenty seconds of every 31; in between each goes by its own
order. Printed: of the instants that were looked at, outside one frame of a border, the share at which both had the same slide up;
and how far apart their first frames of a show were, in frames.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
from bisect import bisect_right
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import numpy as np

from player.clock import SystemClock
from player.screen.programme import programme_of
from player.settings import load
from player.show.instep import Measure, measure
from player.show.playlist import Show
from player.show.programme import Programme, recipe
from player.staging import stage_of
from player.text.typeset import Typesetter
from player.units import MILLISECOND, SECOND, Nanos
from tests.bench.soak import ROOT, part
from tests.fakes.clock import FakeClock
from tests.fakes.drawn_wall import Painting, items_of
from tests.fakes.in_step import GROUP, counts

AHEAD: Final[Nanos] = MILLISECOND  # of the second screen's clock
FPS: Final = 60
FRAME: Final[Nanos] = SECOND // FPS
LOOK_EVERY: Final[Nanos] = 20 * MILLISECOND
STARTING: Final[Nanos] = 15 * SECOND  # until both screens are up
EVERY: Final[Nanos] = 31 * SECOND  # so that each show begins elsewhere in a slot than the one before
TOGETHER: Final[Nanos] = 20 * SECOND  # of that
PHOTOS: Final = 30
WINDOW: Final = "960x540"

CHILD: Final = """
import json, sys, time
ahead, log = int(sys.argv[1]), open(sys.argv[2], "w", buffering=1)
from player.clock import SystemClock
true = SystemClock.wall
SystemClock.wall = lambda self: true(self) + ahead
from player.screen.loop import Loop
frame, last = Loop.frame, [None]
def looked(self, monotonic, happened=()):
    frame(self, monotonic, happened)
    slot = self.reel.slot
    seen = slot.number if slot else None
    if seen != last[0]:
        last[0] = seen
        log.write(json.dumps([time.monotonic_ns(), seen]) + "\\n")
Loop.frame = looked
from player.cli import main
main(sys.argv[3:], prog_name="weremember")
"""


@dataclass(frozen=True)
class Seen:
    """Which slot a screen had up from which instants on (monotonic); None where it was not in step."""

    at: Sequence[Nanos]
    slots: Sequence[int | None]

    def slot(self, t: Nanos) -> int | None:
        """Return which one was up at *t*."""
        i = bisect_right(self.at, t)
        return self.slots[i - 1] if i else None

    def begun(self) -> list[Nanos]:
        """Return when shows in step began."""
        steps = zip(self.at, (None, *self.slots), self.slots, strict=False)
        return [at for at, before, now in steps if before is None and now is not None]


def config(folder: Path, first: Nanos, starts: int) -> Path:
    """Write a configuration with a show in step in each minute; return it."""
    (folder / "playlists").mkdir(parents=True)
    (folder / "playlists" / "alone.yaml").write_text("hold: 7s\nslides: [photo]\n")
    slides = "[photo, {photo: {pairs: true}}, {mosaic: {columns: 4, rows: 3, hold: 15s}}, words]"
    (folder / "playlists" / "together.yaml").write_text(f"hold: 4s\nfade: 1.5s\nsync: {GROUP}\nslides: {slides}\n")
    slots = [
        f"    - {{id: s{n}, show: together, start: '{_utc(first + n * EVERY)}', length: {TOGETHER // SECOND}s, priority: 10}}"
        for n in range(starts)
    ]
    lines = [
        "site: {clock: own}",
        "show: alone",
        "feeds: {wall: {kind: jsonfeed, url: 'https://example.org/feed.json', trust: moderated}}",
        "storage: {data: data}",
        "display: {renderer: cpu}",
        "schedule:",
        "  fallback: alone",
        "  slots:",
        *slots,
    ]
    file = folder / "config.yaml"
    file.write_text("\n".join(lines) + "\n")
    return file


def _utc(t: Nanos) -> str:
    return datetime.fromtimestamp(t / SECOND, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def filled(folder: Path, number: int, epoch: Nanos) -> Show:
    """Fill the library of a screen in an order of its own, and commit a programme; return its show."""
    names = [f"{'p' if n % 3 == 0 else 'l'}{n}" for n in range(PHOTOS)]
    loaded = load(folder / "config.yaml").configuration
    assert loaded is not None, "the configuration of the bench has a mistake"
    letters = Typesetter()
    programme = programme_of(
        loaded, stage_of(loaded), lambda language, text: letters.fonts.speakable(language, text) is not None, letters.fonts.sets
    )
    bill = programme.bill("together")
    now = SystemClock().wall()
    library = Painting(folder / "data", FakeClock(wall=now))
    for name in np.random.default_rng(number).permutation(names).tolist():
        library.publish(name)
    made = Programme(
        group=GROUP,
        version="1",
        show="together",
        recipe=recipe(bill.show, bill.phrases),
        epoch=epoch,
        items=tuple(items_of(names)),
    )
    counts(library.ingest.connection, made, now=now)
    library.ingest.close()
    return bill.show


def watched(folder: Path, length: Nanos, first: Nanos, starts: int) -> tuple[Show, list[Seen]]:
    """Run two screens for *length*; return the show that is in step, and what was seen on each."""
    clock, never = SystemClock(), threading.Event()
    environment = {**os.environ, "SDL_VIDEODRIVER": "dummy", "PYTHONPATH": str(ROOT)}
    shows: list[Show] = []
    screens: list[subprocess.Popen[bytes]] = []
    with ExitStack() as stack:
        for number, ahead in enumerate((0, AHEAD)):
            home = folder / str(number)
            config(home, first, starts)
            shows.append(filled(home, number, first // MILLISECOND * MILLISECOND - 3600 * SECOND))
            words = ["screen", "--config", str(home / "config.yaml"), "--windowed", WINDOW]
            running = subprocess.Popen(
                [sys.executable, "-c", CHILD, str(ahead), str(home / "seen"), *words], env=environment, stderr=subprocess.DEVNULL
            )
            screens.append(running)
            stack.callback(running.wait)
            stack.callback(running.terminate)
        clock.wait(never, length)
        if any(each.poll() is not None for each in screens):
            raise SystemExit("a screen ended before its time: nothing was measured")
    found: list[Seen] = []
    for number in range(2):
        rows = [json.loads(line) for line in (folder / str(number) / "seen").read_text().splitlines()]
        found.append(Seen([at for at, _ in rows], [slot for _, slot in rows]))
    return shows[0], found


def told(grid: Measure, first: Nanos, starts: int, seen: Sequence[Seen], offset: Nanos) -> None:
    """Print how far both were in step; *offset* is the time of day less the monotonic one."""
    one, other = seen
    looks = same = 0
    for n in range(starts):
        begins = first + n * EVERY
        epoch = first // MILLISECOND * MILLISECOND - 3600 * SECOND
        for t in range(begins + FRAME + AHEAD, begins + TOGETHER - FRAME - AHEAD, LOOK_EVERY):
            into = (t - epoch) % grid.cycle
            if min(abs(into - border) for border in (*grid.offsets, grid.cycle)) > FRAME + AHEAD:
                looks += 1
                slots = one.slot(t - offset), other.slot(t - offset)
                same += slots[0] is not None and slots[0] == slots[1]
    print(f"same slide at {same:,} of {looks:,} instants outside one frame of a border: {100 * same / max(1, looks):.3f} %")
    pairs = list(zip(one.begun(), other.begun(), strict=False))
    apart = [abs(a - b) / FRAME for a, b in pairs]
    late = [min((at + offset - first) % EVERY for at in pair) / FRAME for pair in pairs]
    if apart:
        shares = f"median {part(apart, 0.5):.2f}, p99 {part(apart, 0.99):.2f}, most {max(apart):.2f}"
        print(f"{len(apart)} starts, first frames apart, in frames: {shares}")
        print(f"after the instant, in frames: median {part(late, 0.5):.2f}, most {max(late):.2f}")


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=int, default=5)
    starts = max(1, parser.parse_args().minutes * 60 * SECOND // EVERY)
    clock = SystemClock()
    first = (clock.wall() + STARTING + 10 * SECOND) // SECOND * SECOND
    with tempfile.TemporaryDirectory(prefix="instep-") as name:
        length = first - clock.wall() + starts * EVERY - (EVERY - TOGETHER) + SECOND
        show, seen = watched(Path(name), length, first, starts)
    told(measure(show.steps), first, starts, seen, clock.wall() - clock.monotonic())


if __name__ == "__main__":
    main()
