"""Which of what holds is news: each alarm once when it begins and once when it ends, however it comes and goes. Pure.

An alarm has to hold for a while before it is told, and not to hold for a while before its end is. What comes and goes is told
when it has held for more than a third of the time; one that begins again within the hour has to be well for twice as long.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from player.alarms.rules import HOUR, MINUTE, Alarm, Finding, Key
from player.units import Nanos

MAX_SUBJECTS: Final = 64  # of one alarm: more sources than a site has
MEMORY: Final[Nanos] = HOUR  # what begins again within this time is the same trouble
MOST_PATIENCE: Final[Nanos] = HOUR  # for the end of what comes and goes


@dataclass(frozen=True, slots=True)
class Wait:
    """How long an alarm has to hold, or not to hold, until that is news; beside what the facts themselves wait for."""

    begins: Nanos = 0
    ends: Nanos = 0
    is_unbroken: bool = False
    """It has to hold all that time without a break."""


WAITS: Final[Mapping[Alarm, Wait]] = {
    Alarm.SCREEN: Wait(begins=2 * MINUTE, ends=MINUTE),  # a machine that is busy starting is not in trouble
    Alarm.PLATE: Wait(begins=3 * MINUTE, ends=2 * MINUTE),  # at a start, feeds are asked and pictures prepared first
    Alarm.LEASE: Wait(begins=3 * MINUTE, ends=2 * MINUTE),  # its lease has run out by then all the same
    Alarm.MISSED: Wait(),
    Alarm.DARK: Wait(begins=HOUR, is_unbroken=True),
    Alarm.DISK: Wait(begins=MINUTE, ends=2 * MINUTE),
    Alarm.CLOCK: Wait(begins=3 * MINUTE, ends=MINUTE),  # a time server is asked some time after the start
    Alarm.SIGNATURE: Wait(),
    Alarm.JOURNAL: Wait(ends=MINUTE),
    Alarm.WITHDRAWAL: Wait(begins=MINUTE, ends=MINUTE),
    Alarm.INGEST: Wait(begins=2 * MINUTE, ends=MINUTE),
    # Beside ten minutes until one counts as gone: when a switch goes, they are missed one after the other.
    Alarm.PROJECTOR: Wait(begins=3 * MINUTE, ends=2 * MINUTE),
    Alarm.OUTPUT: Wait(begins=MINUTE, ends=MINUTE),  # somebody plugs a cable over
    Alarm.STREAM: Wait(begins=MINUTE, ends=MINUTE),  # most breaks are shorter, and the other show is on meanwhile
}


_ORDER: Final = {alarm: place for place, alarm in enumerate(Alarm)}  # in which they are told, when several are news at once


@dataclass(frozen=True, slots=True)
class Mark:
    """What is remembered of one alarm. All instants are times of day."""

    is_told: bool = False
    """Whether people believe that it holds."""
    turned_at: Nanos | None = None
    """Since when it is otherwise than they believe, with what it held shortly before; None: it is as they believe."""
    began_at: Nanos | None = None
    """When what was told began."""
    held: Nanos = 0
    """For how long it had held, untold, when it stopped at *stopped_at*."""
    stopped_at: Nanos | None = None
    ended_at: Nanos | None = None
    """When its end was told, not long ago."""
    again: int = 0
    """How often it has begun again soon after its end."""

    def shifted(self, by: Nanos) -> Mark:
        """Return it for a clock that was set by so much."""
        return self._with(lambda instant: instant + by)

    def not_after(self, now: Nanos) -> Mark:
        """Return it without instants that are still to come: the clock has gone back unseen."""
        return self._with(lambda instant: min(instant, now))

    def _with(self, change: Callable[[Nanos], Nanos]) -> Mark:
        def moved(instant: Nanos | None) -> Nanos | None:
            return None if instant is None else change(instant)

        return replace(
            self,
            turned_at=moved(self.turned_at),
            began_at=moved(self.began_at),
            stopped_at=moved(self.stopped_at),
            ended_at=moved(self.ended_at),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """That an alarm began or ended."""

    alarm: Alarm
    of: str
    begins: bool
    at: Nanos
    """When it did: since when it holds, or since when it does not."""
    began_at: Nanos | None = None
    """Of an end: when it had begun."""
    finding: Finding


def told(marks: Mapping[Key, Mark]) -> dict[Key, bool]:
    """Return what is remembered, and whether people believe that it holds."""
    return {key: mark.is_told for key, mark in marks.items()}


def judged(marks: Mapping[Key, Mark], found: Mapping[Key, Finding], now: Nanos) -> tuple[dict[Key, Mark], tuple[News, ...]]:
    """Return what is remembered from *now* on, and what is news.

    An alarm that nobody could look at stays as it was, and the wait for its end or its beginning starts anew.
    """
    known: dict[Key, Mark] = {}
    news: list[News] = []
    counts = Counter(alarm for alarm, _ in marks)
    for key in sorted(marks.keys() | found.keys(), key=_gravity):
        if key not in marks and found[key].holds:
            counts[key[0]] += 1
            if counts[key[0]] > MAX_SUBJECTS:
                continue
        mark, fresh = _turned(key, marks.get(key, Mark()), found.get(key), now)
        if mark != Mark():
            known[key] = mark
        news += fresh
    return known, tuple(news)


def _gravity(key: Key) -> tuple[int, str]:
    return _ORDER[key[0]], key[1]


def _turned(key: Key, mark: Mark, finding: Finding | None, now: Nanos) -> tuple[Mark, list[News]]:
    mark = mark.not_after(now)
    if mark.ended_at is not None and now - mark.ended_at >= MEMORY:
        mark = replace(mark, ended_at=None, again=0)
    if finding is None:
        return replace(mark, turned_at=None), []
    wait = WAITS[key[0]]
    if finding.holds == mark.is_told:
        return replace(mark, turned_at=None) if mark.is_told else _calm(mark, wait, now), []
    since = now - _credit(mark, now) if mark.turned_at is None else mark.turned_at
    if now - since < (wait.begins if finding.holds else _patience(mark, wait)):
        return replace(mark, turned_at=since, held=0, stopped_at=None), []
    news = News(alarm=key[0], of=key[1], begins=finding.holds, at=since, began_at=mark.began_at, finding=finding)
    if not finding.holds:
        return Mark(ended_at=now, again=mark.again), [news]
    return Mark(is_told=True, began_at=since, again=0 if mark.ended_at is None else mark.again + 1), [news]


def _calm(mark: Mark, wait: Wait, now: Nanos) -> Mark:
    """Return the mark of what nobody was told of and does not hold: for a while it is remembered how long it had held."""
    if mark.turned_at is not None and not wait.is_unbroken:
        mark = replace(mark, held=now - mark.turned_at, stopped_at=now)
    mark = replace(mark, turned_at=None)
    return mark if _credit(mark, now) else replace(mark, held=0, stopped_at=None)


def _credit(mark: Mark, now: Nanos) -> Nanos:
    """Return how much counts of what it had held before it stopped: half of the time since is taken off."""
    return 0 if mark.stopped_at is None else max(0, mark.held - (now - mark.stopped_at) // 2)


def _patience(mark: Mark, wait: Wait) -> Nanos:
    """Return how long it must not hold until that is news."""
    return min(wait.ends << min(mark.again, 16), max(MOST_PATIENCE, wait.ends))
