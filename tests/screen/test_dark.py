"""Dark and dim: at once, whatever else hangs, and over restarts."""

# pyright: reportPrivateUsage=false
# A test may look inside.

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Generator
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from typing import NoReturn, cast

import pytest

from player.command import BY_FILE, BY_KEY
from player.errors import LibraryError
from player.library import dark
from player.library.heard import heard
from player.library.library import open_library
from player.library.orders import ORDERS
from player.units import SECOND
from tests.fakes.operated import SITUATIONS, in_the_dark, on_a_title_page, operated
from tests.fakes.showing import FRAME, Showing


@pytest.fixture
def show(tmp_path: Path) -> Generator[Showing]:
    """Return a wall that an operator is about to touch."""
    with operated(tmp_path) as showing:
        yield showing


@pytest.mark.parametrize("situation", [*SITUATIONS, on_a_title_page], ids=lambda found: found.__name__)
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


@pytest.mark.parametrize("situation", [*SITUATIONS, on_a_title_page], ids=lambda found: found.__name__)
def test_a_demand_is_as_quick_as_a_key(show: Showing, situation: Callable[[Showing], None]) -> None:
    """It is seen in the next frame, though the library is held by somebody who is stuck."""
    situation(show)
    with closing(sqlite3.connect(show.folder / ORDERS.name)) as stuck:
        stuck.execute("BEGIN IMMEDIATE")
        show.writer.step = lambda: None  # it waits
        dark.demand(show.folder)
        began = show.clock.monotonic()
        show.play_until(lambda: show.is_dark, within=SECOND, stride=FRAME)
        assert show.clock.monotonic() - began <= 300_000_000 + FRAME


def test_dark_while_the_writer_is_stuck(show: Showing) -> None:
    """A disk that takes nothing changes nothing of what is seen, for as long as it lasts."""
    show.writer.step = lambda: None
    for key, is_dark in (("b", True), ("l", False), ("b", True), ("2", True), ("l", False)):
        show.press(key)
        show.play(2 * SECOND, stride=FRAME)
        assert show.is_dark is is_dark


def test_a_command_that_came_with_its_demand_is_one_order(show: Showing) -> None:
    """Whoever gave it is told that it became dark, not that it was dark already; whoever gives it again is told that."""
    dark.demand(show.folder)
    show.frame()
    assert show.obeyed("dark") == "dark"
    assert show.obeyed("dark") == "dark already"


def lights(show: Showing, *presses: str, every: int) -> list[float]:
    """Return how bright it was in each frame, with a key pressed every so many of them."""
    seen: list[float] = []
    for key in presses:
        show.press(key)
        for _ in range(every):
            show.frame()
            presented = show.loop.presenter.presented
            assert presented
            seen.append(presented.light)
    return seen


@pytest.mark.parametrize("presses", ["bb", "bl", "blblb", "b-l", "-b+l"])
def test_no_change_of_mind_makes_the_light_jump(show: Showing, presses: str) -> None:
    """Dark twice, light amid the dark, dark amid the light: from frame to frame it is a small step, and the last word counts."""
    for every in (1, 5, 17, 18, 19):
        seen = [*lights(show, "l", every=70), *lights(show, *presses, every=every), *lights(show, presses[-1], every=70)]
        assert max(abs(a - b) for a, b in pairwise(seen)) < 0.1
        assert (seen[-1] == 0) is (presses[-1] == "b")


def test_dark_twice_is_dark_no_later(show: Showing) -> None:
    """Who presses again and again does not begin the ramp anew."""
    seen = lights(show, *("b" * 19), every=1)
    assert seen == sorted(seen, reverse=True)
    assert seen[-1] == 0


def test_light_comes_back_in_as_long_as_it_went(show: Showing) -> None:
    """By the same ramp, frame by frame."""
    went = lights(show, "b", every=20)
    came = lights(show, "l", every=20)
    assert all(abs(a + b - 1) < 0.01 for a, b in zip(went, came, strict=True))


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


def test_a_screen_that_begins_in_the_dark_says_what_is_to_be_seen(show: Showing) -> None:
    """Black since it began, whatever slides begin beneath; and, over the restart, who ordered it and when."""
    at = show.clock.wall()
    in_the_dark(show)
    for _ in range(2):
        show.play(20 * SECOND)
        said = heard(show.folder)
        assert said["dark_ordered"] == {"by": "operator", "at": at}
        assert (said["dark"], said["light"]) == (True, 0)
        dark_since = said["dark_since"]
        assert isinstance(dark_since, int)
        assert dark_since < show.clock.wall() - 15 * SECOND
        show.restart()
    assert show.obeyed("light") == "light"
    show.play(2 * SECOND)
    said = heard(show.folder)
    assert (said["dark_since"], said["dark_ordered"]) == (None, None)


def test_a_demand_without_a_name_gets_that_of_its_order(show: Showing) -> None:
    """Its file says nobody's; the row that follows it does."""
    dark.demand(show.folder)
    show.play(2 * SECOND)
    assert cast("dict[str, object]", heard(show.folder)["dark_ordered"])["by"] == BY_FILE
    show.obeyed("dark")
    show.play(2 * SECOND)
    assert cast("dict[str, object]", heard(show.folder)["dark_ordered"])["by"] == "operator"
    show.press("l", "b")
    show.play(2 * SECOND)
    assert cast("dict[str, object]", heard(show.folder)["dark_ordered"])["by"] == BY_KEY


def test_a_dark_wall_stays_dark_until_its_orders_can_be_read(show: Showing, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a restart that cannot read what holds by hand, it is no brighter than it began; reading it changes nothing."""
    in_the_dark(show)
    with monkeypatch.context() as patch:
        patch.setattr("player.screen.watch.open_library", _unreadable)
        show.restart()
        for _ in range(150):
            show.frame()
            assert show.is_dark
        show.reload()
        for _ in range(150):
            show.frame()
            assert show.is_dark
    for _ in range(150):
        show.frame()
        assert show.is_dark
    assert show.obeyed("light") == "light"


def test_a_key_brings_light_though_no_orders_can_be_read(show: Showing, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever stands before the wall comes before what nobody knows."""
    in_the_dark(show)
    monkeypatch.setattr("player.screen.watch.open_library", _unreadable)
    show.restart()
    show.play(SECOND)
    show.press("l")
    show.play(SECOND, stride=FRAME)
    assert not show.is_dark


def _unreadable(*_: object, **__: object) -> NoReturn:
    raise LibraryError("the disk does not answer")


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
    show.play(SECOND, stride=FRAME)
    rows = show.ingest.orders.connection.execute("SELECT item FROM receipts WHERE off_at IS NOT NULL").fetchall()
    assert rows == [(name,)], "a wall that is dark is without the photo, and says so"
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
