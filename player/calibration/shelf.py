"""The folder of calibrations: every edit kept, the last hundred of them, and the newest sound one found again.

A file is `000000042.json` with its thumbnail `000000042.png`. The number alone orders history. A file appears whole or
not at all, and writers take turns; reading needs no lock and no right to write.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import re
import threading
from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from player.calibration.record import MAX_BYTES, Calibration, Kept, UnreadableError, from_bytes, to_bytes
from player.errors import LibraryError, OperatorError
from player.units import Nanos

FOLDER: Final = "calibration"
"""In the data folder."""
KEPT: Final = 100  # an evening's edits; 2 MB of files at most, so nothing to think about
MAX_THUMBNAIL_BYTES: Final = 1_000_000
TRIES: Final = 20  # for a turn to write, which takes others 50 ms; somebody who was stopped in it must not stop withdrawals
PAUSE_S: Final = 0.05  # between two of them: a second in all
PREVIOUS: Final = "previous"
_NAME: Final = re.compile(r"(\d{9,15})\.json")
_ANY: Final = re.compile(r"(\d{9,15})\.(?:json|png)")
_LOCK: Final = "lock"


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the history."""

    number: int
    calibration: Calibration | None
    """None: it cannot be used."""
    problem: str = ""
    """Why, to follow "it is"."""
    thumbnail: Path | None = None


@dataclass(frozen=True, slots=True)
class Newest:
    """What counts now."""

    calibration: Calibration | None
    """None: nothing was ever edited here, or nothing of it can be used."""
    warning: str = ""
    """One line, when it is not the last one that was made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """What is to be kept."""

    at: Nanos
    by: str
    what: str
    outputs: Mapping[str, Kept]
    """Those that were changed."""
    others: Mapping[str, Kept] = field(default_factory=dict[str, Kept])
    """Those that were seen unchanged beside them: what is kept of them already stays, whoever kept it, and counts more."""
    gesture: int | None = None
    """Edits of one gesture, such as a key held down, are one entry: the later takes the earlier one's place."""


class Shelf:
    """Calibrations in a folder. Reading may be done from anywhere; a gesture is known to the shelf that kept it."""

    def __init__(self, data: Path) -> None:
        """Look into the folder `calibration` of the data folder *data*, which need not be there yet."""
        self.folder = data / FOLDER
        self._gesture: tuple[int, int] | None = None
        """The last gesture and the number that it has."""

    def newest_number(self) -> int:
        """Return the number of the last one made, usable or not; 0: none. Cheap enough to be asked every second."""
        return max(self._numbers(), default=0)

    def newest(self) -> Newest:
        """Return the newest calibration that can be used, and one line when that is not the last one made.

        Raises:
            LibraryError: the folder is there and cannot be read.
        """
        problem = ""
        numbers = sorted(self._numbers(), reverse=True)
        if not numbers:
            return Newest(None)
        for number in numbers:
            entry = self._entry(number)
            if entry.calibration is not None:
                told = f"calibration {numbers[0]} is {problem}; number {number} is used" if problem else ""
                return Newest(entry.calibration, told)
            problem = problem or entry.problem
        told = f"calibration {numbers[0]} is {problem}, and no earlier one is sound: the configuration's shapes are used"
        return Newest(None, told)

    def history(self) -> tuple[Entry, ...]:
        """Return all that is kept, the newest first.

        Raises:
            LibraryError: the folder is there and cannot be read.
        """
        return tuple(self._entry(number) for number in sorted(self._numbers(), reverse=True))

    def chosen(self, which: str) -> Calibration:
        """Return the calibration that a person means: a number of the history, or `previous` for the one before the newest.

        Raises:
            OperatorError: there is none such, or it cannot be used.
            LibraryError: the folder is there and cannot be read.
        """
        numbers = self._numbers()
        if which == PREVIOUS:
            sound = [each.calibration for each in self.history() if each.calibration is not None]
            if len(sound) < 2:  # noqa: PLR2004 - the newest, and the one before it
                raise OperatorError("there is no calibration before the newest one")
            return sound[1]
        if not (which.isascii() and which.isdecimal()):
            raise OperatorError(f'say which calibration: its number in --history, or {PREVIOUS}, not "{which}"')
        if int(which) not in numbers:
            there = f"{min(numbers)} to {max(numbers)} are there" if numbers else "none was made yet"
            raise OperatorError(f"there is no calibration {int(which)}: {there}")
        entry = self._entry(int(which))
        if entry.calibration is None:
            raise OperatorError(f"calibration {entry.number} is {entry.problem}")
        return entry.calibration

    def keep(self, edit: Edit, thumbnail: bytes | None = None) -> Calibration:
        """Keep *edit* as the newest, through a power cut too, with a PNG beside it; remove what is beyond the last hundred.

        The thumbnail is a convenience: where it cannot be written the calibration is kept without.

        Raises:
            LibraryError: it could not be written; what was there is as it was.
        """
        with self._turn():
            # Under the lock: whoever wrote meanwhile is counted, and what it changed stays where this edit did not change it.
            last = self.newest_number()
            number = last + 1
            if self._gesture is not None and self._gesture == (edit.gesture, last):
                number = last
            before = self.newest().calibration
            outputs = {**edit.others, **(before.outputs if before else {}), **edit.outputs}
            made = Calibration(number, edit.at, edit.by, edit.what, outputs)
            self._write(self.folder / f"{number:09}.json", to_bytes(made))
            self._gesture = None if edit.gesture is None else (edit.gesture, number)
            if thumbnail is not None and len(thumbnail) <= MAX_THUMBNAIL_BYTES:
                with contextlib.suppress(LibraryError):
                    self._write(self.folder / f"{number:09}.png", thumbnail)
            with contextlib.suppress(LibraryError):  # too many are no harm, and this one is kept
                self._trim()
        return made

    def restore(self, which: str, *, at: Nanos, by: str) -> Calibration:
        """Make an earlier calibration the newest again, as a new entry: nothing is lost, and this can be taken back, too.

        Raises:
            OperatorError: there is none such, or it cannot be used.
            LibraryError: the folder cannot be read or written.
        """
        found = self.chosen(which)
        thumbnail = self._thumbnail(found.number)
        edit = Edit(at=at, by=by, what=f"number {found.number} again: {found.what}", outputs=found.outputs)
        return self.keep(edit, thumbnail.read_bytes() if thumbnail else None)

    def _numbers(self) -> list[int]:
        return [int(match[1]) for name in self._names() if (match := _NAME.fullmatch(name))]

    def _names(self) -> list[str]:
        try:
            return [path.name for path in self.folder.iterdir()]
        except FileNotFoundError:
            return []
        except OSError as error:
            raise LibraryError(f"the folder {self.folder} cannot be read: {error.strerror}") from error

    def _entry(self, number: int) -> Entry:
        try:
            with (self.folder / f"{number:09}.json").open("rb") as file:
                found = from_bytes(file.read(MAX_BYTES + 1))
        except OSError as error:
            return Entry(number, None, f"not to be read ({error.strerror})", self._thumbnail(number))
        except UnreadableError as error:
            return Entry(number, None, str(error), self._thumbnail(number))
        if found.number != number:
            return Entry(number, None, f"number {found.number} under another name", self._thumbnail(number))
        return Entry(number, found, "", self._thumbnail(number))

    def _thumbnail(self, number: int) -> Path | None:
        path = self.folder / f"{number:09}.png"
        return path if path.is_file() else None

    @contextlib.contextmanager
    def _turn(self) -> Generator[None]:
        """Wait until nobody else writes, as long as that is worth it."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            lock = os.open(self.folder / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise LibraryError(_refused(error)) from error
        try:
            _wait_for(lock)
            yield
        finally:
            os.close(lock)

    def _write(self, path: Path, content: bytes) -> None:
        """Write a file so that it is there whole or not at all, whenever the power goes."""
        temporary = path.with_suffix(f"{path.suffix}.part")  # ours alone: writers take turns
        try:
            with temporary.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(path)
        except OSError as error:
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)
            raise LibraryError(_refused(error)) from error
        with contextlib.suppress(OSError):  # it is there: to say that it is not would have it kept again each second
            _sync(self.folder)

    def _trim(self) -> None:
        """Remove what is older than the last hundred, and what an interrupted writing left."""
        names = self._names()
        oldest = sorted(self._numbers(), reverse=True)[:KEPT][-1]
        gone = [name for name in names if (match := _ANY.fullmatch(name)) and int(match[1]) < oldest]
        with contextlib.suppress(OSError):
            for name in (*gone, *(name for name in names if name.endswith(".part"))):
                (self.folder / name).unlink(missing_ok=True)


def _wait_for(lock: int) -> None:
    pause = threading.Event()
    for _ in range(TRIES):
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            pause.wait(PAUSE_S)
        except OSError as error:
            raise LibraryError(_refused(error)) from error
        else:
            return
    raise LibraryError("the calibration could not be kept: another program holds the folder (a calibrate that was stopped?)")


def _refused(error: OSError) -> str:
    what = "the disk is full: free some space" if error.errno == errno.ENOSPC else error.strerror
    return f"the calibration could not be kept: {what}"


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
