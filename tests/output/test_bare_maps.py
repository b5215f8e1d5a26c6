"""Maps of an output that changes nothing, made without the work that others are."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from player.output.mapping import sampling
from player.output.maps import is_bare, maps_of
from player.output.shape import Edges, Mask, Mirror, Point, Rotation, Seat, plain
from player.units import Rect, Size

CANVAS, LYING = Size(64, 36), Size(40, 20)
CORNER = (Point(0, 0), Point(5, 0), Point(5, 5))


@pytest.mark.parametrize("mirror", ["none", "horizontal", "vertical"])
@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
def test_they_are_those_that_the_formulas_give(rotate: Rotation, mirror: Mirror) -> None:
    """Turned and mirrored, each pixel looks at the same place, in full light."""
    size = LYING if rotate in (0, 180) else Size(LYING.height, LYING.width)
    seat = Seat(CANVAS, Rect(7, 11, *LYING), size, rotate, mirror)
    shape = plain(size)
    (found,) = maps_of([(seat, shape)])
    assert is_bare(seat, shape)
    assert np.abs(found.sampling - sampling(seat, shape)).max() < 1e-3
    assert found.is_straight
    assert found.is_plain
    assert (found.scale == 1).all()
    assert (found.count == 1).all()
    assert not found.offset.any()


def test_whatever_takes_light_or_moves_a_pixel_is_not_bare() -> None:
    """A mask of words takes none."""
    seat, shape = Seat(LYING, Rect(0, 0, *LYING), LYING), plain(LYING)
    words = replace(shape, masks=(Mask("words", "text", CORNER),))
    others = (
        replace(shape, masks=(Mask("window", "drop", CORNER),)),
        replace(shape, edges=Edges(left=3)),
        replace(shape, corners=(Point(0.5, 0), *shape.corners[1:])),
    )
    assert is_bare(seat, words)
    assert not any(is_bare(seat, other) for other in others)
