"""The planner: a thread that works out days of the schedule ahead, and looks back at what has ended. No frame waits for it."""

from __future__ import annotations

import queue
import threading
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from player.clock import Clock
from player.schedule.desired import Facts, Key, Phase, Timetable, Wanted
from player.schedule.rules import Rules
from player.schedule.span import Span
from player.schedule.zones import local, zone
from player.units import SECOND, Nanos

IDLE: Final[Nanos] = 10 * SECOND  # whoever asks for something wakes it
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Ended:
    """A slot that was to be on, and is over."""

    key: Key
    show: str
    end: Nanos


@dataclass(frozen=True, slots=True)
class LookedBack:
    """Which slots ended after an instant, up to another."""

    until: Nanos
    ended: tuple[Ended, ...]


@dataclass(frozen=True, slots=True)
class _Days:
    """A timetable in which every answer within a span is at hand. It belongs to whoever took it."""

    timetable: Timetable
    span: Span
    renewed_from: Nanos
    """From then on the next day is to be added."""


class Planner:
    """Answers what should be on, for the frame loop, out of days that its own thread has worked out."""

    def __init__(self, rules: Rules, clock: Clock) -> None:
        self._rules = rules
        self._clock = clock
        self._days: _Days | None = None
        """The frame loop's."""
        self._made: _Days | None = None
        """Left by this thread for the frame loop."""
        self._asked: Nanos | None = None
        self._back: queue.SimpleQueue[tuple[Nanos, Nanos]] = queue.SimpleQueue()
        self._looked_back: queue.SimpleQueue[LookedBack] = queue.SimpleQueue()
        self._past = Timetable(rules)
        """This thread's own."""
        self._wake = threading.Event()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="planner")

    def start(self) -> None:
        """Begin to work."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread."""
        self._stopped.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(1.0)

    # For the frame loop

    def wanted(self, now: Nanos, facts: Facts) -> Wanted | None:
        """Return what should be on at *now*; None: that day is not worked out yet."""
        days = self._days
        if days is None or not days.span.start <= now < days.span.end:
            days = self._take()
            if days is None or not days.span.start <= now < days.span.end:
                return None
        return days.timetable.wanted(now, facts)

    def attend(self, now: Nanos) -> None:
        """Take what has been worked out, and see to it that *now* and the day after are."""
        days = self._take()
        if self._asked is None and (days is None or not days.span.start <= now < days.renewed_from):
            self._asked = now
            self._wake.set()

    def look_back(self, since: Nanos, until: Nanos) -> None:
        """Ask which slots ended in a time; `looked_back` says so later."""
        self._back.put((since, until))
        self._wake.set()

    def looked_back(self) -> LookedBack | None:
        """Return the next answer to `look_back`, when there is one."""
        with suppress(queue.Empty):
            return self._looked_back.get_nowait()
        return None

    def _take(self) -> _Days | None:
        made, self._made = self._made, None
        if made:
            self._days, self._asked = made, None
        return self._days

    # For its own thread

    def step(self) -> None:
        """Do what was asked for."""
        asked = self._asked
        if asked is not None and self._made is None:
            self._made = self._worked_out(asked)
        with suppress(queue.Empty):
            while True:
                since, until = self._back.get_nowait()
                self._looked_back.put(LookedBack(until, self._ended(since, until)))

    def prepare(self, now: Nanos) -> None:
        """Work out the days around *now* before anybody asks: at the start, when no frame waits."""
        self._made = self._worked_out(now)
        self.attend(now)

    def _run(self) -> None:
        while not self._stopped.is_set():
            self.step()
            self._clock.wait(self._wake, IDLE)
            self._wake.clear()

    def _worked_out(self, now: Nanos) -> _Days:
        """Return the day of *now* and the one after it, in a timetable of their own: it is for one thread, the frame loop's."""
        timetable = Timetable(self._rules)
        today = local(now, zone(self._rules.zone)).date()
        # A zone may leave a date out, and clocks that go back over midnight put an instant on the sheet before or after.
        spans = [timetable.sheet(today + step * _DAY).span for step in (-1, 0, 1, 2)]
        here = next(i for i, span in enumerate(spans) if now < span.end)
        return _Days(timetable, Span(spans[here].start, spans[-1].end), spans[here].end)

    def _ended(self, since: Nanos, until: Nanos) -> tuple[Ended, ...]:
        """Return the slots that were to be on for a while, by the rules alone, and ended after *since*, up to *until*."""
        here = zone(self._rules.zone)
        day, last = local(since, here).date() - _DAY, local(until, here).date() + _DAY
        found: dict[Key, Ended] = {}
        while day <= last:
            for wanted in self._past.sheet(day).wanted:
                key, end = wanted.key, wanted.end
                if not wanted.is_own:
                    continue  # a quiet time has another show; where it has one all along, the slot's was never to be on
                if key and end is not None and wanted.phase is not Phase.PREROLL and since < end <= until:
                    found.setdefault(key, Ended(key, wanted.show, end))
            day += _DAY
        return tuple(sorted(found.values(), key=lambda each: (each.end, each.key)))
