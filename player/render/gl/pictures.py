"""A composition as the GPU keeps it: what the CPU prepared, as textures.

Nothing is typeset, cut, blurred or measured here: that is done once, for both renderers, by `player.render.prepared`. A fill
is not uploaded but a colour in floating point, so that it is exactly itself in every frame.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from player.render.flame import Burning
from player.render.gl.textures import Sheet
from player.render.ink import Patch
from player.render.planes import CHROMA_FROM_RGB, LUMA_FROM_RGB, Box, Planes
from player.render.prepared import Prepared, Tile
from player.render.raster import Raster
from player.render.scrim import Shade
from player.show.scene import Composition, Figure, Fill, Ink, Scrim
from player.units import Colour, Rect


@dataclass(frozen=True, slots=True, eq=False)
class Plates:
    """Luma and chroma of a whole canvas."""

    luma: Sheet
    chroma: Sheet


@dataclass(frozen=True, slots=True)
class Tone:
    """Luma and chroma of one colour, 0 to 1, unrounded."""

    luma: float
    chroma: tuple[float, float]


@dataclass(frozen=True, slots=True, eq=False)
class Plane:
    """One plane of a photo that moves."""

    sheet: Sheet
    part: Rect
    """What of the photo this is, in fractions of it."""


@dataclass(frozen=True, slots=True, eq=False)
class Tiles:
    """Figures that appear where they stand."""

    complete: Plates
    boxes: NDArray[np.float32]
    """For each figure, in the order of the moves: left, top, right, bottom in luma pixels, then in chroma pixels."""


@dataclass(frozen=True, slots=True, eq=False)
class Veil:
    """A scrim: the last component of each is what is kept, those before it what is added."""

    box: Box
    luma: Sheet
    chroma: Sheet


@dataclass(frozen=True, slots=True, eq=False)
class Mark:
    """Ink, premultiplied, in its own box."""

    box: Box
    ink: Sheet


@dataclass(frozen=True, slots=True, eq=False)
class Candle:
    """A flame: what of it bends, and its halo within the box that is drawn anew each time, and beyond."""

    made: Burning
    body: Sheet
    halo: Sheet
    rest: Sheet


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A composition in textures; nothing in it changes once they are up."""

    composition: Composition
    last: tuple[Figure, ...]
    """The figures at rest."""
    ground: Plates | Tone
    tiles: Tiles | None
    figures: tuple[tuple[Plane, Plane], ...]
    """Luma and chroma of each that moves, in the order of the moves; empty when they stand still."""
    veils: tuple[Veil, ...]
    marks: tuple[tuple[Ink, Mark], ...]
    candles: tuple[Candle, ...]
    clips: tuple[Box, ...]
    """Where each of them lies, on the canvas or beyond; on even pixels."""
    rest: Sheet | None
    """The whole picture at rest, from full colour. None when it is a fill with ink, or never rests."""

    def sheets(self) -> Iterator[Sheet]:
        """Yield everything that is to be uploaded."""
        plates = [self.ground] if isinstance(self.ground, Plates) else []
        plates += [self.tiles.complete] if self.tiles else []
        for each in (*plates, *self.veils):
            yield each.luma
            yield each.chroma
        yield from (plane.sheet for figure in self.figures for plane in figure)
        yield from (mark.ink for _, mark in self.marks)
        yield from (sheet for candle in self.candles for sheet in (candle.body, candle.halo, candle.rest))
        if self.rest:
            yield self.rest


def picture_of(prepared: Prepared) -> Picture:
    """Return *prepared* as sheets that can be uploaded."""
    composition = prepared.composition
    is_tone = isinstance(composition.ground, Fill) and not (prepared.still and _has_scrim(composition))
    ground = _tone(composition.ground.colour) if is_tone and isinstance(composition.ground, Fill) else _plates(prepared.ground)
    tiles = None
    if prepared.still and composition.moves:
        boxes = [_edges(tile) if tile else (0.0,) * 8 for tile in prepared.still.tiles]
        tiles = Tiles(_plates(prepared.still.complete), np.array(boxes, np.float32))
    return Picture(
        composition=composition,
        last=prepared.last,
        ground=ground,
        tiles=tiles,
        figures=tuple((_plane(source.luma), _plane(source.chroma)) for source in prepared.sources) if tiles is None else (),
        veils=tuple(_veil(shade) for shade in prepared.shades),
        marks=marks_of(prepared.patches),
        candles=tuple(_candle(made) for made in prepared.flames),
        clips=prepared.clips,
        rest=None if prepared.rest is None else Sheet(prepared.rest, swizzle="BGRA"),
    )


def _has_scrim(composition: Composition) -> bool:
    """Whether a scrim may lie on the ground: then the ground is no longer of one colour."""
    return any(isinstance(node, Scrim) for node in composition.ink)


def _tone(colour: Colour) -> Tone:
    rgb = np.array([*colour, 1.0], np.float32)
    luma, chroma = (LUMA_FROM_RGB @ rgb) / 255, (CHROMA_FROM_RGB @ rgb) / 255
    return Tone(float(luma[0]), (float(chroma[0]), float(chroma[1])))


def _plates(planes: Planes) -> Plates:
    return Plates(Sheet(planes.luma), Sheet(planes.chroma))


def _plane(raster: Raster) -> Plane:
    return Plane(Sheet(raster.pixels, smooth=True), raster.part)


def _veil(shade: Shade) -> Veil:
    luma = np.dstack([shade.luma_added, shade.luma_kept])
    chroma = np.dstack([shade.chroma_added, shade.chroma_kept[..., :1]])
    return Veil(shade.box, Sheet(luma, swizzle="R00G"), Sheet(chroma, swizzle="RG0B"))


def marks_of(patches: Iterable[tuple[Ink, Patch]]) -> tuple[tuple[Ink, Mark], ...]:
    """Return *patches* as sheets that can be uploaded."""
    return tuple((node, Mark(patch.box, Sheet(patch.ink, swizzle="BGRA"))) for node, patch in patches)


def _candle(made: Burning) -> Candle:
    return Candle(made, Sheet(made.body), Sheet(made.halo), Sheet(made.rest, swizzle="BGRA"))


def _edges(tile: Tile) -> tuple[float, ...]:
    edges = ((columns.start, rows.start, columns.stop, rows.stop) for rows, columns in tile)
    return tuple(float(edge) for each in edges for edge in each)
