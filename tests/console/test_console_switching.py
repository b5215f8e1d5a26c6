"""Dark and light from the console as the screen obeys them: what was pressed last holds, and what is refused did not happen."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Generator
from concurrent.futures import Executor
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Event
from typing import TypeVar

import pytest

from player.command import Command, Go, Plain
from player.console.lanes import PATIENCE, Lanes
from player.console.ordering import Answer, How, OrderDoor
from player.console.refusal import RefusedError
from player.errors import LibraryError
from player.library import dark, database
from player.library.orders import ORDERS
from player.screen.hand import OVERRULED
from player.units import Nanos
from tests.fakes.clock import FakeClock
from tests.fakes.console import Console
from tests.fakes.operated import operated
from tests.fakes.showing import Showing

T = TypeVar("T")

BEFORE_DARK = (Plain.LIGHT, Plain.AUTO, Go("facade"))


@pytest.fixture
def show(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Generator[Showing]:
    """A wall that obeys; nobody waits long for a file."""
    monkeypatch.setattr(database, "BUSY_S", 0.0)
    with operated(tmp_path) as showing:
        yield showing


class PatientOfFiles(Lanes):
    """Threads that have all the time they need for a file, and as much as ever for a row."""

    async def run(self, lane: Executor, work: Callable[[], T], *, within: Nanos = PATIENCE, is_done_late: bool = False) -> T:
        """Wait as long as it takes on a machine that does other things as well."""
        return await super().run(lane, work, within=50 * within if lane is self.dark else within, is_done_late=is_done_late)


class Halting(OrderDoor):
    """A door whose disk can be stopped before anything but dark is written, and then takes no dark."""

    def __init__(self, show: Showing) -> None:
        self.lanes = PatientOfFiles()
        self.began, self.goes_on = Event(), Event()
        self.halts = False

        async def pause(seconds: float) -> None:
            del seconds
            show.frame()
            await asyncio.sleep(0)

        super().__init__(show.folder, lanes=self.lanes, clock=show.clock, pause=pause)

    def _posted(self, command: Command, by: str) -> int:
        if self.halts and command is Plain.DARK:
            raise LibraryError("the disk is full")
        if self.halts:
            self.began.set()
            self.goes_on.wait()
        return super()._posted(command, by)


def at_the_door(show: Showing, work: Callable[[Halting], Awaitable[T]]) -> T:
    """Do *work* at a door to the screen of *show*."""

    async def done() -> T:
        door = Halting(show)
        try:
            return await work(door)
        finally:
            door.goes_on.set()
            await door.close()
            door.lanes.close()

    return asyncio.run(done())


@contextmanager
def held(folder: Path) -> Generator[None]:
    """Let another process hold the orders, so that nobody can write there."""
    with closing(sqlite3.connect(folder / ORDERS.name, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield


def stays_dark(show: Showing, frames: int = 60) -> None:
    """Let frames pass; as the ramp ends it is dark, and stays so."""
    for _ in range(frames):
        show.frame()
    for _ in range(frames):
        show.frame()
        assert show.is_dark


def test_light_that_is_refused_leaves_the_wall_dark(tmp_path: Path) -> None:
    """Dark lies there as a file alone, for the orders are held: light cannot be recorded, so that file stays."""
    with Console(tmp_path) as console:
        console.run(console.desk.orders.warm())
        with held(console.data):
            assert console.run(console.desk.orders.post(Plain.DARK, "Ada")).how is How.OK
            left = dark.demanded(console.data)
            assert console.run(console.desk.orders.post(Plain.LIGHT, "Ada")).how is How.REFUSED
        assert dark.demanded(console.data) == left


@pytest.mark.parametrize("command", BEFORE_DARK, ids=str)
def test_what_is_stuck_does_not_overrule_a_later_dark(show: Showing, command: Command) -> None:
    """It was pressed before, and comes to the disk after the screen has obeyed a dark that is never recorded."""

    async def work(door: Halting) -> Answer:
        door.halts = True
        stuck = asyncio.create_task(door.post(command, "Olek"))
        await asyncio.to_thread(door.began.wait)
        answer = await door.post(Plain.DARK, "Ada")
        stays_dark(show)
        door.goes_on.set()
        await stuck
        return answer

    assert at_the_door(show, work) == Answer(How.OK, "")
    stays_dark(show)


@pytest.mark.parametrize("words", ["light", "auto", "go facade"])
def test_what_waits_for_the_screen_does_not_overrule_a_later_dark(show: Showing, words: str) -> None:
    """The screen stands still; what was ordered first is recorded, and the dark after it is there as a file alone."""
    number = show.order(*words.split())

    async def work(door: Halting) -> Answer:
        door.halts = True
        return await door.post(Plain.DARK, "Ada")

    assert at_the_door(show, work) == Answer(How.OK, "")
    stays_dark(show)
    assert (show.ingest.orders.result(number) == str(OVERRULED)) is (words != "go facade")


def test_light_after_a_dark_that_is_nowhere_recorded_is_obeyed(show: Showing) -> None:
    """By the file alone it became dark; its file goes with the light that was pressed after it, and does not come back."""

    async def work(door: Halting) -> Answer:
        door.halts = True
        await door.post(Plain.DARK, "Ada")
        stays_dark(show)
        door.halts = False
        return await door.post(Plain.LIGHT, "Olek")

    assert at_the_door(show, work) == Answer(How.OK, "light")
    for _ in range(60):
        show.frame()
    assert not show.is_dark
    assert dark.demanded(show.folder) is None


def test_light_takes_away_no_dark_that_was_left_after_it(show: Showing) -> None:
    """Somebody has left the file by hand while light waited for the disk: that is a later word."""

    async def work(door: Halting) -> None:
        dark.demand(show.folder)
        door.halts = True
        light = asyncio.create_task(door.post(Plain.LIGHT, "Olek"))
        await asyncio.to_thread(door.began.wait)
        await asyncio.wrap_future(door.lanes.dark.submit(int))  # it has looked what lay there
        dark.demand(show.folder)
        door.goes_on.set()
        await light

    at_the_door(show, work)
    stays_dark(show)


def test_light_says_where_the_file_stays(show: Showing, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is light, and would not be after the next start: whoever pressed can do something about it."""

    async def work(door: Halting) -> Answer:
        monkeypatch.setattr(dark, "take_away", stays)
        dark.demand(show.folder)
        stays_dark(show)
        return await door.post(Plain.LIGHT, "Olek")

    answer = at_the_door(show, work)

    assert answer.how is How.OK
    assert answer.said.startswith(f"light; {show.folder / dark.NAME} cannot be deleted")


def test_pages_and_programs_hear_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A dark that cannot be left at all is refused by the same number, wherever it was pressed."""
    with Console(tmp_path, has_library=False) as console:
        browser = console.browser()
        monkeypatch.setattr(dark, "demand", refuses)

        page, told = browser.post("/dark"), browser.send("/api/dark")

        assert (page.status_code, "Switch the projector" in page.text) == (409, True)
        assert (told.status_code, told.json()["how"]) == (409, "refused")


def refuses(folder: Path) -> None:
    """Leave no file."""
    raise LibraryError(f"{folder} cannot be written")


def stays(folder: Path, demand: int) -> bool:
    """Take nothing away."""
    del folder, demand
    return False


class Impatient(Lanes):
    """Threads for which nobody has a moment."""

    async def run(self, lane: Executor, work: Callable[[], T], *, within: Nanos = PATIENCE, is_done_late: bool = False) -> T:
        """Wait a hundredth of the time."""
        return await super().run(lane, work, within=within // 100, is_done_late=is_done_late)


def test_nobody_says_no_where_nobody_knows(tmp_path: Path) -> None:
    """What hangs in the disk may still be done: whoever pressed is told to look, and not that it was refused."""
    release = Event()

    async def tried() -> None:
        lanes = Impatient()
        lanes.orders.submit(release.wait)
        door = OrderDoor(tmp_path, lanes=lanes, clock=FakeClock())
        with pytest.raises(RefusedError) as refused:
            await door.post(Plain.LIGHT, "Ada")
        assert (refused.value.status, refused.value.key) == (503, "refused.perhaps")
        release.set()
        lanes.close()

    asyncio.run(tried())
