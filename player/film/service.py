"""The process `film`: decodes films and streams for the screen, each in a child of its own, and plays their sound.

It lives on through changes of the configuration: what is on the wall goes on, and only what is opened next goes by the new one.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from player import log
from player.clock import Clock
from player.doorway import is_there, listening
from player.errors import FilmError, OperatorError
from player.feed_films import may_be_opened
from player.film.keeping import Kept, KeptFilm
from player.film.scout import Scout
from player.film.section import Sound, Stream
from player.film.serving import Desk
from player.film.sound import Mixer
from player.film.talk import NAME, OpenFilm, Wanted
from player.films import items, named
from player.heartbeat import Heartbeat
from player.in_force import InForce, Staleness
from player.library.library import Library
from player.library.reviews import Name
from player.library.trusted_time import TrustedClock
from player.repertoire import in_turn
from player.sections import Network
from player.settings import Configuration
from player.units import SECOND, Nanos

TICK: Final[Nanos] = SECOND // 2  # how soon the end, and another configuration, are seen where there is nothing to serve
ATTENDED_EVERY: Final[Nanos] = 10 * SECOND  # to whether there is a door; a disk that was full has room by then, or has not

_log = log.get("film")


def run(
    in_force: InForce, *, clock: TrustedClock, heartbeat: Heartbeat, stopped: threading.Event, reload: threading.Event
) -> None:
    """Serve until *stopped*; where nothing moves, wait for a configuration in which something does."""
    cinema = Cinema(clock)
    with contextlib.closing(cinema):
        while not stopped.is_set():
            reload.clear()
            configuration = in_force.read()
            is_stale = cinema.is_stale = Staleness(in_force, configuration)
            cinema.go_by(configuration)
            while not (stopped.is_set() or reload.is_set() or is_stale()):
                heartbeat.beat(clock.monotonic(), presented=False)
                cinema.attend(clock.monotonic())
                if cinema.desk is None:
                    clock.wait(stopped, TICK)
                else:
                    cinema.desk.step()


class Cinema:
    """What serves the screen, and the configuration that it goes by."""

    def __init__(self, clock: Clock) -> None:
        """Nothing is served before there is a configuration that has something to show."""
        self._clock = clock
        self._films: frozenset[str] = frozenset()
        self._items: tuple[Name, ...] = ()
        self._streams: Mapping[str, Stream] = {}
        self._network = Network()
        self._hears_films = self._hears_streams = False
        self._folder: Path | None = None
        self._sound = Sound()
        self._attended: Nanos = 0
        self._scout: Scout | None = None
        self._looked: object = None
        self._faulty = log.Edge(_log, begins="films cannot be served", ends="films are served again")
        self.desk: Desk | None = None
        self.is_stale: Callable[[], bool] = lambda: False
        """Whether the configuration is another one by now."""

    def go_by(self, configuration: Configuration | None) -> None:
        """Serve what *configuration* has from now on; None, which is one that nobody can read: what there was."""
        if configuration is None:
            return
        self._films = frozenset(named(configuration.playlists.values()))
        self._items = tuple(Name(*each) for each in items(configuration.playlists.values()))
        self._streams, self._network = configuration.settings.streams, configuration.settings.network
        self._hears_films, self._hears_streams = configuration.has_sound, bool(configuration.settings.sound.enabled)
        folder = configuration.data if self._films or self._items or self._streams else None
        if folder != self._folder:
            self.close()
        self._folder, self._sound = folder, configuration.settings.sound
        self._attended = self._clock.monotonic()
        if self.desk is None and folder is not None:
            self._open_desk(folder)
        elif self.desk is not None:
            self.desk.go_by(self._sound)
        self._look(folder, _in_turn(configuration), target=configuration.loudness)

    def attend(self, now: Nanos) -> None:
        """See now and then to it that the screen can come in; where the door was deleted, what is on the wall goes on."""
        if self._folder is None or now - self._attended < ATTENDED_EVERY:
            return
        self._attended = now
        if self.desk is None:
            self._open_desk(self._folder)
        elif not is_there(self._folder, NAME):
            door = self._door(self._folder)
            if door is not None:
                self.desk.listen_at(door)
                _log.warning("the socket for films was gone, and is there again", folder=str(self._folder))

    def close(self) -> None:
        """Serve nothing any more."""
        if self.desk is not None:
            self.desk.close()
            self.desk = None
        if self._scout is not None:
            self._scout.stop()
            self._scout = None
        self._looked = None

    def open(self, wanted: Wanted, now: Nanos, *, is_heard: bool) -> Kept:
        """Open what the configuration names, and nothing else; where nothing may be heard, without its sound.

        Raises:
            FilmError: It names no such thing, or it is none.
            WorkerError: It cannot be opened now.
        """
        if isinstance(wanted, OpenFilm):
            if wanted.film not in self._films and not self._is_of_a_feed(wanted.film):
                raise FilmError(f"{wanted.film} {'may not be shown' if self._items else 'is in no playlist'}")
            return KeptFilm(wanted, now, is_heard=is_heard and self._hears_films)
        if self.is_stale():  # the screen may have read of another address already, and soon asks again
            raise FilmError("the configuration has changed, and is about to be read")
        stream = self._streams.get(wanted.stream)
        if stream is None:
            raise FilmError(f"the configuration has no stream {wanted.stream}")
        from player.film.live.kept import KeptStream  # noqa: PLC0415 - brings the web, which a player of films has no need of
        from player.film.live.ways import way_of  # noqa: PLC0415 - as above

        net = self._network
        try:
            way = way_of(stream, allow=net.allow, clock=self._clock, proxy=net.proxy, ca_file=net.ca_file)
        except OperatorError as error:
            raise FilmError(str(error)) from error
        return KeptStream(stream, wanted, way, self._clock, is_heard=is_heard and self._hears_streams)

    def _look(self, folder: Path | None, films: tuple[str, ...], *, target: float | None) -> None:
        """Let the films be looked at, where others are named than before."""
        wanted = (folder, films, target)
        if wanted == self._looked:
            return
        self._looked, before = wanted, self._scout
        if before is not None:
            before.end()
        self._scout = None
        if folder is not None and films:
            self._scout = Scout(folder, films, target=target, clock=self._clock)
            self._scout.start(before)

    def _is_of_a_feed(self, film: str) -> bool:
        """Whether *film* is the file of an item that the configuration names, and that may be shown at this moment."""
        return self._folder is not None and may_be_opened(film, self._folder, self._items, self._time_of_day)

    def _time_of_day(self, library: Library) -> Nanos:
        if isinstance(self._clock, TrustedClock):
            self._clock.learn(library)
        return self._clock.wall()

    def _open_desk(self, folder: Path) -> None:
        door = self._door(folder)
        if door is not None:
            self.desk = Desk(door, self._clock, self.open, mixer=lambda section: Mixer(section, clock=self._clock))
            self.desk.go_by(self._sound)

    def _door(self, folder: Path) -> socket.socket | None:
        try:
            door = listening(folder, NAME, socket.SOCK_SEQPACKET)
        except OSError as error:
            self._faulty.note("socket", holds=True, why=error.strerror)
            return None
        self._faulty.note("socket", holds=False)
        return door


def _in_turn(configuration: Configuration) -> tuple[str, ...]:
    """Return the films of *configuration*, those first that are shown first: an hour of others must not be in their way."""
    return named(in_turn(configuration.settings.shows, configuration.playlists))
