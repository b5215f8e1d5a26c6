"""In which light the outputs of a wall may show a picture: the same for all, whatever draws it.

The level that is wanted, the cap on bright pictures, the way to dark, and the safety governor, who is asked before anything is
shown and told of what was seen.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Final, TypeAlias

import numpy as np

from player.output.course import light as light_of
from player.output.governor import Floats, Watch, shown, verdict
from player.output.level import capped
from player.output.runs import TILES
from player.units import Nanos

_GOES_DARK: Final = 0.1  # of the level: below it black lift fades too, so that the way to dark ends without a step

DARK: Final[Floats] = np.zeros((TILES, TILES, 3), np.float32)
"""What the governor is told of where nothing is seen."""


Seen: TypeAlias = Mapping[str, Watch]
"""What was seen of each output lately, by its id."""


class Governing:
    """Watches over what leaves for the wall."""

    def __init__(self, cap: float | None = None, seen: Seen | None = None) -> None:
        """Hold pictures below *cap*, their greatest mean light, 0 to 1; None: it does not matter. Go on from what was *seen*."""
        self._cap = cap
        self._watches = dict(seen or {})
        self._pending: dict[str, tuple[Floats, float]] = {}
        """What will have been seen once it is shown: the light of tiles, and what the governor left of it."""
        self._until: Nanos | None = None

    @property
    def seen(self) -> Seen:
        """What was seen lately: for the wall that comes after this one, which may flash together with it."""
        return dict(self._watches)

    def begin(self, dark: Collection[str] = (), until: Nanos | None = None) -> None:
        """Begin a frame.

        Args:
            dark: Outputs that are black.
            until: When another picture is due; None: it stands still.
        """
        self._until = until
        self._pending = dict.fromkeys(dark, (DARK, 1.0))

    def dim(self, light: float, level: Callable[[], float]) -> float:
        """Return the gain of the picture at *light*, 0 to 1 as it looks; *level* says how bright it is, if that matters."""
        found = light_of(light)
        return found if self._cap is None else found * capped(level() * found, self._cap)

    def held(self, outputs: Sequence[str], now: Nanos) -> float:
        """Return what of all light is still held back: it comes again only so fast, whatever is shown."""
        return min((verdict(self._watch(output), DARK, now) for output in outputs), default=1.0)

    def settle(self, outputs: Sequence[str], tiles: Sequence[Floats], now: Nanos) -> float:
        """Return what is to be left of all light, 0 to 1, for outputs that would show *tiles* with a gain of 1."""
        lights = list(zip(outputs, tiles, strict=True))
        gain = min((verdict(self._watch(output), seen, now) for output, seen in lights), default=1.0)
        for output, seen in lights:
            self._pending[output] = seen, gain
        if gain < 1:
            self._until = 0
        return gain

    def shown(self, now: Nanos) -> Nanos | None:
        """Take note that what was drawn is seen.

        Returns:
            When the same canvas is to be drawn again (monotonic; 0: at the next frame; None: it need not be): light that
            the governor held back comes again, and cards may move.
        """
        for output, (tiles, gain) in self._pending.items():
            self._watches[output] = shown(self._watch(output), tiles, gain, now)
        self._pending.clear()
        return self._until

    def _watch(self, output: str) -> Watch:
        return self._watches.get(output, Watch())


def fading(light: float) -> float:
    """Return what is left of all light, black lift included, on the way to dark."""
    return min(1.0, light / _GOES_DARK)
