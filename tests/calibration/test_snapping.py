"""Snapping through the canvas: points of two outputs that show the same spot of it come together."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from player.calibration.actions import Choose, Do, Edit, Move
from player.calibration.snapping import landmarks, unit_at
from player.calibration.spot import Part, Spot
from player.output.homography import applied, homography
from player.output.mapping import sampling
from player.output.mesh import surface_at
from player.output.shape import Corners, Mask, Mesh, Point, grid, plain
from tests.calibration.wall import SIZE, Hand, output, shaped, wall

PINNED: Corners = (Point(10, 5), Point(315, 0), Point(310, 178), Point(0, 170))
BENT = Mesh(3, 3, (*grid(3, 3)[:4], Point(0.53, 0.48), *grid(3, 3)[5:]))
HERE = Mask("window", "drop", (Point(285, 40), Point(300, 40), Point(300, 80), Point(285, 80)))
THERE = Mask("same", "drop", (Point(9, 44), Point(22, 38), Point(22, 80), Point(9, 80)))


def both() -> Hand:
    """The same window, cut out of the light of two outputs that are warped differently."""
    state = shaped(wall(), replace(plain(SIZE), corners=PINNED, mesh=BENT, masks=(HERE,)))
    hand = Hand(state)
    hand.does(Choose(1))
    hand.state = shaped(hand.state, replace(plain(SIZE), masks=(THERE,)))
    return hand


def test_a_window_is_cut_out_at_the_same_spot() -> None:
    """A mask's point moves to where its output shows the spot that the other's point shows."""
    hand = both()
    hand.does(Do.NEXT_MASK, Do.NEXT_POINT)
    outcome = hand.does(Do.SNAP)

    left, right = hand.state.outputs
    assert outcome.state.message == "Snapped to left, mask window point 1."
    assert outcome.saved is not None
    place = right.shape.masks[0].points[0]
    unit = unit_at(left.shape, HERE.points[0])
    assert unit is not None
    # The right output shows canvas 280…600 as it is.
    assert (place.x + 280, place.y) == pytest.approx((unit.x * 320, unit.y * 180), abs=1e-6)


def test_the_way_back_is_exact_on_a_bent_surface() -> None:
    """The place in the unit square that is shown at a pixel is found to within a millionth."""
    shape = replace(plain(SIZE), corners=PINNED, mesh=BENT)
    for u, v in ((0.0, 0.0), (0.3, 0.7), (0.5, 0.5), (1.0, 0.25)):
        x, y = applied(homography(shape.corners), surface_at(shape.mesh, np.array([[u, v]])))[0]
        assert unit_at(shape, Point(x, y)) == pytest.approx((u, v), abs=1e-6)
    assert unit_at(shape, Point(-40, 0)) is None
    assert unit_at(plain(SIZE), Point(-1, 0)) is None


def test_landmarks_say_what_the_output_shows() -> None:
    """The spot of a mask's point is what the sampling map has there."""
    shape = replace(plain(SIZE), corners=PINNED, mesh=BENT, masks=(HERE,))
    edited = replace(output("left", 0), shape=shape)
    mark = next(each for each in landmarks(edited) if each.name == "mask window point 1")
    seen = sampling(edited.seat, shape)[39:41, 284:286].mean(axis=(0, 1))

    assert mark.canvas == pytest.approx(tuple(seen), abs=0.05)


def test_a_corner_snaps_to_its_counterpart() -> None:
    """Two outputs that show the same part of the canvas: a corner takes the pixel of the other's."""
    hand = Hand(wall())
    hand.state = replace(
        hand.state, outputs=(output("a", 0), replace(output("b", 0), shape=replace(plain(SIZE), corners=PINNED)))
    )
    hand.does(Do.NEXT_POINT, Do.SNAP)
    assert hand.shape.corners[1] == Point(315, 0)
    hand.does(Edit(Part.MESH), Do.FINER, Do.SNAP)
    assert hand.state.message == "Snapped to b, corner 1."


def test_nothing_near_is_said() -> None:
    """Beyond 20 pixels, or with no counterpart, nothing moves."""
    hand = both()
    hand.does(Do.NEXT_MASK, Do.NEXT_POINT, Do.NEXT_POINT, Do.NEXT_POINT, Move(100, 0))
    assert "within 20 px" in hand.does(Do.SNAP).state.message
    hand.does(Edit(Part.CORNERS))
    assert "within 20 px" in hand.does(Do.SNAP).state.message


@pytest.mark.parametrize("spot", [Spot(Part.MASKS, 0), Spot(Part.BLEND), Spot(Part.LIGHT)])
def test_only_points_snap(spot: Spot) -> None:
    """A whole mask, a blend or a value has no place to snap from."""
    hand = both()
    hand.state = replace(hand.state, spot=spot)
    assert "Only points snap" in hand.does(Do.SNAP).state.message


def test_a_locked_mask_does_not_snap() -> None:
    """Snapping is an edit, too."""
    hand = both()
    hand.state = shaped(hand.state, replace(hand.shape, masks=(replace(THERE, kind="lock"),)))
    hand.does(Do.NEXT_MASK, Do.NEXT_POINT)
    assert "locked" in hand.does(Do.SNAP).state.message
