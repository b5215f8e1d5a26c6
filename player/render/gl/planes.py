"""Where one layer is put together on the GPU, as luma and chroma, and stays until something in it changes."""

from __future__ import annotations

from math import ceil, floor
from typing import Final, NamedTuple

import moderngl
import numpy as np
from numpy.typing import NDArray

from player.render.clips import Frames
from player.render.gl.clips import Screen, screen_of
from player.render.gl.passes import Blend, Pass, Target, array_of
from player.render.gl.pictures import Picture, Plane, Tiles, Tone
from player.render.gl.shaders import FIGURE, LAY, QUAD, TILE, TILES, flame
from player.render.layers import covers, order
from player.render.planes import even
from player.render.spans import PAD
from player.show.scene import Figure
from player.units import Size

_BEYOND: Final = 1e6  # an edge that no pixel is crossed by
_STEPS: Final = (1, 2)  # canvas pixels that one of luma, and one of chroma, covers


class Brushes:
    """The programs that put layers together, for all of them."""

    def __init__(self, context: moderngl.Context) -> None:
        """Compile them."""
        self.context = context
        self.lay = Pass(context, LAY, QUAD)
        self.figure = Pass(context, FIGURE, QUAD)
        self.tile = Pass(context, TILE, TILES)
        self.flame = Pass(context, flame(), QUAD, ("body", "halo"))
        self._buffer: moderngl.Buffer | None = None
        self._arrays: tuple[moderngl.VertexArray, ...] = ()

    def lay_tiles(self, tiles: Tiles, opacities: NDArray[np.float32], on: tuple[Target, Target]) -> None:
        """Mix in each of *tiles* at its opacity."""
        shown = opacities > 0
        count = int(shown.sum())
        if not count:
            return
        rows = np.ascontiguousarray(np.hstack([tiles.boxes[shown], opacities[shown, None]]), np.float32)
        arrays = self._filled(rows)
        for target, sheet, array in zip(on, (tiles.complete.luma, tiles.complete.chroma), arrays, strict=True):
            self.tile.ready(target.frame, target.size, [sheet.texture], blend=Blend.OVER)
            array.render(moderngl.TRIANGLE_STRIP, vertices=4, instances=count)

    def _filled(self, rows: NDArray[np.float32]) -> tuple[moderngl.VertexArray, ...]:
        """Return the arrays that luma and chroma are drawn from, with *rows* in them."""
        if self._buffer is None or self._buffer.size < rows.nbytes:
            if self._buffer is not None:
                for array in self._arrays:
                    array.release()
                self._buffer.release()
            self._buffer = buffer = self.context.buffer(reserve=2 * rows.nbytes, dynamic=True)
            self._arrays = tuple(
                array_of(self.context, self.tile.program, [(buffer, layout, "box", "opacity")])
                for layout in ("4f 16x 1f/i", "16x 4f 1f/i")
            )
        self._buffer.orphan()
        self._buffer.write(rows)
        return self._arrays


class Desk:
    """The planes of one layer, and what lies on them."""

    def __init__(self, brushes: Brushes, canvas: Size) -> None:
        """Make room for a layer of *canvas*, its sides made even: chroma has one value for two pixels."""
        width, height = even(canvas)
        self.luma = Target(brushes.context, Size(width, height), 1, "nu2")
        self.chroma = Target(brushes.context, Size(width // 2, height // 2), 2, "nu2")
        self.picture: Picture | None = None
        self._brushes = brushes
        self._canvas = canvas
        self._figures: tuple[Figure, ...] | None = None
        self._screens: dict[int, Screen] = {}
        self._serials: tuple[int, ...] = ()  # of each clip's frame that lies on the planes now; 0: none does
        self.clear()

    def clear(self) -> None:
        """Forget what lies here, pixels included."""
        self.picture, self._figures, self._serials = None, None, ()
        self._release_screens()
        self.luma.clear(16 / 255)
        self.chroma.clear(128 / 255, 128 / 255)

    def release(self) -> None:
        """Free its memory."""
        self.luma.release()
        self.chroma.release()
        self._release_screens()

    def _release_screens(self) -> None:
        for screen in self._screens.values():
            screen.release()
        self._screens.clear()

    def compose(self, picture: Picture, figures: tuple[Figure, ...], frames: Frames = ()) -> None:
        """Bring the planes to *picture* with its *figures* and the *frames* of its clips as they are now.

        Does nothing when they lie so already.

        Raises:
            DrawError: a figure is not one of the composition's, or its pixels are not up yet.
        """
        if picture is not self.picture:
            self._release_screens()
        is_bared = any(serial and frame is None for serial, frame in zip(self._serials, frames, strict=False))
        if picture is not self.picture or figures != self._figures or is_bared:
            self._serials = ()  # of clips nothing is left
            self._compose(picture, figures)
        serials = tuple(0 if frame is None else frame.serial for frame in frames)
        if serials == self._serials:
            return
        self._serials = ()  # until all of them lie there
        for k, frame in enumerate(frames):
            if frame is None:
                continue
            if k not in self._screens:
                self._screens[k] = screen_of(self._brushes.context, picture.clips[k])
            self._screens[k].take(frame)
            self._screens[k].lay(self._brushes.lay, picture.clips[k], (self.luma, self.chroma))
        self._serials = serials

    def _compose(self, picture: Picture, figures: tuple[Figure, ...]) -> None:
        """Bring everything but clips to the planes."""
        places = order(figures, picture.last)
        self._figures = None  # whatever happens below, it is not what lay here
        if picture.tiles is not None:
            self._lay_ground(picture)
            opacities = np.zeros(len(picture.last), np.float32)
            opacities[list(places)] = np.clip([figure.opacity for figure in figures], 0.0, 1.0)
            self._brushes.lay_tiles(picture.tiles, opacities, (self.luma, self.chroma))
        else:
            if not any(covers(figure, *self._canvas) for figure in figures):
                self._lay_ground(picture)
            for k, figure in zip(places, figures, strict=True):
                for target, plane, step in zip((self.luma, self.chroma), picture.figures[k], _STEPS, strict=True):
                    self._lay_figure(plane, figure, target, step)
        self._lay_veils(picture)
        self.picture, self._figures = picture, figures

    def _lay_ground(self, picture: Picture) -> None:
        ground = picture.ground
        if isinstance(ground, Tone):
            self.luma.clear(ground.luma)
            self.chroma.clear(*ground.chroma)
        else:
            for target, sheet in ((self.luma, ground.luma), (self.chroma, ground.chroma)):
                self._brushes.lay.draw(target, [sheet.texture], inputs={"place": (0.0, 0.0), "strength": 1.0})

    def _lay_figure(self, plane: Plane, figure: Figure, target: Target, step: int) -> None:
        """Draw *figure*, sampled between the pixels of *plane*, onto *target*, whose pixels cover *step* of the canvas's."""
        place, view, part, sheet = figure.place, figure.view, plane.part, plane.sheet
        across = _way((place.x / step, place.width / step), (view.x, view.width), (part.x, part.width), sheet.columns - 2 * PAD)
        down = _way((place.y / step, place.height / step), (view.y, view.height), (part.y, part.height), sheet.rows - 2 * PAD)
        left, right = _seen(place.x / step, place.right / step, self._canvas.width / step)
        top, bottom = _seen(place.y / step, place.bottom / step, self._canvas.height / step)
        if figure.opacity <= 0 or min(across.stride, down.stride) <= 0 or right <= left or bottom <= top:
            return
        edges = (
            *_edges(place.x / step, place.right / step, self._canvas.width / step),
            *_edges(place.y / step, place.bottom / step, self._canvas.height / step),
        )
        self._brushes.figure.draw(
            target,
            [sheet.texture],
            box=(left, top, right, bottom),
            blend=Blend.OVER,
            inputs={
                "edges": (edges[0], edges[2], edges[1], edges[3]),
                "sight": (across.origin, down.origin, across.stride, down.stride),
                "opacity": min(1.0, figure.opacity),
            },
        )

    def _lay_veils(self, picture: Picture) -> None:
        for veil in picture.veils:
            for target, sheet, step in ((self.luma, veil.luma, 1), (self.chroma, veil.chroma, 2)):
                left, top, right, bottom = (float(edge // step) for edge in veil.box)
                self._brushes.lay.draw(
                    target,
                    [sheet.texture],
                    box=(left, top, right, bottom),
                    blend=Blend.SHADE,
                    inputs={"place": (left, top), "strength": 1.0},
                )


class _Way(NamedTuple):
    """Along one axis, from pixels of a target to places in a texture, 0 to 1."""

    origin: float
    """Where the target's first edge lies."""
    stride: float
    """How far a pixel of the target is."""


def _way(place: tuple[float, float], view: tuple[float, float], part: tuple[float, float], pixels: int) -> _Way:
    """Return the way of a figure whose *view* is drawn to *place*, out of *pixels* that are *part* of the photo.

    Each is a start and a length; beside *pixels* there are PAD more on both sides.
    """
    if place[1] <= 0:
        return _Way(0.0, 0.0)
    by = pixels / part[1]
    scale = view[1] * by / place[1]
    whole = pixels + 2 * PAD
    return _Way((PAD + (view[0] - part[0]) * by - place[0] * scale) / whole, scale / whole)


def _seen(start: float, end: float, limit: float) -> tuple[float, float]:
    """Return the first whole pixel that is touched, and one past the last."""
    return float(max(0, floor(start))), float(ceil(min(end, limit)))


def _edges(start: float, end: float, limit: float) -> tuple[float, float]:
    """Return where pixels are covered in part; one on the target's own edge is covered wholly."""
    return -_BEYOND if start <= 0 else start, _BEYOND if end >= limit else end
