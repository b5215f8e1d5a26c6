"""Tests of progress bars: on a terminal alone, and for long work alone."""

from __future__ import annotations

import io
import sys

import pytest

from player import progress as module
from player.progress import progress
from player.units import SECOND
from tests.fakes.clock import FakeClock


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        """Claim to be one."""
        return True


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> FakeClock:
    """Return the clock that progress goes by."""
    clock = FakeClock()
    monkeypatch.setattr(module, "SystemClock", lambda: clock)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "80")
    return clock


def test_there_is_no_bar_in_a_pipe(clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> None:
    """A script that collects stderr gets nothing, however long the work takes."""
    stderr = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stderr)

    with progress("Preparing photos") as tell:
        clock.advance(60 * SECOND)
        tell(0.5)

    assert stderr.getvalue() == ""


def test_quick_work_shows_no_bar(clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is done within a second shows no bar on a terminal either."""
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)

    with progress("Preparing photos") as tell:
        clock.advance(SECOND // 2)
        tell(0.5)

    assert "Preparing" not in terminal.getvalue()


def test_long_work_shows_how_far_it_has_come_and_cleans_up(clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a second the bar appears with its share; at the end it is gone again."""
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)

    with progress("Preparing photos") as tell:
        clock.advance(2 * SECOND)
        tell(0.25)

    shown = terminal.getvalue()
    assert "Preparing photos" in shown
    assert "25%" in shown
    assert shown.rstrip("\x1b[?25h").rfind("\x1b[2K") > shown.rfind("25%")
