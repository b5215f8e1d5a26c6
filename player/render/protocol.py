"""What every renderer can do. The CPU renderer is the reference; a GPU one must equal it."""

from __future__ import annotations

from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from player.show.scene import Clip, Composition, Scene
from player.units import Digest, Nanos

Image: TypeAlias = NDArray[np.uint8]
"""height x width x channels; three are RGB, four are BGRA; sRGB."""


class Frame(Protocol):
    """One frame of a moving source: NV12, ITU-R BT.601 in limited range, read-only; of exactly its clip's even size."""

    @property
    def serial(self) -> int:
        """Counted from 1; another number, another frame."""
        ...

    @property
    def luma(self) -> Image:
        """Height x width."""
        ...

    @property
    def chroma(self) -> Image:
        """Height/2 x width/2 x 2: Cb, Cr."""
        ...


class Moving(Protocol):
    """Where frames of clips come from. Waits for nothing where pictures are drawn in time."""

    def frame(self, clip: Clip, at: Nanos) -> Frame | None:
        """Return what of *clip* is to be seen *at* so long after its cue began; None: nothing yet, or nothing any more."""
        ...


class Renderer(Protocol):
    """Draws a scene. Knows nothing of feeds, files or time."""

    def prepare(self, composition: Composition, photos: dict[Digest, Image]) -> None:
        """Do ahead, in any thread, all that drawing *composition* needs; *photos* are decoded RGB pictures by digest."""
        ...

    def release(self, composition: Composition) -> None:
        """Forget everything that only *composition* needed, pixels included; once for each time that it was prepared."""
        ...

    def forget(self) -> None:
        """Blacken whatever may hold pixels of what was released, though nothing else is drawn; in the thread that draws."""
        ...

    def serials(self, scene: Scene) -> tuple[int, ...]:
        """Return which frames of its clips *scene* would show now: equal scenes with equal ones are equal pictures."""
        ...

    def draw(self, scene: Scene, out: Image | None = None) -> Image:
        """Draw *scene*, whose compositions were prepared; BGRA, canvas-sized, into *out* if given; valid until the next call."""
        ...
