"""Which show the screen plays: the schedule is asked each second and whenever its answer may be another; hands come before it.

While nobody knows what time it is, the schedule's fallback is on, and hands still come before it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final, TypeAlias

from player import log
from player.schedule.desired import Facts, Phase, Wanted
from player.schedule.why import reason
from player.screen.attending import BY_HAND, HELD, NO_SHOW, Attendance
from player.show.director import Place
from player.show.on_air import AHEAD, BRIEF, Billed, Manual, OnAir, Playing, next_up, on_air, settled
from player.show.plan import FOREVER
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
    ) -> None:
        """Begin with *manual*; *shows* are all there are, and *fallback* stands in for those that there are not."""
        self._schedule = schedule
        self.shows = shows
        self.manual = manual
        self.attendance = attendance or Attendance()
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
            self._attend()
        self.on = self._on_air(self.wanted, t)
        self.note()
        self._next_look = min(t + LOOK_EVERY, max(t + 1, self.on.until))
        return True

    def begin(self, plays: Playing) -> None:
        """Take note that the newest slide belongs to *plays*; whoever asks after a bad evening finds when that began, and why."""
        if plays != self.playing:
            show, page = plays
            _log.info("a title page begins" if page else "a show begins", show=show, slot=self.on.slot, why=self.on.why)
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
        elif self.playing == (wanted.show, None):
            self.attendance.see(key)
        elif self.manual.is_held:
            self.attendance.hinder(key, HELD)

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
        return next_up(self._on, now=t, playing=self.playing, free=free, least=BRIEF if is_urgent else AHEAD)

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
            self._facts = Facts(passed=passed, extended=self.manual.extended)
            self.wanted = self.attendance.wanted = self._wanted(t)
            if self.belief.trust is not Trust.TRUSTED or not self.attendance.skips(self.wanted):
                return
            _log.info("a slot that had begun already is passed over", slot=self.wanted.slot, show=self.wanted.show)

    def _attend(self) -> None:
        wanted = self.wanted
        show = wanted.own_show or wanted.show
        if self.attendance.joins(wanted) and (self.playing is None or self.playing[0] != show):
            # A playlist that is joined midway goes on where it stood; one that begins anew does so with its first line.
            self.stands(show, replace(self.place(show), step=0))

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
        on = on_air(wanted, replace(self.manual, until=None) if self.is_recalled else self.manual, t)
        is_there = on.show in self.shows
        self._unknown.note(on.show, holds=not is_there, show=on.show)
        return on if is_there else replace(on, show=self._fallback)
