"""Sketches as maps, for a graphics card."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from player.output.maps import is_bare, maps_of
from player.output.shape import Edges, Mask, Point, Seat, plain
from player.output.sketch import sketched_maps
from player.units import Rect, Size

CANVAS, SIZE = Size(480, 180), Size(320, 180)
LEFT, RIGHT = (Seat(CANVAS, Rect(x, 0, *SIZE), SIZE) for x in (0, 160))
PIN = (Point(10.5, 8), Point(300, 20), Point(310, 170.5), Point(4, 160))
WINDOW = Mask("window", "lock", (Point(100, 60), Point(150, 64), Point(146, 100), Point(98, 96)))


def test_they_are_near_the_whole_ones_and_never_lighter_in_a_window() -> None:
    """Of a blend with corners and a window: a pixel or two apart, as bright within a tenth, and dark where light must not be."""
    bent = replace(plain(SIZE), corners=PIN, masks=(WINDOW,), edges=Edges(right=160))
    outputs = [(LEFT, bent), (RIGHT, replace(plain(SIZE), edges=Edges(left=160)))]
    whole = maps_of(outputs)
    found = sketched_maps(outputs)
    assert list(found) == [0, 1]
    for i, maps in enumerate(whole):
        sketch = found[i]
        assert not sketch.scale[maps.scale == 0].any()
        lit = sketch.scale > 0
        assert lit.sum() > 0.8 * (maps.scale > 0).sum()
        assert np.abs(sketch.sampling[lit] - maps.sampling[lit]).max() < 2
        assert np.median(np.abs(sketch.scale[lit] - maps.scale[lit])) < 0.1
        assert not sketch.offset.any()
    assert list(sketched_maps(outputs, {1})) == [1]


@pytest.mark.parametrize("width", [320, 480])
def test_what_changes_nothing_is_no_sketch(width: int) -> None:
    """One output that shows its pixels as they are has its own maps at once."""
    size = Size(width, 180)
    seat = Seat(CANVAS, Rect(0, 0, *size), size)
    assert is_bare(seat, plain(size))
    assert sketched_maps([(seat, plain(size))])[0].is_straight
