"""Fine work inside the corners: a surface through the points of a mesh, by Catmull-Rom both ways.

Output = H(M(u, v)): the mesh bends the unit square, the corners carry it whole, so dragging a corner leaves fine work alone.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from player.errors import GeometryError
from player.output.homography import Doubles
from player.output.refusals import MAX_LAYERS, check_grid
from player.output.shape import Layer, Mesh, Point, grid

_NOTHING: Final = 1e-9  # of a side: what rounding moves a point


def basis(points: int, t: Doubles) -> Doubles:
    """Return how much each of *points* evenly spread points counts at each of *t*, 0 to 1: len(t) x points.

    Catmull-Rom with its border continued straight: P(-1) = 2 P0 - P1. Outside 0…1 the end pieces go on.
    """
    x = t * (points - 1)
    first = np.clip(np.floor(x).astype(np.intp), 0, points - 2)
    f = x - first
    weights = (
        0.5 * (-f + 2 * f**2 - f**3),
        0.5 * (2 - 5 * f**2 + 3 * f**3),
        0.5 * (f + 4 * f**2 - 3 * f**3),
        0.5 * (f**3 - f**2),
    )
    found = np.zeros((len(t), points + 2))
    rows = np.arange(len(t))
    for k, weight in enumerate(weights):
        found[rows, first + k] += weight
    for ghost, end, next_to_it in ((0, 1, 2), (points + 1, points, points - 1)):
        found[:, end] += 2 * found[:, ghost]
        found[:, next_to_it] -= found[:, ghost]
    return found[:, 1:-1]


def surface(mesh: Mesh, u: Doubles, v: Doubles) -> Doubles:
    """Return the surface at every crossing of the columns *u* with the rows *v*: len(v) x len(u) x 2, in the unit square."""
    return _added(layers(mesh), u, v)


def surface_at(mesh: Mesh, uv: Doubles) -> Doubles:
    """Return the surface at scattered places *uv* (n x 2)."""
    found = uv
    for layer in layers(mesh):
        across = np.einsum("nr,rck->nck", basis(layer.rows, uv[:, 1]), _array(layer))
        found = found + np.einsum("nck,nc->nk", across, basis(layer.columns, uv[:, 0]))
    return found


def layers(mesh: Mesh) -> tuple[Layer, ...]:
    """Return how far the points of each grid were moved, that of *mesh* itself last; untouched grids are left out.

    A layer says how far, not where to, so the surface is the unit square with all of them added.
    """
    rest = _nodes(mesh.under, mesh.rows, mesh.columns)
    moved = tuple(Point(p.x - r.x, p.y - r.y) for p, r in zip(mesh.points, rest, strict=True))
    if all(abs(value) < _NOTHING for point in moved for value in point):
        return mesh.under
    return (*mesh.under, Layer(mesh.rows, mesh.columns, moved))


def resampled(mesh: Mesh, rows: int, columns: int) -> Mesh:
    """Return *mesh* with another number of points, which lie on its surface; the surface is the same.

    Raises:
        GeometryError: a number that no mesh has, or fine work on too many sizes of grid.
    """
    check_grid(rows, columns)
    kept = layers(mesh)
    under = tuple(layer for layer in kept if (layer.rows, layer.columns) != (rows, columns))
    if len(under) > MAX_LAYERS:
        raise GeometryError(f"There is fine work on {MAX_LAYERS} sizes of grid already: go back to one of them.")
    return Mesh(rows, columns, _nodes(kept, rows, columns), under)


def _nodes(kept: tuple[Layer, ...], rows: int, columns: int) -> tuple[Point, ...]:
    """Return where the points of an even grid lie once the layers *kept* have moved them."""
    even = grid(rows, columns)
    if not kept:
        return even
    places = _added(kept, np.linspace(0, 1, columns), np.linspace(0, 1, rows))
    return tuple(Point(float(x), float(y)) for x, y in places.reshape(-1, 2))


def _added(kept: tuple[Layer, ...], u: Doubles, v: Doubles) -> Doubles:
    found = np.stack(np.broadcast_arrays(u[None, :], v[:, None]), axis=-1)
    for layer in kept:
        across = np.einsum("uc,rck->ruk", basis(layer.columns, u), _array(layer))
        found = found + np.einsum("vr,ruk->vuk", basis(layer.rows, v), across)
    return found


def _array(layer: Layer) -> Doubles:
    return np.array(layer.moved, np.float64).reshape(layer.rows, layer.columns, 2)
