"""One frame of all outputs: the same instant, in the same light, and nothing that flashes."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager

import numpy as np
import pytest

from player.output.course import light as light_of
from player.output.shape import Seat, plain
from player.output.spot import Spot
from player.output.testcard import Card
from player.render.protocol import Image
from player.screen.governing import Governing
from player.screen.mapmaker import Made
from player.screen.projecting import Frame, Projecting
from player.units import SECOND, Nanos, Rect, Size
from tests.fakes.displays import FakePane, FakePanes, FlatPainter, display

SIZE = Size(32, 18)
SEAT = Seat(SIZE, Rect(0, 0, 32, 18), SIZE)
CANVAS = np.full((18, 32, 4), 200, np.uint8)
BLACK = (0, 0, 0, 255)


def frame(
    name: str, painter: FlatPainter | None, *, card: Card | None = None, brightness: float = 1.0, size: Size = SIZE
) -> Frame:
    """One output, in a window with something in it."""
    made = Made(SEAT, plain(SIZE), painter, is_whole=True) if painter else None
    pane = FakePane(FakePanes(), display(0, size=size))
    return Frame(name, pane, Spot(0, 0, *size), made, card, brightness)


def out(frame: Frame) -> Image:
    """Return an output's pixels."""
    pixels = frame.pane.pixels()
    assert pixels is not None
    return pixels


class Wall:
    """What draws, and what watches over it."""

    def __init__(self, threads: int, cap: float | None) -> None:
        self.governing = Governing(cap)
        self.projecting = Projecting(threads, self.governing)

    def draw(self, frames: Sequence[Frame], image: Image, light: float, now: Nanos) -> Nanos | None:
        """Draw and show; return when that is to be done again."""
        self.projecting.draw(frames, image, light, now)
        return self.governing.shown(now)


@contextmanager
def projecting(threads: int = 1, cap: float | None = None) -> Generator[Wall]:
    """Something that draws, and ends its threads."""
    made = Wall(threads, cap)
    try:
        yield made
    finally:
        made.projecting.close()


def seen(wall: Wall, frames: list[Frame], canvas: Image, light: float, now: Nanos) -> Nanos | None:
    """Draw and show; return when it is to be drawn again."""
    return wall.draw(frames, canvas, light, now)


@pytest.mark.parametrize("threads", [1, 2])
def test_all_outputs_get_the_same_canvas_in_the_same_light(threads: int) -> None:
    """One after another or side by side; each with its own brightness on top."""
    left, right = FlatPainter(), FlatPainter()
    frames = [frame("left", left), frame("right", right, brightness=0.5)]
    with projecting(threads) as wall:
        assert seen(wall, frames, CANVAS, 0.8, 0) is None
    assert left.canvas is right.canvas is CANVAS
    assert left.drawn == [(1.0, pytest.approx(light_of(0.8)))]
    assert right.drawn == [(1.0, pytest.approx(light_of(0.8) * light_of(0.5)))]


def test_dark_is_black_on_all_outputs_in_one_frame() -> None:
    """No black lift is left, and no card: a person has asked for no light at all."""
    painter, card = FlatPainter(), Card(np.full((18, 32, 4), 255, np.uint8), is_raw=True, until=None)
    frames = [frame("a", painter), frame("b", FlatPainter(), card=card), frame("c", None)]
    with projecting() as wall:
        assert seen(wall, frames, CANVAS, 0.0, 0) is None
    assert all((out(each) == BLACK).all() for each in frames)
    assert painter.drawn == []


def test_the_way_to_dark_ends_without_a_step() -> None:
    """Black lift, which a curfew leaves alone, goes with the last tenth."""
    painter = FlatPainter(tiles=0.01)
    with projecting() as wall:
        for i, level in enumerate((0.4, 0.1, 0.05, 0.01)):
            seen(wall, [frame("a", painter)], CANVAS, level, i * SECOND)
    assert [gain for gain, _ in painter.drawn] == pytest.approx([1.0, 1.0, 0.5, 0.1])


def test_an_output_without_maps_of_its_size_is_black() -> None:
    """And keeps none of the others from their picture."""
    sound = frame("a", FlatPainter())
    other = frame("b", FlatPainter(), size=Size(16, 9))
    with projecting() as wall:
        seen(wall, [other, sound], CANVAS, 1.0, 0)
    assert (out(other) == BLACK).all()
    assert out(sound)[0, 0, 0] == 255


def test_a_flash_on_one_output_dims_all_of_them_and_the_light_comes_back() -> None:
    """Within the frame; and while light is held back, the same picture is asked for again."""
    calm, wild = FlatPainter(tiles=0.3), FlatPainter()
    levels: list[float] = []
    with projecting(2) as wall:
        for i in range(20):
            wild.tiles = 0.9 if i % 2 else 0.0
            again = seen(wall, [frame("calm", calm), frame("wild", wild)], CANVAS, 1.0, i * SECOND // 20)
            levels.append(calm.drawn[-1][0])
            assert calm.drawn[-1] == wild.drawn[-1]
            assert again == (0 if levels[-1] < 1 else None)
        assert min(levels) < 0.3
        wild.tiles, steps = 0.9, 0
        while seen(wall, [frame("calm", calm), frame("wild", wild)], CANVAS, 1.0, SECOND + steps * SECOND // 20) is not None:
            steps += 1
            assert steps < 60
    assert calm.drawn[-1][0] == 1.0


def test_a_bright_canvas_is_held_below_the_cap() -> None:
    """So that a white picture does not blind a square of people; a dim one is left as it is."""
    white, grey = np.full((18, 32, 4), 255, np.uint8), np.full((18, 32, 4), 60, np.uint8)
    painter = FlatPainter(tiles=0.05)
    with projecting(cap=0.4) as wall:
        seen(wall, [frame("a", painter)], white, 1.0, 0)
        seen(wall, [frame("a", painter)], grey, 1.0, SECOND)
    assert 0.3 < painter.drawn[0][1] < 0.4
    assert painter.drawn[1][1] == 1.0


def test_cards_replace_the_picture_of_their_output() -> None:
    """Raw ones as they are, others through the mapping, both in full light; and one that moves asks for its next picture."""
    raw = Card(np.arange(18 * 32 * 4, dtype=np.uint32).astype(np.uint8).reshape(18, 32, 4), is_raw=True, until=None)
    moving = Card(np.full((18, 32, 4), 9, np.uint8), is_raw=False, until=7 * SECOND)
    mapped, painter = FlatPainter(), FlatPainter()
    frames = [frame("raw", FlatPainter(), card=raw), frame("bar", mapped, card=moving, brightness=0.5), frame("x", painter)]
    with projecting() as wall:
        assert seen(wall, frames, CANVAS, 0.5, 0) == 7 * SECOND
    assert (out(frames[0]) == raw.image).all()
    assert mapped.canvas is moving.image
    assert mapped.drawn == [(1.0, 1.0)]
    assert painter.canvas is CANVAS


def test_a_raw_card_for_another_size_leaves_black() -> None:
    """Its display has changed since it was drawn."""
    card = Card(np.full((9, 16, 4), 255, np.uint8), is_raw=True, until=None)
    only = frame("a", FlatPainter(), card=card)
    with projecting() as wall:
        seen(wall, [only], CANVAS, 1.0, 0)
    assert (out(only) == BLACK).all()
