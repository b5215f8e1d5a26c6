"""Test cards: what an engineer looks at while a projector is set up. A card is a picture for one output, and a function of time.

Most are drawn on the canvas and go through the mapping, so that they tell what it does; raw ones are in the output's own pixels
and say what the projector does. Grids, circles and bars lie at the same place of the canvas on every output that shows it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from player.output import testcard_geometry as geometry
from player.output import testcard_light as light
from player.output.mask import masked
from player.output.pen import Pen, Pixels, as_shown
from player.output.room import Flags, dark_cells_of_crop, in_cells, unlit
from player.output.shape import Seat, Shape, plain
from player.output.testcard_label import INK, LOW, MIDDLE, Facts, label, mapping_in_words
from player.units import SECOND, Nanos, Size

__all__ = ["NAMES", "Card", "Facts", "card", "mapping_in_words"]

_UNTURNS: Final = {90: cv2.ROTATE_90_COUNTERCLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_CLOCKWISE}
_FLIPS: Final = {"horizontal": 1, "vertical": 0}


@dataclass(frozen=True, slots=True, eq=False)
class Card:
    """A test card for one output."""

    image: Pixels
    """BGRA: of the canvas, black outside the output's crop; or, when raw, of the output."""
    is_raw: bool
    """To be shown as it is: without warp, curve and dither. Where masks leave no light it is black already."""
    until: Nanos | None
    """When another picture is due; None: it stands still."""


_ON_CANVAS: Final[Mapping[str, Callable[[geometry.Sheet], None]]] = {
    "grid": geometry.grid,
    "crosshair": geometry.crosshair,
    "bars": light.bars,
    "rgbw": light.rgbw,
    "blacks": light.blacks,
    "whites": light.whites,
    "text": geometry.text,
    "bar": geometry.bar,
}
_RAW: Final[Mapping[str, Callable[[light.Panel], None]]] = {
    "checker": light.checker,
    "ramp": light.ramp,
    "count": light.count,
}
NAMES: Final = ("grid", "crosshair", "checker", "bars", "rgbw", "blacks", "whites", "ramp", "text", "count", "bar")
"""All cards, in the order in which a wall is set up."""
_LABEL_AT: Final = {"crosshair": geometry.IN_CIRCLE, "checker": MIDDLE, "ramp": MIDDLE}
"""Of the height, where that is not LOW."""


def card(name: str, *, seat: Seat, facts: Facts, pen: Pen, t: Nanos = 0) -> Card:
    """Return the test card *name* for an output.

    Args:
        name: One of NAMES.
        seat: Of the output.
        facts: What is written on it.
        pen: Kept between calls, for it remembers its words.
        t: Monotonic, and the same for all outputs; only the moving bar depends on it.

    Raises:
        KeyError: there is no such card.
    """
    shape, at = facts.shape or plain(seat.size), _LABEL_AT.get(name, LOW)
    if name in _RAW:
        panel = light.Panel(_upright(seat), facts, pen, _upright_count(seat, facts.count))
        _RAW[name](panel)
        dark = in_cells(_upright_dark(seat, unlit(shape, seat.size)))
        label(panel.image, name, facts, panel.size, pen, dark=dark, at=at)
        return Card(_blanked(as_shown(panel.image, seat), shape, seat.size), is_raw=True, until=None)
    sheet = geometry.Sheet(seat, facts, pen, t)
    _ON_CANVAS[name](sheet)
    ink = geometry.FAINT if name == "blacks" else INK  # no glare beside 1 % of white
    label(sheet.part, name, facts, seat.size, pen, dark=dark_cells_of_crop(seat, shape), at=at, ink=ink)
    return Card(sheet.image, is_raw=False, until=t + round(SECOND / facts.rate_hz) if name == "bar" else None)


def _upright(seat: Seat) -> Size:
    """Return the size of the output as people see it, before it is turned."""
    return seat.size if seat.rotate in (0, 180) else Size(seat.size.height, seat.size.width)


def _upright_count(seat: Seat, count: NDArray[np.uint8] | None) -> NDArray[np.uint8] | None:
    return None if count is None else _upright_pixels(seat, count)


def _upright_dark(seat: Seat, dark: Flags) -> Flags:
    return _upright_pixels(seat, dark.view(np.uint8)).view(np.bool_)


def _upright_pixels(seat: Seat, found: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Undo turn and mirror."""
    if seat.mirror != "none":
        found = np.asarray(cv2.flip(found, _FLIPS[seat.mirror]), np.uint8)
    if seat.rotate:
        found = np.asarray(cv2.rotate(found, _UNTURNS[seat.rotate]), np.uint8)
    return found


def _blanked(image: Pixels, shape: Shape, size: Size) -> Pixels:
    """Keep a raw card out of windows and whatever else is masked: nobody's bedroom is tested."""
    if any(mask.kind != "text" for mask in shape.masks):
        image[masked(shape.masks, size) == 0] = (0, 0, 0, 255)
    return image
