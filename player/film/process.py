"""Starts the confined child of one film, hears it, and leaves no process behind whatever happens. Believes nothing it says."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from player.errors import FilmError, InterruptedFilmError, WorkerError
from player.film.limits import PROBE_CPU_S
from player.film.wire import MAX_LINE, NONSENSE, Answer, Request, answer_of
from player.pictures.filters import filters_for

MAX_COMPLAINT_BYTES: Final = 65536  # a pipe full: what a child says on stderr, for our own faults only
MAX_COMPLAINT: Final = 200  # characters of it that are told
READ_BYTES: Final = 65536

_BOOTSTRAP: Final = "import sys; sys.path += sys.argv[1:]; from {} import main; main()"
_ENVIRONMENT: Final = {
    "OPENBLAS_NUM_THREADS": "1",  # numpy's sums would start threads before the walls stand
    "MALLOC_ARENA_MAX": "2",  # each thread's own would take 64 MB of address space
}
_KILLED: Final[Mapping[int, str]] = {
    signal.SIGXCPU: f"it needs more than {PROBE_CPU_S} s of work to be understood; the file may be made to tire us",
    signal.SIGKILL: "its decoder was killed",
    signal.SIGSYS: "its decoder tried what no decoder needs; the file may be crafted to attack it",
    **dict.fromkeys((signal.SIGSEGV, signal.SIGBUS, signal.SIGABRT, signal.SIGFPE, signal.SIGILL), "its decoder crashed"),
}


def film_command(module: str = "player.film.child") -> tuple[str, ...]:
    """Return the command that starts a child, by *module*: no site packages but those it needs, no user's settings."""
    specs = [find_spec(name) for name in ("player", "av", "numpy", "cv2")]
    places = dict.fromkeys(str(Path(spec.origin).parent.parent) for spec in specs if spec is not None and spec.origin)
    return (sys.executable, "-I", "-S", "-c", _BOOTSTRAP.format(module), *places)


class FilmProcess:
    """One child, from its start to its end. It dies with the thread that started it: keep that thread."""

    def __init__(
        self,
        request: Request,
        descriptors: Sequence[int],
        command: Sequence[str] | None = None,
        *,
        is_fed: bool = False,
        may_converse: bool = False,
    ) -> None:
        """Start a child; *descriptors* are those that *request* names, and stay the caller's.

        *is_fed*: its standard input stays open, for more than the request. *may_converse*: it takes a socket as descriptor 0.

        Raises:
            WorkerError: It could not be started.
        """
        filters = filters_for(may_thread=True, may_read_at=True, may_converse=may_converse)
        try:
            self._process = subprocess.Popen(  # noqa: S603  the command is our own interpreter and module, never text from outside
                tuple(command or film_command()),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                bufsize=0,
                cwd="/",
                env=_ENVIRONMENT,
                pass_fds=tuple(descriptors),
                # Its own group: what it might have started dies with it, and Ctrl-C on our terminal is not for it.
                start_new_session=True,
            )
        except (OSError, ValueError) as error:
            raise WorkerError(f"cannot start a film's decoder: {error}") from error
        stdin, stdout, stderr = self._process.stdin, self._process.stdout, self._process.stderr
        if stdin is None or stdout is None or stderr is None:
            raise WorkerError("a film's decoder has no pipes")
        with suppress(OSError):  # it has ended already: how, is heard below
            # Less than a pipe holds, so it never waits.
            stdin.write(replace(request, filters=filters.lengths).pack() + b"".join(filters))
        if not is_fed:
            with suppress(OSError):
                stdin.close()
        self._stdout = stdout.fileno()
        self._stderr = stderr.fileno()
        for descriptor in (self._stdout, self._stderr):
            os.set_blocking(descriptor, False)
        self._rest = b""
        self.is_over = False
        """Whether it has ended, and all that it said was heard."""

    def fileno(self) -> int:
        """Return what is readable when it says something or ends."""
        return self._stdout

    @property
    def pid(self) -> int:
        """Its number."""
        return self._process.pid

    @property
    def stdin(self) -> int:
        """The descriptor that feeds it; only when it is fed, and not after `close`."""
        if self._process.stdin is None:
            raise ValueError("this child has no input")
        return self._process.stdin.fileno()

    def hear(self) -> list[Answer]:
        """Return what it said since; sets `is_over` once it has ended.

        Raises:
            FilmError: It said what no honest child says; it is to be closed.
        """
        try:
            data = os.read(self._stdout, READ_BYTES)
        except BlockingIOError:
            return []
        self.is_over = not data
        *lines, self._rest = (self._rest + data).split(b"\n")
        if len(self._rest) > MAX_LINE or any(len(line) > MAX_LINE for line in lines):
            raise FilmError(NONSENSE)
        return [answer_of(line) for line in lines]

    def why_ended(self) -> str:
        """Return how it ended, for one that did not say it itself; it is still to be closed."""
        return str(self.fault())

    def fault(self) -> FilmError:
        """Return how it ended, as `why_ended`; InterruptedFilmError where that need not be the film's fault.

        A kernel without memory kills, an administrator ends what runs, and an import that fails is ours.
        """
        complaint = b""
        with suppress(OSError):
            complaint = os.read(self._stderr, MAX_COMPLAINT_BYTES)
        self.kill()
        code = self._process.returncode
        if code < 0:
            why = _KILLED.get(-code, f"its decoder ended by signal {-code}")
            return FilmError(why) if -code in _KILLED and -code != signal.SIGKILL else InterruptedFilmError(why)
        lines = complaint.decode("ascii", "replace").strip().splitlines()
        words = "".join(letter for letter in lines[-1] if letter.isprintable())[:MAX_COMPLAINT] if lines else "without a word"
        return InterruptedFilmError(f"its decoder gave up ({words})")

    def kill(self) -> None:
        """Kill it and all that it started, unless it has ended; its pipes stay open."""
        if self._process.returncode is None:  # once it is reaped, its number may be another's
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def close(self) -> None:
        """Kill it and close its pipes; more than once does no harm."""
        self.kill()
        for pipe in (self._process.stdin, self._process.stdout, self._process.stderr):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()
