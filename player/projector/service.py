"""The projectors' process: decides once a second what each should be, says how they are, and needs neither screen nor ingest.

When it ends, every projector stays as it is: a restart in the middle of a show is not seen.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from typing import Final

from player import log
from player.errors import LibraryError
from player.heartbeat import Heartbeat
from player.in_force import InForce, Staleness
from player.library.trusted_time import TrustedClock
from player.projector import told
from player.projector.keeper import Keeper, manner_of, visitor_of
from player.projector.looking import Desk
from player.projector.pjlink import Level
from player.projector.saying import care, sentence, worries
from player.projector.section import Projector
from player.projector.told import Report, Told
from player.projector.visit import Deed, Visitor
from player.projector.wanted import Circumstances, Goal, goal, habits_of, is_dark
from player.schedule.desired import Timetable
from player.settings import Configuration
from player.show.on_air import Manual
from player.timekeeping import Belief, ClockState, Reading, Trust, believed, clock_state
from player.units import SECOND, Nanos

TICK: Final[Nanos] = SECOND // 2
GIVE_UP_LOOKING: Final[Nanos] = (
    3 * SECOND
)  # whoever writes is awaited for two; one who hangs must not hide `dark`, nor keep all off
REMEMBERED_FOR: Final[Nanos] = 3600 * SECOND  # a lamp that burned before that is cold

_log = log.get("projector")

Makes = Callable[[Projector, Nanos | None], Visitor]


class Watch:
    """One configuration's projectors."""

    def __init__(
        self,
        configuration: Configuration,
        projectors: Mapping[str, Projector],
        *,
        clock: TrustedClock,
        make: Makes | None = None,
        kernel: Callable[[], ClockState] = clock_state,
        lane: Callable[[int, str], Executor] = ThreadPoolExecutor,
    ) -> None:
        """Begin to keep *projectors*; tests *make* their own visitors, and look in their own *lane*."""
        self._folder = configuration.data
        self._projectors = projectors
        self._clock = clock
        self._stopped = threading.Event()
        self._deeds: queue.SimpleQueue[tuple[str, Deed]] = queue.SimpleQueue()
        self._timetable = Timetable(configuration.rules)
        self._habits = {name: habits_of(each) for name, each in projectors.items()}
        self._manners = {name: manner_of(each) for name, each in projectors.items()}
        self._is_own = configuration.settings.site.clock == "own"
        self._kernel = kernel
        self._belief = Belief()
        before = told.read(configuration.data)
        self._desk = Desk(configuration.data, clock, before=Manual(is_dark=before is not None and before.is_dark))
        self._lane = lane(1, "looking")
        self._looking: Future[Circumstances] | None = None
        self._at: Circumstances | None = None
        self._asked: Nanos = clock.monotonic()
        self._told: Mapping[str, Told] = {}
        self._next_tell: Nanos = self._asked
        self._unwell = log.Edge(_log, begins="a projector is not as it should be", ends="a projector is as it should be")
        self._unwritten = log.Edge(_log, begins="how the projectors are cannot be written", ends="it is written again")
        lit = self._lit_before(before)
        makes = make or self._visitor
        self.keepers = {
            name: Keeper(name, makes(each, lit.get(name)), clock=clock, stopped=self._stopped, done=self._done)
            for name, each in projectors.items()
        }

    def start(self) -> None:
        """Let every projector have its thread."""
        for keeper in self.keepers.values():
            keeper.start()

    def step(self) -> None:
        """Decide what each should be, hear what became of it, and say so; never waits."""
        now = self._clock.monotonic()
        for keeper in self.keepers.values():
            keeper.check()
        self._look(now)
        if self._at is None:
            return
        at = replace(self._at, is_timeless=self._is_timeless(now))
        wall = self._clock.wall()
        goals = {name: goal(self._timetable, at, wall, habits=self._habits[name]) for name in self._projectors}
        for name, wanted in goals.items():
            self.keepers[name].want(wanted)
        self._hear()
        self._tell(goals, now, wall)

    def close(self) -> None:
        """Let every projector be as it is."""
        self._stopped.set()
        for keeper in self.keepers.values():
            keeper.end()
        self._hear()
        self._lane.submit(self._desk.close)
        self._lane.shutdown(wait=False)

    def _look(self, now: Nanos) -> None:
        if self._looking and self._looking.done():
            self._at, self._looking = self._looking.result(), None
        if self._looking is None:
            self._looking, self._asked = self._lane.submit(self._desk.look), now
        elif now - self._asked > GIVE_UP_LOOKING:
            self._at = self._desk.glance()

    def _is_timeless(self, now: Nanos) -> bool:
        """Return whether the clock is not to be trusted, by the same rule as the screen's."""
        reading = Reading(own=self._clock.own(), monotonic=now, state=self._kernel(), floor=self._clock.floor())
        self._belief = believed(self._belief, reading, is_own=self._is_own)
        return self._belief.trust is Trust.UNTRUSTED

    def _done(self, name: str, deed: Deed) -> None:
        self._deeds.put((name, deed))

    def _hear(self) -> None:
        while not self._deeds.empty():
            name, deed = self._deeds.get()
            _log.info("a projector is told", projector=name, what=deed.do.value, answer=deed.answer)
            self._lane.submit(self._desk.note, name, deed.do.value, deed.answer)

    def _tell(self, goals: Mapping[str, Goal], now: Nanos, wall: Nanos) -> None:
        found = {name: self._told_of(name, wanted, now, wall) for name, wanted in goals.items()}
        if now < self._next_tell and _without_times(found) == _without_times(self._told):
            return
        for name, each in found.items():
            self._unwell.note(name, holds=bool(each.worries), projector=name, why="; ".join(each.worries))
        self._told, self._next_tell = found, now + told.EVERY
        try:
            told.write(self._folder, Report(wall, found, is_dark=self._at is not None and is_dark(self._at.manual)))
        except LibraryError as error:
            self._unwritten.note("file", holds=True, why=str(error))
        else:
            self._unwritten.note("file", holds=False)

    def _told_of(self, name: str, wanted: Goal, now: Nanos, wall: Nanos) -> Told:
        projector, manner, known = self._projectors[name], self._manners[name], self.keepers[name].known
        seen, lit_at = known.seen, known.memory.lit_at
        is_asked = projector.kind == "pjlink"
        may_sleep = projector.mac is not None
        return Told(
            says=sentence(wanted, known, manner, now, is_asked=is_asked),
            aim=wanted.aim.value,
            why=wanted.why,
            turns=wanted.turns,
            power=seen.power.name.lower() if seen.power and not known.trouble else None,
            mute=seen.mute,
            input=seen.input,
            has_signal=seen.has_signal,
            lamp_hours=tuple(lamp.hours for lamp in seen.lamps or ()),
            filter_hours=seen.filter_hours,
            faults=tuple(
                f"{what} {level.name.lower()}" for what, level in (seen.faults or {}).items() if level is not Level.FINE
            ),
            model=seen.model,
            worries=worries(wanted, known, manner, now, lamp_hours=projector.lamp_hours, may_sleep=may_sleep) if is_asked else (),
            care=care(known, projector.lamp_hours) if is_asked else (),
            lit_at=None if lit_at is None else wall - (now - lit_at),
        )

    def _visitor(self, projector: Projector, lit_at: Nanos | None) -> Visitor:
        return visitor_of(projector, clock=self._clock, stopped=self._stopped, lit_at=lit_at)

    def _lit_before(self, report: Report | None) -> dict[str, Nanos]:
        """Return when each lamp was last known to burn, in monotonic time, by what our last life has written."""
        if report is None:
            return {}
        now, wall = self._clock.monotonic(), self._clock.wall()
        ages = {name: wall - each.lit_at for name, each in report.projectors.items() if each.lit_at is not None}
        return {name: now - age for name, age in ages.items() if 0 <= age < REMEMBERED_FOR}


def run(
    in_force: InForce,
    *,
    clock: TrustedClock,
    heartbeat: Heartbeat,
    stopped: threading.Event,
    reload: threading.Event,
) -> None:
    """Keep the projectors until *stopped*; without any in the configuration, nothing is done.

    The configuration is read again on *reload*, and when another process of the player has taken in a new one.
    """
    while not stopped.is_set():
        reload.clear()
        configuration = in_force.read()
        with ExitStack() as stack:
            step = _nothing
            if configuration and configuration.settings.projectors:
                watch = Watch(configuration, configuration.settings.projectors, clock=clock)
                stack.callback(watch.close)
                watch.start()
                step = watch.step
            is_stale = Staleness(in_force, configuration)
            while not stopped.is_set() and not reload.is_set() and not is_stale():
                heartbeat.beat(clock.monotonic(), presented=False)
                step()
                clock.wait(stopped, TICK)


def _without_times(found: Mapping[str, Told]) -> dict[str, tuple[object, ...]]:
    """Return what makes a difference to whoever reads."""
    return {name: (each.says, each.aim, each.power, each.mute, each.input, each.worries) for name, each in found.items()}


def _nothing() -> None:
    """Do nothing: there are no projectors."""
