"""Words on cards and outputs are where there is light, or nowhere."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from player.output.maps import maps_of
from player.output.pen import Pen, as_shown, canvas
from player.output.room import CELL_PX, dark_cells_of_crop, in_cells, place
from player.output.shape import Box, Mask, Mirror, Point, Rotation, Seat, plain
from player.output.testcard import NAMES, Facts, card
from player.output.testcard_label import LOOK_FOR, label
from player.output.testcard_light import READABLE, contrast, ink_on
from player.show.scene import Face
from player.units import Size
from tests.fakes.letters import FakeCoverage, FakeLetters

SIZE = Size(960, 540)
SEAT = Seat(SIZE, Box(0.0, 0.0, 960.0, 540.0), SIZE)


class Heard(FakeLetters):
    """Letters that remember what was set."""

    def __init__(self) -> None:
        self.words: list[str] = []

    def coverage(self, text: str, *, language: str, face: Face, size_px: float, x_fraction: float = 0.0) -> FakeCoverage:
        """Remember *text*."""
        self.words.append(text)
        return super().coverage(text, language=language, face=face, size_px=size_px, x_fraction=x_fraction)


def window(left: float, top: float, right: float, bottom: float) -> Mask:
    """A window that gets no light."""
    return Mask(f"w{left}-{top}", "drop", (Point(left, top), Point(right, top), Point(right, bottom), Point(left, bottom)))


WINDOWS = tuple(window(x, y, x + 60, y + 90) for x in range(60, 900, 150) for y in (60, 220, 410))


def test_a_box_goes_where_it_is_light() -> None:
    """Into the nearest free band; where everything is free it is where it was wanted."""
    dark = np.zeros((50, 100), np.bool_)
    wanted = Point(400, 300)
    assert place(dark, 300, 40, wanted).middle == wanted
    dark[30:45] = True
    found = place(dark, 300, 40, wanted)
    assert found.dark_cells == 0
    assert found.middle.y + 20 <= 30 * CELL_PX
    dark[:] = True
    assert place(dark, 300, 40, wanted).dark_cells > 0


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
@pytest.mark.parametrize("mirror", ["none", "horizontal", "vertical"])
def test_dark_cells_of_the_canvas_are_those_of_the_output(rotate: Rotation, mirror: Mirror) -> None:
    """However a projector hangs: what a window hides of a picture lies in dark cells, and most cells are light."""
    size = SIZE if rotate in (0, 180) else Size(540, 960)
    seat = replace(SEAT, size=size, rotate=rotate, mirror=mirror)
    upright = np.zeros((540, 960, 4), np.uint8)
    upright[80:160, 120:300] = 255
    hidden = as_shown(upright, seat)[..., 0]
    rows, columns = np.nonzero(hidden)
    mask = window(columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)
    dark = dark_cells_of_crop(seat, replace(plain(size), masks=(mask,)))
    assert dark[10:20, 15:37].all()
    assert dark.mean() < 0.1


@pytest.mark.parametrize("name", NAMES)
def test_a_label_is_never_cut_by_a_window(name: str) -> None:
    """On a façade of many windows every card's label lies clear of all of them, and says which card it is."""
    shape = replace(plain(SIZE), masks=WINDOWS)
    letters = Heard()
    facts = Facts(output="left", shape=shape, count=maps_of([(SEAT, shape)])[0].count)
    card(name, seat=SEAT, facts=facts, pen=Pen(letters))
    assert any(words.startswith(f"{name}: ") for words in letters.words)

    out = canvas(*SIZE, (9, 9, 9))
    dark = in_cells(np.asarray(maps_of([(SEAT, shape)])[0].scale == 0))
    label(out, name, facts, SIZE, Pen(FakeLetters()), dark=dark)
    plate = (out[..., :3] != 9).any(axis=2)
    assert plate.any()
    assert not plate[np.repeat(np.repeat(dark, CELL_PX, 0), CELL_PX, 1)[: SIZE.height, : SIZE.width]].any()


def test_without_any_room_there_is_no_label() -> None:
    """Half a label tells nothing."""
    out = canvas(*SIZE, (9, 9, 9))
    label(out, "grid", Facts(output="left"), SIZE, Pen(FakeLetters()), dark=np.ones((68, 120), np.bool_))
    assert (out[..., :3] == 9).all()


@pytest.mark.parametrize("display", ["left", "LEFT ", "EPSON", ""])
def test_no_name_is_said_twice(display: str) -> None:
    """A display that is called as its output is named once."""
    letters = Heard()
    card("grid", seat=SEAT, facts=Facts(output="left", display=display), pen=Pen(letters))
    named = next(words for words in letters.words if "960x540" in words)
    assert named.lower().count("left") == 1
    assert ("EPSON" in named) == (display == "EPSON")


def test_every_card_says_what_to_look_for() -> None:
    """In eight words at most."""
    assert set(LOOK_FOR) == set(NAMES)
    assert all(1 < len(words.split()) <= 8 for words in LOOK_FOR.values())


@pytest.mark.parametrize("level", [255, 188, 124, 63])
@pytest.mark.parametrize("colour", [(1, 0, 0), (0, 1, 0), (0, 0, 1), (1, 1, 1)])
def test_words_on_colours_are_read(colour: tuple[int, int, int], level: int) -> None:
    """On each field of `rgbw` they stand out by 4.5 to 1."""
    red, green, blue = colour
    ground = (red * level, green * level, blue * level)
    assert contrast(ink_on(ground), ground) >= READABLE


def test_the_text_card_names_what_is_missing() -> None:
    """As the configuration calls it; with both it says from where it is read."""
    for facts, words in (
        (Facts(output="left"), "display: viewing_distance and wall_width are not set"),
        (Facts(output="left", viewing_distance_m=50.0, wall_width_m=30.0), "from 50 m, on a wall of 30 m"),
    ):
        letters = Heard()
        card("text", seat=SEAT, facts=facts, pen=Pen(letters))
        assert any(words in each for each in letters.words)
