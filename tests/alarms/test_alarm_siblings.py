"""Whether the player's other processes stay up."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from player.alarms.siblings import STEADY_AFTER, Siblings
from player.units import SECOND
from tests.fakes.kernel import PARENT, Kernel

BOTH = {1: "python -m player screen --data /d", 2: "/v/python -m player ingest --forgiving", 3: "python -m player alarm watch"}


def test_who_stays_the_same_for_a_minute_is_steady(tmp_path: Path) -> None:
    """And no longer when it is another one, or none."""
    kernel, siblings = Kernel(tmp_path), Siblings(proc=tmp_path, parent=PARENT)
    kernel.children(BOTH)
    assert siblings.look(0) is siblings.look(STEADY_AFTER - SECOND) is None  # they may have been there for a year
    assert siblings.look(STEADY_AFTER) == {"screen": True, "ingest": True}
    kernel.children({1: BOTH[1], 4: BOTH[2]})
    assert siblings.look(STEADY_AFTER + SECOND) == {"screen": True, "ingest": False}
    kernel.children({1: BOTH[1]})
    assert siblings.look(3 * STEADY_AFTER) == {"screen": True, "ingest": False}
    kernel.children({1: BOTH[1], 5: BOTH[2]})
    assert siblings.look(4 * STEADY_AFTER) == {"screen": True, "ingest": False}


def test_nobody_can_say_outside_a_player(tmp_path: Path) -> None:
    """From a shell, or where the kernel does not tell: that is no alarm."""
    kernel, siblings = Kernel(tmp_path), Siblings(proc=tmp_path, parent=PARENT)
    kernel.children({7: "vim -m", 8: "python -m pytest"})
    assert siblings.look(0) is None
    kernel.children({9: "python -m player screen"})
    (tmp_path / "9" / "cmdline").unlink()
    assert siblings.look(0) is None
    (tmp_path / str(PARENT) / "task" / str(PARENT) / "children").write_bytes(b"\xff")
    assert siblings.look(0) is None
    assert Siblings(proc=tmp_path / "nowhere").look(0) is None


def test_the_kernel_that_runs_this_says_so_too() -> None:
    """A child of ours that is called as the screen is."""
    words = [sys.executable, "-c", "import sys; print(flush=True); sys.stdin.read()", "-m", "player", "screen"]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdout
        child.stdout.readline()
        siblings = Siblings(parent=os.getpid())
        found = siblings.look(0), siblings.look(STEADY_AFTER)
        child.communicate(b"")
    assert found in ((None, None), (None, {"screen": True, "ingest": False}))
