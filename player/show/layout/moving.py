"""Giving way: moving what a slide is composed of to where it is worth most."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final, NamedTuple

import numpy as np

from player.show.layout.obstacles import MANY, STILL, Obstacles, Reals, obstacles_of
from player.show.layout.page import Page
from player.show.layout.way import Way, boxes_of, shifted
from player.show.look import BAND_GAP
from player.units import Rect

PUSH: Final = 0.22  # what moving by one U costs a way
OFF_CENTRE: Final = 2.5  # how much more it costs photos and words, as a whole, to stand to one side than to stand high or low
PUSH_ALONE: Final = 0.7  # likewise, of words alone: they belong in the middle
FARTHEST: Final = 0.05  # what is left of a way's worth, however far it was moved
STEP: Final = 0.009  # U, from one place tried to the next: a cell
STEPS: Final = 40  # places tried a side, at most


class Found(NamedTuple):
    """A way in its place on the wall."""

    way: Way
    covered: float
    """Which share of the ink's boxes is in the way of something."""
    worth: float


class _Move(NamedTuple):
    """How far ink and photos are moved, and what that leaves of a way's worth."""

    ink: tuple[float, float]
    photos: tuple[float, float]
    share: float


def fitted(page: Page, first: Page, way: Way) -> Found:
    """Return *way*, laid out on *page*, in its place on the wall, moved to where it is worth most.

    Args:
        page: With a room.
        first: The wall, or the part of it that counts as one: what is shown belongs in its middle, on whichever page it is set.
        way: In pixels of *page*.
    """
    if page.room is None:
        raise ValueError("Nothing is in the way here.")
    obstacles = obstacles_of(page.room)
    there = way.moved((page.left, page.top), (page.left, page.top))
    boxes = list(boxes_of(there.ink, page.measure))
    aside = (PUSH if there.places else PUSH_ALONE) / page.unit
    all_of_it = [*boxes, *there.places]
    astray = (0.0, 0.0) if page is first or not all_of_it else _from_the_middle(all_of_it, first)
    if there.places:
        astray = (OFF_CENTRE * astray[0], astray[1])
    if obstacles.is_clear(boxes, there.places):
        share = float(_left_of(aside, STILL + astray[0], STILL + astray[1])[0, 0])
        return Found(_with_foot(there, obstacles, page), 0.0, way.worth * share)
    safe = shifted(page.safe, page.left, page.top)
    if way.is_loose:
        move = _apart(obstacles, boxes, there.places, safe, aside)
        move = move._replace(share=move.share * float(_left_of(aside, STILL + astray[0], STILL + astray[1])[0, 0]))
    else:
        move = _together(obstacles, boxes, there.places, safe, aside, astray, is_fixed=way.is_fixed)
    holes = obstacles.covered(shifted(box, *move.ink) for box in boxes)
    return Found(_with_foot(there.moved(move.ink, move.photos), obstacles, page), holes, way.worth * move.share)


def _together(  # noqa: PLR0917 - the arguments of one step of `fitted`
    obstacles: Obstacles,
    boxes: Sequence[Rect],
    places: Sequence[Rect],
    safe: Rect,
    aside: float,
    astray: tuple[float, float],
    *,
    is_fixed: bool,
) -> _Move:
    """Move all of it as one."""
    stays = is_fixed or len(places) >= MANY
    x, y = (STILL if stays else _steps([*boxes, *places], safe, axis) for axis in (0, 1))
    across = OFF_CENTRE * x if places else x
    worth = obstacles.read(boxes, x, y) * obstacles.seen(places, x, y) * _left_of(aside, across + astray[0], y + astray[1])
    row, column = np.unravel_index(int(worth.argmax()), worth.shape)
    by = float(x[column]), float(y[row])
    return _Move(by, by, float(worth[row, column]))


def _apart(obstacles: Obstacles, boxes: Sequence[Rect], places: Sequence[Rect], safe: Rect, aside: float) -> _Move:
    """Move ink and photos each for itself: up and down, and away from each other, so that a gap may lie between them."""
    x, y = (_steps(boxes, safe, axis) for axis in (0, 1))
    photo_x, photo_y = (STILL if len(places) >= MANY else _steps(places, safe, axis) for axis in (0, 1))
    read = obstacles.read(boxes, x, y) * _left_of(aside, x, y)
    seen = obstacles.seen(places, photo_x, photo_y) * _left_of(aside, photo_x, photo_y)
    apart = photo_x[None, :] - x[:, None]
    if min(box.x for box in boxes) > min(place.x for place in places):
        apart = -apart
    worth = np.where(apart >= 0, read.max(axis=0)[:, None] * seen.max(axis=0)[None, :], 0.0)
    i, j = np.unravel_index(int(worth.argmax()), worth.shape)
    ink = float(x[i]), float(y[int(read[:, i].argmax())])
    return _Move(ink, (float(photo_x[j]), float(photo_y[int(seen[:, j].argmax())])), float(worth[i, j]))


def _left_of(aside: float, x: Reals, y: Reals) -> Reals:
    """Return what is left of a way's worth when it is moved so far: len(y) x len(x)."""
    return np.maximum(1 - aside * np.hypot(x[None, :], y[:, None]), FARTHEST)


def _from_the_middle(boxes: Sequence[Rect], first: Page) -> tuple[float, float]:
    """Return how far from the middle of the first page *boxes* stand."""
    safe = shifted(first.safe, first.left, first.top)
    left, right = min(box.x for box in boxes), max(box.right for box in boxes)
    top, bottom = min(box.y for box in boxes), max(box.bottom for box in boxes)
    return (left + right - safe.x - safe.right) / 2, (top + bottom - safe.y - safe.bottom) / 2


def _steps(boxes: Sequence[Rect], safe: Rect, axis: int) -> Reals:
    """Return by how much *boxes* may be moved along an axis: even pixels, not at all among them, the ends too."""
    if not boxes:
        return STILL
    begin = min(box[axis] for box in boxes)
    end = max(box[axis] + box[axis + 2] for box in boxes)
    low, high = min(0.0, safe[axis] - begin), max(0.0, safe[axis] + safe[axis + 2] - end)
    step = max(2.0, STEP * max(safe.width, safe.height), (high - low) / STEPS)
    every = np.concatenate((np.arange(0.0, high, step), -np.arange(step, -low, step), (low, high)))
    return np.unique(2 * np.trunc(every / 2))


def _with_foot(way: Way, obstacles: Obstacles, page: Page) -> Way:
    """Return *way* with what stands at the photo's foot, where that is free and keeps away from the other ink."""
    feet, others = list(boxes_of(way.foot, page.measure)), list(boxes_of(way.ink, page.measure))
    gap = BAND_GAP * page.unit
    is_near = any(
        foot.x < other.right and other.x < foot.right and foot.y - gap < other.bottom and other.y - gap < foot.bottom
        for foot in feet
        for other in others
    )
    return replace(way, ink=way.ink if is_near or not obstacles.is_clear(feet, ()) else (*way.ink, *way.foot), foot=())
