"""Power cuts: every state that the disk can be left in by one, at any moment of a history.

What SQLite and the file store have written is taken between any two of their steps. Then the cut takes what the system need not
have brought to the disk by then: with ``synchronous=NORMAL`` the last transactions of `library.sqlite` (any number of them, the
last one perhaps half), the shared memory beside a log, and the names of files that were made or deleted since their folder was
synced. `orders.sqlite` is written with ``synchronous=FULL``: what was committed there is there.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import stat
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pytest

from player.clock import Clock
from player.units import Nanos

LOG: Final = Path("library.sqlite-wal")
_HEADER: Final = 32  # bytes before the first frame of a write-ahead log
_FRAME: Final = 24  # bytes before the page in each frame
_VOLATILE: Final = "-shm"


@dataclass(frozen=True, slots=True)
class Cut:
    """The data folder as a power cut left it."""

    files: dict[Path, bytes] = field(repr=False)
    step: str
    """Before which step of the history the power went, and what went with it."""
    known: frozenset[str]
    """The items that the history had withdrawn by then, each in a call that had returned."""
    mark: int
    """The highest sequence that had been taken in."""
    at: Nanos
    """When it was."""

    def lay_out(self, folder: Path) -> None:
        """Make *folder* hold this state and no other file, each of them as young as it can be."""
        for path in folder.rglob("*"):
            if path.is_file():
                path.unlink()
        for path, content in self.files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(content)
            os.utime(folder / path, ns=(self.at, self.at))


@dataclass(slots=True)
class PowerCuts:
    """Watches one data folder, and collects the states that it could be left in."""

    folder: Path
    monkeypatch: pytest.MonkeyPatch
    clock: Clock
    known: set[str] = field(default_factory=set[str])
    mark: int = 0
    cuts: list[Cut] = field(default_factory=list[Cut])
    _pending: dict[Path, dict[Path, bytes | None]] = field(default_factory=dict[Path, dict[Path, "bytes | None"]])
    """By folder: what its names held when it was last synced, where they have changed since; None for nothing."""
    _seen: set[bytes] = field(default_factory=set[bytes])

    @contextmanager
    def watching(self) -> Generator[None]:
        """Take the states before every statement on a database and every step with a file, for as long as it lasts."""
        fsync, rename, unlink, connect = os.fsync, Path.rename, Path.unlink, sqlite3.connect
        opened: list[sqlite3.Connection] = []

        def connected(path: Path, **how: Any) -> sqlite3.Connection:
            connection = connect(path, **how)
            opened.append(connection)
            connection.set_trace_callback(lambda statement: self.take(f"{Path(path).stem}: {' '.join(statement.split())[:60]}"))
            return connection

        def synced(descriptor: int) -> None:
            self.take("fsync")
            fsync(descriptor)
            if stat.S_ISDIR(os.fstat(descriptor).st_mode):
                self._pending.pop(Path(f"/proc/self/fd/{descriptor}").readlink(), None)

        def renamed(path: Path, target: Path) -> Path:
            self.take(f"rename {path.name[:8]}")
            self._changes(path)
            self._changes(Path(target))
            return rename(path, target)

        def unlinked(path: Path, missing_ok: bool = False) -> None:  # noqa: FBT001, FBT002  as Path.unlink has it
            self.take(f"unlink {path.name[:8]}")
            self._changes(path)
            unlink(path, missing_ok)

        with self.monkeypatch.context() as patch:
            patch.setattr(os, "fsync", synced)
            patch.setattr(Path, "rename", renamed)
            patch.setattr(Path, "unlink", unlinked)
            patch.setattr(sqlite3, "connect", connected)
            yield
            self.take("the end")
        for connection in opened:
            connection.close()

    def take(self, step: str) -> None:
        """Keep every state that a power cut could leave at this moment, unless it was one before."""
        now = {
            path.relative_to(self.folder): path.read_bytes()
            for path in self.folder.rglob("*")
            if path.is_file() and not path.name.endswith(_VOLATILE)
        }
        names = self._names_before(now)
        if not self._is_new(now, names):
            return
        for what, files in self._left(now, names):
            if self._is_new(files):
                self.cuts.append(Cut(files, f"{step}{what}", frozenset(self.known), self.mark, self.clock.wall()))

    def _is_new(self, *states: dict[Path, bytes]) -> bool:
        print_of = hashlib.sha256(" ".join(sorted(self.known)).encode())
        for files in states:
            for path in sorted(files):
                print_of.update(f"{path} {len(files[path])} ".encode() + files[path])
        is_new = print_of.digest() not in self._seen
        self._seen.add(print_of.digest())
        return is_new

    @staticmethod
    def _left(now: dict[Path, bytes], before: dict[Path, bytes]) -> Iterator[tuple[str, dict[Path, bytes]]]:
        for what, log in _logs(now.get(LOG, b"")):
            kept = {path: content for path, content in now.items() if path != LOG} | ({LOG: log} if log else {})
            yield what, kept
            if before != now:
                yield f"{what}, names of files lost", kept | {p: c for p, c in before.items() if p not in now}

    def _names_before(self, now: dict[Path, bytes]) -> dict[Path, bytes]:
        """*now*, with the names of files as they were when their folders were last synced."""
        found = dict(now)
        for names in self._pending.values():
            for path, content in names.items():
                found.pop(path.relative_to(self.folder), None)
                if content is not None:
                    found[path.relative_to(self.folder)] = content
        return found

    def _changes(self, path: Path) -> None:
        if path.is_relative_to(self.folder):
            names = self._pending.setdefault(path.parent, {})
            names.setdefault(path, path.read_bytes() if path.exists() else None)


def _logs(log: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield *log* as it is, and without its last transactions: one, two, half and all of them, and half of one."""
    yield "", log
    ends = _commits(log)
    for count in sorted({1, 2, len(ends) // 2, len(ends)}):
        if 0 < count <= len(ends):
            end = ends[-count - 1] if count < len(ends) else 0
            yield f", the last {count} of {len(ends)} transactions lost", log[:end]
    if ends:
        yield ", the last transaction torn", log[: ends[-1] - 100]


def _commits(log: bytes) -> list[int]:
    """Where in *log* each transaction ends (https://sqlite.org/fileformat.html, 4.2)."""
    if len(log) < _HEADER:
        return []
    size = int.from_bytes(log[8:12]) + _FRAME
    salts, ends = log[16:24], list[int]()
    for start in range(_HEADER, len(log) - size + 1, size):
        if log[start + 8 : start + 16] != salts:
            break  # of an earlier turn of the log
        if int.from_bytes(log[start + 4 : start + 8]):
            ends.append(start + size)
    return ends
