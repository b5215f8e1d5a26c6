"""Whether a shape may be shown and kept: every refusal of the maths in one question, and the bounds of light."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite
from typing import Final, NamedTuple

from player.errors import GeometryError
from player.output.mapping import check
from player.output.refusals import check_edges, check_masks
from player.output.section import MAX_BLACK, MAX_GAMMA, MIN_GAMMA
from player.output.shape import Box, Light, Shape
from player.units import MAX_SIDE


class Bounds(NamedTuple):
    """What a value of light may be, the ends included, and the step of one press."""

    least: float
    most: float
    step: float


FACTOR: Final = Bounds(0.05, 1.0, 0.01)  # as the configuration: below it, a lamp that is off is the better way
GAMMA: Final = Bounds(MIN_GAMMA, MAX_GAMMA, 0.01)
BLACK: Final = Bounds(0.0, MAX_BLACK, 0.0001)  # of white: projectors of 2,000 to 1 have 0.0005
STEEPNESS: Final = Bounds(1.0, 5.0, 0.01)
_LARGEST: Final = Box(0.0, 0.0, float(MAX_SIDE), float(MAX_SIDE))
COLOURS: Final = ("red", "green", "blue")

BOUNDS: Final[Mapping[str, Bounds]] = {
    "gain": FACTOR,
    **dict.fromkeys(COLOURS, FACTOR),
    "black": BLACK,
    "gamma": GAMMA,
    **dict.fromkeys((f"gamma {colour}" for colour in COLOURS), GAMMA),
    "steepness": STEEPNESS,
}
"""By the names that operators read, in the order in which they are gone through."""


def check_shape(shape: Shape, crop: Box | None = None) -> None:
    """Refuse what cannot be shown.

    Args:
        shape: Of one output.
        crop: What the output takes of the canvas, for the width of blends; None where that is not known.

    Raises:
        GeometryError: folded, crossed, dented, too steep; a mask that is no polygon; a blend or a light out of bounds.
    """
    check(shape)
    check_masks(shape.masks)
    if shape.edges is not None:
        check_edges(shape.edges, crop or _LARGEST)
    check_light(shape.light)


def check_light(light: Light) -> None:
    """Refuse light out of bounds.

    Raises:
        GeometryError: naming the value and what it may be.
    """
    values = {"gain": light.gain, "black": light.black, "steepness": light.p}
    values |= dict(zip(COLOURS, light.balance, strict=True))
    if light.gamma is not None:
        values |= {f"gamma {colour}": value for colour, value in zip(COLOURS, light.gamma, strict=True)}
    for name, value in values.items():
        bounds = BOUNDS[name]
        if not (isfinite(value) and bounds.least <= value <= bounds.most):
            raise GeometryError(f"The light's {name} is {value:g}: it may be {bounds.least:g} to {bounds.most:g}.")
