"""A graphics card's windows on displays that come and go."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import numpy as np
import pygame
import pytest

pytest.importorskip("moderngl", reason="needs moderngl (x86-64)")

from player.errors import OperatorError
from player.render.gl.sdl import Home
from player.screen.facade import Standing
from player.screen.window import Wanted
from tests.fakes.seen_wall import SeenWall, seen_wall
from tests.fakes.xorg import LARGE, LEFT_AND_RIGHT, SIDE_BY_SIDE, SMALL, Xorg, two_displays

OUTPUTS, CANVAS = LEFT_AND_RIGHT, SIDE_BY_SIDE


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Generator[Xorg]:
    """An X server with two displays side by side, whose windows can have OpenGL; skipped where there is none to be had."""
    with two_displays(tmp_path, monkeypatch) as started:
        pygame.display.init()
        try:
            Home().close()
        except OperatorError as error:
            pytest.skip(f"needs OpenGL on Xorg (Debian: sudo apt install libgl1-mesa-dri): {error}")
        yield started


def test_two_displays_are_one_wall_whatever_happens_to_one(server: Xorg) -> None:
    """Each shows its part of one canvas; one goes and the other goes on; it comes back, and in another size."""
    with seen_wall(Wanted(outputs=OUTPUTS, canvas=CANVAS, renderer="gl"), server.pixels) as wall:
        assert wall.wall.draws.startswith("GPU")
        photo = wall.photo(CANVAS)
        canvas = np.asarray(wall.wall.renderer.draw(photo)[..., 2::-1], np.int16)
        assert np.abs(wall.present(photo)[:360, :1280] - canvas).max() <= 1

        server.take("DUMMY1")
        wall.until(lambda: standing(wall).display is None)
        assert np.abs(wall.present(photo)[:360, :640] - canvas[:, :640]).max() <= 1

        server.set("DUMMY1", SMALL, right_of="DUMMY0")
        wall.until(lambda: standing(wall).display is not None)
        assert np.abs(wall.present(photo)[:360, :1280] - canvas).max() <= 1

        server.set("DUMMY1", LARGE)
        wall.until(lambda: (found := standing(wall).display) is not None and found.size == LARGE)
        seen = wall.present(photo)
        assert seen[590, 640:1440].any()
        assert np.abs(seen[:360, :640] - canvas[:, :640]).max() <= 1


def standing(wall: SeenWall) -> Standing:
    """Return how the right output stands."""
    assert wall.wall.facade is not None
    return wall.wall.facade.standings()[1]
