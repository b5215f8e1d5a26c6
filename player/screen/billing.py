"""Which show the screen plays: the schedule is asked each second and whenever its answer may be another; hands come before it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final, TypeAlias

from player import log
from player.schedule.desired import Facts, Wanted
from player.show.director import Place
from player.show.on_air import Billed, Manual, OnAir, Playing, next_up, on_air, settled
from player.units import SECOND, Nanos

LOOK_EVERY: Final[Nanos] = SECOND

Schedule: TypeAlias = Callable[[Nanos, Facts], Wanted]
"""What should be on at an instant (UTC nanoseconds), given what hands have done to it. Total and quick: a frame asks it."""

_log = log.get("screen")


class Billing:
    """Remembers what was ordered by hand, what plays, and where each show stands."""

    def __init__(
        self, schedule: Schedule, shows: tuple[str, ...], *, fallback: str, places: Mapping[str, Place], manual: Manual
    ) -> None:
        """Begin with *manual*; *shows* are all there are, and *fallback* stands in for those that there are not."""
        self._schedule = schedule
        self.shows = shows
        self.manual = manual
        self._fallback = fallback
        self._places = dict(places)
        self._unknown = log.Edge(_log, begins="a show is wanted that there is not", ends="the show that is wanted is there")
        self.playing: Playing | None = None
        """What the newest slide belongs to."""
        self._next_look: Nanos = 0
        self.wanted: Wanted
        self.on: OnAir

    def look(self, t: Nanos) -> bool:
        """Ask again what is on at *t*, if it is time to; return whether that was done."""
        if t < self._next_look:
            return False
        self.wanted = self._schedule(t, self.manual.facts)
        before, self.manual = self.manual, settled(self.manual, self.wanted, t)
        if before.facts != self.manual.facts:
            self.wanted = self._schedule(t, self.manual.facts)
        self.on = self._on(t)
        self._next_look = min(t + LOOK_EVERY, max(t + 1, self.on.until))
        return True

    def stale(self) -> None:
        """Ask again at the next look, whenever that is."""
        self._next_look = 0

    def order(self, manual: Manual, t: Nanos) -> None:
        """Go by *manual* from now on, but for a show that there is not any more."""
        self.manual = manual if manual.show is None or manual.show in self.shows else replace(manual, show=None, until=None)
        self.stale()
        self.look(t)

    def next(self, t: Nanos, free: Nanos) -> Billed:
        """Return what comes after the slide that is up, which has had its time at *free*."""
        return next_up(self._on, now=t, playing=self.playing, free=free)

    def place(self, show: str) -> Place:
        """Return where *show* stands."""
        return self._places.get(show, Place())

    def stands(self, show: str, place: Place) -> None:
        """Take note of where *show* stands now."""
        self._places[show] = place

    def _on(self, t: Nanos) -> OnAir:
        on = on_air(self._schedule(t, self.manual.facts), self.manual, t)
        is_there = on.show in self.shows
        self._unknown.note("show", holds=not is_there, show=on.show)
        return on if is_there else replace(on, show=self._fallback)
