"""Where photos stand and how they move there: contained, filling, or cut a little as tiles."""

from __future__ import annotations

import math
from typing import Final

from player.library.photo import Photo
from player.show.look import GROWTH, MAX_TILE_CUT, PAN
from player.show.scene import Figure, Move
from player.show.slide import Pace
from player.units import WHOLE, Rect, Size

DRAWN_IN: Final = 4.0  # px; the most that a width loses on its way to even pixels


def contained(size: Size, box: Rect) -> Rect:
    """Return the largest rectangle of *size*'s shape in the middle of *box*."""
    scale = min(box.width / size.width, box.height / size.height)
    width, height = size.width * scale, size.height * scale
    return Rect(box.x + (box.width - width) / 2, box.y + (box.height - height) / 2, width, height)


def on_even_pixels(place: Rect) -> Rect:
    """Return *place* drawn in to even pixels: crisp edges, and none through a chroma sample."""
    left, top = 2 * math.ceil(place.x / 2 - 1e-6), 2 * math.ceil(place.y / 2 - 1e-6)
    right, bottom = 2 * math.floor(place.right / 2 + 1e-6), 2 * math.floor(place.bottom / 2 + 1e-6)
    return Rect(float(left), float(top), float(max(2, right - left)), float(max(2, bottom - top)))


def growing(photo: Photo, place: Rect, pace: Pace) -> Move:
    """Return the way of a contained photo: from a little smaller to its *place*, over the whole cue."""
    last = Figure(photo.picture, place, WHOLE)
    if pace.still:
        return Move(last, last)
    width, height = place.width * GROWTH, place.height * GROWTH
    first = Rect(place.x + (place.width - width) / 2, place.y + (place.height - height) / 2, width, height)
    return Move(Figure(photo.picture, first, WHOLE), last, 0, pace.length)


def panning(photo: Photo, canvas: Size, pace: Pace) -> Move:
    """Return the way of a photo that fills the canvas: slowly toward its focal point, or its middle when it has none."""
    place = Rect(0.0, 0.0, float(canvas.width), float(canvas.height))
    width = min(1.0, canvas.aspect / photo.size.aspect)
    height = min(1.0, photo.size.aspect / canvas.aspect)
    first = Figure(photo.picture, place, view_about(photo.focal, width, height))
    if pace.still:
        return Move(first, first)
    return Move(first, Figure(photo.picture, place, view_about(photo.focal, width * PAN, height * PAN)), 0, pace.length)


def view_about(focal: tuple[float, float] | None, width: float, height: float) -> Rect:
    """Return the part of a picture, *width* by *height* of it (fractions), that is nearest to centred on *focal*."""
    x, y = ((focal[0] + 1) / 2, (1 - focal[1]) / 2) if focal else (0.5, 0.5)
    left = min(max(x - width / 2, 0.0), 1.0 - width)
    top = min(max(y - height / 2, 0.0), 1.0 - height)
    return Rect(left, top, width, height)


def tile(photo: Photo, cell: Rect, *, whole: bool = False) -> tuple[Rect, Rect]:
    """Return (place, view) of *photo* in *cell*: cut round its focal point if that costs little, else contained."""
    shape = photo.tile_size.aspect / (cell.width / cell.height)
    cut = 1 - min(shape, 1 / shape)
    if cut <= MAX_TILE_CUT and not whole:
        return cell, view_about(photo.focal, min(1.0, 1 / shape), min(1.0, shape))
    return on_even_pixels(contained(photo.tile_size, cell)), WHOLE
