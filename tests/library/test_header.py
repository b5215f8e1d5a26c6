"""Looking at a database's first bytes does SQLite no harm."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing, suppress
from pathlib import Path

from player.library.header import is_database
from player.library.library import identities, open_library

LEAVE = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1])
connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
connection.close()
"""


def test_it_tells_a_database_from_anything_else(tmp_path: Path) -> None:
    """Also when the file was overwritten or exchanged since the last look."""
    path = tmp_path / "a.sqlite"
    assert not is_database(path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE t(x)")
    assert is_database(path)
    path.write_bytes(b"what a bad disk gave back" * 100)
    assert not is_database(path)
    path.unlink()
    assert not is_database(path)
    path.write_bytes(b"another file")
    assert not is_database(path)


def test_looking_takes_no_lock_away(tmp_path: Path) -> None:
    """Whoever leaves after us does not take himself for the last: the write-ahead logs that we hold open stay where they are."""
    with closing(open_library(tmp_path, writer="test")) as library:
        library.orders.note("something", {}, at=1)
        held = identities(tmp_path)

        for name in ("library.sqlite", "orders.sqlite"):
            assert is_database(tmp_path / name)
            subprocess.run([sys.executable, "-c", LEAVE, str(tmp_path / name)], check=True)

        assert not [name for name in _open_files() if name.startswith(str(tmp_path)) and name.endswith("(deleted)")]
        assert identities(tmp_path) == held


def _open_files() -> list[str]:
    found: list[str] = []
    for link in Path("/proc/self/fd").iterdir():
        with suppress(OSError):  # the one that lists them
            found.append(str(link.readlink()))
    return found
