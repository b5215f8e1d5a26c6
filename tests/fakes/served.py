"""A console on a real socket of this machine, in a thread of its own."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Final

from player.clock import SystemClock, boot
from player.console.service import Service
from player.heartbeat import Heartbeat
from player.in_force import InForce
from player.library.trusted_time import TrustedClock
from player.units import Nanos
from tests.fakes.home import Home

PATIENCE_S: Final = 20.0  # a busy machine
LOOK_S: Final = 0.02


class Beats(Heartbeat):
    """Counts beats."""

    def __init__(self) -> None:
        super().__init__(None)
        self.count = 0

    def beat(self, now: Nanos, *, presented: bool, rung: str = "") -> None:
        """Count one."""
        del now, presented, rung
        self.count += 1


class Served:
    """The console's process, as a thread."""

    def __init__(self, folder: Path, console: str = "") -> None:
        self.port = free_port()
        self.home = Home(folder)
        self.write(console)
        (folder / "data").mkdir()
        self.beats = Beats()
        self.stopped, self.reload = threading.Event(), threading.Event()
        clock = TrustedClock(SystemClock(), boot=boot())
        in_force = InForce(self.home.file, str(folder / "data"))
        self.service = Service(in_force, clock=clock, heartbeat=self.beats, stopped=self.stopped, reload=self.reload)
        self.thread = threading.Thread(target=lambda: asyncio.run(self.service.run()))

    def write(self, console: str, rest: str = "") -> None:
        """Write the configuration, with more keys in its section `console:`."""
        section = f"console: {{port: {self.port}{f', {console}' if console else ''}}}\n"
        self.home.file.write_text(f"feeds: {{}}\nshow: one\n{section}{rest}")

    def connected(self) -> socket.socket:
        """Return a connection."""
        return socket.create_connection(("127.0.0.1", self.port), PATIENCE_S)

    def is_open(self) -> bool:
        """Whether anybody listens."""
        try:
            self.connected().close()
        except OSError:
            return False
        return True


@contextlib.contextmanager
def served(folder: Path, console: str = "", *, is_open: bool = True) -> Generator[Served]:
    """Run a console until the block is over, and wait for its port unless that is to stay closed."""
    each = Served(folder, console)
    each.thread.start()
    try:
        if is_open:
            until(each.is_open)
        yield each
    finally:
        each.stopped.set()
        each.thread.join(PATIENCE_S)
        assert not each.thread.is_alive()


def until(holds: Callable[[], bool]) -> None:
    """Wait until something holds."""
    never, tries = threading.Event(), int(PATIENCE_S / LOOK_S)
    for _ in range(tries):
        if holds():
            return
        never.wait(LOOK_S)
    raise AssertionError("it never came")


def free_port() -> int:
    """Return a port that nobody has."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def heard(connection: socket.socket) -> bytes:
    """Return all that comes until the other side hangs up."""
    parts: list[bytes] = []
    with contextlib.suppress(ConnectionResetError):
        while part := connection.recv(65_536):
            parts.append(part)
    return b"".join(parts)
