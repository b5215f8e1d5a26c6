"""As how many people those count who may review: for `check`, whether the console runs or not."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from player.console.people import rows
from player.console.people.roles import Role, allows
from player.console.people.store import FILE
from player.library.database import translated
from player.library.verdicts import voices


def reviewers(folder: Path) -> int:
    """Return as how many people those of the console in *folder* count who may review. Nothing is made, mended or set aside.

    Raises:
        LibraryError: the file cannot be read.
    """
    path = folder / FILE
    if not path.is_file():
        return 0
    with translated(FILE), closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
        return voices(user.person.hands for user in rows.users(connection) if allows(user.person.role, Role.REVIEWER))
