"""A shape on a display of another size than it was made for."""

from __future__ import annotations

from player.output.refusals import MAX_FEATHER_PX, check_masks
from player.output.scaling import scaled
from player.output.section import Output
from player.output.shape import Edges, Mask, Mesh, Point, Shape, whole
from player.units import Size

FULL_HD, SMALL = Size(1920, 1080), Size(960, 540)
SHAPE = Shape(
    (Point(10, 20), Point(1900, 0), Point(1920, 1080), Point(0, 1000)),
    Mesh(2, 2, (Point(0, 0), Point(1, 0), Point(0, 1), Point(0.9, 0.9))),
    (Mask("w", "drop", (Point(100, 100), Point(200, 100), Point(200, 200)), 8),),
    Edges(left=120),
)


def test_everything_keeps_its_place_in_proportion() -> None:
    """Corners, masks and their feathers; mesh and blend are not in the output's pixels."""
    small = scaled(SHAPE, FULL_HD, SMALL)
    assert small.corners == (Point(5, 10), Point(950, 0), Point(960, 540), Point(0, 500))
    assert small.masks == (Mask("w", "drop", (Point(50, 50), Point(100, 50), Point(100, 100)), 4),)
    assert (small.mesh, small.edges) == (SHAPE.mesh, SHAPE.edges)
    assert scaled(SHAPE, FULL_HD, FULL_HD) is SHAPE


def test_a_feather_never_grows_beyond_what_there_is() -> None:
    """The widest one, on a display with more pixels, is the widest one: it makes no output black."""
    widest = Shape(SHAPE.corners, masks=(Mask("w", "drop", SHAPE.masks[0].points, MAX_FEATHER_PX),))
    found = scaled(widest, SMALL, FULL_HD)
    assert found.masks[0].feather_px == MAX_FEATHER_PX
    check_masks(found.masks)


def test_a_configured_shape_follows_its_display_to_another_size() -> None:
    """Where it is written for which size it was made; else it stays in the pixels that are written."""
    written = {"id": "a", "corners": [[0, 0], [1900, 0], [1920, 1080], [0, 1080]]}
    for_full = Output.model_validate({**written, "display": {"name": "A", "size": "1920x1080"}})
    assert for_full.shape(SMALL).corners == (Point(0, 0), Point(950, 0), Point(960, 540), Point(0, 540))
    assert Output.model_validate({**written, "display": "A"}).shape(SMALL).corners[1] == Point(1900, 0)
    plain = Output.model_validate({"id": "a", "display": {"name": "A", "size": "1920x1080"}})
    assert plain.shape(SMALL).corners == whole(SMALL)
