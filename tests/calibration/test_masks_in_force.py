"""Which masks count: those of the configuration as it is now, but for what a hand has made, changed or removed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from player.calibration.actions import Do
from player.calibration.editing import begun
from player.calibration.record import Calibration, Kept, from_bytes, in_force, to_bytes
from player.calibration.soundness import check_shape
from player.output.refusals import MAX_FEATHER_PX, MAX_MASKS
from player.output.scaling import scaled
from player.output.section import Output
from player.output.shape import Mask, Point, plain
from player.units import Size
from tests.calibration.wall import LOCKED, SIZE, WINDOW, Hand, output

DOOR = Mask("door", "drop", (Point(10, 100), Point(40, 100), Point(40, 170)), 3.0)
MOVED = replace(WINDOW, points=tuple(Point(p.x + 1, p.y) for p in WINDOW.points))


def kept(*masks: Mask, then: tuple[Mask, ...] = ()) -> Kept:
    """An output as a hand left it, with the masks that were configured *then*."""
    return Kept(replace(plain(SIZE), masks=masks), SIZE, then)


def counting(hand: Kept, *configured: Mask, size: Size = SIZE) -> tuple[Mask, ...]:
    """The masks that count, with these *configured* now."""
    return in_force(hand, replace(plain(size), masks=configured), size).masks


@pytest.mark.parametrize(
    ("hand", "now", "expected"),
    [
        (kept(WINDOW, then=(WINDOW,)), (WINDOW, DOOR), (WINDOW, DOOR)),
        (kept(), (DOOR,), (DOOR,)),
        (kept(WINDOW, DOOR, then=(WINDOW, DOOR)), (DOOR,), (DOOR,)),
        (kept(WINDOW, then=(WINDOW,)), (MOVED,), (MOVED,)),
        (kept(MOVED, then=(WINDOW,)), (WINDOW,), (MOVED,)),
        (kept(MOVED, then=(WINDOW,)), (), (MOVED,)),
        (kept(DOOR, then=(WINDOW,)), (WINDOW,), (DOOR,)),
        (kept(DOOR), (WINDOW,), (DOOR, WINDOW)),
        (kept(replace(WINDOW, kind="text"), then=(WINDOW,)), (WINDOW,), (replace(WINDOW, kind="text"),)),
        (kept(replace(WINDOW, feather_px=9), then=(WINDOW,)), (WINDOW,), (replace(WINDOW, feather_px=9),)),
    ],
    ids=(
        "a new one comes",
        "into a wall without any",
        "a removed one goes",
        "a changed one is as it is now",
        "but not what a hand moved",
        "nor when it is removed",
        "what a hand removed stays away",
        "what a hand made stays",
        "another kind is a change",
        "so is a feather",
    ),
)
def test_masks_are_as_configured_but_for_what_a_hand_did(hand: Kept, now: tuple[Mask, ...], expected: tuple[Mask, ...]) -> None:
    """Whoever writes a window into the configuration after the wall was mapped finds it dark."""
    assert counting(hand, *now) == expected


@pytest.mark.parametrize("then", [(), (replace(LOCKED, id="old"), replace(WINDOW, id="home"))])
def test_locked_masks_are_the_configurations_alone(then: tuple[Mask, ...]) -> None:
    """A lock written after the last edit holds, and one that was struck from the configuration is gone."""
    hand = kept(WINDOW, replace(LOCKED, id="old"), replace(WINDOW, id="home"), then=then)
    assert set(counting(hand, LOCKED)) == {LOCKED, WINDOW}
    assert set(counting(kept(then=(WINDOW,)), replace(WINDOW, kind="lock"))) == {replace(WINDOW, kind="lock")}
    assert counting(kept(LOCKED, then=(LOCKED,)), replace(LOCKED, kind="drop")) == (replace(LOCKED, kind="drop"),)


def test_what_counts_counts_again_in_the_same_order() -> None:
    """A calibration that is read again while somebody edits changes nothing under the hand."""
    hand = kept(WINDOW, LOCKED, then=(LOCKED, DOOR))
    first = counting(hand, LOCKED, DOOR, replace(DOOR, id="new"))
    assert counting(kept(*first, then=(LOCKED, DOOR, replace(DOOR, id="new"))), LOCKED, DOOR, replace(DOOR, id="new")) == first


def test_another_size_is_no_change_by_hand() -> None:
    """What was scaled there and back again, with all that rounding does, follows the configuration still."""
    there = Size(1366, 769)
    was = scaled(replace(plain(SIZE), masks=(WINDOW,)), SIZE, there)
    back = scaled(scaled(was, there, Size(641, 359)), Size(641, 359), there)
    hand = Kept(back, there, was.masks)
    assert counting(hand, MOVED) == (MOVED,)
    assert counting(hand) == ()


def test_a_lock_goes_with_what_was_mapped_to_another_size() -> None:
    """It was written for a size of the display as well, and stays on its window."""
    written = {"id": "home", "kind": "lock", "points": [[200, 100], [240, 100], [240, 150], [200, 150]]}
    configured = Output.model_validate({"id": "a", "display": {"name": "A", "size": "320x180"}, "masks": [written]})
    size = Size(640, 360)
    found = in_force(kept(WINDOW, *configured.shape(SIZE).masks), configured.shape(size), size)
    assert {mask.id: mask.points[0] for mask in found.masks} == {"window": Point(120, 80), "home": Point(400, 200)}


def test_limits_of_what_people_write_make_no_output_black() -> None:
    """As many masks as a hand may make and one lock more, and the widest feather on a larger display, can be shown and kept."""
    many = tuple(Mask(f"m{i}", "drop", (Point(i, 0), Point(i + 0.5, 0), Point(i + 0.5, 5))) for i in range(MAX_MASKS))
    wide = replace(many[0], feather_px=MAX_FEATHER_PX)
    size = Size(640, 360)
    found = in_force(kept(wide, *many[1:]), replace(plain(size), masks=(LOCKED,)), size)
    assert len(found.masks) == MAX_MASKS + 1
    check_shape(found)
    hand = Hand(begun([output("left", 0.0, *many)]))
    assert "at most" in hand.does(Do.NEW_MASK).state.message
    assert len(hand.shape.masks) == MAX_MASKS
    made = Calibration(1, 1, "dana", "much", {"left": Kept(found, size)})
    assert from_bytes(to_bytes(made)) == made
