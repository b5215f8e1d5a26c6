"""Flat things in space, lamps and a camera.

Metres; x to the right, y up, z away from the viewer. A `Quad` is a textured rectangle, or a sheet bent along its width.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from player.demo.pixels import Image, Light, Plane
from player.units import Size

Point: TypeAlias = tuple[float, float, float]
Array: TypeAlias = NDArray[np.float64]

STRIPS = 28  # a bent sheet is drawn as so many flat ones


@dataclass(frozen=True, slots=True, kw_only=True)
class Camera:
    """Where one looks from, what is in focus, and how strongly the rest is not."""

    eye: Point
    target: Point
    zoom: float
    """Focal length in canvas heights: 1.2 is a normal lens on a landscape picture."""
    focus: Point
    aperture: float = 0.01
    """Blur (sigma) in canvas heights per dioptre away from the focus."""

    def project(self, size: Size) -> Array:
        """Return the 3 x 4 matrix from space to canvas pixels."""
        eye, target = np.array(self.eye), np.array(self.target)
        forward = unit(target - eye)
        right = unit(np.cross(np.array([0.0, 1.0, 0.0]), forward))
        up = np.cross(forward, right)
        focal = self.zoom * size.height
        lens = np.array([[focal, 0, size.width / 2], [0, focal, size.height / 2], [0, 0, 1]])
        turn = np.stack([right, -up, forward])
        return lens @ np.column_stack([turn, -turn @ eye])


@dataclass(frozen=True, slots=True, kw_only=True)
class Lamp:
    """A light with a size: the sun, a window, a flame."""

    centre: Point
    radius: float
    colour: Light
    """Light arriving at *reach* metres on a surface that faces the lamp."""
    reach: float = 0.0
    """0: the sun, as strong everywhere."""
    openings: tuple[Array, ...] = ()
    """Polygons (n x 3) that the light must come through; none: everything is open."""
    samples: int = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Sky:
    """Soft light from all around."""

    above: Light
    level: Light
    below: Light


@dataclass(frozen=True, slots=True, kw_only=True)
class Quad:
    """A rectangle in space with a picture on it."""

    corner: Array
    """Where the picture's top left corner is."""
    across: Array
    down: Array
    albedo: Image
    alpha: Plane | None = None
    glow: Image | None = None
    """Light that it gives off itself."""
    bend: tuple[float, ...] = ()
    """Heights in metres above the plane, along the picture's width; () is flat."""
    casts: bool = True
    shown: bool = True
    """False: it is behind the viewer, and only its shadow is seen."""
    through: Light = (0.0, 0.0, 0.0)
    """The share of light that falls on its back and comes through, as through paper."""

    def normal(self, eye: Point) -> Array:
        """Return the unit normal on the side of *eye*."""
        n = unit(np.cross(self.across, self.down))
        return n if float(n @ (np.array(eye) - self.corner)) > 0 else -n

    def outlines(self, eye: Point, strips: int = STRIPS) -> list[Array]:
        """Return the polygons (4 x 3) that it is made of, *strips* of them when it is bent."""
        if not self.bend:
            c, a, d = self.corner, self.across, self.down
            return [np.array([c, c + a, c + a + d, c + d])]
        ts = np.linspace(0, 1, strips + 1)
        edge = self.corner + ts[:, None] * self.across + curve(self.bend, ts)[:, None] * self.normal(eye)
        return [np.array([p, q, q + self.down, p + self.down]) for p, q in pairwise(edge)]


def curve(heights: tuple[float, ...], where: Array) -> Array:
    """Return the smooth curve through about *heights*, spread evenly over 0 to 1, at *where*; straight on beyond its ends."""
    steps = np.linspace(0, 1, len(heights))
    slopes = np.gradient(np.array(heights), steps)
    inside = np.clip(where, 0, 1)
    k = np.clip(np.searchsorted(steps, inside) - 1, 0, len(heights) - 2)
    span = steps[1] - steps[0]
    x, h = (inside - steps[k]) / span, np.array(heights)
    start, end = (2 * x**3 - 3 * x**2 + 1) * h[k], (3 * x**2 - 2 * x**3) * h[k + 1]  # Hermite's cubic
    lean = (x**3 - 2 * x**2 + x) * span * slopes[k] + (x**3 - x**2) * span * slopes[k + 1]
    return start + end + lean + np.minimum(where, 0) * slopes[0] + np.maximum(where - 1, 0) * slopes[-1]


def unit(vector: Array) -> Array:
    """Return *vector* at length 1."""
    return vector / float(np.linalg.norm(vector))
