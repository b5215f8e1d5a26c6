"""Before a show is filmed: every film in it is looked at, so that none of them is missing from what a client says yes to."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from player.clock import Clock
from player.errors import OperatorError
from player.film.known import read, stamp_of
from player.film.looking import Looks
from player.film.wire import Failed, Film
from player.films import footage
from player.repertoire import needed
from player.settings import Configuration
from player.show.playlist import FilmStep, Step


def inspect(
    configuration: Configuration,
    clock: Clock,
    tell: Callable[[float], None],
    stopped: threading.Event | None = None,
    *,
    show: str | None = None,
) -> bool:
    """Look at the films of all shows that may be on, where nobody has yet, and keep what is found; False: it was *stopped*.

    A look ends by itself within seconds, whatever the file is. With *show*, only its films are looked at.

    Raises:
        OperatorError: one of them cannot be shown.
        WorkerError: what was found could not be kept, so that nobody would know it.
    """
    steps = _steps(configuration, show)
    files = tuple(dict.fromkeys(kind.file for step in steps if isinstance(kind := step.kind, FilmStep)))
    look, known = Looks(clock), read(configuration.data)
    for number, file in enumerate(files):
        if stopped and stopped.is_set():
            return False
        tell(number / len(files))
        found = known.get(file)
        if found is None or found.stamp != stamp_of(Path(file)) or not isinstance(found.film, Film):
            seen = look(Path(file))
            if isinstance(seen, Failed):
                raise OperatorError(_missing(file, seen.why))
    look.keep(configuration.data)
    known = read(configuration.data)
    for step in steps:
        kind = step.kind
        why = footage(step, known.get(kind.file))[1] if isinstance(kind, FilmStep) else ""
        if why and isinstance(kind, FilmStep):
            raise OperatorError(_missing(kind.file, why))
    return True


def _missing(file: str, why: str) -> str:
    return f"{file} would be missing: {why}. Mend it, or take it out of the show (weremember check)"


def _steps(configuration: Configuration, show: str | None) -> tuple[Step, ...]:
    """Return where the shows have a film that is a file: one of a feed comes, and may go, with the feed."""
    names = needed(configuration.settings.shows, configuration.playlists) if show is None else (show,)
    steps = dict.fromkeys(step for name in names for step in configuration.show(name).steps)
    return tuple(step for step in steps if step.motion and isinstance(step.kind, FilmStep) and step.kind.file)
