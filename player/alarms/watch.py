"""One configuration's alarms: what is looked at, what is remembered, what is on its way. Waits for nobody."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from typing import Final, Protocol
from zoneinfo import ZoneInfo

from player import log
from player.alarms import post
from player.alarms.keeping import Keeper
from player.alarms.marks import News, judged, told
from player.alarms.post import Letter, Memory
from player.alarms.rules import MINUTE, Facts, verdicts
from player.alarms.sending import Sender, shown
from player.alarms.wording import sentence
from player.clock import Clock
from player.errors import WeRememberError
from player.settings import Configuration
from player.timekeeping import step
from player.units import SECOND, Nanos

LOOK_EVERY: Final[Nanos] = 5 * SECOND
STUCK_AFTER: Final[Nanos] = MINUTE  # a look takes milliseconds; one that does not come back waits for a disk
MAX_TOLD_AT_ONCE: Final = 2  # processes that send: each is 50 MB, and a core, for some seconds

_log = log.get("alarms")


class Looks(Protocol):
    """What finds the facts."""

    def look(self) -> Facts:
        """Return what is found now; slow where a disk is slow."""
        ...

    def note(self, news: Sequence[News], at: Nanos) -> None:
        """Have what begins or ends written in the journal with the next look; never waits."""
        ...

    def close(self) -> None:
        """Let go of everything."""
        ...


class Watch:
    """Looks, decides, has it told. Used by one thread; what is slow is done in others."""

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
        self._site = configuration.settings.site.name
        self._zone = ZoneInfo(configuration.settings.site.zone)
        self._targets = _targets(configuration)
        self._folder = str(configuration.data)
        self._clock = clock
        self._lookout = lookout
        self._sender = sender
        self._keeper = keeper
        self._memory = keeper.load()
        self._kept: Memory | None = self._memory
        self._keeping: Future[bool] | None = None
        self._looking: Future[Facts] | None = None
        self._looked_at: Nanos | None = None
        self._telling: dict[str, tuple[Letter, Future[None]]] = {}
        self._read_at = self._now()
        self._eyes = lane(1, "looking")
        self._pen = lane(1, "keeping")  # a disk that hangs must not keep anybody from being told of it
        self._hands = lane(MAX_TOLD_AT_ONCE, "telling")
        self._untold = log.Edge(_log, begins="an alarm cannot be told; tried again", ends="alarms are told again")

    def is_telling(self) -> bool:
        """Whether something is on its way; what has not set out yet no longer does, and is told by whoever follows."""
        return any(not (future.done() or future.cancel()) for _, future in self._telling.values())

    def step(self, now: Nanos) -> None:
        """Do what is due at *now* (monotonic); never waits."""
        self._follow_the_clock()
        wall = self._read_at[0]
        marks, fresh = self._memory.marks, ()
        facts = self._facts(now)
        if facts:
            marks, news = judged(marks, verdicts(facts, told(marks)), wall)
            _say(news)
            self._lookout.note(news, wall)
            fresh = post.letters(news, self._targets, say=self._sentence, now=wall)
        waiting = self._answered(self._memory.waiting, wall)
        waiting = post.posted(waiting, fresh, self._targets, wall)
        for letter in post.due(waiting, self._telling, wall):
            self._telling[letter.to] = (letter, self._hands.submit(self._sender.send, letter))
        self._memory = Memory(marks, waiting)
        self._keep()

    def close(self) -> None:
        """Break off what is on its way; it is sent after the next start."""
        self._sender.close()
        self._hands.shutdown(wait=True, cancel_futures=True)
        self._eyes.shutdown(wait=False, cancel_futures=True)
        self._pen.shutdown(wait=True)
        self._follow_the_clock()
        waiting = self._answered(self._memory.waiting, self._read_at[0])
        self._keeper.keep(Memory(self._memory.marks, waiting))
        if self._looking is None or self._looking.done():
            self._lookout.close()

    def _now(self) -> tuple[Nanos, Nanos]:
        return self._clock.wall(), self._clock.monotonic()

    def _follow_the_clock(self) -> None:
        """Move what is remembered with a clock that was set: an hour is an hour, whatever it is called."""
        before, self._read_at = self._read_at, self._now()
        by = step(before, self._read_at)
        if by:
            self._memory = self._memory.shifted(by)
            self._telling = {to: (letter.shifted(by), future) for to, (letter, future) in self._telling.items()}

    def _facts(self, now: Nanos) -> Facts | None:
        """Return what the last look has found, once; begin another one when it is time."""
        found: Facts | None = None
        if self._looking and self._looking.done():
            found, self._looking = self._looking.result(), None
        if self._looking and self._looked_at is not None and now - self._looked_at > STUCK_AFTER:
            found = Facts(at=self._read_at[0], folder=f"{self._folder} does not answer")
        elif self._looking is None and (self._looked_at is None or now - self._looked_at >= LOOK_EVERY):
            self._looked_at = now
            self._looking = self._eyes.submit(self._lookout.look)
        return found

    def _answered(self, waiting: tuple[Letter, ...], wall: Nanos) -> tuple[Letter, ...]:
        for to, (letter, future) in list(self._telling.items()):
            if not future.done():
                continue
            del self._telling[to]
            if future.cancelled():
                continue
            error = future.exception()
            if error is not None and not isinstance(error, WeRememberError):
                raise error  # our own fault: the process is started anew
            self._untold.note(to, holds=error is not None, to=shown(to), why=error or "")
            waiting = post.answered(waiting, letter, is_sent=error is None, now=wall)
        return waiting

    def _keep(self) -> None:
        """Have the memory written down when it is another one; again, where the disk refused."""
        if self._keeping:
            if not self._keeping.done():
                return
            if not self._keeping.result():
                self._kept = None
            self._keeping = None
        if self._memory != self._kept:
            self._kept = self._memory
            self._keeping = self._pen.submit(self._keeper.keep, self._memory)

    def _sentence(self, news: News) -> str:
        return sentence(news, site=self._site, zone=self._zone)


def _targets(configuration: Configuration) -> dict[str, frozenset[str]]:
    """Return who is told of what; an address that is named twice is one."""
    targets: dict[str, frozenset[str]] = {}
    for target in configuration.settings.alarms:
        targets[target.to] = targets.get(target.to, frozenset()) | frozenset(target.about)
    return targets


def _say(news: tuple[News, ...]) -> None:
    for each in news:
        tell = _log.warning if each.begins else _log.info
        tell("an alarm begins" if each.begins else "an alarm ends", alarm=each.alarm.value, of=each.of, why=each.finding.why)
