"""Tests of `player.console.freeing`: in processes of their own, for memory is a process's."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

HASHING = """
from pathlib import Path
from player.console import freeing
from player.console.people.hashing import Hashing

def resident():
    found = Path("/proc/self/status").read_text().split()
    return int(found[found.index("VmRSS:") + 1]) // 1000

freeing.give_back()
hashing = Hashing()
before = resident()
for number in range(4):
    hashing.check(None, b"x", by=str(number))
print(resident() - before)
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs Linux to say how much memory is taken")
def test_a_flood_of_log_ins_leaves_no_memory_taken() -> None:
    """What a hash took is given back; 19 MB stay taken for each of two threads otherwise."""
    done = subprocess.run(
        [sys.executable, "-c", HASHING], cwd=Path(__file__).parents[2], capture_output=True, text=True, check=True
    )
    assert int(done.stdout) < 10
