"""What a wall receives, through 8 bits and dither, of projectors that are all alike."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from player.commissioning.evenness import evenness
from player.commissioning.received import Wall, as_codes, thrown
from player.output.shape import Box, Mask, Point, Seat, Shape, plain, whole
from player.units import Size
from tests.commissioning.walls import BLACK, PINNED, SIZE, lit, wall_of


@pytest.mark.parametrize(("columns", "rows", "most"), [(1, 1, 1), (2, 1, 2), (3, 1, 2), (2, 2, 4)])
def test_a_blend_is_even_in_white_and_in_black(columns: int, rows: int, most: int) -> None:
    """White within ±0.5 %, black within ±10 % of one projector's on average, down to 8 bits and through dither."""
    wall = Wall(wall_of(columns, rows))
    where = wall.whole()
    white, black = evenness(wall.level(255), where), evenness(wall.level(0), where)
    assert white
    assert black
    assert white.mean == pytest.approx(1, abs=2e-3)
    assert white.uneven < 0.005
    assert black.mean == pytest.approx(most * BLACK, rel=0.02)
    assert black.average * black.mean < 0.1 * BLACK


def test_a_picture_comes_through_as_it_is() -> None:
    """One projector without black, straight on: the wall is the canvas, to a code of dither."""
    wall = Wall(wall_of(1, black=0.0))
    canvas = np.random.default_rng(7).integers(0, 256, (*reversed(SIZE), 4), np.uint8)
    seen = as_codes(wall.received(canvas))
    assert np.abs(seen[..., :3].astype(int) - canvas[..., :3]).max() <= 1


def test_two_pinned_projectors_show_one_picture() -> None:
    """Wherever corners were dragged to, a smooth picture lies on the canvas where it was drawn."""
    outputs = wall_of(2, black=0.0, corners=PINNED)
    width, height = outputs[0].seat.canvas
    canvas = np.zeros((height, width, 4), np.uint8)
    canvas[..., :3] = np.linspace(40, 220, width)[None, :, None].astype(np.uint8)
    wall = Wall(outputs)
    seen = as_codes(wall.received(canvas, takes=4))
    off = np.abs(seen[..., 1].astype(float) - canvas[..., 1])[wall.whole()]
    assert off.mean() < 0.6
    assert np.percentile(off, 99) <= 2


def test_a_projector_that_moved_is_seen_in_the_blend() -> None:
    """Two pixels off, and the wall is three times as uneven as before; the picture itself stands off by as much."""
    outputs = wall_of(2)
    still, moved = Wall(outputs), Wall(outputs, {"b": Point(2.0, 0.0)})
    where = still.whole()
    before, after = evenness(still.level(255), where), evenness(moved.level(255), where)
    assert before
    assert after
    assert after.uneven > 3 * before.uneven
    canvas = np.zeros((180, 576, 4), np.uint8)
    canvas[:, 450] = 255
    assert moved.received(canvas)[90, :, 1].argmax() == 452


def test_black_falls_beside_a_pinned_picture() -> None:
    """A projector lights all of its raster a little, not only where its picture is: so does the simulated one."""
    outputs = wall_of(2, corners=(Point(32, 0), Point(320, 0), Point(320, 180), Point(32, 180)))
    black = Wall(outputs).level(0)
    spill = black[90, 230]  # left of what the second one takes of the canvas, within its raster
    alone = black[90, 100]
    assert outputs[1].seat.crop.x > 231
    assert spill == pytest.approx(alone + BLACK, rel=0.05)


def test_a_window_gets_nothing_but_black() -> None:
    """Inside a mask no light falls that a projector can keep back, and the wall is not asked to be even there."""
    hole = Mask("window", "drop", (Point(100, 60), Point(160, 60), Point(160, 120), Point(100, 120)), 8)
    (only,) = wall_of(1)
    wall = Wall([replace(only, shape=replace(only.shape, masks=(hole,)))])
    assert wall.level(255)[70:110, 110:150].max() == pytest.approx(BLACK, rel=1e-3)
    assert not wall.whole()[60:120, 100:160].any()
    assert wall.count[90, 130] == 0


def test_gain_and_balance_make_real_projectors_alike_so_these_do_without() -> None:
    """What an operator set by eye is no fault of the blend; brightness is meant, and seen."""
    outputs = wall_of(2)
    plain_wall = Wall(outputs).level(255)
    set_by_eye = Wall([lit(outputs[0], gain=0.8, balance=(1.0, 0.9, 0.8)), outputs[1]]).level(255)
    assert np.abs(set_by_eye - plain_wall).max() < 0.02
    dimmed = Wall([replace(each, brightness=0.5) for each in outputs]).level(255)
    assert dimmed.mean() < 0.3


def test_a_measured_gamma_is_undone_by_its_projector() -> None:
    """Whatever curve an output encodes for, the light on the wall is the same."""
    outputs = wall_of(2)
    curved = [lit(each, gamma=(2.2, 2.0, 2.6)) for each in outputs]
    a, b = Wall(outputs).level(128), Wall(curved).level(128)
    assert a.mean() == pytest.approx(b.mean(), rel=0.01)


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
def test_a_raster_that_is_its_picture_is_thrown_as_it_is(rotate: int) -> None:
    """Where corners are those of the output, nothing lies beyond the crop."""
    seat = Seat(Size(400, 300), Box(20, 30, 320, 180), SIZE, rotate)  # pyright: ignore[reportArgumentType] - one of the four
    assert thrown(seat, plain(SIZE), Point(0, 0)) == (seat, plain(SIZE))
    wide, shape = thrown(seat, Shape(whole(SIZE)), Point(5, 0))
    assert wide.crop.width > seat.crop.width
    assert shape.corners[0].x < -5
