"""Lists of names as files: read for the show, and looked at by `check`, so that a faulty one is found before the day."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Final

from player import log
from player.places import beside
from player.schema import Document, Problem
from player.show.naming import MAX_BYTES, Roll, RollFaultError, reading_of, reading_time, roll_of
from player.show.playlist import NamesStep, Playlist, Show, Step

MOST_TOLD: Final = 20  # lines of names that no font has; the log must not become the list

_log = log.get("names")


def placed(playlist: Playlist, folder: Path) -> Playlist:
    """Return *playlist*, which lies in *folder*, with the paths of its lists made whole."""
    slides = tuple(
        line.model_copy(update={"names": line.names.model_copy(update={"file": str(beside(folder, line.names.file))})})
        if line.names
        else line
        for line in playlist.slides
    )
    return playlist.model_copy(update={"slides": slides})


def problems(playlists: Mapping[str, Playlist], documents: Mapping[str, Document]) -> Iterator[Problem]:
    """Yield what is wrong with the lists that *playlists* read: the file itself by its line, else the playlist's line.

    A show passes such a list over, so nothing else is the worse for it.
    """
    for name, playlist in playlists.items():
        for index, line in enumerate(playlist.slides):
            if line.names:
                yield from _problems(line.names, documents[name], index)


def remarks(playlists: Iterable[Playlist], lacks: Callable[[str, str], str]) -> Iterator[str]:
    """Yield the names that would be left out of the lists that *playlists* read, a sentence each, with what would mend it.

    *lacks* says of a (language, letter) what is to be done to have it; empty: a font of this machine has it.
    """
    steps = {(line.names.file, line.names.language) for each in playlists for line in each.slides if line.names}
    for file, language in sorted(steps):
        try:
            roll = _roll(Path(file))
        except RollFaultError:  # a mistake, and told as one
            continue
        letters = sorted({letter for name in roll.names for letter in name})
        missing = {letter: remedy for letter in letters if (remedy := lacks(language, letter))}
        found = [(line, name) for name, line in zip(roll.names, roll.lines, strict=True) if not missing.keys().isdisjoint(name)]
        for line, name in found[:MOST_TOLD]:
            signs = [letter for letter in missing if letter in name]
            told = " ".join(f"{sign} (U+{ord(sign):04X})" for sign in signs)
            remedies = "; ".join(dict.fromkeys(missing[sign] for sign in signs))
            yield f"{Path(file).name}:{line}: {name} is left out, for no font of this machine has {told}: {remedies}"
        if len(found) > MOST_TOLD:
            yield f"{Path(file).name}: and {len(found) - MOST_TOLD:,} more names"


def with_readings(show: Show, a_page: int, *, has: Callable[[str, str], bool] | None = None) -> Show:
    """Return *show* with what its lists of names say, on a wall with so many names *a_page*.

    Args:
        show: One with a list that cannot be read passes it over; that is logged.
        a_page: At most.
        has: Whether the fonts have all of a (language, name): one that they have not is left out, which is logged.
    """
    if not any(isinstance(step.kind, NamesStep) for step in show.steps):
        return show
    read: dict[Step, Step] = {step: _read(step, a_page, has) for step in dict.fromkeys(show.steps)}
    return replace(show, steps=tuple(read[step] for step in show.steps))


def _read(step: Step, a_page: int, has: Callable[[str, str], bool] | None) -> Step:
    if not isinstance(step.kind, NamesStep):
        return step
    kind = step.kind
    try:
        roll = _roll(Path(kind.file))
    except RollFaultError as error:
        _log.error("a list of names is passed over", file=kind.file, line=error.line, why=str(error), todo="weremember check")
        return step
    if has:
        roll = _shown(roll, kind, has)
    if not roll.names:
        return step
    return replace(step, reading=reading_of(roll.names, a_page, least=step.hold, fade=step.fade, over=_seconds(kind)))


def _shown(roll: Roll, kind: NamesStep, has: Callable[[str, str], bool]) -> Roll:
    """Return *roll* without the names that cannot be shown whole."""
    letters = {letter for name in roll.names for letter in name}
    missing = {letter for letter in letters if not has(kind.language, letter)}
    if not missing:
        return roll
    out = [line for name, line in zip(roll.names, roll.lines, strict=True) if not missing.isdisjoint(name)]
    told = ", ".join(map(str, out[:MOST_TOLD])) + ("…" if len(out) > MOST_TOLD else "")
    signs = " ".join(f"U+{ord(letter):04X}" for letter in sorted(missing)[:MOST_TOLD])
    _log.warning("names left out: no font here has their letters", file=kind.file, lines=told, names=len(out), letters=signs)
    return roll.without(frozenset(out))


def _problems(kind: NamesStep, document: Document, index: int) -> Iterator[Problem]:
    at = ("slides", index, "names")
    try:
        roll = _roll(Path(kind.file))
    except RollFaultError as error:
        whole = document.problem((*at, "file"), f"{kind.file} {error}")
        yield Problem(Path(kind.file).name, error.line, "", str(error)) if error.line else whole
        return
    needed = sum(map(reading_time, roll.names))
    over = _seconds(kind)
    if over is not None and over < needed:
        message = f"{len(roll.names):,} names take at least {-(-needed // 60):g}m to be read: write that, or leave `over` out"
        yield document.problem((*at, "over"), message)


def _seconds(kind: NamesStep) -> float | None:
    """Return how long a list is to take, where that is the same every time."""
    return None if kind.over == "slot" else kind.over


def _roll(path: Path) -> Roll:
    """Read a list.

    Raises:
        RollFaultError: it cannot be read, which is no fault of any of its lines, or it is none.
    """
    try:
        if not path.is_file():  # a pipe would keep whoever opens it waiting
            raise RollFaultError(0, "is not there" if not path.exists() else "is not a file")
        stamp = path.stat()
        return _remembered(path, stamp.st_mtime_ns, stamp.st_size)
    except OSError as error:
        raise RollFaultError(0, f"cannot be read: {error.strerror}") from error


@lru_cache(4)
def _remembered(path: Path, _changed: int, _size: int) -> Roll:
    """Read a list that has not been read since it was changed: several shows may read it, and those who look ahead do."""
    with path.open("rb") as file:
        return roll_of(file.read(MAX_BYTES + 1))
