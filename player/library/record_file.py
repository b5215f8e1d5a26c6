"""Small files of JSON in the data folder, beside the two databases: read within a limit, replaced in one step."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from pathlib import Path


def read(path: Path, limit: int) -> object:
    """Return what lies in *path*, of which no more than *limit* bytes are read; None where that cannot be made out."""
    with suppress(OSError, ValueError, RecursionError), path.open("rb") as file:
        return json.loads(file.read(limit))
    return None


def write(path: Path, record: object) -> None:
    """Keep *record* in one step: after a power cut it is there as a whole, or as it was before.

    Raises:
        OSError: it could not be written.
    """
    temporary = path.with_suffix(f".{os.getpid()}.part")
    with temporary.open("wb") as file:
        file.write(json.dumps(record).encode())
        file.flush()
        os.fsync(file.fileno())
    temporary.rename(path)
