"""The table of processes that make a player: later rows are consoles, films and projectors."""

from __future__ import annotations

import os
import sys

from player.supervisor import Child
from player.units import Size


def children(*, config: str | None, data: str | None, windowed: Size | None, ends_by_key: bool) -> tuple[Child, ...]:
    """Return what `weremember run` starts, in the order of starting: the picture first."""
    where = [*(("--config", config) if config else ()), *(("--data", data) if data else ())]
    if sys.stderr.isatty():
        where.append("--verbose")
    window = ["--windowed", f"{windowed.width}x{windowed.height}"] if windowed else []
    keys = ["--ends-by-key"] if ends_by_key else []
    python = (sys.executable, "-m", "player")
    # glibc otherwise keeps freed pictures for later: 30 MB less in the screen process, measured with four slides.
    os.environ.setdefault("MALLOC_MMAP_THRESHOLD_", "1048576")
    return (
        Child("screen", (*python, "screen", *where, *window, *keys), presents=True),
        Child("ingest", (*python, "ingest", "--forgiving", *where)),
    )
