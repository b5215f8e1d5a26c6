"""Choosing the next slide from the library: which photos, by whose right, in which words."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Final, cast

from player import log
from player.clock import Clock
from player.feed_films import shelved
from player.films import Shelf, footage
from player.library import photos, ranks, right
from player.library.cues import StoredCue
from player.library.database import translated
from player.library.library import Library
from player.library.photo import Photo, Pick, Ranking
from player.library.reviews import Name
from player.library.right import Ladder, Rung
from player.library.schema import LIBRARY
from player.library.sources import Standing, sources, standing
from player.screen.ledger import Ledger
from player.screen.promising import Promise
from player.screen.withdrawing import Withdrawing, refusals
from player.show.director import MIN_TILES, Place, slide_for, wish, words_instead
from player.show.footage import LEAST_LEFT
from player.show.playlist import CandleStep, FilmStep, MosaicStep, NamesStep, Show, Step
from player.show.promise import length_of, reached
from player.show.record import keys_in
from player.show.rotation import Fair, Order, after, level
from player.show.scene import Composition
from player.show.slide import FilmSlide, MosaicSlide, Phrase, Slide, Tally, photos_of
from player.units import SECOND, Nanos, nanos

AHEAD: Final = 24  # further photos looked at for a portrait's partner
BROKEN_FOR: Final[Nanos] = 60 * SECOND  # how long a photo is left out whose file could not be used; ingest may make it again
UNREADY_FOR: Final[Nanos] = 300 * SECOND  # how long a film is left out that did not get ready: each try costs seconds of waiting
WORDS_HOLD_S: Final = 7.0

_log = log.get("screen")


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What comes next, and where the show stands after it."""

    slide: Slide | None
    """None: the plate."""
    picks: tuple[Pick, ...]
    step: Step | None
    place: Place
    """For the choice after this one."""
    name: int = 0
    """How many names came before, of the list that *step* reads."""
    index: int = 0
    """Which line of the playlist *step* is."""
    rung: Rung
    """Where its photos come from; live for what is shown for its own sake and gives way to nobody: a flame, names, a film."""


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
        shelf: Shelf | None = None,
    ) -> None:
        """Choose for *show*.

        *promise* says how large a mosaic has to be that leaves it open, *withdrawing* whom to leave out, *shelf* what is known of
        films by now; without it, what was known when the show was read counts.
        """
        self._withdrawing = withdrawing or Withdrawing()
        self._library = library
        self._show = show
        self._phrases = phrases
        self._ledger = ledger
        self._clock = clock
        self._promise = promise
        self._shelf = shelf
        self._order: Order = Fair()
        self._broken: dict[int, Nanos] = {}
        """By photo: when (monotonic) it may be tried again."""
        self._unready: dict[str, Nanos] = {}
        """By film, likewise."""
        self._missed: set[Name] = set()
        """Films of feeds that were passed over, and told of."""

    def leave_out(self, photo: int) -> None:
        """Choose *photo*, whose file could not be used, no more for a while."""
        self._broken[photo] = self._clock.monotonic() + BROKEN_FOR

    def leave_out_film(self, file: str) -> None:
        """Choose a film, which could not be made ready, no more for a while."""
        self._unready[file] = self._clock.monotonic() + UNREADY_FOR

    def next(self, place: Place, *, left: Nanos | None = None) -> Choice:
        """Return the slide after *place*: the next step of the playlist that can be made now, else words alone.

        *left* is how long the show is still on, where that is known: a list of names may be read over just that.
        """
        now = self._clock.wall()
        ladder = right.ladder(self._library, now)
        if ladder.rung in {Rung.CORE, Rung.PLATE} and self.is_halted(now):
            return Choice(slide=None, picks=(), step=None, place=place, rung=Rung.PLATE)
        joined = self._joined(place, now)
        return self._following(joined, ladder, now, left) if joined else self.words(place, ladder.rung)

    def _following(self, place: Place, ladder: Ladder, now: Nanos, left: Nanos | None) -> Choice:
        for skipped in range(len(self._show.steps)):
            index = (place.step + skipped) % len(self._show.steps)
            step = self._show.steps[index]
            if place.wants_photo and not wish(step).want:
                continue
            photo = None
            if isinstance(step.kind, FilmStep):
                step, photo = self._film(step, step.kind)
                if step.film is None and self._shelf and self._shelf.awaits(step):
                    return self.words(replace(place, step=index), ladder.rung)
            if self._promise:
                step = self._promise.sized(step, index, self._library, now)
            picks = self._picks(step, place, ladder, now)
            here = place if index == place.step else replace(place, name=0, film=0)
            step = self._paced(step, index, here, left)
            found = photos.photos(self._library.connection, [pick.key for pick in picks])
            slide = slide_for(step, picks=picks, photos=found, phrases=self._phrases, place=here, tally=self._tally(step))
            if isinstance(slide, FilmSlide):
                slide = replace(slide, photo=photo)
            if slide:
                shown = {photo.key for photo in photos_of(slide)}
                picks = tuple(pick for pick in picks if pick.key in shown)
                return Choice(
                    slide=slide,
                    picks=picks,
                    step=step,
                    name=here.name,
                    index=index,
                    place=_past(_after(here, index, slide, picks, len(self._show.steps)), here, step, index),
                    rung=Rung.LIVE if isinstance(step.kind, CandleStep | NamesStep | FilmStep) else ladder.rung,
                )
        if place.wants_photo:
            return self._following(replace(place, wants_photo=False), ladder, now, left)
        return self.words(place, ladder.rung)

    def words(self, place: Place, rung: Rung = Rung.PLATE) -> Choice:
        """Return words alone, for when nothing of the playlist can be made; the playlist stays where it is."""
        slide = words_instead(self._phrases, place)
        stays = replace(_after(place, 0, slide, (), 1), step=place.step, name=place.name, film=place.film)
        return Choice(slide=slide, picks=(), step=None, place=stays, rung=rung)

    def _joined(self, place: Place, now: Nanos) -> Place | None:
        """Return *place*; of a show that is joined midway and has come to a film, where those are who saw it from its beginning.

        None: words had better stand in, for nobody has looked at one of its films yet, and they take minutes.
        """
        if place.since is None:
            return place
        steps = tuple(map(self._looked_up, self._show.steps))
        missing = (step for step in steps if isinstance(step.kind, FilmStep) and step.film is None)
        if self._shelf and any(map(self._shelf.awaits, missing)):
            return None
        found = reached(replace(self._show, steps=steps), now - place.since)
        place = replace(place, since=None)
        return replace(place, step=found.line, name=0, film=found.stood) if found else place

    def _paced(self, step: Step, index: int, place: Place, left: Nanos | None) -> Step:
        """Return *step*, the *index*th, its names read over what is *left* when the lines after it have had their time."""
        if left is None or step.reading is None or not (isinstance(step.kind, NamesStep) and step.kind.over == "slot"):
            return step
        following = sum(length_of(self._looked_up(each)) for each in self._show.steps[index + 1 :])
        return replace(step, reading=step.reading.within(place.name, left / SECOND - following))

    def _looked_up(self, step: Step) -> Step:
        return self._film(step, step.kind)[0] if isinstance(step.kind, FilmStep) else step

    def _film(self, step: Step, kind: FilmStep) -> tuple[Step, Photo | None]:
        """Return *step* with what is known of its film by now, and the item that it is, if it is one of a feed.

        Without film where it may not be shown, or could not be made ready just now.
        """
        photo = None
        if kind.item:
            step, photo = self._of_a_feed(step, Name(*kind.name))
        elif self._shelf:
            step = self._shelf.looked_up(step)
        if step.film and self._unready.get(step.film.file, 0) > self._clock.monotonic():
            return replace(step, film=None), None
        return step, photo

    def _of_a_feed(self, step: Step, name: Name) -> tuple[Step, Photo | None]:
        found = shelved(self._library, [name], self._clock.wall()).get(name)
        if found is None or self._refused([found.photo]):
            if name not in self._missed:
                _log.warning("a film is passed over", source=name.source, item=name.item, why="not here, or not to be shown now")
            self._missed.add(name)
            return replace(step, film=None), None
        self._missed.discard(name)
        film, _ = footage(step, found.known, found.file)
        return replace(step, film=film), found.photo if film else None

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
        broken = self.left_out()
        limit = want + AHEAD + len(planned) + len(broken)
        ranking = ranks.ranking(self._library.connection, ladder.sources, now=now, limit=limit)
        return level(after(_without(ranking, broken), planned))

    def left_out(self) -> set[int]:
        """Return the photos whose files could not be used just now."""
        now = self._clock.monotonic()
        self._broken = {key: until for key, until in self._broken.items() if until > now}
        return set(self._broken)

    def is_halted(self, now: Nanos) -> bool:
        """Whether a source says that nothing of it is to be shown, and nothing instead."""
        known = sources(self._library.connection).values()
        return any(source.enabled and standing(source, now) is Standing.HALTED for source in known)

    def _tally(self, step: Step) -> Tally:
        """Count who takes part, if *step* is going to say so."""
        if not (isinstance(step.kind, MosaicStep) and step.kind.tally):
            return Tally(0, 0)
        with translated(LIBRARY.name):
            count, countries = self._library.connection.execute(
                "SELECT (SELECT count(*) FROM ranks), (SELECT count(DISTINCT country) FROM photos INDEXED BY photos_countries"
                " WHERE picture IS NOT NULL AND state='approved' AND is_film=0 AND country>'')",
            ).fetchone()
        return Tally(count, countries)


def place_after(cue: StoredCue) -> Place:
    """Return where the show stands after a cue that was stored."""
    keys, name = keys_in(cue.slide), cue.slide.get("name")
    return Place(
        ordinal=cue.ordinal + 1,
        step=cue.step,
        debut_is_due=not cue.slide.get("debut"),
        on_screen=frozenset(keys if len(keys) < MIN_TILES else ()),
        name=max(0, name) if isinstance(name, int) else 0,
    )


def step_of(cue: StoredCue, show: Show) -> Step:
    """Return which step of *show* a stored cue was of: the one before the next, or the same where that goes on reading names."""
    return show.steps[(cue.step - (0 if cue.slide.get("name") else 1)) % len(show.steps)]


def resumed(cue: StoredCue, show: Show) -> Place:
    """Return where *show* goes on after the cue that was on when the player ended: a film where it stood, if it had not ended.

    One that had just begun is passed over: a film that takes the machine down must not be what it begins with each time.
    """
    place, film = place_after(cue), cue.slide.get("film")
    stood, line = cue.slide.get("stood"), (place.step - 1) % len(show.steps)
    kind = show.steps[line].kind
    # Of a feed's film the record has the item; what that is called now, only the library knows.
    is_the_same = (
        isinstance(kind, FilmStep)
        and isinstance(film, dict)
        and (bool(keys_in(cue.slide)) if kind.item else cast("dict[str, object]", film).get("file") == kind.file)
    )
    part = cast("dict[str, object]", film).get("part") if is_the_same else None
    if not isinstance(stood, int) or not isinstance(part, list):
        return place
    has_ended = stood + LEAST_LEFT > max(cast("list[int]", part))
    return place if has_ended else replace(place, step=line, film=max(0, stood))


def displayed(choice: Choice, composition: Composition) -> Choice:
    """Return *choice* with the picks that *composition* has room for: on an odd wall the others' turn is still to come."""
    keys = {photo.key for photo in (photos_of(choice.slide) if choice.slide else ()) if _is_on(photo, composition)}
    return replace(choice, picks=tuple(pick for pick in choice.picks if pick.key in keys))


def timing(choice: Choice) -> tuple[Nanos, Nanos]:
    """Return length and fade of a choice's cue."""
    if choice.step is None:
        return nanos(WORDS_HOLD_S + 1.6), nanos(1.6)
    fade, reading = nanos(choice.step.fade), choice.step.reading
    if isinstance(choice.slide, FilmSlide):  # it fades in while it plays, and its last picture stands while the next slide does
        return choice.slide.film.length, min(fade, choice.slide.film.length // 2)
    return fade + nanos(reading.leaf(choice.name).hold if reading else choice.step.hold), fade


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
        name=0,
        film=0,
    )


def _past(place: Place, before: Place, step: Step, index: int) -> Place:
    """Return *place*, after a slide of *step*, the *index*th; it stays there while names are left to be read."""
    following = step.reading.leaf(before.name).following if step.reading else 0
    return replace(place, step=index, name=following) if following else place


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
