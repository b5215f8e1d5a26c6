"""A wall on a real X server, by either renderer: what is presented is seen there."""

# pyright: reportPrivateUsage=false
# A fake may look inside.

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Final

import numpy as np
import pygame
from numpy.typing import NDArray

from player.clock import SystemClock
from player.render.trial import act
from player.screen.wall import Wall, open_wall
from player.screen.window import Wanted
from player.show.plan import Plan, plate_cue, scene_at
from player.show.scene import Scene
from player.units import SECOND, Size

WITHIN: Final = 10 * SECOND
"""What anything may take; most of it takes a tenth of a second."""


class SeenWall:
    """A wall, and the frame loop that it has."""

    def __init__(self, wall: Wall, pixels: Callable[[], NDArray[np.uint8]]) -> None:
        self.wall, self._pixels = wall, pixels
        self.clock = SystemClock()
        self.scene: Scene | None = self.plate
        self.light = 1.0

    @property
    def plate(self) -> Scene:
        """The plate."""
        return scene_at(Plan(self.wall.easel.canvas, (plate_cue(self.wall.plate, 0),)), 0)

    def photo(self, size: Size) -> Scene:
        """Return a scene with a photo that stands between pixels."""
        still = act("still", size)
        for composition in still.compositions:
            self.wall.renderer.prepare(composition, still.photos)
        return still.scene_at(0.5)

    def present(self, scene: Scene | None, light: float = 1.0) -> NDArray[np.int16]:
        """Present something, and go round until nothing of it changes any more; return what is on the server's displays."""
        self.scene, self.light = scene, light
        self._draw()
        self.until(self._is_settled)
        return self.seen()

    def seen(self) -> NDArray[np.int16]:
        """Return what is on the server's displays, RGB, once all of it is there."""
        pygame.event.pump()
        before = self._pixels()
        end = self.clock.monotonic() + WITHIN
        while not np.array_equal(before, pixels := self._pixels()):
            assert self.clock.monotonic() < end, "the picture does not come to rest"
            before = pixels
        return pixels.astype(np.int16)

    def until(self, what: Callable[[], bool]) -> None:
        """Go round until *what* is so."""
        end = self.clock.monotonic() + WITHIN
        while not what():
            assert self.clock.monotonic() < end, "it took more than ten seconds"
            self.tick()

    def tick(self) -> None:
        """Go round once."""
        easel = self.wall.easel
        list(easel.pressed())
        again_at = easel.again_at
        if again_at is not None and again_at <= self.clock.monotonic():
            self._draw()
        easel.rest()

    def _draw(self) -> None:
        self.wall.easel.draw(self.scene, self.light)
        self.wall.easel.flip()

    def _is_settled(self) -> bool:
        facade = self.wall.facade or getattr(self.wall.easel, "facade", None)
        return self.wall.easel.again_at is None and (facade is None or facade._maker.is_done)


@contextmanager
def seen_wall(wanted: Wanted, pixels: Callable[[], NDArray[np.uint8]]) -> Generator[SeenWall]:
    """Open a wall with the plate on it, and take it away afterwards."""
    wall = open_wall(wanted)
    try:
        yield SeenWall(wall, pixels)
    finally:
        wall.easel.close()
