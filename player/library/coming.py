"""Films that are being fetched: each hashed as it comes, and beside it a mark that says of which item it is.

A withdrawal that comes meanwhile is done only when the film is gone: whoever writes the receipts asks `coming`. What is being
written is locked, so that neither a slow line nor the number of an earlier process deceives anybody.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import json
import os
import secrets
from collections.abc import Generator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import BinaryIO, Final

from player.errors import LibraryError
from player.library.files import WRITING, FileStore, is_being_written, sync_folder
from player.units import SECOND, Digest, Nanos

LOOKED_AT: Final[Nanos] = 900 * SECOND  # probing, picturing and preparing a film take no longer; nothing is written meanwhile

_TO_COME: Final = "00"  # one of the folders that are tidied up
_READ_ONLY: Final = 0o400  # nobody has anything to change in it
_MARK: Final = ".mark"
_MAX_MARK: Final = 20_000  # bytes; an id has 512 characters, and JSON makes six bytes of one


@dataclass(frozen=True, slots=True)
class Coming:
    """Of which item a film is that is being fetched."""

    source: str
    item: str
    sha256: str | None
    """As its source states it; once all of it has come, as it is."""
    stand_in: str | None = None
    """What a withdrawal binds instead, where its source does not state it."""


@dataclass(frozen=True, slots=True)
class _Part:
    """A file that is being written, and will be gone under this name."""

    path: Path
    file: BinaryIO
    is_locked: bool
    """Else its age says whether somebody writes it."""

    def lives(self, until: Nanos) -> None:
        """Say to those who cannot see a lock that this is being written, and for how long it will be (wall time).

        Raises:
            OSError: the disk refuses.
        """
        if not self.is_locked:
            os.utime(self.path, ns=(until, until))


class FilmToCome:
    """A film that is being fetched: hashed as it comes, and named by its hash in the end."""

    def __init__(self, store: FileStore, part: _Part, mark: _Part, what: Coming) -> None:
        """Write *part*, and in *mark* of what it is: *what* at first."""
        self._store, self._path, self._file, self._mark, self._what = store, part.path, part.file, mark, what
        self._hash = hashlib.sha256()
        self.length = 0
        """Bytes so far."""

    @property
    def digest(self) -> Digest:
        """The SHA-256 of what has come so far."""
        return Digest(self._hash.hexdigest())

    def add(self, piece: bytes) -> None:
        """Take in what comes next.

        Raises:
            LibraryError: the disk refuses.
        """
        try:
            self._file.write(piece)
        except OSError as error:
            raise _refused(error) from error
        self._hash.update(piece)
        self.length += len(piece)

    def goes_on(self, now: Nanos) -> None:
        """Say that it still comes at *now* (wall time): about once a second, for those who see no locks.

        Raises:
            LibraryError: the disk refuses.
        """
        try:
            self._mark.lives(now + WRITING)  # later than its bytes: whoever tidies up drops those first
        except OSError as error:
            raise _refused(error) from error

    def tell(self, now: Nanos) -> None:
        """Let everybody know which bytes these are, now that all have come: they may be withdrawn under another name.

        Raises:
            LibraryError: the disk refuses.
        """
        try:
            _write(self._mark, replace(self._what, sha256=self.digest))
            self._mark.lives(now + LOOKED_AT)
        except OSError as error:
            raise _refused(error) from error

    def keep(self, *, is_there: bool = False) -> Path:
        """Give it its name, through a power cut too; whoever reads an older file of that name goes on reading that one.

        First `tell`: a film of which nobody knows is anybody's to delete.

        *is_there*: another film with these bytes is. Its file stays as it is, for that film is known by its time.

        Raises:
            LibraryError: the disk refuses.
        """
        path = self._store.film(self.digest)
        if is_there:
            return path
        try:
            self._file.flush()
            os.fchmod(self._file.fileno(), _READ_ONLY)
            os.fsync(self._file.fileno())
            path.parent.mkdir(parents=True, exist_ok=True)
            self._path.rename(path)
            sync_folder(path.parent)
        except OSError as error:
            raise _refused(error) from error
        return path


@contextlib.contextmanager
def film_to_come(store: FileStore, what: Coming) -> Generator[FilmToCome]:
    """Open a file for a film that is being fetched; what is not kept of it is gone afterwards.

    Until then everybody knows that *what* is coming: see to the end of it in here, its record too.

    Raises:
        LibraryError: the disk refuses.
    """
    try:
        with _part(store.folder, _MARK) as mark, _part(store.folder, "") as part:
            _write(mark, what)
            yield FilmToCome(store, part, mark, what)
    except OSError as error:
        raise _refused(error) from error


def coming(store: FileStore, now: Nanos) -> list[Coming | None]:
    """Return of which items films are being fetched at *now* (wall time), by any process; None: one of which nobody knows yet.

    Raises:
        LibraryError: nobody can say.
    """
    found: list[Coming | None] = []
    try:
        for path in (store.folder / _TO_COME).glob(f"*{_MARK}.*"):
            with contextlib.suppress(FileNotFoundError):  # it has ended
                if is_being_written(path, now):
                    found.append(_read(path))
    except OSError as error:
        raise LibraryError(f"nobody knows which films are being fetched: {error.strerror}") from error
    return found


@contextlib.contextmanager
def _part(folder: Path, suffix: str) -> Generator[_Part]:
    """Open a file that is locked, and gone afterwards under this name."""
    path = folder / _TO_COME / f"{secrets.token_hex(8)}{suffix}.{os.getpid()}.part"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb") as file:
        try:
            is_locked = False
            with contextlib.suppress(OSError):  # a file system without locks: then age and process say whether it is written
                fcntl.flock(file, fcntl.LOCK_EX)
                is_locked = True
            yield _Part(path, file, is_locked)
        finally:
            path.unlink(missing_ok=True)


def _write(mark: _Part, what: Coming) -> None:
    """Let a mark say *what*; whoever reads it meanwhile reads nothing, and takes it for anything."""
    mark.file.seek(0)
    mark.file.truncate()
    mark.file.write(json.dumps(asdict(what)).encode())
    mark.file.flush()


def _read(path: Path) -> Coming | None:
    """Return what a mark says; None while it says nothing yet."""
    with path.open("rb") as file:
        text = file.read(_MAX_MARK)
    try:
        said = json.loads(text)
        sha256, stand_in = (each and str(each) for each in (said["sha256"], said["stand_in"]))
        return Coming(str(said["source"]), str(said["item"]), sha256, stand_in)
    except (ValueError, TypeError, KeyError):
        return None


def _refused(error: OSError) -> LibraryError:
    why = "the disk is full: free some space" if error.errno == errno.ENOSPC else error.strerror
    return LibraryError(f"a film could not be kept: {why}")
