"""A small picture of a calibration, for the list of them: borders, grids and masks of all outputs, side by side.

Drawn from the shapes alone. A picture of the wall itself would keep photos that are withdrawn later.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

import cv2
import numpy as np

from player.calibration.drawing import draw_grid, draw_shape
from player.calibration.record import Kept
from player.output.pen import Pixels, canvas, frame
from player.output.scaling import scaled
from player.units import Colour, Rect, Size

HEIGHT_PX: Final = 180
_WIDEST_PX: Final = 640  # of one output: LED strips are 30 times as wide as high
_GAP_PX: Final = 8
_GROUND: Final[Colour] = (11, 11, 13)
_BORDER: Final[Colour] = (40, 40, 42)


def thumbnail(outputs: Mapping[str, Kept]) -> bytes:
    """Return a PNG of the shapes of all *outputs*, in the order of their ids; an output's own border is the faint one.

    Raises:
        GeometryError: a shape cannot be shown.
    """
    pictures = [_small(outputs[name]) for name in sorted(outputs)]
    wide = np.hstack(list(_spaced(pictures))) if pictures else canvas(1, 1)
    _, content = cv2.imencode(".png", np.ascontiguousarray(wide[..., :3]), [cv2.IMWRITE_PNG_COMPRESSION, 9])
    return content.tobytes()


def _small(kept: Kept) -> Pixels:
    width = min(_WIDEST_PX, max(1, round(HEIGHT_PX * kept.size.aspect)))
    size = Size(width, HEIGHT_PX)
    shape = scaled(kept.shape, kept.size, size)
    out = canvas(*size, _GROUND)
    frame(out, Rect(0, 0, *size), _BORDER)
    draw_grid(out, shape)
    draw_shape(out, shape, None)
    return out


def _spaced(pictures: Iterable[Pixels]) -> Iterable[Pixels]:
    for i, picture in enumerate(pictures):
        if i:
            yield canvas(_GAP_PX, HEIGHT_PX)
        yield picture
