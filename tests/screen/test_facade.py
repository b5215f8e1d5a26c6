"""Several displays as one wall: what is seen on each of them, whatever happens to the others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from player.screen.hanging import OPEN_AGAIN
from player.screen.keyboard import Key
from player.screen.window import Pressed
from player.units import MILLISECOND, SECOND, Size
from tests.fakes.displays import BARE, SIZE, FakePanes, display
from tests.fakes.facade import BLUE, CANVAS, LEFT, RED, RIGHT, two, wall


def test_the_first_picture_is_seen_on_every_output() -> None:
    """No output is black while its maps are made; and all windows are flipped after all are drawn."""
    panes = two()
    with wall(panes) as there:
        assert there.facade.canvas == CANVAS
        assert there.facade.fps == 50
        assert there.facade.memory() is None
        assert panes.windows == []
        there.present()
        assert there.colour("HDMI-1") == RED
        assert there.colour("HDMI-2") == BLUE
        assert panes.flips == ["HDMI-1", "HDMI-2"]
        there.finish()
        assert there.standing("left").made is not None
        assert all(each.made is not None and each.made.is_whole for each in there.facade.standings())
        assert there.colour("HDMI-1") == RED


def test_a_picture_that_stands_still_is_not_asked_for_again() -> None:
    """Once all maps are there and nothing is held back."""
    with wall(two()) as there:
        there.present()
        there.finish()
        assert there.facade.again_at is None
        there.facade.refresh()
        assert there.facade.again_at == 0
        there.present()
        assert there.facade.again_at is None


def test_a_lost_output_stops_no_other_and_comes_back() -> None:
    """Pulled out, it is told once; plugged in again, it shows the picture at the next look, though its number is another."""
    panes = two()
    with wall(panes) as there:
        there.present()
        there.finish()
        gone = panes.pull("HDMI-1")
        there.settle()
        assert [pane.found.socket for pane in panes.windows] == ["HDMI-2"]
        assert panes.window("HDMI-2").has_focus
        assert there.standing("left").display is None
        assert "is not there; there are: EPSON PJ 320x180 on HDMI-2" in there.standing("left").why
        there.present()
        assert there.colour("HDMI-2") == BLUE
        panes.plug(gone)
        there.clock.advance(SECOND)
        there.tick()
        assert there.colour("HDMI-1") == RED
        assert there.standing("left").why == ""


def test_lost_and_back_is_logged_once_each(caplog: pytest.LogCaptureFixture) -> None:
    """However long it is away."""
    panes = two()
    with wall(panes) as there, caplog.at_level("INFO"):
        there.present()
        gone = panes.pull("HDMI-2")
        for _ in range(5):
            there.settle()
        panes.plug(gone)
        there.settle()
        told = [record.getMessage() for record in caplog.records]
    assert sum("an output has no display; the others go on" in line for line in told) == 1
    assert sum("an output has its display" in line for line in told) == 1


def test_displays_are_looked_at_once_a_second_and_soon_after_something_stirred() -> None:
    """Not at every frame; but a hint is taken."""
    panes = two()
    with wall(panes) as there:
        there.present()
        there.finish()
        looks = panes.looks
        for _ in range(50):
            there.clock.advance(20 * MILLISECOND)
            there.tick()
        assert panes.looks - looks <= 2
        there.clock.advance(SECOND)
        there.tick()
        looks = panes.looks
        panes.stir()
        there.tick()
        there.clock.advance(250 * MILLISECOND)
        there.tick()
        assert panes.looks == looks + 1


def test_without_any_display_the_wall_runs_until_one_comes() -> None:
    """Headless first; then the canvas has the size of what came, so the window is asked for anew."""
    panes = FakePanes()
    with wall(panes, {"id": "wall"}) as there:
        assert there.facade.canvas == Size(1920, 1080)
        there.present()
        assert there.standing("wall").why == "its display is not there; there are: none"
        panes.plug(display(0))
        there.clock.advance(SECOND)
        assert there.tick() == [Pressed.RESIZED]
    with wall(panes, {"id": "wall"}) as anew:
        assert anew.facade.canvas == SIZE
        anew.present()
        assert anew.colour("HDMI-1") in {RED, BLUE}


def test_a_display_that_changes_its_size_goes_on_without_black() -> None:
    """The old window stays until there are maps for the new size, and goes after the new one was seen."""
    panes = two()
    with wall(panes) as there:
        there.present()
        there.finish()
        panes.resize("HDMI-2", Size(400, 240))
        there.clock.advance(SECOND)
        there.tick()
        assert panes.window("HDMI-2").found.size == SIZE
        assert there.colour("HDMI-2") == BLUE
        there.finish()
        (window,) = (pane for pane in panes.windows if pane.found.socket == "HDMI-2")
        assert window.found.size == Size(400, 240)
        assert window.shown is not None
        assert (window.shown[..., :3] != BARE).any()
        assert there.colour("HDMI-2") == BLUE
        assert there.facade.canvas == CANVAS


def test_a_display_that_moves_on_the_desktop_gets_a_window_there() -> None:
    """With the maps that it has: another display beside it went."""
    panes = two()
    with wall(panes) as there:
        there.present()
        there.finish()
        panes.there[1] = replace(panes.there[1], left=0)
        there.clock.advance(SECOND)
        there.tick()
        assert [pane.found.left for pane in panes.windows] == [0, 0]
        assert there.colour("HDMI-2") == BLUE


@pytest.mark.parametrize("how", ["closed", "broken", "resized"])
def test_a_window_that_is_lost_is_opened_again(how: str, caplog: pytest.LogCaptureFixture) -> None:
    """Closed or put away by somebody, not to be flipped, or made another size: told once, opened again, the other goes on."""
    panes = two()
    with wall(panes) as there:
        there.present()
        there.finish()
        window = panes.window("HDMI-1")
        if how == "closed":
            window.is_sound = False
        elif how == "broken":
            window.is_broken = True
        else:
            window.memory = window.memory[:90]
        flips = panes.window("HDMI-2").flips
        there.present()
        assert panes.window("HDMI-2").flips == flips + 1
        there.clock.advance(OPEN_AGAIN)
        there.settle()
        assert panes.window("HDMI-1") is not window
        assert not window.is_open
        assert there.colour("HDMI-1") == RED
    assert sum("a window is lost; it is opened again" in record.getMessage() for record in caplog.records) == 1


def test_a_display_that_takes_no_window_is_tried_again_later() -> None:
    """Not at every frame; the others are not kept waiting."""
    panes = two()
    panes.refused.add("HDMI-1")
    with wall(panes) as there:
        there.present()
        there.finish()
        assert there.colour("HDMI-2") == BLUE
        assert panes.seen("HDMI-1") is None
        panes.refused.clear()
        there.clock.advance(OPEN_AGAIN)
        there.settle()
        assert there.colour("HDMI-1") == RED


def test_dark_is_dark_on_all_outputs_at_once() -> None:
    """In the very frame, black lift included."""
    with wall(two(), {**LEFT, "black": 0.01}, {**RIGHT, "black": 0.01}) as there:
        there.present()
        there.light = 0.0
        there.present()
        for socket in ("HDMI-1", "HDMI-2"):
            seen = there.panes.seen(socket)
            assert seen is not None
            assert not seen[..., :3].any()


def test_keys_of_all_windows_come_through() -> None:
    """As from one window."""
    panes = two()
    with wall(panes) as there:
        panes.presses = [Key("b"), Pressed.ESCAPE, Pressed.CLOSE]
        assert list(there.facade.pressed()) == [Key("b"), Pressed.ESCAPE, Pressed.CLOSE]


def test_a_picture_can_be_forgotten() -> None:
    """Wherever frames are made nothing of a withdrawn photo is left, once the next picture is up."""
    with wall(two()) as there:
        there.present()
        there.finish()
        there.facade.wipe()
        there.present()
        assert there.colour("HDMI-1") == RED


def test_keys_may_end_the_loop_in_the_middle() -> None:
    """Whoever stops listening breaks nothing."""
    panes = two()
    with wall(panes) as there:
        panes.presses = [Key("b"), Key("l")]
        first: Iterator[Pressed | Key] = there.facade.pressed()
        assert next(first) == Key("b")
        there.present()
