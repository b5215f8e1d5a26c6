"""A million flips of random histories of a signed feed, each looked at by an independent oracle: `python -m tests.bench.flips`.

Ends with an error at the first frame that shows what it must not, naming the seed that finds it again.
"""

from __future__ import annotations

import argparse
import json
import logging
import random
import sys
import tempfile
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Final

from player.units import MILLISECOND
from tests.fakes.histories import History

FLIPS: Final = 1_000_000
LIFE: Final = 10_000  # flips of one history: two hours and a half of show
STRIDES: Final = (16, 100, 500, 500, 2000)  # milliseconds


def life(seed: int) -> tuple[int, int, int, dict[str, int]]:
    """Play one history; return its flips, polls taken, polls refused, and how often what happened."""
    logging.disable(logging.CRITICAL)
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory(prefix="flips-", dir=_fast()) as folder, History(Path(folder), seed) as history:
        try:
            history.live(LIFE, lambda: chance.choice(STRIDES) * MILLISECOND)
        except AssertionError as error:
            raise AssertionError(f"seed {seed}, flip {history.flips}: {error}") from error
        return history.flips, history.taken_polls, history.refused_polls, dict(history.deeds)


def _fast() -> str | None:
    """A folder in memory: a million flips sync the disk a hundred thousand times."""
    return "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - the folder made in it has a name of its own


def main() -> None:
    """Play them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--flips", type=int, default=FLIPS)
    parser.add_argument("--seed", type=int, default=0, help="of the first history")
    parser.add_argument("--processes", type=int, default=2)
    asked = parser.parse_args()
    flips = taken = refused = 0
    deeds: Counter[str] = Counter()
    count = -(-asked.flips // LIFE)
    with ProcessPoolExecutor(asked.processes) as pool:
        for one in pool.map(life, range(asked.seed, asked.seed + count)):
            flips, taken, refused = flips + one[0], taken + one[1], refused + one[2]
            deeds.update(one[3])
            sys.stderr.write(f"\r{flips:,} flips")
    sys.stdout.write(
        json.dumps({"flips": flips, "forbidden": 0, "polls": taken, "polls refused": refused, "deeds": deeds}, indent=1) + "\n"
    )


if __name__ == "__main__":
    main()
