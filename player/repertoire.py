"""The playlists beside config.yaml: read, settled with each other, and what the shows among them need that is not there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

from player import films, places, rolls
from player.schedule.section import SHOW
from player.schema import Document, Problem, did_you_mean, read, validate
from player.show.playlist import MissingShowError, Playlist, settle

FOLDER: Final = "playlists"


def playlists(home: Path) -> tuple[dict[str, Playlist], dict[str, Document]]:
    """Return the playlists of a configuration that lies in *home*, by name, and all files they were read from.

    A folder without playlists of its own has those that came with the program. What is wrong stands in the documents.
    """
    folder = home / FOLDER
    if not folder.is_dir():
        folder = places.INSTALLATION / FOLDER
    found: dict[str, Playlist] = {}
    documents: dict[str, Document] = {}
    for file in sorted(folder.glob("[!.]*.yaml")):  # not what editors and other systems leave beside it
        document = read(file, shown(file, home))
        documents[file.stem] = document
        playlist = validate(document, Playlist)
        if playlist:
            found[file.stem] = films.placed(rolls.placed(playlist, folder), folder)
    for name, problem in _unsettled(found, documents):
        documents[name].problems.append(problem)
    return found, documents


def is_sound(name: str, found: Mapping[str, Playlist], documents: Mapping[str, Document]) -> bool:
    """Whether the playlist called *name*, and every one that it takes in, is without a problem (a circle is one)."""
    if name not in found or documents[name].problems:
        return False
    return all(is_sound(line.show.name, found, documents) for line in found[name].slides if line.show)


def unfed(
    document: Document, shows: Iterable[str], found: Mapping[str, Playlist], documents: Mapping[str, Document]
) -> Iterator[Problem]:
    """Yield that a configuration says nothing of where photos come from, though one of *shows* has photos in it.

    Args:
        document: config.yaml.
        shows: As `show:` and the slots of the schedule name them.
        found: The playlists.
        documents: The files that they were read from.
    """
    tree = document.tree
    if not isinstance(tree, dict) or "feeds" in tree or "core" in tree:
        return
    hungry = next((name for name in _named(shows) if is_sound(name, found, documents) and has_photos([name], found)), None)
    if hungry is not None:
        said = f'is missing, and the show "{hungry}" has photos in it. Write where they come from, or `feeds: {{}}` to do without'
        yield document.problem(("feeds",), said)


def has_photos(shows: Iterable[str], found: Mapping[str, Playlist]) -> bool:
    """Whether there are photos in any of *shows*, which are all sound."""
    return any(line.photo or line.mosaic for name in needed(shows, found) for line in found[name].slides)


def in_turn(shows: Iterable[str], found: Mapping[str, Playlist]) -> tuple[Playlist, ...]:
    """Return all playlists that were *found*: first those of *shows*, with what they take in, in the order of being needed."""
    return tuple(found[name] for name in dict.fromkeys((*needed(shows, found), *found)))


def needed(shows: Iterable[str], found: Mapping[str, Playlist]) -> tuple[str, ...]:
    """Return the playlists of *shows*, with all that they take in, each once."""
    names: list[str] = []
    waiting = [name for name in _named(shows) if name in found][::-1]
    while waiting:
        name = waiting.pop()
        if name not in names:
            names.append(name)
            waiting += [line.show.name for line in reversed(found[name].slides) if line.show and line.show.name in found]
    return tuple(names)


def shown(file: Path, home: Path) -> str:
    """Return what a person calls *file*, whose configuration lies in *home*."""
    return str(file.relative_to(home)) if file.is_relative_to(home) else str(file)


def _named(shows: Iterable[str]) -> Iterator[str]:
    """Yield the playlists of *shows*, each once: a stream's is what is shown while it cannot be had."""
    matches = (SHOW.fullmatch(show) for show in dict.fromkeys(shows))
    return (match["show"] or match["alone"] for match in matches if match)


def _unsettled(found: dict[str, Playlist], documents: Mapping[str, Document]) -> set[tuple[str, Problem]]:
    """Find the lines that take in what there is not, or the playlist that they are in; each once, by playlist."""
    problems: set[tuple[str, Problem]] = set()
    for name, playlist in found.items():
        for index, line in enumerate(playlist.slides):
            if line.show and line.show.name not in documents:
                message = f'there is no playlist "{line.show.name}".{did_you_mean(line.show.name, documents)}'
                problems.add((name, documents[name].problem(("slides", index), message)))
        try:
            settle(name, found)
        except MissingShowError as error:
            if error.name in found:  # one that is missing is told above, a faulty one has its own problems
                problem = documents[error.playlist].problem(("slides", error.index), str(error))
                problems.add((error.playlist, problem))
    return problems
