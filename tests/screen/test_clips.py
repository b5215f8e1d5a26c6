"""Films as sources: opened under names of their own, waited for within reason, and let go."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from player.film.talk import Ended, Failed
from player.screen.clips import GIVEN_UP, Clips
from player.show.footage import Footage
from player.show.layout import lay_out
from player.show.look import NIGHT
from player.show.plan import Cue, plate_cue
from player.show.scene import Composition, Fill, Words
from player.show.slide import FilmSlide, Pace, Stage
from player.units import SECOND, Nanos, Size
from tests.fakes.clock import FakeClock
from tests.fakes.films_shown import FilmsShown
from tests.fakes.measure import FixedMeasure

FILE = "/films/one.mp4"
STAGE = Stage(Size(640, 360))
MEASURE = FixedMeasure()
SAID = "WEBVTT\n\n00:05.000 --> 00:12.000\nSix million.\n\n00:20.000 --> 00:22.000\nNames.\n"


def slide_of(*, begin: Nanos = 10 * SECOND, subtitles: tuple[str, ...] = ()) -> FilmSlide:
    """A slide with a film of a minute."""
    return FilmSlide(film=Footage(file=FILE, size=Size(1280, 720), begin=begin, end=60 * SECOND, subtitles=subtitles))


def made(
    films: FilmsShown | None, slide: FilmSlide, *, named: str = FILE, given_up: bool = False
) -> tuple[Clips, Composition | str]:
    """Make a slide ready."""
    clock = films.clock if films else FakeClock()
    clips, event = Clips(films, frozenset({named}), clock, fps=50.0), threading.Event()
    if given_up:
        event.set()
    composition = lay_out(slide, stage=STAGE, pace=Pace(60 * SECOND, SECOND), measure=MEASURE, seed=0)
    return clips, clips.made_ready(slide, composition, stage=STAGE, measure=MEASURE, given_up=event)


def cue_of(composition: Composition, slide: FilmSlide) -> Cue:
    """A cue that begins at a hundred seconds."""
    return Cue(start=100 * SECOND, length=50 * SECOND, fade=SECOND, slide=slide, composition=composition)


def test_what_is_said_is_written_in_the_time_of_the_cue(tmp_path: Path) -> None:
    """Of a film that goes on at its tenth second, what was begun before is up at once."""
    (tmp_path / "one.en.vtt").write_text(SAID)
    _, found = made(FilmsShown(FakeClock()), slide_of(subtitles=(str(tmp_path / "one.en.vtt"),)))
    assert isinstance(found, Composition)
    assert [(each.begin, each.end) for each in found.spoken] == [(0, 2 * SECOND), (10 * SECOND, 12 * SECOND)]
    texts = [ink.text.strip("\u200e") for each in found.spoken for ink in each.ink if isinstance(ink, Words)]
    assert texts == ["Six million.", "Names."]


def test_only_what_the_configuration_names_is_opened() -> None:
    """Another file, however it came onto a slide, is asked for nowhere; nor any, where there is nobody to ask."""
    films = FilmsShown(FakeClock())
    assert made(films, slide_of(), named="/films/two.mp4")[1] == "the configuration names no such film"
    assert not films.opened
    assert made(None, slide_of())[1] == "there is nobody to decode it"


def test_who_gives_up_leaves_nothing_open() -> None:
    """Something else was asked for: the source is closed at once, not after four seconds."""
    films = FilmsShown(FakeClock(), takes=SECOND)
    assert made(films, slide_of(), given_up=True)[1] == GIVEN_UP
    assert films.clock.monotonic() == 0
    assert not films.is_open


def test_a_short_film_that_is_wholly_there_is_ready() -> None:
    """Its last picture is in memory before the first one is shown."""
    films = FilmsShown(FakeClock())
    clips, found = made(films, slide_of())
    assert isinstance(found, Composition)
    films.told[films.only] = Ended(60 * SECOND)
    assert clips.is_whole(found)
    assert clips.over(cue_of(found, slide_of())) == (150 * SECOND, "")
    films.told[films.only] = Ended(5 * SECOND)
    assert clips.over(cue_of(found, slide_of())) == (100 * SECOND, "")


def test_one_that_failed_is_over_from_its_beginning() -> None:
    """And no longer whole; with the reason."""
    films = FilmsShown(FakeClock())
    clips, found = made(films, slide_of())
    assert isinstance(found, Composition)
    assert clips.over(cue_of(found, slide_of())) is None
    films.told[films.only] = Failed("it hangs")
    assert clips.over(cue_of(found, slide_of())) == (100 * SECOND, "it hangs")
    assert not clips.is_whole(found)
    clips.let_go(found)
    assert not films.is_open


@pytest.mark.parametrize("sources", [None, FilmsShown(FakeClock())])
def test_what_has_no_film_is_nobodys_matter(sources: FilmsShown | None) -> None:
    """The plate is whole, and never over."""
    clips, plate = Clips(sources, frozenset(), FakeClock()), Composition(STAGE.canvas, Fill(NIGHT))
    assert clips.is_whole(plate)
    assert clips.over(plate_cue(plate, 0)) is None
    assert not clips.is_refused(plate_cue(plate, 0))
    clips.let_go(plate)
