"""Prepared pictures, and films as they came, on disk: named by the SHA-256 of what they hold."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from player.errors import LibraryError
from player.units import SECOND, Digest, Nanos

MAX_BYTES: Final = 64_000_000  # a prepared picture for three 4K walls side by side stays under this
WRITING: Final[Nanos] = 30 * SECOND  # one picture is written in less; after a start the same process number is somebody else's
_NAME: Final = re.compile(r"[0-9a-f]{64}")
_PICTURE: Final = ".jpg"
_FILM: Final = ".film"


class FileStore:
    """A folder of content-addressed files; safe to share between processes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, digest: Digest) -> Path:
        """Return where the file called *digest* lies.

        Raises:
            LibraryError: *digest* is not a SHA-256, so it may not become a path.
        """
        if not _NAME.fullmatch(digest):
            raise LibraryError(f"not the name of a prepared picture: {digest[:80]!r}")
        return self.folder / digest[:2] / f"{digest}{_PICTURE}"

    def film(self, digest: Digest) -> Path:
        """Return where the film called *digest* lies, if it does.

        Raises:
            LibraryError: *digest* is not a SHA-256.
        """
        return self.path(digest).with_suffix(_FILM)

    def write(self, content: bytes) -> Digest:
        """Keep *content*, through a power cut too: temporary file, fsync, rename, fsync of the folder.

        Raises:
            LibraryError: it could not be written; nothing is left behind.
        """
        digest = Digest(hashlib.sha256(content).hexdigest())
        path = self.path(digest)
        temporary = path.with_suffix(f".{os.getpid()}.part")
        try:
            if self._holds(path, content):
                os.utime(path)  # young again: nobody sweeps it away before its row is written
                return digest
            path.parent.mkdir(parents=True, exist_ok=True)
            with temporary.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            temporary.rename(path)
            sync_folder(path.parent)
        except OSError as error:
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)
            raise LibraryError(f"a prepared picture could not be kept: {_why(error)}") from error
        return digest

    @staticmethod
    def _holds(path: Path, content: bytes) -> bool:
        """Whether *path* is sound: a disk may have kept its name and size and lost what it held."""
        try:
            return path.read_bytes() == content
        except OSError:
            return False

    def read(self, digest: Digest) -> bytes:
        """Return the bytes called *digest*, which are exactly those that were written.

        Raises:
            LibraryError: missing, unreadable, or not what the name says.
        """
        try:
            with self.path(digest).open("rb") as file:
                content = file.read(MAX_BYTES + 1)
        except OSError as error:
            raise LibraryError(f"prepared picture {digest[:12]} cannot be read: {error.strerror}") from error
        if hashlib.sha256(content).hexdigest() != digest:
            raise LibraryError(f"prepared picture {digest[:12]} is damaged")
        return content

    def delete(self, digest: Digest) -> None:
        """Remove what is called *digest*, be it a picture or a film; it may be gone already.

        Raises:
            LibraryError: it is still there.
        """
        try:
            self.path(digest).unlink(missing_ok=True)
            self.film(digest).unlink(missing_ok=True)
        except OSError as error:
            raise LibraryError(f"prepared picture {digest[:12]} could not be deleted: {error.strerror}") from error

    def delete_all(self, digests: Iterable[Digest]) -> None:
        """Remove all of *digests*, those too that come after one that cannot be removed; a power cut brings none of them back.

        Raises:
            LibraryError: one is still there.
        """
        failed: LibraryError | None = None
        folders: set[Path] = set()
        for digest in digests:
            try:
                self.delete(digest)
                folders.add(self.path(digest).parent)
            except LibraryError as error:
                failed = failed or error
        try:
            for folder in folders:
                with contextlib.suppress(FileNotFoundError):
                    sync_folder(folder)
        except OSError as error:
            failed = failed or LibraryError(f"a prepared picture may still be on the disk: {error.strerror}")
        if failed:
            raise failed

    def drop_leftovers(self, now: Nanos) -> int:
        """Delete what interrupted writes left; return how many files. What is being written stays.

        Raises:
            LibraryError: one is still there.
        """
        count = 0
        try:
            for path in self.folder.glob("??/*.part"):
                with contextlib.suppress(FileNotFoundError):  # it has got its name
                    if not is_being_written(path, now):
                        path.unlink(missing_ok=True)
                        count += 1
        except OSError as error:
            raise LibraryError(f"what an interrupted write left could not be deleted: {error.strerror}") from error
        return count

    def delete_everything(self) -> int:
        """Remove every file; return how many.

        Raises:
            LibraryError: one is still there.
        """
        count = 0
        try:
            for path in self.folder.glob("??/*"):
                path.unlink(missing_ok=True)
                count += 1
        except OSError as error:
            raise LibraryError(f"a prepared picture could not be deleted: {error.strerror}") from error
        return count

    def films(self) -> list[Digest]:
        """Return the names of all films.

        Raises:
            LibraryError: the folder cannot be read.
        """
        try:
            return [Digest(path.stem) for path in self.folder.glob(f"??/*{_FILM}") if _NAME.fullmatch(path.stem)]
        except OSError as error:
            raise LibraryError(f"nobody knows which films are here: {error.strerror}") from error

    def stored(self) -> Iterator[tuple[Digest, Nanos]]:
        """Yield name and time of writing (wall) of every file, dropping what an interrupted write left."""
        for path in self.folder.glob("??/*"):
            if path.suffix in {_PICTURE, _FILM} and _NAME.fullmatch(path.stem):
                with contextlib.suppress(OSError):
                    yield Digest(path.stem), path.stat().st_mtime_ns
            elif path.suffix == ".part" and not _is_running(path):
                with contextlib.suppress(OSError):
                    path.unlink(missing_ok=True)


def _why(error: OSError) -> str | None:
    return "the disk is full: free some space" if error.errno == errno.ENOSPC else error.strerror


def is_being_written(part: Path, now: Nanos) -> bool:
    """Whether somebody has locked *part*; or else, whether it is young at *now* (wall time) and of a process that lives.

    Raises:
        OSError: it cannot be looked at; FileNotFoundError: it is gone.
    """
    with part.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        except OSError:  # no file system for locks
            pass
        return _is_running(part) and os.fstat(file.fileno()).st_mtime_ns >= now - WRITING


def _is_running(part: Path) -> bool:
    """Whether the process that was writing *part* still lives."""
    pid = part.suffixes[-2].lstrip(".") if len(part.suffixes) > 1 else ""
    return pid.isdigit() and Path(f"/proc/{pid}").exists()


def sync_folder(folder: Path) -> None:
    """Bring what was renamed or deleted in *folder* to the disk.

    Raises:
        OSError: the disk refuses.
    """
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
