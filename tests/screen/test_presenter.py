"""What is drawn again, and what is not: pictures with films are judged by their frames as well."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from player.screen.easel import CpuEasel
from player.screen.ledger import Ledger
from player.screen.presenter import DARK, Picture, Presenter
from player.screen.trace import Trace
from player.show.motion import layer_at
from player.show.scene import Clip, Composition, Fill, Scene
from player.units import MILLISECOND, SECOND, Nanos, Rect
from tests.fakes.cheap import QuietWriter
from tests.fakes.clock import FakeClock
from tests.fakes.wall import CANVAS, FakeRenderer, FakeWindow


@dataclass(frozen=True, slots=True)
class Stand:
    """A presenter, and what it draws with."""

    presenter: Presenter
    renderer: FakeRenderer
    window: FakeWindow
    film: Composition

    def present(self, at: Nanos) -> bool:
        """Present the film *at* so long after its cue began."""
        return self.presenter.present(Picture(Scene(CANVAS, (layer_at(self.film, at),), until=at)), at)


@pytest.fixture
def stand(tmp_path: Path) -> Stand:
    """Return one with a film ready."""
    renderer, clock = FakeRenderer(), FakeClock()
    film = Composition(CANVAS, Fill((11, 11, 13)), clips=(Clip("film", Rect(0, 0, 320, 180), 0, is_live=False),))
    renderer.prepare(film, {})
    window = FakeWindow(renderer)
    writer = QuietWriter(tmp_path, ledger=Ledger(), clock=clock)
    return Stand(Presenter(CpuEasel(window, renderer), writer, clock=clock, trace=Trace(None)), renderer, window, film)


def test_a_film_is_drawn_once_for_each_of_its_frames(stand: Stand) -> None:
    """Of 60 ticks in a second, as many as it has frames; the others cost nothing, and it is still known which instant is up."""
    for tick in range(60):
        at = tick * SECOND // 60
        stand.renderer.serial = 1 + 24 * tick // 60
        assert stand.present(at)
        assert stand.presenter.scene is not None
        assert stand.presenter.scene.layers[0].at == at
    assert stand.renderer.draws == stand.window.frames == 24


def test_a_frame_that_could_not_be_drawn_is_tried_again(stand: Stand) -> None:
    """What is up is known to be the one before."""
    stand.renderer.serial = 1
    assert stand.present(0)
    stand.renderer.serial, stand.renderer.is_failing = 2, True
    assert not stand.present(40 * MILLISECOND)
    stand.renderer.is_failing = False
    assert stand.present(50 * MILLISECOND)
    assert stand.renderer.draws == 2


def test_out_of_the_dark_it_is_drawn_whatever_its_frame(stand: Stand) -> None:
    """And in the dark nobody asks for frames."""
    assert stand.present(0)
    assert stand.presenter.present(DARK, SECOND)
    assert stand.window.is_dark
    assert stand.present(2 * SECOND)
    assert stand.renderer.draws == 2
    assert not stand.window.is_dark
