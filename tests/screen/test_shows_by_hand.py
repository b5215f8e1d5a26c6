"""Putting a show on by hand, and the schedule that is there again afterwards."""

# pyright: reportPrivateUsage=false
# A test may look inside.

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path
from typing import cast

import pytest

from player.units import SECOND
from tests.fakes.operated import WORDS, operated, plays
from tests.fakes.showing import FRAME, Showing


@pytest.fixture
def show(tmp_path: Path) -> Generator[Showing]:
    """Return a wall that an operator is about to touch."""
    with operated(tmp_path) as showing:
        yield showing


def test_a_show_is_put_on_by_its_number(show: Showing) -> None:
    """Its first slide is there within a second, by a fade; the schedule is there again within a second after `auto`."""
    show.press("3")
    show.play(SECOND, stride=FRAME)
    assert plays(show) == "words"
    assert not show.up - show.leaving
    show.press("a")
    show.play(SECOND, stride=FRAME)
    assert plays(show) == "wall"
    assert show.top


@pytest.mark.parametrize("how", ["auto", "end", "its time"])
def test_the_schedule_is_there_again_within_a_second_without_black(show: Showing, how: str) -> None:
    """Frame by frame: something is up in full light at every instant, and the first slide of the schedule within a second."""
    assert show.obeyed("go", "words", "for", "30s") == "words is on for 30 s"
    ends = show.clock.wall() + 30 * SECOND
    show.play(20 * SECOND)
    if how == "its time":
        show.play_until(lambda: show.clock.wall() >= ends - SECOND, stride=FRAME)
        ended = show.loop._billing.manual.until or 0
    else:
        show.obeyed(how)
        ended = show.clock.wall()
    while plays(show) != "wall" or show.is_fading:
        show.frame()  # the oracle looks as well: nothing is seen through, nothing is empty
        presented = show.loop.presenter.presented
        assert presented
        assert presented.light == 1
        assert show.window.scene
        assert show.window.scene.layers[0].opacity == 1
        assert show.clock.wall() < ended + 3 * SECOND
    assert show.loop.reel.cue.start <= ended + SECOND
    assert show.top


def test_the_log_tells_a_bad_evening_again(show: Showing, caplog: pytest.LogCaptureFixture) -> None:
    """Who ordered what, and what became of it; which show began, once each."""
    caplog.set_level("INFO")
    show.obeyed("go", "words", "for", "30s")
    show.play(5 * SECOND)
    show.obeyed("next")
    told = [(record.getMessage(), cast("dict[str, object]", record.__dict__["fields"])) for record in caplog.records]
    assert [fields["show"] for event, fields in told if event == "a show begins"].count("words") == 1
    orders = [(fields["order"], fields["answer"]) for event, fields in told if event == "an order"]
    assert orders[0] == ("go words for 30 s", "words is on for 30 s")
    assert len(orders) == 2


def test_a_show_by_hand_ends_at_its_time(show: Showing) -> None:
    """The schedule's first slide is ready by then, and begins in the very frame, by a fade."""
    assert show.obeyed("go", "words", "for", "20s") == "words is on for 20 s"
    until = show.loop._billing.manual.until
    assert until
    show.play_until(lambda: plays(show) == "words", stride=FRAME)
    show.play_until(lambda: plays(show) == "wall", stride=FRAME)
    cue = show.loop.reel.cue
    assert cue.start == until
    assert cue.fade > 0
    assert show.loop._billing.manual.show is None


def test_a_show_by_hand_is_on_again_after_a_restart(show: Showing) -> None:
    """Until its time, which goes on in between."""
    show.obeyed("go", "facade", "for", "1h")
    show.play(10 * SECOND)
    show.restart(in_order=False)
    show.play(10 * SECOND)
    assert plays(show) == "facade"
    show.clock.advance(3600 * SECOND)
    show.poll()
    show.play(10 * SECOND)
    assert plays(show) == "wall"


def test_a_show_that_is_gone_after_a_restart_is_not_waited_for(show: Showing) -> None:
    """What was put on by hand and has been taken out of the playlists is forgotten."""
    show.obeyed("go", "facade")
    show.others = (WORDS,)
    show.restart()
    show.play(10 * SECOND)
    assert plays(show) == "wall"


def test_each_show_goes_on_where_it_stood(show: Showing) -> None:
    """Going away and coming back skips nothing and repeats nothing."""
    place = show.loop._billing.place("wall")
    show.obeyed("go", "words")
    show.play(20 * SECOND)
    assert show.loop._billing.place("wall").ordinal == place.ordinal
    show.obeyed("auto")
    show.play(SECOND, stride=FRAME)
    assert show.loop.reel.cue.seed
    assert show.loop._billing.place("wall").ordinal == place.ordinal + 1


def test_setting_the_clock_does_not_shorten_what_was_put_on_by_hand(show: Showing) -> None:
    """Five minutes are five minutes; the show that is on stays on."""
    show.obeyed("go", "facade", "for", "5m")
    show.play(10 * SECOND)
    show.clock.step(200 * SECOND)
    show.blind(3 * SECOND)
    show.poll()
    show.play(270 * SECOND)
    assert plays(show) == "facade"
    show.play(30 * SECOND)
    assert plays(show) == "wall"
