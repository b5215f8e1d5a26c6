"""Lines in the journal of what is done to people: by whom, to whom. They cannot be taken out unseen, as those of the log can.

A line is written before what it tells of: where none can be, nothing is done.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, TypeAlias

from player.clock import Clock
from player.console.people.rows import Person
from player.library.libraries import Libraries
from player.library.library import Library, open_library
from player.library.schema import LIBRARY
from player.units import SECOND, Nanos

KIND: Final = "people"
WRITER: Final = "console"
OPENING: Final[Nanos] = 2 * SECOND  # others who open it take milliseconds
BUSY: Final[Nanos] = SECOND  # for others who are writing; nobody is let in meanwhile

Note: TypeAlias = Callable[[str, Person, str], None]
"""Writes a line: what was done, to whom, and by whom."""


class Notes:
    """The journal of one data folder, as far as it is about people. Safe from every thread."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        """Write in the journal in *folder*, dated by *clock*; where there is none yet, it begins."""
        self._folder = folder
        self._clock = clock
        self._libraries = Libraries(folder, clock, lambda: _opened(folder))

    @contextmanager
    def open(self) -> Generator[Note]:
        """Give the block what writes a line, before it takes a file of its own: reading through a long journal takes a moment.

        Raises:
            LibraryError: no line can be written.
        """
        with self._libraries.one() as library:
            orders = library.orders

            def note(done: str, to: Person, by: str) -> None:
                what: dict[str, object] = {
                    "done": done,
                    "name": to.name,
                    "person": to.id,
                    "role": to.role.value,
                    "hands": " ".join(sorted(to.hands)),
                    "by": by,
                }
                orders.note(KIND, what, at=self._clock.wall())

            yield note

    def warm(self) -> None:
        """Open the journal before anybody is in a hurry, where there is one.

        Raises:
            LibraryError: no line can be written yet.
        """
        if (self._folder / LIBRARY.name).exists():
            with self._libraries.one():
                pass

    def close(self) -> None:
        """Let go of the journal."""
        self._libraries.close()


def _opened(folder: Path) -> Library:
    library = open_library(folder, writer=WRITER, patience=OPENING)
    library.wait_no_longer_than(BUSY)
    return library
