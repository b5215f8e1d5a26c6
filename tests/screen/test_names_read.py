"""A list of names read on the wall, and a candle: nobody left out, nobody cut short, nobody twice."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from pathlib import Path
from typing import Literal

import pytest

from player.library import cues
from player.library.library import open_library
from player.schedule.rules import Moment, Rules, Slot
from player.screen.chooser import place_after, step_of
from player.show.naming import reading_of
from player.show.playlist import CandleStep, NamesStep, Show
from player.show.slide import CandleSlide, NamesSlide, WordsSlide
from player.units import SECOND, Nanos
from tests.fakes.clock import OPENING
from tests.fakes.showing import PHOTOS_ALONE, Showing, show_of

NAMES = tuple(f"Name {i}" for i in range(1, 15))
A_PAGE = 4


def reading(*more: CandleStep, names: tuple[str, ...] = NAMES, over: Literal["slot"] | None = None, name: str = "wall") -> Show:
    """A show that reads names, and then goes on to *more*."""
    show = show_of((NamesStep(file="names.txt", over=over), *more), name=name)
    first = show.steps[0]
    read = reading_of(names, A_PAGE, least=first.hold, fade=first.fade, over=None)
    rest = (replace(step, hold=kind.hold or step.hold) for step, kind in zip(show.steps[1:], more, strict=True))
    return replace(show, steps=(replace(first, reading=read), *rest))


def pages(show: Showing, length: Nanos) -> list[tuple[str, ...]]:
    """Play; return the pages of names that were up, each as often as it came."""
    found: list[tuple[str, ...]] = []
    last: object = None
    for _ in range(length // (SECOND // 2)):
        show.play(SECOND // 2)
        cue = show.loop.reel.cue
        if cue is not last and isinstance(cue.slide, NamesSlide):
            found.append(cue.slide.names)
        last = cue
    return found


def test_everyone_is_read_before_the_show_goes_on(tmp_path: Path) -> None:
    """Page after page in their order, each for as long as it takes; then the candle; then from the beginning."""
    with Showing(tmp_path, show=reading(CandleStep(hold=6))) as show:
        show.play_until(lambda: isinstance(show.loop.reel.cue.slide, NamesSlide))
        first = show.loop.reel.cue.start
        show.play_until(lambda: isinstance(show.loop.reel.cue.slide, CandleSlide))
        whole = show.show.steps[0].reading
        assert whole is not None
        assert abs(show.loop.reel.cue.start - first - round(whole.whole * SECOND)) < SECOND
        assert [name for page in pages(show, 60 * SECOND) for name in page][:14] == list(NAMES)


def test_a_restart_goes_on_where_it_stood(tmp_path: Path) -> None:
    """After the last page that began, whether the player ended in order or lost its power."""
    for folder, in_order in (("a", True), ("b", False)):
        with Showing(tmp_path / folder, show=reading(CandleStep(hold=6))) as show:
            show.play_until(lambda: show.loop.reel.cue.slide == NamesSlide(names=NAMES[3:7], language="en"))
            show.play(2 * SECOND)
            show.restart(in_order=in_order)
            assert pages(show, 20 * SECOND)[0] == NAMES[7:10]


def test_a_stored_page_says_which_step_it_was_of(tmp_path: Path) -> None:
    """In the middle of a list the next step is the same one; after its end, the one that follows."""
    with Showing(tmp_path, show=reading(CandleStep(hold=6))) as show:
        show.play_until(lambda: isinstance(show.loop.reel.cue.slide, CandleSlide))
        show.play(2 * SECOND)
        with contextlib.closing(open_library(show.folder, writer="screen")) as library:
            found = cues.before(library.connection, show.clock.wall(), 9)
        places = [place_after(cue) for cue in found]
        assert [(place.step, place.name) for place in places] == [(0, 3), (0, 7), (0, 10), (1, 0), (0, 0)]
        assert [type(step_of(cue, show.show).kind) for cue in found] == [NamesStep] * 4 + [CandleStep]


def test_a_reader_is_not_interrupted_by_a_newcomer(tmp_path: Path) -> None:
    """Where nobody may be shown, words would give way to the first photo at once; names and a flame have their time."""
    with Showing(tmp_path, show=reading(), others=(show_of(PHOTOS_ALONE, name="other"),)) as show:
        show.play_until(lambda: isinstance(show.loop.reel.cue.slide, NamesSlide))
        cue = show.loop.reel.cue
        show.publish("a")
        show.play_until(lambda: show.loop.reel.cue is not cue)
        assert show.loop.reel.cue.start >= cue.end


def test_a_list_that_cannot_be_read_is_passed_over(tmp_path: Path) -> None:
    """The candle after it comes at once; where there is nothing else, the words stand in."""
    with Showing(tmp_path / "a", show=show_of((NamesStep(file="none.txt"), CandleStep(hold=6)))) as show:
        show.play_until(lambda: isinstance(show.loop.reel.cue.slide, CandleSlide))
    with Showing(tmp_path / "b", show=show_of((NamesStep(file="none.txt"),))) as show:
        show.play_until(lambda: isinstance(show.loop.reel.cue.slide, WordsSlide))


def test_one_goes_back_to_a_page(tmp_path: Path) -> None:
    """Names and flames come back as they were, by hand."""
    with Showing(tmp_path, show=reading(CandleStep(hold=6))) as show:
        show.play_until(lambda: show.loop.reel.cue.slide == NamesSlide(names=NAMES[3:7], language="en"))
        show.play(3 * SECOND)
        assert "before is up again" in show.obeyed("previous")
        assert show.loop.reel.cue.slide == NamesSlide(names=NAMES[:3], language="en")


def test_a_list_is_read_over_what_is_left_of_its_time(tmp_path: Path) -> None:
    """Evenly, a candle's time left for it; after another show came in between, what is left of the list over what is left."""
    evening = reading(CandleStep(hold=18.5), over="slot", name="evening")
    with Showing(tmp_path, others=(evening,)) as show:

        def since(began: Nanos) -> float:
            return (show.loop.reel.cue.start - began) / SECOND

        show.obeyed("go", "evening", "for", "10m")
        began = show.clock.wall()
        show.play_until(lambda: show.loop.reel.cue.slide == NamesSlide(names=NAMES[3:7], language="en"))
        assert since(began) == pytest.approx(580 * 9 / 41, abs=4)  # a page of three names takes 9 s to read, one of four 11.5
        show.play(60 * SECOND)
        show.obeyed("go", "wall")
        show.play(60 * SECOND)
        show.obeyed("go", "evening", "for", "5m")
        began = show.clock.wall()
        show.play_until(lambda: show.loop.reel.cue.slide == NamesSlide(names=NAMES[10:], language="en"))
        assert since(began) == pytest.approx(280 * 9 / 20.5, abs=8)  # the slide before has its time first
        show.play_until(lambda: isinstance(show.loop.reel.cue.slide, CandleSlide))
        assert since(began) == pytest.approx(280, abs=4)


def test_a_stronger_slot_takes_its_time_from_a_list(tmp_path: Path) -> None:
    """The list is over when the ceremony begins that covers the rest of its slot, and the candle after it has had its time."""
    evening = reading(CandleStep(hold=18.5), over="slot", name="evening")
    with Showing(tmp_path, others=(evening, show_of(PHOTOS_ALONE, name="ceremony"))) as show:
        begins = OPENING + 30 * SECOND
        slots = (
            Slot(id="names", show="evening", when=Moment(begins, 1200 * SECOND), priority=1),
            Slot(id="ceremony", show="ceremony", when=Moment(begins + 300 * SECOND, 900 * SECOND), priority=2),
        )
        show.rules = Rules(zone="UTC", fallback="wall", slots=slots)
        show.restart()
        show.play_until(lambda: isinstance(show.loop.reel.cue.slide, CandleSlide))
        assert (show.loop.reel.cue.start - begins) / SECOND == pytest.approx(280, abs=4)
