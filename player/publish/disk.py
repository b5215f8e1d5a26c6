"""Every change to a studio's files: whole or not at all, and on the disk before the next one begins.

A reader of the published folder sees each file as it was or as it is. Who else may write is settled by a lock.
"""

from __future__ import annotations

import errno
import fcntl
import os
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from player.errors import OperatorError

PRIVATE: Final = 0o600
PUBLIC: Final = 0o644
_PENDING: Final = ".part"  # how a file is called until it is whole


class Disk:
    """Writes, links and removes files. Tests stand one in its place that stops after any change."""

    def write(self, path: Path, data: bytes, *, mode: int = PUBLIC) -> None:
        """Put *data* at *path* at once; whatever was there is replaced. OperatorError when the disk refuses."""
        part = path.with_name(f".{path.name}.{os.getpid()}{_PENDING}")
        with _told(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            try:
                with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as file:  # noqa: PTH123  Path.open takes no mode
                    file.write(data)
                    file.flush()
                    self.sync(file.fileno())
                part.replace(path)
            except OSError:
                with suppress(OSError):
                    part.unlink()
                raise
            self._settle(path.parent)

    def append(self, path: Path, data: bytes) -> None:
        """Put *data* at the end of *path*."""
        with _told(path), path.open("ab") as file:
            file.write(data)

    def place(self, source: Path, path: Path) -> None:
        """Make *path* the same file as *source*, or a copy where file systems differ; nothing when it is there already."""
        with _told(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            try:
                os.link(source, path)
            except FileExistsError:
                return
            except OSError as error:
                if error.errno == errno.ENOENT:
                    raise
                self.write(path, source.read_bytes())
                return
            self._settle(path.parent)

    def remove(self, path: Path) -> None:
        """Take *path* away; nothing when it is not there."""
        with _told(path), suppress(FileNotFoundError):
            path.unlink()
            self._settle(path.parent)

    def move(self, path: Path, target: Path) -> None:
        """Give *path* another name in the same folder, at once."""
        with _told(path):
            path.replace(target)
            self._settle(path.parent)

    def sync(self, descriptor: int) -> None:
        """Wait until what was written is on the disk."""
        os.fsync(descriptor)

    def _settle(self, folder: Path) -> None:
        """See to it that the names in *folder* outlive a power cut."""
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            self.sync(descriptor)
        finally:
            os.close(descriptor)


@contextmanager
def locked(path: Path, who: str) -> Generator[None]:
    """Hold the lock *path*; OperatorError naming *who* holds it when another process does. The system frees it at any end."""
    with _told(path):
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, PRIVATE)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise OperatorError(f"{who} is at work in this studio already") from error
        yield
    finally:
        os.close(descriptor)


def read(path: Path) -> bytes:
    """Return the bytes of *path*; OperatorError with the reason when they cannot be had."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise OperatorError(f"{path}: cannot be read ({error.strerror})") from error


@contextmanager
def _told(path: Path) -> Generator[None]:
    try:
        yield
    except OSError as error:
        why = "the disk is full" if error.errno in {errno.ENOSPC, errno.EDQUOT} else error.strerror
        raise OperatorError(f"{path}: cannot be written ({why}); what was there is still there") from error
