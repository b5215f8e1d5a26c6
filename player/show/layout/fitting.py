"""Choosing among the ways to compose a slide: the largest, where nothing is in the way; else the largest that can give way to it.

Words come first: where some way has them all free, no other is taken. A photo may lie behind windows, but one that is seen
whole is worth a smaller size. Only where no place is free do words have holes, in the way that is worth most with them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from player.show.layout.lines import ELLIPSIS
from player.show.layout.moving import Found, fitted
from player.show.layout.obstacles import obstacles_of
from player.show.layout.page import Measure, Pages
from player.show.layout.way import Tier, Way, boxes_of
from player.show.scene import Ink, Words
from player.show.slide import Room

LARGEST: Final = 0.66  # of a page's area, what a way on it can be worth: photos all over, the largest words, the grid asked for
CUT: Final = 0.7  # what a way is worth with a line that is cut short
CAUSE: Final = 1.02  # how much more a later page must be worth: of two sides alike, slides always take the same


def best(pages: Pages, tiers: Iterable[Tier]) -> Way | None:
    """Return the best way of the first tier that has one with all words free, in canvas pixels of the wall; None without any.

    Where words have no free place at all: of the first tier with any ways, the one that is worth most with the holes it has.
    """
    if pages.is_free:
        for tier in tiers:
            ways = list(tier(pages.first))
            if ways:
                way = max(ways, key=lambda way: way.worth)
                return replace(way, ink=(*way.ink, *way.foot), foot=())
        return None
    holed: Found | None = None
    for tier in tiers:
        found = _best_of(pages, tier)
        if found is not None and not found.covered:
            return found.way
        holed = holed or found
    return holed.way if holed else None


def covered(inks: Iterable[Ink], room: Room, measure: Measure) -> float:
    """Return which share of *inks* stands where none should, 0 to 1."""
    return obstacles_of(room).covered(boxes_of(inks, measure))


def _best_of(pages: Pages, tier: Tier) -> Found | None:
    found: Found | None = None
    for page in pages.pages:
        if found is not None and LARGEST * page.safe.width * page.safe.height <= found.worth:
            continue
        for way in sorted(map(_for_what_is_said, tier(page)), key=lambda way: -way.worth):
            if found is not None and way.worth <= found.worth:
                break
            there = fitted(page, pages.first, way)
            if found is None or there.worth > CAUSE * found.worth:
                found = there
    return found


def _for_what_is_said(way: Way) -> Way:
    """Return *way*, worth less where a caption or a credit is cut."""
    cut = any(isinstance(ink, Words) and ink.text.endswith(ELLIPSIS) for ink in way.ink)
    return replace(way, worth=CUT * way.worth) if cut else way
