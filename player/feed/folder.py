"""A folder of pictures and films as a feed. The operator who names it vouches for what lies in it.

An item is a file: its id is the path within the folder, its version size, time of change and hash. A film may be a gigabyte: its
version is size and time alone, and whoever fetches it, which few are, hashes it. A file counts once it was left alone for two
seconds, so that nobody's half-copied picture is taken. What is no picture is the picture worker's to refuse.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from player.errors import NetworkError
from player.feed import sidecar
from player.feed.fetch import PHOTO_BYTES
from player.feed.item import Item, Snapshot, Status
from player.feed.kinds import is_film
from player.feed.sidecar import Words
from player.feed.text import shown, usable_id
from player.units import SECOND, Nanos

SETTLED: Final[Nanos] = 2 * SECOND  # FAT keeps times to two seconds; a copy over a network pauses for less
MAX_FILES: Final = 100_000  # a scan of more takes longer than the pause between two
MAX_DEPTH: Final = 8  # folders within folders; also ends what mounts can make endless
MAX_LINES: Final = 200  # of complaint in one scan; the next ones say the same

_SUBTITLES: Final = (".vtt", ".srt")  # they lie beside films
_PROGRAMME: Final = re.compile(r"programmes/[0-9a-f]{64}\.json", re.ASCII)  # of shows in step
# What systems leave beside pictures: among it thumbnails of pictures that were taken out of the folder, and the bin itself.
_LITTER: Final = frozenset(
    {"@eadir", "__macosx", "$recycle.bin", "system volume information", "lost+found", "thumbs.db", "desktop.ini"}
)
_FLAGS: Final = os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK  # without NONBLOCK, opening a named pipe waits for ever


@dataclass(frozen=True, slots=True)
class Note:
    """A sidecar as it was read: which file, how large, from when, and what it said."""

    name: str
    size: int
    mtime: Nanos
    words: Words
    fault: str


@dataclass(frozen=True, slots=True)
class Stamp:
    """A file as it was at some scan, so that the next scan need not read it again."""

    size: int
    mtime: Nanos
    seen: Nanos
    """When it was first seen with this size and time of change."""
    sha256: str | None = None
    """Of its content, once it has settled; None for a film."""
    has_settled: bool = False
    """Whether it was left alone for long enough: then it stays so, whatever becomes of the clock."""
    note: Note | None = None

    def is_of(self, found: os.stat_result) -> bool:
        """Whether the file is still as it was."""
        return (self.size, self.mtime) == (found.st_size, found.st_mtime_ns)


@dataclass(frozen=True, slots=True)
class Scan:
    """A folder at one moment."""

    snapshot: Snapshot
    stamps: dict[str, Stamp]
    """By id; to be passed to the next scan as *settled*."""
    waiting: tuple[str, ...]
    """Ids of files that have not been left alone for long enough; scan again in two seconds."""
    device: int
    """The file system that the folder lies on. When it is another one than before (an unplugged disk leaves the empty folder
    that it was mounted on, or another disk), the scan confirms nothing and withdraws nothing."""


def scan(folder: Path, *, settled: Mapping[str, Stamp], now: Nanos) -> Scan:
    """Look at every file below *folder*, reading those that changed.

    Args:
        folder: Absolute.
        settled: The stamps that the last scan returned; empty at first.
        now: Wall time.

    Raises:
        NetworkError: The folder is missing, empty or cannot be read: it confirms nothing and withdraws nothing.
    """
    try:
        root = os.path.realpath(folder, strict=True)
        device = os.stat(root).st_dev  # noqa: PTH116  realpath gave text
        os.scandir(root).close()
    except OSError as error:
        raise NetworkError(f"{folder}: the folder cannot be read ({error.strerror})") from error
    look = _Look(folder=folder, root=root, settled=settled, now=now)
    look.everywhere()
    if not look.count:
        raise NetworkError(f"{folder}: the folder is empty, which confirms nothing and withdraws nothing")
    items = tuple(look.items)
    snapshot = Snapshot(items=items, discarded=tuple(look.lines[:MAX_LINES]), complete=look.is_whole and bool(items))
    return Scan(snapshot, look.stamps, tuple(look.waiting), device)


@dataclass(slots=True)
class _Look:
    """One look through a folder, collecting."""

    folder: Path
    root: str
    settled: Mapping[str, Stamp]
    now: Nanos
    items: list[Item] = field(default_factory=list[Item])
    stamps: dict[str, Stamp] = field(default_factory=dict[str, Stamp])
    waiting: list[str] = field(default_factory=list[str])
    lines: list[str] = field(default_factory=list[str])
    count: int = 0
    is_whole: bool = True
    """Whether everything could be looked at; if not, absence means nothing."""

    def everywhere(self) -> None:
        for path in self._files("", MAX_DEPTH):
            self.count += 1
            if self.count > MAX_FILES:
                self.is_whole = False
                self.lines.append(f"more than {MAX_FILES:,} files; the rest is left out")
                return
            try:
                self._file(path)
            except FileNotFoundError:
                self.lines.append(f"{shown(path)}: gone while it was looked at")
            except OSError as error:
                self.is_whole = False
                self.lines.append(f"{shown(path)}: cannot be read ({error.strerror})")

    def _files(self, below: str, depth: int) -> Iterator[str]:
        """Paths within the folder, in order of name; no hidden files, sidecars or programmes, and no folder reached by a link."""
        try:
            with os.scandir(os.path.join(self.root, below)) as entries:  # noqa: PTH118  half the cost of Path, per file
                found = sorted(entries, key=lambda entry: entry.name)
        except OSError as error:
            self.is_whole = False
            self.lines.append(f"{shown(below)}: the folder cannot be read ({error.strerror})")
            return
        for entry in found:
            if entry.name.startswith(".") or entry.name.lower() in _LITTER:
                continue
            path = f"{below}/{entry.name}" if below else entry.name
            if entry.is_dir(follow_symlinks=False):
                if depth:
                    yield from self._files(path, depth - 1)
                else:
                    self.lines.append(f"{shown(path)}: nested more than {MAX_DEPTH} folders deep")
            elif not entry.name.lower().endswith((*sidecar.SUFFIXES, *_SUBTITLES)) and not _PROGRAMME.fullmatch(path):
                yield path

    def _file(self, path: str) -> None:
        """Take one file, or note why not; raises OSError."""
        if not usable_id(path):
            self.lines.append(f"{shown(path)}: its name cannot be stored; rename it")
            return
        real = os.path.realpath(f"{self.root}/{path}", strict=True)
        if not Path(real).is_relative_to(self.root):
            self.lines.append(f"{shown(path)}: a link that leads out of the folder")
            return
        found = os.stat(real)  # noqa: PTH116  as above
        if not stat.S_ISREG(found.st_mode):
            if not stat.S_ISDIR(found.st_mode):
                self.lines.append(f"{shown(path)}: not a file")
            return
        moves = is_film("", path)
        if not moves and found.st_size > PHOTO_BYTES:
            self.lines.append(f"{shown(path)}: larger than {PHOTO_BYTES:,} bytes")
            return
        before = self.settled.get(path)
        same = before if before is not None and before.is_of(found) else None
        seen = min(same.seen, self.now) if same else self.now  # the clock may have been set back
        has_settled = (same is not None and same.has_settled) or self.now - SETTLED >= min(seen, found.st_mtime_ns)
        if not has_settled:
            self.stamps[path] = Stamp(found.st_size, found.st_mtime_ns, seen)
            self.waiting.append(path)
            return
        sha256 = None if moves else (same.sha256 if same else None) or _hash(real)
        note = self._note(path, before.note if before else None)
        self.stamps[path] = Stamp(found.st_size, found.st_mtime_ns, seen, sha256, has_settled=True, note=note)
        self.items.append(self._item(path, self.stamps[path], found))

    def _item(self, path: str, stamp: Stamp, found: os.stat_result) -> Item:
        note = stamp.note
        if note is not None and note.fault:
            self.lines.append(f"{shown(note.name)}: {note.fault}")
        words = note.words if note is not None else Words()
        image = str(self.folder / path)
        item = film_item(path, image, found) if stamp.sha256 is None else _photo_item(path, image, stamp)
        return replace(
            item,
            caption=words.caption,
            credit=words.credit,
            alt=words.alt,
            language=words.language,
            country=words.country,
            focal=words.focal,
        )

    def _note(self, path: str, before: Note | None) -> Note | None:
        """The sidecar of the picture at *path*, ``name.jpg.yaml`` or ``name.yaml``. A bad one costs only the words."""
        for stem in (path, path.rpartition(".")[0] if "." in path.rpartition("/")[2] else ""):
            for suffix in sidecar.SUFFIXES if stem else ():
                name = stem + suffix
                try:
                    found = os.stat(f"{self.root}/{name}", follow_symlinks=False)  # noqa: PTH116  as above
                except OSError:
                    continue
                if before is not None and (before.name, before.size, before.mtime) == (name, found.st_size, found.st_mtime_ns):
                    return before
                words, fault = self._read_note(name) if stat.S_ISREG(found.st_mode) else (Words(), "not a file")
                return Note(name, found.st_size, found.st_mtime_ns, words, fault)
        return None

    def _read_note(self, name: str) -> tuple[Words, str]:
        try:
            with open(os.open(f"{self.root}/{name}", _FLAGS | os.O_NOFOLLOW), "rb") as file:  # noqa: PTH123  Path.open takes no flags
                return sidecar.words(file.read(sidecar.MAX_BYTES + 1))
        except OSError as error:
            return Words(), f"cannot be read ({error.strerror})"


def film_item(path: str, image: str, found: os.stat_result) -> Item:
    """Return a film in a folder as an item without words: its version is its size and its time of change.

    Withdrawn before anybody has hashed it, it is known by these two under another name as well.

    Args:
        path: Within the folder.
        image: The whole path.
        found: What the file is.
    """
    version = str(found.st_mtime_ns)  # no date of change: an approval would have to be later, or to name the bytes
    return Item(
        id=path,
        image=image,
        status=Status.APPROVED,
        version=version,
        size_in_bytes=found.st_size,
        is_film=True,
        stand_in=f"film of {found.st_size} bytes from {version}",
    )


def _photo_item(path: str, image: str, stamp: Stamp) -> Item:
    return Item(
        id=path,
        image=image,
        status=Status.APPROVED,
        modified_at=stamp.mtime,
        sha256=stamp.sha256,
        size_in_bytes=stamp.size,
    )


def _hash(path: str) -> str:
    with open(os.open(path, _FLAGS | os.O_NOFOLLOW), "rb") as file:  # noqa: PTH123  Path.open takes no flags
        return hashlib.file_digest(file, "sha256").hexdigest()
