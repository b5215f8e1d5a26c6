"""Moving pictures without a film: every frame is drawn from its number, and the test says which one is up."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from player.render.protocol import Image
from player.show.scene import Clip
from player.units import Nanos, Size


@dataclass(frozen=True, slots=True, eq=False)
class FakeFrame:
    """One frame."""

    serial: int
    luma: Image
    chroma: Image


@dataclass(slots=True)
class FakeMoving:
    """Shows frame *serial* of every source, of its place's size, unless the test says otherwise."""

    serial: int = 1
    gone: set[str] = field(default_factory=set[str])
    """Sources of which there is no frame."""
    size: Size | None = None
    """Of frames; None: of their place."""
    level: int | None = None
    """Luma of all pixels; None: a pattern."""
    asked: list[tuple[str, Nanos]] = field(default_factory=list[tuple[str, Nanos]])

    def frame(self, clip: Clip, at: Nanos) -> FakeFrame | None:
        """Return the frame that is up."""
        self.asked.append((clip.source, at))
        if clip.source in self.gone:
            return None
        made = frame_of(self.size or Size(round(clip.place.width), round(clip.place.height)), self.serial)
        if self.level is not None:
            made = FakeFrame(made.serial, np.full_like(made.luma, self.level), np.full_like(made.chroma, 128))
        return made


def frame_of(size: Size, serial: int) -> FakeFrame:
    """Return the frame with a number: coloured, uneven everywhere, read-only; each number looks otherwise."""
    down, across = np.mgrid[: size.height, : size.width]
    luma = (40 + (3 * across + 5 * down + 23 * serial) % 180).astype(np.uint8)
    half = (across[::2, ::2], down[::2, ::2])
    chroma = np.stack([100 + (half[0] + 7 * serial) % 60, 110 + (half[1] + 11 * serial) % 50], axis=2).astype(np.uint8)
    for plane in (luma, chroma):
        plane.setflags(write=False)
    return FakeFrame(serial, luma, chroma)
