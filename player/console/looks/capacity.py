"""Whether everyone is seen, and by when: the agenda and its shows for the photos there are, in figures for a sentence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from player.console.looks.wording import Sentence, plain
from player.forecast import Asked, Plan, forecast, known
from player.library.library import Library
from player.settings import Configuration
from player.units import SECOND, Nanos, Seconds

LASTS: Final[Nanos] = 60 * SECOND  # counting a million photos takes half a second, and nothing of it changes in a minute
MOST_SHOWS: Final = 50  # of an agenda that are named


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """What a show comes to."""

    show: str
    on_s: Seconds
    showings: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """What the agenda comes to."""

    start: Nanos
    end: Nanos
    photos: int
    seen: int
    """Of them, so far."""
    everyone_at: Nanos | None
    """When the last one has been seen once; None: they have been, or not all will be."""
    unseen: int
    """How many nobody will have seen by the end."""
    times: float
    """How often each is shown, on average."""
    showings: int
    shows: tuple[Use, ...]
    unknown: tuple[str, ...]
    """Shows of the agenda that there are not."""
    hold_s: Seconds | None
    """The longest hold of a photo with which everyone would be seen."""
    mosaic: tuple[int, int] | None
    """The smallest mosaic with which everyone would be."""
    stored_at_once: int
    sentence: Sentence


def look(configuration: Configuration, library: Library, now: Nanos, *, photos: int | None = None) -> Outlook:
    """Return what the agenda comes to from *now* on, for those in *library*, or for so many that nobody has seen yet.

    Raises:
        LibraryError: the library cannot be read.
        OperatorError: nobody has so many photos, or there is no such agenda.
    """
    return _outlook(forecast(configuration, Asked(photos=photos), known(library), now=now))


def _outlook(plan: Plan) -> Outlook:
    found = plan.found
    return Outlook(
        start=plan.start,
        end=plan.end,
        photos=found.photos,
        seen=plan.seen,
        everyone_at=found.everyone_at,
        unseen=found.unseen,
        times=round(found.share.times, 2),
        showings=found.showings,
        shows=tuple(Use(show=plain(use.show), on_s=use.on_s, showings=use.showings) for use in found.shows[:MOST_SHOWS]),
        unknown=tuple(map(plain, found.unknown[:MOST_SHOWS])),
        hold_s=found.hold,
        mosaic=found.mosaic,
        stored_at_once=plan.stored_at_once,
        sentence=_sentence(plan),
    )


def _sentence(plan: Plan) -> Sentence:
    """Return it in a sentence; instants in it are UTC nanoseconds, for whoever writes them in the site's time."""
    found = plan.found
    if not found.photos:
        return Sentence("capacity.nobody")
    if found.unseen:
        return Sentence("capacity.unseen", {"count": found.unseen, "by": plan.end})
    if found.everyone_at is not None:
        return Sentence("capacity.everyone_by", {"by": found.everyone_at})
    return Sentence("capacity.everyone_seen")
