"""What a newcomer does first with many players: `fleet demo`, typed at a terminal, with all its processes and a real broker."""

from __future__ import annotations

import os
import re
import select
import subprocess
import sys
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest

from player.clock import SystemClock
from player.library.heard import heard
from player.units import MILLISECOND, SECOND, Nanos, Size
from tests.fakes.broker import needs_mosquitto
from tests.fakes.display import display

WITHIN: Final[Nanos] = 90 * SECOND
LOOK_EVERY: Final[Nanos] = 100 * MILLISECOND
PLAYERS: Final = 2
_COLOURS: Final = re.compile(rb"\x1b\[[0-9;?]*[A-Za-z]")


class Terminal:
    """A terminal at which the demonstration was started."""

    def __init__(self, end: int, process: subprocess.Popen[bytes]) -> None:
        self._end, self._process, self._clock = end, process, SystemClock()
        self.said = ""

    def reads(self, words: str, *, type_first: str = "", times: int = 1) -> str:
        """Type, and return what comes until *words* stand there so many times."""
        before = len(self.said)
        if type_first:
            os.write(self._end, f"{type_first}\n".encode())
        self._until(lambda: self.said[before:].count(words) >= times)
        return self.said[before:]

    def ends(self) -> int:
        """Return the exit status."""
        os.write(self._end, b"q\n")
        self._until(lambda: self._process.poll() is not None)
        return self._process.returncode

    def _until(self, holds: Callable[[], bool]) -> None:
        ends = self._clock.monotonic() + WITHIN
        while not holds():
            assert self._clock.monotonic() < ends, self.said
            if select.select([self._end], [], [], 0.1)[0]:
                try:
                    piece = os.read(self._end, 65536)
                except OSError:  # nobody is at the other end any more
                    assert holds() or self._process.wait(20) is not None, self.said
                    return
                self.said += _COLOURS.sub(b"", piece).decode("utf-8", "replace")


@contextmanager
def demonstration(folder: Path, shown_on: str) -> Generator[Terminal]:
    """Start it, and end it whatever happens."""
    mine, theirs = os.openpty()
    words = ("fleet", "demo", "--players", str(PLAYERS), "--windowed", "320x180", "--folder", str(folder))
    environment = {**os.environ, "DISPLAY": shown_on, "TERM": "xterm", "COLUMNS": "200"}
    process = subprocess.Popen(
        [sys.executable, "-m", "player", *words],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=environment,
        start_new_session=True,
    )
    os.close(theirs)
    try:
        yield Terminal(mine, process)
    finally:
        process.terminate()
        process.wait(30)
        os.close(mine)


def alive(folder: Path) -> list[tuple[int, object]]:
    """Return of each player when its screen last said something, and which slide is up."""
    told = [heard(folder / "data" / f"wall-{number + 1}") for number in range(PLAYERS)]
    return [(int(str(each.get("at", 0))), each.get("since")) for each in told]


@needs_mosquitto
def test_a_withdrawal_is_confirmed_by_all_and_a_broker_killed_without_anyone_seeing_it(
    tmp_path: Path, needs: Callable[[str], None]
) -> None:
    """All confirm it; without a broker each goes on from slide to slide; once it is back they confirm what they have missed."""
    needs("Xvfb")
    home = tmp_path / "home"
    with display(Size(640, 360)) as screen, demonstration(home, screen.name) as terminal:
        terminal.reads("q: the end.")
        everybody = f"{PLAYERS} of {PLAYERS} players have confirmed"
        assert everybody in terminal.reads("The feed must list it", type_first="w")

        terminal.reads("The broker is gone", type_first="k")
        before = alive(home)
        seen = alive(home)
        clock = SystemClock()
        ends = clock.monotonic() + WITHIN
        while not all(slide != was for (_, slide), (_, was) in zip(seen, before, strict=True)):
            assert clock.monotonic() < ends, "a wall stands still without a broker"
            clock.wait(threading.Event(), LOOK_EVERY)
            seen = alive(home)
        assert all(now > then for (now, _), (then, _) in zip(seen, before, strict=True))
        assert "recorded" in terminal.reads("The feed must list it", type_first="w")

        terminal.reads("The broker is back", type_first="b")
        ends = clock.monotonic() + WITHIN
        while terminal.reads("confirmed that it is off", type_first="s", times=2).count(everybody) < 2:
            assert clock.monotonic() < ends, "what was withdrawn without a broker is not confirmed"
        assert terminal.ends() == 0
    assert "Traceback" not in terminal.said


@pytest.mark.parametrize("words", [("--players", "6"), ("--windowed", "small")])
def test_what_cannot_be_meant_is_refused_in_a_line(words: tuple[str, ...]) -> None:
    """Before anything is begun."""
    done = subprocess.run([sys.executable, "-m", "player", "fleet", "demo", *words], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "Invalid value" in done.stderr
