"""A film that nobody has looked at yet, as after a first start: words stand in for it, and it is not passed over at once."""

from __future__ import annotations

from pathlib import Path

from player.film.known import write
from player.show.playlist import CandleStep, FilmStep
from player.show.slide import CandleSlide, WordsSlide
from player.units import SECOND
from tests.fakes.films_shown import Cinema, film_in, known_of


def cinema(folder: Path) -> Cinema:
    """A show of a film, of which nothing is known, and a long candle."""
    show = Cinema(folder, kinds=(FilmStep(file=str(folder / "one.mp4")), CandleStep(hold=600)))
    film_in(folder)
    return show


def test_words_stand_in_until_a_film_was_looked_at(tmp_path: Path) -> None:
    """A show that begins with a film begins with it, some seconds late: the candle after it takes ten minutes."""
    with cinema(tmp_path) as show:
        show.play(3 * SECOND)
        assert isinstance(show.loop.reel.cue.slide, WordsSlide)
        write(tmp_path / "data", {str(tmp_path / "one.mp4"): known_of(tmp_path / "one.mp4")})
        show.play_until(lambda: bool(show.film), within=25 * SECOND)


def test_nobody_waits_for_ever(tmp_path: Path) -> None:
    """What looks at films may never come: the show goes on then."""
    with cinema(tmp_path) as show:
        show.play_until(lambda: isinstance(show.loop.reel.cue.slide, CandleSlide), within=30 * SECOND)
