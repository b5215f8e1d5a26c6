"""What the process of films opens of feeds: what its own look into the library allows at that moment, and nothing else."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Final

import pytest

from player.clock import SystemClock
from player.errors import FilmError
from player.feed.fetch import Saver
from player.feed.item import Status
from player.feed.local import fetcher_for
from player.feed_films import may_be_opened
from player.film.service import Cinema
from player.film.talk import OpenFilm
from player.ingest.films import FilmPreparer, Terms
from player.library.reviews import Name
from player.pictures.pool import Pool
from player.settings import with_data
from player.units import Size
from tests.fakes.clock import FakeClock
from tests.fakes.feed_films import CLIP, FilmShelf, clip
from tests.fakes.films import Recipe, film
from tests.fakes.home import Home
from tests.fakes.home import feed as configured
from tests.library.shelf import Shelf, sha

REAL: Final = SystemClock()
FILM: Final = film(Recipe(frames=60, has_sound=True))


class _Now(FakeClock):
    """The real time of day, so that nothing is over before it began; and time that passes for decoders."""

    def __init__(self) -> None:
        super().__init__(wall=REAL.wall())

    def monotonic(self) -> int:
        """As it is."""
        return REAL.monotonic()

    def wait(self, until: threading.Event, length: int) -> bool:
        """As it is."""
        return REAL.wait(until, length)


def test_a_film_of_a_feed_is_fetched_and_opened_in_earnest(tmp_path: Path) -> None:
    """A real film, looked at and pictured by real children, measured, opened for the screen; withdrawn, it is opened no more."""
    feed = tmp_path / "feed"
    feed.mkdir()
    (feed / "f.mp4").write_bytes(FILM)
    home = Home(tmp_path)
    home.playlist("one", "slides:\n  - film: {item: wall/f}\n")
    shelf = Shelf(tmp_path / "data", "wall", clock=_Now())
    shelf.take_in("wall", clip(content=FILM, image=str(feed / "f.mp4")))
    savers: dict[str, Saver] = {"wall": fetcher_for(str(feed), clock=REAL)}
    terms = Terms(names=(Name("wall", "f"),), limits={"wall": 10**6}, budget=10**8, target=-23.0)
    with Pool(workers=1, bounds=Size(640, 360), tile_bounds=Size(160, 90), clock=REAL) as pool:
        preparer = FilmPreparer(
            shelf.library, pool=pool, savers=savers, terms=terms, clock=shelf.clock, stopped=threading.Event()
        )
        assert preparer.step()
        found = FilmShelf(shelf).here()
        assert found is not None
        assert (found.known.gain_db, found.photo.size.width) == (None, 600)
        assert preparer.step()
        assert not preparer.step()
    found = FilmShelf(shelf).here()
    assert found is not None
    assert found.known.gain_db is not None

    cinema = Cinema(shelf.clock)
    cinema.go_by(with_data(home.clean(configured(f"kind: folder, trust: moderated, url: {feed}")), str(tmp_path / "data")))
    try:
        wanted = OpenFilm(film=found.file, size=Size(160, 96))
        cinema.open(wanted, REAL.monotonic(), is_heard=False).close()
        shelf.take_in("wall", withdrawn=["f"])
        with pytest.raises(FilmError, match="may not be shown"):
            cinema.open(wanted, REAL.monotonic(), is_heard=False)
        with pytest.raises(FilmError, match="may not be shown"):
            cinema.open(OpenFilm(film="/etc/passwd", size=Size(160, 96)), REAL.monotonic(), is_heard=False)
    finally:
        cinema.close()
        shelf.close()


def test_only_what_is_named_and_allowed_may_be_opened(tmp_path: Path) -> None:
    """Not a film that no playlist names, not one that waits, not a picture; and nothing at all without a library."""
    shelf = Shelf(tmp_path / "data", "wall")
    cellar = FilmShelf(shelf, "f")
    cellar.offer(clip())
    cellar.fetch()
    file, picture = (str(place(sha(CLIP))) for place in (shelf.library.files.film, shelf.library.files.path))
    named, other = [Name("wall", "f")], [Name("wall", "g")]

    def may(path: str, names: list[Name], folder: Path = tmp_path / "data") -> bool:
        return may_be_opened(path, folder, names, lambda _: shelf.clock.wall())

    assert may(file, named)
    assert not may(file, other)
    assert not may(file, [])
    assert not may(picture, named)
    assert not may(file, named, tmp_path / "elsewhere")
    shelf.take_in("wall", clip(status=Status.PENDING))
    assert not may(file, named)
    shelf.close()
    (tmp_path / "data" / "library.sqlite").write_bytes(b"no database" * 1000)
    assert not may(file, named)
