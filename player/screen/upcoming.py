"""The next slides of a show, for whoever asks: chosen as the screen would, by its own order or by slot, and forgotten again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, cast

from player.clock import Clock
from player.films import with_films
from player.library import cues, programmes
from player.library.library import Library
from player.rolls import with_readings
from player.screen.chooser import Chooser, place_after, timing
from player.screen.instep import Slot, Steps
from player.screen.ledger import Ledger
from player.screen.programme import LAST_WORDS, Bill
from player.screen.scored import Scored
from player.screen.scores import Scores, share_of
from player.screen.withdrawing import Withdrawing
from player.settings import Configuration
from player.show import on_air
from player.show.director import Place
from player.show.layout import names_on
from player.show.playlist import Show
from player.show.slide import Slide, Stage
from player.units import Nanos, Size

AHEAD: Final = 5  # slides
_A_WALL: Final = Stage(Size(1920, 1080))  # any: how names fall on pages is told to nobody here
_NONE: Final = Steps()


class Upcoming:
    """Keeps what it has worked out of a programme: whoever follows the player asks once a second."""

    def __init__(self) -> None:
        self._scores: tuple[object, Scores] | None = None

    def slides(self, configuration: Configuration, library: Library, clock: Clock, said: Mapping[str, object]) -> Iterator[Slide]:
        """Yield the next slides after the one that is up, by what the screen *said* of itself last; nothing of it is written.

        Raises:
            LibraryError: it cannot be read.
        """
        told = str(said.get("show") or "")
        name = told if told in configuration.playlists else configuration.settings.show
        show = with_films(with_readings(configuration.show(name), names_on(_A_WALL)), (), configuration.data)
        ledger, now = Ledger(), clock.wall()
        chooser = Chooser(library, show=show, phrases=(LAST_WORDS,), ledger=ledger, clock=clock)
        scored = Scored(library, chooser, show=show, phrases=(LAST_WORDS,), clock=clock, withdrawing=Withdrawing())
        steps = self._steps(configuration, show, library, clock, said)
        slot, ends = _following(steps, said, now), said.get("ends")
        free = max(now, ends) if isinstance(ends, int) else now
        cue = cues.last(library.connection, name)
        place = place_after(cue) if cue else Place()
        for _ in range(AHEAD):
            slot = slot or _by_itself(steps, free)
            choice = scored.choose(slot, place) if slot else chooser.next(place)
            if choice.slide is None:
                return
            ledger.add(choice.picks)
            place = choice.place
            yield choice.slide
            free += timing(choice)[0]
            slot = steps.after(slot) if slot else None

    def _steps(
        self, configuration: Configuration, show: Show, library: Library, clock: Clock, said: Mapping[str, object]
    ) -> Steps:
        """Return the programmes that count for *show*, as the screen holds it: which words it speaks, only that knows."""
        recipes = said.get("recipes")
        recipe = cast("dict[str, object]", recipes).get(show.id) if isinstance(recipes, dict) else None
        if not show.sync or not isinstance(recipe, str) or said.get("clock_trusted") is False:
            return _NONE
        now, read = clock.wall(), library.connection
        if not (programmes.in_force(read, show.sync, now) or programmes.coming(read, show.sync, now)):
            return _NONE
        asked = configuration.data, show, recipe
        if self._scores is None or self._scores[0] != asked:
            bills, share = (Bill(show, (LAST_WORDS,)),), share_of(configuration.settings)
            self._scores = asked, Scores(bills, share, recipes={show.id: recipe}, tells=False)
        self._scores[1].look(library, clock)
        return self._scores[1].steps(show.id) or _NONE


def _following(steps: Steps, said: Mapping[str, object], now: Nanos) -> Slot | None:
    """Return the slot after the one that is up; where none is up though a programme counts, that of the next border."""
    step = said.get("step")
    hashed, number = (cast("dict[str, object]", step).get(key) for key in ("hash", "slot")) if isinstance(step, dict) else ("", 0)
    part = next((part for part in steps.parts if part.score.hash == hashed), None)
    up = part.slot(number) if part and isinstance(number, int) else None
    if up and up.start <= now < up.end:
        return steps.after(up)
    on = steps.on(now)
    return steps.following(on.end) if on else None


def _by_itself(steps: Steps, free: Nanos) -> Slot | None:
    """Return the first slot, if it begins before a slide that began when what is up is over would have had its time."""
    first = steps.following(free)
    return first if first and (steps.on(free) or first.start - free <= on_air.AHEAD) else None
