"""Pictures as planes."""

from __future__ import annotations

import numpy as np
import pytest

from player.render.planes import Box, Planes, blank, chroma_of, luma_of, mix, part_to_bgra, solid, to_bgra
from player.render.trial import picture
from player.units import Size


def _planes(seed: int) -> Planes:
    rgb = picture(Size(64, 48), seed)
    return Planes(luma_of(rgb), chroma_of(rgb))


def _bgra(planes: Planes) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    out = np.zeros((*planes.luma.shape, 4), np.uint8)
    to_bgra(planes, out)
    return out


def test_greys_come_back_within_a_code() -> None:
    """Every grey survives the way through limited range within one code."""
    greys = np.repeat(np.arange(256, dtype=np.uint8), 4).reshape(1, 1024).repeat(2, axis=0)
    rgb = np.repeat(greys[..., None], 3, axis=2)

    back = _bgra(Planes(luma_of(rgb), chroma_of(rgb)))

    assert np.abs(back[..., :3].astype(int) - rgb).max() <= 1
    assert (back[..., 3] == 255).all()


@pytest.mark.parametrize("opacity", [0.0, 1.0])
def test_a_fade_is_exact_at_its_ends(opacity: float) -> None:
    """At opacity 0 there is the lower picture, at 1 the upper, to the byte."""
    below, above, out = _planes(1), _planes(2), blank(Size(64, 48))

    mix(below, above, opacity, out)

    wanted = above if opacity else below
    assert np.array_equal(out.luma, wanted.luma)
    assert np.array_equal(out.chroma, wanted.chroma)


@pytest.mark.parametrize("opacity", [0.1, 1 / 3, 0.5, 0.77])
def test_equal_pictures_fade_without_a_trace(opacity: float) -> None:
    """Fading a picture into itself changes nothing, at any instant."""
    one, out = _planes(1), blank(Size(64, 48))

    mix(one, one, opacity, out)

    assert np.array_equal(out.luma, one.luma)
    assert np.array_equal(out.chroma, one.chroma)


def test_a_part_converts_as_the_whole_does() -> None:
    """Pixels of a box, odd sides and all, are those of the whole picture; what lies farther away is left alone."""
    planes, out = _planes(1), np.full((48, 64, 4), 9, np.uint8)

    part_to_bgra(planes, Box(11, 7, 32, 29), out)

    assert np.array_equal(out[6:30, 10:32], _bgra(planes)[6:30, 10:32])
    out[6:30, 10:32] = 9
    assert (out == 9).all()


def test_a_solid_is_its_colour_within_two_codes() -> None:
    """A fill as planes, as it is while it fades into a photo, is not visibly another colour."""
    for colour in ((11, 11, 13), (244, 239, 228), (214, 168, 96), (0, 0, 0)):
        back = _bgra(solid(colour, Size(8, 6)))
        assert np.abs(back[0, 0, 2::-1].astype(int) - colour).max() <= 3
