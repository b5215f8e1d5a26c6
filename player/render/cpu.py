"""The CPU renderer: moving pictures as planes, ink in full colour on top, and a still picture drawn once.

Photos, grounds and scrims are mixed as luma and chroma and converted at the end; a canvas whose grounds are all fills
is filled in RGB and only the figures on it are converted, so that a fill is exactly its colour in every frame.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Final, NamedTuple, TypeAlias

import cv2
import numpy as np

from player.errors import DrawError
from player.render.clips import Clips, Frames
from player.render.desk import Desk
from player.render.flame import lay_flame
from player.render.ink import Coverer, Patch, lay_patch
from player.render.layers import inks, visible, weights
from player.render.planes import Box, Planes, blank, box_of, clipped, even, mix, part_to_bgra, to_bgra, wipe
from player.render.prepared import Prepared, patches_of, prepare
from player.render.protocol import Image, Moving
from player.render.raster import Scratch
from player.render.subtitles import Subtitles
from player.show.scene import Composition, Fill, Ink, Layer, Scene, Spoken
from player.units import Digest, Size

_OPAQUE: Final = 0xFF000000  # black

Patches: TypeAlias = tuple[tuple[Ink, Patch], ...]


class _Shown(NamedTuple):
    """A layer with all that is drawn of it."""

    layer: Layer
    ready: Prepared
    frames: Frames


class CpuRenderer:
    """Draws scenes into an array. `prepare` and `release` may be called from any thread, `draw` from one.

    *threads* is how many cores a frame may use. OpenCV's share of it is a setting of the whole process; but it zooms on
    one core only, so that the layers of a fade are put together side by side in threads of our own, idle in between.
    """

    def __init__(
        self, canvas: Size, letters: Coverer, threads: int = 1, *, moving: Moving | None = None, waits: bool = False
    ) -> None:
        """Draw on *canvas* with *letters*; clips show what *moving* has of them, None: nothing.

        *waits*: subtitles that are not ready yet are waited for, where pictures are not drawn in time but for a file.
        """
        cv2.setNumThreads(threads)
        self._canvas = canvas
        self._letters = letters
        self._known: dict[Composition, Prepared] = {}
        self._users: dict[Composition, int] = {}
        self._lock = threading.Lock()  # of these two; `draw` only reads the first
        self._clips = Clips(moving)
        self._subtitles: Subtitles[Patches] = Subtitles(self._set, waits=waits)
        self._hands = ThreadPoolExecutor(threads, "render") if threads > 1 else None
        self._is_stale = False
        self._desks = [Desk(canvas)]
        self._mixed: Planes | None = None
        self._scratch = Scratch()
        self._wide: Image | None = None
        self._drawn: Image | None = None

    def prepare(self, composition: Composition, photos: dict[Digest, Image]) -> None:
        """Do ahead all that drawing *composition* needs; *photos* are decoded RGB pictures, not kept.

        Raises:
            DrawError: it is laid out for another canvas, a photo is missing or no RGB picture, a code does not fit, or memory
                is short.
        """
        if composition.canvas != self._canvas:
            raise DrawError(f"A composition for {composition.canvas} cannot be drawn on a canvas of {self._canvas}.")
        try:
            prepared = self._known.get(composition) or prepare(composition, photos, self._letters)
        except (cv2.error, MemoryError) as error:
            raise DrawError(f"A composition cannot be made ready: {error}") from error
        with self._lock:
            self._known[composition] = prepared
            self._users[composition] = self._users.get(composition, 0) + 1
        self._subtitles.begin(composition)

    def _set(self, spoken: Spoken) -> Patches:
        return patches_of(spoken.ink, self._letters, self._canvas)

    def release(self, composition: Composition) -> None:
        """Forget *composition*, once for each time that it was prepared: the same words may be on two slides.

        Frames in the making forget its pixels when the next scene is drawn, or at `forget`.
        """
        with self._lock:
            self._users[composition] = self._users.get(composition, 1) - 1
            if self._users[composition] <= 0:
                self._users.pop(composition)
                self._known.pop(composition, None)
                self._is_stale = True
                self._subtitles.end(composition)

    def serials(self, scene: Scene) -> tuple[int, ...]:
        """Return which frames of its clips *scene* would show now, and how much of what is said in it."""
        said = (len(self._said(layer)) for layer in scene.layers if layer.said)
        return (*self._clips.serials(scene), *said)

    def _said(self, layer: Layer) -> Patches:
        """Return the patches of what is said in *layer*, as far as they are made."""
        return tuple(each for made in self._subtitles.up(layer) for each in made)

    def draw(self, scene: Scene, out: Image | None = None) -> Image:
        """Draw *scene*; BGRA, height x width x 4, into *out* (a window's memory) or else into memory of ours.

        What is returned is valid until the next call.

        Raises:
            DrawError: a composition was not prepared (or was released), the scene is empty or for another canvas, or memory is
                short.
        """
        try:
            return self._draw(scene, out)
        except (cv2.error, MemoryError) as error:
            raise DrawError(f"A scene cannot be drawn: {error}") from error

    def _draw(self, scene: Scene, out: Image | None) -> Image:
        if scene.canvas != self._canvas or not scene.layers:
            raise DrawError(f"A scene for {scene.canvas} with {len(scene.layers)} layers has no place on {self._canvas}.")
        self.forget()
        drawn = self._ours() if out is None else out
        layers = visible(scene.layers)
        shown = [_Shown(layer, self._ready(layer.composition), self._clips.frames(layer)) for layer in layers]
        first = shown[0]
        if len(shown) == 1 and layers[0].at_rest and first.ready.rest is not None and layers[0].figures == first.ready.last:
            np.copyto(drawn, first.ready.rest)
            return drawn
        shares = weights(layers)
        wide = drawn if even(self._canvas) == self._canvas else self._margined()
        self._draw_pictures(shown, shares, wide)
        if wide is not drawn:
            np.copyto(drawn, wide[: self._canvas.height, : self._canvas.width])
        for each, share in zip(shown, shares, strict=True):
            for flame in each.ready.flames:
                lay_flame(flame, each.layer.tick, share, drawn)
        patches = [(*each.ready.patches, *self._said(each.layer)) for each in shown]
        for patch, weight in inks(patches, shares):
            lay_patch(patch, weight, drawn, self._scratch)
        return drawn

    def _ours(self) -> Image:
        """Return a canvas of ours, for whoever brings none."""
        if self._drawn is None:
            self._drawn = np.full((self._canvas.height, self._canvas.width, 4), 255, np.uint8)
        return self._drawn

    def _margined(self) -> Image:
        """Return the canvas that chroma needs where a side is odd: one pixel more."""
        if self._wide is None:
            wide = even(self._canvas)
            self._wide = np.full((wide.height, wide.width, 4), 255, np.uint8)
        return self._wide

    def _ready(self, composition: Composition) -> Prepared:
        for desk in self._desks:  # hashing a mosaic takes longer than drawing a line, and most frames ask for the same
            if desk.prepared is not None and desk.prepared.composition is composition:
                return desk.prepared
        found = self._known.get(composition)
        if found is None:
            raise DrawError("A scene asks for a composition that was not prepared.")
        return found

    def forget(self) -> None:
        """Blacken whatever may hold pixels of compositions that were released; what was drawn last goes as well."""
        if not self._is_stale:
            return
        self._is_stale = False
        for desk in self._desks:
            desk.wipe_scratch()
            if desk.prepared is None or desk.prepared.composition not in self._known:
                desk.clear()
        self._scratch.wipe()
        if self._mixed is not None:
            wipe(self._mixed)
        for canvas in (self._wide, self._drawn):
            if canvas is not None:
                canvas.view(np.uint32).fill(_OPAQUE)

    def _draw_pictures(self, shown: Sequence[_Shown], shares: Sequence[float], wide: Image) -> None:
        """Draw everything but ink onto *wide*, whose sides are even."""
        grounds = [each.ready.composition.ground for each in shown]
        fills = [ground.colour for ground in grounds if isinstance(ground, Fill)]
        if len(fills) < len(shown):
            to_bgra(self._planes(shown), wide)
            return
        colour = np.rint(np.array(shares) @ np.array(fills, np.float64)).astype(np.uint8)
        pixel = np.array([*colour[::-1], 255], np.uint8).view(np.uint32)
        boxes = self._boxes(shown)
        _fill(wide, pixel.item(), max(boxes, key=_area) if boxes else None)
        if boxes:
            planes = self._planes(shown)
            for box in boxes:
                part_to_bgra(planes, box, wide)

    def _boxes(self, shown: Sequence[_Shown]) -> set[Box]:
        """Return where something lies on the grounds."""
        places = (figure.place for each in shown for figure in each.layer.figures if figure.opacity > 0)
        boxes = {box for place in places if (box := box_of(place, self._canvas)) is not None}
        boxes.update(shade.box for each in shown for shade in each.ready.shades)
        for each in shown:
            clips = zip(each.ready.clips, each.frames, strict=True)
            moving = (clipped(box, even(self._canvas)) for box, frame in clips if frame is not None)
            boxes.update(box for box in moving if box is not None)
        if not boxes:
            return boxes
        largest = max(boxes, key=_area)
        return {box for box in boxes if box is largest or not largest.holds(box)}

    def _planes(self, shown: Sequence[_Shown]) -> Planes:
        """Put each layer together on a desk, and fade them into one."""
        desks = self._seated([each.ready for each in shown])
        self._compose(desks, shown)
        if len(desks) == 1:
            return desks[0].planes
        if self._mixed is None:
            self._mixed = blank(self._canvas)
        below = desks[0].planes
        for desk, each in zip(desks[1:], shown[1:], strict=True):
            mix(below, desk.planes, each.layer.opacity, self._mixed)
            below = self._mixed
        return below

    def _compose(self, desks: Sequence[Desk], shown: Sequence[_Shown]) -> None:
        """Put each layer together on its desk: one after another, or at the same time when there are cores for it."""
        jobs = [(desk, each.ready, each.layer.figures, each.frames) for desk, each in zip(desks, shown, strict=True)]
        if self._hands is None or len(jobs) == 1:
            for desk, ready, figures, frames in jobs:
                desk.compose(ready, figures, frames)
            return
        futures = [self._hands.submit(desk.compose, ready, figures, frames) for desk, ready, figures, frames in jobs]
        wait(futures)  # all of them, before one that failed is reported: no desk may be at work when the next frame begins
        for future in futures:
            future.result()

    def _seated(self, ready: Sequence[Prepared]) -> list[Desk]:
        """Give each layer a desk: the one it lies on already, or one that nobody needs."""
        while len(self._desks) < len(ready):
            self._desks.append(Desk(self._canvas))
        free = list(self._desks)
        seats: list[Desk | None] = []
        for each in ready:
            seat = next((desk for desk in free if desk.prepared is each), None)
            if seat is not None:
                free.remove(seat)
            seats.append(seat)
        return [seat or free.pop() for seat in seats]


def _area(box: Box) -> int:
    return (box.right - box.left) * (box.bottom - box.top)


def _fill(wide: Image, pixel: int, hidden: Box | None) -> None:
    """Fill all of *wide* but what is *hidden*."""
    pixels = wide.view(np.uint32)[..., 0]
    if hidden is None:
        pixels.fill(pixel)
        return
    left, top, right, bottom = hidden
    for part in (pixels[:top], pixels[bottom:], pixels[top:bottom, :left], pixels[top:bottom, right:]):
        part.fill(pixel)
