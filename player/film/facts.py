"""Looks at the films that the configuration names, one after another, and keeps what it finds: for the process `film`.

The screen never opens a film: it reads what is kept here. A film is looked at once, and again when its file is another one;
one that cannot be shown, again by the next process: perhaps that was ours.
How loud it is takes a hearing of all of it, so that comes after every film has been looked at.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from player import log
from player.clock import Clock
from player.errors import FilmError, InterruptedFilmError, WorkerError
from player.film.known import MAX_FILMS, NAME, Known, Stamp, read, stamp_of, write
from player.film.looking import looked_at
from player.film.wire import Failed, Film
from player.units import SECOND, Nanos

PAUSE: Final[Nanos] = 30 * SECOND  # after a look that came to nothing; each time twice as long
LONGEST_PAUSE: Final[Nanos] = 3600 * SECOND  # a film that kills each decoder must not keep the machine busy

_log = log.get("film")


@dataclass(frozen=True, slots=True)
class _PutOff:
    """A film of which nothing could be found out, perhaps for reasons of ours."""

    stamp: Stamp
    pause: Nanos
    until: Nanos
    """CLOCK_MONOTONIC."""


class Facts:
    """What is known of films; one thread, which may take hours for the first look at a thousand of them."""

    def __init__(
        self,
        folder: Path,
        clock: Clock,
        stopped: threading.Event,
        *,
        beat: Callable[[], None] = lambda: None,
        command: Sequence[str] | None = None,
    ) -> None:
        """Keep it in the data *folder*.

        Args:
            folder: Where `films.json` lies.
            clock: For how long is waited.
            stopped: Ends a look early.
            beat: Called now and then, a few times a second while films are heard.
            command: What is started to look at a film; None: the confined child.
        """
        self._folder = folder
        self._clock = clock
        self._stopped = stopped
        self._beat = beat
        self._command = command
        self._films = read(folder)
        self._doubted = {path for path, known in self._films.items() if isinstance(known.film, Failed)}
        self._put_off: dict[str, _PutOff] = {}
        self._kept: Stamp | None = stamp_of(folder / NAME)
        self._failing = log.Edge(_log, begins="a film could not be looked at", ends="a film could be looked at")

    def look(self, films: Iterable[str], *, target: float | None) -> None:
        """Look at what is new among *films*, and forget what is not named any more; quick where nothing is.

        Args:
            films: Paths, whole.
            target: What all of them are brought to, in LUFS; None: nothing is heard here, so that nobody measures.
        """
        named = list(dict.fromkeys(films))[:MAX_FILMS]
        self._take_up(named)
        kept = {path: self._films[path] for path in named if path in self._films}
        if kept.keys() != self._films.keys():
            self._films = kept
            self._keep()
        for path in named:
            stamp = stamp_of(Path(path))
            if stamp is not None and not (self._is_known(path, stamp) or self._is_put_off(path, stamp)):
                self._probe(path, stamp)
        for path in named if target is not None else ():
            known = self._films.get(path)
            if known is not None and isinstance(known.film, Film) and known.film.has_sound and known.target != target:
                self._measure(path, known, known.film, target or 0.0)

    def _take_up(self, named: Iterable[str]) -> None:
        """Take up what `check` has kept since: that a film can be shown of which this knows nothing, or the opposite."""
        stamp = stamp_of(self._folder / NAME)
        if stamp == self._kept:
            return
        self._kept, found = stamp, read(self._folder)
        for path in named:
            known, before = found.get(path), self._films.get(path)
            if known and isinstance(known.film, Film) and (before is None or isinstance(before.film, Failed)):
                self._films[path] = known
                self._doubted.discard(path)

    def _is_known(self, path: str, stamp: Stamp) -> bool:
        if self._stopped.is_set():
            return True
        return path in self._films and self._films[path].stamp == stamp and path not in self._doubted

    def _is_put_off(self, path: str, stamp: Stamp) -> bool:
        found = self._put_off.get(path)
        return found is not None and found.stamp == stamp and self._clock.monotonic() < found.until

    def _put_it_off(self, path: str, stamp: Stamp, error: Exception) -> None:
        """Leave it for longer each time: it was perhaps the film after all."""
        before = self._put_off.get(path)
        pause = PAUSE if before is None or before.stamp != stamp else min(2 * before.pause, LONGEST_PAUSE)
        self._put_off[path] = _PutOff(stamp, pause, self._clock.monotonic() + pause)
        self._failing.note(path, holds=True, file=path, why=str(error))

    def _probe(self, path: str, stamp: Stamp) -> None:
        self._beat()
        try:
            film = looked_at(Path(path), self._clock, command=self._command)
        except WorkerError as error:
            self._put_it_off(path, stamp, error)
            return
        self._done(path)
        if isinstance(film, Failed):
            _log.warning("a film cannot be shown", file=path, why=film.why)
        else:
            _log.info("a film was looked at", file=path, size=f"{film.size.width}x{film.size.height}", codec=film.codec)
        self._doubted.discard(path)
        self._films[path] = Known(stamp=stamp, film=film)
        self._keep()

    def _measure(self, path: str, known: Known, film: Film, target: float) -> None:
        if self._stopped.is_set() or stamp_of(Path(path)) != known.stamp or self._is_put_off(path, known.stamp):
            return
        from player.film.measuring import gain_of  # noqa: PLC0415 - brings FFmpeg, 15 MB that stay

        try:
            with Path(path).open("rb") as file:
                gain = gain_of(
                    file.fileno(), film, target, clock=self._clock, stopped=self._stopped, beat=self._beat, command=self._command
                )
        except (OSError, WorkerError, InterruptedFilmError) as error:
            self._put_it_off(path, known.stamp, error)
            return
        except FilmError as error:
            _log.warning("how loud a film is could not be measured: it stays as it is", file=path, why=str(error))
            gain = 0.0
        if gain is not None:
            self._done(path)
            self._films[path] = replace(known, gain_db=gain, target=target)
            self._keep()

    def _done(self, path: str) -> None:
        """Forget that it was put off."""
        self._put_off.pop(path, None)
        self._failing.note(path, holds=False, file=path)

    def _keep(self) -> None:
        try:
            write(self._folder, self._films)
        except WorkerError as error:
            _log.warning("what is known of films could not be kept", why=str(error))
        self._kept = stamp_of(self._folder / NAME)
