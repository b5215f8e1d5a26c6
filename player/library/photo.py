"""A photo: an approved item that was fetched, verified, decoded, re-encoded and measured."""

from __future__ import annotations

from dataclasses import dataclass

from player.units import Digest, Size


@dataclass(frozen=True, slots=True, kw_only=True)
class Photo:
    """What a show needs to know of a picture in the library. Having one is no right to draw it: ask at every cut."""

    key: int
    """Row in the library; never used again for another photo."""
    source: str
    item: str
    picture: Digest
    """Names the prepared picture's file."""
    tile: Digest
    """Names the file of its mosaic tile."""
    size: Size
    """Of the prepared picture."""
    tile_size: Size
    focal: tuple[float, float] | None = None
    """x, y in -1..1 from the middle, y up."""
    caption: str = ""
    credit: str = ""
    language: str = ""
    country: str = ""
    film: Digest | None = None
    """Names the file of the film that it is a picture of; None: it is a photo."""

    @property
    def is_portrait(self) -> bool:
        """Whether it is taller than wide, so that two may stand side by side."""
        return self.size.height > self.size.width


@dataclass(frozen=True, slots=True)
class Ranked:
    """A photo's place in the order of showing."""

    key: int
    source: str
    turn: int
    """How many turns it has had, counted so that everyone in the pool is within one of everyone else."""
    last: int
    """When it was last shown (or, never shown, when it came), in nanoseconds."""
    is_portrait: bool


@dataclass(frozen=True, slots=True)
class Ranking:
    """The heads of the three queues, each in order, long enough for the choice at hand."""

    news: tuple[Ranked, ...] = ()
    """Never shown, and came while the show was already on: the debut lane."""
    unseen: tuple[Ranked, ...] = ()
    """Never shown, and there from their source's beginning, or back after an absence."""
    pool: tuple[Ranked, ...] = ()
    """Shown before: least often first, then longest ago."""
    highest: int = 0
    """The most turns that anybody in the pool has, here or further back."""


@dataclass(frozen=True, slots=True)
class Pick:
    """A photo chosen for a slide, and the turn that this showing gives it."""

    key: int
    source: str
    turn: int
    is_debut: bool
    """Taken from the debut lane."""
