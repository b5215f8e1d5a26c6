"""Test cards, names and handles on outputs while the player runs: in the dark, under a withdrawal, while displays come and go."""

# pyright: reportPrivateUsage=false
# A test may look inside.

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest

from player.calibration.shelf import Shelf
from player.command import REFUSED
from player.output.shape import Point
from player.render.protocol import Image
from player.screen.keyboard import Key
from player.units import SECOND, Size
from tests.fakes.displays import FakePanes, display
from tests.fakes.mapped import LEFT, RIGHT, Mapped, differ, is_coloured, is_lit, mapped

DITHER = 8  # codes that the same picture differs by, in the dark


def status(show: Mapped) -> dict[str, object]:
    """Return what the screen says of itself."""
    show.play(2 * SECOND)
    return show.writer_told


# Test cards


def test_a_card_is_on_its_output_until_it_is_taken_away(tmp_path: Path) -> None:
    """The other output goes on with the picture."""
    with mapped(tmp_path) as show:
        assert show.obeyed("testcard", "bars", "on", "left").startswith("bars is on left")
        show.settle()
        assert is_coloured(show.on("left"))
        assert not is_coloured(show.on("right"))
        assert show.obeyed("testcard", "off") == "the picture is back"
        show.settle()
        assert not is_coloured(show.on("left"))


def test_the_text_card_knows_where_people_stand(tmp_path: Path) -> None:
    """With a distance and a width its letters are for those; another card of the same name is drawn without."""
    with mapped(tmp_path) as show:
        assert show.fitting is not None
        show.obeyed("testcard", "text", "on", "left")
        show.settle()
        without = show.on("left").copy()
        show.obeyed("testcard", "off")
        show.settle()
        show.fitting._seen_from = (50.0, 30.0)
        show.obeyed("testcard", "text", "on", "left")
        show.settle()
        assert differ(show.on("left"), without) > DITHER


@pytest.mark.parametrize("name", ["checker", "grid"])
def test_a_card_ends_by_itself(tmp_path: Path, name: str) -> None:
    """Nobody who comes for the memorial finds one that was forgotten; raw ones as well."""
    with mapped(tmp_path) as show:
        show.obeyed("testcard", name, "for", "1m")
        show.settle()
        card = show.on("left").copy()
        show.play(50 * SECOND, stride=5 * SECOND)
        assert differ(show.on("left"), card) < DITHER
        show.play(20 * SECOND)
        show.settle()
        assert differ(show.on("left"), card) > DITHER
        assert show.loop._billing.on.cards == ()


def test_a_moving_card_moves(tmp_path: Path) -> None:
    """The bar is drawn anew for every frame, on both outputs for the same instant."""
    with mapped(tmp_path) as show:
        show.obeyed("testcard", "bar")
        show.settle()
        seen: list[Image] = []
        for _ in range(3):
            for _ in range(12):
                show.frame()
            seen.append(show.on("left").copy())
        assert not np.array_equal(seen[0], seen[1])
        assert not np.array_equal(seen[1], seen[2])


def test_a_card_that_there_is_not_is_refused_by_those_there_are(tmp_path: Path) -> None:
    """All of them are known to the running screen."""
    with mapped(tmp_path) as show:
        answer = show.obeyed("testcard", "gird")
        assert answer.startswith(REFUSED)
        assert "grid, crosshair, checker" in answer


def test_the_editor_puts_a_card_behind_its_handles(tmp_path: Path) -> None:
    """P goes through them; it is gone when editing ends."""
    with mapped(tmp_path) as show:
        show.obeyed("calibrate")
        show.strokes("h", "p")
        show.settle()
        on_right = show.on("right").copy()
        assert is_coloured(on_right)
        show.strokes("escape")
        show.settle()
        assert not is_coloured(show.on("right"))


def test_identify_writes_on_each_output_which_it_is(tmp_path: Path) -> None:
    """For five seconds; outputs differ, for each says its own name."""
    with mapped(tmp_path) as show:
        before = show.on("left").copy()
        show.happen(Key("i"))
        show.settle()
        assert not np.array_equal(show.on("left"), before)
        assert not np.array_equal(show.on("left")[60:120], show.on("right")[60:120])
        assert show.window.scene is not None
        assert show.window.scene.layers[0].composition is not show.label
        show.play(6 * SECOND)
        seen = show.on("left")[80:100, 150:170, :3]
        assert seen.min() == seen.max()  # nothing but the picture's grey


def test_while_nothing_is_drawn_over_the_picture_nothing_is_asked_to(tmp_path: Path) -> None:
    """A graphics card would have to be read for it in every frame."""
    with mapped(tmp_path) as show:
        assert show.wall.overlay is None
        show.obeyed("calibrate")
        assert show.wall.overlay is not None
        show.strokes("escape")
        show.frame()
        assert show.wall.overlay is None


# The dark, and withdrawals


def test_dark_takes_cards_and_handles_off_the_wall(tmp_path: Path) -> None:
    """Whoever orders dark wins; with light they are there again."""
    with mapped(tmp_path) as show:
        show.obeyed("testcard", "bars", "on", "right")
        show.obeyed("calibrate")
        show.obeyed("dark")
        show.settle()
        assert not is_lit(show.on("left"))
        assert not is_lit(show.on("right"))
        show.obeyed("light")
        show.settle()
        assert is_coloured(show.on("left"))
        assert is_coloured(show.on("right"))


def test_what_is_ordered_in_the_dark_lights_nothing(tmp_path: Path) -> None:
    """A card does not lift the dark that a person has ordered; the answer says so."""
    with mapped(tmp_path) as show:
        show.obeyed("dark")
        assert "it is dark" in show.obeyed("testcard", "grid")
        assert "it is dark" in show.obeyed("calibrate")
        show.settle()
        assert not is_lit(show.on("left"))
        assert not is_lit(show.on("right"))


def test_in_the_dark_no_key_edits_what_nobody_sees(tmp_path: Path) -> None:
    """But Escape ends it."""
    with mapped(tmp_path) as show:
        show.obeyed("calibrate")
        show.obeyed("dark")
        show.strokes("right")
        assert show.corner("left") == Point(0, 0)
        show.strokes("escape")
        assert not show.loop._hand.is_editing


@pytest.mark.parametrize("order", [("testcard", "checker", "on", "left"), ("testcard", "grid"), ("calibrate",)])
def test_a_photo_withdrawn_under_cards_or_handles_leaves_like_any_other(tmp_path: Path, order: tuple[str, ...]) -> None:
    """At the next frame, from the wall and from wherever frames are made."""
    with mapped(tmp_path) as show:
        show.obeyed(*order)
        show.settle()
        (item,) = tuple(show.up)[:1]
        wiped: list[bool] = []
        show.wall.wipe, wipe = lambda: (wiped.append(True), wipe())[1], show.wall.wipe
        show.obeyed("withdraw", item)
        show.frame()
        assert item not in show.up
        assert item not in show.held
        assert wiped
        show.play(5 * SECOND)


# Displays that come and go, and configurations


def test_an_output_without_a_display_cannot_be_edited_and_says_why(tmp_path: Path) -> None:
    """Nobody knows its size. Without naming one, editing begins where it can."""
    with mapped(tmp_path, LEFT, RIGHT, panes=FakePanes([display(0)])) as show:
        answer = show.obeyed("calibrate", "on", "right")
        assert answer.startswith(f"{REFUSED}right cannot be edited: its display")
        assert show.obeyed("calibrate").startswith("keys edit left now")


def test_where_no_display_is_nothing_is_edited(tmp_path: Path) -> None:
    """The player runs on without any."""
    with mapped(tmp_path, LEFT, RIGHT, panes=FakePanes()) as show:
        assert show.obeyed("calibrate").startswith(f"{REFUSED}left cannot be edited")
        show.play(3 * SECOND)
        assert not show.loop._hand.is_editing


def test_a_display_that_comes_while_editing_joins_in(tmp_path: Path) -> None:
    """And what is edited stays what it was."""
    with mapped(tmp_path, LEFT, RIGHT, panes=FakePanes([display(0)])) as show:
        show.obeyed("calibrate")
        show.strokes("right")
        show.panes.plug(display(1, left=320))
        show.play(3 * SECOND)
        show.settle()
        show.strokes("right", "pagedown", "down")
        assert (show.corner("left"), show.corner("right")) == (Point(2, 0), Point(0, 1))


def test_a_display_that_goes_while_editing_stops_nothing(tmp_path: Path) -> None:
    """The other outputs are edited as before, and it is as it was when it is back."""
    with mapped(tmp_path) as show:
        show.obeyed("calibrate")
        show.strokes("right")
        pulled = show.panes.pull("HDMI-2")
        show.play(3 * SECOND)
        show.strokes("right")
        show.panes.plug(pulled)
        show.play(3 * SECOND)
        show.settle()
        assert show.corner("left") == Point(2, 0)
        assert is_coloured(show.on("right"))


def test_a_display_that_changes_its_size_while_editing_is_edited_in_the_new_one(tmp_path: Path) -> None:
    """Its shape follows in proportion, and keys go on from there."""
    with mapped(tmp_path) as show:
        show.obeyed("calibrate")
        show.strokes("right")
        show.panes.resize("HDMI-1", Size(640, 360))
        show.play(3 * SECOND)
        show.settle()
        show.strokes("right")
        assert show.corner("left") == Point(3, 0)
        show.play(2 * SECOND)
        kept = Shelf(show.folder).newest().calibration
        assert kept is not None
        assert kept.outputs["left"].size == Size(640, 360)


def test_a_configuration_read_again_while_editing_lets_editing_go_on(tmp_path: Path) -> None:
    """With the shapes as they are; cards stay up as well."""
    with mapped(tmp_path) as show:
        show.obeyed("testcard", "bars", "on", "right")
        show.obeyed("calibrate")
        show.strokes("right")
        show.reload()
        show.settle()
        assert is_coloured(show.on("right"))
        show.strokes("right")
        assert show.corner("left") == Point(2, 0)
        show.strokes("escape")
        assert not show.loop._hand.is_editing


def test_outputs_that_the_configuration_has_no_more_are_not_set_up(tmp_path: Path) -> None:
    """Where one window is left, editing and cards are over, and nothing is attended."""
    with mapped(tmp_path) as show:
        show.obeyed("testcard", "bars")
        show.obeyed("calibrate")
        show.has_outputs = False
        show.reload()
        show.play(SECOND)
        manual = show.loop._billing.manual
        assert (manual.cards, manual.editing) == ((), None)


def test_a_screen_that_starts_anew_forgets_cards_and_editing(tmp_path: Path) -> None:
    """Nobody who stood at the keyboard then need stand there now."""
    with mapped(tmp_path) as show:
        show.obeyed("testcard", "bars")
        show.obeyed("calibrate")
        show.restart(in_order=False)
        show.settle()
        assert not is_coloured(show.on("left"))
        assert not show.loop._hand.is_editing


# What others are told


def test_the_screen_says_how_outputs_stand_and_whether_anybody_sets_them_up(tmp_path: Path) -> None:
    """For `weremember status`, and for projectors, which are to be on then."""
    with mapped(tmp_path, LEFT, RIGHT, panes=FakePanes([display(0)])) as show:
        told = status(show)
        outputs = cast("list[dict[str, Any]]", told["outputs"])
        assert [each["id"] for each in outputs] == ["left", "right"]
        assert outputs[0]["why"] == ""
        assert "is not there" in outputs[1]["why"]
        assert [each["size"] for each in outputs] == [[320, 180], None]
        assert told["attended"] is False
        show.obeyed("testcard", "grid")
        assert status(show)["attended"] is True
        show.obeyed("testcard", "off")
        show.obeyed("calibrate")
        assert status(show)["attended"] is True


def test_a_card_for_an_output_without_a_display_is_refused(tmp_path: Path) -> None:
    """Nobody would see what the answer says."""
    with mapped(tmp_path) as show:
        show.panes.there = show.panes.there[:1]
        show.play(3 * SECOND)
        said = show.obeyed("testcard", "grid", "on", "right")
        assert said.startswith(f"{REFUSED}right cannot show it: its display")
        assert show.loop._billing.on.cards == ()
