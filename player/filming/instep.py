"""Shows in step, without a screen: which slot a slide takes, by the same decisions as on the wall, and who is on it.

What is ordered by hand counts for nothing here, and nobody is late: each slide comes in when it is to.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from player.clock import Clock
from player.filming.slides import BARE, Planned, from_store, is_still
from player.films import Shelf
from player.library import cues
from player.library.library import Library
from player.screen.chooser import Choice, Chooser, place_after
from player.screen.instep import Entry, Slot, Standing, Steps, entry_of
from player.screen.ledger import Ledger
from player.screen.programme import Programme
from player.screen.scored import Scored
from player.screen.scores import Scores, share_of
from player.screen.withdrawing import Withdrawing
from player.settings import Settings
from player.show.director import Place
from player.show.on_air import BRIEF, MOST_TURNS, OnAir, Playing
from player.units import Nanos


class InStep:
    """The programmes that count, and those who choose by them. For one thread, with a library of its own."""

    def __init__(self, library: Library, programme: Programme, settings: Settings, clock: Clock) -> None:
        """Look which count by now for the shows of *programme*; *clock* says by whose time photos may be shown.

        Raises:
            LibraryError: it cannot be read.
        """
        self._library, self._clock = library, clock
        self._scores = Scores(programme.bills, share_of(settings))
        self._scores.look(library, clock)
        self._scored: dict[str, Scored] = {}

    def steps(self, show: str) -> Steps:
        """Return the programmes that count for *show*; none where it goes by its own order."""
        return self._scores.steps(show) or Steps()

    def entry(self, plays: Playing, standing: Standing) -> Entry | None:
        """Return where the next slide, of what *plays*, takes its place; None: it goes by its own order."""
        show, instead = plays
        steps = Steps() if instead else self.steps(show)
        return entry_of(steps, standing) if steps.parts else None

    def choose(self, slot: Slot, place: Place, chooser: Chooser, programme: Programme) -> Choice:
        """Return the slide of *slot* of the programme's show, for which *chooser* chooses by its own order."""
        show = programme.show
        if show.id not in self._scored:
            self._scored[show.id] = Scored(
                self._library,
                chooser,
                show=show,
                phrases=programme.phrases,
                clock=self._clock,
                withdrawing=Withdrawing(),
            )
        return self._scored[show.id].choose(slot, place)

    def slides(
        self, programme: Programme, at: Nanos, ask: Callable[[Nanos], OnAir], own: Callable[[Nanos], Sequence[Planned]]
    ) -> tuple[Planned, ...]:
        """Return the slide of the slot that is up *at* an instant, with the one before it; none: no programme counts then.

        Args:
            programme: Its show is on then.
            at: When.
            ask: What is on at an instant.
            own: Plans the slides at an instant by the show's own order.
        """
        steps = self.steps(programme.show.id)
        on = steps.up(at)
        if on is None:
            return ()
        turn = _turn(ask, on.start - BRIEF, at)
        begun = entry_of(steps, Standing(t=turn - 1, cue=BARE, since=turn)) if turn else None
        chosen = _Chosen(self, programme, self._library, self._clock)
        if begun and begun.enters is not None and begun.enters <= at and begun.slot.start >= on.start:
            return (chosen.slide(begun, at),)
        this = chosen.slide(Entry(on, on.start), at)
        return (*self._before(programme, on, own, chosen), this) if at < on.start + on.fade else (this,)

    def _before(
        self, programme: Programme, on: Slot, own: Callable[[Nanos], Sequence[Planned]], chosen: _Chosen
    ) -> Sequence[Planned]:
        """Return what gives way to *on*."""
        steps, last = self.steps(programme.show.id), on.start - 1
        found = cues.before(self._library.connection, last, 1)
        stored = from_store(self._library, programme, found[0], self._clock, steps) if found else None
        if stored and found[0].show == programme.show.id and stored.end >= on.start:
            return (stored,)
        before = steps.up(last)
        return (chosen.slide(Entry(before, before.start), last),) if before else own(last)[-1:]


class _Chosen:
    """Chooses slides of slots at any instant, counting nobody."""

    def __init__(self, in_step: InStep, programme: Programme, library: Library, clock: Clock) -> None:
        self._in_step, self._programme = in_step, programme
        show, shelf = programme.show, Shelf(programme.data)
        self._chooser = Chooser(library, show=show, phrases=programme.phrases, ledger=Ledger(), clock=clock, shelf=shelf)
        cue = cues.last(library.connection, show.id)
        self._place = place_after(cue) if cue else Place()

    def slide(self, entry: Entry, t: Nanos) -> Planned:
        """Return the slide that takes *entry* by *t*."""
        choice = self._in_step.choose(entry.slot, self._place, self._chooser, self._programme)
        return taking(choice, entry, t)


def taking(choice: Choice, entry: Entry, t: Nanos, *, still: bool = False) -> Planned:
    """Return *choice* in the place of *entry*, as on the wall if it was ready at once when it was asked for at *t*."""
    slot, comes = entry.slot, t if entry.enters is None else entry.enters
    start = comes if entry.enters is None and comes < slot.start else slot.start
    return Planned(
        start,
        slot.end - start if start == slot.start else slot.length,
        slot.fade,
        slot.seed,
        choice.slide,
        still or is_still(choice),
        choice.place,
        slot,
        None if comes == start else comes,
    )


def _turn(ask: Callable[[Nanos], OnAir], since: Nanos, at: Nanos) -> Nanos | None:
    """Return when what is on *at* an instant has begun; None: before *since*."""
    found, on = None, ask(since)
    for _ in range(MOST_TURNS):
        if on.until > at:
            break
        before, turn = on, on.until
        on = ask(turn)
        found = turn if on.plays != before.plays else found
    return found
