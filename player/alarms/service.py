"""The alarms' process: looks every few seconds, decides what is news, and has it told. It needs neither screen nor ingest."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Final, Protocol

from player import log
from player.alarms import post
from player.alarms.facts import Lookout
from player.alarms.keeping import Keeper
from player.alarms.post import Letter, Memory
from player.alarms.rules import MINUTE, Facts, News, judged, verdicts
from player.alarms.sending import Courier, Sender
from player.clock import Clock
from player.errors import WeRememberError
from player.heartbeat import Heartbeat
from player.in_force import InForce
from player.library.trusted_time import TrustedClock
from player.places import LAST_CLEAN
from player.settings import Configuration
from player.units import SECOND, Nanos

TICK: Final[Nanos] = SECOND
LOOK_EVERY: Final[Nanos] = 5 * SECOND
STUCK_AFTER: Final[Nanos] = MINUTE  # a look takes milliseconds; one that does not come back waits for a disk
MAX_TOLD_AT_ONCE: Final = 4  # processes that send: each is 70 MB for some seconds

_log = log.get("alarms")


class Looks(Protocol):
    """What finds the facts."""

    def look(self) -> Facts:
        """Return what is found now; slow where a disk is slow."""
        ...

    def close(self) -> None:
        """Let go of everything."""
        ...


class Watch:
    """One configuration's alarms: what is looked at, what is remembered, what is on its way."""

    def __init__(
        self,
        configuration: Configuration,
        *,
        clock: Clock,
        lookout: Looks,
        sender: Sender,
        keeper: Keeper,
        lane: Callable[[int, str], Executor] = ThreadPoolExecutor,
    ) -> None:
        """Begin with what *keeper* remembers; each kind of slow work has a *lane* of so many threads."""
        settings = configuration.settings
        self._site = settings.site.name
        self._targets = [(target.to, target.about) for target in settings.alarms]
        self._folder = str(configuration.data)
        self._clock = clock
        self._lookout = lookout
        self._sender = sender
        self._keeper = keeper
        self._memory = keeper.load()
        self._keeping: Future[None] | None = None
        self._looking: Future[Facts] | None = None
        self._looked_at: Nanos | None = None
        self._telling: dict[str, tuple[Letter, Future[None]]] = {}
        self._eyes = lane(1, "looking")
        self._pen = lane(1, "keeping")  # a disk that hangs must not keep anybody from being told of it
        self._hands = lane(MAX_TOLD_AT_ONCE, "telling")
        self._untold = log.Edge(_log, begins="an alarm cannot be told; tried again", ends="alarms are told again")

    def step(self, now: Nanos) -> None:
        """Do what is due at *now* (monotonic); never waits."""
        marks, fresh = self._memory.marks, ()
        facts = self._facts(now)
        wall = self._clock.wall()
        if facts:
            told = [key for key, mark in marks.items() if mark.is_told]
            marks, news = judged(marks, verdicts(facts, told), facts.at)
            _say(news)
            fresh = post.letters(news, self._targets, self._site)
        waiting = post.posted(self._memory.waiting, fresh, [to for to, _ in self._targets], wall)
        waiting = self._answered(waiting, wall)
        for letter in post.due(waiting, self._telling, wall):
            self._telling[letter.to] = (letter, self._hands.submit(self._sender.send, letter))
        self._memory = Memory(marks, waiting)
        if self._keeping is None or self._keeping.done():
            self._keeping = self._pen.submit(self._keeper.keep, self._memory)

    def close(self) -> None:
        """Break off what is on its way; it is sent after the next start."""
        self._sender.close()
        self._hands.shutdown(wait=True, cancel_futures=True)
        self._eyes.shutdown(wait=False, cancel_futures=True)
        self._pen.shutdown(wait=True)
        self._keeper.keep(self._memory)
        if self._looking is None or self._looking.done():
            self._lookout.close()

    def _facts(self, now: Nanos) -> Facts | None:
        """Return what the last look has found, once; begin another one when it is time."""
        found: Facts | None = None
        if self._looking and self._looking.done():
            found, self._looking = self._looking.result(), None
        if self._looking and self._looked_at is not None and now - self._looked_at > STUCK_AFTER:
            found = Facts(at=self._clock.wall(), folder=f"{self._folder} does not answer")
        elif self._looking is None and (self._looked_at is None or now - self._looked_at >= LOOK_EVERY):
            self._looked_at = now
            self._looking = self._eyes.submit(self._lookout.look)
        return found

    def _answered(self, waiting: tuple[Letter, ...], wall: Nanos) -> tuple[Letter, ...]:
        for to, (letter, future) in list(self._telling.items()):
            if not future.done():
                continue
            del self._telling[to]
            error = future.exception()
            if error is not None and not isinstance(error, WeRememberError):
                raise error  # our own fault: the process is started anew
            self._untold.note(to, holds=error is not None, to=to, why=error or "")
            waiting = post.answered(waiting, letter, is_sent=error is None, now=wall)
        return waiting


def run(
    in_force: InForce, *, clock: TrustedClock, heartbeat: Heartbeat, stopped: threading.Event, reload: threading.Event
) -> None:
    """Watch until *stopped*; without alarms in the configuration, nothing is looked at.

    The configuration is read again on *reload*, and when another process of the player has taken in a new one.
    """
    while not stopped.is_set():
        reload.clear()
        configuration = in_force.read()
        with ExitStack() as stack:
            step = _nothing
            if configuration and configuration.settings.alarms:
                watch = Watch(
                    configuration,
                    clock=clock,
                    lookout=Lookout(configuration, clock),
                    sender=Courier(configuration.settings.network),
                    keeper=Keeper(configuration.data),
                )
                stack.callback(watch.close)
                step = watch.step
            copy = configuration.data / LAST_CLEAN if configuration else None
            is_stale = _Change(in_force, copy)
            while not stopped.is_set() and not reload.is_set() and not is_stale():
                now = clock.monotonic()
                heartbeat.beat(now, presented=False)
                step(now)
                clock.wait(stopped, TICK)


class _Change:
    """Whether there is another configuration than was read: the file's if that was faulty, else by the last clean *copy*."""

    def __init__(self, in_force: InForce, copy: Path | None) -> None:
        self._in_force = in_force
        self._copy = copy
        self._stamp = self._look()

    def __call__(self) -> bool:
        """Look."""
        return (self._in_force.is_faulty and self._in_force.has_changed()) or self._look() != self._stamp

    def _look(self) -> int:
        try:
            return self._copy.stat().st_mtime_ns if self._copy else 0
        except OSError:
            return 0


def _nothing(_now: Nanos) -> None:
    """Do nothing: nobody wants to be told."""


def _say(news: tuple[News, ...]) -> None:
    for each in news:
        tell = _log.warning if each.begins else _log.info
        tell("an alarm begins" if each.begins else "an alarm ends", alarm=each.alarm.value, of=each.of, text=each.text)
