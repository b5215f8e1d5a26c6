"""Films as files: what the configuration names, what is known of them, what is said in them; and what `check` says of all that.

No film is opened here: the process `film` looks at them, and `check` has them looked at (player.film). The screen reads what was
found out.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Final, TypeAlias

from player import log
from player.errors import OperatorError
from player.film.known import NAME, Known, Stamp, read, stamp_of
from player.film.wire import Failed, Film
from player.places import beside
from player.schema import Document, Problem, did_you_mean
from player.show.footage import LEAST, Dialogue, Footage, Said
from player.show.playlist import FilmStep, Playlist, Show, Step
from player.subtitles import MAX_BYTES, Subtitles, chosen, language_of, shown
from player.subtitles import read as read_subtitles
from player.units import SECOND, Nanos, nanos

SUFFIXES: Final = (".vtt", ".srt")
MOST_LISTED: Final = 2  # languages at once of those that a playlist lists; more would cover the picture
MOST_BESIDE: Final = 1  # of those that happen to lie beside a film
MAX_BESIDE: Final = 5000  # files in a film's folder that are looked at
KEPT: Final = 4  # files of subtitles in memory: of the film that is up, and of the next; a megabyte each
KEPT_FAULTS: Final = 2000  # files of which it is known what is wrong: each takes 30 ms to read, and a reload must not
USUAL_FPS: Final = 60.0  # what displays show where the configuration does not say
MORE: Final = 1.01  # times as many frames as are shown: 60 on 59.94 is no more, and loses one in sixteen seconds
MISSING: Final = "is not there"
UNSEEN: Final = "nobody has looked at it yet"
MOST_AWAITED: Final = 2  # slides of words, ten seconds each; the first film is looked at within three

_log = log.get("films")

Look: TypeAlias = Callable[[Path], Film | Failed]
"""Says what the film in a file is, or why it cannot be shown. It may take seconds."""


def placed(playlist: Playlist, folder: Path) -> Playlist:
    """Return *playlist*, which lies in *folder*, with the paths of its films and their subtitles made whole."""

    def whole(kind: FilmStep) -> FilmStep:
        subtitles = None if kind.subtitles is None else tuple(str(beside(folder, each)) for each in kind.subtitles)
        file = str(beside(folder, kind.file)) if kind.file else ""
        return kind.model_copy(update={"file": file, "subtitles": subtitles})

    slides = tuple(line.model_copy(update={"film": whole(line.film)}) if line.film else line for line in playlist.slides)
    return playlist.model_copy(update={"slides": slides})


def named(playlists: Iterable[Playlist]) -> tuple[str, ...]:
    """Return the files of all films of *playlists*, each once: no other may ever be opened."""
    return tuple(dict.fromkeys(kind.file for kind in _films(playlists) if kind.file))


def items(playlists: Iterable[Playlist]) -> tuple[tuple[str, str], ...]:
    """Return source and id of the items of feeds that *playlists* show as films, each once: no other is ever fetched."""
    return tuple(dict.fromkeys(kind.name for kind in _films(playlists) if kind.item))


def _films(playlists: Iterable[Playlist]) -> Iterator[FilmStep]:
    return (line.film for playlist in playlists for line in playlist.slides if line.film)


def problems(
    playlists: Mapping[str, Playlist],
    documents: Mapping[str, Document],
    look: Look | None = None,
    feeds: Collection[str] | None = None,
) -> Iterator[Problem]:
    """Yield what is wrong with the films that *playlists* show: a file of subtitles by its own line, else the playlist's line.

    A show passes such a film over, and shows one with faulty subtitles without them, so nothing else is the worse for it.

    Args:
        playlists: By name, their paths whole.
        documents: The files that they were read from.
        look: Says what a film is; None: nobody opens it, and only what lies beside it is looked at.
        feeds: The names of all sources; None: nobody knows them.
    """
    for name, playlist in playlists.items():
        for index, line in enumerate(playlist.slides):
            if line.film:
                at = ("slides", index, "film")
                found = _wrong_item(line.film, feeds) if line.film.item else _wrong(line.film, look)
                yield from (documents[name].problem((*at, *key), said) for key, said in found)
                yield from _ill_written(line.film, documents[name], at)
                if not playlist.motion:
                    said = "nothing moves in this playlist (motion: false): the words are shown instead of this film"
                    yield documents[name].problem(at, said)


def remarks(playlists: Iterable[Playlist], look: Look, fps: float | None = None) -> Iterator[str]:
    """Yield what of films will be seen or heard otherwise than their makers meant, a sentence each.

    *fps* is how many frames a second the configuration wants shown; None: as many as the display has, which is not known here.
    """
    for file in named(playlists):
        film = look(Path(file))
        if isinstance(film, Film):
            yield from (f"{file}: {said}" for said in (*film.warnings, *_too_fast(film.rate, fps)))


def _too_fast(rate: float, fps: float | None) -> Iterator[str]:
    """Find more frames than are shown."""
    if rate > (fps or USUAL_FPS) * MORE:
        shown = f"most displays show {USUAL_FPS:g}" if fps is None else f"{fps:g} are shown (display.fps)"
        yield f"it has {rate:.4g} frames a second, and {shown}: those between are left out"


def _wrong_item(kind: FilmStep, feeds: Collection[str] | None) -> Iterator[tuple[tuple[str, ...], str]]:
    """Find what is wrong with a film of a feed: whether it is there, the feed alone knows."""
    source = kind.name[0]
    if feeds is not None and source not in feeds:
        yield ("item",), f'there is no feed "{source}".{did_you_mean(source, feeds)}'


def _wrong(kind: FilmStep, look: Look | None) -> Iterator[tuple[tuple[str, ...], str]]:
    """Find what is wrong with a film itself: the key that it is about, and a sentence."""
    path = Path(kind.file)
    if stamp_of(path) is None:
        yield ("file",), f"{kind.file} {MISSING if not _is_there(path) else 'is not a file'}"
        return
    film = look(path) if look else None
    if isinstance(film, Failed):
        yield ("file",), f"{kind.file} cannot be shown: {film.why}"
    elif film is not None and nanos(kind.begin) > film.duration - LEAST:
        yield ("from",), f"the film is over by then: it is {_clock(film.duration)} long"
    elif film is not None and kind.end is not None and nanos(kind.end) > film.duration:
        yield ("to",), f"the film is over before: it is {_clock(film.duration)} long. Leave `to` out to show it to its end"


def _ill_written(kind: FilmStep, document: Document, at: tuple[str | int, ...]) -> Iterator[Problem]:
    """Find what is wrong with a film's subtitles."""
    for file in _subtitles_of(kind):
        for said in _faults(file, stamp_of(Path(file))):
            is_told = said.startswith(f"{Path(file).name}:")
            yield _of_file(said) if is_told else document.problem((*at, "subtitles"), said)


def _subtitles_of(kind: FilmStep) -> tuple[str, ...]:
    """Return the files that are listed, else those beside the film; beside one of a feed there is nothing."""
    if kind.subtitles is not None:
        return kind.subtitles
    return _beside(Path(kind.file)) if kind.file else ()


def _of_file(said: str) -> Problem:
    """Return a sentence that begins with file and line as a problem of that file."""
    name, line, message = said.split(":", 2)
    return Problem(name, int(line) if line.isdecimal() else 1, "", message.strip())


def with_films(show: Show, languages: Sequence[str], folder: Path | None = None) -> Show:
    """Return *show* with the subtitles of its films chosen, and with what is known of them.

    Args:
        show: Its paths are whole.
        languages: BCP 47 tags, the most important first; none: all, in the order in which they are listed.
        folder: The data folder; None: nothing is known.
    """
    if not any(isinstance(step.kind, FilmStep) for step in show.steps):
        return show
    known = read(folder) if folder else {}
    settled = {step: _settled(step, languages, known) for step in dict.fromkeys(show.steps)}
    return replace(show, steps=tuple(settled[step] for step in show.steps))


def _settled(step: Step, languages: Sequence[str], known: Mapping[str, Known]) -> Step:
    kind = step.kind
    if not isinstance(kind, FilmStep):
        return step
    is_listed = kind.subtitles is not None
    files = _subtitles_of(kind)
    which = chosen([language_of(file) for file in files], languages, MOST_LISTED if is_listed else MOST_BESIDE)
    step = replace(step, kind=kind.model_copy(update={"subtitles": tuple(files[i] for i in which)}))
    return replace(step, film=footage(step, known.get(kind.file))[0])


def footage(step: Step, known: Known | None, file: str = "") -> tuple[Footage | None, str]:
    """Return what of the film of *step* is to be seen by what is *known* of it; None with the reason where it cannot be shown.

    *file* is where it lies, if the playlist names no file.
    """
    kind = step.kind
    if not isinstance(kind, FilmStep):
        return None, ""
    file = file or kind.file
    stamp = stamp_of(Path(file))
    if stamp is None:
        return None, MISSING
    if known is None or known.stamp != stamp:
        return None, UNSEEN
    if isinstance(known.film, Failed):
        return None, known.film.why
    begin = nanos(kind.begin)
    end = min(known.film.duration, known.film.duration if kind.end is None else nanos(kind.end))
    if end < begin + LEAST:
        return None, f"it is {_clock(known.film.duration)} long, which is over by then"
    has_sound = kind.sound and known.film.has_sound
    return Footage(
        file=file,
        size=known.film.size,
        begin=begin,
        end=end,
        has_sound=has_sound,
        gain_db=known.gain_db or 0.0,
        subtitles=kind.subtitles or (),
    ), ""


class Shelf:
    """The films of a configuration as they are known now: for one thread, the one that chooses slides."""

    def __init__(self, folder: Path) -> None:
        """Read what is known from the data *folder*, again whenever it has changed."""
        self._folder = folder
        self._stamp: Stamp | None = None
        self._known: dict[str, Known] = {}
        self._told: dict[str, str] = {}
        self._awaited: dict[str, int] = {}

    def awaits(self, step: Step) -> bool:
        """Whether words had better stand in for the film of *step*, which was just looked up: nobody has looked at it yet.

        After a first start that takes seconds. Not for ever: perhaps nobody ever will.
        """
        file = step.kind.file if isinstance(step.kind, FilmStep) else ""
        if self._told.get(file) != UNSEEN or self._awaited.get(file, 0) >= MOST_AWAITED:
            return False
        self._awaited[file] = self._awaited.get(file, 0) + 1
        return True

    def looked_up(self, step: Step) -> Step:
        """Return *step* with what of its film is to be seen now; without, where it cannot be shown, which is logged once."""
        if not isinstance(step.kind, FilmStep):
            return step
        stamp = stamp_of(self._folder / NAME)
        if stamp != self._stamp:
            self._stamp, self._known = stamp, read(self._folder)
        file = step.kind.file
        found, why = footage(step, self._known.get(file))
        if why and self._told.get(file) != why:
            if why == UNSEEN:
                _log.info("a film is not shown yet", file=file, why=why)
            else:
                _log.warning("a film is passed over", file=file, why=why, todo="weremember check")
        self._told[file] = why
        return replace(step, film=found)


def dialogue(files: Sequence[str]) -> Dialogue:
    """Return what is said in a film, by its *files* of subtitles, the first language above; one that cannot be read is logged."""
    found: list[Subtitles] = []
    for file in files:
        try:
            found.append(_subtitles(file))
        except OperatorError as error:
            _log.error("a film is shown without its subtitles", file=file, why=str(error), todo="weremember check")
    changes = sorted({change for each in found for change in each.changes})
    said = {(begin, end): _said(found, begin) for begin, end in pairwise(changes)}
    return {times: each for times, each in said.items() if each}


def _said(found: Iterable[Subtitles], at: Nanos) -> tuple[Said, ...]:
    return tuple(Said(each.lines, one.language, each.is_high) for one in found for each in shown(one, at))


def _subtitles(file: str) -> Subtitles:
    """Read a file of subtitles.

    Raises:
        OperatorError: it cannot be read, or has none.
    """
    path = Path(file)
    stamp = stamp_of(path)
    if stamp is None:
        raise OperatorError(f"{file} {MISSING if not _is_there(path) else 'is not a file'}")
    try:
        return _remembered(path, stamp)
    except OSError as error:
        raise OperatorError(f"{file} cannot be read: {error.strerror}") from error


@lru_cache(KEPT_FAULTS)
def _faults(file: str, _stamp: Stamp | None) -> tuple[str, ...]:
    """Return what is wrong with a file of subtitles that has not been looked at since it was changed."""
    try:
        return _subtitles(file).faults
    except OperatorError as error:
        return (str(error),)


@lru_cache(KEPT)
def _remembered(path: Path, _stamp: Stamp) -> Subtitles:
    with path.open("rb") as file:
        return read_subtitles(file.read(MAX_BYTES + 1), name=path.name, language=language_of(path.name))


def _beside(film: Path) -> tuple[str, ...]:
    """Return the subtitles that lie beside *film* under its name: `film.vtt`, `film.he.srt`; in the order of their names."""
    try:
        there = [path for path, _ in zip(film.parent.iterdir(), range(MAX_BESIDE), strict=False)]
    except OSError:
        return ()
    mine = (path for path in there if path.suffix.lower() in SUFFIXES and path.name.startswith(f"{film.stem}."))
    tags = ((path, path.name.removeprefix(film.stem).removesuffix(path.suffix).removeprefix(".")) for path in mine)
    return tuple(sorted(str(path) for path, tag in tags if not tag or tag == language_of(path.name)))


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def _clock(length: Nanos) -> str:
    minutes, seconds = divmod(length // SECOND, 60)
    return f"{minutes}m {seconds}s"
