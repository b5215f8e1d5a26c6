"""A candle's flame: how it looks, drawn once, and how it stands at an instant, a function of its seed and the time alone.

The flame is a field of light without colour, from nothing to its heart, that is bent and stretched anew for each picture; a
ramp from night by amber toward ink turns light into colour. Bending moves every row as a whole, and what is stretched becomes
as much narrower: the flame keeps its area, so that its light stays what it is. Light is added to what lies there, so a flame
fades as its layer does. Both renderers draw from the same fields, by the same bend and the same ramp.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, pi, sin
from typing import Final, NamedTuple, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from player.render.ground import grain_over
from player.render.planes import Box, box_of
from player.render.protocol import Image
from player.show.scene import TICKS, Flame
from player.units import Rect, Size

Field: TypeAlias = NDArray[np.uint16]
"""Light without colour: FULL is as bright as amber gets on its way to the heart, which is brighter."""
Floats: TypeAlias = NDArray[np.float32]

FULL: Final = 3500  # a field's steps to 1.0: ten to a code, so that grain hides those of the codes
MOST: Final = 4095  # the heart with its halo stays below it

AMBER_AT: Final = 0.62
BEND: Final = 0.4
"""How the ramp rises to amber: straight toward it at AMBER_AT, but eased from so much before there to so much after, or the
bend would show as a line. From about there it goes on toward ink, at most INK_SHARE of the way."""
INK_FROM, INK_TO, INK_SHARE = 0.56, 1.05, 0.62
NIGHT: Final = (0x0B, 0x0B, 0x0D)
AMBER: Final = (0xD6, 0xA8, 0x60)
INK: Final = (0xF4, 0xEF, 0xE4)

# Everything below is in heights of the flame, from the middle of its foot; up is positive.
LEFT, LOW, HIGH = 0.36, 0.20, 1.26
"""The field of the flame itself: to both sides, below its foot and above it."""
SIDE, BELOW, ABOVE = 0.40, 0.20, 1.28
"""The part of the canvas that is drawn for each picture: where it may bend and stretch to."""
HALO: Final = 1.25  # how far the halo reaches from the flame's middle
_ROUNDING: Final = 1  # of a field's first and last row and column: nothing there, so that beyond them there is nothing too

_SLOWEST_HZ: Final = 0.083
_GOLDEN: Final = (1 + 5**0.5) / 2  # times the one before: no two have a common measure, so nothing comes again
_SWAYS: Final = 6  # the fastest has 0.92 Hz: a breath, and no flicker
_APART: Final = 0.061  # by which leaning, curling and breathing are slower than each other
_LEAN, _CURL, _STRETCH, _GLOW = 0.030, 0.016, 0.026, 0.0012
"""How far each goes from its mean, as a root of mean squares: of heights, of one; of light less than anybody sees."""
_SHIFT: Final = 2.3999632  # radians, the golden angle: seeds next to each other have nothing in common


class Pose(NamedTuple):
    """How a flame stands."""

    lean: float
    """How far its tip is to the right, in heights."""
    curl: float
    """How far its waist is to the right of that."""
    stretch: float
    """How much higher it is, and as much narrower."""
    light: float
    """Of its own."""


@dataclass(frozen=True, slots=True, eq=False)
class Burning:
    """A flame made ready for a canvas; nothing in it changes once it is made."""

    flame: Flame
    box: Box
    """What is drawn for each picture."""
    body: Field
    """The flame itself, standing straight, one pixel of it for one of the canvas; its edges are nothing."""
    halo: Field
    """Around it, within the box, with its grain."""
    rim: Box
    """The halo's reach."""
    rest: Image
    """The halo as light to be added, BGRA, rim-sized: it does not move; nothing within the box."""


def pose_at(flame: Flame, tick: int) -> Pose:
    """Return how *flame* stands at a *tick* of its cue; without ticks, or still, it stands as it does at its beginning."""
    t = 0.0 if flame.still else tick / TICKS
    lean, curl, stretch, light = (_sway(flame.seed, of, t) for of in range(4))
    return Pose(_LEAN * lean, _CURL * curl, 1 + _STRETCH * stretch, 1 + _GLOW * light)


def _sway(seed: int, of: int, t: float) -> float:
    """Return a slow wandering about 0, of a mean square of 1: slow sines, the faster the weaker, each with its own phase."""
    weights = [0.75**k for k in range(_SWAYS)]
    whole = (sum(weight * weight for weight in weights) / 2) ** 0.5
    phases = (_SHIFT * ((seed % 9973) * 7 + of * 41 + k * 13) for k in range(_SWAYS))
    hertz = (_SLOWEST_HZ * _GOLDEN**k / (1 + _APART * of) for k in range(_SWAYS))
    waves = zip(weights, hertz, phases, strict=True)
    return sum(weight * sin(2 * pi * hz * t + phase) for weight, hz, phase in waves) / whole


def burning(flame: Flame, canvas: Size) -> Burning | None:
    """Make *flame* ready; None when none of it lies on *canvas*."""
    height, foot = flame.place.height, _foot(flame)
    box = box_of(_about(foot, height, SIDE, BELOW, ABOVE), canvas)
    middle = 0.5
    rim = box_of(_about(foot, height, HALO, HALO - middle, HALO + middle), canvas)
    if box is None or rim is None:
        return None
    halo = _halo(flame, rim)
    within = np.s_[box.top - rim.top : box.bottom - rim.top, box.left - rim.left : box.right - rim.left]
    rest = coloured(halo, table(1.0, 1.0))
    rest[within] = 0
    return Burning(flame, box, _body(height), np.ascontiguousarray(halo[within]), rim, rest)


def field_of(made: Burning, pose: Pose) -> Field:
    """Return the light of all that lies in the box, bent as *pose* says."""
    flame, box = made.flame, made.box
    height, (x, y) = flame.place.height, _foot(flame)
    v = (y - (np.arange(box.top, box.bottom, dtype=np.float32) + np.float32(0.5))) / np.float32(height)
    u = (np.arange(box.left, box.right, dtype=np.float32) + np.float32(0.5 - x)) / np.float32(height)
    up = np.maximum(v, 0)
    bend = up * up * (pose.lean + pose.curl * (1 - up))
    columns, rows = corner_of(height)
    across = ((u[None, :] - bend[:, None]) * np.float32(pose.stretch * height) + np.float32(columns - 0.5)).astype(np.float32)
    down = np.repeat((rows - 0.5 - v[:, None] * (height / pose.stretch)).astype(np.float32), len(u), axis=1)
    bent = cv2.remap(made.body, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=0)
    return np.asarray(cv2.add(bent, made.halo), np.uint16)


def corner_of(height: float) -> tuple[float, float]:
    """Return where in the body's field the foot of a flame of so many pixels is: from its left, and from its top."""
    return LEFT * height, HIGH * height


def table(light: float, share: float) -> NDArray[np.uint32]:
    """Return the colours, BGRA in one number, that every step of a field adds, at *share* of its strength."""
    i = np.arange(MOST + 1, dtype=np.float32)[:, None] * np.float32(light / FULL)
    night, amber, ink = (np.array(colour[::-1], np.float32) for colour in (NIGHT, AMBER, INK))
    way = i / AMBER_AT
    eased = np.minimum(way, 1 + BEND) - np.clip(way - (1 - BEND), 0, 2 * BEND) ** 2 / (4 * BEND)
    x = np.clip((i - INK_FROM) / (INK_TO - INK_FROM), 0, 1)
    added = (amber - night) * eased + (ink - amber) * INK_SHARE * (x * x * (3 - 2 * x))
    colours = np.zeros((MOST + 1, 4), np.uint8)
    colours[:, :3] = np.rint(added * share)
    return colours.view(np.uint32).reshape(-1)


def coloured(field: Field, colours: NDArray[np.uint32]) -> Image:
    """Return *field* as light to be added: BGRA."""
    return colours.take(field, mode="clip").view(np.uint8).reshape(*field.shape, 4)


def lay_flame(made: Burning, tick: int, share: float, out: Image) -> None:
    """Add the flame as it stands at *tick* to *out* (BGRA), at *share* of its light."""
    pose = pose_at(made.flame, tick)
    rim = _part(out, made.rim)
    if share >= 1:
        cv2.add(rim, made.rest, dst=rim)
    else:
        cv2.addWeighted(rim, 1.0, made.rest, share, 0.0, dst=rim)
    part = _part(out, made.box)
    cv2.add(part, coloured(field_of(made, pose), table(pose.light, min(1.0, share))), dst=part)


def _part(image: Image, box: Box) -> Image:
    return image[box.top : box.bottom, box.left : box.right]


def _foot(flame: Flame) -> tuple[float, float]:
    return flame.place.x + flame.place.width / 2, flame.place.bottom


def _about(foot: tuple[float, float], height: float, side: float, below: float, above: float) -> Rect:
    x, y = foot
    return Rect(x - side * height, y - above * height, 2 * side * height, (above + below) * height)


def _body(height: float) -> Field:
    """Return the flame itself, of so many pixels: a tongue, brightest above its middle, dark and clear at its foot."""
    columns, rows = ceil(2 * LEFT * height), ceil((HIGH + LOW) * height)
    u = ((np.arange(columns, dtype=np.float32) + 0.5) / height - LEFT)[None, :]
    v = (HIGH - (np.arange(rows, dtype=np.float32) + 0.5) / height)[:, None]
    within = np.clip(v, 1e-6, 1)
    at = 0.55 / (0.55 + 1.12)
    half = 0.128 * (within / at) ** 0.55 * ((1 - within) / (1 - at)) ** 1.12
    tongue = np.clip((half - np.abs(u)) / 0.02 + 0.5, 0, 1) * ((v > 0) & (v < 1))
    heart = np.exp(-((1.2 * np.abs(u) / np.maximum(half, 1e-4)) ** 2))
    along = 0.30 + 0.70 * _rise(-0.04, 0.46, v) * (1 - 0.42 * _rise(0.5, 1.0, v))
    lit = tongue * along * (0.60 + 0.40 * heart * _rise(0.06, 0.50, v) * (1 - _rise(0.45, 0.98, v)))
    lit *= 1 - 0.45 * np.exp(-((u / 0.04) ** 2 + ((v - 0.07) / 0.12) ** 2))
    lit = np.asarray(cv2.GaussianBlur(lit.astype(np.float32), (0, 0), 0.011 * height), np.float32)
    lit += 0.28 * np.asarray(cv2.GaussianBlur(lit, (0, 0), 0.085 * height), np.float32)
    lit *= _rise(-LOW, -LOW + 0.12, v) * _rise(-HIGH, -HIGH + 0.2, -v) * _rise(-LEFT, -LEFT + 0.14, -np.abs(u))
    field = np.rint(lit * (0.97 * FULL / 1.18)).astype(np.uint16)
    for edge in (field[:_ROUNDING], field[-_ROUNDING:], field[:, :_ROUNDING], field[:, -_ROUNDING:]):
        edge[...] = 0
    return field


def _halo(flame: Flame, rim: Box) -> Field:
    """Return the halo over *rim*, with grain: it is so faint that its steps would show as rings."""
    height, (x, y) = np.float32(flame.place.height), _foot(flame)
    u = (np.arange(rim.left, rim.right, dtype=np.float32) + np.float32(0.5 - x)) / height
    v = (np.float32(y) - np.arange(rim.top, rim.bottom, dtype=np.float32) - np.float32(0.5)) / height - np.float32(0.5)
    far = np.hypot(u[None, :], np.float32(0.92) * v[:, None])
    glow = 0.13 * np.exp(-((far / np.float32(0.40)) ** np.float32(1.2))) * (1 - _rise(0.62 * HALO, 0.90 * HALO, far))
    noise = np.roll(grain_over(rim.top, rim.bottom - rim.top, rim.right), -rim.left, axis=1)[:, : rim.right - rim.left]
    code = np.float32(AMBER_AT / (AMBER[1] - NIGHT[1]))  # of the ramp, in green
    grained = glow + noise * np.minimum(code, glow)
    return np.rint(np.clip(grained * FULL, 0, MOST)).astype(np.uint16)


def _rise(low: float, high: float, x: Floats) -> Floats:
    k = np.clip((x - np.float32(low)) / np.float32(high - low), 0, 1)
    return np.asarray(k * k * (3 - 2 * k), np.float32)
