"""Taking part in the schedule: which slots were joined, which may not be any more, and which were missed. For the frame loop."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Final

from player.schedule.desired import Key, Phase, Wanted
from player.schedule.rules import Join
from player.screen.attended import Attended, Missed, after_a_step_back, with_key
from player.screen.planner import Ended
from player.timekeeping import NEAR
from player.units import SECOND, Nanos

LATE: Final[Nanos] = 10 * SECOND  # whoever comes within that has missed nothing of a show: a process is restarted in less
ADDED_UP: Final[Nanos] = 600 * SECOND  # of several small steps back, not caught up with yet: they replay nothing either
LOOK_BACK: Final[Nanos] = 7 * 24 * 3600 * SECOND  # what was missed before that is no news to anybody
LOOK_BACK_EVERY: Final[Nanos] = 60 * SECOND
MOST_TOLD: Final = 32  # of those that ended in one time, the newest: a player that was off for a week missed them all alike
KEPT_HINDRANCES: Final = 64

OFF: Final = "the player did not run"
NO_TIME: Final = "the clock was not trusted"
SET: Final = "the clock was set past it, or the machine slept"
SKIPPED: Final = "it had begun already, and is not joined then"
BY_HAND: Final = "another show was on by hand"
HELD: Final = "a slide was held by hand"
NO_SHOW: Final = "there is no such show"
OTHERWISE: Final = "another show went on over its time"


class Attendance:
    """Goes on from what is *attended*. Lives as long as the process."""

    def __init__(self, attended: Attended | None = None) -> None:
        self.attended = attended or Attended()
        self.is_changed = False
        """Something is to be kept that was not, since `keep` was called last."""
        self.wanted: Wanted | None = None
        """What should have been on when that was last asked: a session goes on from it until it has an answer of its own. None:
        nobody asked yet."""
        self.stepped: Nanos = 0
        """By how much the clock was set since the schedule was gone by."""
        self.late: Key | None = None
        """The slot that was joined last after it had begun."""
        self._since: Nanos | None = None
        """From when on it has been known without a break what is to be on; None: it is not."""
        self._started: Nanos = 0
        self._gap = NO_TIME
        """Why it was not known before that."""
        self._is_first = True
        self._not_before: Nanos = 0
        self._next_look_back: Nanos = 0
        self._on: Key | None = None
        self._hindered: dict[Key, str] = {}
        self._told: tuple[Key, ...] = ()

    # Time

    def begin(self, t: Nanos, *, started: Nanos) -> None:
        """Go by the schedule from *t* on; *started* is when this process began."""
        by, self.stepped = self.stepped, 0
        if self._since is not None:
            self._step(by, t)
            return
        self._started = started if self._is_first else 0
        self._is_first = False
        self._gap = NO_TIME
        self._joined_at(t)

    def end(self) -> None:
        """Go by the schedule no more: nobody knows what time it is."""
        self._since = None

    def at(self, t: Nanos) -> Nanos:
        """Return the instant whose answer counts at *t*.

        For a clock that was set back by up to two minutes it stands still so long: nothing that is over begins again, and what
        is on stays on. Several such steps add up, to ten minutes at most.
        """
        return max(t, self._not_before)

    # Slots

    def skips(self, wanted: Wanted) -> bool:
        """Whether *wanted* is a slot that is not to be on any more because it had begun; that is settled for this time."""
        key = wanted.key
        if key is None or wanted.join != "skip" or not self._is_late(wanted):
            return False
        self.attended = replace(self.attended, skipped=with_key(self.attended.skipped, key))
        self.is_changed = True
        return True

    def joins(self, wanted: Wanted) -> Join | None:
        """Take part in *wanted*; return how its show is to begin, if it is joined late now."""
        key = wanted.key
        if key != self._on:
            self._on, self._next_look_back = key, 0
        if key is None or wanted.phase is Phase.PREROLL or key in self.attended.begun:
            return None
        is_late = self._is_late(wanted)
        self.attended = replace(self.attended, begun=with_key(self.attended.begun, key))
        self.is_changed = True
        self.late = key if is_late else self.late
        return wanted.join if is_late else None

    def see(self, key: Key) -> None:
        """The show of a slot is on the wall."""
        if key not in self.attended.seen:
            self.attended = replace(self.attended, seen=with_key(self.attended.seen, key))
            self.is_changed = True

    def hinder(self, key: Key, why: str) -> None:
        """The show of a slot that is on is not on the wall."""
        if key not in self.attended.seen:
            self._hindered.pop(key, None)
            self._hindered[key] = why
            while len(self._hindered) > KEPT_HINDRANCES:
                del self._hindered[next(iter(self._hindered))]

    # What was missed

    def to_look_back(self, t: Nanos) -> tuple[Nanos, Nanos] | None:
        """Return after when and up to when slots that have ended are to be looked for, if it is time to."""
        until = self.attended.until
        if self._since is None or until is None or t < self._next_look_back or t <= until:
            return None
        self._next_look_back = t + LOOK_BACK_EVERY
        return max(until, t - LOOK_BACK), t

    def missed(self, until: Nanos, ended: Collection[Ended], by_hand: Collection[Key]) -> tuple[Missed, ...]:
        """Return which of those that *ended* were missed; nothing up to *until* is asked for again.

        Not those that were seen, nor those that a person has ended (*by_hand*).
        """
        if self._since is not None:
            self.attended = replace(self.attended, until=max(until, self.attended.until or 0))
            self.is_changed = True
        known = {*self.attended.seen, *self._told, *by_hand}
        missed = [each for each in ended if each.key not in known][-MOST_TOLD:]
        for each in missed:
            self._told = with_key(self._told, each.key)
        return tuple(Missed(slot=each.key[0], show=each.show, start=each.key[1], why=self._why(each)) for each in missed)

    def _why(self, ended: Ended) -> str:
        if ended.key in self.attended.skipped:
            return SKIPPED
        if self._since is not None and ended.end <= self._since:
            return OFF if ended.end <= self._started else self._gap
        return self._hindered.get(ended.key, OTHERWISE)

    def _is_late(self, wanted: Wanted) -> bool:
        """Whether a slot had begun when this player came."""
        if wanted.phase is Phase.PREROLL or wanted.start is None or wanted.key in self.attended.begun:
            return False
        return self._since is not None and wanted.start < self._since - LATE

    def _joined_at(self, t: Nanos) -> None:
        until = self.attended.until
        if until is not None and 0 < until - t <= NEAR:
            self._not_before = until  # set back while nobody was there
        elif until is None:
            self.attended = replace(self.attended, until=min(t, self._started or t))  # what was before is nobody's business
        elif until > t:
            self.attended = after_a_step_back(self.attended, t)
        self._since, self._next_look_back = t, 0
        self._release(t, NEAR)
        self.is_changed = True

    def _step(self, by: Nanos, t: Nanos) -> None:
        """The clock was set *by* so much; it is *t* now."""
        if not by:
            return
        self._next_look_back = 0
        if by < 0:
            self._not_before = max(self._not_before, t - by)
        self._release(t, NEAR if by < -NEAR else ADDED_UP)
        if by > LATE or (by < 0 and not self._not_before):
            self._gap, self._started = SET, 0
            self._joined_at(t)

    def _release(self, t: Nanos, most: Nanos) -> None:
        """Stand still no more at *t*, if that would take longer than *most*: the clock was wrong before."""
        if self._not_before - t > most:
            self._not_before = 0
            self.attended = after_a_step_back(self.attended, t)
