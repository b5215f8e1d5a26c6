"""What is written on every test card: which output this is, its display, and how it is mapped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from player.output.pen import Pen, Pixels
from player.output.room import Flags, place
from player.output.shape import Point, Shape, whole
from player.units import Colour, Size

INK: Final[Colour] = (170, 166, 158)  # warm and far below white: the label must not outshine what is judged
LINES_ON: Final = 36.0  # of these would fill the height
_WIDTH: Final = 0.9  # of the card that a label may take
LOW: Final = 0.84  # of the height: far below the middle, which cards need
MIDDLE: Final = 0.5
LOOK_FOR: Final[Mapping[str, str]] = {
    "grid": "straight lines, square cells, numbers equal in overlaps",
    "crosshair": "a round circle, the cross in the middle",
    "checker": "even grey: waves mean the projector scales",
    "bars": "seven clear colours, even steps of grey",
    "rgbw": "pure colours, the same on every output",
    "blacks": "every step but the first is seen",
    "whites": "every step but the first is seen",
    "ramp": "no bands with dither, no tint",
    "text": "the smallest line is read from afar",
    "count": "two where outputs overlap, none in gaps",
    "bar": "one even bar, unbroken from output to output",
}
"""What is right on each card, in eight words at most: it is read in passing, and in the cold."""
_SMALLER: Final = (1.0, 0.8, 0.64, 0.5)
_LEAST_PX: Final = 9.0  # of an em, to be read at all


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Facts:
    """What a card tells of its output."""

    output: str
    """Its id in the configuration."""
    display: str = ""
    """As the display calls itself."""
    rate_hz: float = 60.0
    shape: Shape | None = None
    """As it is now; None: nobody has edited it."""
    count: NDArray[np.uint8] | None = None
    """height x width of the output: how many outputs light each of its pixels (`Maps.count`); None: not known."""
    viewing_distance_m: float | None = None
    wall_width_m: float | None = None
    """Of the canvas as it lies on the wall."""


def mapping_in_words(shape: Shape | None, size: Size) -> str:
    """Return how an output is mapped, in a few words."""
    if shape is None:
        return "not mapped"
    parts = ["corners moved" if shape.corners != whole(size) else "corners of the display"]
    if not shape.mesh.is_even:
        parts.append(f"mesh {shape.mesh.columns}x{shape.mesh.rows}")
    if shape.masks:
        parts.append(f"{len(shape.masks)} mask{'s' if len(shape.masks) > 1 else ''}")
    parts.append("blend by hand" if shape.edges else "blend as overlapped")
    return " · ".join(parts)


def label(out: Pixels, name: str, facts: Facts, size: Size, pen: Pen, *, dark: Flags, at: float = LOW, ink: Colour = INK) -> None:
    """Write the label onto the card *name*, as near as can be to the middle and *at* a share of the height.

    It goes where none of it is *dark* (cells of the card), in more lines or smaller if need be; where there is no such place
    there is no label, for half of one tells nothing.
    """
    height, width = out.shape[:2]
    wanted = Point(width / 2, height * at)
    wide = _lines(name, facts, size)
    narrow = [part for line in wide for part in line.split(" · ")]
    em = max(10.0, min(width, height) / LINES_ON)
    for share in _SMALLER:
        for lines in (wide, narrow):
            widest = max(pen.width(line, em) for line in lines) + em * 1.6
            size_px = round(em * min(share, _WIDTH * width / widest), 1)
            found = place(dark, widest * size_px / em, pen.height_of(len(lines), size_px), wanted)
            if not found.dark_cells and (size_px >= _LEAST_PX or not dark.any()):
                pen.plate(out, lines, found.middle, size_px=size_px, colour=ink)
                return


def _lines(name: str, facts: Facts, size: Size) -> list[str]:
    is_other = facts.display.strip().casefold() not in ("", facts.output.casefold())
    named = f"{facts.output} · {facts.display}" if is_other else facts.output
    return [
        f"{name}: {LOOK_FOR[name]}",
        f"{named} · {size.width}x{size.height} · {facts.rate_hz:.4g} Hz",
        mapping_in_words(facts.shape, size),
    ]
