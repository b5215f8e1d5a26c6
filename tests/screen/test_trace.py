"""Frame times, for those who measure."""

# pyright: reportPrivateUsage=false
# A test may look inside.

from __future__ import annotations

from pathlib import Path

import pytest

from player.screen import trace
from player.screen.trace import Trace


def test_presented_frames_are_written_at_the_end(tmp_path: Path) -> None:
    """A line for each frame that was presented, when and for how long; none for those that drew nothing."""
    file = tmp_path / "trace.csv"
    times = Trace(file)
    for began in (100, 200, 300):
        if began != 200:
            times.presented(began)
        times.worked(began, began + 7)
    assert not file.exists()
    times.close()
    assert file.read_text() == "presented_ns,work_ns\n107,7\n307,7\n"


def test_without_a_file_nothing_is_kept() -> None:
    """A show that nobody measures remembers no frames."""
    times = Trace(None)
    times.presented(1)
    times.worked(1, 2)
    times.close()
    assert not times._times


def test_a_trace_has_an_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A trace that was forgotten does not eat the memory of the machine."""
    monkeypatch.setattr(trace, "MAX_FRAMES", 3)
    times = Trace(tmp_path / "trace.csv")
    for began in range(10):
        times.presented(began)
        times.worked(began, began + 1)
    assert len(times._times) == 3
