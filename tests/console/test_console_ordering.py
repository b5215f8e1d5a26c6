"""Orders from the console: what the screen says to them, and what happens when it says nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Generator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Event
from typing import TypeVar

import pytest

from player.command import Command, Go, Plain
from player.console.lanes import Lanes, SlowError
from player.console.ordering import NOBODY, Answer, How, OrderDoor
from player.library import dark
from player.library.library import open_library
from player.units import SECOND, Nanos
from tests.fakes.clock import FakeClock
from tests.fakes.console import Console


@pytest.fixture
def console(tmp_path: Path) -> Generator[Console]:
    """A console whose screen answers what it is told to."""
    with Console(tmp_path) as console:
        yield console


def post(console: Console, command: Command) -> Answer:
    """Order something in Ada's name."""
    return console.run(console.desk.orders.post(command, "Ada"))


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("next: words", Answer(How.OK, "next: words")),
        ("refused: nothing is on", Answer(How.REFUSED, "nothing is on")),
    ],
)
def test_a_button_shows_what_the_screen_says(console: Console, said: str, answer: Answer) -> None:
    """Its own words, and whether it obeyed."""
    console.answers = {"next": said}

    assert post(console, Plain.NEXT) == answer
    assert console.orders() == [("next", "Ada", said)]


def test_no_answer_is_said_after_two_seconds(console: Console) -> None:
    """Not hope, and not for ever."""
    began = console.clock.monotonic()

    assert post(console, Go("one")) == Answer(How.WAITING, "")
    assert 2 * SECOND <= console.clock.monotonic() - began < 2.2 * SECOND


def test_what_nobody_obeyed_is_taken_back(console: Console) -> None:
    """A player that is started tomorrow does not go to the next picture because of today; dark it does become."""
    post(console, Plain.NEXT)
    post(console, Plain.DARK)
    console.run(asyncio.sleep(0.05))

    assert console.orders() == [("next", "Ada", str(NOBODY)), ("dark", "Ada", None)]


def test_what_nobody_obeyed_is_taken_back_at_the_end_too(tmp_path: Path) -> None:
    """When the console ends meanwhile."""
    with Console(tmp_path) as console:
        post(console, Plain.NEXT)
        console.run(console.desk.orders.close())

        assert console.orders() == [("next", "Ada", str(NOBODY))]


def test_dark_lies_there_as_a_file_too_and_light_takes_it_away(console: Console) -> None:
    """Whatever hangs in the orders, the screen sees the file."""
    console.answers = {"dark": "dark", "light": "light"}

    post(console, Plain.DARK)
    assert dark.demanded(console.data) is not None
    post(console, Plain.LIGHT)
    assert dark.demanded(console.data) is None


def test_dark_counts_when_only_the_file_can_be_left(tmp_path: Path) -> None:
    """Without a library, or with one that nobody can read: the screen has been told all the same."""
    with Console(tmp_path, has_library=False) as console:
        assert post(console, Plain.DARK) == Answer(How.OK, "")
        assert dark.demanded(console.data) is not None


def test_an_order_that_cannot_be_written_is_refused_in_the_librarys_words(tmp_path: Path) -> None:
    """It is an answer, too."""
    with Console(tmp_path, has_library=False) as console:
        answer = post(console, Plain.LIGHT)

    assert answer.how is How.REFUSED
    assert "there is no library" in answer.said


def test_dark_that_cannot_be_left_at_all_is_said(tmp_path: Path) -> None:
    """The data folder is gone: somebody must go and switch it off by hand."""
    with Console(tmp_path, has_library=False) as console:
        for file in console.data.iterdir():
            file.unlink()
        console.data.rmdir()

        assert post(console, Plain.DARK).how is How.REFUSED


T = TypeVar("T")


class Hanging(Lanes):
    """Threads of which that for orders hangs, and patience that takes no time."""

    def __init__(self, release: Event) -> None:
        super().__init__()
        self.orders = ThreadPoolExecutor(1)
        self.orders.submit(release.wait)

    async def run(self, lane: Executor, work: Callable[[], T], *, within: Nanos = 0, is_done_late: bool = False) -> T:
        """Wait a twentieth of the time."""
        return await super().run(lane, work, within=within // 20, is_done_late=is_done_late)


def test_dark_that_is_only_slow_is_not_said_to_be_impossible(tmp_path: Path) -> None:
    """On a flooded machine the file may take longer than black may: for that nobody is sent to switch it off by hand."""

    class Flooded(Lanes):
        async def run(self, lane: Executor, work: Callable[[], T], *, within: Nanos = 0, is_done_late: bool = False) -> T:
            if within < SECOND:
                raise SlowError
            return await super().run(lane, work, within=60 * within, is_done_late=is_done_late)

    async def tried() -> Answer:
        lanes = Flooded()
        answer = await OrderDoor(tmp_path, lanes=lanes, clock=FakeClock()).post(Plain.DARK, "Ada")
        lanes.close()
        return answer

    assert asyncio.run(tried()) == Answer(How.OK, "")
    assert dark.demanded(tmp_path) is not None


def test_dark_gets_through_while_the_orders_hang(tmp_path: Path) -> None:
    """A disk or a lock that never answers keeps the order from being written, and the file is there."""
    release = Event()

    async def tried() -> Answer:
        lanes = Hanging(release)
        door = OrderDoor(tmp_path, lanes=lanes, clock=FakeClock())
        answer = await door.post(Plain.DARK, "Ada")
        release.set()
        lanes.close()
        return answer

    assert asyncio.run(tried()) == Answer(How.OK, "")
    assert dark.demanded(tmp_path) is not None


def test_dark_that_comes_too_late_to_be_promised_is_left_all_the_same(tmp_path: Path) -> None:
    """Whoever pressed is sent to the switch, for nobody can say when the disk will answer; when it does, it is dark."""
    release = Event()

    async def tried() -> Answer:
        lanes = Hanging(release)
        lanes.dark.submit(release.wait)
        answer = await OrderDoor(tmp_path, lanes=lanes, clock=FakeClock()).post(Plain.DARK, "Ada")
        assert dark.demanded(tmp_path) is None
        release.set()
        lanes.dark.shutdown()
        lanes.close()
        return answer

    assert asyncio.run(tried()).how is How.REFUSED
    assert dark.demanded(tmp_path) is not None


def test_dark_after_a_light_that_is_written_slowly_comes_after_it(tmp_path: Path) -> None:
    """By the file at once, and by its row when its turn comes: else light's would be the last word, though dark was."""
    open_library(tmp_path, writer="a test").close()
    began, release = Event(), Event()

    class Slow(OrderDoor):
        def _posted(self, command: Command, by: str) -> int:
            if command is Plain.LIGHT:
                began.set()
                release.wait()
            return super()._posted(command, by)

    clock = FakeClock()

    async def pause(seconds: float) -> None:
        clock.advance(round(seconds * SECOND))
        await asyncio.sleep(0)

    async def tried() -> Answer:
        lanes = Lanes()
        door = Slow(tmp_path, lanes=lanes, clock=clock, pause=pause)
        light = asyncio.create_task(door.post(Plain.LIGHT, "Olek"))
        await asyncio.to_thread(began.wait)
        answer = await door.post(Plain.DARK, "Ada")
        release.set()
        await light
        await door.close()
        lanes.close()
        return answer

    assert asyncio.run(tried()) == Answer(How.OK, "")
    assert dark.demanded(tmp_path) is not None
    with closing(open_library(tmp_path, writer="a test")) as library:
        assert [row.verb for row in library.orders.waiting("screen")] == ["light", "dark"]


def test_orders_go_to_the_folder_that_is_there_now(console: Console) -> None:
    """After somebody has put another library in its place."""
    console.answers = {"next": "next"}
    post(console, Plain.NEXT)
    for file in [*console.data.glob("library.sqlite*"), *console.data.glob("orders.sqlite*")]:
        file.unlink()
    console.orders()  # makes both anew

    post(console, Plain.NEXT)

    assert console.orders() == [("next", "Ada", "next")]


def test_two_who_press_opposite_buttons_both_hear_of_it(console: Console) -> None:
    """Both orders are on record in their order, and the last one counts."""
    console.answers = {"dark": "dark", "light": "light"}

    async def both() -> list[Answer]:
        orders = console.desk.orders
        return list(await asyncio.gather(orders.post(Plain.DARK, "Ada"), orders.post(Plain.LIGHT, "Olek")))

    assert console.run(both()) == [Answer(How.OK, "dark"), Answer(How.OK, "light")]
    assert [(verb, by) for verb, by, _ in console.orders()] == [("dark", "Ada"), ("light", "Olek")]
