"""Several displays as one wall: their shapes, edited while they show, and what is drawn over them."""

# pyright: reportPrivateUsage=false
# A test may look inside.

from __future__ import annotations

import numpy as np

from player.output.shape import Mask, Point, Shape
from player.output.testcard import Card
from player.render.protocol import Image
from player.units import SECOND
from tests.fakes.displays import SIZE, FakePanes, display
from tests.fakes.facade import BLUE, RED, two, wall


def test_an_edit_is_seen_as_a_sketch_and_whole_once_the_hand_rests() -> None:
    """The edited output alone changes at once; its masks hold from the first sketch on."""
    with wall(two()) as there:
        there.present()
        there.finish()
        before = there.standing("right").made
        middle = Mask("m", "drop", (Point(100, 50), Point(220, 50), Point(220, 130), Point(100, 130)))
        shape = Shape(there.outputs[0].shape(SIZE).corners, masks=(middle,))
        there.facade.reshape("left", shape)
        there.facade._maker.wait(60 * SECOND)
        there.tick()
        made = there.standing("left").made
        assert made is not None
        assert (made.shape, made.is_whole) == (shape, False)
        assert there.standing("right").made is before
        assert there.colour("HDMI-1") == (0, 0, 0, 255)
        there.finish()
        made = there.standing("left").made
        assert made is not None
        assert (made.shape, made.is_whole) == (shape, True)
        assert made.count is not None
        assert there.colour("HDMI-1") == (0, 0, 0, 255)


def test_a_shape_that_cannot_be_leaves_what_was_there() -> None:
    """On that output and on the others; it is said why."""
    with wall(two()) as there:
        there.present()
        there.finish()
        crossed = Shape((Point(0, 0), Point(320, 180), Point(320, 0), Point(0, 180)))
        there.facade.reshape("left", crossed)
        there.finish()
        there.present()
        assert there.colour("HDMI-1") == RED
        assert there.colour("HDMI-2") == BLUE
        assert "crossed" in there.standing("left").why
        there.facade.reshape("left", there.outputs[0].shape(SIZE))
        there.finish()
        assert there.standing("left").why == ""


def test_an_output_that_never_had_a_shape_is_black_rather_than_bare() -> None:
    """Its display shows no desktop; the other output shows its picture."""
    crossed = Shape((Point(0, 0), Point(320, 180), Point(320, 0), Point(0, 180)))
    with wall(two(), shapes=lambda output, size: crossed if output.id == "left" else output.shape(size)) as there:
        there.present()
        there.finish()
        seen = there.panes.seen("HDMI-1")
        assert seen is not None
        assert not seen[..., :3].any()
        assert there.colour("HDMI-2") == BLUE


def test_slices_of_an_led_wall_share_a_window() -> None:
    """Each in its own place; between them it is black."""
    panes = FakePanes([display(0, name="WALL")])
    slices = (
        {"id": "a", "display": "WALL", "place": [0, 0, 100, 180], "crop": [0, 0, 100, 180]},
        {"id": "b", "display": "WALL", "place": [120, 0, 200, 180], "crop": [100, 0, 100, 180]},
    )
    with wall(panes, *slices) as there:
        there.present()
        there.finish()
        (window,) = panes.windows
        assert window.shown is not None
        assert tuple(window.shown[90, 50]) == RED
        assert tuple(window.shown[90, 220]) == BLUE
        assert not window.shown[:, 100:120, :3].any()


def test_help_is_drawn_over_an_output_and_a_card_in_its_place() -> None:
    """Only where they are wanted, and in the output's own pixels; nothing is drawn over the dark."""
    with wall(two()) as there:
        there.present()
        there.finish()

        def draw(output: str, out: Image) -> None:
            if output == "left":
                out[85:95, 155:165] = (1, 2, 3, 255)

        there.facade.overlay = draw
        card = Card(np.full((180, 320, 4), 123, np.uint8), is_raw=True, until=None)
        there.facade.card = lambda output: card if output == "right" else None
        there.facade.refresh()
        there.tick()
        assert there.colour("HDMI-1") == (1, 2, 3, 255)
        assert there.colour("HDMI-2") == (123, 123, 123, 123)
        there.light = 0.0
        there.present()
        assert there.colour("HDMI-1") == there.colour("HDMI-2") == (0, 0, 0, 255)
