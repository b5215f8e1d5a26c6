"""The way into the library for withdrawals and verdicts: a thread and a connection of their own, behind nobody who looks.

Who asks is asked again when the turn has come: whoever was removed, has another role or has logged out meanwhile writes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from player import log
from player.clock import Clock
from player.console.lanes import Lanes, SlowError
from player.console.people.roles import allows
from player.console.people.rows import Person
from player.console.reading import opened
from player.console.refusal import RefusedError
from player.errors import LibraryError
from player.library.libraries import Libraries
from player.library.library import Library

if TYPE_CHECKING:
    from player.console.desk import Asked

T = TypeVar("T")

_log = log.get("console")


class Writer:
    """Writes in one data folder. Safe to use from every task; one after the other has the library."""

    def __init__(self, folder: Path, *, lanes: Lanes, clock: Clock) -> None:
        self._lanes = lanes
        self._libraries = Libraries(folder, clock, lambda: opened(folder))

    async def warm(self) -> None:
        """Open the library before anybody is in a hurry: reading through long orders takes a moment."""
        try:
            await self._lanes.run(self._lanes.writing, self._open)
        except LibraryError as error:
            _log.debug("the library cannot be opened yet", why=str(error))

    async def write(self, asked: Asked, work: Callable[[Library, Person], T]) -> T:
        """Return what came of *work*, which is given the library and who asks, as they stand then.

        Raises:
            RefusedError: they may not do so any more; or it takes so long that nobody can say whether it was done.
            LibraryError: it could not be written; nothing of it happened.
        """

        def writing() -> T:
            with self._libraries.one() as library:
                return work(library, still(asked))

        try:
            return await self._lanes.run(self._lanes.writing, writing)
        except SlowError as error:
            raise RefusedError(503, "refused.perhaps") from error

    def close(self) -> None:
        """Close what nobody writes in; what is being written in is closed when that is done."""
        self._libraries.close()

    def _open(self) -> None:
        with self._libraries.one():
            pass


def still(asked: Asked) -> Person:
    """Return who asks, as they stand now.

    Raises:
        RefusedError: they were removed, have another role or have logged out since.
    """
    found = asked.desk.people.whose(asked.cookies.session, is_act=False)
    if found is None or asked.person is None or found.id != asked.person.id:
        raise RefusedError(401)
    if found.is_lent or not allows(found.role, asked.route.needs):
        raise RefusedError(403, "refused.role")
    return found
