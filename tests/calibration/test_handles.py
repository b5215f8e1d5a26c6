"""Handles are seen wherever their points are, and the help is where no window is."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

import numpy as np
import pytest
from numpy.typing import NDArray

from player.calibration.drawing import draw
from player.calibration.editing import State, begun
from player.calibration.spot import Spot
from player.output.mask import inside
from player.output.pen import Pen
from player.output.shape import Corners, Mask, Point
from player.show.scene import Face
from player.units import Size
from tests.calibration.wall import output
from tests.fakes.letters import FakeCoverage, FakeLetters

LARGE = Size(960, 540)


@pytest.fixture(scope="module")
def pen() -> Pen:
    """Words in one face."""
    return Pen(FakeLetters())


class Heard(FakeLetters):
    """Letters that remember what was set."""

    def __init__(self) -> None:
        self.words: list[str] = []

    def coverage(self, text: str, *, language: str, face: Face, size_px: float, x_fraction: float = 0.0) -> FakeCoverage:
        """Remember *text*."""
        self.words.append(text)
        return super().coverage(text, language=language, face=face, size_px=size_px, x_fraction=x_fraction)


def drawn(state: State, pen: Pen) -> NDArray[np.int64]:
    """What is drawn over black."""
    out = np.zeros((LARGE.height, LARGE.width, 4), np.uint8)
    out[..., 3] = 255
    draw(out, state, 0, pen)
    return out.astype(np.int64)


def with_corner(index: int, place: Point, *masks: Mask, selected: bool = True) -> State:
    """An output with one corner elsewhere, and that or the opposite one selected."""
    edited = output("left", 0, *masks, size=LARGE)
    corners = list(edited.shape.corners)
    corners[index] = place
    shape = replace(edited.shape, corners=cast("Corners", tuple(corners)))
    return replace(begun([replace(edited, shape=shape)]), spot=Spot(index=index if selected else (index + 2) % 4))


@pytest.mark.parametrize("selected", [True, False])
@pytest.mark.parametrize("place", [Point(0, 0), Point(-80, -30), Point(4, 0), Point(-0.5, 200)])
def test_a_corner_at_the_edge_or_beyond_has_a_whole_handle(pen: Pen, place: Point, *, selected: bool) -> None:
    """Its ring is on the display in full: as much of it as of a corner in the middle of nowhere."""
    out = drawn(with_corner(0, place, selected=selected), pen)
    radius, least = (10, 120) if selected else (6, 90)
    y, x = max(place.y, radius * 3), radius * 3
    angles = np.linspace(0, 2 * np.pi, 24)
    ring = [out[int(y + radius * np.sin(a)), int(x + radius * np.cos(a)), 2] for a in angles]
    assert sum(value > least for value in ring) > 18


def test_a_corner_off_the_display_says_so() -> None:
    """In the line of what is selected; one on the display does not."""
    for place, says in ((Point(-0.1, 20), True), (Point(0, 0), False), (Point(0, 541), True)):
        letters = Heard()
        drawn(with_corner(0 if place.y < 500 else 3, place), Pen(letters))
        assert any("off the display" in words for words in letters.words) is says


def test_help_keeps_out_of_windows(pen: Pen) -> None:
    """Where there is a place without a window, the words are there; in a wall full of windows they are still said."""
    low = Mask("low", "drop", (Point(300, 300), Point(660, 300), Point(660, 520), Point(300, 520)))
    out = drawn(with_corner(0, Point(0, 0), low), pen)
    assert not out[304:516, 304:656, :3].any()
    assert (out[..., 0] > 100).sum() > 500

    every = Mask("every", "drop", (Point(30, 30), Point(930, 30), Point(930, 510), Point(30, 510)))
    out = drawn(with_corner(0, Point(0, 0), every), pen)
    assert (out[..., 0] > 100).sum() > 500
    assert inside(every.points, LARGE).any()
