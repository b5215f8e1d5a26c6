"""The whole player in real processes, as a visitor starts it, and how to end it whatever happens."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from player.units import SECOND
from tests.fakes.display import FakeDisplay
from tests.fakes.site import Site

ROOT: Final = Path(__file__).parents[2]
END_S: Final = 5  # what ends in two seconds, on a machine that is busy with other things


class Player:
    """A running player, from outside."""

    def __init__(self, site: Site, process: subprocess.Popen[bytes], log: Path) -> None:
        self.site = site
        self.process = process
        self._log = log

    def child(self, name: str) -> int:
        """Return the number of the process called *name*, 0 when there is none."""
        return next((pid for pid, words in processes(self.site) if words[3:4] == [name]), 0)

    def said(self, text: str) -> bool:
        """Whether *text* stands in the log."""
        return text in self._log.read_text("utf-8")

    def end(self) -> float:
        """Send SIGTERM; return the seconds until everything had ended."""
        self.process.send_signal(signal.SIGTERM)
        took = self.site.until(lambda: self.process.poll() is not None, "the player ends")
        return took / SECOND


def processes(site: Site) -> Iterator[tuple[int, list[str]]]:
    """Yield number and words of every process that was started for *site*."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_bytes().decode().split("\0")
        except OSError:
            continue  # ended meanwhile
        if str(site.config) in words:
            yield int(folder.name), words


@contextmanager
def running(site: Site, shown_on: FakeDisplay | None, *words: str) -> Generator[Player]:
    """Run the player of *site* on a display, or without one; nothing of it is left afterwards."""
    environment = {name: value for name, value in os.environ.items() if name not in {"DISPLAY", "WAYLAND_DISPLAY"}}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # compiling everything anew at each start would be most of the time
    if shown_on:
        environment |= {"DISPLAY": shown_on.name, "SDL_VIDEODRIVER": "x11"}
    log = site.folder / "log"
    command = [sys.executable, "-m", "player", *(words or ("run",)), "--config", str(site.config)]
    with (
        log.open("wb") as stderr,
        subprocess.Popen(command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stderr=stderr) as process,
    ):
        try:
            yield Player(site, process, log)
            assert "Traceback" not in log.read_text("utf-8")
        except AssertionError as failed:
            failed.add_note(f"the player said:\n{log.read_text('utf-8')}")
            raise
        finally:
            process.terminate()
            try:
                process.wait(END_S)
            except subprocess.TimeoutExpired:
                for pid, _ in processes(site):
                    os.kill(pid, signal.SIGKILL)
