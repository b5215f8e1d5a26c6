"""The whole way, on displays that an X server has: found, covered, lost, found again, and of another size."""

from __future__ import annotations

from collections.abc import Callable, Generator
from pathlib import Path
from typing import Final

import numpy as np
import pytest

from player.clock import SystemClock
from player.render.protocol import Image
from player.screen.facade import Facade
from player.screen.panes import SdlPanes
from player.units import SECOND
from tests.fakes.xorg import LARGE, LEFT_AND_RIGHT, SIDE_BY_SIDE, SMALL, Xorg, two_displays

RED, BLUE, EMPTY = (200, 0, 0), (0, 0, 200), (255, 255, 255)
WITHIN: Final = 10 * SECOND
"""What a display that comes back may take; a second is usual."""
OUTPUTS, CANVAS = LEFT_AND_RIGHT, SIDE_BY_SIDE


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Generator[Xorg]:
    """An X server with two displays side by side; skipped where there is none to be had."""
    with two_displays(tmp_path, monkeypatch) as started:
        yield started


class Loop:
    """What the frame loop does with a window, in real time."""

    def __init__(self, facade: Facade, clock: SystemClock) -> None:
        self.facade, self.clock = facade, clock
        self.image: Image = np.full((CANVAS.height, CANVAS.width, 4), (0, 0, 200, 255), np.uint8)
        self.image[:, CANVAS.width // 2 :] = (200, 0, 0, 255)

    def until(self, what: Callable[[], bool]) -> None:
        """Go round until *what* is so."""
        end = self.clock.monotonic() + WITHIN
        while not what():
            assert self.clock.monotonic() < end, "it took more than ten seconds"
            list(self.facade.pressed())
            again_at = self.facade.again_at
            if again_at is not None and again_at <= self.clock.monotonic():
                self.facade.draw(self.image, 1.0)
                self.facade.flip()


def colour(server: Xorg, x: int, y: int = 180) -> tuple[int, ...]:
    """Return what is seen at a place of the desktop; white is what no window covers."""
    pixels = server.pixels()
    return tuple(int(each) for each in pixels[y, x]) if y < pixels.shape[0] and x < pixels.shape[1] else EMPTY


def test_two_displays_are_one_wall_whatever_happens_to_one(server: Xorg) -> None:
    """Each shows its part; one goes and the other goes on; it comes back, and in another size; and nothing is left at the end."""
    clock, panes = SystemClock(), SdlPanes(lambda _: iter(()))
    facade = Facade(OUTPUTS, panes, clock)
    try:
        loop = Loop(facade, clock)
        assert facade.canvas == CANVAS
        facade.draw(loop.image, 1.0)
        facade.flip()
        loop.until(lambda: colour(server, 320) == RED and colour(server, 960) == BLUE)

        server.take("DUMMY1")
        loop.until(lambda: facade.standings()[1].display is None)
        assert server.pixels().shape[:2] == (360, 640)
        assert colour(server, 320) == RED

        server.set("DUMMY1", SMALL, right_of="DUMMY0")
        loop.until(lambda: colour(server, 960) == BLUE)
        assert facade.standings()[1].why == ""

        server.set("DUMMY1", LARGE)
        loop.until(lambda: colour(server, 1400, 590) == BLUE)
        assert colour(server, 320) == RED
        assert facade.standings()[1].display is not None
    finally:
        facade.close()
    assert colour(server, 320) == EMPTY


def test_displays_that_were_all_switched_off_come_back(server: Xorg, caplog: pytest.LogCaptureFixture) -> None:
    """X then lists none: that is an answer like another, and it goes on being asked."""
    clock, panes = SystemClock(), SdlPanes(lambda _: iter(()))
    facade = Facade(OUTPUTS, panes, clock)
    try:
        loop = Loop(facade, clock)
        facade.draw(loop.image, 1.0)
        facade.flip()
        loop.until(lambda: colour(server, 320) == RED and colour(server, 960) == BLUE)
        server.take("DUMMY1")
        server.take("DUMMY0")
        loop.until(lambda: not any(each.display for each in facade.standings()))
        assert "there are: none" in facade.standings()[0].why
        server.set("DUMMY0", SMALL)
        loop.until(lambda: colour(server, 320) == RED)
        server.set("DUMMY1", SMALL, right_of="DUMMY0")
        loop.until(lambda: colour(server, 960) == BLUE)
        assert "X does not tell" not in caplog.text
    finally:
        facade.close()


def test_windows_come_back_after_every_display_was_gone(server: Xorg) -> None:
    """A wall without any display goes on without one, and is bound again."""
    clock, panes = SystemClock(), SdlPanes(lambda _: iter(()))
    facade = Facade(OUTPUTS[1:], panes, clock, canvas=CANVAS)
    try:
        loop = Loop(facade, clock)
        facade.draw(loop.image, 1.0)
        facade.flip()
        loop.until(lambda: colour(server, 960) == BLUE)
        server.take("DUMMY1")
        loop.until(lambda: facade.standings()[0].display is None)
        facade.draw(loop.image, 1.0)
        facade.flip()
        server.set("DUMMY1", SMALL, right_of="DUMMY0")
        loop.until(lambda: colour(server, 960) == BLUE)
    finally:
        facade.close()
