"""Windows that do not last, and windows that insist on a size of their own."""

from __future__ import annotations

from typing import Final

import numpy as np

from player.screen.displays import Found
from player.screen.hanging import OPEN_AGAIN, PATIENCE, Hanging
from player.units import SECOND, Size
from tests.fakes.clock import FakeClock
from tests.fakes.displays import FakePane, FakePanes, display
from tests.fakes.facade import BLUE, Wall, wall

SMALL: Final = Size(200, 100)


class Stubborn(FakePanes):
    """Displays, one of which gives every window a size of its own."""

    def __init__(self) -> None:
        super().__init__([display(0), display(1, left=320)])
        self.gives: Size | None = SMALL
        self.opened = 0

    def open(self, found: Found) -> FakePane:
        """Open a window; whatever a window manager makes of it."""
        pane = super().open(found)
        if found.socket == "HDMI-2":
            self.opened += 1
            if self.gives is not None:
                give(pane, self.gives)
        return pane


def give(pane: FakePane, size: Size) -> None:
    """Make a window another size."""
    pane.memory = np.zeros((size.height, size.width, 4), np.uint8)


def run(there: Wall, seconds: float, *, is_moving: bool = True) -> None:
    """Go round the loop sixty times a second."""
    for _ in range(round(60 * seconds)):
        there.clock.advance(SECOND // 60)
        there.tick()
        if is_moving:
            there.present()


def test_a_window_that_insists_on_another_size_is_not_opened_for_ever() -> None:
    """A few times; then the picture is shown in the size that it got, and the canvas stays as it is."""
    for is_moving in (True, False):
        panes = Stubborn()
        with wall(panes) as there:
            there.present()
            there.finish()
            run(there, 10, is_moving=is_moving)
            there.finish()
            opened = panes.opened
            assert opened <= PATIENCE + 1
            run(there, 10, is_moving=is_moving)
            assert panes.opened == opened
            seen = panes.seen("HDMI-2")
            assert seen is not None
            assert seen.shape[:2] == (SMALL.height, SMALL.width)
            assert there.colour("HDMI-2") == BLUE
            assert there.facade.sizes["right"] == SMALL
            assert there.facade.canvas == Size(640, 180)


def test_what_is_resized_again_is_followed_and_stays_up() -> None:
    """Somebody makes it larger, and at last the whole display: it is opened no more often for that."""
    panes = Stubborn()
    with wall(panes) as there:
        there.present()
        run(there, 8)
        there.finish()
        opened = panes.opened
        for size in (Size(260, 140), Size(320, 180)):
            give(panes.window("HDMI-2"), size)
            run(there, 1)
            there.finish()
            assert there.facade.sizes["right"] == size
            assert there.colour("HDMI-2") == BLUE
        assert panes.opened == opened


def test_a_display_of_which_the_size_counts_does_not_move_the_canvas() -> None:
    """A canvas without crops is as large as the display, not as the window that insists: else the wall would open for ever."""
    panes = Stubborn()
    panes.there = panes.there[1:]
    with wall(panes, {"id": "a", "display": "HDMI-2"}) as there:
        there.present()
        for _ in range(20 * 60):
            there.clock.advance(SECOND // 60)
            assert there.tick() == []
            there.present()
        assert there.facade.canvas == Size(320, 180)
        assert there.facade.sizes["a"] == SMALL


def hung() -> tuple[Hanging, FakePanes, FakeClock, Found]:
    """Return a wall of one display."""
    panes, clock = FakePanes([display(0)]), FakeClock()
    return Hanging(panes, clock), panes, clock, panes.look()[0]


def test_a_window_is_opened_again_at_once_and_then_after_a_pause() -> None:
    """One that was put away is back in the next frame; when that goes on, nothing flickers."""
    hanging, panes, clock, found = hung()
    opened = 0
    for _ in range(600):
        if hanging.is_due(found, clock.monotonic()):
            hanging.open(found, clock.monotonic())
            opened += 1
        panes.window("HDMI-1").is_sound = False
        assert hanging.ready() == []
        clock.advance(SECOND // 60)
        if not hanging.is_due(found, clock.monotonic()):
            clock.advance(OPEN_AGAIN)
    assert opened == 600
    hanging.close()


def test_one_that_lasted_is_opened_again_at_once() -> None:
    """However often that has been so in a year."""
    hanging, panes, clock, found = hung()
    for _ in range(10):
        assert hanging.is_due(found, clock.monotonic())
        hanging.open(found, clock.monotonic())
        clock.advance(OPEN_AGAIN)
        give(panes.window("HDMI-1"), SMALL)
        assert hanging.ready() == []


def test_a_display_that_changes_its_mode_is_not_kept_waiting() -> None:
    """Windows went because the size was not known yet; with another one there is another chance."""
    hanging, panes, clock, found = hung()
    hanging.open(found, clock.monotonic())
    for _ in range(PATIENCE):
        give(panes.window("HDMI-1"), SMALL)
        assert hanging.ready() == []
        if hanging.is_due(found, clock.monotonic()):
            hanging.open(found, clock.monotonic())
    assert not hanging.is_due(found, clock.monotonic())
    panes.resize("HDMI-1", SMALL)
    (other,) = panes.look()
    assert hanging.is_due(other, clock.monotonic())
    hanging.open(other, clock.monotonic())
    assert [pane.size for pane in hanging.ready()] == [SMALL]
    hanging.close()
