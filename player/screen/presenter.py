"""Brings pictures onto the window: drawn ahead, shown at their tick, kept for the preview."""

from __future__ import annotations

import threading
from dataclasses import dataclass

import numpy as np

from player import log
from player.clock import Clock
from player.errors import DrawError
from player.output.light import black, dim
from player.render.protocol import Image, Renderer
from player.screen.trace import Trace
from player.screen.window import Window
from player.screen.writer import Writer
from player.show.scene import Scene
from player.units import Nanos

_log = log.get("screen")


@dataclass(frozen=True, slots=True)
class Picture:
    """What is on the window: equal pictures look alike."""

    scene: Scene | None
    """None: nothing, it is dark."""
    light: float = 1.0


DARK = Picture(None, 0.0)


class Presenter:
    """Draws what is not up yet, and nothing else."""

    def __init__(self, window: Window, renderer: Renderer, writer: Writer, *, clock: Clock, trace: Trace) -> None:
        self._window = window
        self._renderer = renderer
        self._writer = writer
        self._clock = clock
        self._trace = trace
        self._never = threading.Event()
        self.presented: Picture | None = None
        self.tick: Nanos = 0
        """When what is being drawn is to be shown (monotonic)."""
        self.waited: Nanos = 0
        """For that tick."""
        self._is_fresh = True
        """What is presented is not in the preview yet."""
        self._drawing = log.Edge(_log, begins="a picture could not be drawn; the last one stays", ends="pictures are drawn again")

    @property
    def scene(self) -> Scene | None:
        """What of a show is up; None while it is dark."""
        return self.presented.scene if self.presented else None

    def present(self, picture: Picture, monotonic: Nanos) -> bool:
        """Present *picture*; return whether that is what is up now."""
        if picture == self.presented:
            return True
        image = self._drawn(picture)
        if image is None:
            return False
        self._is_fresh = not self._writer.wants_preview(monotonic)
        if not self._is_fresh:
            self._writer.preview(image, monotonic)  # before it is presented: then the memory is the window's again
        self._wait_for_tick()
        self._window.present(image)
        self._trace.presented(monotonic)
        self.presented = picture
        return True

    def keep_preview(self, monotonic: Nanos) -> None:
        """Let the preview follow, at its own pace."""
        if self._is_fresh and self.presented and self._writer.wants_preview(monotonic):
            self.show_preview(monotonic)

    def show_preview(self, monotonic: Nanos) -> None:
        """Draw what is up once more for the preview: after that nothing else is there, nor where frames are made."""
        image = self._drawn(self.presented) if self.presented else None
        if image is not None:
            self._writer.preview(image, monotonic)
            self._is_fresh = False

    def _wait_for_tick(self) -> None:
        """Wait until what was drawn is to be shown."""
        now = self._clock.monotonic()
        if self.tick > now:
            self._clock.wait(self._never, self.tick - now)
            self.waited += self._clock.monotonic() - now

    def _drawn(self, picture: Picture) -> Image | None:
        """Draw *picture*; None when that fails, which only a fault of ours can make it do. Dark never fails."""
        if picture.scene is None:
            return self._black()
        try:
            image = self._renderer.draw(picture.scene, self._window.memory())
        except DrawError as error:
            self._drawing.note("draw", holds=True, why=str(error))
            return None
        self._drawing.note("draw", holds=False)
        dim(image, picture.light)
        return image

    def _black(self) -> Image:
        image = self._window.memory()
        if image is None:
            image = np.empty((self._window.canvas.height, self._window.canvas.width, 4), np.uint8)
        black(image)
        return image
