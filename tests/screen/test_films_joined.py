"""A show of films that is joined midway: it goes on where those are who saw it from its beginning, by what films are by then."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from player.film.known import write
from player.schedule.rules import Moment, Rules, Slot
from player.show.naming import reading_of
from player.show.playlist import CandleStep, FilmStep, Kind, NamesStep, Show
from player.show.slide import NamesSlide, WordsSlide
from player.units import SECOND, Nanos
from tests.fakes.feed_films import CLIP, FeedCinema
from tests.fakes.films_shown import Cinema, film_in, known_of
from tests.fakes.showing import show_of
from tests.library.shelf import sha

CANDLE = CandleStep(hold=6)
OF_A_FEED = FilmStep(item="films/f")


def evening(*kinds: Kind) -> Show:
    """What is on in the evening."""
    return show_of(kinds, name="evening")


def join(show: Cinema, elapsed: Nanos) -> None:
    """Switch the player on so long after the evening began."""
    slot = Slot(id="evening", show="evening", when=Moment(show.clock.wall() - elapsed, 3600 * SECOND), join="midway")
    show.rules = Rules(zone="UTC", fallback="wall", slots=(slot,))
    show.restart()


@pytest.mark.parametrize(("elapsed", "is_the_feeds", "seen"), [(80, False, 20), (20, True, 20), (65, False, 5)])
def test_a_film_of_a_feed_has_its_length(tmp_path: Path, elapsed: int, seen: int, *, is_the_feeds: bool) -> None:
    """Before the film that is on, or as that film: what the library says of it now counts."""
    file = film_in(tmp_path)
    with FeedCinema(tmp_path, kinds=(CANDLE,), others=(evening(OF_A_FEED, FilmStep(file=file)),)) as show:
        join(show, elapsed * SECOND)
        show.play_until(lambda: bool(show.film))
        opened = show.films.opened[0]
        assert opened.film == (str(show.ingest.files.film(sha(CLIP))) if is_the_feeds else file)
        assert opened.begin == pytest.approx(seen * SECOND, abs=5 * SECOND)


def test_a_film_of_a_feed_that_may_not_be_shown_has_none(tmp_path: Path) -> None:
    """It is passed over, so the next film begins with the show."""
    with FeedCinema(tmp_path, kinds=(CANDLE,), others=(evening(OF_A_FEED, FilmStep(file=film_in(tmp_path))),)) as show:
        show.list_film("f")
        join(show, 20 * SECOND)
        show.play_until(lambda: bool(show.film))
        assert show.films.opened[0].begin == pytest.approx(20 * SECOND, abs=5 * SECOND)


def test_a_show_is_not_joined_before_its_films_were_looked_at(tmp_path: Path) -> None:
    """After a first start words stand in some seconds; then the second film is on, for the first has had its minute."""
    one, two = tmp_path / "one.mp4", tmp_path / "two.mp4"
    with Cinema(tmp_path, kinds=(CANDLE,), others=(evening(FilmStep(file=str(one)), FilmStep(file=str(two))),)) as show:
        film_in(tmp_path)
        film_in(tmp_path, "two.mp4")
        join(show, 70 * SECOND)
        show.play(3 * SECOND)
        assert isinstance(show.loop.reel.cue.slide, WordsSlide)
        write(tmp_path / "data", {str(path): known_of(path) for path in (one, two)})
        show.play_until(lambda: bool(show.film), within=25 * SECOND)
        assert show.film == "two.mp4"
        assert show.films.opened[0].begin == pytest.approx(20 * SECOND, abs=10 * SECOND)


def test_a_show_is_joined_though_nobody_looks_at_a_film(tmp_path: Path) -> None:
    """It is passed over, as it is on the wall."""
    file = str(tmp_path / "late.mp4")
    with Cinema(tmp_path, kinds=(CANDLE,), others=(evening(FilmStep(file=file), FilmStep(file=film_in(tmp_path))),)) as show:
        film_in(tmp_path, "late.mp4")
        join(show, 20 * SECOND)
        show.play_until(lambda: bool(show.film), within=60 * SECOND)
        assert show.film == "one.mp4"


def test_a_list_of_names_leaves_a_film_of_a_feed_its_time(tmp_path: Path) -> None:
    """What is read over a slot is over when the film, as the library knows it by then, has just a minute left."""
    listed = evening(NamesStep(file="names.txt", over="slot"), OF_A_FEED)
    first, film = listed.steps
    names = reading_of(tuple(f"Name {i}" for i in range(14)), 4, least=first.hold, fade=first.fade, over=None)
    listed = replace(listed, steps=(replace(first, reading=names), film))
    with FeedCinema(tmp_path, kinds=(CANDLE, OF_A_FEED), others=(listed,)) as show:
        show.obeyed("go", "evening", "for", "5m")
        began = show.clock.wall()
        show.play_until(lambda: isinstance(show.loop.reel.cue.slide, NamesSlide))
        show.play_until(lambda: bool(show.film))
        assert (show.loop.reel.cue.start - began) / SECOND == pytest.approx(240, abs=4)
