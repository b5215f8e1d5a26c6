"""Test cards: exact where engineers measure, the same spot on every output, and dark where masks are."""

from __future__ import annotations

from dataclasses import replace
from math import hypot, tau

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from player.output.finish import Finish
from player.output.maps import maps_of
from player.output.mask import inside
from player.output.pen import Pen, canvas, circle, disc, line
from player.output.shape import Box, Mask, Mirror, Point, Rotation, Seat, Shape, plain
from player.output.testcard import NAMES, Card, Facts, card, mapping_in_words
from player.output.testcard_geometry import BAR_TAKES
from player.output.testcard_light import COUNTED
from player.text.typeset import Typesetter
from player.units import SECOND, Size
from tests.fakes.letters import FakeLetters

CANVAS = Size(1200, 360)
SIZE = Size(640, 360)
LEFT = Seat(CANVAS, Box(0.0, 0.0, 640.0, 360.0), SIZE)
RIGHT = Seat(CANVAS, Box(560.0, 0.0, 640.0, 360.0), SIZE)
FACTS = Facts(output="left", display="EPSON PJ", rate_hz=59.94)


@pytest.fixture(scope="module")
def pen() -> Pen:
    """Words in one face."""
    return Pen(FakeLetters())


def grey(image: NDArray[np.uint8]) -> NDArray[np.int64]:
    """The brightest channel of each pixel."""
    return image[..., :3].max(axis=2).astype(np.int64)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("size", [SIZE, Size(1080, 1920), Size(800, 120), Size(161, 160)])
def test_every_card_fits_every_output(pen: Pen, name: str, size: Size) -> None:
    """Each is opaque, of the right size, not black, and carries a label, on any shape of wall."""
    seat = Seat(size, Box(0.0, 0.0, *map(float, size)), size)
    found = card(name, seat=seat, facts=FACTS, pen=pen)
    other = card(name, seat=seat, facts=replace(FACTS, output="another"), pen=pen)

    assert found.image.shape == (size.height, size.width, 4)
    assert (found.image[..., 3] == 255).all()
    assert found.image[..., :3].any()
    assert not np.array_equal(found.image, other.image)
    assert (found.until is None) == (name != "bar")


def test_only_the_crop_has_light(pen: Pen) -> None:
    """A card on the canvas is black outside of what its output takes."""
    for name in NAMES:
        found = card(name, seat=RIGHT, facts=FACTS, pen=pen)
        assert found.is_raw or not found.image[:, :560, :3].any()


def test_the_checker_is_one_pixel_fine(pen: Pen) -> None:
    """Every pixel is the opposite of its neighbours, up to the borders."""
    image = grey(card("checker", seat=LEFT, facts=FACTS, pen=pen).image)
    for part in (image[:80], image[-80:], image[:, :60], image[:, -60:]):
        assert set(np.unique(part)) == {0, 255}
        assert (np.abs(np.diff(part, axis=0)) == 255).all()
        assert (np.abs(np.diff(part, axis=1)) == 255).all()


def test_two_outputs_agree_on_the_grid(pen: Pen) -> None:
    """Where crops overlap, lines and numbers lie at the same pixels of the canvas."""
    one, two = (card("grid", seat=seat, facts=FACTS, pen=pen).image for seat in (LEFT, RIGHT))

    assert np.array_equal(one[:250, 564:636], two[:250, 564:636])
    assert one[:250, 564:636, :3].any()


def test_the_circle_is_round() -> None:
    """Every pixel of the ring is where the circle is, to a twentieth of a pixel, and no direction is brighter."""
    image = canvas(400, 400)
    circle(image, Point(200.25, 199.5), 150.0, (255, 255, 255), 2)
    light = grey(image) / 255
    y, x = np.nonzero(light)
    away = np.hypot(x + 0.5 - 200.25, y + 0.5 - 199.5)
    angles = np.arctan2(y + 0.5 - 199.5, x + 0.5 - 200.25)
    weights = light[y, x]
    for sector in range(24):
        part = np.floor((angles + tau / 2) / tau * 24) == sector
        assert np.average(away[part], weights=weights[part]) == pytest.approx(150, abs=0.05)
        assert weights[part].sum() == pytest.approx(2 * 150 * tau / 24, rel=0.03)


def test_a_disc_is_full_and_a_line_is_where_it_was_asked() -> None:
    """A disc has its area, and a line through the centres of a column lies on that column."""
    image = canvas(60, 60)
    disc(image, Point(30, 30), 10.0, (255, 255, 255))
    assert grey(image).sum() / 255 == pytest.approx(100 * tau / 2, rel=0.03)
    image = canvas(9, 9)
    line(image, [Point(4.5, -3), Point(4.5, 20)], (200, 200, 200))
    light = grey(image)[1:].astype(float)
    assert (light.argmax(axis=1) == 4).all()
    assert (light @ (np.arange(9) + 0.5) / light.sum(axis=1)) == pytest.approx(4.5, abs=0.05)


def test_the_cross_is_in_the_middle(pen: Pen) -> None:
    """Seen from either side the cross is the same: its middle is the middle of the crop."""
    image = grey(card("crosshair", seat=LEFT, facts=FACTS, pen=pen).image)[:, :640]
    assert np.array_equal(image[100, 290:350], image[100, 290:350][::-1])
    assert np.array_equal(image[160:200, 250], image[160:200, 250][::-1])
    assert (image[60:160, 319:321] >= 190).all()
    assert (image[179:181, 60:160] >= 190).all()


def test_steps_are_the_percents_they_say(pen: Pen) -> None:
    """Black has the codes of 0 to 5 %, white those of 100 to 95 %."""
    for name, codes in (("blacks", {0, 3, 5, 8, 10, 13}), ("whites", {255, 252, 250, 247, 245, 242})):
        row = grey(card(name, seat=LEFT, facts=FACTS, pen=pen).image)[150, :640]
        assert set(np.unique(row)) == codes


def test_dither_makes_a_ramp_right_on_average(pen: Pen) -> None:
    """The dark ramp without dither has its 14 steps; with dither its mean follows the true value to a tenth of a code."""
    image = grey(card("ramp", seat=Seat(SIZE, Box(0, 0, 640, 360), SIZE), facts=FACTS, pen=pen).image)
    true = np.linspace(0, 0.05, 640) * 255
    plain_rows, dithered = image[215:265], image[305:358]

    assert len(np.unique(plain_rows)) == 14
    assert np.abs(np.convolve(dithered.mean(axis=0) - true, np.ones(16) / 16, "valid")).max() < 0.1
    assert np.abs(np.convolve(plain_rows.mean(axis=0) - true, np.ones(16) / 16, "valid")).max() > 0.3


def test_the_count_is_that_of_the_maps(pen: Pen) -> None:
    """Each pixel has the colour of how many outputs light it; where that is not known the card says so."""
    outputs = [(LEFT, plain(SIZE)), (RIGHT, plain(SIZE))]
    maps = maps_of(outputs)
    image = card("count", seat=LEFT, facts=replace(FACTS, count=maps[0].count), pen=pen).image

    assert tuple(int(v) for v in image[200, 100, 2::-1]) == COUNTED[1]
    assert tuple(int(v) for v in image[200, 600, 2::-1]) == COUNTED[2]
    assert card("count", seat=LEFT, facts=FACTS, pen=pen).image[..., :3].any()


def test_the_bar_crosses_the_wall_in_one_piece(pen: Pen) -> None:
    """At any moment both outputs have it at the same place of the canvas, and it moves by fractions of a pixel."""

    def centre(found: Card) -> float:
        row = found.image[30, :, 0].astype(float)
        row[[0, 1, 560, 561, 638, 639, 1198, 1199]] = 0
        return float(np.average(np.arange(1200) + 0.5, weights=np.where(row > 0, 1.0, 0.0)))

    def at(seat: Seat, t: int) -> Card:
        return card("bar", seat=seat, facts=FACTS, pen=pen, t=t)

    middle = round(BAR_TAKES * 0.5)
    assert centre(at(LEFT, middle)) == pytest.approx(centre(at(RIGHT, middle)), abs=1)
    assert centre(at(LEFT, middle)) == pytest.approx(600, abs=13)
    early = at(LEFT, SECOND)
    next_frame = SECOND + round(SECOND / 59.94)
    assert early.until == next_frame
    assert not np.array_equal(early.image, at(LEFT, next_frame).image)
    assert np.array_equal(early.image, at(LEFT, SECOND + BAR_TAKES).image)


def test_text_is_as_high_as_the_distance_asks() -> None:
    """From 100 m on a wall of 40 m, letters of 16 minutes of arc are 0.465 m high: so many pixels, measured."""
    pen = Pen(Typesetter())
    size = Size(1920, 1080)
    seat = Seat(size, Box(0.0, 0.0, 1920.0, 1080.0), size)
    facts = replace(FACTS, viewing_distance_m=100.0, wall_width_m=40.0)
    image = grey(card("text", seat=seat, facts=facts, pen=pen).image)
    wanted = 2 * 100 * np.tan(np.radians(16 / 60) / 2) / 40 * 1920
    rows = np.nonzero((image[:260, 96:134] > 230).any(axis=1))[0]  # the W of the first line, brighter than its note

    first = rows[: np.nonzero(np.diff(rows) > 4)[0][0] + 1] if (np.diff(rows) > 4).any() else rows
    assert len(first) == pytest.approx(wanted, abs=1.5)


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
@pytest.mark.parametrize("mirror", ["none", "horizontal", "vertical"])
@pytest.mark.parametrize("name", ["count", "ramp"])
def test_raw_cards_read_right_on_a_turned_output(pen: Pen, name: str, rotate: Rotation, mirror: Mirror) -> None:
    """A raw card on a turned or mirrored output is the upright one, turned and mirrored as the picture is."""
    upright = Seat(SIZE, Box(0.0, 0.0, 640.0, 360.0), SIZE)
    size = SIZE if rotate in (0, 180) else Size(360, 640)
    seat = replace(upright, size=size, rotate=rotate, mirror=mirror)
    facts = replace(FACTS, shape=plain(size))
    found = card(name, seat=seat, facts=replace(facts, count=maps_of([(seat, plain(size))])[0].count), pen=pen)
    out = np.zeros((size.height, size.width, 4), np.uint8)
    straight = card(name, seat=upright, facts=replace(facts, shape=plain(SIZE), count=np.ones((360, 640), np.uint8)), pen=pen)
    Finish(maps_of([(seat, plain(size))])[0], plain(size).light).finish(straight.image, out)

    far = np.abs(found.image.astype(int) - out)[..., :3].max(axis=2)
    assert (far == 0).mean() > 0.97  # but the label, which names another size


def test_raw_cards_leave_masks_dark(pen: Pen) -> None:
    """Raw is raw, and a window is still a window: no card shines into it."""
    window = Mask("window", "drop", (Point(100, 100), Point(400, 120), Point(380, 300), Point(90, 280)), 10.0)
    words = replace(window, id="words", kind="text", points=tuple(Point(p.x + 200, p.y) for p in window.points))
    shape = Shape(plain(SIZE).corners, masks=(window, words))
    for name in ("checker", "ramp", "count"):
        facts = replace(FACTS, shape=shape, count=np.ones((360, 640), np.uint8))
        image = card(name, seat=LEFT, facts=facts, pen=pen).image
        assert not image[..., :3][inside(window.points, SIZE)].any()
        assert image[150:250, 450:600, :3].any()


def test_the_label_says_how_it_is_mapped() -> None:
    """Corners, mesh, masks and blend in a few words."""
    shape = plain(SIZE)
    mask = Mask("a", "drop", (Point(0, 0), Point(9, 0), Point(9, 9)))

    assert mapping_in_words(None, SIZE) == "not mapped"
    assert mapping_in_words(shape, SIZE) == "corners of the display · blend as overlapped"
    moved = replace(shape, corners=(Point(3, 0), *shape.corners[1:]), masks=(mask, replace(mask, id="b")))
    assert mapping_in_words(moved, SIZE) == "corners moved · 2 masks · blend as overlapped"


def test_an_unknown_card_is_refused(pen: Pen) -> None:
    """The names are those that are listed."""
    with pytest.raises(KeyError):
        card("sponge", seat=LEFT, facts=FACTS, pen=pen)
    assert len(set(NAMES)) == 11


def test_words_are_cut_at_the_border(pen: Pen) -> None:
    """Words that begin outside of the picture are drawn as far as they lie in it."""
    image = canvas(50, 20)
    pen.words(image, "XXXXXXXX", Point(-20, 15), size_px=14, colour=(200, 200, 200))
    pen.words(image, "XX", Point(500, 15), size_px=14, colour=(200, 200, 200))
    assert grey(image)[:, 0].any() or grey(image)[:, 1].any()
    assert hypot(*image.shape[:2]) > 0
    assert cv2.countNonZero(image[..., 0]) > 0
