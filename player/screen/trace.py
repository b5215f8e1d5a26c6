"""When frames were presented and how long they took: kept in memory, written at the end, for those who measure."""

from __future__ import annotations

from array import array
from pathlib import Path
from typing import Final

from player.units import Nanos

MAX_FRAMES: Final = 1_000_000  # four and a half hours at 60 a second, 24 MB


class Trace:
    """Two columns a frame; nothing at all without a file to write to."""

    def __init__(self, file: Path | None) -> None:
        self._file = file
        self._times = array("q")
        self._works = array("q")
        self._last: Nanos = 0

    def presented(self, at: Nanos) -> None:
        """Note that the frame of *at* (monotonic) was presented."""
        self._last = at

    def worked(self, at: Nanos, ended: Nanos, work: Nanos | None = None) -> None:
        """Note that the frame of *at* ended at *ended* and took *work* (all of it by default), if it was presented."""
        if self._file and self._last == at and len(self._times) < MAX_FRAMES:
            self._times.append(ended)
            self._works.append(ended - at if work is None else work)

    def close(self) -> None:
        """Write `presented_ns,work_ns` lines."""
        if self._file:
            lines = (f"{at},{work}\n" for at, work in zip(self._times, self._works, strict=True))
            self._file.write_text("presented_ns,work_ns\n" + "".join(lines), "ascii")
