"""A thread of the child that takes packets out of runs: so waiting for bytes delays no frame that is there."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Final, TypeAlias

from player.clock import Clock
from player.errors import FilmError
from player.film.live.child.arrivals import HUNGRY, Arrivals, Listed, Through
from player.film.live.child.runs import Runs
from player.film.reading import OpenFilm, OpenSound, open_stream

MAX_WAITING: Final = 512  # packets; eight seconds at 60 a second, with their sound
MAX_WAITING_BYTES: Final = 24_000_000  # of them; two segments of 12 Mbit/s

Open: TypeAlias = Callable[[Runs, bytes], OpenFilm | OpenSound | None]
"""Opens the run that begins with these bytes; None when it is to be passed over, FilmError when nothing can be played."""


class Demuxing:
    """Runs of one track: what is said of each, what was opened, and its packets, in the order in which they came."""

    def __init__(self, runs: Runs, clock: Clock, *, has_sound: bool, opener: Open = open_stream) -> None:
        """*has_sound*: whether sound is wanted; *opener*: `beside.opened` for a track of it."""
        self._runs = runs
        self._open = opener
        self._has_sound = has_sound
        self.arrivals = Arrivals(clock, most=MAX_WAITING, most_bytes=MAX_WAITING_BYTES)
        """Where it puts them."""

    def start(self) -> None:
        """Begin; the thread ends with the stream, or with the process."""
        threading.Thread(target=self.run, name="demuxing").start()

    def run(self) -> None:
        """Read to the end; what the thread does."""
        try:
            while (head := self._runs.next()) is not None:
                film = self._open(self._runs, head)
                if film is None:
                    continue
                self.arrivals.put(self._runs.tag)
                self.arrivals.put(film)
                self._runs.take_listed()  # to open it, more was read than the first packets
                for picture, sound in film.packets(has_sound=self._has_sound):
                    if (packet := picture or sound) is not None:
                        self.arrivals.wait_for_room()
                        if picture is not None and (before := self._runs.take_listed()) is not None:
                            self.arrivals.put(Listed(before))
                        self.arrivals.put(packet)
            self.arrivals.put(Through(None))
        except FilmError as error:
            self.arrivals.put(Through(str(error)))
        except MemoryError:
            self.arrivals.put(Through(HUNGRY))
