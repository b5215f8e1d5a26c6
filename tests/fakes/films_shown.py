"""Films without a decoder: what is open, and how it is, by a clock that a test moves; and shows that play them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from player.film.known import Known, Stamp, stamp_of, write
from player.film.talk import Failed, OpenFilm, Opening, Ready, State, Wanted
from player.film.wire import Failed as Unusable
from player.film.wire import Film
from player.show.playlist import FilmStep, Kind, Show
from player.show.slide import FilmSlide
from player.units import SECOND, Nanos, Size
from tests.fakes.clock import FakeClock
from tests.fakes.showing import Showing, show_of

LENGTH: Nanos = 60 * SECOND
SIZE = Size(1280, 720)


@dataclass(slots=True)
class FilmsShown:
    """What the screen's films are to loader and reel."""

    clock: FakeClock
    takes: Nanos = 0
    """How long each takes until its first picture is there."""
    still: bool = False
    """Whether no frame comes of any."""
    fails: str = ""
    """Why none can be opened."""
    opened: list[OpenFilm] = field(default_factory=list[OpenFilm])
    """All that ever were, in order."""
    is_open: dict[str, Nanos] = field(default_factory=dict[str, Nanos])
    """By source: since when."""
    told: dict[str, State] = field(default_factory=dict[str, State])
    """What a test says of a source."""

    def open(self, source: str, wanted: Wanted) -> None:
        """Take note."""
        assert isinstance(wanted, OpenFilm)
        assert source not in self.is_open, "two sources have one name"
        self.opened.append(wanted)
        self.is_open[source] = self.clock.monotonic()

    def state(self, source: str) -> State:
        """Return how it is."""
        if source not in self.is_open:
            return Failed("it was never opened")
        if self.fails:
            return Failed(self.fails)
        if self.clock.monotonic() < self.is_open[source] + self.takes:
            return Opening()
        return self.told.get(source, Ready(has_sound=True))

    def stands(self, source: str) -> bool:
        """Whether its picture stands still."""
        return self.still and source in self.is_open

    def close(self, source: str) -> None:
        """Take note."""
        self.is_open.pop(source, None)

    @property
    def only(self) -> str:
        """The one source that is open."""
        (source,) = self.is_open
        return source


def film_of(duration: Nanos = LENGTH, *, size: Size = SIZE, has_sound: bool = True) -> Film:
    """Return what is known of a film."""
    aspect = size.width / size.height
    return Film(size=size, aspect=aspect, duration=duration, rate=25.0, is_vfr=False, codec="H.264", has_sound=has_sound)


def known_of(path: Path, film: Film | Unusable | None = None, *, gain_db: float | None = None) -> Known:
    """Return what is known of the file at *path*."""
    return Known(stamp=stamp_of(path) or Stamp(0, 0), film=film or film_of(), gain_db=gain_db)


class Cinema(Showing):
    """A show with films, each a minute long, in a folder of their own."""

    def __init__(
        self, folder: Path, *, kinds: Sequence[Kind], others: Sequence[Show] = (), motion: bool = True, takes: Nanos = 0
    ) -> None:
        clock = FakeClock()
        self.films = FilmsShown(clock, takes=takes)
        self.sources = self.films
        data = folder / "data"
        data.mkdir(parents=True, exist_ok=True)
        named = {Path(kind.file) for kind in kinds if isinstance(kind, FilmStep)}
        named |= {Path(step.kind.file) for show in others for step in show.steps if isinstance(step.kind, FilmStep)}
        write(data, {str(path): known_of(path) for path in named if path.exists()})
        super().__init__(folder, show=show_of(kinds, motion=motion), others=others, clock=clock)

    @property
    def film(self) -> str:
        """The name of the film that is up; nothing while none is."""
        slide = self.loop.reel.cue.slide
        return Path(slide.film.file).name if isinstance(slide, FilmSlide) else ""


def film_in(folder: Path, name: str = "one.mp4") -> str:
    """Put a file that is taken for a film into *folder*; return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(b"a film")
    return str(folder / name)
