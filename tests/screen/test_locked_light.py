"""Where light must never be there is none, whatever a display does and whoever sets it up."""

from __future__ import annotations

import numpy as np

from player.units import Size
from tests.fakes.displays import FakePanes, display
from tests.fakes.facade import wall

LOCKED = {
    "id": "a",
    "display": {"name": "EPSON PJ", "size": "320x180"},
    "crop": [0, 0, 320, 180],
    "masks": [{"id": "bedroom", "kind": "lock", "points": [[200, 90], [280, 90], [280, 150], [200, 150]]}],
}


def test_a_lock_stays_on_its_window_when_the_display_changes_its_size() -> None:
    """A projector that comes back with twice the pixels shows the same wall: the window is where it was."""
    panes = FakePanes([display(0, size=Size(320, 180))])
    with wall(panes, LOCKED) as there:
        there.image[:] = 255
        there.present()
        there.finish()
        before = panes.seen("HDMI-1")
        assert before is not None
        assert not before[90:150, 200:280, :3].any()
        panes.resize("HDMI-1", Size(640, 360))
        panes.stir()
        there.settle()
        seen = panes.seen("HDMI-1")
        assert seen is not None
        assert seen.shape[:2] == (360, 640)
        assert not seen[180:300, 400:560, :3].any()
        assert np.median(seen[..., :3]) == 255
