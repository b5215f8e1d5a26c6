"""Tests of `player.rank`: in processes of their own, whose rank may be given away."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from player import rank

GIVES_WAY = "import os; from player import rank; rank.give_way(7); print(os.getpriority(os.PRIO_PROCESS, 0))"
SESSION = Path("/proc/self/autogroup")
GROUPS = f"from pathlib import Path; print(Path({str(SESSION)!r}).read_text().split()[-1])"

grouped = pytest.mark.skipif(not SESSION.exists(), reason="needs a Linux that groups processes by session")


def said(program: str, *, leads: bool) -> list[str]:
    """Return what a program says in a process of its own, which leads a session or not."""
    command = [sys.executable, "-c", program]
    root = Path(__file__).parents[1]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True, start_new_session=leads)
    return done.stdout.split()


def test_a_process_gives_way() -> None:
    """It has the rank that it was told, however often."""
    assert said(f"{GIVES_WAY}; rank.give_way(7); print(os.getpriority(os.PRIO_PROCESS, 0))", leads=False) == ["7", "7"]


def test_who_has_less_already_keeps_it() -> None:
    """A player that was started to give way to others goes on doing so."""
    assert said(f"import os; os.nice(12); {GIVES_WAY}", leads=False) == ["12"]


@grouped
def test_a_session_gives_way_as_its_leader_does() -> None:
    """For Linux ranks processes within their session alone, and each of ours leads one."""
    assert said(f"{GIVES_WAY}; {GROUPS}", leads=True) == ["7", "7"]


@grouped
def test_a_session_that_another_leads_is_left_alone() -> None:
    """Whoever starts one process by hand does not want the whole terminal to give way."""
    before = SESSION.read_text()  # nothing, where this process is of no session
    program = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {f'{GIVES_WAY}; {GROUPS}'!r}], check=True)"
    assert said(f"{program}; {GROUPS}", leads=True) == ["7", "0", "0"]
    assert SESSION.read_text() == before


@grouped
def test_a_machine_that_groups_no_sessions_is_no_trouble(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """There is nothing to be written to."""
    monkeypatch.setattr(rank, "_OF_SESSION", tmp_path / "missing" / "autogroup")
    mine = os.getpriority(os.PRIO_PROCESS, 0)
    monkeypatch.setattr(os, "getsid", os.getpgid)
    monkeypatch.setattr(os, "getpid", lambda: os.getpgid(0))
    rank.give_way(mine)
    assert os.getpriority(os.PRIO_PROCESS, 0) == mine
