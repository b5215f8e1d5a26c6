"""Walls of a few small outputs, side by side and one above the other."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from player.commissioning.throw import Throw
from player.output.shape import Box, Corners, Light, Point, Seat, Shape, whole
from player.units import Size

SIZE: Final = Size(320, 180)
OVERLAP: Final = Size(64, 36)
BLACK: Final = 0.002
STRAIGHT: Final[Corners] = whole(SIZE)
PINNED: Final[Corners] = (Point(3, 2.5), Point(314, 4), Point(317, 176), Point(2, 178))


def wall_of(columns: int, rows: int = 1, *, black: float = BLACK, corners: Corners = STRAIGHT) -> list[Throw]:
    """Return outputs that overlap by a fifth of each, called `a`, `b`, … row by row."""
    step = Size(SIZE.width - OVERLAP.width, SIZE.height - OVERLAP.height)
    canvas = Size(step.width * columns + OVERLAP.width, step.height * rows + OVERLAP.height)
    shape = Shape(corners, light=Light(black=black))
    places = [(row, column) for row in range(rows) for column in range(columns)]
    return [
        Throw(chr(ord("a") + i), Seat(canvas, Box(column * step.width, row * step.height, *SIZE), SIZE), shape)
        for i, (row, column) in enumerate(places)
    ]


def lit(throw: Throw, **light: object) -> Throw:
    """Return *throw* with another light."""
    return replace(throw, shape=replace(throw.shape, light=replace(throw.shape.light, **light)))  # pyright: ignore[reportArgumentType] - whatever the test writes
