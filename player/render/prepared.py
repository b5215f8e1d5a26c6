"""A composition made ready ahead of its cue: everything slow is done here, in the loader's thread."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from player.errors import DrawError
from player.render.clips import clip_box
from player.render.flame import Burning, burning
from player.render.ground import backdrop
from player.render.ink import Coverer, Patch, code_patch, lay_patch, rule_patch, shadow_patch, words_patch
from player.render.planes import Box, Planes, blank, box_of, copy, even, solid
from player.render.protocol import Image
from player.render.raster import Scratch, Source, check, cut, full_colour, lay, lay_source, planar
from player.render.scrim import Shade, lay_shade, shade
from player.show.scene import Code, Composition, Figure, Fill, Ink, Move, Rule, Scrim, Shadow, Words
from player.units import Colour, Digest, Size


class Tile(NamedTuple):
    """The pixels of a figure that stands still, in both planes."""

    luma: tuple[slice, slice]
    chroma: tuple[slice, slice]


@dataclass(frozen=True, slots=True, eq=False)
class Still:
    """Figures that appear where they stand: with all of them, and where each one is."""

    complete: Planes
    tiles: tuple[Tile | None, ...]
    """In the order of the composition's moves; None for one off the canvas."""


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """What drawing a composition needs; nothing in it changes once it is made."""

    composition: Composition
    ground: Planes
    """With the shades on it, when the figures stand still."""
    still: Still | None
    sources: tuple[Source, ...]
    """In the order of the composition's moves; empty when they stand still."""
    shades: tuple[Shade, ...]
    patches: tuple[tuple[Ink, Patch], ...]
    flames: tuple[Burning, ...]
    clips: tuple[Box, ...]
    """Where each of them lies, on the canvas or beyond."""
    last: tuple[Figure, ...]
    """The figures at rest."""
    rest: Image | None
    """The whole picture at rest, from full colour: canvas-sized BGRA. None: a fill with ink, or one that never rests."""


@lru_cache(maxsize=4)
def _filled(colour: Colour, canvas: Size) -> Planes:
    """Return planes of one colour, shared by every composition that stands on it."""
    planes = solid(colour, canvas)
    planes.luma.setflags(write=False)
    planes.chroma.setflags(write=False)
    return planes


def prepare(composition: Composition, photos: Mapping[Digest, Image], letters: Coverer) -> Prepared:
    """Make *composition* ready from its decoded *photos* (RGB).

    Raises:
        DrawError: a photo is missing or no RGB picture, or a code does not fit its place.
    """
    missing = sorted(composition.photos - photos.keys())
    if missing:
        raise DrawError(f"The photo {missing[0][:12]} was not given to the renderer.")
    for digest in composition.photos:
        check(photos[digest])
    canvas = composition.canvas
    ground, picture = _ground(composition, photos)
    complete = _copied(ground, canvas) if composition.moves and _stands_still(composition.moves, canvas) else None
    sources = _lay_figures(composition, photos, picture, complete)
    shades = tuple(
        made for node in composition.ink if isinstance(node, Scrim) and (made := shade(node, picture, canvas)) is not None
    )
    if not composition.moves:
        complete = ground
    still = None
    if complete is not None:
        ground = _copied(ground, canvas) if shades else ground
        complete = ground if not composition.moves else complete
        for each in shades:
            lay_shade(each, ground)
            if complete is not ground:
                lay_shade(each, complete)
        still = Still(complete, tuple(_tile(move.last, canvas) for move in composition.moves))
    patches = patches_of(composition.ink, letters, canvas)
    plain = isinstance(composition.ground, Fill) and not composition.moves and not shades
    rests = not (composition.flames or composition.clips or composition.spoken)
    return Prepared(
        composition=composition,
        ground=ground,
        still=still,
        sources=sources,
        shades=() if still else shades,
        patches=patches,
        flames=tuple(made for flame in composition.flames if (made := burning(flame, canvas)) is not None),
        clips=tuple(clip_box(clip) for clip in composition.clips),
        last=tuple(move.last for move in composition.moves),
        rest=_at_rest(picture, patches, canvas) if rests and not plain else None,
    )


def _ground(composition: Composition, photos: Mapping[Digest, Image]) -> tuple[Planes, Image]:
    """Return the ground as planes and as BGRA of their even size."""
    match composition.ground:
        case Fill(colour=colour):
            width, height = even(composition.canvas)
            picture = np.empty((height, width, 4), np.uint8)
            picture[:] = (*colour[::-1], 255)
            return _filled(colour, composition.canvas), picture
        case ground:
            return backdrop(photos[ground.photo], composition.canvas)


def _copied(planes: Planes, canvas: Size) -> Planes:
    made = blank(canvas)
    copy(planes, made)
    return made


def _stands_still(moves: Sequence[Move], canvas: Size) -> bool:
    """Tell whether figures only appear, each on pixels of its own.

    Tiles so near each other that they share a chroma value are drawn as moving figures are: what appears last would win.
    """
    if any(move.first.place != move.last.place or move.first.view != move.last.view for move in moves):
        return False
    width, height = even(canvas)
    taken = np.zeros((height // 2, width // 2), np.bool_)
    for move in moves:
        tile = _tile(move.last, canvas)
        if tile is None:
            continue
        if taken[tile.chroma].any():
            return False
        taken[tile.chroma] = True
    return True


def _lay_figures(
    composition: Composition, photos: Mapping[Digest, Image], picture: Image, complete: Planes | None
) -> tuple[Source, ...]:
    """Draw the last figures onto *picture* and *complete*; without the latter, return what it takes to move them."""
    canvas, scratch = composition.canvas, Scratch()
    sources: list[Source] = []
    for move in composition.moves:
        cutout = cut(photos[move.last.photo], move, canvas)
        lay(full_colour(cutout), move.last, picture, canvas, scratch)
        source = planar(cutout)
        if complete is None:
            sources.append(source)
        else:
            whole = Figure(move.last.photo, move.last.place, move.last.view)
            lay_source(source, whole, complete, canvas, scratch)
    return tuple(sources)


def _tile(figure: Figure, canvas: Size) -> Tile | None:
    box = box_of(figure.place, canvas)
    if box is None:
        return None
    half = Box(box.left // 2, box.top // 2, (box.right + 1) // 2, (box.bottom + 1) // 2)
    return Tile(_slices(box), _slices(half))


def _slices(box: Box) -> tuple[slice, slice]:
    return slice(box.top, box.bottom), slice(box.left, box.right)


def patches_of(ink: Sequence[Ink], letters: Coverer, canvas: Size) -> tuple[tuple[Ink, Patch], ...]:
    """Return each of *ink* with its pixels; without what has none on *canvas*, or is none of its own.

    Raises:
        DrawError: a code does not fit its place.
    """
    found: list[tuple[Ink, Patch]] = []
    for node in ink:
        patch = _patch(node, letters, canvas)
        if patch is not None:
            found.append((node, patch))
    return tuple(found)


def _patch(node: Ink, letters: Coverer, canvas: Size) -> Patch | None:
    match node:
        case Words():
            return words_patch(node, letters, canvas)
        case Rule():
            return rule_patch(node, canvas)
        case Code():
            return code_patch(node, canvas)
        case Shadow():
            return shadow_patch(node, canvas)
        case Scrim():
            return None


def _at_rest(picture: Image, patches: Sequence[tuple[Ink, Patch]], canvas: Size) -> Image:
    """Return *picture* cropped to *canvas*, with the ink on it."""
    rest = np.ascontiguousarray(picture[: canvas.height, : canvas.width])
    scratch = Scratch()
    for _, patch in patches:
        lay_patch(patch, 1.0, rest, scratch)
    rest.setflags(write=False)
    return rest
