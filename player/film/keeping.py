"""One moving source as the process `film` keeps it: opened, watched, started anew once, and what it has come to in few words."""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from pathlib import Path
from typing import Final, Protocol

from player import log
from player.errors import FilmError, WorkerError
from player.film import wire
from player.film.decoder import Decoder, Wanted
from player.film.limits import MAX_FILM_BYTES
from player.film.talk import Ended, Failed, OpenFilm, Ready, State
from player.units import SECOND, Nanos

CHECK_EVERY: Final[Nanos] = SECOND
STEADY: Final[Nanos] = 60 * SECOND  # since its last start; then another failure is another matter
FAR_BEHIND: Final[Nanos] = 10 * SECOND  # of film that nobody will see: it is faster to begin there than to decode up to it
RESTARTED: Final = "a film's decoder was started anew"

_log = log.get("film")


class Kept(Protocol):
    """A source: memory that is filled, and what becomes of it."""

    @property
    def ring(self) -> int:
        """Descriptor of its frames, as long as it is open."""
        ...

    @property
    def samples(self) -> int:
        """Descriptor of its sound; -1: it has none."""
        ...

    @property
    def gain_db(self) -> float:
        """By how much it is made louder."""
        ...

    def descriptors(self) -> tuple[int, ...]:
        """Return what is readable when there is something to do; may be others after every step."""
        ...

    def step(self, now: Nanos) -> Sequence[State]:
        """Do what is due at *now*, CLOCK_MONOTONIC, without waiting; return what it has come to since."""
        ...

    def close(self) -> None:
        """End it; more than once does no harm."""
        ...


class KeptFilm:
    """A film from a file."""

    def __init__(self, wanted: OpenFilm, now: Nanos, *, is_heard: bool, command: Sequence[str] | None = None) -> None:
        """Begin to decode it, with its sound where that *is_heard*.

        Raises:
            FilmError: There is no such film; the message says why.
            WorkerError: It cannot be decoded now.
        """
        self._wanted = wanted
        film = opened(Path(wanted.film))
        try:
            self._decoder = Decoder(
                film,
                Wanted(size=wanted.size, begin=wanted.begin, end=wanted.end, rate=wanted.rate, has_sound=is_heard),
                now=now,
                command=command,
            )
        finally:
            os.close(film)
        self._started, self._next_check = now, now + CHECK_EVERY
        self._is_second = False
        self._is_ready = False

    @property
    def ring(self) -> int:
        """Descriptor of its frames, as long as it is open."""
        return self._decoder.ring

    @property
    def samples(self) -> int:
        """Descriptor of its sound; -1: none is wanted."""
        return self._decoder.samples

    @property
    def gain_db(self) -> float:
        """By how much it is made louder."""
        return self._wanted.gain_db

    def descriptors(self) -> tuple[int, ...]:
        """Return what is readable when its decoder says something or ends."""
        return (self._decoder.fileno(),) if self._decoder.is_running else ()

    def step(self, now: Nanos) -> Sequence[State]:
        """Hear its decoder, end one that hangs, and start another one in place of one that failed, once a minute."""
        heard: list[wire.Ready | wire.Ended | wire.Failed] = self._decoder.hear()
        if now >= self._next_check:
            self._next_check = now + CHECK_EVERY
            if (stuck := self._decoder.check(now)) is not None:
                heard.append(stuck)
            self._catch_up(now)
        return [state for said in heard for state in self._taken(said, now)]

    def close(self) -> None:
        """End its decoder."""
        self._decoder.close()

    def _taken(self, said: wire.Ready | wire.Ended | wire.Failed, now: Nanos) -> tuple[State, ...]:
        if isinstance(said, wire.Failed):
            return self._fail(said.why, now)
        if isinstance(said, wire.Ended):
            return (Ended(said.at, said.is_cut_short),)
        if self._is_ready:
            return ()
        self._is_ready = True
        return (Ready(said.has_sound),)

    def _fail(self, why: str, now: Nanos) -> tuple[State, ...]:
        if self._is_second and now - self._started < STEADY:
            _log.error("a film cannot be shown any further", film=self._wanted.film, why=why)
            return (Failed(why),)
        self._is_second = True
        return self._restart(now, why)

    def _restart(self, now: Nanos, why: str) -> tuple[State, ...]:
        _log.warning(RESTARTED, film=self._wanted.film, why=why)
        self._started = now
        try:
            self._decoder.restart(now)
        except WorkerError as error:
            return (Failed(str(error)),)
        return ()

    def _catch_up(self, now: Nanos) -> None:
        """Begin anew where the picture is, when that is far ahead: the wall was dark, or the machine stood still."""
        if not self._decoder.is_running or now - self._started < FAR_BEHIND:
            return
        behind = self._decoder.behind()
        if behind > FAR_BEHIND:
            self._restart(now, f"it was {behind // SECOND} s behind")


def opened(file: Path) -> int:
    """Return a descriptor of a film's file.

    Raises:
        FilmError: There is none that could be a film.
    """
    try:
        # A pipe would keep whoever opens it waiting, a terminal would take us over.
        film = os.open(file, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY)
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else "that is no path"
        raise FilmError(f"{file} cannot be opened: {why}") from error
    found = os.fstat(film)
    if stat.S_ISREG(found.st_mode) and found.st_size <= MAX_FILM_BYTES:
        return film
    os.close(film)
    what = "is larger than a film may be" if stat.S_ISREG(found.st_mode) else "is no file"
    raise FilmError(f"{file} {what}")
