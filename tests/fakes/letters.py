"""Letters set by Pillow's own font: enough to draw words where no test is about type."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from player.show.scene import Face


@dataclass(frozen=True, slots=True, eq=False)
class FakeCoverage:
    """How much of each pixel letters cover."""

    mask: NDArray[np.uint8]
    left: int
    top: int


class FakeLetters:
    """Sets any text in one face, left to right."""

    def coverage(self, text: str, *, language: str, face: Face, size_px: float, x_fraction: float = 0.0) -> FakeCoverage:
        """Set *text* from its origin on the baseline."""
        del language, face
        font = ImageFont.load_default(size_px)
        left, top, right, bottom = font.getbbox(text, anchor="ls")
        left, top, right, bottom = floor(left) - 1, floor(top) - 1, ceil(right) + 2, ceil(bottom) + 1
        mask = Image.new("L", (right - left, bottom - top))
        ImageDraw.Draw(mask).text((x_fraction - left, -top), text, fill=255, font=font, anchor="ls")
        return FakeCoverage(np.array(mask, np.uint8), left, top)
