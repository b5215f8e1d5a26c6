"""The screen process, from configuration to picture."""

from __future__ import annotations

import gc
import json
import logging
import sys
import threading
from collections.abc import Generator
from pathlib import Path
from typing import Final

import pygame
import pytest

from player.heartbeat import Heartbeat
from player.in_force import InForce
from player.library.cues import StoredCue
from player.library.trusted_time import TrustedClock
from player.schedule.zones import choose
from player.screen import service, showtime
from player.screen.chooser import place_after
from player.screen.crew import Ending
from player.screen.service import Options
from player.screen.wall import first_wall
from player.show.director import Place
from player.timekeeping import ClockState
from player.units import MILLISECOND, SECOND, Nanos, Size
from tests.fakes.clock import FakeClock

SMALL: Final = Size(320, 180)


@pytest.fixture(autouse=True)
def _unseen(monkeypatch: pytest.MonkeyPatch) -> Generator[None]:
    """No display but one that nobody sees, and nothing of the process left as the screen would have it."""
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    hook, interval = threading.excepthook, sys.getswitchinterval()
    yield
    gc.unfreeze()
    threading.excepthook = hook
    sys.setswitchinterval(interval)
    pygame.display.quit()


class Slowly(FakeClock):
    """A frame for every wait of the loop, with a real moment in it for the other threads; ends after some."""

    def __init__(self, frames: int, stopped: threading.Event) -> None:
        super().__init__()
        self._left = frames
        self._stopped = stopped

    def wait(self, until: threading.Event, length: Nanos) -> bool:
        """Wait for two milliseconds, and let a twentieth of a second pass."""
        if threading.current_thread() is threading.main_thread():
            self.advance(max(length, 50 * MILLISECOND))
            self._left -= 1
            if self._left <= 0:
                self._stopped.set()
        return until.wait(0.002)


def run(folder: Path, config: str, *, frames: int = 200) -> Ending:
    """Write a configuration and run the screen on it."""
    (folder / "config.yaml").write_text(config)
    stopped = threading.Event()
    return service.run(
        InForce(folder / "config.yaml", str(folder / "data")),
        wall=first_wall(str(folder / "data"), SMALL),
        options=Options(windowed=SMALL),
        clock=TrustedClock(Slowly(frames, stopped), boot=""),
        heartbeat=Heartbeat(None),
        stopped=stopped,
        reload=threading.Event(),
    )


def test_the_process_plays_what_is_configured_and_leaves_a_preview(tmp_path: Path) -> None:
    """From configuration to picture in one piece, without a display: the last picture is there when it has ended."""
    assert run(tmp_path, "feeds: {}\n") is Ending.STOPPED
    assert (tmp_path / "data" / "preview.jpg").exists()
    assert not [thread for thread in threading.enumerate() if thread.name in {"loader", "planner", "writer"}]


SCHEDULE: Final = """
feeds: {}
show: one
site: {clock: CLOCK}
schedule: {slots: [{id: all, show: two, at: 00:00 to 24:00}]}
"""
ONE_LINE: Final = "hold: 4s\nfade: 1s\nslides: [words]\n"


@pytest.mark.parametrize(("clock", "show"), [("own", "two"), ("network", "one")])
def test_the_schedule_goes_by_the_clock_that_the_site_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, clock: str, show: str
) -> None:
    """Where no server tells the time, a site that keeps its clock by hand has its shows; another one has the fallback."""
    monkeypatch.setattr(showtime, "clock_state", lambda: ClockState.UNSYNCED)
    (tmp_path / "playlists").mkdir()
    for name in ("one", "two"):
        (tmp_path / "playlists" / f"{name}.yaml").write_text(ONE_LINE)
    assert run(tmp_path, SCHEDULE.replace("CLOCK", clock)) is Ending.STOPPED
    status = json.loads((tmp_path / "data" / "status.json").read_text())
    assert status["show"] == show
    assert status["clock_trusted"] == (clock == "own")


@pytest.mark.parametrize(("version", "is_old"), [("2026f", False), ("2026c", True)])
def test_the_start_says_whose_time_zones_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, version: str, *, is_old: bool
) -> None:
    """And warns when they are over 90 days old."""
    monkeypatch.setattr(service, "database", lambda: choose(system=None, package=version))
    with caplog.at_level(logging.INFO):
        run(tmp_path, "feeds: {}\n", frames=3)
    said = [record.message for record in caplog.records if "time zones" in record.message]
    assert len(said) == 1 + is_old


def test_a_faulty_configuration_without_a_clean_copy_keeps_the_plate_up(tmp_path: Path) -> None:
    """With nothing to go by, the plate is up and the process lives until it is told to stop."""
    assert run(tmp_path, "feeds: [\n", frames=30) is Ending.STOPPED


def test_a_show_goes_on_after_its_last_cue() -> None:
    """Number, line of the playlist, whose turn the debut lane has, and who may not follow alone: all from the cue."""
    cue = StoredCue(show="wall", ordinal=7, step=3, start=0, length=1, fade=1, seed=0, slide={"photos": [4, 5], "debut": True})
    assert place_after(cue) == Place(ordinal=8, step=3, debut_is_due=False, on_screen=frozenset({4, 5}))
    many = StoredCue(show="wall", ordinal=7, step=3, start=0, length=SECOND, fade=1, seed=0, slide={"photos": [1, 2, 3, 4]})
    assert place_after(many) == Place(ordinal=8, step=3, debut_is_due=True)
