"""How long a picture takes to prepare on this machine, for `weremember bench`."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Final

from PIL import Image

from player.pictures.prepare import prepare
from player.units import SECOND, Seconds, Size

if TYPE_CHECKING:
    from player.clock import Clock

ROUNDS: Final = 5
PHOTO: Final = Size(4000, 3000)  # 12 MP, as most phones take them
BOUNDS: Final = Size(2400, 1352)  # 1.25 x a canvas of 1920 x 1080
TILE_BOUNDS: Final = Size(480, 480)
GRAIN: Final = 14.0  # standard deviation of the noise of a sensor; the file is 4 MB with it, as a phone's is
QUALITY: Final = 90


def measure_preparation(clock: Clock) -> list[tuple[str, Seconds]]:
    """Return a name and the seconds that preparing a 12 MP JPEG took, for each of five rounds, process start included."""
    data = photograph()
    return [("prepare 12 MP JPEG", _once(data, clock)) for _ in range(ROUNDS)]


def photograph() -> bytes:
    """Return a JPEG that is as hard to decode as a photo: soft shapes, light from one side, grain."""
    light = Image.linear_gradient("L").resize(PHOTO)
    shapes = [Image.effect_noise((PHOTO.width // 40, PHOTO.height // 40), 90.0).resize(PHOTO) for _ in range(3)]
    grain = Image.effect_noise(PHOTO, GRAIN)
    bands = [Image.blend(Image.blend(shape, light, 0.5), grain, 0.5) for shape in shapes]
    out = io.BytesIO()
    Image.merge("RGB", bands).save(out, "JPEG", quality=QUALITY)
    return out.getvalue()


def _once(data: bytes, clock: Clock) -> Seconds:
    start = clock.monotonic()
    prepare(data, bounds=BOUNDS, tile_bounds=TILE_BOUNDS, clock=clock)
    return (clock.monotonic() - start) / SECOND
