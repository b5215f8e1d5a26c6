"""What comes of the screen's pictures: encoded while somebody watches, thrown away when the screen says so, or says nothing.

Decides nothing by itself: told the time, it does what is due.
"""

from __future__ import annotations

from typing import Final

from player import log
from player.filming.coder import FAULTS
from player.filming.fragments import Fragments
from player.filming.handover import Memory, Shown
from player.filming.ribbon import Ribbon
from player.output.light import dim
from player.render.protocol import Image
from player.units import SECOND, Nanos, Size

WATCHED_FOR: Final[Nanos] = 30 * SECOND  # after somebody asked: then nobody watches any more
WANTED_FOR: Final[Nanos] = 2 * SECOND  # if this process dies, the screen goes on handing over for as long
MOST_BEHIND: Final = 5  # pictures; what a busy machine missed beyond that is left out

_log = log.get("broadcast")


class Studio:
    """Turns pictures into the ribbon that viewers are given."""

    def __init__(self, memory: Memory, fps: int, epoch: int) -> None:
        """Read *memory*, *fps* pictures a second; *epoch* is a number that no stream before had."""
        self._memory, self._fps = memory, fps
        self._ribbon = Ribbon(epoch)
        self._fragments: Fragments | None = None
        self._number = self._era = 0
        self._watched_until: Nanos = 0
        self._due: Nanos = 0
        self._was_watched = False
        self._fault = log.Edge(_log, begins="the running show cannot be encoded", ends="the running show is encoded again")

    def playlist(self, now: Nanos) -> bytes:
        """Return what a player asks for first; empty: nothing yet, or nobody knows what is on the wall. Somebody watches now."""
        if now >= self._watched_until:
            self._due = now
        self._watched_until = now + WATCHED_FOR
        self.look(now)
        return self._ribbon.playlist.encode()

    def part(self, name: str, now: Nanos) -> bytes:
        """Return a piece by its name; empty: it is not there."""
        self.look(now)
        return self._ribbon.part(name)

    def is_watched(self, now: Nanos) -> bool:
        """Whether anybody does."""
        return now < self._watched_until

    def wait(self, now: Nanos) -> Nanos:
        """Return how long nothing is to be done."""
        return max(0, self._due - now) if self.is_watched(now) else SECOND

    def step(self, now: Nanos) -> None:
        """Do what is due."""
        self.look(now)
        is_watched = self.is_watched(now)
        if is_watched != self._was_watched:
            self._was_watched = is_watched
            _log.info("somebody watches the running show" if is_watched else "nobody watches the running show any more")
        if not is_watched:
            self._memory.want(0)
            self.forget()
            return
        self._memory.want(now + WANTED_FOR)
        if now < self._due:
            return
        every = SECOND // self._fps
        self._due = max(self._due + every, now - MOST_BEHIND * every)
        if self._memory.is_silent(now):
            return
        try:
            self._encode()
        except FAULTS as error:
            self._fault.note("encoder", holds=True, why=str(error))
            self.forget()
        else:
            self._fault.note("encoder", holds=False)

    def look(self, now: Nanos) -> None:
        """Throw everything away, if somebody on it was withdrawn, or nobody says any more what is on the wall."""
        era = self._memory.era
        if era != self._era:
            self._era = era
            self.forget()
        elif self._fragments is not None and self._memory.is_silent(now):
            self.forget()

    def forget(self) -> None:
        """Throw everything away that was made of pictures."""
        if self._fragments is not None:
            self._fragments.close()
            self._fragments, self._number = None, 0
            self._ribbon.wipe()

    def _encode(self) -> None:
        shown = self._memory.newest(self._number)
        image = None
        if shown is not None:
            if shown.era != self._era:
                return  # the next look throws away what there is
            image, self._number = _lit(shown), shown.number
            size = Size(image.shape[1], image.shape[0])
            if self._fragments is None or self._fragments.size != size:
                self.forget()
                self._number = shown.number
                self._fragments = Fragments(size, self._fps)
        if self._fragments is not None:
            for piece in self._fragments.add(image):
                self._ribbon.add(self._fragments.start, piece)


def _lit(shown: Shown) -> Image:
    dim(shown.image, shown.light)
    return shown.image
