"""The light that falls on a quad.

Shadows are true ones: every quad is projected from many points of every lamp, and of the sky, onto every other, so they are sharp
where things touch and soft further off.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from player.demo.pixels import Image, Light, Plane, blur
from player.demo.solid import Array, Lamp, Point, Quad, Sky, curve, unit

LIGHTMAP_PX = 800  # at most, on a quad's longer side: about 1 mm on a metre of table, finer than any penumbra here
LIGHTMAP_PX_PER_M = 1100.0  # small things need no more
SKY_DIRECTIONS = 44  # enough that no single edge shows in the sum
SUBPIXEL_BITS = 5  # of OpenCV's polygon coordinates
FLUSH_M = 5e-4  # what stands out by less lies in the plane, and would shade all of it
BELOW_LAMP = 0.97  # of a lamp's height: what is higher throws its shadow beyond all bounds, and is cut there
FAR_PX = 30000.0  # keeps OpenCV's fixed-point coordinates in their range
SHADOW_STRIPS = 14  # and throws the shadow of so few


def irradiance(quad: Quad, quads: list[Quad], eye: Point, lamps: list[Lamp], sky: Sky) -> Image:
    """Return the light that falls on the quad (1.0: as bright as white paper can be), at lightmap size."""
    tall, wide = float(np.linalg.norm(quad.down)), float(np.linalg.norm(quad.across))
    share = min(LIGHTMAP_PX / max(tall, wide), LIGHTMAP_PX_PER_M)
    height, width = max(8, int(tall * share)), max(8, int(wide * share))
    normals, places = _surface(quad, eye, height, width)
    facing = quad.normal(eye)
    shapes = _occluders(
        quad, facing, [p for other in quads if other is not quad and other.casts for p in other.outlines(eye, SHADOW_STRIPS)]
    )
    total = np.zeros((height, width, 3), np.float32)
    for lamp, colour in [*((lamp, lamp.colour) for lamp in lamps), *_sky_lamps(sky)]:
        arm = np.array(lamp.centre) - places
        distance = np.linalg.norm(arm, axis=-1)
        cosine = (arm * normals).sum(axis=-1) / distance
        front = np.maximum(cosine, 0)
        behind = np.maximum(-cosine, 0)
        fall = (lamp.reach / distance) ** 2 if lamp.reach else np.ones_like(distance)
        if not front.any() and not (behind.any() and any(quad.through)):
            continue
        seen = _visibility(quad, facing, lamp, shapes, (height, width))
        through = np.array(quad.through)
        arriving = front[..., None] + behind[..., None] * through
        total += (arriving * (fall * seen)[..., None] * np.array(colour)).astype(np.float32)
    return blur(total, 1.0)


def _occluders(quad: Quad, normal: Array, shapes: list[Array]) -> Array:
    """Return those of *shapes* (n x 4 x 3) that stand out of the quad's plane on either side, and so can shade it."""
    stacked = np.array(shapes).reshape(-1, 4, 3)
    heights = (stacked - quad.corner) @ normal
    return stacked[np.abs(heights).max(axis=1) > FLUSH_M]


def _surface(quad: Quad, eye: Point, height: int, width: int) -> tuple[Array, Array]:
    """Return the normals and places (height x width x 3) of points spread over the quad."""
    v, u = ((np.arange(n) + 0.5) / n for n in (height, width))
    places = quad.corner + u[None, :, None] * quad.across + v[:, None, None] * quad.down
    normal = quad.normal(eye)
    if not quad.bend:
        return np.broadcast_to(normal, places.shape), places
    length = float(np.linalg.norm(quad.across))
    slope = (curve(quad.bend, u + 0.01) - curve(quad.bend, u - 0.01)) / 0.02 / length
    tilted = normal - slope[:, None] * (quad.across / length)
    tilted /= np.linalg.norm(tilted, axis=-1, keepdims=True)
    return np.broadcast_to(tilted, places.shape), places + curve(quad.bend, u)[:, None] * normal


def _sky_lamps(sky: Sky) -> list[tuple[Lamp, Light]]:
    """Return the sky as far, weak lamps, spread evenly over the sphere (a Fibonacci lattice)."""
    found: list[tuple[Lamp, Light]] = []
    for i in range(SKY_DIRECTIONS):
        y = 1 - 2 * (i + 0.5) / SKY_DIRECTIONS
        around, r = i * 2.399963, (1 - y * y) ** 0.5
        first, second, share = (sky.level, sky.above, y) if y > 0 else (sky.level, sky.below, -y)
        red, green, blue = ((a * (1 - share) + b * share) * 4 / SKY_DIRECTIONS for a, b in zip(first, second, strict=True))
        place = (1e3 * r * float(np.cos(around)), 1e3 * y, 1e3 * r * float(np.sin(around)))
        found.append((Lamp(centre=place, radius=0.0, colour=sky.level, samples=1), (red, green, blue)))
    return found


def _visibility(quad: Quad, normal: Array, lamp: Lamp, shapes: Array, size: tuple[int, int]) -> Plane:
    """Return the share of *lamp* that each point of *quad* sees, 0 to 1."""
    centre = np.array(lamp.centre)
    if float(normal @ (centre - quad.corner)) < 0:
        normal = -normal
    beam = unit(quad.corner + quad.across / 2 + quad.down / 2 - centre)
    side = unit(np.cross(beam, np.array([0.13, 0.87, 0.31])))
    other = np.cross(beam, side)
    openings = np.array(lamp.openings).reshape(-1, 4, 3)
    total = np.zeros(size, np.float32)
    for i in range(lamp.samples):
        r, angle = lamp.radius * ((i + 0.5) / lamp.samples) ** 0.5, i * 2.399963
        source = centre + r * (np.cos(angle) * side + np.sin(angle) * other)
        mask = np.zeros(size, np.uint8) if lamp.openings else np.ones(size, np.uint8)
        for spots in _thrown(openings, source, quad, normal, size):
            cv2.fillConvexPoly(mask, spots, 1, cv2.LINE_8, SUBPIXEL_BITS)
        for spots in _thrown(shapes, source, quad, normal, size):
            cv2.fillConvexPoly(mask, spots, 0, cv2.LINE_8, SUBPIXEL_BITS)
        total += mask
    return total / np.float32(lamp.samples)


def _thrown(shapes: Array, source: Array, quad: Quad, normal: Array, size: tuple[int, int]) -> list[NDArray[np.int32]]:
    """Return the shadows that *shapes* throw onto the plane of *quad* when lit from *source*, in sub-pixels of its lightmap."""
    high = float(normal @ (source - quad.corner))
    if high <= 0 or not len(shapes):
        return []
    heights = (shapes - quad.corner) @ normal
    standing = heights.max(axis=1) > FLUSH_M
    easy = standing & (heights.min(axis=1) >= 0) & (heights.max(axis=1) < BELOW_LAMP * high)
    polygons = list(_spots(shapes[easy], source, quad, normal, size))
    for shape in shapes[standing & ~easy]:
        kept = _clip(shape, (shape - quad.corner) @ normal)
        kept = _clip(kept, BELOW_LAMP * high - (kept - quad.corner) @ normal)
        if len(kept) > 2:  # noqa: PLR2004 - a polygon is left
            polygons += list(_spots(kept[None], source, quad, normal, size))
    return polygons


def _spots(shapes: Array, source: Array, quad: Quad, normal: Array, size: tuple[int, int]) -> NDArray[np.int32]:
    """Return *shapes* (n x k x 3) projected from *source* onto the quad's plane: in sub-pixels, without those that miss it."""
    high = float(normal @ (source - quad.corner))
    heights = (shapes - quad.corner) @ normal
    hits = source + (shapes - source) * (high / (high - heights))[..., None] - quad.corner
    u = hits @ quad.across / float(quad.across @ quad.across) * size[1]
    v = hits @ quad.down / float(quad.down @ quad.down) * size[0]
    inside = (u.max(axis=1) > 0) & (v.max(axis=1) > 0) & (u.min(axis=1) < size[1]) & (v.min(axis=1) < size[0])
    spots = np.clip(np.stack([u[inside], v[inside]], axis=-1), -FAR_PX, FAR_PX) * 2**SUBPIXEL_BITS
    return spots.round().astype(np.int32)


def _clip(shape: Array, keep: Array) -> Array:
    """Return the part of the polygon where *keep*, given at its corners, is not negative (Sutherland and Hodgman, 1974)."""
    out: list[Array] = []
    for i in range(len(shape)):
        j = (i + 1) % len(shape)
        if keep[i] >= -1e-9:  # noqa: PLR2004 - a corner that touches counts
            out.append(shape[i])
        if (keep[i] > 0) != (keep[j] > 0) and abs(keep[i] - keep[j]) > 1e-12:  # noqa: PLR2004 - parallel
            out.append(shape[i] + (shape[j] - shape[i]) * (keep[i] / (keep[i] - keep[j])))
    return np.array(out).reshape(-1, 3)
