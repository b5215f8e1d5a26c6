"""Orders at a terminal to read the configuration again: answered, as screen and ingest answer theirs."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from player.clock import Clock
from player.console.reading import WRITER, opened
from player.errors import LibraryError
from player.library.libraries import Libraries

RELOAD: Final = "reload"
READ_AGAIN: Final = "read again"


class Summons:
    """Looks for them in one data folder. It waits for a disk."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self.folder = folder
        self._clock = clock
        self._libraries = Libraries(folder, clock, lambda: opened(folder))

    def answered(self) -> bool:
        """Answer those that wait; return whether there was one. Without a library nobody can order anything."""
        try:
            with self._libraries.one() as library:
                if library.held_orders is None:
                    return False
                waiting = library.orders.waiting(WRITER)
                for command in waiting:
                    said = READ_AGAIN if command.verb == RELOAD else f"unknown command {command.verb}"
                    library.orders.answer(command.id, said, at=self._clock.wall())
                return any(command.verb == RELOAD for command in waiting)
        except LibraryError:
            return False

    def close(self) -> None:
        """Look no more."""
        self._libraries.close()
