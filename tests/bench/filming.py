"""How fast the show is filmed: `python -m tests.bench.filming [--seconds 30] [--size 1920x1080] [--data FOLDER]`.

The demonstration's show, from a library that is filled before: how much of it comes out in a second, and what that costs. Without
a folder one is filled from the demonstration's feed, which takes a minute.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from fractions import Fraction
from pathlib import Path
from typing import Final

from player.clock import SystemClock, process_time
from player.filming.film import Order, film
from player.settings import load, with_data
from player.units import SECOND, Nanos, parse_size

ROOT: Final = Path(__file__).parents[2]
AT: Final[Nanos] = 1_801_004_405 * SECOND  # just after midnight at the site, so that planning takes no time


def main() -> None:
    """Film, and print what it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=30)
    parser.add_argument("--size", type=parse_size, default=parse_size("1920x1080"))
    parser.add_argument("--fps", type=int, default=30)
    parser.add_argument("--data", type=Path)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        data = chosen.data or Path(folder) / "data"
        if chosen.data is None:
            subprocess.run([sys.executable, "-m", "player", "ingest", "--once", "--data", data], check=True, cwd=ROOT)
        loaded = load(ROOT / "config.yaml").configuration
        if loaded is None:
            raise SystemExit("config.yaml has a mistake in it")
        clock, out = SystemClock(), Path(folder) / "show.mp4"
        order = Order(
            start=AT, until=AT + chosen.seconds * SECOND, rate=Fraction(chosen.fps), out=out, size=chosen.size, outputs=False
        )
        began, worked = clock.monotonic(), process_time()
        filmed = film(with_data(loaded, str(data)), order, clock, lambda _: None)
        took, work = clock.monotonic() - began, process_time() - worked
        if filmed is None:
            raise SystemExit("nothing was filmed")
        print(
            f"{chosen.size.width}x{chosen.size.height} at {chosen.fps}: {filmed.pictures} pictures in {took / SECOND:.1f} s,"
            f" {chosen.seconds * SECOND / took:.2f} times as fast as the show; {work / took:.2f} cores;"
            f" {work / filmed.pictures / 1e6:.1f} ms of a core each; {out.stat().st_size * 8 / chosen.seconds / 1e6:.1f} Mbit/s"
        )


if __name__ == "__main__":
    main()
