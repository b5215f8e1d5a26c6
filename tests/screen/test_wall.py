"""The window as it was last wanted, up before anything is read that takes time."""

# pyright: reportPrivateUsage=false
# A test may look inside.

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing
from pathlib import Path

import pygame
import pytest

from player.library.library import open_library
from player.places import LAST_CLEAN
from player.render.protocol import Image
from player.screen import wall as walls
from player.screen.wall import changed, first_wall
from player.screen.window import Wanted
from player.settings import keep_clean, load
from player.units import Size

CONFIG = "feeds: {{}}\ndisplay: {{size: 800x450, fps: 25, rotate: 90, fullscreen: false}}\nstorage: {{data: {data}}}\n"


@pytest.fixture(autouse=True)
def _unseen(monkeypatch: pytest.MonkeyPatch) -> Generator[None]:
    """No display but one that nobody sees."""
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    yield
    pygame.display.quit()


def keep(folder: Path) -> None:
    """Start once with a clean configuration."""
    (folder / "config.yaml").write_text(CONFIG.format(data=folder / "data"))
    configuration = load(folder / "config.yaml").configuration
    assert configuration
    keep_clean(configuration)


def test_the_display_is_remembered(tmp_path: Path) -> None:
    """After one clean start, the window opens as it was last wanted, without the configuration being read."""
    assert walls._remembered(tmp_path / "data", None) == Wanted()
    keep(tmp_path)
    assert walls._remembered(tmp_path / "data", None) == Wanted(fullscreen=False, size=Size(800, 450), fps=25.0, rotate=90)


@pytest.mark.parametrize("content", ["", "{", "[]", '{"settings": 7}', '{"settings": {"display": {"size": [1]}}}'])
def test_what_cannot_be_read_of_it_is_not_remembered(tmp_path: Path, content: str) -> None:
    """A damaged copy is no reason to stay dark: the window opens as it does for the first time."""
    (tmp_path / LAST_CLEAN).write_text(content)
    assert walls._remembered(tmp_path, None) == Wanted()


def test_the_command_line_beats_what_is_remembered(tmp_path: Path) -> None:
    """With --windowed the display's own size and full screen do not count; its rotation does."""
    keep(tmp_path)
    wanted = walls._remembered(tmp_path / "data", Size(640, 360))
    assert wanted == Wanted(fullscreen=False, size=Size(640, 360), fps=25.0, rotate=90)


def test_the_first_picture_is_the_plate(tmp_path: Path) -> None:
    """A wall has the plate prepared for its own canvas, whatever is in the data folder."""
    wall = first_wall(str(tmp_path / "nowhere"), Size(320, 180))
    assert wall.window.canvas == Size(320, 180)
    assert wall.plate.canvas == Size(320, 180)
    assert wall.plate.ink
    wall.window.close()


def test_another_size_is_another_wall(tmp_path: Path) -> None:
    """When the display settings change, the new wall has its own plate before the old one goes."""
    old = first_wall(str(tmp_path / "nowhere"), Size(320, 180))
    new = changed(old, Wanted(fullscreen=False, size=Size(180, 320)))
    assert new.plate.canvas == Size(180, 320)
    new.window.close()


def test_a_wall_that_was_dark_is_dark_from_its_first_picture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its data folder is found though only the configuration names it; without the library, or light, the plate is up."""
    seen: list[bool] = []
    real = walls.dim

    def dim(image: Image, light: float) -> None:
        real(image, light)
        seen.append(bool(image[..., :3].any()))

    monkeypatch.setattr(walls, "dim", dim)
    keep(tmp_path)
    for light in (0.0, 1.0):
        with closing(open_library(tmp_path / "data", writer="test")) as library:
            library.orders.settle({}, light=light, at=1)
        wall = first_wall(None, Size(320, 180), str(tmp_path / "config.yaml"))
        assert wall.light == light
        wall = changed(wall, Wanted(fullscreen=False, size=Size(180, 320)), light=light)
        wall.window.close()
    assert seen == [False, False, True, True]
