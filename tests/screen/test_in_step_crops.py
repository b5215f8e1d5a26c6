"""A wall of two machines, each with its part of one canvas: put together, what their displays show is that canvas."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from player.output.section import Output
from player.render.protocol import Image
from player.screen.facade import Facade
from player.units import MILLISECOND, SECOND, Size
from tests.fakes.clock import OPENING, FakeClock
from tests.fakes.displays import FakePanes, display
from tests.fakes.drawn_wall import KINDS, DrawnWall, items_of
from tests.fakes.in_step import synced
from tests.fakes.wall import CANVAS

NAMES = [f"{'p' if n % 3 == 0 else 'l'}{n}" for n in range(9)]
HALF = Size(CANVAS.width // 2, CANVAS.height)


def shown(image: Image, left: int) -> Image:
    """Return what the one display of a machine shows that has the half of the canvas from *left* on."""
    panes, clock = FakePanes([display(0, size=HALF)]), FakeClock()
    output = Output.model_validate({"id": "half", "display": "HDMI-1", "crop": [left, 0, *HALF]})
    facade = Facade((output,), panes, clock, canvas=CANVAS, shapes=Output.shape)
    try:
        for _ in range(6):
            clock.advance(SECOND)
            facade.draw(image, 1.0)
            facade.flip()
            tuple(facade.pressed())
            for future in (facade._maker._sketching, facade._maker._drafting):  # pyright: ignore[reportPrivateUsage]
                if future is not None:
                    future.result()
        seen = panes.seen("HDMI-1")
        assert seen is not None
        return seen.copy()
    finally:
        facade.close()


def test_the_halves_of_two_machines_are_the_whole(tmp_path: Path) -> None:
    """To the last pixel, amid a fade. Where light is mapped, each machine dithers with its own noise, of a code."""
    frames: list[Image] = []
    for name, names in (("a", NAMES), ("b", NAMES[::-1])):
        with DrawnWall(tmp_path / name, show=synced(KINDS), clock=FakeClock()) as wall:
            wall.publish(*names)
            wall.release(items=items_of(NAMES))
            wall.play(OPENING + 22 * SECOND + 700 * MILLISECOND - wall.clock.wall(), stride=50 * MILLISECOND)
            assert wall.slot
            assert wall.is_fading
            frames.append(wall.drawing.frame().copy())
    left, right = shown(frames[0], 0), shown(frames[1], HALF.width)
    assert np.array_equal(np.concatenate([left, right], axis=1)[..., :3], frames[0][..., :3])
    assert np.array_equal(frames[0], frames[1])
