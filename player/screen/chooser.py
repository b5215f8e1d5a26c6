"""Choosing the next slide from the library: which photos, by whose right, in which words."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Final

from player.clock import Clock
from player.library import photos, ranks, right
from player.library.cues import StoredCue
from player.library.database import translated
from player.library.library import Library
from player.library.photo import Photo, Pick, Ranking
from player.library.right import Ladder, Rung
from player.library.schema import LIBRARY
from player.library.sources import Standing, sources, standing
from player.screen.ledger import Ledger
from player.screen.promising import Promise
from player.screen.withdrawing import Withdrawing, refusals
from player.show.director import MIN_TILES, Place, slide_for, wish, words_instead
from player.show.playlist import MosaicStep, Show, Step
from player.show.record import keys_in
from player.show.rotation import Fair, Order, after, level
from player.show.scene import Composition
from player.show.slide import MosaicSlide, Phrase, Slide, Tally, photos_of
from player.units import SECOND, Nanos, nanos

AHEAD: Final = 24  # further photos looked at for a portrait's partner
BROKEN_FOR: Final[Nanos] = 60 * SECOND  # how long a photo is left out whose file could not be used; ingest may make it again
WORDS_HOLD_S: Final = 7.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What comes next, and where the show stands after it."""

    slide: Slide | None
    """None: the plate."""
    picks: tuple[Pick, ...]
    step: Step | None
    place: Place
    """For the choice after this one."""
    rung: Rung
    """Where its photos come from."""


class Chooser:
    """Walks a show through the library. One connection, one thread."""

    def __init__(
        self,
        library: Library,
        *,
        show: Show,
        phrases: Sequence[Phrase],
        ledger: Ledger,
        clock: Clock,
        promise: Promise | None = None,
        withdrawing: Withdrawing | None = None,
    ) -> None:
        """Choose for *show*; *promise* says how large a mosaic has to be that leaves it open, *withdrawing* whom to leave out."""
        self._withdrawing = withdrawing or Withdrawing()
        self._library = library
        self._show = show
        self._phrases = phrases
        self._ledger = ledger
        self._clock = clock
        self._promise = promise
        self._order: Order = Fair()
        self._broken: dict[int, Nanos] = {}
        """By photo: when (monotonic) it may be tried again."""

    def leave_out(self, photo: int) -> None:
        """Choose *photo*, whose file could not be used, no more for a while."""
        self._broken[photo] = self._clock.monotonic() + BROKEN_FOR

    def next(self, place: Place) -> Choice:
        """Return the slide after *place*: the next step of the playlist that can be made now, else words alone."""
        now = self._clock.wall()
        ladder = right.ladder(self._library, now)
        if ladder.rung in {Rung.CORE, Rung.PLATE} and self._is_halted(now):
            return Choice(slide=None, picks=(), step=None, place=place, rung=Rung.PLATE)
        for skipped in range(len(self._show.steps)):
            index = (place.step + skipped) % len(self._show.steps)
            step = self._show.steps[index]
            if place.wants_photo and not wish(step).want:
                continue
            if self._promise:
                step = self._promise.sized(step, index, self._library, now)
            picks = self._picks(step, place, ladder, now)
            found = photos.photos(self._library.connection, [pick.key for pick in picks])
            slide = slide_for(step, picks=picks, photos=found, phrases=self._phrases, place=place, tally=self._tally(step))
            if slide:
                shown = {photo.key for photo in photos_of(slide)}
                picks = tuple(pick for pick in picks if pick.key in shown)
                return Choice(
                    slide=slide,
                    picks=picks,
                    step=step,
                    place=_after(place, index, slide, picks, len(self._show.steps)),
                    rung=ladder.rung,
                )
        if place.wants_photo:
            return self.next(replace(place, wants_photo=False))
        return self.words(place, ladder.rung)

    def words(self, place: Place, rung: Rung = Rung.PLATE) -> Choice:
        """Return words alone, for when nothing of the playlist can be made; the playlist stays where it is."""
        slide = words_instead(self._phrases, place)
        stays = replace(_after(place, 0, slide, (), 1), step=place.step)
        return Choice(slide=slide, picks=(), step=None, place=stays, rung=rung)

    def _picks(self, step: Step, place: Place, ladder: Ladder, now: Nanos) -> tuple[Pick, ...]:
        wanted = wish(step)
        if not wanted.want or not ladder.sources:
            return ()
        ranking = self._ranking(ladder, wanted.want, now)
        due = place.debut_is_due
        picks = self._order.choose(ranking, want=wanted.want, pairs=wanted.pairs, debut_is_due=due)
        found = photos.photos(self._library.connection, [pick.key for pick in picks])
        refused = self._refused(found.values())
        missing = {pick.key for pick in picks} - set(found) | set(refused)
        if not missing:
            return picks
        # A row behind its rank: a withdrawal that is being carried out at this moment. Choose again without it.
        kept = _without(ranking, missing)
        again = self._order.choose(kept, want=wanted.want, pairs=wanted.pairs, debut_is_due=due)
        fresh = photos.photos(self._library.connection, [pick.key for pick in again])
        refused = self._refused(fresh.values())
        return tuple(pick for pick in again if pick.key in fresh and pick.key not in refused)

    def _refused(self, found: Collection[Photo]) -> dict[int, str]:
        by_hand = refusals(self._withdrawing.items, found)  # before the orders are asked: from one to the other nothing is lost
        return by_hand | right.refusals(self._library, tuple(found), self._clock.wall())

    def _ranking(self, ladder: Ladder, want: int, now: Nanos) -> Ranking:
        """Return the queues as they will stand when everything that was decided has been shown."""
        # The ledger first: what is written and closed in between is then in both, and counts once.
        planned = self._ledger.picks()
        broken = self._left_out()
        limit = want + AHEAD + len(planned) + len(broken)
        ranking = ranks.ranking(self._library.connection, ladder.sources, now=now, limit=limit)
        return level(after(_without(ranking, broken), planned))

    def _left_out(self) -> set[int]:
        now = self._clock.monotonic()
        self._broken = {key: until for key, until in self._broken.items() if until > now}
        return set(self._broken)

    def _is_halted(self, now: Nanos) -> bool:
        known = sources(self._library.connection).values()
        return any(source.enabled and standing(source, now) is Standing.HALTED for source in known)

    def _tally(self, step: Step) -> Tally:
        """Count who takes part, if *step* is going to say so."""
        if not (isinstance(step.kind, MosaicStep) and step.kind.tally):
            return Tally(0, 0)
        with translated(LIBRARY.name):
            count, countries = self._library.connection.execute(
                "SELECT (SELECT count(*) FROM ranks), (SELECT count(DISTINCT country) FROM photos"
                " WHERE picture IS NOT NULL AND state='approved' AND country<>'')",
            ).fetchone()
        return Tally(count, countries)


def place_after(cue: StoredCue) -> Place:
    """Return where the show stands after a cue that was stored."""
    keys = keys_in(cue.slide)
    return Place(
        ordinal=cue.ordinal + 1,
        step=cue.step,
        debut_is_due=not cue.slide.get("debut"),
        on_screen=frozenset(keys if len(keys) < MIN_TILES else ()),
    )


def displayed(choice: Choice, composition: Composition) -> Choice:
    """Return *choice* with the picks that *composition* has room for: on an odd wall the others' turn is still to come."""
    keys = {photo.key for photo in (photos_of(choice.slide) if choice.slide else ()) if _is_on(photo, composition)}
    return replace(choice, picks=tuple(pick for pick in choice.picks if pick.key in keys))


def timing(choice: Choice) -> tuple[Nanos, Nanos]:
    """Return length and fade of a choice's cue."""
    if choice.step is None:
        return nanos(WORDS_HOLD_S + 1.6), nanos(1.6)
    fade = nanos(choice.step.fade)
    return fade + nanos(choice.step.hold), fade


def _is_on(photo: Photo, composition: Composition) -> bool:
    return not composition.photos.isdisjoint({photo.picture, photo.tile})


def _after(place: Place, index: int, slide: Slide, picks: tuple[Pick, ...], steps: int) -> Place:
    return replace(
        place,
        ordinal=place.ordinal + 1,
        step=(index + 1) % steps,
        debut_is_due=not picks[-1].is_debut if picks else place.debut_is_due,
        wants_photo=False,
        on_screen=alone(slide),
    )


def alone(slide: Slide) -> frozenset[int]:
    """Return the photos that may not follow *slide* alone; after a mosaic anybody may, who was one among many there."""
    return frozenset[int]() if isinstance(slide, MosaicSlide) else frozenset(photo.key for photo in photos_of(slide))


def _without(ranking: Ranking, keys: set[int]) -> Ranking:
    return replace(
        ranking,
        news=tuple(r for r in ranking.news if r.key not in keys),
        unseen=tuple(r for r in ranking.unseen if r.key not in keys),
        pool=tuple(r for r in ranking.pool if r.key not in keys),
    )
