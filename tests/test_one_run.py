"""Two players never work with one data folder: the second does not begin."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from player.errors import OperatorError
from player.one_run import LOCK, held

HOLD = """
import subprocess, sys
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from player.one_run import held
with held(Path(sys.argv[2])):
    child = subprocess.Popen(["sleep", "60"], stdout=subprocess.DEVNULL)
    print(child.pid, flush=True)
    sys.stdin.read()
"""


def test_a_second_player_is_told_who_runs(tmp_path: Path) -> None:
    """Until the first one ends, and also where the folder is a new one."""
    folder = tmp_path / "new" / "data"
    with (
        held(folder),
        pytest.raises(OperatorError, match=rf"already runs with this data folder \(pid {os.getpid()}\)"),
        held(folder),
    ):
        pass
    with held(folder):
        assert (folder / LOCK).read_text() == f"{os.getpid()}\n"


def test_a_player_that_was_killed_keeps_nobody_out(tmp_path: Path) -> None:
    """Though a process that it started lives on; and an older, longer number leaves nothing behind."""
    (tmp_path / LOCK).write_text("12345678901234\n")
    argv = [sys.executable, "-c", HOLD, str(Path(__file__).parents[1]), str(tmp_path)]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as player:
        assert player.stdout
        orphan = int(player.stdout.readline())
        try:
            with pytest.raises(OperatorError, match=rf"\(pid {player.pid}\)"), held(tmp_path):
                pass
            player.kill()
            player.wait()
            with held(tmp_path):
                os.kill(orphan, 0)
        finally:
            os.kill(orphan, signal.SIGKILL)


def test_a_folder_that_cannot_be_used_is_no_reason_not_to_begin(tmp_path: Path) -> None:
    """A file lies where it should be, or where the lock should be lies a folder: the show begins all the same."""
    (tmp_path / "file").write_text("in the way")
    (tmp_path / "folder" / LOCK).mkdir(parents=True)
    for folder in (tmp_path / "file", tmp_path / "file" / "below", tmp_path / "folder"):
        with held(folder), held(folder):
            pass


def test_a_lock_that_says_nothing_is_a_lock(tmp_path: Path) -> None:
    """On a full disk there may be no number in it."""
    with held(tmp_path):
        (tmp_path / LOCK).write_bytes(b"\xff?")
        with pytest.raises(OperatorError, match="with this data folder: "), held(tmp_path):
            pass
