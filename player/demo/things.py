"""What the places are furnished with: walls, floors, boxes, and sheets that stand, lie, hang or are pinned."""

from __future__ import annotations

from typing import Final

import numpy as np

from player.demo.pixels import Image, Light, Plane, flat, noise, ramp, smoothstep, tint
from player.demo.solid import Array, Point, Quad
from player.demo.texture import column

PAPER_THROUGH: Final[Light] = (0.26, 0.22, 0.16)
"""What writing paper lets through; warm, as paper is against the light."""


def turned(vector: Point, yaw: float) -> Array:
    """Return *vector* turned round the upright by *yaw* degrees, to the left as seen from above for positive ones."""
    angle = np.radians(yaw)
    c, s = float(np.cos(angle)), float(np.sin(angle))
    x, y, z = vector
    return np.array([c * x - s * z, y, s * x + c * z])


def upright(
    foot: Point,
    size: tuple[float, float],
    picture: tuple[Image, Plane | None],
    *,
    yaw: float = 0.0,
    lean: float = 0.0,
    roll: float = 0.0,
    bend: tuple[float, ...] = (),
    through: Light = (0.0, 0.0, 0.0),
    casts: bool = True,
) -> Quad:
    """Return a sheet that stands with the middle of its lower edge at *foot*, *lean* degrees back, *roll* within its plane."""
    width, height = size
    a, r = np.radians(lean), np.radians(roll)
    side, rise = turned((1, 0, 0), yaw), turned((0, float(np.cos(a)), float(np.sin(a))), yaw)
    across = (float(np.cos(r)) * side - float(np.sin(r)) * rise) * width
    down = (-float(np.cos(r)) * rise - float(np.sin(r)) * side) * height
    corner = np.array(foot) - across / 2 - down
    return Quad(
        corner=corner, across=across, down=down, albedo=picture[0], alpha=picture[1], bend=bend, through=through, casts=casts
    )


def lying(
    middle: Point,
    size: tuple[float, float],
    picture: tuple[Image, Plane | None],
    *,
    turn: float = 0.0,
    bend: tuple[float, ...] = (),
) -> Quad:
    """Return a sheet that lies face up with its middle at *middle*, turned by *turn* degrees."""
    across, down = turned((1, 0, 0), turn) * size[0], turned((0, 0, -1), turn) * size[1]
    corner = np.array(middle) - across / 2 - down / 2
    return Quad(corner=corner, across=across, down=down, albedo=picture[0], alpha=picture[1], bend=bend)


def floor(x: tuple[float, float], z: tuple[float, float], y: float, albedo: Image, *, casts: bool = False) -> Quad:
    """Return a level surface; the picture's lower edge is the nearer one."""
    return Quad(
        corner=np.array([x[0], y, z[1]]),
        across=np.array([x[1] - x[0], 0, 0]),
        down=np.array([0, 0, z[0] - z[1]]),
        albedo=albedo,
        casts=casts,
    )


def wall(
    x: tuple[float, float], y: tuple[float, float], z: float, albedo: Image, *, casts: bool = False, alpha: Plane | None = None
) -> Quad:
    """Return an upright surface that faces the viewer."""
    return Quad(
        corner=np.array([x[0], y[1], z]),
        across=np.array([x[1] - x[0], 0, 0]),
        down=np.array([0, y[0] - y[1], 0]),
        albedo=albedo,
        casts=casts,
        alpha=alpha,
    )


def side(x: float, y: tuple[float, float], z: tuple[float, float], albedo: Image, *, casts: bool = False) -> Quad:
    """Return an upright surface that runs away from the viewer."""
    return Quad(
        corner=np.array([x, y[1], z[0]]),
        across=np.array([0, 0, z[1] - z[0]]),
        down=np.array([0, y[0] - y[1], 0]),
        albedo=albedo,
        casts=casts,
    )


def box(
    x: tuple[float, float], y: tuple[float, float], z: tuple[float, float], faces: tuple[Image, Image, Image], *, eye: Point
) -> list[Quad]:
    """Return the faces of a box that *eye* sees, the front last; *faces* are front, top, side."""
    front, top, flank = faces
    out: list[Quad] = []
    if eye[0] < x[0]:
        out.append(side(x[0], y, z, flank, casts=True))
    if eye[0] > x[1]:
        out.append(side(x[1], y, z, flank, casts=True))
    if eye[1] > y[1]:
        out.append(floor(x, z, y[1], top, casts=True))
    if eye[1] < y[0]:
        out.append(floor(x, z, y[0], top, casts=True))
    return [*out, wall(x, y, z[0], front, casts=True)]


def pin(at: Point, *, colour: str = "#7d2f28", radius: float = 0.005) -> list[Quad]:
    """Return a drawing pin that stands out of a wall at *at*."""
    head = flat((64, 64), tint(colour))
    ys, xs = ramp(64, 64)
    r = np.hypot(xs - 0.5, ys - 0.5)
    alpha = smoothstep(0.5, 0.44, r)
    shine = smoothstep(0.16, 0.0, np.hypot(xs - 0.38, ys - 0.34).astype(np.float32))
    head = (head * (1.15 - 0.9 * r * r)[..., None] + 0.35 * shine[..., None]).astype(np.float32)
    x, y, z = at
    shade = (flat((64, 64), (0.0, 0.0, 0.0)), (0.5 * smoothstep(0.5, 0.05, r)).astype(np.float32))
    return [
        upright((x + radius, y - 2.4 * radius, z - 0.001), (2.4 * radius, 2.4 * radius), shade, casts=False),
        upright((x, y - radius, z - 0.005), (2 * radius, 2 * radius), (head, alpha), casts=False),
    ]


def tape(
    rng: np.random.Generator, at: Point, *, roll: float, size: tuple[float, float] = (0.05, 0.018), colour: str = "#dccfae"
) -> Quad:
    """Return a strip of paper tape across *at*, on a wall that faces the viewer."""
    shape = (90, 250)
    ys, xs = ramp(*shape)
    crinkle = noise(rng, shape, (30, 30), 3)
    tone = flat(shape, tint(colour)) * (1 + 0.05 * crinkle)[..., None]
    ragged = np.minimum(xs, 1 - xs) * 250 - (2.5 + 2 * noise(rng, (90, 1), (1, 9), 2))
    alpha = np.clip(ragged, 0, 1) * np.clip(np.minimum(ys, 1 - ys) * 90, 0, 1) * 0.86
    x, y, z = at
    return upright(
        (x, y - size[1] / 2, z - 0.0015), size, (tone.astype(np.float32), alpha.astype(np.float32)), roll=roll, casts=False
    )


def tent(
    foot: Point, size: tuple[float, float], face: tuple[Image, Plane | None], paper: str, *, yaw: float, lean: float = 14.0
) -> list[Quad]:
    """Return a folded card that stands by itself, its face towards the viewer."""
    depth = 2 * size[1] * float(np.sin(np.radians(lean)))
    back = np.array(foot) + turned((0, 0, depth), yaw)
    inside = flat((60, 60), tint(paper))
    return [
        upright((back[0], back[1], back[2]), size, (inside, None), yaw=yaw, lean=-lean, through=PAPER_THROUGH),
        upright((foot[0], foot[1] - 0.002, foot[2]), size, face, yaw=yaw, lean=lean, through=PAPER_THROUGH),
    ]


def post(x: float, y: tuple[float, float], z: float, radius: float, albedo: Image, *, light_from: float = 0.3) -> Quad:
    """Return an upright round bar, its roundness in its shading."""
    return wall((x - radius, x + radius), y, z, column(albedo, light_from), casts=True)
