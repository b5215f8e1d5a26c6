"""A way to lay a slide out, and where its ink is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TypeAlias

from player.show.layout.page import Measure, Page
from player.show.scene import Code, Ink, Rule, Scrim, Shadow, Words
from player.units import Rect


@dataclass(frozen=True, slots=True)
class Way:
    """One way to lay a slide out, and what it is worth."""

    places: tuple[Rect, ...]
    """Of the photos."""
    ink: tuple[Ink, ...]
    worth: float
    """By what is seen of the photos, with some regard for the words; of words alone, by their size."""
    is_loose: bool = False
    """The ink stands beside the photos: each may move without the other, as long as they come no nearer."""
    is_fixed: bool = False
    """Nothing may move: the photo fills the wall."""
    foot: tuple[Ink, ...] = ()
    """What stands at a photo's foot and may be left out."""
    ranks: tuple[float, ...] = ()
    """In which order the photos appear, 0 to 1; empty where they are there at once."""

    def moved(self, ink: tuple[float, float], photos: tuple[float, float]) -> Way:
        """Return it with ink and photos so many pixels further right and down; the foot stays at the photo's."""
        return replace(
            self,
            places=tuple(shifted(place, *photos) for place in self.places),
            ink=tuple(_moved(each, *ink) for each in self.ink),
            foot=tuple(_moved(each, ink[0], photos[1]) for each in self.foot),
        )


Tier: TypeAlias = Callable[[Page], Iterable[Way]]
"""What yields the ways of one kind on a page; the next kind is asked only where these do not do."""


def boxes_of(inks: Iterable[Ink], measure: Measure) -> Iterator[Rect]:
    """Yield where each of *inks* is seen; a darkening is not ink to be read."""
    for ink in inks:
        if isinstance(ink, Words):
            box = measure.extent(ink.text, language=ink.language, face=ink.face, size_px=ink.size_px)
            yield Rect(ink.x + box.left, ink.baseline + box.top, box.right - box.left, box.bottom - box.top)
        elif not isinstance(ink, Scrim | Shadow):
            yield ink.place


def shifted(place: Rect, x: float, y: float) -> Rect:
    """Return *place* so many pixels further right and down."""
    return place._replace(x=place.x + x, y=place.y + y)


def _moved(ink: Ink, x: float, y: float) -> Ink:
    match ink:
        case Words():
            return replace(ink, x=ink.x + x, baseline=ink.baseline + y)
        case Scrim():
            return replace(ink, place=shifted(ink.place, x, y), full_from=ink.full_from + y)
        case Rule() | Code() | Shadow():
            return replace(ink, place=shifted(ink.place, x, y))
