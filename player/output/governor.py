"""The safety governor: whatever is shown, no part of the wall flashes more than three times in any second.

After WCAG 2.2, success criterion 2.3.1, "general flash and red flash thresholds". A general flash is a pair of opposing changes
of relative luminance by 10 % of the greatest or more, the darker image below 0.80; a red flash is a pair of opposing changes of
R - G - B (negative ones are 0) by 20/320 or more where one of the states has R / (R + G + B) of 0.8 or more (Harding and
Binnie). R, G and B are linear. WCAG lets small areas flash; nobody knows how near a wall people stand, so here each tile
counts for itself. A tile's light is the mean over all its pixels, so that nothing hides between samples.

Three flashes are six changes. The governor can only take light away, so it cannot prevent a change to dark: it lets a tile
become bright only while two of the six are left, one for that and one for the fall that may follow. Being lowered for another
tile's sake is such a fall too. So there is always a gain that is safe, and no seven changes lie within a second.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from player.output.runs import TILES
from player.units import SECOND, Nanos

Floats: TypeAlias = NDArray[np.float32]
Flags: TypeAlias = NDArray[np.bool_]

WINDOW: Final[Nanos] = SECOND
MOST_CHANGES: Final = 6  # in a window: three flashes
_STEPS: Final[Floats] = np.array([0.1, 20 / 320], np.float32).reshape(2, 1, 1) * np.float32(0.9)
"""Of luminance and of red: a tenth below the limits, so that no rounding brings a change up to them."""
_LIGHT: Final = np.float32(0.81)  # WCAG's 0.80 and the same margin: between two states as bright as this nothing flashes
_RED: Final = np.float32(0.79)  # WCAG's 0.8, likewise
_LUMINANCE: Final[Floats] = np.array([0.2126, 0.7152, 0.0722], np.float32)  # of linear sRGB (WCAG, IEC 61966-2-1)
_BELOW: Final = np.float32(0.999)  # of a step: how far a tile is let up when it may not change
_RELEASE: Final[Nanos] = SECOND  # from dark to full light: coming back is no flash of its own
_LONG_AGO: Final = np.int64(-(2**62))


def _no_light() -> Floats:
    return np.zeros((2, TILES, TILES), np.float32)


def _never() -> NDArray[np.int64]:
    return np.full((MOST_CHANGES - 1, 2, TILES, TILES), _LONG_AGO, np.int64)


def _nowhere() -> Flags:
    return np.zeros((2, TILES, TILES), np.bool_)


@dataclass(frozen=True, slots=True, eq=False)
class Watch:
    """What one output has shown so far; by luminance and red, then by tile. At first: nothing but dark."""

    is_bright: Flags = field(default_factory=_nowhere)
    """Whether the last change was to bright."""
    extreme: Floats = field(default_factory=_no_light)
    """The brightest since then, or the darkest."""
    changes: NDArray[np.int64] = field(default_factory=_never)
    """When the last five changes that count were; the latest first."""
    was_red: Flags = field(default_factory=lambda: np.zeros((TILES, TILES), np.bool_))
    """Whether a state since the last change of red was saturated red."""
    is_owed: Flags = field(default_factory=lambda: np.zeros((TILES, TILES), np.bool_))
    """Whether that change did not count, and will as soon as what it led to is saturated red."""
    gain: float = 1.0
    at: Nanos = 0

    @property
    def is_at_rest(self) -> bool:
        """Whether nothing is held back; until then a still picture must be drawn again, for its light comes back."""
        return self.gain == 1


def verdict(watch: Watch, tiles: Floats, t: Nanos) -> float:
    """Return the gain, 0 to 1, that makes a frame safe to show at *t* (monotonic).

    *tiles* are the mean linear red, green and blue of its tiles with a gain of 1: 16 x 16 x 3. Any lower gain is safe as well,
    so outputs that share a wall all take the lowest of theirs; `shown` must then be told which it was.
    """
    light = _signals(tiles)
    may_rise = watch.is_bright | (watch.changes[MOST_CHANGES - 2] < t - WINDOW)
    is_rise = ~may_rise & (light >= watch.extreme + _STEPS)
    gain = 1.0
    if is_rise.any():
        gain = float(((watch.extreme + _STEPS * _BELOW)[is_rise] / light[is_rise]).min())
    if watch.gain < 1:
        gain = min(gain, watch.gain + max(0, t - watch.at) / _RELEASE)
    return gain


def shown(watch: Watch, tiles: Floats, gain: float, t: Nanos) -> Watch:
    """Return the watch after a frame with *tiles* (as for `verdict`) was shown with *gain* at *t*."""
    light = _signals(tiles) * np.float32(gain)
    is_red = _is_red(tiles) & (gain > 0)
    rises = ~watch.is_bright & (light >= watch.extreme + _STEPS)
    falls = watch.is_bright & (light <= watch.extreme - _STEPS)
    falls[0] &= light[0] < _LIGHT
    turns = rises | falls
    further = np.where(watch.is_bright, np.maximum(watch.extreme, light), np.minimum(watch.extreme, light))
    is_turn = turns[1]
    counts = np.stack((turns[0], np.where(is_turn, is_red | watch.was_red, watch.is_owed & is_red)))
    changes = watch.changes
    if counts.any():
        changes = np.where(counts, np.concatenate((np.full_like(changes[:1], t), changes[:-1])), changes)
    return Watch(
        is_bright=watch.is_bright ^ turns,
        extreme=np.where(turns, light, further),
        changes=changes,
        was_red=is_red | (watch.was_red & ~is_turn),
        is_owed=(is_turn | watch.is_owed) & ~counts[1],
        gain=gain,
        at=t,
    )


def luminance(tiles: Floats) -> Floats:
    """Return the relative luminance of linear red, green and blue (the last axis)."""
    return np.asarray(tiles @ _LUMINANCE, np.float32)


def _signals(tiles: Floats) -> Floats:
    """Return what must not flash: luminance and red, 2 x 16 x 16."""
    red = tiles[..., 0] - tiles[..., 1] - tiles[..., 2]
    return np.stack((luminance(tiles), np.maximum(red, np.float32(0))))


def _is_red(tiles: Floats) -> Flags:
    total = tiles.sum(axis=-1)
    return (tiles[..., 0] >= _RED * total) & (total > 0)
