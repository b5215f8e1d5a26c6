"""A thread of the child that takes packets out of what speaks for itself: a connection, or a file that begins again and again.

Nobody here chooses what is fetched next, as a playlist's follower does: so what has piled up is left out here, up to the newest
picture that needs no other.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Final, TypeAlias

from player.clock import Clock
from player.errors import FilmError
from player.film.live.child.arrivals import HUNGRY, Arrivals, Through
from player.film.reading import OpenFilm
from player.units import Nanos

MAX_WAITING: Final = 4096  # packets; thirty seconds at 60 a second, with their sound
MAX_WAITING_BYTES: Final = 32_000_000  # of them; ten seconds at 25 Mbit/s
FEW_WAITING: Final = 128  # packets, of what comes as fast as it is taken; two seconds at 25 a second, with their sound
EMPTY: Final = "it has no pictures that can be shown"

Open: TypeAlias = Callable[[], OpenFilm | None]
"""Open what is to be played next, waiting for it; None: nothing more comes. FilmError when it cannot be played."""


class Arriving:
    """What was opened, followed by its packets, again and again; as `Demuxing` gives it."""

    def __init__(self, opener: Open, clock: Clock, *, has_sound: bool, most_behind: Nanos | None) -> None:
        """*most_behind*: of pictures that wait; where there are more, it goes on at the newest that needs no other.

        None: nothing is left out; what is a file comes as fast as it is taken.
        """
        self._opener = opener
        self._has_sound = has_sound
        self._most_behind = most_behind
        most = FEW_WAITING if most_behind is None else MAX_WAITING
        self.arrivals = Arrivals(clock, most=most, most_bytes=MAX_WAITING_BYTES)
        """Where it puts them."""

    def start(self) -> None:
        """Begin; the thread ends with the stream, or with the process."""
        threading.Thread(target=self.run, name="arriving").start()

    def run(self) -> None:
        """Read to the end; what the thread does."""
        try:
            why = None
            while why is None and (film := self._opener()) is not None:
                self.arrivals.put(film)
                why = None if self._has_pictures(film) else EMPTY
            self.arrivals.put(Through(why))
        except FilmError as error:
            self.arrivals.put(Through(str(error)))
        except MemoryError:
            self.arrivals.put(Through(HUNGRY))

    def _has_pictures(self, film: OpenFilm) -> bool:
        """Put all of its packets; return whether any was of a picture: a file of none would be begun again for ever."""
        has_some = False
        for picture, sound in film.packets(has_sound=self._has_sound):
            self.arrivals.wait_for_room()
            if picture is not None:
                has_some = True
                if picture.is_keyframe and self._most_behind is not None:
                    self.arrivals.leap(picture, self._most_behind)
                self.arrivals.put(picture)
            elif sound is not None:
                self.arrivals.put(sound)
        return has_some
