"""Whatever matrix, range and brightness a film was made in, its colours come out right in BT.601, limited range."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from typing import Any, Final

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from player.film.colour import BLACK, LUMA_STEPS, PAPER_WHITE, Matrix, Transfer, from_rgb, light, rolled_off, to_601
from player.film.frames import Converter
from player.units import Size
from tests.fakes.films import Recipe, film
from tests.fakes.projection import played

SIZE: Final = Size(64, 64)
BARS: Final = [*product((0.0, 0.75), repeat=3), (1.0, 1.0, 1.0), (0.5, 0.5, 0.5), (0.9, 0.6, 0.5)]
"""Red, green and blue, 0 to 1: the colour bars at 75 %, white, grey and skin."""
NUMBERS: Final = {Matrix.BT601: 6, Matrix.BT709: 1, Matrix.SMPTE240M: 7, Matrix.BT2020: 9}
NARROW: Final = np.array([[1.6605, -0.5876, -0.0728], [-0.1246, 1.1329, -0.0083], [-0.0182, -0.1006, 1.1187]])
"""From BT.2020's primaries to BT.709's; ITU-R BT.2087."""
PQ, HLG = 16, 18


def coded(rgb: tuple[float, ...], matrix: Matrix, *, is_full: bool = False, bits: int = 8) -> tuple[int, int, int]:
    """Return Y, Cb and Cr of a colour as a film has them."""
    luma, blue, red = from_rgb(matrix) @ np.array(rgb)
    unit = 1 << (bits - 8)
    if is_full:
        return round(255 * luma), round(128 + 255 * blue), round(128 + 255 * red)
    return round((16 + 219 * luma) * unit), round((128 + 224 * blue) * unit), round((128 + 224 * red) * unit)


def picture(fill: tuple[int, int, int], colour: tuple[int, int, int, int], pixels: str = "yuv420p") -> av.VideoFrame:
    """Return a picture of one colour that says how it was made: matrix, range, transfer, primaries."""
    kind: Any = np.uint16 if "10" in pixels else np.uint8
    planes = [np.full((SIZE.height, SIZE.width), fill[0], kind)]
    planes += [np.full((SIZE.height // 4, SIZE.width), value, kind) for value in fill[1:]]
    whole: Any = np.concatenate(planes)
    frame = av.VideoFrame.from_ndarray(whole, format=pixels)
    frame.colorspace, frame.color_range, frame.color_trc, frame.color_primaries = colour
    return frame


def converted(frame: av.VideoFrame, size: Size = SIZE) -> NDArray[np.int64]:
    """Return Y, Cb, Cr in the middle of what becomes of *frame*."""
    luma, chroma = np.empty((size.height, size.width), np.uint8), np.empty((size.height // 2, size.width // 2, 2), np.uint8)
    Converter(size).convert(frame, luma, chroma)
    assert np.ptp(luma) <= 1
    return np.array([luma[size.height // 2, size.width // 2], *chroma[size.height // 4, size.width // 4]], np.int64)


@pytest.mark.parametrize("is_full", [False, True], ids=["limited", "full"])
@pytest.mark.parametrize("matrix", [Matrix.BT601, Matrix.BT709, Matrix.SMPTE240M], ids=lambda matrix: matrix.name)
@pytest.mark.parametrize("size", [SIZE, Size(96, 48)], ids=["as it is", "scaled"])
def test_colour_bars_come_out_right(matrix: Matrix, size: Size, is_full: bool) -> None:  # noqa: FBT001  a parameter of the test
    """Each bar, in each matrix and range, becomes what BT.601 has for it, to two codes of 255."""
    for bar in BARS:
        frame = picture(coded(bar, matrix, is_full=is_full), (NUMBERS[matrix], 2 if is_full else 1, 1, 1))

        assert np.abs(converted(frame, size) - coded(bar, Matrix.BT601)).max() <= 2, bar


@pytest.mark.parametrize(
    ("size", "matrix"), [(Size(640, 480), Matrix.BT601), (Size(720, 576), Matrix.BT601), (Size(1280, 720), Matrix.BT709)]
)
def test_what_says_nothing_is_taken_for_what_is_usual(size: Size, matrix: Matrix) -> None:
    """A film without a word on its colours is BT.601 when it is small, BT.709 when it is large."""
    red = coded((0.75, 0.0, 0.0), matrix)
    planes = [np.full((size.height, size.width), red[0], np.uint8)]
    planes += [np.full((size.height // 4, size.width), value, np.uint8) for value in red[1:]]
    frame = av.VideoFrame.from_ndarray(np.concatenate(planes), format="yuv420p")

    assert np.abs(converted(frame) - coded((0.75, 0.0, 0.0), Matrix.BT601)).max() <= 2


def test_red_green_and_blue_are_taken_as_they_are() -> None:
    """A film that is coded as RGB, as some screen recorders do, comes out right too."""
    for bar in BARS:
        pixels = np.broadcast_to(np.array([round(255 * part) for part in bar], np.uint8), (64, 64, 3)).copy()
        frame = av.VideoFrame.from_ndarray(pixels, format="rgb24").reformat(format="gbrp")

        assert np.abs(converted(frame) - coded(bar, Matrix.BT601)).max() <= 2, bar


@pytest.mark.parametrize(("matrix", "is_full"), [(Matrix.BT601, False), (Matrix.BT709, False), (Matrix.BT709, True)])
def test_what_a_file_says_of_its_colours_is_heeded(matrix: Matrix, is_full: bool) -> None:  # noqa: FBT001  likewise
    """The same from a file: matrix and range are read from it."""
    for bar in ((0.75, 0.0, 0.0), (0.0, 0.0, 0.75), (1.0, 1.0, 1.0)):
        fill = coded(bar, matrix, is_full=is_full)
        pixels = "yuvj420p" if is_full else "yuv420p"
        made = film(Recipe(fill=fill, pixels=pixels, colour=(NUMBERS[matrix], 2 if is_full else 1, 1, 1), frames=3))

        luma, chroma = played(made).frames[-1]

        seen = np.array([luma[48, 80], *chroma[24, 40]], np.int64)
        assert np.abs(seen - coded(bar, Matrix.BT601)).max() <= 3, bar


def test_wide_colours_are_narrowed() -> None:
    """A grey of BT.2020 stays that grey; skin comes out as if it had been made narrow in light, nearly."""
    for bar, off in (((0.5, 0.5, 0.5), 1), ((1.0, 1.0, 1.0), 1), ((0.8, 0.65, 0.58), 4)):
        wanted = np.clip(NARROW @ np.power(bar, 2.2), 0, 1) ** (1 / 2.2)
        seen = converted(picture(coded(bar, Matrix.BT2020, bits=10), (9, 1, 14, 9), "yuv420p10le"))

        assert np.abs(seen - coded(tuple(wanted), Matrix.BT601)).max() <= off, bar


def grey(signal: float, transfer: int) -> Any:
    """Return Y, Cb, Cr of an HDR grey."""
    return converted(picture((round(64 + 876 * signal), 512, 512), (9, 1, transfer, 9), "yuv420p10le"))


@pytest.mark.parametrize(("transfer", "paper"), [(PQ, 0.58), (HLG, 0.75)])
def test_brightness_beyond_paper_white_is_rolled_off(transfer: int, paper: float) -> None:
    """In HDR greys stay grey and in order, black is black, paper white is a bright grey, and what shines is brighter still."""
    seen = [grey(signal, transfer) for signal in np.linspace(0, 1, 21)]

    assert all(abs(value - 128) <= 1 for colour in seen for value in colour[1:])
    assert [colour[0] for colour in seen] == sorted(colour[0] for colour in seen)
    assert seen[0][0] == BLACK
    assert seen[-1][0] == BLACK + LUMA_STEPS
    assert 195 <= grey(paper, transfer)[0] <= 222


def test_paper_white_is_what_the_standard_says() -> None:
    """58 % of PQ and 75 % of HLG are 203 candela per square metre (ITU-R BT.2408, table 1)."""
    assert light(np.array([0.58]), Transfer.PQ)[0] == pytest.approx(203, rel=0.01)
    assert light(np.array([0.75]), Transfer.HLG)[0] == pytest.approx(203, rel=0.01)
    assert rolled_off(np.array([0.0, 0.25, 0.5])).tolist() == [0.0, 0.25, 0.5]


@pytest.mark.parametrize("transfer", list(Transfer)[1:])
def test_hues_of_hdr_are_those_of_an_exact_mapping(transfer: Transfer) -> None:
    """Beside the same curve laid on each primary's light: each colour has the same hue, to 15 degrees, and as much of it, nearly.

    Of swscale's own mapping, tried once (it needs two seconds for each), it was 16 degrees off at most.
    """
    skin, *deep = (0.5, 0.4, 0.35), (0.5, 0.3, 0.3), (0.3, 0.45, 0.3), (0.3, 0.3, 0.45), (0.5, 0.5, 0.35)
    for bar, off in ((skin, 12), *((bar, 30) for bar in deep)):
        seen = converted(picture(coded(bar, Matrix.BT2020, bits=10), (9, 1, transfer.value, 9), "yuv420p10le"))
        lit = np.clip(NARROW @ light(np.array(bar), transfer), 0, None) / PAPER_WHITE
        exact = np.array(coded(tuple(np.power(rolled_off(lit), 1 / 2.2)), Matrix.BT601))

        angles = [np.degrees(np.arctan2(red - 128, blue - 128)) for _, blue, red in (seen, exact)]
        assert abs((angles[0] - angles[1] + 180) % 360 - 180) < 15, (bar, seen, exact)
        assert 0.6 < np.hypot(*(seen[1:] - 128)) / np.hypot(*(exact[1:] - 128)) < 1.6, (bar, seen, exact)
        assert abs(seen[0] - exact[0]) < off, (bar, seen, exact)


def test_the_sums_are_those_of_the_standards() -> None:
    """White and grey have no colour in any matrix, and BT.601's own changes nothing."""
    assert np.allclose(to_601(Matrix.BT601), np.eye(3))
    for matrix in Matrix:
        assert np.allclose(from_rgb(matrix) @ np.ones(3), [1, 0, 0])
        assert np.allclose(to_601(matrix)[:, 0], [1, 0, 0], atol=1e-3)


def test_pixels_that_are_no_squares_change_nothing_here() -> None:
    """The asker knows the shape, so the picture is stretched to exactly the size asked for."""
    made = film(Recipe(stretch=Fraction(4, 3)))

    assert played(made, size=Size(214, 96)).numbers == list(range(50))
