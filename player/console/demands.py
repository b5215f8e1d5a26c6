"""The file that makes it dark whatever else hangs: left, looked for and taken away by a thread that does nothing else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeVar

from player import log
from player.console.lanes import Lanes
from player.errors import LibraryError
from player.library import dark
from player.units import MILLISECOND, SECOND, Nanos

T = TypeVar("T")

WITHIN: Final[Nanos] = 200 * MILLISECOND  # from the click to black there is half a second
LEFT_WITHIN: Final[Nanos] = SECOND  # a flooded machine may take longer: "switch it off by hand" is for when it cannot be done

_log = log.get("console")


class Demands:
    """Demands for darkness in one data folder, one after the other: in the order in which they are asked for."""

    def __init__(self, folder: Path, lanes: Lanes) -> None:
        self._folder = folder
        self._lanes = lanes

    async def leave(self) -> bool:
        """Leave a new demand, even late; return whether it lies there now."""
        try:
            await self._run(lambda: dark.demand(self._folder), within=LEFT_WITHIN, is_done_late=True)
        except LibraryError as error:
            _log.warning("the file that makes dark cannot be written", why=str(error))
            return False
        return True

    async def find(self) -> int | None:
        """Return which demand lies there; None: there is none, or the disk does not say in time."""
        try:
            return await self._run(lambda: dark.demanded(self._folder))
        except LibraryError:
            return None

    async def take_away(self, demand: int | None) -> bool:
        """Take away what was found before, and nothing that was left since; return whether that lies there no more."""
        if demand is None:
            return True
        try:
            return await self._run(lambda: dark.take_away(self._folder, demand))
        except LibraryError:
            return False

    async def _run(self, work: Callable[[], T], *, within: Nanos = WITHIN, is_done_late: bool = False) -> T:
        return await self._lanes.run(self._lanes.dark, work, within=within, is_done_late=is_done_late)
