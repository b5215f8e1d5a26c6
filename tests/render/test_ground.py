"""Backdrops."""

from __future__ import annotations

import numpy as np
import pytest

from player.render.ground import NIGHT, backdrop, grain
from player.render.planes import to_bgra
from player.render.scrim import luminance
from player.render.trial import picture
from player.show.look import DIM
from player.units import Size


def test_a_backdrop_is_a_third_as_bright_and_half_as_coloured() -> None:
    """In the middle, where nothing sinks to night, a plain photo becomes its dim and paler self."""
    photo = np.full((90, 160, 3), (105, 60, 30), np.uint8)
    _, colour = backdrop(photo, Size(320, 180))

    middle = colour[80:100, 150:170, 2::-1].reshape(-1, 3).mean(axis=0)

    grey = 0.299 * 105 + 0.587 * 60 + 0.114 * 30
    assert middle == pytest.approx([(grey + (c - grey) / 2) / 3 for c in (105, 60, 30)], abs=0.6)


@pytest.mark.parametrize("photo", [(255, 255, 255), (255, 240, 60), (60, 255, 255)])
def test_dim_words_can_be_read_over_any_backdrop(photo: tuple[int, int, int]) -> None:
    """However bright the photo, dim ink keeps a contrast of 4.5:1 over its backdrop, but for a code of grain."""
    _, colour = backdrop(np.full((90, 160, 3), photo, np.uint8), Size(320, 180))

    light = luminance(colour[60:120, 100:220, 2::-1].reshape(-1, 3).mean(axis=0).astype(np.float32))

    assert (luminance(np.array(DIM, np.uint8)).item() + 0.05) / (light.item() + 0.05) >= 4.5


def test_corners_sink_toward_night() -> None:
    """The edges of the wall are nearer to night than its middle."""
    _, colour = backdrop(np.full((90, 160, 3), 255, np.uint8), Size(320, 180))

    corner, middle = colour[:8, :8, :3].mean(), colour[86:94, 156:164, :3].mean()

    assert NIGHT[0] < corner < middle * 0.7


def test_a_gradient_keeps_tones_between_the_codes() -> None:
    """No step shows: over small areas the mean follows the gradient, in full colour and through planes, within 0.35 of a code."""
    ramp = np.linspace(90, 130, 640)[None, :, None].repeat(360, axis=0).repeat(3, axis=2).astype(np.uint8)
    planes, colour = backdrop(ramp, Size(640, 360))
    through = np.zeros_like(colour)
    to_bgra(planes, through)

    for pixels in (colour, through):
        means = pixels[164:196, 160:480, 1].astype(float).reshape(32, 20, 16).mean(axis=(0, 2))
        line = np.polynomial.Polynomial.fit(np.arange(20), means, 3)(np.arange(20))
        assert np.abs(means - line).max() < 0.35


def test_planes_and_full_colour_agree() -> None:
    """A backdrop is the same light moving and at rest."""
    planes, colour = backdrop(picture(Size(320, 200), 3), Size(400, 226))
    through = np.zeros_like(colour)
    to_bgra(planes, through)

    difference = through[..., :3].astype(int) - colour[..., :3]

    assert np.abs(difference).mean() < 1
    assert np.abs(difference.mean(axis=(0, 1))).max() < 0.5


@pytest.mark.parametrize("size", [Size(641, 361), Size(853, 480), Size(31, 17), Size(640, 90), Size(54, 96)])
def test_any_canvas_gets_a_backdrop(size: Size) -> None:
    """Odd, long and small canvases are covered, planes having even sides."""
    planes, colour = backdrop(picture(Size(40, 90), 1), size)

    assert planes.luma.shape == colour.shape[:2] == (size.height + size.height % 2, size.width + size.width % 2)
    assert colour[..., :3].max() > 0


def test_a_photo_always_makes_the_same_backdrop() -> None:
    """The grain is part of the picture: the same photo gives the same bytes."""
    one, two = (backdrop(picture(Size(80, 60), 2), Size(160, 120))[1] for _ in range(2))

    assert np.array_equal(one, two)


def test_the_grain_is_triangular_noise_of_one_code() -> None:
    """It has no bias, and the spread that makes rounding errors independent of the picture."""
    assert abs(float(grain().mean())) < 0.01
    assert float(grain().var()) == pytest.approx(1 / 6, rel=0.02)
    assert float(np.abs(grain()).max()) <= 1
