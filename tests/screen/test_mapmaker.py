"""Maps made beside the frame loop: whatever goes wrong with them, the wall goes on."""

# pyright: reportPrivateUsage=false
# A test may look inside.

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import pytest

from player.errors import GeometryError
from player.output.maps import Maps, maps_of
from player.output.shape import Edges, Point, Seat, Shape, plain
from player.output.stepwise import Step, go_on
from player.screen import mapmaker
from player.screen.mapmaker import TRY_AGAIN, Batch, Mapmaker
from player.units import SECOND, Rect, Size
from tests.fakes.facade import Wall, two, wall

SIZE: Final = Size(160, 90)
SEAT: Final = Seat(SIZE, Rect(0, 0, *SIZE), SIZE)
BLENDED: Final = replace(plain(SIZE), edges=Edges(left=20))
PATIENCE_S: Final = 20.0


def made(maker: Mapmaker, now: int) -> list[Batch]:
    """Return all that is made of what was asked for."""
    found: list[Batch] = []
    for _ in range(4):
        for future in (maker._sketching, maker._drafting):
            if future is not None:
                future.exception(PATIENCE_S)
        found += maker.take(now)
    return found


def fails(*_: object) -> tuple[Maps, ...]:
    """Fail, as for want of memory."""
    raise MemoryError("none is left")


@pytest.mark.parametrize("paints", [True, False])
def test_a_fault_is_told_and_tried_again(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, *, paints: bool
) -> None:
    """Sketches are there all the same, the outputs are named with the reason, and later there are maps."""
    caplog.set_level("INFO")
    maker = Mapmaker(paints=paints)
    monkeypatch.setattr(mapmaker, "maps_of", fails)
    maker.want({"a": (SEAT, BLENDED)}, 0)
    sketch, failed = made(maker, 0)
    assert set(sketch.made) == {"a"}
    assert not failed.made
    assert "none is left" in failed.refused["a"]
    monkeypatch.undo()
    assert made(maker, TRY_AGAIN) == []
    (batch,) = made(maker, TRY_AGAIN + SECOND)
    assert batch.is_whole
    assert set(batch.made) == {"a"}
    assert maker.is_done
    maker.close()
    told = [record.getMessage() for record in caplog.records]
    assert sum("cannot be made" in line for line in told) == 2  # with and without its trace
    assert told[-1] == "maps are made again"


def test_a_sketch_that_fails_leaves_what_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """The whole maps come as ever."""
    monkeypatch.setattr(mapmaker, "sketches", fails)
    maker = Mapmaker()
    maker.want({"a": (SEAT, BLENDED)}, 0)
    (batch,) = made(maker, 0)
    assert batch.is_whole
    maker.close()


def test_what_cannot_be_together_is_refused_and_not_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    """Though each output alone could be; nothing comes out in the thread that presents."""

    def choosy(outputs: Sequence[tuple[Seat, Shape]], step: Step = go_on) -> tuple[Maps, ...]:
        if len(outputs) > 1:
            raise GeometryError("not together")
        return maps_of(outputs, step)

    monkeypatch.setattr(mapmaker, "maps_of", choosy)
    maker = Mapmaker()
    maker.want({"a": (SEAT, BLENDED), "b": (SEAT, BLENDED)}, 0)
    *_, batch = made(maker, 0)
    assert dict(batch.refused) == {"a": "not together", "b": "not together"}
    maker.close()


def test_closing_waits_for_nobody_and_what_is_being_made_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """A loop that waited would obey nobody; and a process that ends does not wait for maps either."""
    begun, going = threading.Event(), threading.Event()
    reached: list[str] = []

    def slow(outputs: Sequence[tuple[Seat, Shape]], step: Step = go_on) -> tuple[Maps, ...]:
        begun.set()
        going.wait(PATIENCE_S)
        found = maps_of(outputs, step)
        reached.append("the end")
        return found

    monkeypatch.setattr(mapmaker, "maps_of", slow)
    maker = Mapmaker()
    maker.want({"a": (SEAT, BLENDED)}, 0)
    made_first = maker._sketching
    assert made_first is not None
    made_first.result(PATIENCE_S)
    maker.take(0)
    assert begun.wait(PATIENCE_S)
    drafting = maker._drafting
    assert drafting is not None
    maker.close()
    assert not drafting.done()
    going.set()
    assert type(drafting.exception(PATIENCE_S)).__name__ == "_GivenUpError"
    assert reached == []


def test_what_was_made_when_nobody_wanted_it_any_more_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its threads too."""
    closed = threading.Event()
    maker = Mapmaker(2)
    maker.want({"a": (SEAT, BLENDED)}, 0)
    assert maker._sketching is not None
    maker._sketching.result(PATIENCE_S)
    maker.take(0)
    assert maker._drafting is not None
    painter = maker._drafting.result(PATIENCE_S).made["a"].painter
    assert painter is not None
    monkeypatch.setattr(painter, "close", closed.set, raising=False)
    maker.close()
    assert closed.is_set()


def bend(there: Wall) -> None:
    """Edit an output, and let its maps be made or not."""
    there.facade.reshape("left", replace(there.facade.shaped["left"][1], edges=Edges(left=5)))
    for _ in range(3):
        for future in (there.facade._maker._sketching, there.facade._maker._drafting):
            if future is not None:
                future.exception(PATIENCE_S)
        there.clock.advance(SECOND // 2)
        there.tick()


def test_a_wall_whose_maps_cannot_be_made_shows_what_it_has(monkeypatch: pytest.MonkeyPatch) -> None:
    """And its displays are let go in the end."""
    with wall(two()) as there:
        there.present()
        there.finish()
        monkeypatch.setattr(mapmaker, "maps_of", fails)
        bend(there)
        there.present()
        assert there.colour("HDMI-2") is not None
        assert there.standing("left").made is not None
        assert "none is left" in there.standing("left").why


@pytest.mark.parametrize("rows", [4, 1])
def test_a_wall_with_a_thin_strip_stands(rows: int) -> None:
    """Whatever becomes of the strip."""
    panes = two()
    strip = {"id": "b", "display": "HDMI-1", "place": [0, 170, 320, rows], "crop": [0, 170, 320, rows]}
    with wall(panes, {"id": "a", "display": "HDMI-1", "place": [0, 0, 320, 170], "crop": [0, 0, 320, 170]}, strip) as there:
        there.present()
        there.finish()
        assert there.colour("HDMI-1") not in {None, (0, 0, 0, 255)}


def test_a_corner_edited_flat_ends_nothing() -> None:
    """The flattest that the editor takes: it is shown."""
    with wall(two()) as there:
        there.present()
        there.finish()
        flat = Shape((Point(0, 0), Point(320, 0), Point(164.0, 92.25), Point(0, 180)))
        there.facade.reshape("left", flat)
        there.finish()
        standing = there.standing("left")
        assert standing.made is not None
        assert standing.made.shape == flat
