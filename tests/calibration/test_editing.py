"""Editing with keys: what each does, what is refused, and what is kept."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from player.calibration.actions import KEYS, Choose, Do, Edit, Move, Stroke, help_lines, repeats
from player.calibration.editing import ASKED_FOR, MAX_UNDO, ONE_GESTURE, act, begun
from player.calibration.spot import WHOLE, Part, Spot
from player.output.mapping import landing, sampling
from player.output.mesh import surface
from player.output.shape import MAX_GRID, Corners, Edges, Mirror, Point, Rotation, Seat, plain, whole
from player.units import MILLISECOND
from tests.calibration.wall import CANVAS, LOCKED, SIZE, WINDOW, Hand, output, shaped, wall

RIGHT = Move(1, 0)


@pytest.mark.parametrize(
    ("stroke", "by"),
    [
        (Stroke("right"), (1.0, 0.0)),
        (Stroke("up"), (0.0, -1.0)),
        (Stroke("down", shift=True), (0.0, 10.0)),
        (Stroke("left", alt=True), (-0.1, 0.0)),
    ],
)
def test_arrows_move_a_corner(stroke: Stroke, by: tuple[float, float]) -> None:
    """One pixel, ten with Shift, a tenth with Alt."""
    hand = Hand(wall())
    hand.does(KEYS[stroke])

    assert hand.shape.corners[0] == Point(*by)
    assert hand.shape.corners[1:] == whole(SIZE)[1:]


def test_ten_tenths_are_one() -> None:
    """Nudging does not gather rounding errors."""
    hand = Hand(wall())
    hand.does(*[Move(0.1, 0)] * 10)

    assert hand.shape.corners[0] == Point(1.0, 0.0)


def test_tab_goes_round_and_back() -> None:
    """Tab visits every corner in turn, Shift and Tab the other way."""
    hand = Hand(wall())
    seen = [hand.does(Do.NEXT_POINT).state.spot.index for _ in range(5)]

    assert seen == [1, 2, 3, 0, 1]
    assert hand.does(Do.POINT_BEFORE, Do.POINT_BEFORE).state.spot.index == 3


def test_outputs_are_chosen_by_number_and_in_turn() -> None:
    """Digits choose an output, Page Down the next one; what is not there is refused."""
    hand = Hand(wall())

    assert hand.does(Choose(1)).state.edited.id == "right"
    assert hand.does(Do.NEXT_OUTPUT).state.edited.id == "left"
    assert hand.does(Do.OUTPUT_BEFORE).state.edited.id == "right"
    assert hand.does(Choose(6)).state.message == "There is no output 7: there are 2."
    assert hand.state.edited.id == "right"


@pytest.mark.parametrize(
    ("corner", "moves", "why"),
    [
        (0, [Move(150, 85), Move(150, 85)], "dented"),
        (0, [Move(330, 0)], "crossed"),
        (0, [Move(160, 90)], "dented"),
        (2, [Move(1e6, 0)], "within"),
    ],
)
def test_a_folded_picture_is_refused(corner: int, moves: list[Move], why: str) -> None:
    """Corners that cross, dent or run away are refused in words, and the last good shape stays."""
    hand = Hand(wall())
    hand.does(*[Do.NEXT_POINT] * corner, *moves[:-1])
    before = hand.state
    outcome = hand.does(moves[-1])

    assert why in outcome.state.message
    assert outcome.saved is None
    assert outcome.state.outputs == before.outputs
    assert outcome.state.past == before.past


def test_a_folded_mesh_is_refused() -> None:
    """A point of the mesh cannot be pulled over its neighbours."""
    hand = Hand(wall())
    hand.does(Do.FINER, Do.FINER, *[Do.NEXT_POINT] * 4)
    outcome = hand.does(Move(200, 0))

    assert "folded" in outcome.state.message
    assert outcome.saved is None


def test_a_mesh_point_moves_by_pixels_of_the_output() -> None:
    """However the corners lie, an arrow moves a point by one pixel on the display."""
    hand = Hand(wall())
    hand.does(Move(40, 20), Do.FINER, Do.FINER, *[Do.NEXT_POINT] * 4)
    before = landing(hand.state.edited.seat, hand.shape, np.array([160.0]), np.array([90.0]))[0, 0]
    hand.does(Move(3, -2))
    after = landing(hand.state.edited.seat, hand.shape, np.array([160.0]), np.array([90.0]))[0, 0]

    assert after - before == pytest.approx([3, -2], abs=1e-9)


def test_another_grid_keeps_the_shape() -> None:
    """Finer, coarser and finer again: the surface is the same everywhere, and the point stays selected."""
    hand = Hand(wall())
    hand.does(Do.FINER, Do.FINER, *[Do.NEXT_POINT] * 4, Move(7, 5))
    across = np.linspace(0, 1, 33)
    before = surface(hand.shape.mesh, across, across)

    for action, size in ((Do.FINER, (5, 5)), (Do.MORE_COLUMNS, (5, 9)), (Do.COARSER, (3, 5)), (Do.FEWER_COLUMNS, (3, 3))):
        hand.does(action)
        assert (hand.shape.mesh.rows, hand.shape.mesh.columns) == size
        assert surface(hand.shape.mesh, across, across) == pytest.approx(before, abs=1e-9)
    assert hand.state.spot == Spot(Part.MESH, 4)


def test_a_grid_has_its_limits() -> None:
    """Below the corners and above 17 points a side nothing happens, in words."""
    hand = Hand(wall())
    hand.does(*[Do.FINER] * 5)
    assert hand.shape.mesh.columns == MAX_GRID
    assert "as far as it goes" in hand.does(Do.FINER).state.message
    hand.does(*[Do.COARSER] * 4)
    assert "as far as it goes" in hand.does(Do.COARSER).state.message


def test_masks_are_made_moved_and_removed() -> None:
    """A new mask is a window in the middle; its points can be moved, added and taken away, down to three."""
    hand = Hand(wall())
    assert "Shift and K" in hand.does(Do.NEXT_MASK).state.message
    hand.does(Do.NEW_MASK, RIGHT)
    assert hand.state.spot == Spot(Part.MASKS, 0, WHOLE)
    assert hand.shape.masks[0].points[0] == Point(145, 81)

    hand.does(Do.NEXT_POINT, Do.INSERT, Move(0, -5))
    assert hand.shape.masks[0].points[1] == Point(161, 76)
    assert hand.does(Do.DELETE, Do.DELETE).state.edited.shape.masks[0].id == "mask-1"
    assert len(hand.shape.masks[0].points) == 3
    assert "three points" in hand.does(Do.DELETE).state.message
    hand.does(Do.NEXT_MASK, Do.DELETE)
    assert hand.shape.masks == ()
    assert hand.state.spot == Spot()


def test_a_mask_does_not_cross_itself() -> None:
    """A point that is pulled over the opposite side is refused."""
    hand = Hand(wall(WINDOW))
    hand.does(Do.NEXT_MASK, Do.NEXT_POINT)

    assert "crosses itself" in hand.does(Move(20, 60)).state.message
    assert hand.shape.masks == (WINDOW,)


def test_kinds_and_feathers() -> None:
    """T goes through the kinds that keys may make, F widens the edge and stops at nothing."""
    hand = Hand(wall(WINDOW))
    hand.does(Do.NEXT_MASK)
    kinds = [hand.does(Do.KIND_OF_MASK).state.edited.shape.masks[0].kind for _ in range(3)]

    assert kinds == ["keep", "text", "drop"]
    assert hand.does(Do.SOFTER).state.edited.shape.masks[0].feather_px == 3
    assert "as far as it goes" in hand.does(*[Do.HARDER] * 4).state.message
    assert hand.shape.masks[0].feather_px == 0


@pytest.mark.parametrize("action", [RIGHT, Do.INSERT, Do.DELETE, Do.SOFTER, Do.HARDER, Do.KIND_OF_MASK])
@pytest.mark.parametrize("point", [WHOLE, 1])
def test_no_key_edits_a_locked_mask_away(action: Do | Move, point: int) -> None:
    """A locked mask is the configuration's: no key moves, softens, retypes or removes it."""
    hand = Hand(replace(wall(LOCKED), spot=Spot(Part.MASKS, 0, point)))
    outcome = hand.does(action)

    assert "locked" in outcome.state.message
    assert hand.shape.masks == (LOCKED,)


@pytest.mark.parametrize("action", [Do.INSERT, Do.DELETE, Do.SOFTER, Do.KIND_OF_MASK])
def test_what_is_for_masks_says_so(action: Do) -> None:
    """With a corner selected, keys for masks say how to get there."""
    assert "press K first" in Hand(wall()).does(action).state.message


def test_blend_edges_begin_as_the_outputs_overlap() -> None:
    """The first nudge starts from the overlap; two ramps never meet beyond the crop."""
    hand = Hand(wall())
    hand.does(Edit(Part.BLEND), Do.NEXT_POINT, Move(10, 0))
    assert hand.shape.edges == Edges(right=50.0)
    hand.does(Move(0, 0.1))
    assert hand.shape.edges == Edges(right=49.9)
    hand.does(Move(1000, 0))
    assert hand.shape.edges == Edges(right=320.0)
    assert "as far as it goes" in hand.does(RIGHT).state.message
    hand.does(Do.POINT_BEFORE)
    assert "0 to 0" in hand.does(RIGHT).state.message


def test_light_values_have_their_bounds() -> None:
    """Every value of light moves by its step, stops at its ends, and a gamma begins at 2.2."""
    hand = Hand(wall())
    hand.does(Edit(Part.LIGHT))
    assert "as far as it goes" in hand.does(RIGHT).state.message
    hand.does(Move(0, 10), Do.NEXT_POINT, Move(-1, 0), Move(-0.1, 0))
    assert hand.shape.light.gain == 0.9
    assert hand.shape.light.balance == (0.989, 1.0, 1.0)
    hand.does(*[Do.NEXT_POINT] * 3, RIGHT, Do.NEXT_POINT, RIGHT, *[Do.NEXT_POINT] * 3, RIGHT, Do.NEXT_POINT, RIGHT)
    assert hand.shape.light.black == 0.0001
    assert hand.shape.light.gamma == (2.21, 2.21, 2.22)
    assert hand.shape.light.p == 2.01


def test_reset_asks_twice() -> None:
    """R asks; only R again within a few seconds does it, back to what the configuration says."""
    hand = Hand(wall(LOCKED))
    assert "as the configuration has it" in hand.does(Do.RESET).state.message
    hand.does(Move(5, 5))
    assert "Press R again within 10 s" in hand.does(Do.RESET).state.message
    assert hand.does(Do.NEXT_POINT, Do.RESET).saved is None
    assert hand.does(Do.RESET, apart=ASKED_FOR + 1).saved is None
    outcome = hand.does(Do.RESET)

    assert outcome.saved is not None
    assert outcome.saved.what == "left: every corner reset"
    assert "Reset: every corner" in outcome.state.message
    assert "The rest stays" in outcome.state.message
    assert hand.shape == wall(LOCKED).edited.shape
    hand.does(Do.UNDO)
    assert hand.shape.corners[0] == Point(5, 5)


@pytest.mark.parametrize("part", list(Part))
def test_every_part_can_be_reset(part: Part) -> None:
    """Whatever was done to a part, R twice brings the configuration's back."""
    hand = Hand(wall(WINDOW))
    hand.does(Do.FINER, Do.FINER, *[Do.NEXT_POINT] * 4, Move(4, 4), Edit(Part.CORNERS), Move(3, 3), Do.NEXT_MASK, Move(1, 1))
    hand.does(Edit(Part.BLEND), RIGHT, Edit(Part.LIGHT), Move(-1, 0), Edit(part))
    hand.does(Do.RESET, Do.RESET)
    shape, first = hand.shape, hand.state.edited.configured
    values = {
        Part.CORNERS: (shape.corners, first.corners),
        Part.MESH: (shape.mesh, first.mesh),
        Part.MASKS: (shape.masks, first.masks),
        Part.BLEND: (shape.edges, first.edges),
        Part.LIGHT: (shape.light, first.light),
    }

    assert all((a == b) is (each is part) for each, (a, b) in values.items())


def test_two_hundred_steps_are_undone() -> None:
    """Z goes back two hundred steps and says when there are no more; Y goes all the way forward again."""
    hand = Hand(wall())
    shapes = [hand.shape]
    for i in range(MAX_UNDO + 3):
        hand.does(Choose(i % 2), Move(0.1, 0.1))
        shapes.append(hand.state.outputs[i % 2].shape)
    last = hand.state.outputs

    hand.does(*[Do.UNDO] * MAX_UNDO)
    assert hand.state.outputs[0].shape == shapes[3]
    assert hand.does(Do.UNDO).state.message == "There is nothing to undo."
    hand.does(*[Do.REDO] * MAX_UNDO)
    assert hand.state.outputs == last
    assert hand.does(Do.REDO).state.message == "There is nothing to redo."


def test_undo_leads_to_where_it_was_done() -> None:
    """Undoing selects the output and the point that change, so that one sees what happens."""
    hand = Hand(wall())
    hand.does(Do.NEXT_POINT, RIGHT, Choose(1), Edit(Part.LIGHT))
    hand.does(Do.UNDO)

    assert (hand.state.chosen, hand.state.spot) == (0, Spot(Part.CORNERS, 1))
    assert hand.state.message == "undone: left: corner 2 moved"


def test_a_new_edit_ends_what_could_be_redone() -> None:
    """After undoing and editing, the old way forward is gone."""
    hand = Hand(wall())
    hand.does(RIGHT, Do.UNDO, Move(0, 1))

    assert hand.state.future == ()


def test_a_held_key_is_one_step_and_one_entry() -> None:
    """Three hundred repeats of a key are undone at once and are one line of the history."""
    hand = Hand(wall())
    hand.does(RIGHT)
    hand.does(*[RIGHT] * 299, apart=33 * MILLISECOND)

    assert hand.shape.corners[0] == Point(300, 0)
    assert len(hand.saved) == 300
    assert len({saved.gesture for saved in hand.saved}) == 1
    hand.does(Do.UNDO)
    assert hand.shape == plain(SIZE)


def test_different_keys_and_pauses_are_different_entries() -> None:
    """Another key, another point or a pause begins something new; so does coming back to editing."""
    hand = Hand(wall())
    hand.does(RIGHT)
    hand.does(RIGHT, apart=ONE_GESTURE + 1)
    hand.does(Move(0, 1), Do.NEXT_POINT, Move(0, 1), Choose(1), Move(-1, 0), apart=MILLISECOND)

    assert len({saved.gesture for saved in hand.saved}) == len(hand.saved) == 5
    assert len(hand.state.past) == 5


def test_undoing_with_the_key_held_is_one_entry() -> None:
    """Holding Z does not flush the history of a hundred."""
    hand = Hand(wall())
    hand.does(*[RIGHT] * 20)
    before = len(hand.saved)
    hand.does(*[Do.UNDO] * 20, apart=33 * MILLISECOND)

    assert len({saved.gesture for saved in hand.saved[before:]}) == 1


def test_looking_is_not_kept() -> None:
    """Choosing, help, grid and test cards change no shape and are in no history."""
    hand = Hand(wall(WINDOW))
    hand.does(Do.GRID, Do.HELP, Do.NEXT_CARD, Do.NEXT_CARD, Do.CARD_BEFORE, Do.NEXT_MASK, Do.NEXT_OUTPUT, Edit(Part.BLEND))

    assert hand.saved == []
    assert (hand.state.shows_grid, hand.state.shows_help, hand.state.card) == (True, False, "grid")
    assert hand.does(Do.CARD_BEFORE).state.card is None


def test_escape_ends() -> None:
    """Escape ends editing and changes nothing."""
    outcome = Hand(wall()).does(Do.END)

    assert outcome.is_over
    assert outcome.saved is None


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
@pytest.mark.parametrize("mirror", ["none", "horizontal", "vertical"])
def test_arrows_go_where_people_see_them_go(rotate: Rotation, mirror: Mirror) -> None:
    """On a projector that hangs on its side or stands behind a screen, right is right on the wall."""
    seat = Seat(CANVAS, output("a", 0).seat.crop, SIZE, rotate, mirror)
    shape = replace(plain(SIZE), masks=(WINDOW,))
    state = begun([replace(output("a", 0), seat=seat, shape=shape)])
    before = sampling(seat, shape)[40, 60]
    after = act(replace(state, spot=Spot(Part.MASKS, 0, 0)), Move(6, 0), 0).state.edited.shape.masks[0].points[0]
    seen = sampling(seat, shape)[int(after.y), int(after.x)] - before

    assert seen[0] > 0
    assert seen[1] == pytest.approx(0, abs=1e-3)


def test_only_reachable_outputs_are_edited() -> None:
    """There is nothing to edit without an output, and a number too high begins with the last one."""
    with pytest.raises(ValueError, match="no output"):
        begun([])
    assert begun([output("a", 0)], 5).chosen == 0


def test_keys_lie_on_every_keyboard() -> None:
    """Letters, digits and named keys alone, and every part has a few short lines of help."""
    named = {"left", "right", "up", "down", "pageup", "pagedown", "tab", "insert", "delete", "backspace", "escape"}
    assert all(stroke.name in named or (len(stroke.name) == 1 and stroke.name.isalnum()) for stroke in KEYS)
    for part in Part:
        assert len(help_lines(part)) <= 4
        assert all(len(line) <= 100 for line in help_lines(part))


def test_a_shape_at_the_brink_can_be_brought_back() -> None:
    """Where a move one way is refused, the move back is not."""
    corners: Corners = (Point(157, 88), *whole(SIZE)[1:])
    hand = Hand(shaped(wall(), replace(plain(SIZE), corners=corners)))

    assert hand.does(Move(10, 10)).saved is None
    assert hand.does(Move(-1, -1)).saved is not None


def test_only_nudges_repeat() -> None:
    """A key held down moves, undoes or goes on; it never takes one mask after the other in one step."""
    assert repeats(RIGHT)
    assert repeats(Do.UNDO)
    assert not repeats(Do.DELETE)
    hand = Hand(replace(wall(WINDOW, replace(WINDOW, id="b")), spot=Spot(Part.MASKS, 0)))
    hand.does(Do.DELETE, Do.DELETE, apart=33 * MILLISECOND)
    assert len(hand.shape.masks) == 1
