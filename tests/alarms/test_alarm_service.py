"""The alarms' process: looks, decides, has it told, remembers, and waits for nobody."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import replace
from pathlib import Path
from typing import ParamSpec, TypeVar

import pytest

from player.alarms import service
from player.alarms.keeping import NAME, Keeper
from player.alarms.post import Letter, Memory
from player.alarms.rules import HOUR, MINUTE, Facts
from player.alarms.service import LOOK_EVERY, Watch
from player.errors import NetworkError, WeRememberError
from player.heartbeat import Heartbeat
from player.in_force import InForce
from player.settings import Configuration, keep_clean, with_data
from player.units import SECOND, Nanos
from tests.fakes.clock import FakeClock, SteppedClock
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


class World:
    """A player's alarms by a clock of the tests: facts as a test wants them, and what people hear."""

    def __init__(self, folder: Path, lane: Callable[[int, str], Executor] = Inline) -> None:
        self.clock = FakeClock()
        self.facts = Facts(at=0)
        self.heard: list[tuple[str, str]] = []
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

    def send(self, letter: Letter) -> None:
        """As a Sender."""
        if not self.is_online:
            raise NetworkError("no network")
        self.heard.append((letter.to, letter.text))

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


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A player with two addresses."""
    return World(tmp_path)


def test_each_address_hears_once_of_what_it_wants(world: World) -> None:
    """Of the dark both, of the plate one; at the beginning, at the end, and never in between."""
    world.facts = Facts(at=0, is_dark=True, plate=True)
    assert world.live(30 * SECOND) == []
    assert world.live(MINUTE) == [("env:A", "Hall: Words alone are shown: nothing may be shown")]
    dark = "Hall: Dark by hand for over an hour: weremember light, or auto, ends it"
    assert world.live(2 * HOUR) == [("env:A", dark), ("env:B", dark)]
    world.facts = Facts(at=0, is_dark=False, plate=True)
    ended = "Hall: No longer dark by hand (after 61 min)"
    assert world.live(MINUTE) == [("env:A", ended), ("env:B", ended)]


def test_it_looks_every_five_seconds(world: World) -> None:
    """And not more often."""
    world.live(100 * SECOND)
    assert world.looks == 100 * SECOND // LOOK_EVERY


def test_a_restart_tells_nothing_twice_and_loses_no_end(world: World) -> None:
    """What was told is remembered in the data folder; the wait of an hour goes on through a restart."""
    world.facts = Facts(at=0, plate=True, is_dark=True)
    world.live(40 * MINUTE)
    world.watch.close()
    world.begin()
    assert [to for to, _ in world.live(19 * MINUTE)] == []
    assert [text for to, text in world.live(2 * MINUTE) if to == "env:B"] == [
        "Hall: Dark by hand for over an hour: weremember light, or auto, ends it"
    ]
    world.facts = Facts(at=0, plate=False, is_dark=False)
    world.begin()  # killed: nothing was closed
    assert [text.partition(" (")[0] for to, text in world.live(2 * MINUTE) if to == "env:A"] == [
        "Hall: No longer dark by hand",
        "Hall: Photos are shown again",
    ]


def test_what_happens_without_a_network_is_told_later_in_order(world: World) -> None:
    """Through a restart, too; the beginning before the end."""
    world.is_online = False
    world.facts = Facts(at=0, plate=True)
    world.live(2 * MINUTE)
    world.facts = Facts(at=0, plate=False)
    world.live(10 * MINUTE)
    world.watch.close()
    world.begin()
    world.is_online = True
    assert [text.partition(" (")[0] for _, text in world.live(15 * MINUTE)] == [
        "Hall: Words alone are shown: nothing may be shown",
        "Hall: Photos are shown again",
    ]
    assert world.live(HOUR) == []


def test_a_look_that_does_not_come_back_is_the_disks_alarm(tmp_path: Path) -> None:
    """Nor is anybody kept from being told by a memory that cannot be written."""
    world = World(tmp_path, Stuck)
    assert world.live(MINUTE) == []
    assert [text for _, text in world.live(2 * MINUTE)] == [f"Hall: The disk: {world.configuration.data} does not answer"]
    world.watch.close()


def test_an_address_that_is_gone_is_told_nothing(world: World, tmp_path: Path) -> None:
    """What waited for it goes with it."""
    world.is_online = False
    world.facts = Facts(at=0, plate=True)
    world.live(2 * MINUTE)
    settings = world.configuration.settings
    world.configuration = world.configuration.model_copy(
        update={"settings": settings.model_copy(update={"alarms": settings.alarms[1:]})}
    )
    world.begin()
    world.is_online = True
    assert world.live(HOUR) == []
    assert Keeper(tmp_path / "data").load().waiting == ()


def test_a_fault_of_ours_ends_the_process(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever starts it again counts how often that happened."""

    def fails(_letter: Letter) -> None:
        raise ZeroDivisionError

    class Careless(Inline):
        def submit(self, fn: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> Future[R]:
            future: Future[R] = Future()
            future.set_exception(ZeroDivisionError()) if fn is fails else future.set_result(fn(*args, **kwargs))
            return future

    monkeypatch.setattr(world, "send", fails)
    world.lane = Careless
    world.facts = Facts(at=0, journal_fault="broken")
    world.begin()
    with pytest.raises(ZeroDivisionError):
        world.live(MINUTE)


def test_the_memory_is_for_nobody_else(tmp_path: Path) -> None:
    """It holds where people are reached; a folder that refuses costs the memory alone; what is damaged is forgotten."""
    keeper = Keeper(tmp_path)
    waiting = (Letter(to="env:A", alarm="plate", state="begins", text="x", at=1),)
    keeper.keep(Memory({}, waiting))
    assert (tmp_path / NAME).stat().st_mode & 0o777 == 0o600
    assert Keeper(tmp_path).load() == Memory({}, waiting)
    (tmp_path / NAME).write_bytes(b"[" * 100_000)
    assert Keeper(tmp_path).load() == Memory({})
    Keeper(tmp_path / "nowhere").keep(Memory({}))


def run(configuration: Configuration, folder: Path, clock: SteppedClock, *, reloads: int = 0) -> list[Nanos]:
    """Run the process for a minute; return when it beat."""
    stopped, reload = threading.Event(), threading.Event()
    beats: list[Nanos] = []

    class Beats(Heartbeat):
        def beat(self, now: Nanos, *, presented: bool, rung: str = "") -> None:
            assert not presented
            assert not rung
            beats.append(now)
            if len(beats) <= reloads:
                reload.set()
            if len(beats) >= 60:
                stopped.set()

    in_force = InForce(folder / "config.yaml", str(configuration.data))
    service.run(in_force, clock=clock.trusted, heartbeat=Beats(None), stopped=stopped, reload=reload)
    return beats


def test_the_process_beats_each_second(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With alarms and without; reloads make a new watch each, and close the old one."""
    home = Home(tmp_path)
    configuration = with_data(home.clean("feeds: {}\nshow: one\n"), str(tmp_path / "data"))
    assert len(run(configuration, tmp_path, SteppedClock())) == 60
    home.clean(TEXT)
    closed: list[int] = []
    close = Watch.close

    def counted(self: Watch) -> None:
        closed.append(1)
        close(self)

    monkeypatch.setattr(Watch, "close", counted)
    configuration.data.mkdir(exist_ok=True)
    beats = run(configuration, tmp_path, SteppedClock(), reloads=3)
    assert len(beats) == 60
    assert len(closed) == 4


def test_a_reload_of_the_player_reaches_the_alarms(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once the screen or ingest has taken a new configuration in; an edit alone changes nothing yet."""
    home = Home(tmp_path)
    configuration = with_data(home.clean("feeds: {}\nshow: one\n"), str(tmp_path / "data"))
    reads: list[int] = []
    read = InForce.read

    def counted(self: InForce) -> Configuration | None:
        reads.append(1)
        return read(self)

    monkeypatch.setattr(InForce, "read", counted)
    clock, seconds = SteppedClock(), 0

    def wait(until: threading.Event, _length: Nanos) -> bool:
        nonlocal seconds
        seconds += 1
        clock.advance(SECOND)
        if seconds == 10:
            home.file.write_text("feeds: {}\nshow: one\nsite: {name: Hall}\n")
        if seconds == 20:
            assert len(reads) == 1
            keep_clean(with_data(home.clean("feeds: {}\nshow: one\nsite: {name: Hall}\n"), str(configuration.data)))
        return until.is_set()

    monkeypatch.setattr(clock.trusted, "wait", wait)
    run(configuration, tmp_path, clock)
    assert len(reads) == 2


def test_nothing_heavy_is_imported_to_watch() -> None:
    """Apprise is for the process that sends; a picture, a window or a feed's reader for nobody here."""
    import subprocess
    import sys

    done = subprocess.run(
        [sys.executable, "-c", "import sys, player.alarms.service; print('\\n'.join(sys.modules))"],
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = set(done.stdout.split())
    assert "player.alarms.sending" in loaded
    assert not loaded & {"apprise", "requests", "pygame", "numpy", "cv2", "PIL", "tuf"}
