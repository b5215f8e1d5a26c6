"""Mapping a wall with keys while the player runs: what they do, and that nothing of it is lost."""

# pyright: reportPrivateUsage=false
# A test may look inside.

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from player.calibration.drawing import AMBER
from player.calibration.editing import State
from player.calibration.shelf import FOLDER, Shelf
from player.calibration.spot import Part
from player.command import UNATTENDED
from player.errors import GeometryError, LibraryError
from player.output.shape import Box, Point, Shape
from player.screen import fitting
from player.screen.fitting import GONE_ON
from player.screen.keyboard import Key
from player.screen.keys import EndKeys
from player.screen.window import Pressed
from player.units import SECOND
from tests.fakes.mapped import LEFT, RIGHT, Mapped, is_coloured, is_lit, mapped


def _state(show: Mapped) -> State:
    assert show.fitting is not None
    assert show.fitting._state is not None
    return show.fitting._state


# From a first key to the next start


def test_what_is_moved_with_arrows_is_kept_and_there_again_after_a_restart(tmp_path: Path) -> None:
    """Calibrate, arrows, Escape; a new process finds the same shape, and so does the history."""
    with mapped(tmp_path) as show:
        assert show.obeyed("calibrate", "on", "right").startswith("keys edit right now")
        show.strokes("right", "right", "down")
        assert show.corner("right") == Point(2, 1)
        show.strokes("escape")
        show.settle()
        assert show.loop._billing.on.editing is None
        before = show.shape("right")
        show.restart()
        show.settle()
        assert show.shape("right") == before
        assert show.corner("left") == Point(0, 0)
        assert show.kept() == ["right: corner 1 moved"] * 2


def test_words_are_placed_anew_when_editing_is_over_and_kept(tmp_path: Path) -> None:
    """Not at every key, and not for whoever only looked."""
    with mapped(tmp_path) as show:
        show.obeyed("calibrate")
        show.strokes("escape")
        show.settle()
        assert not show.loop._hand.wants_reload
        show.obeyed("calibrate")
        show.strokes("right")
        show.settle()
        assert not show.loop._hand.wants_reload
        show.strokes("escape")
        show.settle()
        assert show.loop._hand.wants_reload


def test_one_gesture_is_one_entry_of_the_history(tmp_path: Path) -> None:
    """A key that is held is one thing that was done."""
    with mapped(tmp_path) as show:
        show.obeyed("calibrate")
        show.happen(Key("right"))
        for _ in range(8):
            show.happen(Key("right", again=True))
        show.settle()
        assert show.corner("left") == Point(9, 0)
        assert show.kept() == ["left: corner 1 moved"]


def test_shift_and_alt_are_wide_and_fine_steps(tmp_path: Path) -> None:
    """Ten pixels, and a tenth of one."""
    with mapped(tmp_path) as show:
        show.obeyed("calibrate")
        show.happen(Key("right", shift=True), Key("down", alt=True))
        assert show.corner("left") == Point(10, 0.1)


def test_a_held_key_does_again_only_what_is_harmless(tmp_path: Path) -> None:
    """Held Delete would take every point of a mask."""
    with mapped(tmp_path) as show:
        show.obeyed("calibrate")
        show.happen(Key("k", shift=True))
        masks = show.shape("left").masks
        assert len(masks) == 1
        show.happen(Key("k", shift=True, again=True))
        assert show.shape("left").masks == masks


def test_while_editing_no_key_does_anything_else(tmp_path: Path) -> None:
    """Space, digits, L and P are the editor's, or nothing: no slide is skipped, and none held."""
    with mapped(tmp_path) as show:
        show.obeyed("calibrate")
        slides = len(show.slides)
        show.strokes("space", "1", "l", "p")
        assert len(show.slides) == slides
        assert not show.loop._billing.manual.is_held


def test_b_makes_it_dark_while_editing_too_and_l_light_again(tmp_path: Path) -> None:
    """It is the key for when something must go dark. In the dark nothing is moved; afterwards editing goes on."""
    with mapped(tmp_path) as show:
        show.obeyed("calibrate")
        show.strokes("b")
        show.play(2 * SECOND)
        assert show.loop._billing.manual.is_dark
        assert not is_lit(show.on("left"))
        assert not is_lit(show.on("right"))
        show.strokes("right", "e")
        assert show.corner("left") == Point(0, 0)
        show.happen(Key("l", again=True), Key("l", alt=True))
        assert show.loop._billing.manual.is_dark
        show.strokes("l")
        show.play(2 * SECOND)
        assert not show.loop._billing.manual.is_dark
        assert show.loop._hand.is_editing
        show.strokes("right")
        assert show.corner("left") == Point(1, 0)
        show.strokes("l")
        assert _state(show).spot.part is Part.LIGHT
        show.strokes("e")
        assert _state(show).spot.part is Part.BLEND
        assert not show.loop._billing.manual.is_dark


def test_held_keys_come_again_only_while_somebody_edits(tmp_path: Path) -> None:
    """Before and after, a key is told once; and one that comes again orders nothing."""
    with mapped(tmp_path) as show:
        assert not show.panes.repeats
        show.obeyed("calibrate")
        assert show.panes.repeats
        show.strokes("escape")
        show.frame()
        assert not show.panes.repeats
        show.happen(Key("b", again=True))
        show.happen(Key("b", alt=True))
        assert not show.loop._billing.manual.is_dark


def test_escape_ends_editing_and_not_the_player(tmp_path: Path) -> None:
    """Not even with a second Escape soon after: that is the first one."""
    keys = EndKeys(enabled=True)
    with mapped(tmp_path) as show:
        show.obeyed("calibrate")
        assert show.loop._hand.is_editing
        assert not keys.end_asked([Pressed.ESCAPE, Pressed.ESCAPE], 0, is_editing=show.loop._hand.is_editing)
        show.strokes("escape")
        assert not show.loop._hand.is_editing
        assert not keys.end_asked([Pressed.ESCAPE], SECOND, is_editing=False)
        assert keys.end_asked([Pressed.ESCAPE], 2 * SECOND, is_editing=False)


def test_editing_ends_by_itself_when_no_key_comes(tmp_path: Path) -> None:
    """Every key puts that off; without any the handles are gone after a quarter of an hour."""
    with mapped(tmp_path) as show:
        show.obeyed("calibrate")
        editing = show.loop._billing.on.editing
        assert editing is not None
        assert editing.length == UNATTENDED
        show.obeyed("calibrate", "for", "1m")
        show.play(50 * SECOND, stride=5 * SECOND)
        show.strokes("q")  # means nothing, and yet somebody is there
        show.play(50 * SECOND, stride=5 * SECOND)
        assert show.loop._hand.is_editing
        assert is_coloured(show.on("left"))
        show.play(20 * SECOND)
        assert not show.loop._hand.is_editing
        assert not is_coloured(show.on("left"))


def test_handles_are_on_the_outputs_only_while_somebody_edits(tmp_path: Path) -> None:
    """Help on the one that is edited, the border on all; with Escape all is gone at the next frame."""
    with mapped(tmp_path) as show:
        assert not is_coloured(show.on("left"))
        show.obeyed("calibrate")
        show.frame()
        assert (show.on("left")[..., :3] == AMBER[::-1]).all(axis=2).any()
        assert is_coloured(show.on("right"))
        show.strokes("escape")
        show.frame()
        assert not is_coloured(show.on("left"))
        assert not is_coloured(show.on("right"))


def test_calibrating_another_output_goes_over_to_it(tmp_path: Path) -> None:
    """Whoever orders it while editing finds the same editor at the other output, with its undo."""
    with mapped(tmp_path) as show:
        show.obeyed("calibrate", "on", "left")
        show.strokes("right")
        show.obeyed("calibrate", "on", "right")
        show.strokes("down")
        assert (show.corner("left"), show.corner("right")) == (Point(1, 0), Point(0, 1))
        show.strokes("z", "z")
        assert (show.corner("left"), show.corner("right")) == (Point(0, 0), Point(0, 0))
        show.obeyed("calibrate", "off")
        assert not show.loop._hand.is_editing


# The disk


def test_what_the_disk_refuses_is_said_and_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The wall has the shape at once, the editor says why it is not kept, and nothing is lost once there is room."""
    with mapped(tmp_path) as show:
        show.obeyed("calibrate")

        def full(*_: object) -> None:
            raise LibraryError("the calibration could not be kept: the disk is full: free some space") from OSError(
                errno.ENOSPC, "full"
            )

        with monkeypatch.context() as patched:
            patched.setattr(Shelf, "keep", full)
            show.strokes("right")
            show.play(3 * SECOND)
            show.happen(Key("tab"))
            show.strokes("down")
            show.play(3 * SECOND)
            assert "disk is full" in show.writer.shelving.problem
            assert show.corner("left") == Point(1, 0)
            assert show.kept() == []
        show.play(3 * SECOND)
        assert show.writer.shelving.problem == ""
        assert show.kept() == ["left: corner 2 moved", "left: corner 1 moved"]


def test_what_is_not_on_the_disk_yet_outlives_a_wall_that_is_opened_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The writer has it, and the next session goes by that."""
    with mapped(tmp_path) as show:
        show.obeyed("calibrate")
        with monkeypatch.context() as patched:
            patched.setattr(Shelf, "keep", _refuse)
            show.strokes("right")
            show.reopen_wall()
            show.settle()
            assert show.corner("left") == Point(1, 0)


def _refuse(*_: object) -> None:
    raise LibraryError("the calibration could not be kept: no")


def test_a_calibration_that_somebody_restores_is_seen_within_a_second_or_two(tmp_path: Path) -> None:
    """From the command line, while the player runs and nobody edits."""
    with mapped(tmp_path) as show:
        show.obeyed("calibrate")
        show.strokes("right")
        show.play(2 * SECOND)
        show.strokes("right")
        show.strokes("escape")
        show.play(2 * SECOND)
        Shelf(show.folder).restore("1", at=show.clock.wall(), by="operator")
        show.play(2 * SECOND)
        show.settle()
        assert show.corner("left") == Point(1, 0)


def test_a_calibration_that_somebody_restores_comes_into_the_editor(tmp_path: Path) -> None:
    """Editing goes on with it; what lay before it is not undone into a mixture."""
    with mapped(tmp_path) as show:
        show.obeyed("calibrate")
        show.strokes("right")
        show.play(2 * SECOND)
        show.strokes("right")
        show.play(2 * SECOND)
        Shelf(show.folder).restore("1", at=show.clock.wall(), by="operator")
        show.play(2 * SECOND)
        show.strokes("z")
        assert show.corner("left") == Point(1, 0)
        show.strokes("down")
        assert show.corner("left") == Point(1, 1)


def test_a_calibration_that_cannot_be_read_leaves_the_shapes_as_they_are(tmp_path: Path) -> None:
    """A file that somebody damages while the player runs bends nothing."""
    with mapped(tmp_path) as show:
        show.obeyed("calibrate")
        show.strokes("right", "escape")
        show.play(2 * SECOND)
        (show.folder / FOLDER / "000000001.json").write_bytes(b"{")
        (show.folder / FOLDER / "000000002.json").write_bytes(b"{")
        show.play(3 * SECOND)
        assert show.corner("left") == Point(1, 0)


def test_a_restore_while_a_key_is_held_is_not_lost(tmp_path: Path) -> None:
    """What the hand moves stays moved; what it does not touch comes back as restored, and the editor says so."""
    with mapped(tmp_path) as show:
        show.obeyed("calibrate", "on", "right")
        show.strokes("down")
        show.play(2 * SECOND)
        show.strokes("down")
        show.obeyed("calibrate", "on", "left")
        show.happen(Key("right"))
        show.play(2 * SECOND)
        Shelf(show.folder).restore("1", at=show.clock.wall(), by="operator")
        for _ in range(3):
            show.happen(Key("right", again=True))
        assert _state(show).message != GONE_ON
        show.play(2 * SECOND)
        show.settle()
        assert show.corner("right") == Point(0, 1)
        assert show.corner("left") == Point(4, 0)
        assert _state(show).message == GONE_ON
        show.restart()
        show.settle()
        assert (show.corner("left"), show.corner("right")) == (Point(4, 0), Point(0, 1))


def test_nothing_is_judged_in_a_frame_in_which_nothing_happens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even while one output has a shape that cannot be: that would cost every frame its time."""
    bad = {"id": "bad", "kind": "drop", "points": [[0, 0], [9, 0], [9, 9]]}
    with mapped(tmp_path, {**LEFT, "masks": [bad]}, RIGHT) as show:
        real, judged = fitting.check_shape, list[object]()

        def judge(shape: Shape, crop: Box | None = None) -> None:
            judged.append(shape)
            if shape.masks:
                raise GeometryError("no")
            real(shape, crop)

        monkeypatch.setattr(fitting, "check_shape", judge)
        show.obeyed("calibrate")
        assert [each.id for each in _state(show).outputs] == ["right"]
        judged.clear()
        for _ in range(20):
            show.frame()
        assert not judged
