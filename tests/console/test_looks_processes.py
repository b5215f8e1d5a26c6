"""The player's processes: which are up, which were started again, and which do not stay up."""

from __future__ import annotations

from pathlib import Path

import pytest

from player.console.looks.processes import STEADY_AFTER, Processes
from player.units import SECOND
from tests.fakes.kernel import Kernel


@pytest.fixture
def kernel(tmp_path: Path) -> Kernel:
    """What the kernel says."""
    return Kernel(tmp_path)


def test_a_process_that_was_started_again_is_counted(kernel: Kernel) -> None:
    """By the kernel's list of our parent's children: which are up, and how often each has another number than before."""
    processes = Processes(proc=kernel.folder, parent=kernel.parent)
    assert processes.look(0) == ()
    kernel.runs(screen=11, ingest=12, alarm=13, other=14)
    assert [(p.name, p.is_up, p.restarts) for p in processes.look(0)] == [
        ("alarms", True, 0),
        ("ingest", True, 0),
        ("screen", True, 0),
    ]
    kernel.runs(screen=21, ingest=12)
    assert [(p.name, p.is_up, p.restarts) for p in processes.look(0)] == [
        ("alarms", False, 0),
        ("ingest", True, 0),
        ("screen", True, 1),
    ]


def test_what_is_started_again_and_again_is_not_steady(kernel: Kernel) -> None:
    """For a minute after each time; what was there when the console began is."""
    processes = Processes(proc=kernel.folder, parent=kernel.parent)

    def is_steady(now: int) -> bool:
        return {p.name: p.is_steady for p in processes.look(now)}["ingest"]

    kernel.runs(screen=1, ingest=2)
    assert is_steady(0)
    kernel.runs(screen=1)
    assert not is_steady(SECOND)
    kernel.runs(screen=1, ingest=3)
    assert not is_steady(2 * SECOND)
    assert is_steady(2 * SECOND + STEADY_AFTER)


def test_ingest_that_was_never_seen_is_missed(kernel: Kernel) -> None:
    """It may have died before the console began to look."""
    kernel.runs(screen=1, console=2)
    found = Processes(proc=kernel.folder, parent=kernel.parent).look(0)
    assert [(p.name, p.is_up, p.is_steady) for p in found if p.name == "ingest"] == [("ingest", False, False)]


def test_a_console_of_its_own_misses_nobody(kernel: Kernel, tmp_path: Path) -> None:
    """Started by hand, without a player: nobody can say what else should be there."""
    kernel.runs(console=2)
    assert [p.name for p in Processes(proc=kernel.folder, parent=kernel.parent).look(0)] == ["console"]
    assert Processes(proc=tmp_path / "nowhere").look(0) == ()
