"""What goes along with a configuration to another computer: what it names and what lies beside it, in a folder and an archive.

Everything keeps its place as seen from the configuration, so that no path in it changes its meaning. What cannot go along is
said, a line each: a path that leads elsewhere, and films beyond a limit.
"""

from __future__ import annotations

import gzip
import io
import os
import shutil
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeAlias

from player import places
from player.centre.founding import FOLDER_MODE
from player.errors import OperatorError
from player.films import SUFFIXES
from player.publish.disk import PRIVATE, PUBLIC, Disk
from player.repertoire import FOLDER as PLAYLISTS
from player.schema import Document, Tree, read, validate
from player.sections import is_address
from player.show.playlist import Playlist, SlideStep

MAX_FILMS: Final = 500_000_000  # bytes of all of them: what goes on a stick, and over a line in an evening
MAX_OTHER: Final = 20_000_000  # bytes of anything else; a list of a million names
MAX_BESIDE: Final = 5000  # files in a film's folder that are looked at
WORDS: Final = Path("assets/words.yaml")
_COMPRESSION: Final = 1  # films are compressed already
_KEY: Final = "-key.pem"

Content: TypeAlias = bytes | Path
"""Of a file: itself, or where it lies."""


@dataclass(slots=True)
class Luggage:
    """What goes along."""

    files: dict[str, Content] = field(default_factory=dict[str, Content])
    """By the path in the bundle."""
    remarks: list[str] = field(default_factory=list[str])
    """What does not, a sentence each."""


def luggage(template: Path, tree: Mapping[str, Tree]) -> Luggage:
    """Return what goes along with the configuration in *template*, which says what is in *tree*."""
    packing = _Packing(template.parent.absolute())
    packing.settings(tree)
    for file in sorted(packing.home.joinpath(PLAYLISTS).glob("[!.]*.yaml")):
        packing.playlist(file)
    if packing.home != places.INSTALLATION and (packing.home / WORDS).is_file():
        packing.take(str(WORDS))
    return packing.found


class _Packing:
    """Puts together what goes along, beginning at a configuration's folder."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.found = Luggage()
        self._films = 0

    def settings(self, tree: Mapping[str, Tree]) -> None:
        """Take what the configuration itself names."""
        schedule = tree.get("schedule")
        if isinstance(schedule, str) and schedule == Path(schedule).name and schedule.endswith(".yaml"):
            self.take(schedule)
        for path, text in _texts(dict(tree)):
            key = path[-1]
            is_map = path[0] == "feeds" and key == "map"
            if path[0] == "fleet" or not text:
                continue
            if text.startswith("file:"):
                self._say(path, text.removeprefix("file:"))
            elif (is_map and not _came(text)) or path == ("network", "ca_file"):
                self._take_or_say(path, text)
            elif (path[0] in {"feeds", "core", "streams"} and key == "url" and not is_address(text)) or (
                path[0] == "console" and key in {"certificate", "key"}
            ):
                self._say(path, text)

    def playlist(self, file: Path) -> None:
        """Take a playlist, and what its lines name."""
        name = f"{PLAYLISTS}/{file.name}"
        self.take(name)
        document: Document = read(file, name)
        playlist = validate(document, Playlist)  # whoever checks the bundle says what is wrong with it
        for index, line in enumerate(playlist.slides if playlist else ()):
            for key, text in _named(line):
                place = (f"{name} slides", str(index), key)
                if key == "film":
                    self._film(place, text)
                else:
                    self._take_or_say(place, text, start=PLAYLISTS)

    def take(self, name: str) -> bool:
        """Take the small file *name*; return whether it is one."""
        try:
            path = self.home / name
            if path.is_file() and path.stat().st_size <= MAX_OTHER:
                self.found.files[name] = path.read_bytes()
        except (OSError, ValueError):
            return False
        return name in self.found.files

    def _take_or_say(self, path: tuple[str, ...], text: str, *, start: str = "") -> None:
        name = _inside(text, start)
        if name is None:
            self._say(path, text)
        elif not self.take(name):
            self.found.remarks.append(f"{'.'.join(path)}: {text} does not go along: it is not there, cannot be read, or is large")

    def _film(self, path: tuple[str, ...], text: str) -> None:
        name = _inside(text, PLAYLISTS)
        if name is None:
            self._say(path, text)
            return
        film = self.home / name
        size = 0
        with suppress(OSError, ValueError):
            size = film.stat().st_size if film.is_file() else 0
        if name in self.found.files:
            return
        if not size:
            self.found.remarks.append(f"{'.'.join(path)}: {text} does not go along: it is not there")
        elif self._films + size > MAX_FILMS:
            much = f"{size // 1_000_000:,} MB, and films of {MAX_FILMS // 1_000_000} MB in all go along"
            self.found.remarks.append(f"{'.'.join(path)}: {text} is too large ({much}): bring it by hand, to {name} there")
        else:
            self._films += size
            self.found.files[name] = film
        self._beside(film, name)

    def _beside(self, film: Path, name: str) -> None:
        """Take the subtitles that lie beside a film under its name."""
        with suppress(OSError):
            there = sorted(path.name for path, _ in zip(film.parent.iterdir(), range(MAX_BESIDE), strict=False))
            for each in there:
                if each.startswith(f"{film.stem}.") and Path(each).suffix.lower() in SUFFIXES:
                    self.take(str(Path(name).with_name(each)))

    def _say(self, path: tuple[str, ...], text: str) -> None:
        whole = "" if Path(text).is_absolute() or text.startswith("~") else ", as seen from its config.yaml"
        if path[0].startswith(PLAYLISTS) and whole:
            whole = ", as seen from its playlists"
        self.found.remarks.append(f"{'.'.join(path)}: {text} is a path: it must be there on the player's computer, too{whole}")


def write(folder: Path, archive: Path, files: Mapping[str, Content]) -> None:
    """Write *files* into *folder*, which is made anew, and all of it into *archive*.

    Raises:
        OperatorError: it cannot be written.
    """
    disk = Disk()
    shutil.rmtree(folder, ignore_errors=True)  # of the papers before
    part = archive.with_name(f".{archive.name}.{os.getpid()}.part")
    try:
        (folder / "fleet").mkdir(mode=FOLDER_MODE, parents=True)
        folder.chmod(FOLDER_MODE)
        for name, content in files.items():
            if isinstance(content, bytes):
                disk.write(folder / name, content, mode=_mode(name))
            else:
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(content, folder / name)
        try:
            with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, PRIVATE), "wb") as file:  # noqa: PTH123 - a mode
                _pack(file, folder.name, files)
                file.flush()
                disk.sync(file.fileno())
            part.replace(archive)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise OperatorError(f"{folder} could not be written: {error.strerror or error}") from error


def _pack(into: io.BufferedIOBase, name: str, files: Mapping[str, Content]) -> None:
    """Write an archive: the same for the same files, and without a word of who made it, or where."""
    with (
        gzip.GzipFile("", "wb", compresslevel=_COMPRESSION, fileobj=into, mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w") as tar,
    ):
        folders = {str(parent) for file in files for parent in Path(f"{name}/{file}").parents} - {"."}
        for folder in sorted(folders):
            entry = tarfile.TarInfo(folder)
            entry.type, entry.mode = tarfile.DIRTYPE, FOLDER_MODE
            tar.addfile(entry)
        for file, content in files.items():
            entry = tarfile.TarInfo(f"{name}/{file}")
            entry.mode = _mode(file)
            with io.BytesIO(content) if isinstance(content, bytes) else content.open("rb") as opened:
                entry.size = opened.seek(0, os.SEEK_END)
                opened.seek(0)
                tar.addfile(entry, opened)


def _mode(file: str) -> int:
    return PRIVATE if file.endswith(_KEY) else PUBLIC


def _named(line: SlideStep) -> Iterator[tuple[str, str]]:
    """Yield the files that a playlist's line names, by what for."""
    if line.names:
        yield "names", line.names.file
    if line.film and line.film.file:
        yield "film", line.film.file
    for each in (line.film.subtitles or ()) if line.film else ():
        yield "subtitles", each


def _texts(tree: Tree, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    if isinstance(tree, str):
        yield path, tree
    elif isinstance(tree, dict):
        for key, value in tree.items():
            yield from _texts(value, (*path, key))
    else:
        for index, value in enumerate(tree):
            yield from _texts(value, (*path, str(index)))


def _inside(text: str, start: str) -> str | None:
    """Return the path in the bundle that *text* means, seen from its folder *start*; None: it leads out of it."""
    if text.startswith("~") or "\0" in text or Path(text).is_absolute():
        return None
    name = os.path.normpath(Path(start) / text)
    return None if name == ".." or name.startswith("../") else name


def _came(text: str) -> bool:
    """Whether it is the name of a map that came with the program."""
    return text.isidentifier() and (places.INSTALLATION / "assets" / "maps" / f"{text}.yaml").exists()
