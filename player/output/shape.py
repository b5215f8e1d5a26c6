"""What a projection operator edits, as frozen values: where an output's picture lands, what stays dark, how bright it is.

Canvas and output pixels have x to the right and y down; the centre of the first pixel is at (0.5, 0.5), so a canvas of
1920x1080 covers 0…1920 by 0…1080. Which part of the canvas an output takes is its seat; where that lands is its shape.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal, NamedTuple, TypeAlias

from player.units import Rect, Size

MIN_GRID: Final = 2  # points a side: the corners alone
MAX_GRID: Final = 17  # points a side: every 64th of a 1080p picture; nobody nudges more by hand

Rotation: TypeAlias = Literal[0, 90, 180, 270]
"""Degrees clockwise by which the crop is turned before it is shaped."""

Mirror: TypeAlias = Literal["none", "horizontal", "vertical"]
"""How the turned crop is mirrored, for projection from behind: left and right exchanged, or top and bottom."""

MaskKind: TypeAlias = Literal["keep", "drop", "lock", "text"]
"""keep: light only inside one of these. drop: none inside, a window. lock: none inside, and no key takes it away.
text: no words there; a matter of layout, no light is taken."""

Box: TypeAlias = Rect
"""A rectangle in canvas pixels."""


class Point(NamedTuple):
    """A place, real-valued: in output pixels, or in the unit square for a mesh."""

    x: float
    y: float


Corners: TypeAlias = tuple[Point, Point, Point, Point]
"""Top left, top right, bottom right, bottom left, in output pixels: where the corners of the crop, turned and mirrored, land."""


def grid(rows: int, columns: int) -> tuple[Point, ...]:
    """Return evenly spread points of the unit square, row by row."""
    return tuple(Point(c / (columns - 1), r / (rows - 1)) for r in range(rows) for c in range(columns))


@dataclass(frozen=True, slots=True)
class Layer:
    """Fine work done on another grid: how far each of its points was moved, in the unit square, row by row."""

    rows: int
    columns: int
    moved: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Mesh:
    """The fine work inside the corners: where the points of an even grid over the unit square go, row by row.

    What was done on grids of other sizes lies under it as it was, so that another size changes nothing by itself.
    """

    rows: int = MIN_GRID
    columns: int = MIN_GRID
    points: tuple[Point, ...] = grid(MIN_GRID, MIN_GRID)
    under: tuple[Layer, ...] = ()

    @property
    def is_even(self) -> bool:
        """Whether no point was moved, on this grid or another."""
        return not self.under and self.points == grid(self.rows, self.columns)


@dataclass(frozen=True, slots=True)
class Mask:
    """A polygon in output pixels; its edge ramps over *feather_px*, always on the side that has light."""

    id: str
    kind: MaskKind
    points: tuple[Point, ...]
    feather_px: float = 0.0


@dataclass(frozen=True, slots=True)
class Edges:
    """How wide the ramps of a blend are, in canvas pixels inwards from the sides of the crop, as it lies on the canvas."""

    left: float = 0.0
    right: float = 0.0
    top: float = 0.0
    bottom: float = 0.0


@dataclass(frozen=True, slots=True)
class Light:
    """How an output's light is set against that of the others."""

    gain: float = 1.0
    balance: tuple[float, float, float] = (1.0, 1.0, 1.0)
    """Red, green, blue, as factors of linear light."""
    gamma: tuple[float, float, float] | None = None
    """Red, green, blue, as measured; None: the curve of sRGB."""
    black: float = 0.0
    """What one projector's black is of its white, in linear light."""
    p: float = 2.0
    """How steep the ramps of a blend are."""


@dataclass(frozen=True, slots=True)
class Shape:
    """Where an output's picture lands and how: all that is edited live."""

    corners: Corners
    mesh: Mesh = Mesh()
    masks: tuple[Mask, ...] = ()
    edges: Edges | None = None
    """None: as the crops of the outputs overlap."""
    light: Light = field(default_factory=Light)


@dataclass(frozen=True, slots=True)
class Seat:
    """What an output takes of the canvas and how many pixels it has for that."""

    canvas: Size
    crop: Box
    size: Size
    """Of the output, in its own pixels."""
    rotate: Rotation = 0
    mirror: Mirror = "none"


def whole(size: Size) -> Corners:
    """Return the corners of all of an output."""
    width, height = float(size.width), float(size.height)
    return Point(0.0, 0.0), Point(width, 0.0), Point(width, height), Point(0.0, height)


def plain(size: Size) -> Shape:
    """Return the shape of an output that nobody has edited."""
    return Shape(whole(size))
