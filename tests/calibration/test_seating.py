"""Every output with its seat and the shape that counts on it."""

from __future__ import annotations

from pathlib import Path

from player.calibration.record import Kept
from player.calibration.seating import seated
from player.calibration.shelf import Edit, Shelf
from player.output.section import Output
from player.output.shape import Mask, Point, Shape, plain, whole
from player.units import SECOND, Rect, Size

WINDOW = Mask("window", "drop", (Point(10, 10), Point(90, 10), Point(50, 90)))
LEFT = Output.model_validate({"id": "left", "display": {"name": "A", "size": "800x600"}, "crop": [0, 0, 800, 600]})
RIGHT = Output.model_validate({"id": "right", "display": "B", "crop": [700, 0, 800, 600]})


def test_what_was_edited_on_the_wall_counts(tmp_path: Path) -> None:
    """A calibrated output has the masks of its last edit; one that nobody edited is as configured."""
    kept = {"left": Kept(Shape(whole(Size(800, 600)), masks=(WINDOW,)), Size(800, 600))}
    Shelf(tmp_path).keep(Edit(at=SECOND, by="test", what="a window", outputs=kept))
    (first, edited), (second, other) = seated((LEFT, RIGHT), None, tmp_path)
    assert edited.masks == (WINDOW,)
    assert first.canvas == second.canvas == Size(1500, 600)
    assert second.crop == Rect(700, 0, 800, 600)
    assert other == plain(Size(1920, 1080))


def test_a_display_that_was_seen_has_its_own_size(tmp_path: Path) -> None:
    """Others have the size that is written, and where none is, the usual one."""
    sizes = [seat.size for seat, _ in seated((LEFT, RIGHT), Size(1500, 600), tmp_path, {"right": Size(1280, 720)})]
    assert sizes == [Size(800, 600), Size(1280, 720)]
    assert seated((), None, tmp_path) == ()
