"""A mask that is removed takes no other with it: what is selected then is no mask."""

from __future__ import annotations

from dataclasses import replace

import pytest

from player.calibration.actions import Do
from player.calibration.spot import WHOLE, Part, Spot, mask_at
from player.output.shape import Mask
from tests.calibration.wall import WINDOW, Hand, wall

OTHERS = tuple(replace(WINDOW, id=f"window-{n}") for n in range(1, 4))


@pytest.mark.parametrize("index", range(3))
def test_delete_again_takes_nothing_of_another_mask(index: int) -> None:
    """Whichever of several masks was removed, a second Delete is refused, and every other window is as it was."""
    hand = Hand(replace(wall(*OTHERS), spot=Spot(Part.MASKS, index)))
    rest = tuple(mask for i, mask in enumerate(OTHERS) if i != index)
    assert "corner is selected" in hand.does(Do.DELETE).state.message
    assert hand.shape.masks == rest

    assert "press K first" in hand.does(Do.DELETE).state.message
    assert hand.state.spot == Spot()
    assert hand.shape.masks == rest


def test_a_new_mask_that_is_removed_leaves_the_windows() -> None:
    """Shift and K, Delete, Delete: the new mask is gone, nothing else."""
    hand = Hand(wall(*OTHERS))
    hand.does(Do.NEW_MASK, Do.DELETE, Do.DELETE)
    assert hand.shape.masks == OTHERS


@pytest.mark.parametrize("index", range(3))
def test_redoing_selects_no_other_mask(index: int) -> None:
    """What is removed by redoing, and what is made undone, leaves nothing of another mask selected."""
    hand = Hand(replace(wall(*OTHERS), spot=Spot(Part.MASKS, index)))
    hand.does(Do.DELETE, Do.UNDO)
    assert named(hand) == f"window-{index + 1}"
    hand.does(Do.REDO)
    assert hand.state.spot == Spot()
    hand.does(Do.UNDO)
    hand.does(Do.NEW_MASK, Do.NEXT_POINT, Do.UNDO)
    assert hand.state.spot == Spot(Part.MASKS, index, WHOLE)


def named(hand: Hand) -> str:
    """The id of the selected mask."""
    mask: Mask | None = mask_at(hand.shape, hand.state.spot)
    return mask.id if mask else ""
