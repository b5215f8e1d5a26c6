"""The file itself: what a player shows of it, what stands in it, and that there is all of it or nothing."""

from __future__ import annotations

import resource
from collections.abc import Generator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Final, cast

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from player.errors import OperatorError
from player.filming.mp4 import LARGEST, Mp4
from player.render.protocol import Image
from player.units import Size

SIZE: Final = Size(322, 180)
COLOURS: Final = (
    (255, 255, 255), (244, 239, 228), (0, 0, 0), (11, 11, 13), (255, 0, 0), (0, 255, 0), (0, 0, 255), (216, 166, 96),
)  # fmt: skip
"""Red, green, blue: the ink, the night and the candle of the house among them."""
MATRIX: Final = np.array([[1.164384, 0.0, 1.792741], [1.164384, -0.213249, -0.532909], [1.164384, 2.112402, 0.0]])
"""From limited range to red, green and blue: ITU-R BT.709, section 3."""


def patches(size: Size = SIZE) -> Image:
    """Return a canvas with a stripe of each colour, BGRA."""
    image = np.full((size.height, size.width, 4), 255, np.uint8)
    width = -(-size.width // len(COLOURS))
    for number, (red, green, blue) in enumerate(COLOURS):
        image[:, number * width : (number + 1) * width, :3] = blue, green, red
    return image


def write(out: Path, images: list[Image], size: Size = SIZE, rate: Fraction = Fraction(30)) -> None:
    """Write a film of *images*."""
    file = Mp4(out, size, rate)
    try:
        for image in images:
            file.add(image)
        file.finish()
        file.name()
    finally:
        file.close()


@contextmanager
def room_for(size: int) -> Generator[None]:
    """Let no file become larger than *size*, as on a disk that is full."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("size", [SIZE, Size(321, 179)])
def test_a_player_shows_the_same_colours(tmp_path: Path, size: Size) -> None:
    """Decoded by the book, BT.709 in limited range as the file says, each patch is within three codes; odd sides are cut off."""
    write(tmp_path / "a.mp4", [patches(size)] * 3, size)
    with av.open(str(tmp_path / "a.mp4")) as file:
        stream = file.streams.video[0]
        context = stream.codec_context
        assert (context.colorspace, context.color_primaries, context.color_trc, context.color_range) == (1, 1, 1, 1)
        frames = list(file.decode(stream))
    assert len(frames) == 3
    planes = [cast("NDArray[np.uint8]", frames[-1].reformat(format="yuv444p").to_ndarray())]
    codes = planes[0].astype(np.float64) - np.array([16.0, 128.0, 128.0]).reshape(3, 1, 1)
    rgb = np.clip(np.einsum("ij,jyx->yxi", MATRIX, codes), 0, 255)
    width = -(-size.width // len(COLOURS))
    for number, colour in enumerate(COLOURS):
        middle = rgb[60:120, number * width + 14 : min((number + 1) * width, size.width) - 14].mean(axis=(0, 1))
        assert np.abs(middle - colour).max() <= 3, colour


def test_it_begins_before_it_is_whole(tmp_path: Path) -> None:
    """What a browser needs first stands first; pictures come at their rate, and every two seconds one that needs no other."""
    still = patches()
    write(tmp_path / "a.mp4", [still] * 95, rate=Fraction(24_000, 1001))
    data = (tmp_path / "a.mp4").read_bytes()
    assert 0 < data.find(b"moov") < data.find(b"mdat")
    with av.open(str(tmp_path / "a.mp4")) as file:
        stream = file.streams.video[0]
        assert (stream.frames, stream.average_rate, stream.codec_context.pix_fmt) == (95, Fraction(24_000, 1001), "yuv420p")
        assert [packet.pts for packet in file.demux(stream) if packet.is_keyframe and packet.size] == [0, 48 * 1001]


def test_nothing_is_called_so_before_it_is_whole(tmp_path: Path) -> None:
    """While it is being made, and when it is given up, an older film of that name stays as it was, and nothing lies beside it."""
    out = tmp_path / "a.mp4"
    out.write_bytes(b"older")
    file = Mp4(out, SIZE, Fraction(30))
    file.add(patches())
    file.close()
    assert [path.name for path in tmp_path.iterdir()] == ["a.mp4"]
    assert out.read_bytes() == b"older"


def test_a_full_disk_is_one_line(tmp_path: Path) -> None:
    """Wherever it becomes full, the operator hears which file, and nothing is left."""
    rng = np.random.default_rng(7)
    noise = [rng.integers(0, 255, (SIZE.height, SIZE.width, 4), np.uint8) for _ in range(40)]
    for size in (0, 100_000):
        with room_for(size), pytest.raises(OperatorError, match=r"a\.mp4 cannot be written: File too large"):
            write(tmp_path / "a.mp4", noise)
        assert not list(tmp_path.iterdir())


def test_a_folder_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    """So is a size that no player takes."""
    with pytest.raises(OperatorError, match="No such file or directory"):
        Mp4(tmp_path / "none" / "a.mp4", SIZE, Fraction(30))
    with pytest.raises(OperatorError, match="too large for a film"):
        Mp4(tmp_path / "a.mp4", Size(LARGEST + 2, 100), Fraction(30))
