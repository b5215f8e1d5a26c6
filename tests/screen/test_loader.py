"""The thread that makes the next slide ready."""

# pyright: reportPrivateUsage=false
# A test may look inside.

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from player.clock import SystemClock
from player.errors import DrawError, LibraryError
from player.screen.chooser import displayed
from player.screen.decoding import decoded
from player.screen.ledger import Ledger
from player.screen.loader import AGAIN, Loader
from player.screen.programme import Programme
from player.screen.ready import Ready
from player.show.director import Place
from player.show.scene import Composition, Fill
from player.show.slide import Stage
from player.units import SECOND
from tests.fakes.measure import FixedMeasure
from tests.fakes.showing import PHOTOS_ALONE, PHRASES, Showing, show_of
from tests.fakes.wall import CANVAS, FakeRenderer


def took(show: Showing) -> Ready:
    """Return what the loader has made."""
    show.loader.step()
    ready = show.loader.take()
    assert isinstance(ready, Ready)
    return ready


def test_what_was_asked_for_is_made_once(tmp_path: Path) -> None:
    """One slide for one request; then there is nothing to do until somebody asks again."""
    with Showing(tmp_path) as show:
        show.publish("a", "b", "c")
        first = took(show)
        assert show.loader.step() > AGAIN
        assert show.loader.take() is None
        show.loader.ask(first.choice.place)
        assert took(show).photos != first.photos


def test_what_is_not_wanted_any_more_leaves_nothing_behind(tmp_path: Path) -> None:
    """A slide that was made for an older request is neither handed over nor kept, and its photos are still due."""
    with Showing(tmp_path) as show:
        show.publish("a", "b", "c")
        place = Place()
        show.loader.ask(place)
        show.loader.step()
        assert show.ledger.picks()
        show.loader.ask(place)
        assert show.loader.take() is None
        assert not show.ledger.picks()
        assert not show.held
        made = took(show)
        show.loader.give_back(made)
        assert not show.ledger.picks()
        assert not show.held


def test_a_request_made_in_the_middle_of_the_work_counts(tmp_path: Path) -> None:
    """Whoever asks again for the same place while its slide is being made gets a newer one."""
    with Showing(tmp_path) as show:
        show.publish("a", "b", "c")
        place = Place()
        show.loader.ask(place)
        asked: list[Composition] = []

        def ask_again(composition: Composition) -> None:
            if not asked:
                asked.append(composition)
                show.loader.ask(place)

        show.renderer.on_prepare = ask_again
        show.loader.step()
        assert show.loader.take() is None
        assert not show.ledger.picks()
        assert took(show)


def test_stopped_it_keeps_nothing(tmp_path: Path) -> None:
    """What was made and never taken is given back: a reload leaves nothing behind in the renderer."""
    with Showing(tmp_path) as show:
        show.publish("a", "b", "c")
        show.loader.step()
        assert show.held
        show.loader.stop()
        assert not show.held
        assert not show.ledger.picks()


def test_a_doubted_library_is_opened_again_and_not_too_often(tmp_path: Path) -> None:
    """After a slide that may not be shown the loader looks with fresh eyes, at most twice a second."""
    with Showing(tmp_path) as show:
        show.publish("a", "b", "c")
        took(show)
        before = show.loader._opened
        show.loader.ask(Place(), anew=True)
        assert 0 < show.loader.step() <= AGAIN
        assert show.loader.take() is None
        show.clock.advance(AGAIN)
        assert took(show)
        assert show.loader._opened is not before


def test_photos_that_a_layout_has_no_room_for_keep_their_turn(tmp_path: Path) -> None:
    """Who is not drawn was not shown: only the picks that are on the composition count."""
    with Showing(tmp_path) as show:
        show.publish("a", "b", "c")
        ready = took(show)
        assert len(ready.picks) == 1
        nobody = Composition(CANVAS, Fill((0, 0, 0)))
        assert displayed(ready.choice, nobody).picks == ()
        assert displayed(ready.choice, ready.composition) == ready.choice


def test_the_thread_makes_what_is_asked_for_and_ends(tmp_path: Path) -> None:
    """Started, it works by itself; stopped, it is gone and nothing that it made is kept."""
    with Showing(tmp_path) as show:
        show.publish("a", "b", "c")
        renderer, ledger, clock = FakeRenderer(), Ledger(), SystemClock()
        programme = Programme(show.folder, show_of(PHOTOS_ALONE), PHRASES, Stage(CANVAS))
        loader = Loader(programme, renderer=renderer, measure=FixedMeasure(), ledger=ledger, clock=clock, remake=lambda _: None)
        loader.start()
        loader.ask(Place())
        end = clock.monotonic() + 20 * SECOND
        while loader.take() is None:
            assert clock.monotonic() < end
        loader.ask(Place())
        loader.stop()
        assert not loader._thread.is_alive()
        assert not ledger.picks()


def test_rgb_comes_out_of_a_jpeg() -> None:
    """Red stays red; what is no picture is an error of the library."""
    _, encoded = cv2.imencode(".jpg", np.full((8, 8, 3), (10, 20, 230), np.uint8))
    red, green, blue = decoded(encoded.tobytes())[4, 4].tolist()
    assert red > 200
    assert max(green, blue) < 60
    with pytest.raises(LibraryError, match="cannot be decoded"):
        decoded(b"no picture")


def test_a_graphics_card_that_takes_not_even_the_plate_is_asked_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is handed over, and nothing ends; later there is a slide."""

    def refuse(composition: Composition, photos: object) -> None:
        del composition, photos
        raise DrawError("no frame was drawn")

    with Showing(tmp_path) as show:
        show.loader.ask(Place())
        with monkeypatch.context() as full:
            full.setattr(show.renderer, "prepare", refuse)
            assert show.loader.step() == AGAIN
            assert show.loader.take() is None
        assert took(show)
