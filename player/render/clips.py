"""Frames of moving sources, as renderers ask for them: of the right size, or none at all."""

from __future__ import annotations

from typing import TypeAlias

from player import log
from player.render.layers import visible
from player.render.planes import Box
from player.render.protocol import Frame, Moving
from player.show.scene import Clip, Layer, Scene

Frames: TypeAlias = tuple[Frame | None, ...]
"""Of each clip of a layer; None: there is none."""

_log = log.get("render")


def clip_box(clip: Clip) -> Box:
    """Return the pixels of *clip*, on even ones, however much of it lies on the canvas."""
    place = clip.place
    left, top = 2 * round(place.x / 2), 2 * round(place.y / 2)
    return Box(left, top, left + 2 * max(1, round(place.width / 2)), top + 2 * max(1, round(place.height / 2)))


class Clips:
    """Asks for frames. For the thread that draws."""

    def __init__(self, moving: Moving | None) -> None:
        """Ask *moving*; None: nothing moves here, and the ground is seen."""
        self._moving = moving
        self._misfit = log.Edge(
            _log, begins="a film's frames have another size than its place: they are not shown", ends="they have its size again"
        )

    def frames(self, layer: Layer) -> Frames:
        """Return what each clip of *layer* shows now: nothing where the frame's size is not its place's."""
        return tuple(self._frame(clip, layer) for clip in layer.composition.clips)

    def serials(self, scene: Scene) -> tuple[int, ...]:
        """Return which frames *scene* shows now, 0 where there is none."""
        if self._moving is None:
            return ()
        found = (frame for layer in visible(scene.layers) for frame in self.frames(layer))
        return tuple(0 if frame is None else frame.serial for frame in found)

    def _frame(self, clip: Clip, layer: Layer) -> Frame | None:
        frame = None if self._moving is None else self._moving.frame(clip, layer.at)
        if frame is None:
            return None
        box = clip_box(clip)
        width, height = box.right - box.left, box.bottom - box.top
        is_fit = frame.luma.shape == (height, width) and frame.chroma.shape == (height // 2, width // 2, 2)
        self._misfit.note(clip.source, holds=not is_fit, place=f"{width}x{height}", frame=str(frame.luma.shape[::-1]))
        return frame if is_fit else None
