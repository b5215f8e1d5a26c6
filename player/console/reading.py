"""The way to the library for whoever looks: opened once and kept, read in threads, and unable to write.

What takes long has a thread of its own, so that no search keeps the page that says what is on the wall.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from pathlib import Path
from typing import Final, TypeVar

from player.clock import Clock
from player.console.lanes import PATIENCE, Lanes
from player.errors import LibraryError
from player.library.libraries import Libraries
from player.library.library import Library, open_library
from player.library.schema import LIBRARY
from player.units import SECOND, Nanos

T = TypeVar("T")

WRITER: Final = "console"
OPENING: Final[Nanos] = 2 * SECOND  # others who open it take milliseconds; somebody who mends it may take all the time there is


class Reader:
    """Reads one data folder. Safe to use from every task; each reading has a library of its own while it lasts."""

    def __init__(self, folder: Path, *, lanes: Lanes, clock: Clock) -> None:
        self._lanes = lanes
        self._libraries = Libraries(folder, clock, lambda: _only_read(opened(folder)))

    async def read(self, look: Callable[[Library], T], *, within: Nanos = PATIENCE) -> T:
        """Return what *look* finds in the library; it runs in a thread and must keep nothing of what it was given.

        Raises:
            LibraryError: there is none, it is locked, damaged or from a newer version, or it does not answer in time.
        """
        return await self._looked(self._lanes.reading, look, within)

    async def search(self, look: Callable[[Library], T]) -> T:
        """Return what *look* finds, which may take a second: one after the other, and nobody else waits for it.

        Raises:
            LibraryError: as when reading.
        """
        return await self._looked(self._lanes.searching, look, PATIENCE)

    def close(self) -> None:
        """Close what nobody reads; what is being read is closed when that is done."""
        self._libraries.close()

    async def _looked(self, lane: Executor, look: Callable[[Library], T], within: Nanos) -> T:
        def looking() -> T:
            with self._libraries.one() as library:
                return look(library)

        return await self._lanes.run(lane, looking, within=within)


def opened(folder: Path, patience: Nanos = OPENING) -> Library:
    """Open the library in *folder*, if there is one: whoever only looks makes none, for the disk may just be gone.

    Raises:
        LibraryError: there is none, or it cannot be opened.
    """
    if not (folder / LIBRARY.name).exists():
        raise LibraryError(f"there is no library in {folder} yet")
    return open_library(folder, writer=WRITER, patience=patience)


def _only_read(library: Library) -> Library:
    try:
        library.only_read()
    except BaseException:
        library.close()
        raise
    return library
