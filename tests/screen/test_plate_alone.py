"""The plate alone, while there is no configuration: dark and light are obeyed all the same."""

# pyright: reportPrivateUsage=false
# A test may look inside.

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import numpy as np
import pytest

from player.errors import DrawError
from player.heartbeat import Heartbeat
from player.in_force import InForce
from player.library import dark
from player.render.cpu import CpuRenderer
from player.render.protocol import Image
from player.screen.crew import Ending
from player.screen.easel import CpuEasel
from player.screen.films import Films
from player.screen.keyboard import Key
from player.screen.plate_alone import PlateAlone
from player.screen.wall import Wall
from player.screen.window import Headless, Pressed, Wanted
from player.show.layout import plate
from player.show.scene import Scene
from player.show.slide import Stage
from player.text.typeset import Typesetter
from player.units import SECOND, Nanos, Size
from tests.fakes.clock import FakeClock

SMALL: Final = Size(160, 90)
TICK: Final[Nanos] = SECOND // 10


class Seen(Headless):
    """A window that remembers whether each picture was black, and at which keys are pressed."""

    def __init__(self) -> None:
        super().__init__(Wanted(size=SMALL))
        self.blacks: list[bool] = []
        self.presses: list[Pressed | Key] = []

    def draw(self, image: Image, light: float) -> None:
        """Look at it."""
        self.blacks.append(light == 0 or not np.any(image[..., :3]))

    def pressed(self) -> Iterator[Pressed | Key]:
        """Yield what a test has pressed."""
        while self.presses:
            yield self.presses.pop(0)


class Script(FakeClock):
    """A clock at whose ticks something is done."""

    def __init__(self, *steps: Callable[[], object]) -> None:
        super().__init__()
        self._steps = list(steps)

    def wait(self, until: threading.Event, length: Nanos) -> bool:
        """Do the next thing; after the last of them it is over."""
        if self._steps:
            self._steps.pop(0)()
        else:
            until.set()
        return super().wait(until, length)


@pytest.fixture
def window() -> Seen:
    """Return a window that nobody sees."""
    return Seen()


def stays(
    folder: Path,
    window: Seen,
    *steps: Callable[[], object],
    light: float = 1.0,
    at_terminal: bool = False,
    ends: Ending = Ending.STOPPED,
) -> PlateAlone:
    """Let the plate alone be up, with *folder* as its data, while these are done, one after the other, until it *ends*."""
    typesetter = Typesetter()
    composition, renderer = plate(Stage(SMALL), typesetter), CpuRenderer(SMALL, typesetter, 1)
    renderer.prepare(composition, {})
    wall = Wall(
        Wanted(size=SMALL), CpuEasel(window, renderer), renderer, typesetter, composition, Stage(SMALL), Films(FakeClock()), light
    )
    alone = PlateAlone(InForce(folder / "none.yaml", str(folder)), wall, at_terminal=at_terminal, light=light)
    stopped = threading.Event()
    ending = alone.stay(Script(*steps), Heartbeat(None), stopped, threading.Event())
    assert ending is ends
    return alone


def nothing() -> None:
    """Let a tick pass."""


@pytest.mark.parametrize("at_terminal", [False, True])
def test_b_and_l_do_what_they_always_do(tmp_path: Path, window: Seen, *, at_terminal: bool) -> None:
    """Dark at once, and light again; what is not to be done here is not done."""

    def press(name: str) -> Callable[[], object]:
        return lambda: window.presses.append(Key(name))

    alone = stays(tmp_path, window, press("b"), press("space"), press("l"), press("+"), nothing, at_terminal=at_terminal)
    assert window.blacks == [False, True, False]
    assert alone.light == 1.0
    assert dark.demanded(tmp_path) is None


def test_what_was_made_dark_stays_so_for_whoever_comes_after(tmp_path: Path, window: Seen) -> None:
    """The key leaves the file behind, which a session obeys that has a configuration at last."""
    alone = stays(tmp_path, window, lambda: window.presses.append(Key("b")), nothing)
    assert alone.light == 0.0
    assert dark.demanded(tmp_path) is not None


def test_the_file_makes_it_dark_and_stays_for_whoever_comes_after(tmp_path: Path, window: Seen) -> None:
    """`touch DATA/dark` needs no configuration; the file is not taken away by one who cannot keep what it orders."""
    alone = stays(tmp_path, window, (tmp_path / "dark").touch, nothing, nothing)
    assert window.blacks == [False, True]
    assert alone.light == 0.0
    assert dark.demanded(tmp_path) is not None


def test_a_wall_that_was_dark_is_dark_and_keys_need_no_folder(tmp_path: Path, window: Seen) -> None:
    """Nothing flashes as it begins; where no file can be left it is dark and light all the same."""
    presses = [lambda: window.presses.append(Key("l")), lambda: window.presses.append(Key("b")), nothing]
    alone = stays(tmp_path / "nowhere", window, *presses, light=0.0)
    assert window.blacks == [True, False, True]
    assert alone.light == 0.0


def test_a_display_of_another_size_has_the_window_opened_anew(tmp_path: Path, window: Seen) -> None:
    """As a running show has it: whoever stays with the plate would be left with a window beside its display."""
    alone = stays(tmp_path, window, lambda: window.presses.append(Pressed.RESIZED), ends=Ending.RESIZED, light=0.0)
    assert alone.light == 0.0


def test_a_plate_that_cannot_be_drawn_is_tried_again_and_dark_all_the_same(
    tmp_path: Path, window: Seen, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing ends for want of memory; and to be dark takes no drawing."""

    def fail(self: CpuRenderer, scene: Scene, out: Image | None = None) -> Image:
        del self, scene, out
        raise DrawError("no memory")

    monkeypatch.setattr(CpuRenderer, "draw", fail)
    stays(tmp_path, window, nothing, lambda: window.presses.append(Key("b")), nothing, monkeypatch.undo)
    assert window.blacks == [True]
    stays(tmp_path, window, lambda: window.presses.append(Key("l")), nothing, light=0.0)
    assert window.blacks == [True, True, False]
