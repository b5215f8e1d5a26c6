"""Where one layer is put together as planes, and stays until something in it changes."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from player.render.clips import Frames
from player.render.layers import covers, order
from player.render.planes import Box, Planes, blank, box_of, copy, copy_rim, lay_part, wipe
from player.render.prepared import Prepared, Still
from player.render.raster import Scratch, lay_source
from player.render.scrim import lay_shade
from player.show.scene import Figure
from player.units import Size


class Desk:
    """The planes of one layer, and what lies on them."""

    def __init__(self, canvas: Size) -> None:
        self.planes: Planes = blank(canvas)
        self.prepared: Prepared | None = None
        self._canvas = canvas
        self._scratch = Scratch()
        self._figures: tuple[Figure, ...] | None = None
        self._serials: tuple[int, ...] = ()  # of each clip's frame that lies on the planes now; 0: none does
        self._boxes: tuple[Box | None, ...] = ()  # where they lie
        self._seen: list[float] = []  # of each figure that stands still: the opacity it has on the planes now

    def clear(self) -> None:
        """Forget what lies here, pixels included."""
        self.prepared, self._figures, self._serials, self._boxes, self._seen = None, None, (), (), []
        wipe(self.planes)
        self.wipe_scratch()

    def wipe_scratch(self) -> None:
        """Blacken what frames were made in; what lies on the desk stays."""
        self._scratch.wipe()

    def compose(self, prepared: Prepared, figures: tuple[Figure, ...], frames: Frames = ()) -> None:
        """Bring the planes to *prepared* with its *figures* and the *frames* of its clips as they are now.

        Does nothing when they lie so already.

        Raises:
            DrawError: a figure is not one of the composition's.
        """
        is_bared = any(serial and frame is None for serial, frame in zip(self._serials, frames, strict=False))
        self._compose(prepared, figures, is_new=prepared is not self.prepared or is_bared)
        serials = tuple(0 if frame is None else frame.serial for frame in frames)
        if serials == self._serials:
            return
        before, self._serials = self._serials or (0,) * len(frames), ()
        for frame, serial, box in zip(frames, before, prepared.clips, strict=True):
            if frame is not None and frame.serial != serial:
                lay_part(Planes(frame.luma, frame.chroma), box, self.planes)
        self._serials = serials

    def _compose(self, prepared: Prepared, figures: tuple[Figure, ...], *, is_new: bool) -> None:
        """Bring everything but clips to the planes, if it is not there."""
        if not is_new and figures == self._figures:
            return
        self._serials = ()  # of clips nothing is left, or something lies on them
        places = order(figures, prepared.last)
        self._figures = None  # whatever happens below, it is not what lay here
        if prepared.still is None:
            self._move(prepared, figures, places, is_new=is_new)
        else:
            self._appear(prepared, prepared.still, [(k, f.opacity) for k, f in zip(places, figures, strict=True)], is_new=is_new)
        self.prepared, self._figures = prepared, figures

    def _move(self, prepared: Prepared, figures: tuple[Figure, ...], places: Sequence[int], *, is_new: bool) -> None:
        boxes = tuple(box_of(figure.place, self._canvas) for figure in figures)
        if not any(covers(figure, *self._canvas) for figure in figures):
            if is_new or prepared.shades or not _grows(self._boxes, boxes, figures):
                copy(prepared.ground, self.planes)
            else:  # photos that grow hide all that they lay on; only where their edges are must the ground be whole again
                for box in boxes:
                    if box:
                        copy_rim(prepared.ground, box, self.planes)
        self._boxes = boxes
        for k, figure in zip(places, figures, strict=True):
            lay_source(prepared.sources[k], figure, self.planes, self._canvas, self._scratch)
        for shade in prepared.shades:
            lay_shade(shade, self.planes)

    def _appear(self, prepared: Prepared, still: Still, opacities: list[tuple[int, float]], *, is_new: bool) -> None:
        """Mix what changed since the last frame, tile by tile, between the ground and the complete picture."""
        if is_new:
            copy(prepared.ground, self.planes)
            self._seen = [0.0] * len(still.tiles)
        wanted = [0.0] * len(still.tiles)
        for k, opacity in opacities:
            wanted[k] = min(1.0, max(0.0, opacity))
        for tile, seen, opacity in zip(still.tiles, self._seen, wanted, strict=True):
            if tile is None or opacity == seen:
                continue
            for out, ground, whole, part in (
                (self.planes.luma, prepared.ground.luma, still.complete.luma, tile.luma),
                (self.planes.chroma, prepared.ground.chroma, still.complete.chroma, tile.chroma),
            ):
                if opacity in (0.0, 1.0):
                    np.copyto(out[part], whole[part] if opacity else ground[part])
                else:
                    cv2.addWeighted(whole[part], opacity, ground[part], 1.0 - opacity, 0.0, dst=out[part])
        self._seen = wanted


def _grows(before: tuple[Box | None, ...], now: tuple[Box | None, ...], figures: Sequence[Figure]) -> bool:
    """Whether every figure is opaque and hides at least where it was."""
    return (
        len(before) == len(now)
        and all(old is None or (new is not None and new.holds(old)) for old, new in zip(before, now, strict=True))
        and all(figure.opacity >= 1 for figure in figures)
    )
