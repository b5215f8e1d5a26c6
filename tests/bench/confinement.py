"""How much longer a picture takes in a confined worker than in the same worker without walls, process start included.

    python tests/bench/confinement.py [--times 200] [--size 1600x1200]

Confined and bare take turns, and who begins changes each time, so that what else the machine does meets both alike. The bare
worker is made here: its `sandbox` is a stand-in that confines nothing and imports nothing, so that the imports count as well.
"""

from __future__ import annotations

import argparse
import io
import resource
import statistics

from PIL import Image

from player.clock import SystemClock
from player.pictures.child import Children, worker_command
from player.pictures.prepare import prepare, reached_confinement
from player.pictures.walls import in_words
from player.units import MILLISECOND, Size, parse_size

BOUNDS = Size(800, 600)
TILE_BOUNDS = Size(200, 200)
BARE = """
import sys
sys.path += sys.argv[1:]
from types import ModuleType
from player.pictures.wire import Confinement, Level
sandbox = ModuleType("player.pictures.sandbox")
sandbox.confine = lambda filters, may_thread: Confinement(Level.NONE)
sys.modules[sandbox.__name__] = sandbox
from player.pictures.worker import main
main()
"""


def bare_command() -> tuple[str, ...]:
    """Return the command of a worker that differs from the real one in its walls only."""
    *before, _, player, pillow = worker_command()[:7]
    return (*before, BARE, player, pillow, *worker_command()[7:])


def photograph(size: Size) -> bytes:
    """Return a JPEG with some detail."""
    out = io.BytesIO()
    Image.effect_noise(size, 60.0).resize(size).convert("RGB").save(out, "JPEG", quality=85)
    return out.getvalue()


def once(data: bytes, children: Children) -> tuple[float, float]:
    """Return how many milliseconds one picture takes, and how many of a processor its worker."""
    clock = SystemClock()
    before, start = worked(), clock.monotonic()
    prepare(data, bounds=BOUNDS, tile_bounds=TILE_BOUNDS, clock=clock, children=children)
    return (clock.monotonic() - start) / MILLISECOND, (worked() - before) * 1000


def worked() -> float:
    """Return the seconds that all workers so far have had of a processor."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=200)
    parser.add_argument("--size", type=parse_size, default="1600x1200")
    options = parser.parse_args()
    data = photograph(options.size)
    kinds = {"confined": Children(), "bare": Children(bare_command())}
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in kinds}
    for number in range(options.times):
        for name in sorted(kinds, reverse=bool(number % 2)):
            taken[name].append(once(data, kinds[name]))
    print(in_words(reached_confinement(SystemClock())))
    for column, what in enumerate(("from start to picture", "of a processor")):
        confined, bare = ([each[column] for each in taken[name]] for name in kinds)
        cost = statistics.median(one - other for one, other in zip(confined, bare, strict=True))
        medians = f"confined {statistics.median(confined):.2f} ms, bare {statistics.median(bare):.2f} ms"
        print(f"{what}, in the median of {options.times}: {medians}; of the differences, pair by pair, {cost:+.2f} ms")


if __name__ == "__main__":
    main()
