"""A player's alarms by a clock of the tests, and lanes for its slow work that do as a test wants."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future
from dataclasses import replace
from pathlib import Path
from typing import ParamSpec, TypeVar

from player.alarms.keeping import Keeper
from player.alarms.marks import News
from player.alarms.post import Letter
from player.alarms.rules import Facts
from player.alarms.watch import Watch
from player.errors import NetworkError, WeRememberError
from player.settings import with_data
from player.units import SECOND, Nanos
from tests.fakes.clock import FakeClock
from tests.fakes.home import Home

P = ParamSpec("P")
R = TypeVar("R")
TEXT = "feeds: {}\nshow: one\nsite: {name: Hall}\nalarms: [{to: env:A}, {to: env:B, from: [dark]}]\n"


class Inline(Executor):
    """A lane without a thread: what is submitted is done before anybody asks."""

    def __init__(self, number: int = 1, name: str = "") -> None:
        del number, name

    def submit(self, fn: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> Future[R]:
        """Do it now."""
        future: Future[R] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except WeRememberError as error:
            future.set_exception(error)
        return future


class Stuck(Inline):
    """A lane whose looks never come back."""

    def __init__(self, number: int = 1, name: str = "") -> None:
        super().__init__(number, name)
        self._is_stuck = name in {"looking", "keeping"}

    def submit(self, fn: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> Future[R]:
        """Begin, and never end."""
        return Future() if self._is_stuck else super().submit(fn, *args, **kwargs)


class Waiting(Inline):
    """A lane whose work never sets out."""

    def submit(self, fn: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> Future[R]:
        """Let it wait."""
        del fn, args, kwargs
        return Future()


class Later(Inline):
    """A lane whose work is on its way until it is shut down."""

    def __init__(self) -> None:
        super().__init__()
        self._rest: list[Callable[[], None]] = []

    def submit(self, fn: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> Future[R]:
        """Begin."""
        future: Future[R] = Future()
        future.set_running_or_notify_cancel()
        self._rest.append(lambda: future.set_result(fn(*args, **kwargs)))
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: FBT001, FBT002 - as Executor has it
        """Finish."""
        del wait, cancel_futures
        for each in self._rest:
            each()


def telling_by(executor: Executor) -> Callable[[int, str], Executor]:
    """Lanes of which the one that tells is *executor*."""

    def lane(number: int, name: str) -> Executor:
        return executor if name == "telling" else Inline(number, name)

    return lane


class World:
    """A player's alarms by a clock of the tests: facts as a test wants them, and what people hear."""

    def __init__(self, folder: Path, lane: Callable[[int, str], Executor] = Inline) -> None:
        self.clock = FakeClock()
        self.facts = Facts(at=0)
        self.heard: list[tuple[str, str]] = []
        self.noted: list[tuple[Nanos, str, bool]] = []
        """What was to be written in the journal: when, which, and whether it begins."""
        self.is_online = True
        self.looks = 0
        self.closed = 0
        self.lane = lane
        self.configuration = with_data(Home(folder).clean(TEXT), str(folder / "data"))
        self.configuration.data.mkdir()
        self.watch = self.begin()

    def begin(self) -> Watch:
        """The process starts."""
        keeper = Keeper(self.configuration.data)
        self.watch = Watch(self.configuration, clock=self.clock, lookout=self, sender=self, keeper=keeper, lane=self.lane)
        return self.watch

    def look(self) -> Facts:
        """As a Lookout."""
        self.looks += 1
        return replace(self.facts, at=self.clock.wall())

    def note(self, news: Sequence[News], at: Nanos) -> None:
        """As a Lookout."""
        self.noted += [(at, each.alarm.value, each.begins) for each in news]

    def send(self, letter: Letter) -> None:
        """As a Sender."""
        if not self.is_online:
            raise NetworkError("no network")
        self.heard.append((letter.to, letter.text.partition(". ")[0]))

    def said(self) -> list[str]:
        """What anybody heard."""
        return [text for _, text in self.heard]

    def close(self) -> None:
        """As both."""
        self.closed += 1

    def live(self, length: Nanos) -> list[tuple[str, str]]:
        """Let time pass; return what people heard meanwhile."""
        before = len(self.heard)
        for _ in range(length // SECOND):
            self.watch.step(self.clock.monotonic())
            self.clock.advance(SECOND)
        return self.heard[before:]
