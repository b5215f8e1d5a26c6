"""Films of feeds on the disk: what room they take, what is left when something is cut short, and that they stay as they came."""

from __future__ import annotations

import os
import shutil

import pytest

from player.ingest import housekeeping
from player.ingest.films import RESERVE, RETRY
from player.library import films
from player.library.reviews import Name
from tests.fakes.feed_films import CLIP, FilmShelf, clip, digests
from tests.library.shelf import Shelf, sha

OTHER = b"x" * len(CLIP)


@pytest.fixture(name="cellar")
def _cellar(shelf: Shelf) -> FilmShelf:
    return FilmShelf(shelf)


def test_no_film_fills_the_disk(cellar: FilmShelf, monkeypatch: pytest.MonkeyPatch) -> None:
    """Withdrawals must be recorded: so much stays free that no film begins to come without."""
    usage = shutil.disk_usage(cellar.library.folder)._replace(free=RESERVE)

    def full(_: object) -> object:
        return usage

    monkeypatch.setattr(shutil, "disk_usage", full)
    cellar.offer(clip())

    assert cellar.fetch() == 1
    assert (cellar.web.asked, "free some space" in cellar.shelf.row("wall", "f", "reason")[0]) == ([], True)


def test_films_take_half_of_the_budget_at_most(shelf: Shelf) -> None:
    """One that no playlist names any more gives way; one that is named does not."""
    cellar = FilmShelf(shelf, "f")
    cellar.budget = 4 * len(CLIP)
    cellar.offer(clip(), clip("g", OTHER, image="/g.mp4"))
    cellar.web.films["/g.mp4"] = OTHER
    cellar.fetch()
    assert cellar.here() is not None
    cellar.names = (*cellar.names, Name("wall", "g"))
    cellar.fetch()
    assert "leave too little" in cellar.shelf.row("wall", "g", "reason")[0]

    cellar.names = (Name("wall", "g"),)
    cellar.shelf.clock.advance(RETRY)
    cellar.offer(clip(), clip("g", OTHER, image="/g.mp4"))
    cellar.fetch()
    assert (cellar.here(), cellar.here(Name("wall", "g")) is not None) == (None, True)
    assert sha(CLIP) not in cellar.files()


def test_no_film_is_evicted_for_photos(cellar: FilmShelf) -> None:
    """It was shown longest ago, and would be fetched again within the day."""
    cellar.offer(clip())
    cellar.fetch()
    cellar.shelf.shown(cellar.shelf.key("wall", "f"))
    housekeeping.make_room(cellar.library, 1, cellar.shelf.clock.wall())

    assert cellar.here() is not None


def test_a_film_that_comes_while_the_player_ends_is_nothing_said_against_it(cellar: FilmShelf) -> None:
    """Nothing of it is left, and the next start asks for it at once."""
    cellar.offer(clip())

    def end() -> None:
        cellar.stopped.set()
        cellar.web.cut()

    cellar.web.meanwhile = end
    cellar.fetch()
    assert (cellar.files(), cellar.shelf.row("wall", "f", "reason", "retry_at")) == (set(), ("", None))


def test_what_an_interrupted_fetch_left_is_dropped(cellar: FilmShelf) -> None:
    """A power cut leaves half a gigabyte; so does nothing else."""
    part = cellar.library.files.folder / "00" / "half.99999999.part"
    part.parent.mkdir(parents=True)
    part.write_bytes(b"half a film")
    cellar.library.files.drop_leftovers(cellar.shelf.clock.wall())

    assert not part.exists()


def test_a_film_whose_file_is_gone_is_fetched_again(cellar: FilmShelf) -> None:
    """Somebody tidied up; and what no row names is swept away."""
    cellar.offer(clip())
    cellar.fetch()
    cellar.library.files.film(sha(CLIP)).unlink()
    assert housekeeping.find_missing(cellar.library) == 1
    assert cellar.fetch() == 1
    assert cellar.here() is not None

    cellar.library.connection.execute("DELETE FROM photos")
    housekeeping.sweep(cellar.library, None)
    assert cellar.files() == set()


def test_a_film_that_a_disk_has_damaged_is_fetched_anew(cellar: FilmShelf) -> None:
    """Its length and time are as they were, its bytes are not: that is seen once in each run."""
    cellar.offer(clip())
    cellar.fetch()
    path = cellar.library.files.film(sha(CLIP))
    found = path.stat()
    path.unlink()
    path.write_bytes(OTHER)
    os.utime(path, ns=(found.st_atime_ns, found.st_mtime_ns))
    assert cellar.here() is not None

    cellar.restart()
    assert cellar.fetch() == 2
    assert path.read_bytes() == CLIP
    assert (cellar.here() is not None, cellar.files()) == (True, digests())


def test_a_failure_of_ours_does_not_end_the_thread(cellar: FilmShelf, monkeypatch: pytest.MonkeyPatch) -> None:
    """A film that makes us err is put off, as any other that could not be kept."""

    def err(*_: object, **__: object) -> bool:
        raise RecursionError

    monkeypatch.setattr(films, "keep", err)
    cellar.offer(clip())

    assert cellar.fetch() == 1
    assert (cellar.shelf.state("wall", "f"), cellar.here()) == ("approved", None)
    assert sha(CLIP) not in cellar.files()


def test_what_is_known_of_a_film_is_text_that_nobody_trusts(cellar: FilmShelf) -> None:
    """Nonsense in its place, and it is not shown."""
    cellar.offer(clip())
    cellar.fetch()
    for facts in ("", "[" * 100_000, '{"stamp": 1}', "null"):
        films.note(cellar.library.connection, sha(CLIP), facts)
        assert cellar.here() is None
