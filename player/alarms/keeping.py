"""The file in the data folder that remembers what was told, so that a restart tells nothing twice and loses nothing."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from pathlib import Path
from typing import Final

from player import log
from player.alarms.post import Memory, from_record, to_record

NAME: Final = "alarms.json"
MAX_BYTES: Final = 4_000_000  # twenty addresses with fifty letters each are 500 kB

_log = log.get("alarms")


class Keeper:
    """Reads and writes the memory; a disk that refuses costs nothing but the memory."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / NAME
        self._written: bytes | None = None
        self._refused = log.Edge(
            _log, begins="what was told cannot be remembered over a restart", ends="what was told is remembered again"
        )

    def load(self) -> Memory:
        """Return what was kept; an empty memory when there is none that can be read."""
        try:
            with self._path.open("rb") as file:
                return from_record(json.loads(file.read(MAX_BYTES)))
        except (OSError, ValueError, RecursionError):
            return Memory({})

    def forget(self) -> None:
        """Forget everything: there is nobody to be told."""
        with suppress(OSError):
            self._path.unlink(missing_ok=True)

    def keep(self, memory: Memory) -> bool:
        """Keep *memory*, if it is another one than was kept last, where it outlives a power cut; return whether it is."""
        content = json.dumps(to_record(memory)).encode()
        if content == self._written:
            return True
        temporary = self._path.with_suffix(".part")
        try:
            temporary.touch(mode=0o600)  # a program's arguments are nobody else's business
            with temporary.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(self._path)
        except OSError as error:
            self._refused.note("file", holds=True, why=str(error))
            return False
        self._written = content
        self._refused.note("file", holds=False)
        return True
