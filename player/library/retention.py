"""The end of keeping: photos, texts and counts go from the library for good; tombstones and hashes of what was shown stay."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from player.library import leftovers
from player.library.database import cut_log, transaction, translated
from player.library.library import Library
from player.library.schema import LIBRARY

_EMPTIED: Final = ("photos", "former", "ranks", "cues", "programmes")
_NAMES_NOBODY: Final = {"programmes": "WHERE body IS NOT NULL"}  # one that is announced again, and not fetched
_KEY: Final = "wiped"


@dataclass(frozen=True, slots=True)
class Wiped:
    """What went."""

    photos: Mapping[str, int]
    """By source."""
    files: int


def is_wiped(library: Library) -> bool:
    """Whether nothing of anybody is left, neither in rows and files nor in free pages and logs."""
    with translated(LIBRARY.name):
        tables = " UNION ALL ".join(
            f"SELECT 1 FROM (SELECT 1 FROM {table} {_NAMES_NOBODY.get(table, '')} LIMIT 1)" for table in _EMPTIED
        )
        rows, done = library.connection.execute(
            f"SELECT EXISTS({tables}), EXISTS(SELECT 1 FROM meta WHERE key=?)", (_KEY,)
        ).fetchone()
    return bool(done and not rows) and not any(library.files.folder.glob("??/*"))


def wipe(library: Library) -> Wiped:
    """Delete rows and files of all photos, the cues and the preview; what each source confirmed counts no more.

    The files go first: cut short, the rows are still there, and the next call ends it. So it does while somebody reads, for
    then the write-ahead log cannot be cut.

    Raises:
        LibraryError: something could not be deleted.
    """
    connection = library.connection
    with translated(LIBRARY.name):
        rows = connection.execute("SELECT source, count(*) FROM photos GROUP BY source ORDER BY source").fetchall()
    files = library.files.delete_everything()
    leftovers.drop_previews(library.folder)
    leftovers.drop_set_aside(library.folder)
    leftovers.drop_cache(library.folder)
    with transaction(connection, LIBRARY.name):
        for table in _EMPTIED:
            connection.execute(f"DELETE FROM {table}")
        connection.execute("UPDATE sources SET confirmed_at=NULL, validators='{}', problem=NULL")
        connection.execute("DELETE FROM meta WHERE key=?", (_KEY,))
    with translated(LIBRARY.name):
        connection.execute("VACUUM")  # no page, used or free, keeps a text
    if cut_log(connection, LIBRARY.name):
        with transaction(connection, LIBRARY.name):
            connection.execute("INSERT INTO meta VALUES(?, '')", (_KEY,))
    return Wiped(dict(rows), files)
