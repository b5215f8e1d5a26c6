"""What pictures are made and shown with: a renderer and a window, joined so that no one else need know which ones they are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Protocol, TypeAlias

import numpy as np

from player.output.light import black
from player.render.protocol import Image, Renderer
from player.screen.keyboard import Key
from player.screen.window import Pressed, Window
from player.show.scene import Scene
from player.units import Nanos, Size

Look: TypeAlias = Callable[[Image], None]
"""Is shown a canvas, BGRA, before its light; it may keep a copy, never the canvas."""


class Easel(Protocol):
    """Makes pictures where nobody sees them, and shows them at their tick."""

    @property
    def canvas(self) -> Size:
        """The size of what is drawn, before it is rotated or mapped."""
        ...

    @property
    def fps(self) -> float:
        """How many pictures a second it can show."""
        ...

    @property
    def again_at(self) -> Nanos | None:
        """When the picture is to be drawn again though it stands still (monotonic; 0: now; None: never)."""
        ...

    def draw(self, scene: Scene | None, light: float, look: Look | None = None) -> None:
        """Draw *scene* as bright as *light* says, 0 to 1 as it looks; None is black. Nobody sees it before `flip`.

        Args:
            scene: Its compositions were prepared.
            light: At 0 everything is black.
            look: Is shown the canvas meanwhile; asked for seldom, since a graphics card must be read for it.

        Raises:
            DrawError: it cannot be drawn; what is up stays.
        """
        ...

    def serials(self, scene: Scene) -> tuple[int, ...]:
        """Return which frames of its films *scene* would show now: with others it is to be drawn again, though it is equal."""
        ...

    def flip(self) -> None:
        """Show what was drawn."""
        ...

    def rest(self) -> None:
        """Do what takes time and no picture waits for: once a frame, after it is up, and while nothing moves as well."""
        ...

    def pressed(self) -> Iterator[Pressed | Key]:
        """Yield what happened since the last call."""
        ...

    def close(self) -> None:
        """Take everything off the displays."""
        ...


class CpuEasel:
    """Pictures drawn by the processor, in a window's own memory where that can be."""

    def __init__(self, window: Window, renderer: Renderer) -> None:
        """Draw with *renderer* for *window*."""
        self._window = window
        self._renderer = renderer

    @property
    def canvas(self) -> Size:
        """The window's."""
        return self._window.canvas

    @property
    def fps(self) -> float:
        """The window's."""
        return self._window.fps

    @property
    def again_at(self) -> Nanos | None:
        """The window's."""
        return self._window.again_at

    def draw(self, scene: Scene | None, light: float, look: Look | None = None) -> None:
        """Draw *scene*; see `Easel`."""
        image = self._blank() if scene is None else self._renderer.draw(scene, self._window.memory())
        if look is not None:
            look(image)
        self._window.draw(image, 0.0 if scene is None else light)

    def serials(self, scene: Scene) -> tuple[int, ...]:
        """Return which frames it would show; see `Easel`."""
        return self._renderer.serials(scene)

    def flip(self) -> None:
        """Show it."""
        self._window.flip()

    def rest(self) -> None:
        """Forget pictures that were released: in the dark, or while one stands still, nothing is drawn over them."""
        self._renderer.forget()

    def pressed(self) -> Iterator[Pressed | Key]:
        """Yield what happened at the window."""
        return self._window.pressed()

    def close(self) -> None:
        """Take the window away."""
        self._window.close()

    def _blank(self) -> Image:
        image = self._window.memory()
        if image is None:
            image = np.empty((self._window.canvas.height, self._window.canvas.width, 4), np.uint8)
        black(image)
        return image
