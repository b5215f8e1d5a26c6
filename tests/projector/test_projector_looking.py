"""What the projectors' process reads of what operators have ordered."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, Future
from contextlib import closing
from pathlib import Path
from typing import ParamSpec, TypeVar

import pytest

from player.library import dark
from player.library.by_hand import Note, forget_note, note_down
from player.library.library import open_library
from player.projector import told
from player.projector.looking import Desk
from player.projector.section import Projector
from player.projector.service import Watch
from player.projector.told import Report
from player.projector.visit import Wakes
from player.projector.wanted import Circumstances
from player.settings import with_data
from player.show.on_air import Manual, to_record
from player.timekeeping import ClockState
from player.units import SECOND
from tests.fakes.clock import SteppedClock
from tests.fakes.home import CLEAN, Home

P = ParamSpec("P")
R = TypeVar("R")


class Stuck(Executor):
    """A lane whose work never ends, though it may have ended before."""

    def __init__(self) -> None:
        self.is_stuck = True

    def submit(self, fn: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> Future[R]:
        """Begin, and perhaps never end."""
        future: Future[R] = Future()
        if not self.is_stuck:
            future.set_result(fn(*args, **kwargs))
        return future


class Site:
    """A wall that always has its show, and a disk that hangs."""

    def __init__(self, folder: Path, *, is_stuck: bool = True) -> None:
        self.clock = SteppedClock()
        self.kernel = ClockState.SYNCED
        self.lane = Stuck()
        self.lane.is_stuck = is_stuck
        text = (
            CLEAN + "schedule: {slots: [{id: facade, show: one, at: '00:00 to 23:59'}]}\nprojectors: {left: {host: 10.0.0.5}}\n"
        )
        self.configuration = with_data(Home(folder).clean(text), str(folder / "data"))
        self.folder = self.configuration.data
        self.folder.mkdir()

    def aim(self, *, after: int) -> str | None:
        """Begin anew, and say what the projector should be after some seconds."""
        watch = self.begin()
        for _ in range(after):
            watch.step()
            self.clock.advance(SECOND)
        return self.said

    def begin(self) -> Watch:
        """The process begins."""
        return Watch(
            self.configuration,
            {"left": Projector(host="10.0.0.5")},
            clock=self.clock.trusted,
            make=lambda _projector, _lit_at: Wakes(lambda: None, clock=self.clock),
            kernel=lambda: self.kernel,
            lane=lambda _n, _name: self.lane,
        )

    @property
    def said(self) -> str | None:
        """What it should be, by the file."""
        report = told.read(self.folder)
        return report.projectors["left"].aim if report and report.projectors else None


def test_a_disk_that_hangs_is_no_reason_to_trust_the_clock(tmp_path: Path) -> None:
    """Nobody vouches for the time: the schedule is not followed, however little else is known."""
    site = Site(tmp_path)
    site.kernel = ClockState.UNSYNCED
    assert site.aim(after=8) == "keep"
    site.kernel = ClockState.SYNCED
    assert site.aim(after=8) == "open"


def test_a_disk_that_hangs_does_not_forget_that_it_is_dark_by_hand(tmp_path: Path) -> None:
    """What the last life knew holds until the orders can be read; then they do."""
    site = Site(tmp_path)
    told.write(site.folder, Report(site.clock.wall(), {}, is_dark=True))
    assert site.aim(after=8) == "muted"
    assert site.aim(after=8) == "muted"  # and the life after that knows it too
    site.lane.is_stuck = False
    assert site.aim(after=8) == "open"


@pytest.mark.parametrize("is_stuck", [True, False], ids=["from the start", "later"])
def test_a_demand_for_darkness_is_seen_though_the_orders_hang(tmp_path: Path, *, is_stuck: bool) -> None:
    """Whoever hangs with the orders in hand does not hide the file; and what the screen said a while ago is not of now."""
    site = Site(tmp_path, is_stuck=is_stuck)
    (site.folder / "status.json").write_text(f'{{"at": {site.clock.wall()}, "attended": true}}')
    watch = site.begin()
    watch.step()
    site.lane.is_stuck = True
    for _ in range(15):
        site.clock.advance(SECOND)
        watch.step()
    report = told.read(site.folder)
    assert report is not None
    assert report.projectors["left"].why == "the show is on"
    dark.demand(site.folder)
    watch.step()
    assert site.said == "muted"
    dark.take_away(site.folder)
    watch.step()
    assert site.said == "open"


def test_what_the_orders_have_not_taken_yet_counts(tmp_path: Path) -> None:
    """The screen's note comes before the orders while it is there: the wall is dark, whoever holds the file."""
    with closing(open_library(tmp_path, writer="screen")) as library:
        library.orders.settle(to_record(Manual(level=50)), light=0.5, at=1)
    desk = Desk(tmp_path, SteppedClock().trusted)
    assert desk.look() == Circumstances(Manual(level=50))
    note_down(tmp_path, Note(to_record(Manual(is_dark=True)), light=0.0, orders="", upto=0))
    assert desk.look() == Circumstances(Manual(is_dark=True))
    forget_note(tmp_path)
    assert desk.look() == Circumstances(Manual(level=50))
    desk.close()
