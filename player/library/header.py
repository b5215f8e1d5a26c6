"""The first bytes of the two files, read beside SQLite without harm to it.

POSIX takes all locks that a process has on a file away as soon as any descriptor of that file is closed in it, whoever opened it
(sqlite.org/howtocorrupt.html, 2.2). Whoever opened one of these files, looked, and closed it again would take SQLite's own locks
away: the next process to leave would think itself the last, and delete the write-ahead log under everybody's feet. So what is
opened here is never closed. It is one descriptor for each file that ever lay there.
"""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import Final

_MAGIC: Final = b"SQLite format 3\0"  # https://sqlite.org/fileformat.html, 1.3
_lock: Final = threading.Lock()
_held: Final[dict[tuple[int, int], int]] = {}


def is_database(path: Path) -> bool:
    """Whether the file at *path* begins as SQLite's do, on the disk as it is now; False when it cannot be read."""
    try:
        return os.pread(_descriptor(path), len(_MAGIC), 0) == _MAGIC
    except OSError:
        return False


def _descriptor(path: Path) -> int:
    about = path.stat()
    with _lock:
        found = _held.get((about.st_dev, about.st_ino))
        if found is None:
            found = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
            opened = os.fstat(found)
            # Another file may have come to lie there meanwhile; it is held by its own name, and not closed either.
            _held[opened.st_dev, opened.st_ino] = found
        return found
