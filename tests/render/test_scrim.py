"""Scrims: enough darkness under words, and no more."""

from __future__ import annotations

import numpy as np
import pytest

from player.render.planes import Planes, chroma_of, luma_of, to_bgra
from player.render.protocol import Image
from player.render.scrim import contrast, lay_shade, luminance, shade, strength
from player.render.trial import picture
from player.show.scene import Scrim
from player.units import Rect, Size

CANVAS = Size(160, 90)
SCRIM = Scrim(Rect(0, 45, 160, 45), 66, (11, 11, 13), (244, 239, 228), 4.5)


def _checker() -> Image:
    squares = np.indices((90, 160)).sum(axis=0) // 5 % 2 * 255
    return np.repeat(squares[..., None], 3, axis=2).astype(np.uint8)


WHITE = np.full((90, 160, 3), 255, np.uint8)
DARK = np.full((90, 160, 3), 30, np.uint8)
PHOTO = picture(Size(160, 90), 4)


def _bgra(rgb: Image) -> Image:
    return np.dstack([rgb[..., ::-1], np.full(rgb.shape[:2], 255, np.uint8)])


def test_luminance_is_that_of_the_guidelines() -> None:
    """White is 1, black 0, and #777777 on white has the contrast of 4.48 that every checker gives."""
    assert luminance(np.array([255, 255, 255], np.uint8)).item() == pytest.approx(1)
    assert luminance(np.array([0, 0, 0], np.uint8)).item() == 0
    assert contrast((255, 255, 255), np.array([119, 119, 119], np.uint8)).item() == pytest.approx(4.48, abs=0.005)


@pytest.mark.parametrize("photo", [WHITE, PHOTO, _checker()], ids=["white", "photo", "checker"])
def test_words_reach_their_contrast_and_the_photo_keeps_the_rest(photo: Image) -> None:
    """Where words stand 99.5 % of the pixels reach 4.5:1, drawn either way, and hardly more than that."""
    picture_ = _bgra(photo)
    planes = Planes(luma_of(photo), chroma_of(photo))

    made = shade(SCRIM, picture_, CANVAS)

    assert made is not None
    lay_shade(made, planes)
    through = np.zeros_like(picture_)
    to_bgra(planes, through)
    for drawn in (picture_, through):
        worst = np.quantile(contrast(SCRIM.ink, np.ascontiguousarray(drawn[66:, :, 2::-1])), 0.005)
        assert 4.45 <= worst <= 4.75


def test_a_dark_photo_is_left_alone() -> None:
    """Where the contrast is there already nothing is darkened."""
    pixels = _bgra(DARK)

    assert shade(SCRIM, pixels, CANVAS) is None
    assert np.array_equal(pixels, _bgra(DARK))


def test_glints_do_not_darken_a_picture() -> None:
    """Fewer than one pixel in two hundred may be brighter."""
    few, many = DARK.copy(), DARK.copy()
    few.reshape(-1, 3)[::400] = 255
    many.reshape(-1, 3)[::100] = 255

    assert strength(few, SCRIM) == 0
    assert strength(many, SCRIM) > 0.4


def test_a_scrim_rises_smoothly_from_nothing() -> None:
    """It begins at nothing, never gets lighter downward by more than its grain, and is even where words stand."""
    pixels = _bgra(WHITE)

    shade(SCRIM, pixels, CANVAS)

    rows = pixels[..., 1].mean(axis=1)
    assert (rows[:45] == 255).all()
    assert rows[45] > 253
    assert (np.diff(rows) < 0.5).all()
    assert np.ptp(pixels[66:, :, 1]) == 0


def test_no_contrast_is_promised_that_the_colour_cannot_give() -> None:
    """Asked for more than its colour allows, a scrim covers wholly and does not fail."""
    hopeless = Scrim(SCRIM.place, SCRIM.full_from, (200, 200, 200), SCRIM.ink, 4.5)

    assert strength(WHITE, hopeless) == 1.0


def test_a_scrim_off_the_canvas_is_nothing() -> None:
    """A place without pixels darkens none."""
    assert shade(Scrim(Rect(0, 200, 160, 40), 220, (0, 0, 0), (255, 255, 255), 4.5), _bgra(WHITE), CANVAS) is None


@pytest.mark.parametrize("place", [Rect(3, 41, 71, 38), Rect(-5, 33.4, 999, 999)])
def test_a_scrim_of_any_place_darkens_only_there(place: Rect) -> None:
    """Odd and real-valued places work, and nothing outside of them changes."""
    pixels = _bgra(WHITE)

    shade(Scrim(place, place.y + 10, (11, 11, 13), (244, 239, 228), 4.5), pixels, CANVAS)

    changed = np.argwhere((pixels != _bgra(WHITE)).any(axis=2))
    assert changed.size
    assert changed[:, 0].min() >= int(place.y)
    assert changed[:, 1].min() >= max(0, int(place.x))
    assert changed[:, 1].max() < place.right
