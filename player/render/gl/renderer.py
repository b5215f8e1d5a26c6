"""The GPU renderer: equal to the CPU's on every still picture, and straight onto windows where there are any."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import moderngl
import numpy as np

from player.errors import DrawError, OperatorError
from player.output.look import shade, tiles_of
from player.render.clips import Clips
from player.render.gl.canvas import Canvas, Shown
from player.render.gl.mapping import Outlet, Tiles
from player.render.gl.measure import Measure
from player.render.gl.passes import Target
from player.render.gl.pictures import Mark, Picture, marks_of, picture_of
from player.render.gl.probe import Probe
from player.render.gl.textures import LIMIT_BYTES, Load, Uploads
from player.render.ink import Coverer
from player.render.layers import visible
from player.render.prepared import patches_of, prepare
from player.render.protocol import Image, Moving
from player.render.subtitles import Subtitles
from player.show.scene import Composition, Ink, Layer, Scene, Spoken
from player.units import MILLISECOND, Digest, Nanos, Size

UPLOAD_BUDGET: Final[Nanos] = 2 * MILLISECOND
"""Of a frame at 60 a second, after its picture is up: an eighth."""
Over: TypeAlias = Callable[[Image], None]
"""Draws over the pixels of an output, BGRA, after everything else."""
Marks: TypeAlias = tuple[tuple[Ink, Mark], ...]


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """What one outlet is to show."""

    outlet: Outlet
    dim: float = 1.0
    """Of the picture alone, linear, 0 to 1: curfew, the cap of the picture level, its own brightness."""
    shade: float = 1.0
    """Of the codes in the end, 0 to 1: where a display is dimmed as by its own control."""
    card: Image | None = None
    """Instead of what was composed: a canvas, BGRA, the same array while it is the same card."""
    dither: bool = True
    raw: Image | None = None
    """Instead of all that: pixels of the outlet as they are, BGRA."""
    over: Over | None = None
    """Draws over it by hand, after everything else; that takes long."""


class GlRenderer:
    """Draws scenes with OpenGL. `prepare`, `release` and `close` may be called from any thread, all else from the context's.

    `prepare` promises here, too, that drawing will not stall: called from another thread it returns when the pixels are on the
    GPU. So somebody must call `upload` meanwhile: the frame loop does, once a frame.
    """

    def __init__(
        self,
        canvas: Size,
        letters: Coverer,
        context: moderngl.Context,
        *,
        now: Callable[[], Nanos],
        linear: bool = False,
        enter: Callable[[], None] | None = None,
        limit_bytes: int = LIMIT_BYTES,
        moving: Moving | None = None,
    ) -> None:
        """Draw on *canvas* with *context*, that of the present thread.

        Args:
            canvas: its size.
            letters: what sets text.
            context: OpenGL 3.3 core or later; it stays the caller's.
            now: a monotonic clock, for uploading no longer than allowed.
            linear: fades are mixed in linear light; otherwise encoded, as on the CPU. What stands still looks the same.
            enter: makes *context* current, where windows have others.
            limit_bytes: how much of the GPU's memory prepared pictures may take.
            moving: what clips show; None: nothing.

        Raises:
            OperatorError: the GPU takes no canvas of that size.
            DeviceLostError: its driver does not take our programs.
        """
        if max(canvas) > int(context.info["GL_MAX_TEXTURE_SIZE"]):
            raise OperatorError(f"The GPU cannot draw {canvas.width}x{canvas.height}; renderer: cpu can.")
        self._context = context
        self._enter = enter
        self._size = canvas
        self._letters = letters
        self._canvas = Canvas(context, canvas, linear=linear)
        self._uploads = Uploads(context, now, limit_bytes=limit_bytes)
        self._measure = Measure(context)
        self._probe = Probe(context)
        self._known: dict[Composition, tuple[Picture, Load]] = {}
        self._users: dict[Composition, int] = {}
        self._lock = threading.Lock()  # of these two; `draw` only reads the first
        self._clips = Clips(moving)
        self._subtitles: Subtitles[tuple[Marks, Load]] = Subtitles(self._set, lambda made: self._uploads.free(made[1]))
        self._is_stale = False
        self._last: list[tuple[Composition, Picture]] = []
        self._drawn: Image | None = None
        self._composed: moderngl.Texture | None = None
        self._light: moderngl.Texture | None = None
        self._cards: list[tuple[Image, Target]] = []
        """Of cards that are shown, the light."""

    def prepare(self, composition: Composition, photos: dict[Digest, Image]) -> None:
        """Do ahead all that drawing *composition* needs, up to its pixels on the GPU; *photos* are decoded RGB, not kept.

        Raises:
            DrawError: it is laid out for another canvas, a photo is missing or no RGB picture, a code does not fit, or it does
                not fit on the GPU.
        """
        if composition.canvas != self._size:
            raise DrawError(f"A composition for {composition.canvas} cannot be drawn on a canvas of {self._size}.")
        load = self._joined(composition)
        if load is None:
            picture = picture_of(prepare(composition, photos, self._letters))
            load = self._uploads.ask(tuple(picture.sheets()))
            load = self._added(composition, picture, load)
        if self._uploads.is_here:
            self._begin()
        try:
            self._uploads.wait(load)
        except DrawError:
            self.release(composition)
            raise
        self._subtitles.begin(composition)

    def _set(self, spoken: Spoken) -> tuple[Marks, Load]:
        marks = marks_of(patches_of(spoken.ink, self._letters, self._size))
        return marks, self._uploads.ask(tuple(mark.ink for _, mark in marks))

    def _said(self, layer: Layer) -> Marks:
        """Return the marks of what is said in *layer*, as far as they are on the GPU."""
        return tuple(each for marks, load in self._subtitles.up(layer) if load.is_up for each in marks)

    def serials(self, scene: Scene) -> tuple[int, ...]:
        """Return which frames of its clips *scene* would show now, and how much of what is said in it."""
        said = (len(self._said(layer)) for layer in scene.layers if layer.said)
        return (*self._clips.serials(scene), *said)

    def _joined(self, composition: Composition) -> Load | None:
        """Count one more user of *composition*, if it is known."""
        with self._lock:
            found = self._known.get(composition)
            if found is None:
                return None
            self._users[composition] = self._users.get(composition, 0) + 1
            return found[1]

    def _added(self, composition: Composition, picture: Picture, load: Load) -> Load:
        """Keep *composition*, with its first user; return its load: another one, if another thread was faster."""
        with self._lock:
            kept = self._known.setdefault(composition, (picture, load))[1]
            self._users[composition] = self._users.get(composition, 0) + 1
        if kept is not load:
            self._uploads.free(load)
        return kept

    def release(self, composition: Composition) -> None:
        """Forget *composition*, once for each time that it was prepared; its textures go when the next frame is worked on."""
        with self._lock:
            self._users[composition] = self._users.get(composition, 1) - 1
            if self._users[composition] > 0:
                return
            self._users.pop(composition)
            found = self._known.pop(composition, None)
            self._is_stale = True
        self._subtitles.end(composition)
        if found is not None:
            self._uploads.free(found[1])

    @property
    def size(self) -> Size:
        """The canvas's."""
        return self._size

    @property
    def held_bytes(self) -> int:
        """How much of the GPU's memory prepared pictures take, or will."""
        return self._uploads.held_bytes

    def is_ready(self, composition: Composition) -> bool:
        """Whether *composition* can be drawn at once."""
        found = self._known.get(composition)
        return found is not None and found[1].is_up

    def upload(self, budget: Nanos = UPLOAD_BUDGET) -> bool:
        """Bring what was prepared to the GPU, for *budget* from now; return whether anything is left to bring.

        To be called once a frame, after its picture is up, with what is left of the frame; also while nothing moves. Nothing
        of what was released is on the graphics card then, though no other picture was drawn; nor is what was composed.
        """
        self._begin()
        is_left = self._uploads.work(budget)
        self.forget()
        return is_left

    def draw(self, scene: Scene, out: Image | None = None) -> Image:
        """Draw *scene* and read it back; BGRA, height x width x 4, into *out* or else into memory of ours.

        What is returned is valid until the next call.

        Raises:
            DrawError: a composition was not prepared (or was released), or the scene is empty or for another canvas.
        """
        self._light = self._composed = None
        canvas = self._compose(scene)
        drawn = self._ours() if out is None else out
        self._canvas.read(canvas, drawn)
        return drawn

    def compose(self, scene: Scene) -> None:
        """Draw *scene* where nobody sees it: what `level`, `copy` and `show` are about until the next one.

        Raises:
            DrawError: as `draw`; then what was composed before is not there any more.
        """
        self._light = self._composed = None
        self._composed = self._compose(scene)
        self._light = self._canvas.light(self._composed)

    def copy(self) -> Image:
        """Return the canvas that was composed; BGRA, valid until the next call."""
        if self._composed is None:
            raise DrawError("Nothing was composed.")
        self._begin()
        drawn = self._ours()
        self._canvas.read(self._composed, drawn)
        return drawn

    def level(self) -> float:
        """Return the mean relative luminance of the canvas that was composed, 0 to 1. It is waited for."""
        if self._light is None:
            raise DrawError("Nothing was composed.")
        self._begin()
        return self._measure.level(self._light)

    def show(
        self,
        views: Sequence[View],
        *,
        seed: int,
        level: float = 1.0,
        judge: Callable[[Sequence[Tiles]], Sequence[float]] | None = None,
    ) -> None:
        """Draw what was composed onto outlets; their windows are then flipped at their tick.

        Args:
            views: what each outlet shows.
            seed: another one for each frame: what it is dithered with.
            level: of all light, linear, 0 to 1: the way to dark and back.
            judge: the governor: told the light of every outlet, tile by tile, before any of it is shown, it says by how much
                to multiply each. None: nothing is measured.

        Raises:
            DrawError: nothing was composed, and not all are cards; then nothing was drawn on any outlet.
        """
        if not views:
            return
        self._begin()
        lights = {view: self._light_of(view) for view in views if view.raw is None}
        self._forget_cards([view.card for view in views if view.card is not None])
        by_hand = {
            view: self._by_hand(view, lights.get(view), seed, level) for view in views if view.raw is not None or view.over
        }
        direct = [view for view in views if view not in by_hand]
        gains: Sequence[float] = [1.0] * len(views)
        self._begin()
        if judge is not None:
            tiles = {view: tiles_of(image) for view, image in by_hand.items()}
            looks = [(lights[view], view.outlet, view.dim) for view in direct]
            tiles |= zip(direct, self._measure.tiles(looks, level=level), strict=True)
            gains = judge([tiles[view] for view in views])
        elif any(view.outlet.context is not self._context for view in direct):
            self._context.finish()  # others may not see what this one draws before it is there; measuring waits as well
        for view, gain in zip(views, gains, strict=True):
            if view in by_hand:
                shade(by_hand[view], gain)
                view.outlet.put(by_hand[view])
            else:
                view.outlet.draw(lights[view], seed=seed, level=level * gain, dim=view.dim, shade=view.shade, dither=view.dither)

    def _by_hand(self, view: View, light: moderngl.Texture | None, seed: int, level: float) -> Image:
        """Return the pixels of an outlet that is finished by hand, before the governor."""
        image = None if view.raw is None else view.raw.copy()
        if light is not None:
            self._context.finish()  # what its window's context reads must be there
            image = view.outlet.draw(
                light, seed=seed, level=level, dim=view.dim, shade=view.shade, dither=view.dither, aside=True
            )
        assert image is not None  # noqa: S101 - it is raw, or there is light of it
        if view.over is not None:
            view.over(image)
        return image

    def _light_of(self, view: View) -> moderngl.Texture:
        if view.card is None:
            if self._light is None:
                raise DrawError("Nothing was composed.")
            return self._light
        found = next((light for card, light in self._cards if card is view.card), None)
        if found is None:
            found = self._canvas.light_of(view.card)
            self._cards.append((view.card, found))
        return found.texture

    def _forget_cards(self, kept: Sequence[Image]) -> None:
        for card, light in self._cards:
            if not any(card is each for each in kept):
                light.release()
        self._cards = [each for each in self._cards if any(each[0] is card for card in kept)]

    def check(self) -> None:
        """Draw something known and read it back; about once a second.

        Raises:
            DeviceLostError: it is not what was drawn: this process must end, and another one begin.
        """
        self._begin()
        self._probe.check()

    def close(self) -> None:
        """Upload nothing more; whoever waits in `prepare` is told. The context's owner may end it then."""
        self._uploads.close()

    def _ours(self) -> Image:
        """Return a canvas of ours, for whoever brings none."""
        if self._drawn is None:
            self._drawn = np.empty((self._size.height, self._size.width, 4), np.uint8)
        return self._drawn

    def _begin(self) -> None:
        if self._enter is not None:
            self._enter()

    def _compose(self, scene: Scene) -> moderngl.Texture:
        if scene.canvas != self._size or not scene.layers:
            raise DrawError(f"A scene for {scene.canvas} with {len(scene.layers)} layers has no place on {self._size}.")
        self._begin()
        self.forget()
        layers = visible(scene.layers)
        pictures = [self._ready(layer.composition) for layer in layers]
        self._last = [(layer.composition, picture) for layer, picture in zip(layers, pictures, strict=True)]
        shown = zip(layers, pictures, strict=True)
        return self._canvas.draw([Shown(each, made, self._clips.frames(each), self._said(each)) for each, made in shown])

    def forget(self) -> None:
        """Blacken whatever may hold pixels of what was released, though nothing else is drawn; what was composed goes as well."""
        if not self._is_stale:
            return
        self._begin()
        self._is_stale = False
        kept = [picture for picture, _ in list(self._known.values())]
        self._last = [each for each in self._last if any(each[1] is picture for picture in kept)]
        self._canvas.forget(kept)
        self._measure.forget()
        self._light = self._composed = None
        if self._drawn is not None:
            self._drawn.fill(0)

    def _ready(self, composition: Composition) -> Picture:
        for known, picture in self._last:  # hashing a mosaic takes longer than drawing a line, and most frames ask for the same
            if known is composition:
                return picture
        found = self._known.get(composition)
        if found is None:
            raise DrawError("A scene asks for a composition that was not prepared.")
        return found[0]
