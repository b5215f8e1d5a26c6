"""Choosing the next slide from the library: which photos, by whose right, in which words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from player.clock import Clock
from player.library import photos, ranks, right
from player.library.database import translated
from player.library.library import Library
from player.library.photo import Pick, Ranking
from player.library.right import Ladder
from player.library.schema import LIBRARY
from player.library.sources import Standing, sources, standing
from player.screen.ledger import Ledger
from player.show.director import Place, slide_for, wish, words_instead
from player.show.playlist import MosaicStep, Show, Step
from player.show.rotation import Fair, after
from player.show.slide import Phrase, Slide, Tally, photos_of
from player.units import Nanos, nanos

AHEAD: Final = 24  # further photos looked at for a portrait's partner
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
    rung: str
    """live, core or plate: where its photos come from."""


class Chooser:
    """Walks a show through the library. One connection, one thread."""

    def __init__(self, library: Library, *, show: Show, phrases: Sequence[Phrase], ledger: Ledger, clock: Clock) -> None:
        self._library = library
        self._show = show
        self._phrases = phrases
        self._ledger = ledger
        self._clock = clock
        self._order = Fair()
        self.broken: set[int] = set()
        """Photos whose files could not be read: left out until ingest has made them again."""

    def next(self, place: Place) -> Choice:
        """Return the slide after *place*: the next step of the playlist that can be made now, else words alone."""
        now = self._clock.wall()
        ladder = right.ladder(self._library, now)
        if ladder.rung == "plate" and self._is_halted(now):
            return Choice(slide=None, picks=(), step=None, place=place, rung="plate")
        tally = self._tally()
        for skipped in range(len(self._show.steps)):
            index = (place.step + skipped) % len(self._show.steps)
            step = self._show.steps[index]
            picks = self._picks(step, place, ladder, now)
            found = photos.photos(self._library.connection, [pick.key for pick in picks])
            slide = slide_for(step, picks=picks, photos=found, phrases=self._phrases, place=place, tally=tally)
            if slide:
                return Choice(
                    slide=slide,
                    picks=tuple(pick for pick in picks if pick.key in {photo.key for photo in photos_of(slide)}),
                    step=step,
                    place=_after(place, index, slide, picks, len(self._show.steps)),
                    rung=ladder.rung,
                )
        slide = words_instead(self._phrases, place)
        stays = replace(_after(place, 0, slide, (), 1), step=place.step)
        return Choice(slide=slide, picks=(), step=None, place=stays, rung=ladder.rung)

    def _picks(self, step: Step, place: Place, ladder: Ladder, now: Nanos) -> tuple[Pick, ...]:
        wanted = wish(step)
        if not wanted.want or not ladder.sources:
            return ()
        planned = self._ledger.picks()
        limit = wanted.want + AHEAD + len(planned) + len(self.broken)
        ranking = ranks.ranking(self._library.connection, ladder.sources, now=now, limit=limit)
        ranking = after(self._without_broken(ranking), planned)
        due = place.debut_is_due
        picks = self._order.choose(ranking, want=wanted.want, pairs=wanted.pairs, debut_is_due=due)
        found = photos.photos(self._library.connection, [pick.key for pick in picks])
        refused = right.refusals(self._library, found.values(), self._clock.wall())
        missing = {pick.key for pick in picks} - set(found) | set(refused)
        if not missing:
            return picks
        # A row behind its rank: a withdrawal that is being carried out at this moment. Choose again without it.
        kept = _without(ranking, missing)
        again = self._order.choose(kept, want=wanted.want, pairs=wanted.pairs, debut_is_due=due)
        fresh = photos.photos(self._library.connection, [pick.key for pick in again])
        refused = right.refusals(self._library, fresh.values(), self._clock.wall())
        return tuple(pick for pick in again if pick.key in fresh and pick.key not in refused)

    def _without_broken(self, ranking: Ranking) -> Ranking:
        return _without(ranking, self.broken) if self.broken else ranking

    def _is_halted(self, now: Nanos) -> bool:
        known = sources(self._library.connection).values()
        return any(source.enabled and standing(source, now) is Standing.HALTED for source in known)

    def _tally(self) -> Tally:
        if not any(isinstance(step.kind, MosaicStep) and step.kind.tally for step in self._show.steps):
            return Tally(0, 0)
        with translated(LIBRARY.name):
            count, countries = self._library.connection.execute(
                "SELECT (SELECT count(*) FROM ranks), (SELECT count(DISTINCT country) FROM photos"
                " WHERE picture IS NOT NULL AND country<>'')",
            ).fetchone()
        return Tally(count, countries)

    def lag(self) -> dict[str, int]:
        """Return by how much the sources that were away are to be lifted."""
        ladder = right.ladder(self._library, self._clock.wall())
        if not ladder.sources[1:]:  # one source alone cannot lag behind
            return {}
        return ranks.lifts(self._library.connection, ladder.sources, now=self._clock.wall())

    def lift_by_source(self) -> dict[str, int]:
        """Return the lift of every source."""
        return {name: source.lift for name, source in sources(self._library.connection).items()}


def timing(choice: Choice) -> tuple[Nanos, Nanos]:
    """Return length and fade of a choice's cue."""
    if choice.step is None:
        return nanos(WORDS_HOLD_S + 1.6), nanos(1.6)
    fade = nanos(choice.step.fade)
    return fade + nanos(choice.step.hold), fade


def _after(place: Place, index: int, slide: Slide, picks: tuple[Pick, ...], steps: int) -> Place:
    return replace(
        place,
        ordinal=place.ordinal + 1,
        step=(index + 1) % steps,
        debut_is_due=not picks[-1].is_debut if picks else place.debut_is_due,
        on_screen=frozenset(photo.key for photo in photos_of(slide)),
    )


def _without(ranking: Ranking, keys: set[int]) -> Ranking:
    return Ranking(
        tuple(r for r in ranking.news if r.key not in keys),
        tuple(r for r in ranking.unseen if r.key not in keys),
        tuple(r for r in ranking.pool if r.key not in keys),
    )
