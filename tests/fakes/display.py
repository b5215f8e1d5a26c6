"""A display that nobody looks at: an X server in memory, whose pixels can be read back."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import ImageGrab

from player.units import Size

EMPTY: Final = 255  # the root window is white, so that even a black window can be told from none
WIDE: Final = Size(1280, 720)
STRONG: Final = 40  # levels by which one channel must stand out for a colour, even softened and through JPEG
LETTERS: Final = 150  # as bright as words are, on grounds that are dark
RED, GREEN, BLUE = range(3)

Pixels = NDArray[np.uint8]
"""Height x width x RGB."""


@dataclass(frozen=True, slots=True)
class FakeDisplay:
    """What programs call `DISPLAY`, and what is on it."""

    name: str
    size: Size

    def pixels(self) -> Pixels:
        """Return what is on the display now."""
        return np.asarray(ImageGrab.grab(xdisplay=self.name).convert("RGB"))

    def is_empty(self) -> bool:
        """Whether there is no window."""
        return bool((self.pixels() == EMPTY).all())

    def is_covered(self) -> bool:
        """Whether a window covers all of it, so that nothing of the system is seen."""
        pixels = self.pixels()
        corners = pixels[:: self.size.height - 1, :: self.size.width - 1]
        return not (corners == EMPTY).all(axis=2).any()


def share_of(pixels: Pixels, channel: int) -> float:
    """Return the share of *pixels* in which *channel* stands out."""
    one, other = (pixels[:, :, each] for each in (RED, GREEN, BLUE) if each != channel)
    others = np.maximum(one, other).astype(np.int16)
    return float((pixels[:, :, channel] - others > STRONG).mean())


def has_words(pixels: Pixels) -> bool:
    """Whether there are bright letters on a dark ground: some of it bright, most of it not."""
    darkest = np.minimum(np.minimum(pixels[:, :, RED], pixels[:, :, GREEN]), pixels[:, :, BLUE])  # 20 times `min(axis=2)`
    share = float((darkest > LETTERS).mean())
    return 0.001 < share < 0.3


@contextmanager
def display(size: Size = WIDE) -> Generator[FakeDisplay]:
    """Start an X server on a free number, with one screen of *size*, and end it afterwards."""
    mine, theirs = os.pipe()
    with subprocess.Popen(
        [
            "Xvfb",
            "-displayfd",
            str(theirs),
            "-screen",
            "0",
            f"{size.width}x{size.height}x24",
            "-wr",
            "-noreset",
            "-nolisten",
            "tcp",
        ],
        pass_fds=(theirs,),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as server:
        os.close(theirs)
        try:
            with os.fdopen(mine) as told:
                number = told.readline().strip()  # comes when it is ready; empty when it could not start
            assert number, "Xvfb did not start"
            yield FakeDisplay(f":{number}", size)
        finally:
            server.terminate()
