"""A screen and a process `film` with a folder between them: the real socket and real shared memory, all in one thread."""

# pyright: reportPrivateUsage=false
# A fake may look inside.

from __future__ import annotations

import socket
from pathlib import Path
from typing import Final

from player.doorway import listening
from player.film.section import Sound
from player.film.serving import Desk
from player.film.sound import Mixer
from player.film.talk import NAME, OpenFilm, OpenStream
from player.screen.films import Films
from player.show.scene import Clip
from player.units import MILLISECOND, SECOND, Nanos, Rect, Size
from tests.fakes.clock import FakeClock
from tests.fakes.kept import Cellar, FakeKept
from tests.fakes.loudspeaker import Shop

SIZE: Final = Size(64, 36)
PLACE: Final = Rect(10, 10, *SIZE)
FILM: Final = OpenFilm(film="/films/a.mp4", size=SIZE, begin=5 * SECOND)
HEARD: Final = OpenFilm(film="/films/a.mp4", size=SIZE, has_sound=True)
FULL: Final = 2**-0.5  # of both channels at half of full scale each
CLIP: Final = Clip("a", PLACE, 5 * SECOND, is_live=False)


class Silent(Mixer):
    """A mixer without a thread: the test lets it step."""

    @property
    def is_alive(self) -> bool:
        """It always does what it is told to."""
        return True

    def start(self) -> None:
        """Nothing runs by itself."""

    def stop(self) -> None:
        """Nothing ran."""


class House:
    """A screen and a process `film` with a folder between them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = FakeClock()
        self.clock.advance(100 * SECOND)
        self.cellar = Cellar()
        self.shop = Shop(self.clock, 0)
        self.films = Films(self.clock)
        self.films.look_in(folder)
        self.desk: Desk | None = None
        self.mixers: list[Mixer] = []
        self.begin()

    def begin(self) -> None:
        """Let the process begin."""
        door = listening(self.folder, NAME, socket.SOCK_SEQPACKET)
        self.desk = Desk(door, self.clock, self.cellar.open, mixer=self._mixer)
        self.desk.go_by(Sound(enabled=True))

    def end(self) -> None:
        """Let the process end."""
        if self.desk is not None:
            self.desk.close()
            self.desk = None

    def meet(self) -> None:
        """Let both say and hear all that there is."""
        for _ in range(8):
            self.films._link.step(0)
            if self.desk is not None:
                self.desk.step(0)

    def tick(self, passed: Nanos = 40 * MILLISECOND) -> Nanos:
        """Let time pass, and a frame begin."""
        self.clock.advance(passed)
        self.films.tick(self.clock.monotonic())
        return self.clock.monotonic()

    def opened(self, wanted: OpenFilm | OpenStream = FILM, name: str = "a") -> FakeKept:
        """Have a source open."""
        self.films.open(name, wanted)
        self.meet()
        return self.cellar.kept[-1]

    def close(self) -> None:
        """Let everything go."""
        self.films.stop()
        self.end()

    def _mixer(self, section: Sound) -> Mixer:
        mixer = Silent(section, clock=self.clock, opener=self.shop.open)
        self.mixers.append(mixer)
        return mixer


def grey(house: House, at: Nanos, clip: Clip = CLIP) -> int | None:
    """Return which grey is seen."""
    frame = house.films.frame(clip, at)
    return None if frame is None else int(frame.luma[0, 0])
