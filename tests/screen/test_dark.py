"""Dark and dim: at once, whatever else hangs, and over restarts."""

# pyright: reportPrivateUsage=false
# A test may look inside.

from __future__ import annotations

import shutil
from collections.abc import Callable, Generator
from itertools import pairwise
from pathlib import Path

import pytest

from player.library import dark
from player.library.library import open_library
from player.units import SECOND
from tests.fakes.operated import SITUATIONS, in_the_dark, operated
from tests.fakes.showing import FRAME, Showing


@pytest.fixture
def show(tmp_path: Path) -> Generator[Showing]:
    """Return a wall that an operator is about to touch."""
    with operated(tmp_path) as showing:
        yield showing


@pytest.mark.parametrize("situation", SITUATIONS, ids=lambda found: found.__name__)
def test_dark_takes_no_longer_than_a_third_of_a_second(show: Showing, situation: Callable[[Showing], None]) -> None:
    """From the key to black it is 0.3 s and one frame at most, from wherever the picture is; never does it get brighter."""
    situation(show)
    show.press("b")
    began = show.clock.monotonic()
    show.play_until(lambda: show.is_dark, within=SECOND, stride=FRAME)
    assert show.clock.monotonic() - began <= 300_000_000 + FRAME
    for _ in range(200):
        show.frame()
        assert show.is_dark


def test_dark_while_the_library_is_gone(show: Showing) -> None:
    """Where nothing can be read or written any more, a key makes it dark all the same; and it is light again by a key."""
    show.ingest.close()
    show.is_online = False
    show.blind()
    shutil.rmtree(show.folder)
    show.folder.write_text("no folder any more")
    show.play(2 * SECOND, stride=FRAME)
    show.press("b")
    show.play_until(lambda: show.is_dark, within=SECOND, stride=FRAME)
    show.play(2 * SECOND, stride=FRAME)
    assert show.is_dark
    show.press("l")
    show.play(2 * SECOND, stride=FRAME)
    assert not show.is_dark
    show.folder.unlink()
    show.ingest = open_library(show.folder, writer="ingest")


def test_a_wall_that_was_dark_comes_back_dark(show: Showing) -> None:
    """After a restart, in order or by a power cut, not a single frame is light, until somebody says so."""
    in_the_dark(show)
    for in_order in (True, False):
        show.restart(in_order=in_order)
        for _ in range(300):
            show.frame()
            assert show.is_dark
    assert show.obeyed("light") == "light"
    show.play(2 * SECOND, stride=FRAME)
    assert not show.is_dark
    show.restart()
    show.play(SECOND)
    assert not show.is_dark


def test_in_the_dark_nobody_is_shown(show: Showing) -> None:
    """No slide begins that nobody sees, and nobody's turn is spent; the slide of before is there again with the light."""
    up = show.top
    in_the_dark(show)
    before = show.shown()
    show.play(600 * SECOND)
    assert show.shown() == before
    assert show.obeyed("light") == "light"
    show.play_until(lambda: not show.is_dark, stride=FRAME)
    assert up in {show.top, show.leaving}
    show.show_slides(3)


def test_a_photo_that_is_withdrawn_in_the_dark_is_gone(show: Showing) -> None:
    """Nothing of it is kept for the light."""
    name = min(show.top)
    in_the_dark(show)
    show.withdraw(name)
    show.frame()
    assert name not in show.held
    show.press("l")
    show.play(10 * SECOND)  # the oracle looks at every frame
    assert show.up
    assert name not in show.up


def test_a_demand_without_a_library_is_obeyed_within_a_second(show: Showing) -> None:
    """An empty file in the data folder makes it dark; it is taken away, and does not make it dark again."""
    dark.demand(show.folder)
    show.play(2 * SECOND, stride=FRAME)
    assert show.is_dark
    assert dark.demanded(show.folder) is None
    assert show.obeyed("light") == "light"
    show.play(3 * SECOND, stride=FRAME)
    assert not show.is_dark


def test_dim_is_soft_and_lasts(show: Showing) -> None:
    """The brightness goes there in many small steps, and is still there after a restart, from the first frame on."""
    seen: list[float] = []
    show.order("dim", "40")
    for _ in range(90):
        show.frame()
        presented = show.loop.presenter.presented
        assert presented
        seen.append(presented.light)
    assert seen == sorted(seen, reverse=True)
    assert max(a - b for a, b in pairwise(seen)) < 0.03
    assert seen[-1] == pytest.approx(0.4, abs=0.01)
    show.restart()
    show.frame()
    assert show.loop.presenter.presented
    assert show.loop.presenter.presented.light == pytest.approx(0.4, abs=0.01)
