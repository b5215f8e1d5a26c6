"""One frame of all outputs by the graphics card: composed once, judged before any of it is shown, mapped for each window."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from player.output.course import light as light_of
from player.output.light import black
from player.output.maps import Maps
from player.output.spot import Spot
from player.render.gl.mapping import Outlet, Tiles
from player.render.gl.renderer import GlRenderer, View
from player.render.gl.sdl import Home
from player.render.protocol import Image
from player.screen.gl_panes import GlPane
from player.screen.governing import Governing, fading
from player.screen.projecting import Frame, Over, until
from player.show.scene import Scene
from player.units import Nanos, Size


@dataclass(slots=True, eq=False)
class _Hung:
    """An outlet, and what it was made for."""

    pane: GlPane
    spot: Spot
    maps: Maps
    outlet: Outlet


class GlProjecting:
    """Brings scenes to outputs."""

    def __init__(self, renderer: GlRenderer, home: Home, governing: Governing, *, is_mapped: bool) -> None:
        """Draw with *renderer*, whose OpenGL is at *home*; *governing* says in which light.

        One display that is not mapped shows the canvas to the byte, and is dimmed as by its own control: as a window is into
        which the processor draws.
        """
        self._renderer = renderer
        self._home = home
        self._governing = governing
        self._is_mapped = is_mapped
        self._hung: dict[str, _Hung] = {}
        self._seed = 0

    def draw(
        self,
        frames: Sequence[Frame],
        scene: Scene | None,
        light: float,
        now: Nanos,
        *,
        over: Over | None = None,
        look: Callable[[Image], None] | None = None,
    ) -> None:
        """Draw *scene* for every output, *light* of 0 to 1 as it looks; at 0, or without a scene, all are black, cards as well.

        *over* draws over each output's own pixels when all is finished, unless it is dark; *look* is shown the canvas.

        Raises:
            DrawError: it cannot be drawn; nothing was drawn on any window.
            DeviceLostError: the graphics card does not draw any more.
        """
        if scene is not None:
            self._renderer.compose(scene)
        if look is not None:
            look(self._renderer.copy() if scene is not None else _blank(self._renderer.size))
        light = 0.0 if scene is None else light
        panes = _panes(frames)
        self._forget(frames)
        for pane in panes:
            pane.wait(wanted=pane is panes[-1])  # the others are flipped before it, and wait for nobody
        dim = self._governing.dim(light, self._renderer.level) if light > 0 and self._is_mapped else 1.0
        shown: list[tuple[Frame, View]] = []
        for frame in frames:
            if frame.clears and isinstance(frame.pane, GlPane):
                frame.pane.black()  # some of its pixels are nobody's
            view = self._view(frame, light, dim, over) if light > 0 else None
            if view is not None:
                shown.append((frame, view))
            elif isinstance(frame.pane, GlPane):
                frame.pane.black(frame.spot)
        self._show(frames, shown, light, now)

    def close(self) -> None:
        """Free what is on the graphics card for the outputs."""
        self._home.pane.enter()
        for hung in self._hung.values():
            hung.outlet.release()
        self._hung.clear()

    def _show(self, frames: Sequence[Frame], shown: Sequence[tuple[Frame, View]], light: float, now: Nanos) -> None:
        """Have all that is lit judged, and drawn."""
        ids, governing = [frame.id for frame, _ in shown], self._governing

        def judge(tiles: Sequence[Tiles]) -> Sequence[float]:
            return [governing.settle(ids, tiles, now)] * len(tiles)

        dark = [frame.id for frame in frames if frame.id not in ids]
        governing.begin(dark if self._is_mapped else (), until([frame for frame, _ in shown]))
        self._seed += 1
        self._renderer.show(
            [view for _, view in shown],
            seed=self._seed,
            level=fading(light) if self._is_mapped else 1.0,
            judge=judge if self._is_mapped else None,
        )

    def _view(self, frame: Frame, light: float, dim: float, over: Over | None) -> View | None:
        """Return what an output shows; None: it is black."""
        outlet = self._outlet(frame) if frame.can_show else None
        if outlet is None or not (frame.is_governed or frame.raw is not None or over):
            return None
        by_hand = partial(over, frame.id) if over else None
        if not frame.is_governed:
            return View(outlet, raw=_blank(outlet.size) if frame.raw is None else frame.raw, over=by_hand)
        card = frame.card.image if frame.card else None
        if not self._is_mapped:
            return View(outlet, shade=1.0 if frame.card else light, card=card, dither=False, over=by_hand)
        if card is not None:  # in full light: it is to tell what a projector does
            return View(outlet, card=card, over=by_hand)
        return View(outlet, dim=dim * light_of(frame.brightness), over=by_hand)

    def _outlet(self, frame: Frame) -> Outlet | None:
        """Return what brings the canvas to an output, made or shaped anew when something has changed."""
        made, pane = frame.made, frame.pane
        if made is None or made.maps is None or not isinstance(pane, GlPane):
            return None
        hung = self._hung.get(frame.id)
        if hung is None or hung.pane is not pane or hung.spot != frame.spot:
            self._drop(frame.id)
            outlet = Outlet(pane.opengl.context, made.maps, made.shape.light, window=pane.onto(frame.spot))
            self._hung[frame.id] = hung = _Hung(pane, frame.spot, made.maps, outlet)
        elif hung.maps is not made.maps:
            hung.outlet.shape(made.maps, made.shape.light)
            hung.maps = made.maps
        return hung.outlet

    def _forget(self, frames: Sequence[Frame]) -> None:
        """Free the outlets whose windows are gone."""
        there = {frame.id: frame.pane for frame in frames}
        for key in [key for key, hung in self._hung.items() if there.get(key) is not hung.pane]:
            self._drop(key)

    def _drop(self, output: str) -> None:
        hung = self._hung.pop(output, None)
        if hung is not None:
            self._home.pane.enter()
            hung.outlet.release()


def _blank(size: Size) -> Image:
    image = np.empty((size.height, size.width, 4), np.uint8)
    black(image)
    return image


def _panes(frames: Sequence[Frame]) -> list[GlPane]:
    """Return the windows of *frames*, each once, in the order in which they are flipped."""
    found: list[GlPane] = []
    for frame in frames:
        if isinstance(frame.pane, GlPane) and frame.pane not in found:
            found.append(frame.pane)
    return found
