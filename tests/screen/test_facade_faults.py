"""What goes wrong with one output of a wall, or one part of it, stops nothing else."""

# pyright: reportPrivateUsage=false
# A test may look inside.

from __future__ import annotations

from dataclasses import replace

import cv2
import pytest

from player.output.homography import Floats
from player.render.protocol import Image
from player.screen.mapmaker import Batch, Mapmaker
from player.units import Nanos, Size
from tests.fakes.displays import FakePanes, display
from tests.fakes.facade import BLUE, LEFT, RED, RIGHT, Wall, two, wall


class Broken:
    """Draws nothing."""

    def __init__(self, fault: Exception) -> None:
        self.fault: Exception | None = fault

    def finish(self, canvas: Image, out: Image, gain: float = 1.0, *, dim: float = 1.0) -> Floats:
        """Fail in the middle of it."""
        del gain, dim
        out[:50] = canvas[:50, : out.shape[1]]
        assert self.fault is not None
        raise self.fault

    def wipe(self) -> None:
        """There is nothing to forget."""

    def close(self) -> None:
        """There is nothing to let go."""


@pytest.mark.parametrize("fault", [cv2.error("out of memory"), MemoryError(), ValueError("of another shape")])
def test_an_output_that_cannot_be_drawn_is_black_and_the_others_go_on(fault: Exception, caplog: pytest.LogCaptureFixture) -> None:
    """That is told once, and once when it is drawn again."""
    with wall(two()) as there:
        there.present()
        there.finish()
        sound = there.facade._made["left"]
        there.facade._made["left"] = replace(sound, painter=Broken(fault))
        for _ in range(3):
            there.present()
        seen = there.panes.seen("HDMI-1")
        assert seen is not None
        assert (seen == (0, 0, 0, 255)).all()
        assert there.colour("HDMI-2") == BLUE
        there.facade._made["left"] = sound
        with caplog.at_level("INFO"):
            there.present()
        assert there.colour("HDMI-1") == RED
    told = [record.getMessage() for record in caplog.records]
    assert sum("an output cannot be drawn" in line for line in told) == 1
    assert sum("is drawn again" in line for line in told) == 1


def test_what_cannot_be_drawn_over_an_output_is_left_out() -> None:
    """The picture is there without its handles."""
    with wall(two()) as there:
        there.present()
        there.finish()

        def over(name: str, out: Image) -> None:
            del name, out
            raise MemoryError

        there.facade.overlay = over
        there.present()
        assert there.colour("HDMI-1") == RED
        assert there.colour("HDMI-2") == BLUE


def test_a_display_that_grows_and_takes_no_new_window_stops_no_other() -> None:
    """Slices that lie beyond the window that is there wait for the next one."""
    panes = FakePanes([display(0, size=Size(320, 180)), display(1, left=640)])
    slices = [
        {"id": name, "display": "HDMI-1", "place": [x, 0, 320, 180], "crop": [x, 0, 320, 180]}
        for name, x in (("b", 320), ("a", 0))
    ]
    with wall(panes, *slices, {"id": "c", "display": "HDMI-2", "crop": [320, 0, 320, 180]}) as there:
        there.present()
        there.finish()
        panes.refused.add("HDMI-1")
        panes.resize("HDMI-1", Size(640, 180))
        panes.stir()
        there.settle()
        there.present()
        assert there.colour("HDMI-2") not in {None, (0, 0, 0, 255)}
        assert there.colour("HDMI-1") == RED


def test_closing_takes_everything_down_whatever_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """Displays are let go though something before them cannot be."""
    panes = two()
    there = Wall(panes, LEFT, RIGHT)
    there.present()
    there.finish()

    def fails() -> None:
        raise MemoryError

    for part in (there.facade._projecting, there.facade._maker):
        monkeypatch.setattr(part, "close", fails)
    with pytest.raises(MemoryError):
        there.facade.close()
    assert not panes.is_open
    assert panes.windows == []


def test_the_first_picture_alone_waits_for_sketches_and_dark_for_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever orders dark is not kept waiting by maps that take long; and dark covers the displays without any."""
    waits: list[Nanos] = []

    def wait(self: Mapmaker, length: Nanos) -> None:
        del self
        waits.append(length)

    def take(self: Mapmaker, now: Nanos) -> tuple[Batch, ...]:
        del self, now
        return ()

    monkeypatch.setattr(Mapmaker, "wait", wait)
    monkeypatch.setattr(Mapmaker, "take", take)
    with wall(two()) as there:
        there.light = 0.0
        there.present()
        assert waits == []
        assert there.colour("HDMI-1") == there.colour("HDMI-2") == (0, 0, 0, 255)
        there.light = 1.0
        for _ in range(3):
            there.present()
        assert len(waits) == 1
