"""The page that a slide is laid out on: the canvas, its unit and safe area, and what measures its lines."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Final, Protocol

from player.show.scene import Face
from player.show.slide import Room, Stage
from player.units import Rect, Size

MAX_MARGIN: Final = 0.25  # of the shorter side; on a strip, a margin made for a façade would leave nothing between
LEAST: Final = 0.05  # U; no words fit a lower or narrower place


class Extent(Protocol):
    """The ink box of a line about its origin (left end of the baseline; y down), in pixels."""

    @property
    def left(self) -> float:
        """The ink's left edge."""
        ...

    @property
    def top(self) -> float:
        """The ink's upper edge; negative above the baseline."""
        ...

    @property
    def right(self) -> float:
        """The ink's right edge."""
        ...

    @property
    def bottom(self) -> float:
        """The ink's lower edge."""
        ...

    @property
    def advance(self) -> float:
        """How far the pen goes."""
        ...


class Measure(Protocol):
    """What knows how wide a line is."""

    def extent(self, text: str, *, language: str, face: Face, size_px: float) -> Extent:
        """Return the ink box of *text* at an em of *size_px*; all zero when nothing of it can be drawn."""
        ...


@dataclass(frozen=True, slots=True)
class Page:
    """A part of the wall with its measures, mostly all of it. Its places count from its own corner."""

    canvas: Size
    """Of the page."""
    unit: float
    """U in pixels: the height of a 16:9 canvas of the same area."""
    safe: Rect
    """Where ink may be."""
    measure: Measure
    left: float = 0.0
    """Where it begins on the wall."""
    top: float = 0.0
    room: Room | None = None
    """What words keep out of and photos had better; in canvas pixels of the wall."""


@dataclass(frozen=True, slots=True)
class Pages:
    """The pages that a slide may be composed on: the first is the wall, or the part of it that counts as one."""

    canvas: Size
    """Of the whole wall."""
    pages: tuple[Page, ...]

    @property
    def first(self) -> Page:
        """The one that is taken unless something is in the way."""
        return self.pages[0]

    @property
    def is_free(self) -> bool:
        """Whether nothing is in the way of anything."""
        return self.first.room is None

    @property
    def is_whole(self) -> bool:
        """Whether the first page is all of the wall."""
        return self.first.canvas == self.canvas


def unit_of(canvas: Size) -> float:
    """Return U for a canvas, in pixels."""
    return 0.75 * math.sqrt(canvas.width * canvas.height)


def safe_area(stage: Stage) -> Rect:
    """Return where ink may be on a stage of which nothing is taken."""
    width, height = stage.canvas
    margin = min(stage.margin * unit_of(stage.canvas), MAX_MARGIN * min(width, height))
    return Rect(margin, margin, width - 2 * margin, height - 2 * margin)


def pages_of(stage: Stage, measure: Measure) -> Pages:
    """Return the pages for *stage*.

    Every page has the first one's U: words are as large in a free place between windows as they would be without it.
    """
    if stage.room is None:
        return Pages(stage.canvas, (Page(stage.canvas, unit_of(stage.canvas), safe_area(stage), measure),))
    frame, *bays = stage.room.bays
    part = Stage(Size(int(frame.width), int(frame.height)), stage.margin)
    first = Page(part.canvas, unit_of(part.canvas), safe_area(part), measure, frame.x, frame.y, stage.room)
    others = (_in_bay(bay, first) for bay in bays)
    return Pages(stage.canvas, (first, *(page for page in others if page is not None)))


def _in_bay(bay: Rect, first: Page) -> Page | None:
    """Return the page of a free place: as far as the wall's own margin lets it reach."""
    safe = first.safe
    left, top = (2 * math.ceil(edge / 2) for edge in (max(bay.x, first.left + safe.x), max(bay.y, first.top + safe.y)))
    right, bottom = min(bay.right, first.left + safe.right), min(bay.bottom, first.top + safe.bottom)
    width, height = (2 * math.floor(length / 2) for length in (right - left, bottom - top))
    if min(width, height) < LEAST * first.unit:
        return None
    place = Rect(0.0, 0.0, float(width), float(height))
    return replace(first, canvas=Size(width, height), safe=place, left=float(left), top=float(top))
