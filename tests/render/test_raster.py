"""Photos drawn at real-valued places."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from player.errors import DrawError
from player.render.raster import OVERSIZE, Scratch, cut, lay, planar
from player.render.trial import picture
from player.show.scene import Figure, Move
from player.units import WHOLE, Digest, Rect, Size

CANVAS = Size(640, 360)
PHOTO = Digest("f" * 64)
WHITE = np.full((720, 1280, 3), 255, np.uint8)


def _figure(place: Rect, view: Rect = WHOLE) -> Figure:
    return Figure(PHOTO, place, view)


def _drawn(photo: NDArray[np.uint8], final: Rect, place: Rect) -> NDArray[np.float64]:
    """Draw the luma of *photo*, prepared for *final*, at *place* over black, and return it as a share of white."""
    out = np.full((360, 640), 16, np.uint8)
    source = planar(cut(photo, Move(_figure(place), _figure(final)), CANVAS))
    lay(source.luma, _figure(place), out, CANVAS, Scratch())
    return (out.astype(float) - 16) / 219


def test_edges_grow_steadily_where_they_belong() -> None:
    """While a photo grows its edges stay within 0.12 px of their analytic place and never turn back."""
    final = Rect(60.0, 30.0, 500.0, 281.25)
    lefts: list[float] = []
    bottoms: list[float] = []
    for share in np.linspace(0.94, 1.0, 121):
        place = Rect(310 - 250 * share, 170.625 - 140.625 * share, 500 * share, 281.25 * share)
        drawn = _drawn(WHITE, final, place)
        row, column = drawn[170], drawn[:, 300]
        lefts.append(310 - row[:310].sum())
        bottoms.append(170 + column[170:].sum())
        assert lefts[-1] == pytest.approx(place.x, abs=0.12)
        assert bottoms[-1] == pytest.approx(place.bottom, abs=0.12)

    assert (np.diff(lefts) <= 0.005).all()
    assert (np.diff(bottoms) >= -0.005).all()


def test_what_lies_within_moves_by_fractions_of_a_pixel() -> None:
    """A line inside a growing photo stays within 0.15 px of where it belongs."""
    photo = np.zeros((720, 1280, 3), np.uint8)
    photo[:, 800:808] = 255
    final = Rect(60.0, 30.0, 500.0, 281.25)
    for share in np.linspace(0.94, 1.0, 61):
        place = Rect(310 - 250 * share, 170.625 - 140.625 * share, 500 * share, 281.25 * share)
        row = _drawn(photo, final, place)[170]
        centre = (row * (np.arange(640) + 0.5)).sum() / row.sum()
        assert centre == pytest.approx(place.x + place.width * 804 / 1280, abs=0.15)


def test_a_view_shows_its_part() -> None:
    """The part of a photo that is asked for fills its place, whatever of it was prepared."""
    ramp = np.linspace(0, 255, 1000)[None, :, None].repeat(500, axis=0).repeat(3, axis=2).astype(np.uint8)
    place = Rect(100, 100, 300, 150)
    views = (Rect(0.2, 0.2, 0.4, 0.4), Rect(0.4, 0.3, 0.4, 0.4))
    source = planar(cut(ramp, Move(_figure(place, views[0]), _figure(place, views[1])), CANVAS))

    for view in (*views, Rect(0.3, 0.25, 0.4, 0.4)):
        out = np.zeros((360, 640), np.uint8)
        lay(source.luma, _figure(place, view), out, CANVAS, Scratch())
        for share in (0.05, 0.5, 0.95):
            grey = (view.x + share * view.width) * 255
            assert out[175, 100 + int(share * 300)] == pytest.approx(16 + grey * 219 / 255, abs=2)


def test_a_photo_is_prepared_a_quarter_larger_than_it_is_shown() -> None:
    """Large photos are reduced, small ones enlarged, and one of about the right size is not sampled twice."""
    place = Rect(0, 0, 320, 180)

    def prepared(width: int, height: int) -> tuple[int, ...]:
        move = Move(_figure(place), _figure(place))
        return cut(np.zeros((height, width, 3), np.uint8), move, CANVAS).pixels.shape[:2]

    wanted = (pytest.approx(180 * OVERSIZE, abs=2), pytest.approx(320 * OVERSIZE, abs=2))
    assert prepared(3200, 1800) == wanted
    assert prepared(160, 90) == wanted
    assert prepared(411, 231) == (232, 412)


def test_a_photo_may_hang_over_every_side() -> None:
    """A figure larger than the canvas and partly off it is cropped by it; one wholly off it draws nothing."""
    assert (_drawn(WHITE, Rect(-50, -50, 900, 600), Rect(-50.3, -50.7, 900, 600)) == 1).all()
    assert (_drawn(WHITE, Rect(700, 10, 100, 100), Rect(700, 10, 100, 100)) == 0).all()


def test_a_photo_with_odd_sides_keeps_its_colours_apart() -> None:
    """The column added to make a side even does not shift what is drawn."""
    photo = picture(Size(401, 227), 5)
    place = Rect(10, 10, 320, 181)
    drawn = _drawn(photo, place, place)
    luma = (photo @ np.array([0.257, 0.504, 0.098]) + 16)[113, 200]

    assert drawn[10 + int(113.5 / 227 * 181), 10 + int(200.5 / 401 * 320)] * 219 + 16 == pytest.approx(luma, abs=12)


@pytest.mark.parametrize(
    "photo",
    [np.zeros((4, 4), np.uint8), np.zeros((0, 4, 3), np.uint8), np.zeros((4, 4, 4), np.uint8), np.zeros((4, 4, 3), np.uint16)],
    ids=["grey", "empty", "four channels", "wide"],
)
def test_what_is_no_picture_is_refused(photo: NDArray[np.uint8]) -> None:
    """Anything but RGB bytes is our own mistake and is named as such."""
    place = Rect(0, 0, 10, 10)
    with pytest.raises(DrawError, match="height x width x 3"):
        cut(photo, Move(_figure(place), _figure(place)), CANVAS)


def test_a_figure_without_area_is_refused() -> None:
    """A way through nothing cannot be prepared for."""
    with pytest.raises(DrawError, match="without area"):
        cut(WHITE, Move(_figure(Rect(0, 0, 0, 10)), _figure(Rect(0, 0, 10, 10))), CANVAS)
