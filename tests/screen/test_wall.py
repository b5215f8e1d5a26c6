"""The window as it was last wanted, up before anything is read that takes time."""

# pyright: reportPrivateUsage=false
# A test may look inside.

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pygame
import pytest

from player.errors import DrawError
from player.in_force import InForce
from player.library.library import open_library
from player.output.section import Output
from player.places import LAST_CLEAN
from player.render.protocol import Image
from player.screen import wall as walls
from player.screen.facade import Facade
from player.screen.governing import Seen
from player.screen.plate_alone import PlateAlone
from player.screen.wall import changed, first_wall, open_wall, restaged
from player.screen.window import Headless, Wanted
from player.settings import keep_clean, load
from player.show.layout import plate
from player.show.plan import Plan, plate_cue
from player.show.scene import Composition
from player.staging import stretched
from player.units import Size
from tests.fakes.clock import FakeClock
from tests.fakes.facade import two
from tests.fakes.rooms import stage_of

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
    assert wall.easel.canvas == Size(320, 180)
    assert wall.plate.canvas == Size(320, 180)
    assert wall.plate.ink
    wall.easel.close()


def test_another_size_is_another_wall(tmp_path: Path) -> None:
    """When the display settings change, the new wall has its own plate before the old one goes."""
    old = first_wall(str(tmp_path / "nowhere"), Size(320, 180))
    new = changed(old, Wanted(fullscreen=False, size=Size(180, 320)))
    assert new.plate.canvas == Size(180, 320)
    new.easel.close()


def test_a_wall_that_was_dark_is_dark_from_its_first_picture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its data folder is found though only the configuration names it; without the library, or light, the plate is up."""
    seen: list[bool] = []

    def look(self: Headless, image: Image, light: float) -> None:
        del self
        seen.append(light > 0 and bool(image[..., :3].any()))

    monkeypatch.setattr(Headless, "draw", look)
    keep(tmp_path)
    for light in (0.0, 1.0):
        with closing(open_library(tmp_path / "data", writer="test")) as library:
            library.orders.settle({}, light=light, at=1)
        wall = first_wall(None, Size(320, 180), str(tmp_path / "config.yaml"))
        assert wall.light == light
        wall = changed(wall, Wanted(fullscreen=False, size=Size(180, 320)), light=light)
        wall.easel.close()
    assert seen == [False, False, True, True]


def test_masks_that_were_moved_move_the_plate(tmp_path: Path) -> None:
    """It is laid out anew in what the outputs leave now, and what is up gives way to the next slide; else nothing is touched."""
    wall = first_wall(str(tmp_path / "nowhere"), Size(320, 180))
    up = Plan(Size(320, 180), (plate_cue(wall.plate, 0),))
    assert restaged(wall, None, up) == (wall, up)
    room = stretched(stage_of("left two thirds"), Size(320, 180)).room
    new, still_up = restaged(wall, room, up)
    assert new.plate == plate(replace(wall.stage, room=room), wall.typesetter)
    assert new.plate != wall.plate
    assert still_up
    assert [(cue.composition, cue.length) for cue in still_up.cues] == [(wall.plate, 0)]
    other, nothing = restaged(new, None, None)
    assert (other.plate, nothing) == (wall.plate, None)
    new.easel.close()


def test_a_plate_that_cannot_be_laid_out_anew_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A graphics card may have no room for another: nothing ends for that, and it is not tried at every turn."""
    wall = first_wall(str(tmp_path / "nowhere"), Size(320, 180))
    room = stretched(stage_of("left two thirds"), Size(320, 180)).room

    def refuse(composition: Composition, photos: object) -> None:
        del composition, photos
        raise DrawError("no room")

    monkeypatch.setattr(wall.renderer, "prepare", refuse)
    new, _ = restaged(wall, room, None)
    assert new.plate is wall.plate
    assert new.stage.room == room
    new.easel.close()


def test_the_next_wall_knows_what_was_seen_on_the_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that no flash is made of the end of one and the beginning of the other."""
    told: list[Seen | None] = []

    def open_facade(wanted: Wanted, seen: Seen | None = None) -> Facade:
        told.append(seen)
        return Facade(wanted.outputs, two(), FakeClock(), seen=seen)

    monkeypatch.setattr("player.screen.facade.open_facade", open_facade)
    outputs = (Output.model_validate({"id": "left", "display": "HDMI-1"}),)
    old = open_wall(Wanted(renderer="cpu", outputs=outputs, data=tmp_path))
    new = changed(old, Wanted(renderer="cpu", outputs=outputs, data=tmp_path, canvas=Size(100, 100)))
    new.easel.close()
    first, second = told
    assert first is None
    assert second is not None
    assert list(second) == ["left"]


def test_the_outputs_stay_with_their_masks_though_the_configuration_is_gone(tmp_path: Path) -> None:
    """Light would fall where masks keep it off; and the plate alone is put on the same wall."""
    (tmp_path / "config.yaml").write_text(
        "feeds: {}\nstorage: {data: data}\noutputs:\n"
        "- {id: wall, display: {size: 320x180}, masks: [{id: window, kind: drop, points: [[1, 1], [9, 1], [9, 9]]}]}\n"
    )
    configuration = load(tmp_path / "config.yaml").configuration
    assert configuration
    keep_clean(configuration)
    (tmp_path / "config.yaml").unlink()
    wall = first_wall(None, None, str(tmp_path / "config.yaml"))
    try:
        assert wall.wanted.outputs == configuration.settings.outputs
        before = wall.facade
        assert before
        PlateAlone(InForce(tmp_path / "config.yaml", None), wall, at_terminal=False, light=1.0)
        assert wall.facade is before
        ((_, shape),) = before.shaped.values()
        assert [mask.kind for mask in shape.masks] == ["drop"]
    finally:
        wall.easel.close()
