"""The process that makes a stream of the running show: the screen hands pictures over, the console asks for what came of them.

It listens at a socket in the data folder alone, and gives way to everybody. Nothing of a picture is on a disk here.
"""

from __future__ import annotations

import contextlib
import os
import selectors
import socket
import threading
from typing import Final

from player import log, rank
from player.clock import Clock
from player.doorway import is_ours, is_there, listening
from player.filming.handover import Memory
from player.filming.studio import Studio
from player.filming.wire import MOST, NAME, PLAYLIST, SCREEN
from player.heartbeat import Heartbeat
from player.in_force import InForce, Staleness
from player.library.trusted_time import TrustedClock
from player.settings import Configuration
from player.units import SECOND, Nanos

RANK: Final = 15  # as for `nice`: whoever watches elsewhere waits for the wall
TICK: Final[Nanos] = SECOND // 2  # how soon the end, and another configuration, are seen at the latest
ATTENDED_EVERY: Final[Nanos] = 10 * SECOND  # to whether there is a door; a disk that was full has room by then, or has not
ANSWERED_WITHIN_S: Final = 0.5  # to the console, which reads at once, or has gone
MOST_WAITING: Final = 64  # connections that have said nothing yet
_PART: Final = b"part "

_log = log.get("broadcast")


def run(
    in_force: InForce, *, clock: TrustedClock, heartbeat: Heartbeat, stopped: threading.Event, reload: threading.Event
) -> None:
    """Serve until *stopped*; where `serve:` is off, wait for a configuration in which it is on."""
    rank.give_way(RANK)
    faulty = log.Edge(_log, begins="the running show cannot be served", ends="the running show is served again")
    while not stopped.is_set():
        reload.clear()
        configuration = in_force.read()
        is_stale = Staleness(in_force, configuration)
        with contextlib.closing(Booth(configuration, clock, faulty)) as booth:
            while not (stopped.is_set() or reload.is_set() or is_stale()):
                heartbeat.beat(clock.monotonic(), presented=False)
                booth.attend(clock.monotonic())
                if booth.desk is None:
                    clock.wait(stopped, TICK)
                else:
                    booth.desk.step()


class Booth:
    """The desk that a configuration wants, and its door, which somebody may delete."""

    def __init__(self, configuration: Configuration | None, clock: Clock, faulty: log.Edge) -> None:
        """Nobody is served yet; *faulty* says it where nobody can be."""
        is_wanted = configuration is not None and configuration.settings.serve.enabled
        self._configuration = configuration if is_wanted else None
        self._clock, self._faulty = clock, faulty
        self._attended: Nanos | None = None
        self.desk: Desk | None = None
        """None where nobody is to be served, or can be."""

    def attend(self, now: Nanos) -> None:
        """See now and then to it that somebody serves, and can be reached; where the door was deleted, who is in stays in."""
        found = self._configuration
        if found is None or (self._attended is not None and now - self._attended < ATTENDED_EVERY):
            return
        self._attended = now
        if self.desk is not None and is_there(found.data, NAME):
            return
        door = self._door(found)
        if door is None:
            return
        if self.desk is None:
            self.desk = Desk(door, self._clock, height=found.settings.serve.height, fps=found.settings.serve.fps)
        else:
            self.desk.listen_at(door)
            _log.warning("the socket for the running show was gone, and is there again", folder=str(found.data))

    def close(self) -> None:
        """Let everybody go."""
        if self.desk is not None:
            self.desk.close()
            self.desk = None

    def _door(self, configuration: Configuration) -> socket.socket | None:
        try:
            door = listening(configuration.data, NAME)
        except OSError as error:
            self._faulty.note("socket", holds=True, why=error.strerror)
            return None
        self._faulty.note("socket", holds=False)
        return door


class Desk:
    """Answers who comes, and lets the studio do its work in between."""

    def __init__(self, door: socket.socket, clock: Clock, *, height: int, fps: int) -> None:
        """Listen at *door*; pictures are *height* pixels high at most, *fps* a second."""
        self._door, self._clock = door, clock
        door.settimeout(0)
        self._descriptor = Memory.made(height, SECOND // fps)
        self._memory = Memory(self._descriptor)
        self._studio = Studio(self._memory, fps, epoch=clock.wall() // SECOND)
        self._selector = selectors.DefaultSelector()
        self._selector.register(door, selectors.EVENT_READ)
        self._screen: socket.socket | None = None

    def listen_at(self, door: socket.socket) -> None:
        """Listen at another *door* from now on; who is in stays in."""
        self._let_go(self._door)
        self._door = door
        door.settimeout(0)
        self._selector.register(door, selectors.EVENT_READ)

    def step(self) -> None:
        """Wait for whoever comes, not long, and do what is due."""
        now = self._clock.monotonic()
        found = self._selector.select(min(TICK, self._studio.wait(now)) / SECOND)
        for key, _ in sorted(found, key=lambda each: each[0].fileobj is not self._screen):  # first whoever may have gone
            link = key.fileobj
            if isinstance(link, socket.socket):
                self._hear(link)
        self._studio.step(self._clock.monotonic())

    def close(self) -> None:
        """Let everybody go, and throw everything away."""
        self._studio.forget()
        for key in tuple(self._selector.get_map().values()):
            if isinstance(key.fileobj, socket.socket):
                key.fileobj.close()
        self._selector.close()
        self._memory.want(0)
        os.close(self._descriptor)

    def _hear(self, link: socket.socket) -> None:
        if link is self._door:
            self._welcome()
            return
        try:
            said = link.recv(MOST)
        except OSError:
            said = b""
        if link is self._screen:
            if not said:  # whoever said what may be seen has gone
                self._screen = None
                self._studio.forget()
                self._let_go(link)
            return
        if said == SCREEN:
            self._give(link)
            return
        with contextlib.suppress(OSError):
            link.settimeout(ANSWERED_WITHIN_S)
            link.sendall(self._answer(said))
        self._let_go(link)

    def _welcome(self) -> None:
        with contextlib.suppress(OSError):
            link, _ = self._door.accept()
            if not is_ours(link) or len(self._selector.get_map()) > MOST_WAITING:
                link.close()
                return
            link.settimeout(0)
            self._selector.register(link, selectors.EVENT_READ)

    def _give(self, link: socket.socket) -> None:
        """Give the screen the memory; one that was there before is gone, or is about to be."""
        if self._screen is not None:
            self._let_go(self._screen)
        self._studio.forget()
        self._screen = None
        try:
            socket.send_fds(link, [b"+"], [self._descriptor])
        except OSError:
            self._let_go(link)
        else:
            self._screen = link

    def _answer(self, said: bytes) -> bytes:
        now = self._clock.monotonic()
        if self._screen is None:
            return b""
        if said == PLAYLIST:
            return self._studio.playlist(now)
        if said.startswith(_PART):
            return self._studio.part(said.removeprefix(_PART).strip().decode("ascii", "replace"), now)
        return b""

    def _let_go(self, link: socket.socket) -> None:
        self._selector.unregister(link)
        link.close()
