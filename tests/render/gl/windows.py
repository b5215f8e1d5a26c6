"""A process of its own for `test_gl_windows.py`: two windows, one canvas. Its display may end, which would end its user as well.

`python -m tests.render.gl.windows FOLDER` draws a photo's left half on the first window and its right half, upside down, on
the second; writes what was to be seen there, and waits for a line.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Final

import numpy as np
import pygame

from player.clock import SystemClock
from player.errors import DeviceLostError
from player.output.maps import maps_of
from player.output.shape import Light, Seat, plain
from player.render.cpu import CpuRenderer
from player.render.gl.context import name_of
from player.render.gl.mapping import Onto, Outlet
from player.render.gl.renderer import GlRenderer, View
from player.render.gl.sdl import Pane, ask_for_opengl
from player.render.trial import act
from player.units import Rect, Size
from tests.fakes.letters import FakeLetters

CANVAS: Final = Size(640, 240)
LEFT, RIGHT = Size(320, 200), Size(320, 240)
APART: Final = 400  # pixels from the left edge of one window to that of the other


def main(folder: Path) -> None:
    """Draw, say what, and wait."""
    pygame.display.init()
    ask_for_opengl()
    first = pygame.Window("one", LEFT, (0, 0), opengl=True, borderless=True)
    one = Pane(first.id)
    second = pygame.Window("two", RIGHT, (APART, 0), opengl=True, borderless=True)
    two = Pane(second.id)
    seats = (Seat(CANVAS, Rect(0, 0, *LEFT), LEFT), Seat(CANVAS, Rect(320, 0, *RIGHT), RIGHT, rotate=180))
    one.enter()
    waits = one.wait_for_display(wanted=True)
    renderer = GlRenderer(CANVAS, FakeLetters(), one.context, now=SystemClock().monotonic, enter=one.enter)
    outlets = [
        Outlet(pane.context, maps, Light(), window=Onto(pane.enter))
        for pane, maps in zip((one, two), maps_of([(seat, plain(seat.size)) for seat in seats]), strict=True)
    ]
    still = act("still", CANVAS)
    reference = CpuRenderer(CANVAS, FakeLetters())
    for composition in still.compositions:
        renderer.prepare(composition, still.photos)
        reference.prepare(composition, still.photos)
    scene = still.scene_at(1.0)
    for seed in range(3):
        renderer.compose(scene)
        renderer.show([View(outlet) for outlet in outlets], seed=seed)
        for pane, window in ((one, first), (two, second)):
            pane.enter()
            window.flip()
        renderer.upload()
    renderer.check()
    pygame.event.pump()  # sends what the X server has not been sent yet
    np.save(folder / "canvas.npy", reference.draw(scene)[..., 2::-1])
    told = {
        "waits": waits,
        "renderer": name_of(one.context),
        "errors": [pane.context.error for pane in (one, two)],
        "same": bool(np.array_equal(renderer.draw(scene), reference.draw(scene))),
    }
    print(json.dumps(told), flush=True)  # noqa: T201 - read by the test
    sys.stdin.readline()
    first.destroy()
    try:
        one.enter()
    except DeviceLostError:
        second.destroy()
        pygame.display.quit()
    else:
        sys.exit("a window that is gone was drawn on")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
