"""By how much each film of a feed is to be made louder: all of it is heard once, when nothing else is to be done."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from player import log
from player.clock import Clock
from player.errors import FilmError, InterruptedFilmError, WorkerError
from player.film.known import packed, unpacked
from player.film.wire import Film
from player.library import films
from player.library.library import Library
from player.units import SECOND, Digest, Nanos

PAUSE: Final[Nanos] = 60 * SECOND  # after a hearing that came to nothing by no fault of the film; each time twice as long
LONGEST_PAUSE: Final[Nanos] = 6 * 3600 * SECOND  # one that kills each decoder must not keep the machine busy

_log = log.get("ingest")


@dataclass(frozen=True, slots=True)
class _PutOff:
    """A film that could not be heard, perhaps for reasons of ours."""

    pause: Nanos
    until: Nanos
    """CLOCK_MONOTONIC."""


class Hearing:
    """Hears one film after another."""

    def __init__(self, library: Library, *, target: float | None, clock: Clock, stopped: threading.Event) -> None:
        """*target* is what they are brought to, in LUFS; None: nothing is heard here, so that nobody measures."""
        self._library, self._target, self._clock, self._stopped = library, target, clock, stopped
        self._put_off: dict[Digest, _PutOff] = {}

    def step(self) -> bool:
        """Hear one film to its end; False when there is none to be heard now.

        Raises:
            LibraryError: the library cannot be read or written.
        """
        target = self._target
        for film, text in films.every(self._library.connection).items() if target is not None else ():
            known = unpacked(text)
            if known and isinstance(known.film, Film) and known.film.has_sound and known.target != target:
                gain = None if self._is_put_off(film) else self._gain(film, known.film, target or 0.0)
                if gain is not None:
                    films.note(self._library.connection, film, packed(replace(known, gain_db=gain, target=target)))
                    return True
        return False

    def _is_put_off(self, film: Digest) -> bool:
        found = self._put_off.get(film)
        return self._stopped.is_set() or (found is not None and self._clock.monotonic() < found.until)

    def _gain(self, film: Digest, facts: Film, target: float) -> float | None:
        """Return by how many dB *film* is made louder; None: nobody knows yet."""
        from player.film.measuring import gain_of  # noqa: PLC0415 - brings FFmpeg, 15 MB that stay

        path: Path = self._library.files.film(film)
        try:
            with path.open("rb") as file:
                gain = gain_of(file.fileno(), facts, target, clock=self._clock, stopped=self._stopped, beat=lambda: None)
        except (OSError, WorkerError, InterruptedFilmError) as error:
            self._put_it_off(film, error)
            return None
        except FilmError as error:
            _log.warning("how loud a film is could not be measured: it stays as it is", film=film[:12], why=str(error))
            gain = 0.0
        self._put_off.pop(film, None)
        return gain

    def _put_it_off(self, film: Digest, error: Exception) -> None:
        """Leave it for longer each time: it was perhaps the film after all."""
        before = self._put_off.get(film)
        pause = PAUSE if before is None else min(2 * before.pause, LONGEST_PAUSE)
        self._put_off[film] = _PutOff(pause, self._clock.monotonic() + pause)
        if before is None and not self._stopped.is_set():
            _log.warning("how loud a film is could not be measured now: tried again later", film=film[:12], why=str(error))
