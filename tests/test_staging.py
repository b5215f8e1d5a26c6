"""What outputs leave of a canvas, as the screen has it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from player.output.shape import Point, Shape
from player.show.promise import most_tiles
from player.show.slide import Stage
from player.staging import stage_for, stretched
from player.units import Rect, Size
from tests.fakes.rooms import FULL_HD, box, masks, output, stage_of


def test_without_outputs_the_stage_is_the_canvas() -> None:
    """And where outputs take nothing of what words could ever stand on, it is that too."""
    assert stage_for(FULL_HD, [], 0.1) == Stage(FULL_HD, 0.1)
    assert stage_for(FULL_HD, [output(*masks("drop", box(0, 0, 30, 30)))]) == Stage(FULL_HD)


def test_an_outline_makes_the_wall_smaller() -> None:
    """The first bay is what is seen, on even pixels, and all others lie within it."""
    stage = stage_for(FULL_HD, [output(*masks("keep", box(0, 0, 960, 1080)))])
    assert stage.room
    first, *others = stage.room.bays
    assert first == pytest.approx(Rect(0, 0, 960, 1080), abs=12)
    assert all(bay.right <= first.right for bay in others)
    assert all(value % 2 == 0 for bay in stage.room.bays for value in bay)


def test_a_wall_that_is_dark_all_over_is_taken_for_whole() -> None:
    """Nobody sees anything there, and nothing must fail for it."""
    stage = stage_for(FULL_HD, [output(*masks("lock", box(-10, -10, 2000, 1200)))])
    assert stage.room is None


def test_a_shape_that_cannot_be_leaves_its_crop_to_words() -> None:
    """A corner dragged across is shown as the crop it has, while the masks of the others count."""
    seat, shape = output(canvas=Size(3840, 1080), crop=Rect(1920.0, 0.0, 1920.0, 1080.0))
    folded = Shape((Point(0, 0), Point(10, 0), Point(5, 1), Point(0, 10)), masks=shape.masks)
    sound = output(*masks("drop", box(800, 300, 300, 400)), canvas=Size(3840, 1080), crop=Rect(0.0, 0.0, 1920.0, 1080.0))
    assert stage_for(Size(3840, 1080), [sound, (seat, folded)]) == stage_for(Size(3840, 1080), [sound, (seat, shape)])


def test_a_display_that_is_missing_changes_nothing() -> None:
    """Its size is another when it is not there; what it takes of the wall is the same, in proportion."""
    there = output(*masks("drop", box(400, 300, 600, 300)))
    (seat, _), small = there, output(*masks("drop", box(200, 150, 300, 150)), canvas=FULL_HD, size=Size(960, 540))
    assert seat.canvas == FULL_HD
    assert stage_for(FULL_HD, [there]) == stage_for(FULL_HD, [small])


def test_a_stage_on_another_canvas_has_the_same_parts_taken() -> None:
    """A still in another size is composed as the wall is."""
    stage = stage_of("left two thirds")
    half = stretched(stage, Size(960, 540))
    assert half.canvas == Size(960, 540)
    assert stage.room
    assert half.room
    assert half.room.bays[0] == pytest.approx(Rect(*(value / 2 for value in stage.room.bays[0])), abs=2)
    assert half.room.taken.bits == stage.room.taken.bits
    assert stretched(Stage(FULL_HD), Size(960, 540)) == Stage(Size(960, 540))


def test_a_mosaic_has_as_many_tiles_as_the_part_that_is_seen_can_show() -> None:
    """Windows and an outline leave room for fewer photos that are large enough to find a face in."""
    plain = most_tiles(Stage(FULL_HD))
    assert most_tiles(stage_of("six windows")) < plain
    assert most_tiles(replace(stage_of("six windows"), room=None)) == plain
