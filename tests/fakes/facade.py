"""A façade on displays that are arrays, with the loop that presents on it."""

# pyright: reportPrivateUsage=false
# A fake may look inside.

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import Final

import numpy as np

from player.calibration.kept import Shapes
from player.output.section import Output
from player.render.protocol import Image
from player.screen.facade import Facade, Standing
from player.screen.keyboard import Key
from player.screen.window import Pressed
from player.units import MILLISECOND, SECOND, Size
from tests.fakes.clock import FakeClock
from tests.fakes.displays import FakePanes, display

Written = Mapping[str, object]

LEFT: Final[Written] = {"id": "left", "display": "HDMI-1", "crop": [0, 0, 320, 180]}
RIGHT: Final[Written] = {"id": "right", "display": "HDMI-2", "crop": [320, 0, 320, 180]}
CANVAS: Final = Size(640, 180)
RED, BLUE = (0, 0, 200, 255), (200, 0, 0, 255)


class Wall:
    """A façade with its displays, its clock, and a loop that presents when it is asked to."""

    def __init__(self, panes: FakePanes, *written: Written, shapes: Shapes = Output.shape) -> None:
        self.panes, self.clock = panes, FakeClock()
        self.outputs = tuple(Output.model_validate(each) for each in written)
        self.facade = Facade(self.outputs, panes, self.clock, shapes=shapes)
        self.light = 1.0
        canvas = self.facade.canvas
        self.image: Image = np.full((canvas.height, canvas.width, 4), 255, np.uint8)
        self.image[:, : canvas.width // 2] = RED
        self.image[:, canvas.width // 2 :] = BLUE

    def present(self) -> None:
        """Present the picture."""
        self.facade.draw(self.image, self.light)
        self.facade.flip()

    def settle(self) -> None:
        """Let everything that is being made be there and seen, without any time passing but what displays take."""
        self.clock.advance(SECOND)
        self.tick()
        self.finish()

    def finish(self) -> None:
        """Wait for the threads that make maps, and let the loop go round."""
        for _ in range(4):
            for future in (self.facade._maker._sketching, self.facade._maker._drafting):
                if future is not None:
                    future.result()
            self.clock.advance(500 * MILLISECOND)
            self.tick()
        assert self.facade._maker.is_done

    def tick(self) -> list[Pressed | Key]:
        """Go round the loop once; return what was pressed."""
        pressed = list(self.facade.pressed())
        again_at = self.facade.again_at
        if again_at is not None and again_at <= self.clock.monotonic():
            self.present()
        return pressed

    def colour(self, socket: str) -> tuple[int, ...] | None:
        """Return what is seen in the middle of a display."""
        seen = self.panes.seen(socket)
        return None if seen is None else tuple(int(value) for value in seen[seen.shape[0] // 2, seen.shape[1] // 2])

    def standing(self, output: str) -> Standing:
        """Return how an output stands."""
        return next(each for each in self.facade.standings() if each.id == output)


@contextmanager
def wall(panes: FakePanes, *written: Written, shapes: Shapes = Output.shape) -> Generator[Wall]:
    """A wall that is taken down again."""
    made = Wall(panes, *(written or (LEFT, RIGHT)), shapes=shapes)
    try:
        yield made
    finally:
        made.facade.close()
        assert not panes.is_open


def two() -> FakePanes:
    """Two displays side by side."""
    return FakePanes([display(0), display(1, left=320)])
