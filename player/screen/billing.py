"""Which show the screen plays: the schedule is asked each second and whenever its answer may be another; hands come before it.

While nobody knows what time it is, the schedule's fallback is on, and hands still come before it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from typing import Final, TypeAlias

from player import log
from player.schedule.desired import Facts, Phase, Wanted
from player.schedule.why import reason
from player.screen.airing import AHEAD as OPENS_AHEAD
from player.screen.airing import Airing
from player.screen.attending import BY_HAND, HELD, NO_SHOW, Attendance
from player.screen.curtain import Up
from player.show.director import Place
from player.show.on_air import AHEAD, BRIEF, Billed, Manual, OnAir, Playing, TitlePage, next_up, on_air, settled
from player.show.plan import FOREVER
from player.show.reception import Air
from player.show.remaining import slot_ends
from player.timekeeping import Belief, Trust
from player.units import MILLISECOND, SECOND, Nanos

LOOK_EVERY: Final[Nanos] = SECOND
SOON: Final[Nanos] = 50 * MILLISECOND  # a day that is being worked out: its first answer is there in some milliseconds
TELL_IT: Final = "let it reach a time server; where somebody keeps the clock by hand, write site: {clock: own}"
MOST_SKIPPED: Final = 16  # slots passed over at one look; the next look goes on

Schedule: TypeAlias = Callable[[Nanos, Facts], Wanted | None]
"""What should be on at an instant (UTC nanoseconds), given what hands have done to it; None: in a moment. Quick: a frame asks."""

_log = log.get("screen")


class Billing:
    """Remembers what was ordered by hand, what plays, and where each show stands."""

    def __init__(
        self,
        schedule: Schedule,
        shows: tuple[str, ...],
        *,
        fallback: str,
        places: Mapping[str, Place],
        manual: Manual,
        attendance: Attendance | None = None,
        airing: Airing | None = None,
        paced: Collection[str] = (),
    ) -> None:
        """Begin with *manual*; *shows* are all there are, and *fallback* stands in for those that there are not.

        *airing* knows how streams are; without it there are none. *paced* are shows that want to know when they are over.
        """
        self._schedule = schedule
        self.shows = shows
        self.manual = manual
        self.attendance = attendance or Attendance()
        self._airing, self._paced = airing, paced
        self._fallback = fallback
        self._places = dict(places)
        self._unknown = log.Edge(_log, begins="a show is wanted that there is not", ends="the show that is wanted is there")
        self._timeless = log.Edge(
            _log, begins="the clock is not trusted: the fallback is on", ends="the clock is trusted: the schedule is on"
        )
        self.playing: Playing | None = None
        """What the newest slide belongs to."""
        self.belief = Belief(trust=Trust.TRUSTED)
        self.is_recalled = False
        """What holds by hand was ordered by another time than this clock's: nobody can say how much of its time is left."""
        self._facts = Facts()
        self.coming: Wanted | None = None
        """What will be wanted a little later, as far as it is known: streams are opened ahead."""
        self._next_look: Nanos = 0
        self._has_asked = False
        nothing = Wanted(slot=None, show=fallback, until=0, reasons=(reason("working"),))
        self.wanted = self.attendance.wanted or nothing
        self.on: OnAir

    # Time

    def go_by(self, belief: Belief, t: Nanos, *, step: Nanos = 0, started: Nanos = 0) -> None:
        """Go by the clock as far as it is believed at *t*, after it was set by *step*; *started* is when this process began."""
        if not self.is_recalled:
            self.manual = self.manual.shifted(step)
        self.attendance.stepped += step
        is_lost = belief.trust is Trust.UNTRUSTED
        why = {"why": belief.why, "todo": TELL_IT} if is_lost else {}
        self._timeless.note("clock", holds=is_lost, clock=belief.state.value, **why)
        if belief.trust is Trust.TRUSTED:
            self.attendance.begin(t, started=started)
            self.is_recalled = False
        elif is_lost:
            self.attendance.end()
        self.belief = belief
        self._next_look = 0

    def look(self, t: Nanos) -> bool:
        """Ask again what is on at *t*, if it is time to; return whether that was done."""
        if t < self._next_look:
            return False
        self._ask(t)
        if self.belief.trust is Trust.TRUSTED:
            before, self.manual = self.manual, settled(self.manual, self.wanted, t)
            if before.facts != self.manual.facts:
                self._ask(t)
            self._attend(t)
        self.on = self._on_air(self.wanted, t)
        is_known = self._airing is not None and self.belief.trust is Trust.TRUSTED
        self.coming = self._schedule(self.attendance.at(t + OPENS_AHEAD), self._facts) if is_known else None
        self.note()
        self._next_look = min(t + LOOK_EVERY, max(t + 1, self.on.until))
        return True

    def look_again(self) -> None:
        """Ask again at the next look: a stream has come, or has gone."""
        self._next_look = 0

    def begin(self, plays: Playing) -> None:
        """Take note that the newest slide belongs to *plays*; whoever asks after a bad evening finds when that began, and why."""
        if plays != self.playing:
            show, instead = plays
            what = "a title page" if isinstance(instead, TitlePage) else "a stream" if instead else "a show"
            _log.info(f"{what} begins", show=show, slot=self.on.slot, why=self.on.why)
        self.playing = plays

    def note(self) -> None:
        """Take note of whether the show of the slot that is on is to be seen."""
        wanted, key = self.wanted, self.wanted.key
        if key is None or wanted.phase is Phase.PREROLL or self.belief.trust is not Trust.TRUSTED:
            return
        if not wanted.is_own:
            return  # a quiet time has another show, which is not the slot's
        if self.on.is_by_hand and self.on.show != wanted.show:
            self.attendance.hinder(key, BY_HAND)
        elif wanted.show not in self.shows:
            self.attendance.hinder(key, NO_SHOW)
        elif self.playing and self.playing[0] == wanted.show and not isinstance(self.playing[1], TitlePage):
            self.attendance.see(key)
        elif self.manual.is_held:
            self.attendance.hinder(key, HELD)

    @property
    def up(self) -> Up | None:
        """The show that is on the wall; None: another one is about to be, or something comes in its place."""
        on, wanted = self.on, self.wanted
        if self.playing is None or self.playing[0] != on.show or isinstance(self.playing[1], TitlePage):
            return None
        key = wanted.key if on.slot is not None else None
        is_late = key is not None and key == self.attendance.late
        return Up(on.show, on.slot, key[1] if key else None, on.why, is_late)

    # Hands

    def order(self, manual: Manual, t: Nanos) -> None:
        """Go by *manual* from now on, but for a show that there is not any more."""
        if manual.until != self.manual.until:
            self.is_recalled = False
        self.manual = manual if manual.show is None or manual.show in self.shows else replace(manual, show=None, until=None)
        self._next_look = 0
        self.look(t)

    def recall(self, manual: Manual, t: Nanos) -> None:
        """Go by what was ordered before this process began."""
        self.order(manual, t)
        self.is_recalled = self.belief.trust is not Trust.TRUSTED
        self._next_look = 0
        self.look(t)

    # What comes next

    def next(self, t: Nanos, free: Nanos, *, is_urgent: bool = False) -> Billed:
        """Return what comes after the slide that is up, which has had its time at *free*; *is_urgent*: somebody waits for it."""
        billed = next_up(self._on, now=t, playing=self.playing, free=free, least=BRIEF if is_urgent else AHEAD)
        if billed.ends is not None or billed.show not in self._paced:
            return billed
        at = max(t, billed.due(free))
        return replace(billed, ends=slot_ends(self._wanted(at), self._wanted, at))

    def place(self, show: str) -> Place:
        """Return where *show* stands."""
        return self._places.get(show, Place())

    def stands(self, show: str, place: Place) -> None:
        """Take note of where *show* stands now."""
        self._places[show] = place

    def _ask(self, t: Nanos) -> None:
        """Ask what is wanted at *t*; slots that had begun and are not to be joined then are passed over."""
        for _ in range(MOST_SKIPPED):
            passed = frozenset((*self.manual.ended, *self.attendance.attended.skipped))
            alive = self._airing.alive if self._airing else frozenset[str]()
            self._facts = Facts(live=alive, passed=passed, extended=self.manual.extended)
            self.wanted = self.attendance.wanted = self._wanted(t)
            if self.belief.trust is not Trust.TRUSTED or not self.attendance.skips(self.wanted):
                return
            _log.info("a slot that had begun already is passed over", slot=self.wanted.slot, show=self.wanted.show)

    def _attend(self, t: Nanos) -> None:
        wanted = self.wanted
        show = wanted.own_show or wanted.show
        how = self.attendance.joins(wanted)
        if how is None or (self.playing is not None and self.playing[0] == show):
            return
        if how == "restart":
            self.stands(show, replace(self.place(show), step=0, name=0, film=0, since=None))
            return
        # A playlist that is joined midway goes on where it stood; a film of it, where those are who saw it from the beginning.
        # Whoever chooses slides finds out which, for he alone knows what of films can be shown now.
        self.stands(show, replace(self.place(show), since=wanted.start or t))

    def _wanted(self, t: Nanos) -> Wanted:
        if self.belief.trust is Trust.UNTRUSTED:
            return Wanted(slot=None, show=self._fallback, until=FOREVER, reasons=(reason("clock"),))
        if self.belief.trust is Trust.DOUBTED and self._has_asked:
            return replace(self.wanted, until=FOREVER)
        found = self._schedule(self.attendance.at(t), self._facts)
        self._has_asked = self._has_asked or found is not None
        return found or replace(self.wanted, until=t + SOON)

    def _on(self, t: Nanos) -> OnAir:
        return self._on_air(self._wanted(t), t)

    def _on_air(self, wanted: Wanted, t: Nanos) -> OnAir:
        manual = replace(self.manual, until=None) if self.is_recalled else self.manual
        air, source = self._airing.air(wanted) if self._airing else (Air.OTHERWISE, "")
        on = on_air(wanted, manual, t, air=air, source=source)
        is_there = on.show in self.shows
        self._unknown.note(on.show, holds=not is_there, show=on.show)
        return on if is_there else replace(on, show=self._fallback)


def is_same(a: Billed, b: Billed, free: Nanos, t: Nanos) -> bool:
    """Whether two slides would be the same at the same time, for whoever looks from *t* on."""
    return (a.plays, a.is_still, max(t, a.due(free))) == (b.plays, b.is_still, max(t, b.due(free)))
