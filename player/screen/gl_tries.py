"""How often the graphics card was begun with of late and did not end well: a note in the data folder.

A driver that fails may take the process along without a word, or hang until the supervisor ends it. So a try is noted before it
begins, and taken back when it ends in order. Of several that are still there the wall should not flicker for ever: then the
processor draws.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final, cast

from player.clock import Clock, boot
from player.library import record_file
from player.units import SECOND, Nanos

NAME: Final = "graphics-card.json"
MOST: Final = 3  # tries that failed: one may be a cable, two a driver that was being installed
LATELY: Final[Nanos] = 600 * SECOND  # what fails less often is no trouble to anybody: the plate is up again within three seconds
_MAX_BYTES: Final = 4096


class Tries:
    """The tries of one start of the machine; another start is another chance."""

    def __init__(self, folder: Path | None, clock: Clock, of_boot: Callable[[], str] = boot) -> None:
        """Keep them in *folder*; None: nobody remembers them."""
        self._path = folder / NAME if folder else None
        self._clock = clock
        self._boot = of_boot
        self._mine: Nanos | None = None

    def failed(self) -> int:
        """Return how many failed of late."""
        now = self._clock.monotonic()
        return sum(now - LATELY < began <= now for began in self._kept())

    def begin(self) -> None:
        """Note that one begins. Where nothing can be written, nobody remembers it."""
        self._mine = self._clock.monotonic()
        self._keep([*self._kept()[-MOST:], self._mine])

    def end(self) -> None:
        """Take it back: it did not fail."""
        if self._mine is not None:
            self._keep([began for began in self._kept() if began != self._mine])
            self._mine = None

    def _kept(self) -> list[Nanos]:
        found = record_file.read(self._path, _MAX_BYTES) if self._path else None
        if not isinstance(found, dict):
            return []
        record = cast("dict[str, object]", found)
        began = record.get("began")
        if record.get("boot") != self._boot() or not isinstance(began, list):
            return []
        return [each for each in cast("list[object]", began) if isinstance(each, int)]

    def _keep(self, began: list[Nanos]) -> None:
        if self._path is None:
            return
        with suppress(OSError):
            if began:
                record_file.write(self._path, {"boot": self._boot(), "began": began})
            else:
                self._path.unlink(missing_ok=True)
