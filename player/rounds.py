"""Shows in step, for whoever plans: in which time each photo of the programme that counts comes once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from player.errors import PublisherError
from player.library import programmes
from player.library.library import Library
from player.settings import Configuration
from player.show.instep import Score, Share
from player.show.playlist import MosaicStep, PhotoStep
from player.show.programme import parse, score_of
from player.units import SECOND, Nanos, Seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """What the programme of a show comes to."""

    show: str
    group: str
    version: str
    photos: int
    round_s: Seconds
    """In which each comes once, alone or on a mosaic; it goes on though another show is up meanwhile."""
    share: str
    """Who comes first in it at this site; empty: nobody."""


def rounds_of(configuration: Configuration, library: Library, now: Nanos) -> tuple[Round, ...]:
    """Return what counts *now*, or will, of the shows that are to be in step.

    Raises:
        LibraryError: it cannot be read.
    """
    fleet = configuration.settings.fleet
    share = fleet.share if fleet and fleet.share else ""
    names = [name for name in sorted(configuration.playlists) if configuration.playlists[name].sync]
    found = (_round(configuration, library, name, share, now) for name in names)
    return tuple(each for each in found if each)


def _round(configuration: Configuration, library: Library, name: str, share: str, now: Nanos) -> Round | None:
    show, read = configuration.show(name), library.connection
    group = show.sync or ""
    known = programmes.in_force(read, group, now) or programmes.coming(read, group, now)
    body = programmes.body(read, group, known.hash) if known else None
    if known is None or body is None:
        return None
    try:
        document = parse(body)
    except PublisherError:
        return None  # it does not count then, and the show goes by its own order
    if document.show != name or not document.items:
        return None
    score = score_of(document, known.hash, show.steps, Share.read(share) if share else None)
    longs = tuple(_lengths(score))
    length = min(longs, default=0.0)
    photos = len(score.items)
    return Round(show=name, group=group, version=known.version, photos=photos, round_s=length, share=share) if longs else None


def _lengths(score: Score) -> Iterator[Seconds]:
    """Yield how long a round of each kind of slides is: of those with one or two, and of the mosaics of each size."""
    cycle, kinds = score.cycle / SECOND, [step.kind for step in score.steps]
    if lines := sum(isinstance(kind, PhotoStep) for kind in kinds):
        yield score.photos.units / lines * cycle
    sizes = [kind.columns * kind.rows for kind in kinds if isinstance(kind, MosaicStep)]
    for tiles in set(sizes):
        yield -(-len(score.items) // tiles) / sizes.count(tiles) * cycle
