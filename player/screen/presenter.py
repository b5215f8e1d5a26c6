"""Brings pictures onto the window: drawn ahead, shown at their tick, kept for the preview."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from player import log
from player.clock import Clock
from player.errors import DrawError
from player.screen.easel import Easel, Look
from player.screen.trace import Trace
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

    def __init__(self, easel: Easel, writer: Writer, *, clock: Clock, trace: Trace) -> None:
        self._easel = easel
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

    def is_due(self, monotonic: Nanos) -> bool:
        """Whether what is up is to be drawn again by then, though nothing of it has changed: light comes back, or a display."""
        again_at = self._easel.again_at
        return again_at is not None and again_at <= monotonic

    def present(self, picture: Picture, monotonic: Nanos) -> bool:
        """Present *picture*; return whether that is what is up now."""
        if picture == self.presented and not self.is_due(monotonic):
            return True
        is_looked_at = self._writer.wants_preview(monotonic)
        if not self._draw(picture, self._look(picture, monotonic) if is_looked_at else None):
            return False
        self._is_fresh = not is_looked_at
        self._wait_for_tick()
        self._easel.flip()
        self._trace.presented(monotonic)
        self.presented = picture
        return True

    def keep_preview(self, monotonic: Nanos) -> None:
        """Let the preview follow, at its own pace."""
        if self._is_fresh and self.presented and self._writer.wants_preview(monotonic):
            self.show_preview(monotonic)

    def show_preview(self, monotonic: Nanos) -> None:
        """Draw what is up once more for the preview: after that nothing else is there, nor where frames are made."""
        if self.presented and self._draw(self.presented, self._look(self.presented, monotonic)):
            self._is_fresh = False

    def _look(self, picture: Picture, monotonic: Nanos) -> Look:
        return lambda image: self._writer.preview(image, picture.light, monotonic)

    def _wait_for_tick(self) -> None:
        """Wait until what was drawn is to be shown."""
        now = self._clock.monotonic()
        if self.tick > now:
            self._clock.wait(self._never, self.tick - now)
            self.waited += self._clock.monotonic() - now

    def _draw(self, picture: Picture, look: Look | None) -> bool:
        """Draw *picture*; return False when that fails, which only a fault of ours can make it do. Dark never fails."""
        try:
            self._easel.draw(picture.scene, picture.light, look)
        except DrawError as error:
            self._drawing.note("draw", holds=True, why=str(error))
            return False
        if picture.scene is not None:
            self._drawing.note("draw", holds=False)
        return True
