"""Tests of the supervisor, with real processes of a few lines each: deaths, silence, signals, and what is left behind.

The processes tell what they do in a file, a line each; the tests wait for lines, never for a length of time.
"""

from __future__ import annotations

import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from player.clock import SystemClock
from player.supervisor import EXIT_ENDED, Child, run
from player.units import MILLISECOND, SECOND

ROOT = Path(__file__).parents[1]
PATIENCE_S = 20  # for a machine that is busy with other things; what is waited for comes in a fraction of a second

PRELUDE = """
import os, signal, subprocess, sys, time
sys.path.insert(0, sys.argv[1])
from player.clock import SystemClock
from player.heartbeat import Heartbeat
from player.supervisor import EXIT_ENDED
story = os.open(sys.argv[2], os.O_WRONLY)
def tell(*words): os.write(story, (" ".join(map(str, words)) + "\\n").encode())
heart, clock = Heartbeat.from_environment(), SystemClock()
def live(presented=False):
    while True:
        heart.beat(clock.monotonic(), presented=presented)
        time.sleep(0.05)
"""

SUPERVISE = """
import sys
sys.path.insert(0, sys.argv[1])
from player.clock import SystemClock
from player.supervisor import Child, run
children = [Child(name, (sys.executable, "-c", code, *sys.argv[1:3]), presents=name == "screen")
            for name, code in zip(sys.argv[3::2], sys.argv[4::2])]
sys.exit(run(children, clock=SystemClock()))
"""


class Story:
    """What the children tell, through a named pipe, in the order of events."""

    def __init__(self, path: Path) -> None:
        os.mkfifo(path)
        self.path = path
        self._pipe = os.open(path, os.O_RDWR)  # open for writing too: no end comes when a child dies
        self._heard = b""

    def next(self) -> list[str]:
        """Return the words of the next line."""
        while b"\n" not in self._heard:
            ready, _, _ = select.select([self._pipe], [], [], PATIENCE_S)
            assert ready, "nothing more was told"
            self._heard += os.read(self._pipe, 65536)
        line, _, self._heard = self._heard.partition(b"\n")
        return line.decode().split()

    def close(self) -> None:
        """Listen no more."""
        os.close(self._pipe)


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Story]:
    """Yield an empty story."""
    told = Story(tmp_path / "story")
    yield told
    told.close()


def child(name: str, code: str, story: Story, *, presents: bool = False) -> Child:
    """Return a row whose process runs *code* after the prelude."""
    return Child(name, (sys.executable, "-c", PRELUDE + code, str(ROOT), str(story.path)), presents=presents)


@contextmanager
def supervise(story: Story, *codes: str, environ: dict[str, str] | None = None) -> Generator[subprocess.Popen[bytes]]:
    """Yield a supervisor, a process of its own, over processes of these codes, of which the first is the screen."""
    names = ["screen", "ingest", "console"][: len(codes)]
    rows = [word for name, code in zip(names, codes, strict=True) for word in (name, PRELUDE + code)]
    argv = [sys.executable, "-c", SUPERVISE, str(ROOT), str(story.path), *rows]
    with subprocess.Popen(argv, env={**os.environ, **(environ or {})}) as supervisor:
        try:
            yield supervisor
        finally:
            supervisor.kill()


def wait_until_gone(pid: int) -> None:
    """Wait until a process has ended that is no child of ours."""
    try:
        watch = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    try:
        ended, _, _ = select.select([watch], [], [], PATIENCE_S)
    finally:
        os.close(watch)
    assert ended, f"process {pid} was left behind"


def test_the_run_ends_by_itself(story: Story) -> None:
    """A run of a given length ends after it, with 0."""
    row = child("screen", "tell('up'); live()", story)

    assert run([row], clock=SystemClock(), ends_after=300 * MILLISECOND) == 0


def test_a_person_can_end_the_run(story: Story) -> None:
    """A child that ends because a person asked for it ends everything, with 0."""
    rows = [
        child("screen", "sys.exit(EXIT_ENDED)", story),
        child("ingest", "tell(os.getpid()); live()", story),
    ]

    assert EXIT_ENDED not in {0, 1, 2}
    assert run(rows, clock=SystemClock(), environ=dict(os.environ)) == 0


def test_a_process_that_cannot_be_started_ends_nothing(tmp_path: Path) -> None:
    """A program that is not there is tried again, like one that dies."""
    row = Child("screen", (str(tmp_path / "nothing"),))

    assert run([row], clock=SystemClock(), ends_after=300 * MILLISECOND) == 0


def test_signals_are_put_back(tmp_path: Path) -> None:
    """After a run the process answers signals as it did before."""
    before = [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD)]

    run([Child("screen", (str(tmp_path / "nothing"),))], clock=SystemClock(), ends_after=MILLISECOND)

    assert before == [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD)]
    assert signal.set_wakeup_fd(-1) == -1


def test_a_dead_child_comes_back_and_its_own_children_go(story: Story) -> None:
    """A killed process is started again; what it had started is gone, and the other processes notice nothing."""
    leader = "worker = subprocess.Popen(['sleep', '1000']); tell('screen', os.getpid(), worker.pid); live()"
    with supervise(story, leader, "tell('ingest', os.getpid()); live()") as supervisor:
        told = {words[0]: words[1:] for words in (story.next(), story.next())}
        os.kill(int(told["screen"][0]), signal.SIGKILL)

        name, pid, worker = story.next()
        assert name == "screen"
        assert pid != told["screen"][0]
        wait_until_gone(int(told["screen"][1]))

        supervisor.send_signal(signal.SIGTERM)
        assert supervisor.wait(PATIENCE_S) == 0
        for left in (pid, worker, told["ingest"][0]):
            wait_until_gone(int(left))


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_even_the_stubborn(story: Story, told: signal.Signals) -> None:
    """SIGTERM and Ctrl-C end everything with 0, also a process that will not hear of it."""
    stubborn = "signal.signal(signal.SIGTERM, lambda *_: tell('no')); tell(os.getpid()); live()"
    with supervise(story, stubborn) as supervisor:
        (pid,) = story.next()
        supervisor.send_signal(told)

        assert story.next() == ["no"]
        assert supervisor.wait(PATIENCE_S) == 0
        wait_until_gone(int(pid))


def test_a_second_signal_does_not_wait(story: Story) -> None:
    """Ctrl-C twice kills what would still be winding up."""
    stubborn = "signal.signal(signal.SIGTERM, lambda *_: tell('no')); tell(os.getpid()); live()"
    with supervise(story, stubborn) as supervisor:
        story.next()
        supervisor.send_signal(signal.SIGINT)
        story.next()
        supervisor.send_signal(signal.SIGINT)

        assert supervisor.wait(PATIENCE_S) == 0


def test_nothing_outlives_a_killed_supervisor(story: Story) -> None:
    """When the supervisor itself is killed, its children go too, even one that hangs."""
    with supervise(story, "tell(os.getpid()); signal.pause()", "tell(os.getpid()); live()") as supervisor:
        pids = [int(story.next()[0]), int(story.next()[0])]
        supervisor.kill()

    for pid in pids:
        wait_until_gone(pid)


def test_a_reload_reaches_each_child_once_it_can_hear(story: Story) -> None:
    """SIGHUP is passed on; a child that is still starting gets it when it is up, and nobody dies of it."""
    late = """
tell('starting')
time.sleep(0.2)
signal.signal(signal.SIGHUP, lambda *_: tell('reloaded'))
live()
"""
    with supervise(story, late) as supervisor:
        assert story.next() == ["starting"]
        supervisor.send_signal(signal.SIGHUP)
        assert story.next() == ["reloaded"]
        supervisor.send_signal(signal.SIGHUP)
        assert story.next() == ["reloaded"]
        supervisor.terminate()
        assert supervisor.wait(PATIENCE_S) == 0


def test_systemd_hears_of_pictures_not_of_processes(story: Story, tmp_path: Path) -> None:
    """READY and the watchdog wait for the screen to present; until then, a status says how things are."""
    path = tmp_path / "notify"
    screen = "tell('up', 'NOTIFY_SOCKET' in os.environ)\nsignal.signal(signal.SIGHUP, lambda *_: live(True))\nlive()"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.settimeout(PATIENCE_S)
        systemd.bind(str(path))
        with supervise(
            story, screen, "signal.signal(signal.SIGHUP, signal.SIG_IGN); live(True)", environ={"NOTIFY_SOCKET": str(path)}
        ) as supervisor:
            assert story.next() == ["up", "False"]
            assert systemd.recv(1000).startswith(b"STATUS=not presenting; screen ")
            supervisor.send_signal(signal.SIGHUP)
            told = systemd.recv(1000)
            while told.startswith(b"STATUS=not presenting"):
                told = systemd.recv(1000)
            assert sorted(told.split(b"\n")) == [b"READY=1", b"WATCHDOG=1"]
            assert systemd.recv(1000) == b"STATUS=presenting; screen runs, ingest runs"
            assert systemd.recv(1000) == b"WATCHDOG=1"
            supervisor.terminate()
            assert systemd.recv(1000) == b"STOPPING=1"
            assert supervisor.wait(PATIENCE_S) == 0


def test_a_silent_child_is_ended_and_started_again(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    """A child that hangs without dying is noticed by its silence, ended whether it likes it or not, and started again."""
    monkeypatch.setattr("player.restart.SILENCE", 300 * MILLISECOND)
    monkeypatch.setattr("player.restart.END_GRACE", 100 * MILLISECOND)
    hanging = """
if os.path.exists(sys.argv[2] + ".before"):
    sys.exit(EXIT_ENDED)
os.close(os.open(sys.argv[2] + ".before", os.O_CREAT))
signal.signal(signal.SIGTERM, signal.SIG_IGN)
heart.beat(clock.monotonic(), presented=True)
signal.pause()
"""
    assert run([child("screen", hanging, story)], clock=SystemClock(), ends_after=PATIENCE_S * SECOND) == 0
    assert Path(f"{story.path}.before").exists()
