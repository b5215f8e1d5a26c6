"""The table of processes that make a player."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

from player.supervisor import Child
from player.units import SECOND, Nanos, Size

WELL_BEGUN: Final[Nanos] = 5 * SECOND  # nobody is to be told of what every start looks like
SETTLED: Final[Nanos] = 2 * SECOND  # a second of imports, when the picture is up and the feeds are being asked
PICTURE_FIRST: Final[Nanos] = SECOND // 2  # two cores are busy with the plate until then: it comes 0.3 s earlier, measured


def children(
    *, config: str | None, data: str | None, windowed: Size | None, ends_by_key: bool, fleet: Path | None = None
) -> tuple[Child, ...]:
    """Return what `weremember run` starts, in the order of starting: the picture first.

    With the folder of a centre, *fleet*, the console has the pages of its players, too.
    """
    where = [*(("--config", config) if config else ()), *(("--data", data) if data else ())]
    if sys.stderr.isatty():
        where.append("--verbose")
    window = ["--windowed", f"{windowed.width}x{windowed.height}"] if windowed else []
    keys = ["--ends-by-key"] if ends_by_key else []
    of_fleet = ["--fleet", str(fleet)] if fleet else []
    python = (sys.executable, "-m", "player")
    return (
        Child("screen", (*python, "screen", *where, *window, *keys), presents=True),
        Child("ingest", (*python, "ingest", "--forgiving", *where), begins_after=PICTURE_FIRST),
        Child("projector", (*python, "projector", *where), begins_after=PICTURE_FIRST),
        Child("console", (*python, "console", "serve", *where, *of_fleet), begins_after=SETTLED),
        Child("film", (*python, "film", *where), begins_after=PICTURE_FIRST),
        Child("broadcast", (*python, "broadcast", *where), begins_after=WELL_BEGUN),
        Child("fleet", (*python, "fleetlink", *where), begins_after=WELL_BEGUN),
        Child("alarms", (*python, "alarm", "watch", *where), begins_after=WELL_BEGUN),
    )
