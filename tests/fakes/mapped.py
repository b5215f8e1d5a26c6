"""A whole show on a façade of two overlapping outputs, with a hand at the keyboard: displays are arrays, files are real."""

# pyright: reportPrivateUsage=false
# A fake may look inside.

from __future__ import annotations

import json
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import numpy as np

from player.calibration.kept import kept_shapes
from player.calibration.shelf import Shelf
from player.library.heard import STATUS
from player.output.section import Output
from player.output.shape import Point, Shape
from player.render.protocol import Image
from player.screen.easel import CpuEasel, Easel, Look
from player.screen.facade import Facade
from player.screen.fitting import Fitting
from player.screen.keyboard import Key
from player.screen.window import Pressed
from player.show.scene import Scene
from player.units import MILLISECOND, SECOND, Nanos, Size
from tests.fakes.clock import FakeClock
from tests.fakes.displays import FakePanes, display
from tests.fakes.facade import Written
from tests.fakes.letters import FakeLetters
from tests.fakes.showing import Showing
from tests.fakes.wall import CANVAS, FakeRenderer, FakeWindow, grey_of

LEFT: Final[Written] = {"id": "left", "display": "HDMI-1", "crop": [0, 0, 340, 360]}
RIGHT: Final[Written] = {"id": "right", "display": "HDMI-2", "crop": [300, 0, 340, 360]}
COLOUR: Final = 8  # codes that channels differ by
SOME: Final = 0.001  # of an output's pixels: less is no card, and no handles
SOCKETS: Final = {"left": "HDMI-1", "right": "HDMI-2"}


class MappedEasel:
    """Draws for the oracle's window, and the same grey onto the façade."""

    def __init__(self, window: FakeWindow, renderer: FakeRenderer, facade: Facade) -> None:
        self._inner = CpuEasel(window, renderer)
        self._facade = facade
        self.canvas = facade.canvas
        self.fps = 60.0

    @property
    def again_at(self) -> Nanos | None:
        """The façade's."""
        return self._facade.again_at

    def draw(self, scene: Scene | None, light: float, look: Look | None = None) -> None:
        """Draw it twice."""
        self._inner.draw(scene, light, look)
        grey = 0 if scene is None else grey_of(scene)
        self._facade.draw(np.full((self.canvas.height, self.canvas.width, 4), grey, np.uint8), light if scene else 0.0)

    def serials(self, scene: Scene) -> tuple[int, ...]:
        """Return which frames it would show."""
        return self._inner.serials(scene)

    def flip(self) -> None:
        """Show it twice."""
        self._inner.flip()
        self._facade.flip()

    def rest(self) -> None:
        """Nothing is left to do."""

    def pressed(self) -> Iterator[Pressed | Key]:
        """Yield what the test pressed, and what happened at displays."""
        yield from self._inner.pressed()
        yield from self._facade.pressed()

    def close(self) -> None:
        """Be gone."""
        self._facade.close()


class Mapped(Showing):
    """A show on two outputs."""

    def __init__(self, folder: Path, *written: Written, panes: FakePanes | None = None) -> None:
        self.panes = panes or FakePanes([display(0), display(1, left=320)])
        self.written = [Output.model_validate(each) for each in (written or (LEFT, RIGHT))]
        self.fitting: Fitting | None = None
        self.facade: Facade | None = None
        self.has_outputs = True
        """Whether the configuration has any, when it is read again."""
        super().__init__(folder, clock=FakeClock())

    def _open_screen(self) -> None:
        super()._open_screen()
        self._open_wall()

    def _open_wall(self) -> None:
        if self.facade:
            self.facade.close()
            self.panes.is_open = True
        self.facade = Facade(self.written, self.panes, self.clock, canvas=CANVAS, shapes=kept_shapes(self.folder))

    def _hung(self) -> tuple[Easel, Fitting | None]:
        self.fitting = Fitting(self.wall, self.writer.shelving, FakeLetters(), self.clock) if self.has_outputs else None
        return MappedEasel(self.window, self.renderer, self.wall), self.fitting

    def _end(self, *, in_order: bool) -> None:
        super()._end(in_order=in_order)
        if self.fitting:
            self.fitting.close()

    def __exit__(self, *arguments: object) -> None:
        """End everything."""
        super().__exit__(*arguments)
        self.wall.close()

    def reopen_wall(self) -> None:
        """Close all windows and open them anew, in the middle of it all."""
        self._end(in_order=True)
        self._open_wall()
        self._begin(self.loop.handover)

    @property
    def wall(self) -> Facade:
        """The façade."""
        assert self.facade is not None
        return self.facade

    def happen(self, *what: Pressed | Key) -> None:
        """Press keys, and let a frame pass."""
        self.window.presses += what
        self.frame()

    def strokes(self, *names: str) -> None:
        """Press keys one after another, a frame each."""
        for name in names:
            self.happen(Pressed.ESCAPE if name == "escape" else Key(name))

    def settle(self) -> None:
        """Let maps be made, and be seen."""
        for _ in range(4):
            for future in (self.wall._maker._sketching, self.wall._maker._drafting):
                if future is not None:
                    future.result()
            for _ in range(3):
                self.frame(200 * MILLISECOND)
        assert self.wall._maker.is_done

    def shape(self, output: str) -> Shape:
        """Return the shape that the wall goes by."""
        return self.wall.shaped[output][1]

    def corner(self, output: str) -> Point:
        """Return its top left corner."""
        return self.shape(output).corners[0]

    def on(self, output: str) -> Image:
        """Return what is on an output's display."""
        found = self.panes.seen(SOCKETS[output])
        assert found is not None
        return found

    @property
    def writer_told(self) -> dict[str, object]:
        """What the screen said of itself last."""
        found: dict[str, object] = json.loads((self.folder / STATUS).read_bytes())
        return found

    def kept(self) -> list[str]:
        """Return what the history says was changed, the newest first."""
        entries = Shelf(self.folder).history()
        assert all(entry.calibration for entry in entries)
        return [entry.calibration.what for entry in entries if entry.calibration]

    @property
    def size(self) -> Size:
        """Of each display."""
        return self.panes.there[0].size


@contextmanager
def mapped(folder: Path, *written: Written, panes: FakePanes | None = None) -> Generator[Mapped]:
    """Return a show of a few photos on two outputs, running."""
    with Mapped(folder, *written, panes=panes) as show:
        show.publish("a", "b", "c")
        show.play(4 * SECOND)
        show.settle()
        yield show


def is_coloured(image: Image) -> bool:
    """Whether anything but the picture is there, which is grey."""
    channels = image[..., :3].astype(int)
    return float(((channels.max(axis=2) - channels.min(axis=2)) > COLOUR).mean()) > SOME


def is_lit(image: Image) -> bool:
    """Whether there is any light."""
    return bool(image[..., :3].any())


def differ(image: Image, other: Image) -> int:
    """Return by how many codes two pictures differ at most."""
    return int(np.abs(image.astype(int) - other.astype(int)).max())
