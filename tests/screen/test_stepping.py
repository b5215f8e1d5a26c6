"""Holding, going on, and going back, slide by slide."""

# pyright: reportPrivateUsage=false
# A test may look inside.

from __future__ import annotations

from collections.abc import Generator
from itertools import pairwise
from pathlib import Path

import pytest

from player.show.on_air import Manual
from player.units import SECOND
from tests.fakes.operated import in_a_hold, operated, stand
from tests.fakes.showing import FRAME, Showing


@pytest.fixture
def show(tmp_path: Path) -> Generator[Showing]:
    """Return a wall that an operator is about to touch."""
    with operated(tmp_path) as showing:
        yield showing


def test_a_held_slide_stays_until_resume(show: Showing) -> None:
    """However long; then the show goes on at once."""
    up = show.top
    in_a_hold(show)
    show.play(200 * SECOND)
    assert show.top == up
    assert not show.is_fading
    assert show.obeyed("resume") == "it goes on"
    show.play(2 * SECOND, stride=FRAME)
    assert show.top != up


def test_a_hold_ends_with_its_slide(show: Showing) -> None:
    """A held photo that is withdrawn goes at the next frame, and what comes instead is not held: nobody chose it."""
    name = min(show.top)
    in_a_hold(show)
    show.withdraw(name)
    show.frame()
    assert name not in show.up
    slides = len(show.slides)
    show.play(60 * SECOND)
    assert len(show.slides) > slides + 3


def test_a_held_slide_outlives_the_change_of_shows_but_not_the_process(show: Showing) -> None:
    """The schedule waits for whoever holds; a new process holds nothing that stands for ever."""
    in_a_hold(show)
    up = show.top
    show.loop._billing.order(Manual(is_held=True, show="facade"), show.clock.wall())
    show.play(60 * SECOND)
    assert show.top == up
    show.restart()
    show.show_slides(3)


def test_whoever_holds_may_step(show: Showing) -> None:
    """Next shows one more slide and holds that."""
    in_a_hold(show)
    up = show.top
    show.press("space")
    show.play(60 * SECOND)
    assert show.top != up
    slides = len(show.slides)
    show.play(60 * SECOND)
    assert len(show.slides) == slides


def test_next_is_there_within_a_second(show: Showing) -> None:
    """It begins at the next frame when it is ready, by a fade; nobody's turn is lost."""
    up, ready = show.top, show.ready
    show.press("space")
    show.frame()
    show.play(SECOND, stride=FRAME)
    assert show.top == ready != up
    show.play(120 * SECOND)
    assert show.spread() <= 1


def test_many_presses_never_make_a_picture_jump(show: Showing) -> None:
    """A slide that is still coming goes on coming beneath the next: light by light, nothing is cut."""
    mixes: list[list[float]] = []
    for number in range(240):
        if number % 7 == 0:
            show.press("space")
        show.frame()
        scene = show.window.scene
        assert scene
        assert len(scene.layers) <= 3
        mixes.append([layer.opacity for layer in scene.layers])
    for before, now in pairwise(mixes):
        if len(now) == len(before):
            assert all(b <= n + 1e-9 or n == 1 for b, n in zip(before[1:], now[1:], strict=True))
        else:
            assert now[-1] < 0.1 or len(now) < len(before)


def test_previous_shows_the_slide_before_and_counts_nothing(show: Showing) -> None:
    """It is neither a turn nor a showing, nobody who was new is new again, and the show goes on where it stood."""
    show.show_slides(4)
    stand(show)
    before, place, up = show.shown(), show.loop.place, show.top
    number = show.order("previous")
    show.play_until(lambda: show.ingest.orders.result(number) is not None, stride=FRAME)
    assert show.ingest.orders.result(number) == "the slide before is up again"
    assert show.top == show.slides[-3] != up
    assert show.loop.place == place
    show.play_until(lambda: not show.is_fading, stride=FRAME)
    assert show.shown() == before
    cues = show.ingest.connection.execute("SELECT count(*) FROM cues").fetchone()
    show.play(SECOND)
    assert show.ingest.connection.execute("SELECT count(*) FROM cues").fetchone() == cues
    show.show_slides(12)
    assert show.spread() <= 1


def test_previous_goes_back_step_by_step(show: Showing) -> None:
    """Pressed again and again, it goes further back each time."""
    show.show_slides(5)
    stand(show)
    went = show.slides[-4:]
    for steps in (2, 3, 4):
        show.press("backspace")
        show.play(SECOND, stride=FRAME)
        assert show.top == went[-steps]


def test_previous_passes_over_who_was_withdrawn(show: Showing) -> None:
    """Whoever may not be shown any more does not come back by a key."""
    show.show_slides(4)
    stand(show)
    before, further = show.slides[-2], show.slides[-3]
    show.withdraw(min(before))
    show.press("backspace")
    show.play(2 * SECOND, stride=FRAME)
    assert show.top == further


def test_where_nothing_was_before_previous_says_so(tmp_path: Path) -> None:
    """The first slide of all has none before it."""
    with Showing(tmp_path) as show:
        show.publish("a", "b")
        show.play(3 * SECOND)
        number = show.order("previous")
        show.play_until(lambda: show.ingest.orders.result(number) is not None, within=5 * SECOND)
        result = show.ingest.orders.result(number)
        show.play(30 * SECOND)
        assert result in {"refused: there is no slide before this one", "the slide before is up again"}
        assert len(show.slides) > 3


def test_after_a_restart_previous_is_the_slide_that_was_up(show: Showing) -> None:
    """The stored cues outlive the process."""
    up = show.top
    show.restart()
    show.frame()
    show.press("backspace")
    show.play(2 * SECOND, stride=FRAME)
    assert up in show.slides[-2:]
