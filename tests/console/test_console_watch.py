"""Which configuration the console goes by, while it is exchanged, mended, and while the disk hangs."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from player.console.watch import LOOK_EVERY, Watch
from player.in_force import InForce
from player.library.library import open_library
from tests.fakes.clock import FakeClock
from tests.fakes.home import CLEAN, Home


class Lane(Executor):
    """A thread that works when it is told to: until then its disk hangs."""

    def __init__(self) -> None:
        self._work: list[Callable[[], None]] = []

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Take work."""
        future: Future[Any] = Future()
        self._work.append(lambda: future.set_result(fn(*args, **kwargs)))
        return future

    def go_on(self) -> int:
        """Do what waits; return how much that was."""
        work, self._work = self._work, []
        for each in work:
            each()
        return len(work)


class Place:
    """A console's watch over a home."""

    def __init__(self, folder: Path) -> None:
        self.home = Home(folder)
        self.home.clean(CLEAN)
        self.file, self.data = self.home.file, str(folder / "data")
        self.clock, self.lane, self.reload = FakeClock(), Lane(), threading.Event()
        self.watch = Watch(InForce(self.file, self.data), self.reload, self.clock, lane=self.lane)

    def name(self, name: str) -> None:
        """Write another configuration."""
        self.file.write_text(f"{CLEAN}site: {{name: {name}}}\n")

    def looks(self) -> bool:
        """Look as often as a look takes."""
        self.clock.advance(LOOK_EVERY)
        assert not self.watch.has_changed()
        self.lane.go_on()
        return self.watch.has_changed()

    @property
    def site(self) -> str:
        """What is in force."""
        return self.watch.configuration.settings.site.name if self.watch.configuration else "nothing"


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """A clean one."""
    return Place(tmp_path)


def test_a_file_that_is_written_counts_when_somebody_orders_it(place: Place) -> None:
    """By itself nothing changes; the order is obeyed once."""
    place.name("Hall")
    assert not place.looks()
    place.reload.set()
    assert place.looks()
    assert place.site == "Hall"
    assert not place.looks()


def test_what_another_process_has_taken_in_counts_here_too(place: Place) -> None:
    """It keeps a clean copy in the data folder, which is seen; once."""
    place.name("Hall")
    InForce(place.file, place.data).read()
    assert place.looks()
    assert place.site == "Hall"
    assert not place.looks()


def test_a_faulty_file_counts_as_soon_as_it_is_mended(place: Place) -> None:
    """Without any order; meanwhile the last clean one is in force."""
    place.file.write_text("nonsense: 1\n")
    place.reload.set()
    assert place.looks()
    assert place.site == ""
    place.name("mended")
    assert place.looks()
    assert place.site == "mended"


def test_a_disk_that_hangs_keeps_nobody_waiting(place: Place) -> None:
    """However long it hangs, one look waits for it, and what it finds counts when it is there."""
    place.name("Hall")
    place.reload.set()
    for _ in range(5):
        assert not place.watch.has_changed()
        place.clock.advance(LOOK_EVERY)
    assert place.lane.go_on() == 1
    assert place.watch.has_changed()
    assert place.site == "Hall"


def test_who_orders_it_at_a_terminal_gets_an_answer(place: Place) -> None:
    """Once it is read, whether anything has changed or not; what is no order of ours is said to be none."""
    with closing(open_library(Path(place.data), writer="command line")) as terminal:
        place.name("Hall")
        number, other = (terminal.orders.post("console", verb, {}, by="Ada", at=0) for verb in ("reload", "dance"))
        assert place.looks()
        assert place.site == "Hall"
        assert (terminal.orders.result(number), terminal.orders.result(other)) == ("read again", "unknown command dance")
        assert not place.looks()
        (Path(place.data) / "orders.sqlite").unlink()
        assert not place.looks()
    place.watch.close()
    place.lane.go_on()
