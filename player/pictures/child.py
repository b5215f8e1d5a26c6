"""Starts a picture worker, feeds it and takes its answer under a deadline, and leaves no process behind whatever happens.

Believes nothing that comes back: it only bounds it. What the bytes mean is for `prepare`.
"""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from player.errors import WorkerError
from player.units import SECOND, Nanos

if TYPE_CHECKING:
    from collections.abc import Generator

    from player.clock import Clock

WALL_S: Final = 8  # seconds from start to answer; five of work, and three for a machine that has others to serve
CHUNK_BYTES: Final = 1 << 20  # read and written at once
MAX_COMPLAINT_BYTES: Final = 4096  # kept of what a worker says on stderr, for our own faults only

_BOOTSTRAP: Final = "import sys; sys.path += sys.argv[1:]; from player.pictures.worker import main; main()"


class Outcome(NamedTuple):
    """How a worker ended and what it wrote."""

    output: bytearray
    exit_code: int
    """As the process ended; negative for a signal."""
    is_late: bool
    """It was killed because time was up."""
    is_overlong: bool
    """It was killed because it wrote more than was asked for."""
    complaint: str
    """The last line it wrote on stderr."""


def worker_command() -> tuple[str, ...]:
    """Return the command that starts a worker: no site packages but those it needs, no user's settings, no environment."""
    # -S saves a third of the interpreter's start; so the places of our packages have to be said.
    specs = [find_spec(name) for name in ("player", "PIL", "pillow_heif")]
    places = dict.fromkeys(str(Path(spec.origin).parent.parent) for spec in specs if spec is not None and spec.origin)
    return (sys.executable, "-I", "-S", "-c", _BOOTSTRAP, *places)


class Children:
    """The workers alive at this moment. Closing kills them, and no other is started."""

    def __init__(self, command: Sequence[str] | None = None) -> None:
        self._command = tuple(command or worker_command())
        self._lock = threading.Lock()
        self._alive: set[subprocess.Popen[bytes]] = set()
        self._is_closed = False

    def ask(self, request: Sequence[bytes], *, most: int, clock: Clock) -> Outcome:
        """Start a worker, send it *request*, and return what it wrote, *most* bytes at most.

        Raises:
            WorkerError: It could not be started, or `close` ended it.
        """
        deadline = clock.monotonic() + WALL_S * SECOND
        with self._started() as process:
            talk = _Talk(process, request, most)
            is_late = not talk.hold(clock, deadline)
        if self._is_closed:
            raise WorkerError("the picture worker was ended because the player stops")
        return Outcome(talk.output, process.returncode, is_late, talk.has_overflowed, talk.complaint)

    def close(self) -> None:
        """Kill every worker; `ask` raises WorkerError from now on. May be called from any thread, more than once."""
        with self._lock:
            self._is_closed = True
            for process in self._alive:
                _kill(process)

    @contextmanager
    def _started(self) -> Generator[subprocess.Popen[bytes]]:
        with self._lock:
            if self._is_closed:
                raise WorkerError("no picture worker is started any more: the player stops")
            process = self._start()
            self._alive.add(process)
        try:
            yield process
        finally:
            # In this order: the group's number is ours until its leader is reaped, and only the owner reaps.
            with self._lock:
                _kill(process)
                self._alive.discard(process)
            process.wait()
            for pipe in (process.stdin, process.stdout, process.stderr):
                if pipe is not None:
                    pipe.close()

    def _start(self) -> subprocess.Popen[bytes]:
        try:
            return subprocess.Popen(  # noqa: S603  the command is our own interpreter and module, never text from outside
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                bufsize=0,
                cwd="/",
                env={},
                # Its own group: what it might have started dies with it, and Ctrl-C on our terminal is not for it.
                start_new_session=True,
            )
        except (OSError, ValueError) as error:
            raise WorkerError(f"cannot start a picture worker: {error}") from error


class _Talk:
    """One exchange over three pipes, none of which may block the others."""

    def __init__(self, process: subprocess.Popen[bytes], request: Sequence[bytes], most: int) -> None:
        self.output = bytearray()
        self._most = most
        self._stderr = b""
        self._rest = [memoryview(part) for part in request if part]
        self._process = process
        self._selector = selectors.DefaultSelector()

    @property
    def has_overflowed(self) -> bool:
        """Whether the worker wrote more than it may."""
        return len(self.output) > self._most

    @property
    def complaint(self) -> str:
        """The last line on stderr, printable."""
        lines = self._stderr.decode("ascii", "replace").strip().splitlines()
        return "".join(letter for letter in lines[-1] if letter.isprintable()) if lines else ""

    def hold(self, clock: Clock, deadline: Nanos) -> bool:
        """Write and read until the worker ended and closed its pipes, or wrote too much; False when time was up first."""
        pipes = self._process.stdin, self._process.stdout, self._process.stderr
        acts = self._write, self._read, self._listen
        events = selectors.EVENT_WRITE, selectors.EVENT_READ, selectors.EVENT_READ
        with self._selector, _watching(self._process) as ended:
            self._selector.register(ended, selectors.EVENT_READ, _is_over)
            for pipe, act, event in zip(pipes, acts, events, strict=True):
                if pipe is not None:
                    os.set_blocking(pipe.fileno(), False)
                    self._selector.register(pipe, event, act)
            while self._selector.get_map() and not self.has_overflowed:
                left = deadline - clock.monotonic()
                ready = self._selector.select(left / SECOND) if left > 0 else []
                if not ready:
                    return False
                for key, _ in ready:
                    if not key.data(key.fd):
                        self._selector.unregister(key.fileobj)
        return True

    def _write(self, descriptor: int) -> bool:
        try:
            sent = os.write(descriptor, self._rest[0][:CHUNK_BYTES])
        except OSError:
            self._rest.clear()  # it has ended or refused early: what it says, or how it ended, tells which
        else:
            self._rest[0] = self._rest[0][sent:]
            if not self._rest[0]:
                del self._rest[0]
        return bool(self._rest)

    def _read(self, descriptor: int) -> bool:
        chunk = os.read(descriptor, min(CHUNK_BYTES, self._most + 1 - len(self.output)))
        self.output += chunk
        return bool(chunk)

    def _listen(self, descriptor: int) -> bool:
        chunk = os.read(descriptor, MAX_COMPLAINT_BYTES)
        self._stderr = (self._stderr + chunk)[-MAX_COMPLAINT_BYTES:]
        return bool(chunk)


@contextmanager
def _watching(process: subprocess.Popen[bytes]) -> Generator[int]:
    """A descriptor that is readable once *process* has ended, without reaping it."""
    try:
        descriptor = os.pidfd_open(process.pid)
    except OSError as error:
        raise WorkerError(f"cannot watch a picture worker: {error}") from error
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _is_over(_: int) -> bool:
    """The answer to the end of the process: nothing more is to be heard of it."""
    return False


def _kill(process: subprocess.Popen[bytes]) -> None:
    """Kill a worker that is not yet reaped, and all that it started."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
