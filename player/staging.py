"""The stage that a wall leaves: its canvas, and what the masks and the shapes of its outputs take of it.

All is judged on a coarse grid, some hundred cells a side: words keep a little away from masks anyway. That takes milliseconds
an output, so a stage is made anew for each session.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

import cv2
import numpy as np

from player import log
from player.calibration.seating import UNSEEN, USUAL, seated
from player.errors import GeometryError
from player.output.bays import Bay, frame_of, free_bays
from player.output.blend import Flags, Open, opened
from player.output.display import canvas_for
from player.output.scaling import scaled
from player.output.shape import Box, Seat, Shape, plain
from player.settings import Configuration
from player.show.layout.page import safe_area
from player.show.slide import Cells, Room, Stage
from player.units import Rect, Size

CELL: Final = 0.0093  # U, about: 10 px of Full HD
SAMPLES: Final = 2  # a side of a cell; what is smaller than a sample is smaller than the air around words
AIR: Final = 3  # samples around what is taken: words that touch a window look like a mistake
BAYS: Final = 5  # besides the frame; more would be nearly the same again
LEAST: Final = 8  # samples a side of an output, however small its part of the canvas
MARGIN: Final = 0.06
"""As `Stage` has it."""

_log = log.get("screen")


def stage_for(canvas: Size, outputs: Sequence[tuple[Seat, Shape]], margin: float = MARGIN) -> Stage:
    """Return the stage on *canvas*, which *outputs* show; where there are none, or they take nothing of it, a plain one.

    An output whose shape cannot be is taken to show its crop as it is: words are placed for the time when it is mended.

    Args:
        canvas: In pixels.
        outputs: All of this canvas, also those whose display is not there at the moment.
        margin: The safe margin, in U.
    """
    plainly = Stage(canvas, margin)
    if not outputs:
        return plainly
    side = 0.75 * math.sqrt(canvas.width * canvas.height) * CELL
    columns, rows = (max(2, math.ceil(length / side)) for length in canvas)
    found = _open(outputs, Size(columns * SAMPLES, rows * SAMPLES))
    taken = _grown(~found.words, 1)  # what begins within a sample may begin at its edge
    near = _grown(taken, AIR)
    lit, free = (_in_cells(flags, columns, rows) for flags in (found.lit, ~near))
    if not lit.any():  # nobody sees anything, so nothing need give way
        return plainly
    whole, frame = Bay(0, 0, columns, rows), frame_of(lit)
    if frame == whole and not near[_safe(plainly, near.shape)].any():
        return plainly
    bays = (frame, *free_bays(free, frame, BAYS))
    cells = (_cells(flags, canvas) for flags in (taken, near, ~found.lit))
    share = float(lit[frame.top : frame.bottom, frame.left : frame.right].mean())
    return replace(plainly, room=Room(tuple(_pixels(bay, whole, canvas) for bay in bays), *cells, lit=share))


def stage_of(configuration: Configuration, canvas: Size | None = None, sizes: Mapping[str, Size] = UNSEEN) -> Stage:
    """Return the stage that the outputs leave of their canvas, as they are calibrated now; all of it, where there are none.

    Args:
        configuration: With outputs or without.
        canvas: On which the stage is wanted; outputs then take the same parts of it. None: on their own, or the display's.
        sizes: Of the displays that were seen, in pixels, by output.
    """
    settings = configuration.settings
    display, outputs = settings.display, seated(settings.outputs, settings.canvas, configuration.data, sizes)
    own = outputs[0][0].canvas if outputs else canvas or canvas_for(display.size or USUAL, display.rotate)
    return stretched(stage_for(own, outputs, display.margin), canvas or own)


def stretched(stage: Stage, canvas: Size) -> Stage:
    """Return *stage* on another canvas, of which the same parts are taken."""
    room = stage.room
    if room is None or canvas == stage.canvas:
        return replace(stage, canvas=canvas)
    x, y = canvas.width / stage.canvas.width, canvas.height / stage.canvas.height
    bays = (_even(Rect(bay.x * x, bay.y * y, bay.width * x, bay.height * y), canvas) for bay in room.bays)
    cells = (replace(each, canvas=canvas) for each in (room.taken, room.near, room.dark))
    return replace(stage, canvas=canvas, room=Room(tuple(bays), *cells, lit=room.lit))


def _open(outputs: Sequence[tuple[Seat, Shape]], fine: Size) -> Open:
    """Return what is open of a canvas that is made as small as *fine*."""
    try:
        return opened([_small(seat, shape, fine) for seat, shape in outputs])
    except GeometryError:
        return opened([_sound(seat, shape, fine) for seat, shape in outputs])


def _sound(seat: Seat, shape: Shape, fine: Size) -> tuple[Seat, Shape]:
    """Return an output made small; without its shape, where that cannot be."""
    try:
        small = _small(seat, shape, fine)
        opened([small])
    except GeometryError as error:
        _log.warning("words are placed as if an output had no masks", why=str(error), crop=str(tuple(seat.crop)))
        return _small(seat, plain(seat.size), fine)
    return small


def _small(seat: Seat, shape: Shape, fine: Size) -> tuple[Seat, Shape]:
    """Return an output and its shape on a canvas as small as *fine*, with about as many pixels for it."""
    x, y = fine.width / seat.canvas.width, fine.height / seat.canvas.height
    crop = Box(seat.crop.x * x, seat.crop.y * y, seat.crop.width * x, seat.crop.height * y)
    by = max(crop.width, crop.height) / max(seat.size)
    size = Size(max(LEAST, round(seat.size.width * by)), max(LEAST, round(seat.size.height * by)))
    return replace(seat, canvas=fine, crop=crop, size=size), replace(scaled(shape, seat.size, size), edges=None)


def _in_cells(flags: Flags, columns: int, rows: int) -> Flags:
    """Return which cells are flagged all over."""
    return np.asarray(flags.reshape(rows, SAMPLES, columns, SAMPLES).all(axis=(1, 3)), np.bool_)


def _grown(flags: Flags, by: int) -> Flags:
    kernel = np.ones((2 * by + 1, 2 * by + 1), np.uint8)
    return np.asarray(cv2.dilate(flags.astype(np.uint8), kernel), np.bool_)


def _safe(stage: Stage, of: tuple[int, ...]) -> tuple[slice, slice]:
    """Return which of so many rows and columns words may ever stand in."""
    rows, columns = of
    safe, x, y = safe_area(stage), columns / stage.canvas.width, rows / stage.canvas.height
    return (
        slice(math.floor(safe.y * y), math.ceil(safe.bottom * y)),
        slice(math.floor(safe.x * x), math.ceil(safe.right * x)),
    )


def _pixels(bay: Bay, whole: Bay, canvas: Size) -> Rect:
    """Return a bay in canvas pixels."""
    x, y = canvas.width / whole.width, canvas.height / whole.height
    return _even(Rect(bay.left * x, bay.top * y, bay.width * x, bay.height * y), canvas)


def _even(place: Rect, canvas: Size) -> Rect:
    """Return *place* drawn in to even pixels; at the right and at the bottom it may end with the canvas."""
    left, top = (2 * math.ceil(edge / 2 - 1e-6) for edge in place[:2])
    right, bottom = (
        side if edge > side - 1e-6 else 2 * math.floor(edge / 2 + 1e-6)
        for edge, side in zip((place.right, place.bottom), canvas, strict=True)
    )
    return Rect(float(left), float(top), float(right - left), float(bottom - top))


def _cells(flags: Flags, canvas: Size) -> Cells:
    rows, columns = flags.shape
    return Cells(canvas, columns, rows, flags.astype(np.uint8).tobytes())
