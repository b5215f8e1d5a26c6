"""What every renderer can do. The CPU renderer is the reference; a GPU one must equal it."""

from __future__ import annotations

from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from player.show.scene import Composition, Scene
from player.units import Digest

Image: TypeAlias = NDArray[np.uint8]
"""height x width x channels; three are RGB, four are BGRA; sRGB."""


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

    def draw(self, scene: Scene, out: Image | None = None) -> Image:
        """Draw *scene*, whose compositions were prepared; BGRA, canvas-sized, into *out* if given; valid until the next call."""
        ...
