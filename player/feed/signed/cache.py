"""A folder that saves a signed feed's reader from fetching things twice. Nothing in it is believed, and nothing depends on it.

Whatever it holds is verified when it is read. It is not synchronised with the disk: after a power cut a file in it may be half
written, empty or strange, and is then fetched again. When the folder cannot be used at all, everything is fetched each time.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import stat
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path
from typing import Final

from player.feed.signed.layout import ROLE_BYTES, ROLES

_METADATA: Final = re.compile(rf"(?:{'|'.join(ROLES)})\.json")
_ROOTS: Final = "root_history"  # tuf's name for the folder of all roots since the pinned one
_ROOT: Final = re.compile(r"[0-9]{1,16}\.root\.json")


class Cache:
    """Metadata as tuf keeps it, and documents by the hash of their bytes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.metadata = folder / "metadata"
        """Where tuf reads and writes."""
        self._targets = folder / "targets"

    def tidy(self) -> None:
        """Make the folders, and remove what tuf could stumble over: all but regular files of its names and of a bounded size."""
        roots = self.metadata / _ROOTS
        for folder in (self._folder, self.metadata, roots, self._targets):
            with suppress(OSError):
                if not folder.is_dir():
                    folder.unlink(missing_ok=True)
                    folder.mkdir(parents=True)
        _sweep(self.metadata, _METADATA, but=_ROOTS)
        _sweep(roots, _ROOT)

    def read(self, sha256: str, length: int) -> bytes | None:
        """Return the bytes of this hash and length, None when they are not here whole."""
        path = self._targets / sha256
        try:
            if not stat.S_ISREG(path.lstat().st_mode):  # a named pipe would make us wait
                return None
            with path.open("rb") as file:
                body = file.read(length + 1)
        except OSError:
            return None
        return body if len(body) == length and hashlib.sha256(body).hexdigest() == sha256 else None

    def write(self, sha256: str, body: bytes) -> None:
        """Keep *body*, if the disk lets us. A link or pipe of that name is left to `keep_only`."""
        path = self._targets / sha256
        with suppress(OSError):
            if path.is_file() and not path.is_symlink():
                path.unlink()
            with path.open("xb") as file:
                file.write(body)

    def keep_only(self, digests: Collection[str]) -> None:
        """Remove every document but these."""
        keep = frozenset(digests)
        with suppress(OSError), os.scandir(self._targets) as entries:
            for entry in entries:
                if entry.name not in keep or not entry.is_file(follow_symlinks=False):
                    _remove(entry)


def _sweep(folder: Path, names: re.Pattern[str], but: str = "") -> None:
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if entry.name == but:
                continue
            is_file = entry.is_file(follow_symlinks=False)
            if not is_file or not names.fullmatch(entry.name) or entry.stat(follow_symlinks=False).st_size > ROLE_BYTES:
                _remove(entry)


def _remove(entry: os.DirEntry[str]) -> None:
    with suppress(OSError):
        if entry.is_dir(follow_symlinks=False):
            shutil.rmtree(entry.path)
        else:
            Path(entry.path).unlink()
