"""Films on the wall: when they come and go, what becomes of them when something breaks, and that nothing of them is left."""

from __future__ import annotations

from datetime import time
from pathlib import Path

import pytest

from player.film.talk import Ended, Failed
from player.schedule.rules import Daily, Do, Join, Moment, Point, QuietRule, Rules, Slot, Stretch
from player.screen.clips import READY_WITHIN
from player.show.playlist import CandleStep, FactStep, FilmStep, Kind
from player.show.slide import CandleSlide, WordsSlide
from player.units import SECOND, Nanos
from tests.fakes.films_shown import LENGTH, Cinema, film_in
from tests.fakes.showing import PHOTOS_ALONE, show_of

CANDLE = CandleStep(hold=6)


def cinema(folder: Path, *kinds: Kind, takes: Nanos = 0, motion: bool = True) -> Cinema:
    """A show of a film and a candle, or of what is said."""
    return Cinema(folder, kinds=kinds or (FilmStep(file=film_in(folder)), CANDLE), takes=takes, motion=motion)


def until_film(show: Cinema) -> Nanos:
    """Play until a film is up; return since when it is."""
    show.play_until(lambda: bool(show.film))
    return show.loop.reel.cue.start


def test_a_film_has_its_own_length_and_is_let_go(tmp_path: Path) -> None:
    """It begins with its first picture ready, stands for a minute, gives way to the candle, and its source is closed."""
    with cinema(tmp_path) as show:
        began = until_film(show)
        assert show.loop.reel.cue.composition.clips[0].source == show.films.only
        show.play_until(lambda: not show.film)
        assert abs(show.loop.reel.cue.start - began - LENGTH) <= SECOND
        assert isinstance(show.loop.reel.cue.slide, CandleSlide)
        show.play(4 * SECOND)
        show.films.takes = 600 * SECOND
        show.play(2 * SECOND)
        assert len(show.films.is_open) <= 1  # the next showing at most
    assert not show.films.is_open


def test_a_part_of_a_film_is_asked_for_as_it_is_written(tmp_path: Path) -> None:
    """From, to, size of the place, sound: what is opened is what the playlist says."""
    step = FilmStep.model_validate({"file": film_in(tmp_path), "from": "10s", "to": "25s", "sound": "false"})
    with cinema(tmp_path, step, CANDLE) as show:
        began = until_film(show)
        wanted = show.films.opened[0]
        assert (wanted.begin, wanted.end, wanted.has_sound, tuple(wanted.size)) == (10 * SECOND, 25 * SECOND, False, (640, 360))
        show.play_until(lambda: not show.film)
        assert abs(show.loop.reel.cue.start - began - 15 * SECOND) <= SECOND


def test_two_showings_are_two_sources(tmp_path: Path) -> None:
    """A film that follows itself begins again: the new one is ready while the old one is up."""
    with cinema(tmp_path, FilmStep(file=film_in(tmp_path))) as show:
        until_film(show)
        show.play(30 * SECOND)
        assert len(show.films.is_open) == 2
        first = show.loop.reel.cue.composition.clips[0].source
        show.play(40 * SECOND)
        assert show.loop.reel.cue.composition.clips[0].source != first


def test_a_film_that_does_not_get_ready_is_never_up(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The show waits four seconds for it while something else is up, and goes on without it; the log says so once in a while."""
    with cinema(tmp_path, takes=READY_WITHIN + SECOND) as show:
        for _ in range(20):
            show.play(2 * SECOND)
            assert not show.film
        assert isinstance(show.loop.reel.cue.slide, CandleSlide)
        assert not show.films.is_open
        assert len(show.films.opened) == 1
    assert sum("a film left out" in record.message for record in caplog.records) == 1


def test_a_film_that_cannot_be_drawn_is_left_out_and_let_go(tmp_path: Path) -> None:
    """A graphics card that has no room for it: the candle comes, nobody goes back to the film, and nothing of it stays open."""
    with cinema(tmp_path, takes=SECOND) as show:
        show.renderer.refuses_clips = True
        for _ in range(40):
            show.play(SECOND)
            assert not show.film
        assert isinstance(show.loop.reel.cue.slide, CandleSlide)
        assert (len(show.films.opened), len(show.films.is_open)) == (1, 0)

        show.renderer.refuses_clips = False
        show.play_until(lambda: bool(show.film))
        show.play_until(lambda: not show.film)
        show.play_until(lambda: not show.films.is_open)
        show.renderer.refuses_clips = True
        show.obeyed("previous")
        show.play(4 * SECOND)
        assert not show.film
        assert not show.films.is_open


def test_a_film_that_cannot_be_opened_is_left_out_at_once(tmp_path: Path) -> None:
    """Where a show has nothing else, the words stand in."""
    with cinema(tmp_path, FilmStep(file=film_in(tmp_path))) as show:
        show.films.fails = "its decoder gave up"
        show.play_until(lambda: isinstance(show.loop.reel.cue.slide, WordsSlide))
        assert not show.films.is_open


def test_a_film_that_fails_before_it_is_up_is_never_up(tmp_path: Path) -> None:
    """It was ready while the candle burnt, and its process died: it is opened again, and the candle stays until it is."""
    with cinema(tmp_path, CandleStep(hold=30), FilmStep(file=film_in(tmp_path))) as show:
        show.play_until(lambda: bool(show.films.is_open))
        lost = show.films.only
        show.films.told[lost] = Failed("the film process ended")
        until_film(show)
        assert show.loop.reel.cue.composition.clips[0].source == show.films.only != lost


def test_a_film_that_fails_gives_way_at_once(tmp_path: Path) -> None:
    """Nobody looks at a picture that stands still: the next slide fades in within a second of the failure."""
    with cinema(tmp_path) as show:
        until_film(show)
        show.play(20 * SECOND)
        show.films.told[show.films.only] = Failed("the film process ended")
        show.play(SECOND, stride=SECOND // 10)
        assert isinstance(show.loop.reel.cue.slide, CandleSlide)
        assert show.loop.reel.cue.fade > 0


def test_a_film_that_fails_before_the_next_slide_is_asked_for_gives_way_too(tmp_path: Path) -> None:
    """In the middle of its own fade."""
    with cinema(tmp_path) as show:
        until_film(show)
        show.films.told[show.films.only] = Failed("the film process ended")
        show.play(3 * SECOND, stride=SECOND // 10)
        assert isinstance(show.loop.reel.cue.slide, CandleSlide)


def test_a_film_that_is_cut_short_ends_where_its_pictures_end(tmp_path: Path) -> None:
    """Its length was said to be a minute, and 40 seconds of it are there: the next slide begins then, not before."""
    with cinema(tmp_path) as show:
        began = until_film(show)
        show.play(10 * SECOND)
        show.films.told[show.films.only] = Ended(40 * SECOND, is_cut_short=True)
        show.play(10 * SECOND)
        assert show.film
        show.play_until(lambda: not show.film)
        assert abs(show.loop.reel.cue.start - began - 40 * SECOND) <= SECOND


def test_a_film_that_is_held_plays_to_its_end(tmp_path: Path) -> None:
    """What is held is what follows it: a last picture must not stand for an hour."""
    with cinema(tmp_path) as show:
        until_film(show)
        show.obeyed("hold")
        show.play_until(lambda: not show.film)
        show.play(30 * SECOND)
        assert isinstance(show.loop.reel.cue.slide, CandleSlide)


def test_a_film_whose_picture_stands_gives_way(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """As one that broke off: the next slide comes at once, by its fade."""
    with cinema(tmp_path) as show:
        until_film(show)
        show.play(10 * SECOND)
        show.films.still = True
        show.play(SECOND, stride=SECOND // 20)
        assert not show.film
        assert show.loop.reel.cue.fade > 0
    assert "a film broke off: the show goes on" in caplog.text


def test_where_nothing_moves_the_words_are_shown_instead(tmp_path: Path) -> None:
    """Once for each showing, and the playlist goes on."""
    with cinema(tmp_path, motion=False) as show:
        show.play_until(lambda: isinstance(show.loop.reel.cue.slide, WordsSlide))
        show.play_until(lambda: isinstance(show.loop.reel.cue.slide, CandleSlide))
        assert not show.films.opened


def test_a_film_ends_when_a_quiet_time_begins(tmp_path: Path) -> None:
    """At a minute past nine the sirens sound: the words stand in place of the film, which does not freeze."""
    rest = QuietRule(id="rest", when=Daily((), Stretch(Point(time(9, 1)), Point(time(10)))), do=Do.STILL)
    with cinema(tmp_path, CANDLE, FilmStep(file=film_in(tmp_path))) as show:
        show.rules = Rules(zone="UTC", fallback="wall", quiet=(rest,))
        show.restart()
        began = until_film(show)
        show.play(began + 40 * SECOND - show.clock.wall())
        assert show.film
        show.play_until(lambda: not show.film)
        assert show.loop.reel.cue.start - began < LENGTH - 4 * SECOND
        for _ in range(30):
            show.play(SECOND)
            assert not show.film


def test_a_film_that_was_taken_out_leaves_at_the_next_frame(tmp_path: Path) -> None:
    """By a cut, as a photo that was withdrawn, though the picture stays over a reload otherwise."""
    with cinema(tmp_path) as show:
        until_film(show)
        show.play(10 * SECOND)
        show.reload(show.show)
        show.frame()
        assert show.film == "one.mp4"
        assert show.films.is_open
        show.reload(show_of((CANDLE, FactStep(text="A fact", source="a source")), name="other"))
        show.frame()
        assert not show.film
        assert not any(layer.composition.clips for layer in (show.window.scene.layers if show.window.scene else ()))
        assert not show.films.is_open


@pytest.mark.parametrize("in_order", [True, False])
def test_a_restart_goes_on_where_the_film_stood(tmp_path: Path, *, in_order: bool) -> None:
    """To within half a minute, whether the player ended in order or lost its power."""
    with cinema(tmp_path) as show:
        until_film(show)
        show.play(33 * SECOND)
        show.restart(in_order=in_order)
        until_film(show)
        assert show.films.opened[-1].begin == pytest.approx(30 * SECOND, abs=2 * SECOND)
        assert show.films.opened[-1].end == LENGTH


def test_a_slot_that_is_joined_late_shows_its_film_where_others_see_it(tmp_path: Path) -> None:
    """Twenty seconds after its beginning the film is seen from there on; a slot that begins anew shows all of it."""
    film = show_of((FilmStep(file=film_in(tmp_path)), CANDLE), name="cinema")
    joined: tuple[tuple[Join, Nanos], ...] = (("midway", 20 * SECOND), ("restart", 0))
    for join, seen in joined:
        show = Cinema(tmp_path / join, kinds=(CANDLE,), others=(film,))
        slot = Slot(id="evening", show="cinema", when=Moment(show.clock.wall() - 20 * SECOND, 30 * 60 * SECOND), join=join)
        with show:
            show.rules = Rules(zone="UTC", fallback="wall", slots=(slot,))
            show.restart()
            until_film(show)
            assert show.films.opened[0].begin == pytest.approx(seen, abs=5 * SECOND)


def test_a_film_that_was_nearly_over_is_not_gone_back_to(tmp_path: Path) -> None:
    """After a restart with less than half a minute of it left, the next slide comes."""
    step = FilmStep.model_validate({"file": film_in(tmp_path), "to": "50s"})
    with cinema(tmp_path, step, CANDLE) as show:
        until_film(show)
        show.play(40 * SECOND)
        show.restart(in_order=False)
        show.play_until(lambda: show.loop.reel.cue.slide is not None)
        assert isinstance(show.loop.reel.cue.slide, CandleSlide)


def test_another_show_in_between_and_the_film_goes_on(tmp_path: Path) -> None:
    """Where it stood when it was interrupted."""
    other = show_of((CANDLE,), name="other")
    with Cinema(tmp_path, kinds=(FilmStep(file=film_in(tmp_path)), CANDLE), others=(other,)) as show:
        until_film(show)
        show.play(20 * SECOND)
        show.obeyed("go", "other")
        show.play_until(lambda: not show.film)
        show.play(3 * SECOND)
        show.obeyed("go", "wall")
        until_film(show)
        assert show.films.opened[-1].begin == pytest.approx(20 * SECOND, abs=3 * SECOND)


def test_one_goes_back_to_a_film(tmp_path: Path) -> None:
    """By hand: it begins where it began."""
    with cinema(tmp_path) as show:
        show.play_until(lambda: isinstance(show.loop.reel.cue.slide, CandleSlide))
        show.play(3 * SECOND)
        assert "before is up again" in show.obeyed("previous")
        assert show.film == "one.mp4"


def test_photos_and_films_take_turns(tmp_path: Path) -> None:
    """A newcomer does not interrupt a film."""
    with cinema(tmp_path, FilmStep(file=film_in(tmp_path)), *PHOTOS_ALONE) as show:
        began = until_film(show)
        show.publish("a")
        show.play_until(lambda: bool(show.top))
        assert show.loop.reel.cue.start >= began + LENGTH - SECOND
