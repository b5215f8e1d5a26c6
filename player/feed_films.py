"""Films of feeds: which of those that the configuration names lie here and may be shown now, and where.

The screen chooses by it, and the process `film` opens nothing else: both ask the library themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from player.errors import LibraryError
from player.film.known import Known, stamp_of, unpacked
from player.library import films, right
from player.library.library import Library, open_library
from player.library.photo import Photo
from player.library.reviews import Name
from player.units import Nanos


@dataclass(frozen=True, slots=True)
class Shelved:
    """A film of a feed that lies here and may be shown now."""

    photo: Photo
    """Its picture, by which its right to be shown is asked, at every cut and as long as it is up."""
    file: str
    """Its path, whole."""
    known: Known


def shelved(library: Library, names: Iterable[Name], now: Nanos) -> dict[Name, Shelved]:
    """Return those of *names* that lie here and may be shown at *now* (wall time).

    Raises:
        LibraryError: the library cannot be read; then none of them may be shown.
    """
    found: dict[Name, Shelved] = {}
    for name, each in films.stored(library.connection, names).items():
        path, known = library.files.film(each.film), unpacked(each.facts)
        if known is not None and stamp_of(path) == known.stamp:  # else somebody has changed it since its hash was taken
            found[name] = Shelved(each.photo, str(path), known)
    refused = right.refusals(library, [each.photo for each in found.values()], now)
    return {name: each for name, each in found.items() if each.photo.key not in refused}


def may_be_opened(file: str, folder: Path, names: Iterable[Name], now: Callable[[Library], Nanos]) -> bool:
    """Whether *file* is the film of one of *names* that may be shown, by the library in the data *folder*.

    *now* says the time of day as that library knows it. What cannot be read counts as no.
    """
    try:
        with closing(open_library(folder, writer="film")) as library:
            return any(each.file == file for each in shelved(library, names, now(library)).values())
    except LibraryError:
        return False
