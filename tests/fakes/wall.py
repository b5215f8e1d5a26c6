"""A wall that nobody needs to look at: a window and a renderer that remember, and complain of what a real one would show."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Final

import numpy as np

from player.errors import DrawError
from player.render.protocol import Image
from player.screen.keyboard import Key
from player.screen.window import Pressed
from player.show.scene import Composition, Scene
from player.units import Digest, Nanos, Size

CANVAS: Final = Size(640, 360)
SMALL: Final = (9, 16, 4)  # pixels enough to be told apart


def grey_of(scene: Scene | None) -> int:
    """Return the grey that a scene is drawn in: so bright that only the dark makes it black."""
    return 200 + hash(scene) % 50


class FakeRenderer:
    """Draws nothing; knows exactly what is prepared, and fails the test when something else is to be drawn."""

    def __init__(self) -> None:
        self.prepared: Counter[Composition] = Counter()
        self.refuses: set[Digest] = set()
        """Pictures that nothing with them can be prepared."""
        self.refuses_clips = False
        """Whether nothing that moves can be prepared."""
        self.undrawable: set[Digest] = set()
        """Pictures that nothing with them can be drawn, though it was prepared."""
        self.is_failing = False
        """Whether drawing fails, as it would by a fault of ours."""
        self.drawn: Scene | None = None
        self.draws = 0
        self.serial = 0
        """Of the frame that every clip shows."""
        self.on_prepare: Callable[[Composition], None] | None = None
        """What happens in the middle of the loader's work."""
        self._lock = threading.Lock()

    def prepare(self, composition: Composition, photos: dict[Digest, Image]) -> None:
        """Take note; every picture that drawing needs must have been given."""
        assert composition.photos <= photos.keys(), "a picture was not given to the renderer"
        if not self.refuses.isdisjoint(composition.photos) or (self.refuses_clips and composition.clips):
            raise DrawError("a picture that no renderer would take")
        with self._lock:
            self.prepared[composition] += 1
        if self.on_prepare:
            self.on_prepare(composition)

    def release(self, composition: Composition) -> None:
        """Forget what was prepared once."""
        with self._lock:
            assert self.prepared[composition] > 0, "something was released that was not prepared"
            self.prepared[composition] -= 1
            if not self.prepared[composition]:
                del self.prepared[composition]

    def forget(self) -> None:
        """Nothing is kept here."""

    def serials(self, scene: Scene) -> tuple[int, ...]:
        """Return of each clip what the test says is up."""
        return tuple(self.serial for layer in scene.layers for _ in layer.composition.clips)

    def draw(self, scene: Scene, out: Image | None = None) -> Image:
        """Return pixels that differ from scene to scene."""
        del out  # the fake window has none
        if self.is_failing or not self.undrawable.isdisjoint(scene.photos):
            raise DrawError("a fault of ours")
        assert scene.layers, "an empty scene was to be drawn"
        for layer in scene.layers:
            assert layer.composition in self.prepared, "something was to be drawn that is not prepared"
        self.drawn = scene
        self.draws += 1
        return np.full(SMALL, grey_of(scene), np.uint8)

    @property
    def photos(self) -> frozenset[Digest]:
        """Every picture file of which something is prepared."""
        return frozenset[Digest]().union(*(composition.photos for composition in self.prepared))


class FakeWindow:
    """Shows nothing; knows what is up."""

    def __init__(self, renderer: FakeRenderer, canvas: Size = CANVAS) -> None:
        self.canvas = canvas
        self.fps = 60.0
        self.presses: list[Pressed | Key] = []
        self.scene: Scene | None = None
        """What is up; None in the dark."""
        self.is_dark = False
        """Whether what is up is black."""
        self.frames = 0
        self.is_open = True
        self._renderer = renderer
        self._is_black = True
        self.again_at: Nanos | None = None
        """When it wants the same picture again."""

    def memory(self) -> None:
        """Return no memory to draw into."""

    def draw(self, image: Image, light: float) -> None:
        """Take what was drawn last."""
        self._is_black = light == 0 or not image[..., :3].any()
        assert image.shape == SMALL or self._is_black

    def flip(self) -> None:
        """Put it up."""
        self.is_dark = self._is_black
        self.scene = None if self.is_dark else self._renderer.drawn
        self.frames += 1

    def pressed(self) -> Iterator[Pressed | Key]:
        """Yield what the test pressed."""
        presses, self.presses = self.presses, []
        return iter(presses)

    def close(self) -> None:
        """Be gone."""
        self.is_open = False
