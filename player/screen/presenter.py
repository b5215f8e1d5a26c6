"""Brings pictures onto the window: drawn ahead, shown at their tick, kept for the preview, and for viewers elsewhere."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from player import log
from player.clock import Clock
from player.errors import DrawError
from player.render.protocol import Image
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
        self._serials: tuple[int, ...] = ()
        """Of the frames of films in it."""
        self.tick: Nanos = 0
        """When what is being drawn is to be shown (monotonic)."""
        self.waited: Nanos = 0
        """For that tick."""
        self._is_fresh = True
        """What is presented is not in the preview yet."""
        self._is_untapped = True
        """Nor was it handed over for viewers elsewhere."""
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
        # Asked before it is drawn: a frame that comes meanwhile is drawn twice rather than missed.
        serials = self._easel.serials(picture.scene) if picture.scene is not None else ()
        if picture == self.presented and serials == self._serials and not self.is_due(monotonic):
            self.presented = picture  # the same but for its instant, which the frames of films go by
            return True
        is_previewed, is_tapped = self._writer.wants_preview(monotonic), self._writer.tap.wants(monotonic)
        look = self._look(picture, monotonic, is_previewed=is_previewed) if is_previewed or is_tapped else None
        if not self._draw(picture, look):
            return False
        self._is_fresh, self._is_untapped = not is_previewed, not is_tapped
        self._wait_for_tick()
        self._easel.flip()
        self._trace.presented(monotonic)
        self.presented, self._serials = picture, serials
        return True

    def keep_preview(self, monotonic: Nanos) -> None:
        """Let the preview follow, and viewers elsewhere, each at their own pace."""
        if not self.presented:
            return
        writer = self._writer
        writer.tap.beat(monotonic)
        is_previewed = self._is_fresh and writer.wants_preview(monotonic)
        is_tapped = writer.tap.wants(monotonic) and (self._is_untapped or writer.tap.is_empty)
        if is_previewed or is_tapped:
            self._draw_again(self.presented, monotonic, is_previewed=is_previewed)

    def show_preview(self, monotonic: Nanos) -> None:
        """Draw what is up once more for the preview: then nothing else is there, where frames are made, nor elsewhere."""
        self._writer.tap.wipe()
        self._is_untapped = True
        if self.presented:
            self._draw_again(self.presented, monotonic, is_previewed=True)

    def _draw_again(self, picture: Picture, monotonic: Nanos, *, is_previewed: bool) -> None:
        is_tapped = self._writer.tap.wants(monotonic)
        if self._draw(picture, self._look(picture, monotonic, is_previewed=is_previewed)):
            self._is_fresh = self._is_fresh and not is_previewed
            self._is_untapped = not is_tapped

    def _look(self, picture: Picture, monotonic: Nanos, *, is_previewed: bool) -> Look:
        def look(image: Image) -> None:
            if is_previewed:
                self._writer.preview(image, picture.light, monotonic)
            self._writer.tap.take(image, picture.light, monotonic)

        return look

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
