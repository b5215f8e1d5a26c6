"""A folder that may be read and not written, for whoever runs the tests."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

NOBODY = 65534


@contextmanager
def read_only(folder: Path) -> Generator[Path]:
    """Give a copy of *folder* that cannot be written; root stops being root meanwhile, for nothing is denied to it."""
    place = Path(tempfile.mkdtemp(prefix="read-only-"))
    copy = place / "data"
    shutil.copytree(folder, copy)
    for path in copy.rglob("*"):
        path.chmod(0o555 if path.is_dir() else 0o444)
    copy.chmod(0o555)
    place.chmod(0o755)
    was = os.geteuid()
    try:
        if was == 0:
            os.seteuid(NOBODY)
        yield copy
    finally:
        os.seteuid(was)
        for path in (copy, *copy.rglob("*")):
            path.chmod(0o755)
        shutil.rmtree(place)
