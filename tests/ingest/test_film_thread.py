"""The thread that fetches films: there where a playlist names one, and gone when it is told to go."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Final

import pytest

from player.clock import SystemClock
from player.errors import WorkerError
from player.ingest.film_thread import PreparingFilms, terms_of
from player.ingest.films import FilmPreparer
from player.library.reviews import Name
from player.settings import Configuration, with_data
from player.units import SECOND, Nanos
from tests.fakes.home import Home
from tests.fakes.home import feed as configured

CLOCK: Final = SystemClock()
ITEM: Final = "slides:\n  - film: {item: wall/f}\n"
WORDS: Final = "slides:\n  - words\n"


def configuration(folder: Path, playlist: str, more: str = "") -> Configuration:
    """A folder as a feed, and a playlist."""
    home = Home(folder)
    home.playlist("one", playlist)
    (folder / "playlists" / "f.mp4").write_bytes(b"a film")
    (folder / "photos").mkdir()
    text = configured(f"kind: folder, trust: moderated, url: {folder / 'photos'}, film_size: 3MB") + more
    return with_data(home.clean(text), str(folder / "data"))


def test_what_the_configuration_says_of_films(tmp_path: Path) -> None:
    """Which, how large, how loud, and for how much room."""
    terms = terms_of(configuration(tmp_path, ITEM, "storage: {budget: 2GB}\nsound: {enabled: true, loudness: -18}\n"))

    assert (terms.names, terms.limits["wall"], terms.budget) == ((Name("wall", "f"),), 3_000_000, 2_000_000_000)
    assert (terms.target, terms.folders) == (-18, {"wall"})


def test_where_nothing_is_heard_nothing_is_measured(tmp_path: Path) -> None:
    """To hear a film takes a core for minutes."""
    assert terms_of(configuration(tmp_path, ITEM)).target is None


def test_where_one_show_is_heard_films_are_measured(tmp_path: Path) -> None:
    """Though the site says nothing of sound."""
    assert terms_of(configuration(tmp_path, f"sound: true\n{ITEM}")).target == -23


@pytest.mark.parametrize("playlist", [WORDS, "slides:\n  - film: {file: f.mp4}\n"])
def test_a_show_without_films_of_feeds_has_no_thread(tmp_path: Path, playlist: str) -> None:
    """Nor has one whose films are files."""
    count = threading.active_count()
    with PreparingFilms(configuration(tmp_path, playlist), CLOCK) as films:
        films.check()
        assert threading.active_count() == count


def test_a_thread_works_until_it_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It goes on after what cannot be helped, and ends with the configuration."""
    steps = threading.Event()

    def step(_: FilmPreparer, now: Nanos | None = None) -> bool:
        assert now is None
        steps.set()
        return False

    monkeypatch.setattr(FilmPreparer, "step", step)
    with PreparingFilms(configuration(tmp_path, ITEM), CLOCK) as films:
        assert CLOCK.wait(steps, 10 * SECOND)
        films.check()
    assert not [thread for thread in threading.enumerate() if thread.name == "fetching films"]


def test_a_thread_that_ended_by_itself_is_a_fault(tmp_path: Path) -> None:
    """The process is begun anew then, as for the thread of photos."""
    films = PreparingFilms(configuration(tmp_path, ITEM), CLOCK)
    with pytest.raises(WorkerError, match="ended by itself"):
        films.check()
