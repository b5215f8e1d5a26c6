"""Choosing by slot: who is on a slide of a show in step, out of its programme; of this wall, only what it cannot show now.

A programme gives order, never a right: each photo is asked for as everywhere, and has to be made of the very bytes that the
programme names. What was withdrawn gives way to the same photo on all walls; what is merely missing here, to another one here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from player.clock import Clock
from player.library import photos, ranks, right
from player.library.library import Library
from player.library.named import all_here, keys_by_name, turns_of, withdrawn_bytes
from player.library.photo import Photo, Pick
from player.library.right import Ladder, Rung
from player.library.tombstones import WILDCARD
from player.screen.chooser import Choice, Chooser, alone
from player.screen.instep import Slot
from player.screen.withdrawing import Withdrawing, refusals
from player.show.director import Place, slide_for, words_instead
from player.show.instep import Item, Name, Score
from player.show.playlist import CandleStep, MosaicStep, Show
from player.show.slide import Phrase, Tally, photos_of

LOOKS: Final = 4  # at whoever stands in for one that is missing; then at once who of all is here: 150,000 rows take half a second
TRIES: Final = 12


class Scored:
    """Walks a show through a programme. One connection, one thread: the chooser's, which goes on where nobody can be shown."""

    def __init__(
        self,
        library: Library,
        chooser: Chooser,
        *,
        show: Show,
        phrases: Sequence[Phrase],
        clock: Clock,
        withdrawing: Withdrawing,
    ) -> None:
        self._library, self._chooser = library, chooser
        self._show, self._phrases, self._clock = show, phrases, clock
        self._withdrawing = withdrawing
        self._withdrawn: tuple[object, frozenset[Name]] | None = None

    def choose(self, slot: Slot, place: Place) -> Choice:
        """Return the slide of *slot*; where nobody of the programme may be shown, what the show's own order gives."""
        now = self._clock.wall()
        ladder = right.ladder(self._library, now)
        score, number = slot.part.score, slot.number
        index = score.index_of(number)
        step = self._show.steps[index]
        draws = bool(score.planned(number))
        if ladder.rung in {Rung.CORE, Rung.PLATE} and (draws or self._chooser.is_halted(now)):
            return self._chooser.next(place)
        up = self._photos(score, number) if draws else []
        if draws and not up:
            return self._chooser.next(place)
        here = replace(place, ordinal=score.ordinal(number), on_screen=frozenset(), name=0, film=0)
        picks = self._picks(up, ladder)
        tally = Tally(len(score.items), 0) if isinstance(step.kind, MosaicStep) and step.kind.tally else Tally(0, 0)
        slide = slide_for(
            step, picks=picks, photos={photo.key: photo for photo in up}, phrases=self._phrases, place=here, tally=tally
        ) or words_instead(self._phrases, here)
        shown = {photo.key for photo in photos_of(slide)}
        after = replace(
            place,
            ordinal=place.ordinal + 1,
            step=(index + 1) % len(self._show.steps),
            wants_photo=False,
            on_screen=alone(slide),
            name=0,
            film=0,
        )
        return Choice(
            slide=slide,
            picks=tuple(pick for pick in picks if pick.key in shown),
            step=step,
            place=after,
            index=index,
            rung=Rung.LIVE if isinstance(step.kind, CandleStep) else ladder.rung,
        )

    def _photos(self, score: Score, number: int) -> list[Photo]:
        """Return whoever is on a slot's slide, in order."""
        withdrawn, missing = self._gone(score), set[Name]()
        found: dict[Name, Photo] = {}
        drawn: tuple[Item, ...] = ()
        for tries in range(TRIES):
            drawn = score.drawn(number, withdrawn, missing)
            found = self._found(drawn)
            lacking = {item.name for item in drawn} - found.keys()
            if not lacking:
                break
            missing |= lacking
            if tries == LOOKS:
                missing |= self._absent(score)
        return [found[item.name] for item in drawn if item.name in found]

    def _found(self, items: Sequence[Item]) -> dict[Name, Photo]:
        """Return those of *items* that may be shown here and now, made of the bytes that the programme names."""
        connection, broken = self._library.connection, self._chooser.left_out()
        wanted = [(item.source, item.item, item.sha256) for item in items]
        keys = keys_by_name(connection, wanted)
        rows = photos.photos(connection, [key for key in keys if key not in broken])
        still = keys_by_name(connection, wanted)  # else it was replaced by its source since, and what was read is of other bytes
        refused = refusals(self._withdrawing.items, rows.values())
        refused = refused | right.refusals(self._library, tuple(rows.values()), self._clock.wall())
        return {keys[key]: photo for key, photo in rows.items() if key in still and key not in refused}

    def _absent(self, score: Score) -> set[Name]:
        """Return all of the programme that is not here, or is made of other bytes."""
        here = all_here(self._library.connection)
        return {each.name for each in score.items if (*each.name, each.sha256) not in here}

    def _gone(self, score: Score) -> frozenset[Name]:
        """Return who of the programme was withdrawn: what is known of that everywhere, once it is known here."""
        by_hand = self._withdrawing.items
        state = (score.hash, self._library.versions()[1], by_hand)
        if self._withdrawn is None or self._withdrawn[0] != state:
            self._withdrawn = state, self._withdrawn_of(score, by_hand)
        return self._withdrawn[1]

    def _withdrawn_of(self, score: Score, by_hand: Iterable[Name]) -> frozenset[Name]:
        names, digests = set(by_hand), set[str]()
        if self._library.held_orders:
            orders = self._library.held_orders
            names |= {(each.source, each.item) for each in orders.tombstones()}
            digests = withdrawn_bytes(orders.connection)
        anywhere = {item for source, item in names if source == WILDCARD}
        by_name = [each for each in score.items if each.name in names or each.item in anywhere]
        digests |= {each.sha256 for each in by_name}  # known by the programme, where the photo itself never was here
        return frozenset(each.name for each in score.items if each.sha256 in digests)

    def _picks(self, up: Sequence[Photo], ladder: Ladder) -> tuple[Pick, ...]:
        """Return the turns that this showing gives: the show's own order counts them, should it go by that again."""
        connection = self._library.connection
        highest = ranks.ranking(connection, ladder.sources, now=self._clock.wall(), limit=0).highest
        turns = turns_of(connection, [photo.key for photo in up])
        joins = max(1, highest)
        return tuple(
            Pick(
                photo.key,
                photo.source,
                max(turns[photo.key], highest - 1) + 1 if photo.key in turns else joins,
                is_debut=False,
            )
            for photo in up
        )
