"""Whether what is ordered would be done, however wrong the clock is."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from player.console.looks.duty import Duties, Duty
from player.console.looks.processes import Processes
from player.library import receipts
from player.library.library import Library, open_library
from player.library.tombstones import Record
from player.units import SECOND
from tests.fakes.clock import FakeClock

HOUR = 3600 * SECOND


class Looking:
    """A console that looks."""

    def __init__(self, library: Library) -> None:
        self.orders, self.clock = library.orders, FakeClock()
        self._duties, self._processes = Duties(), Processes(proc=library.folder)

    def after(self, seconds: int) -> Duty:
        """Look after so many seconds."""
        self.clock.advance(seconds * SECOND)
        return self._duties.look(self.orders, self._processes, self.clock)


@pytest.fixture
def looking(tmp_path: Path) -> Generator[Looking]:
    """A console that looks at a library."""
    with closing(open_library(tmp_path, writer="a test")) as library:
        yield Looking(library)


def test_an_order_dated_ahead_grows_old_all_the_same(looking: Looking) -> None:
    """The clock was an hour ahead when it was given: what counts is for how long it is seen to wait."""
    looking.orders.post("screen", "next", {}, by="Olek", at=looking.clock.wall() + HOUR)
    assert looking.after(0).unanswered == 0
    assert looking.after(60).unanswered == 60 * SECOND


def test_an_order_from_before_the_console_began_is_as_old_as_it_says(looking: Looking) -> None:
    """A console that was started again hears at once that the screen is deaf."""
    looking.orders.post("screen", "next", {}, by="Olek", at=looking.clock.wall() - 60 * SECOND)
    assert looking.after(0).unanswered == 60 * SECOND


def test_whoever_answers_is_not_deaf(looking: Looking) -> None:
    """The next order that waits is another one, and has just come."""
    for verb in ("next", "hold"):
        looking.orders.post("screen", verb, {}, by="Olek", at=looking.clock.wall() + HOUR)
    looking.after(0)
    assert looking.after(4).unanswered == 4 * SECOND
    (first, _) = looking.orders.waiting("screen")
    looking.orders.answer(first.id, "done", at=looking.clock.wall())
    assert looking.after(1).unanswered == 0


@pytest.mark.parametrize("what", ["order", "withdrawal"])
def test_ingest_that_does_nothing_is_seen(looking: Looking, what: str) -> None:
    """Neither what it is told, nor what is to be deleted; not by a date, which is whoever withdrew's."""
    at = looking.clock.wall() - HOUR
    if what == "order":
        looking.orders.post("ingest", "reload", {}, by="Olek", at=at)
    else:
        looking.orders.withdraw_all([Record(source="wall", item="a", reason="asked", is_here=True)], known_at=at)
    assert looking.after(0).undone == 0
    assert looking.after(61).undone == 61 * SECOND
    if what == "order":
        looking.orders.answer(looking.orders.waiting("ingest")[0].id, "read again", at=at)
    else:
        (owed,) = receipts.for_purge(looking.orders.connection)
        looking.orders.gone([replace(owed)], at=at)
    assert looking.after(1).undone == 0


def test_without_orders_nothing_is_known_to_wait(looking: Looking) -> None:
    """That they are lost is told by others."""
    assert Duties().look(None, Processes(proc=Path("/nowhere")), looking.clock, unrecorded="lost") == Duty(unrecorded="lost")
