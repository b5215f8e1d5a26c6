"""The heartbeat: a child process tells the supervisor, by a pipe, that it lives and whether pictures are being presented.

One line a beat: `alive`, `alive presented`, or `alive presented stale` from who says where its photos come from. The number
of the pipe comes in the environment; without it nothing is told.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import re
import signal
import stat
import sys
from collections.abc import MutableMapping
from typing import Final, Self

from player.units import MILLISECOND, Nanos

PIPE: Final = "WEREMEMBER_HEARTBEAT"  # the environment's name for the pipe's number
ALIVE: Final = b"alive\n"
PRESENTED: Final = b"alive presented\n"

BEAT_EVERY: Final[Nanos] = 500 * MILLISECOND  # half of what is asked, and few enough to cost nothing at 60 calls a second

_BEAT: Final = re.compile(rb"alive(?P<presented> presented(?: (?P<rung>[a-z]{1,16}))?)?")
_PR_SET_PDEATHSIG: Final = 1  # prctl(2)


class Heartbeat:
    """The child's end of the pipe. Beats as often as it is asked to, but writes only when that tells something."""

    def __init__(self, pipe: int | None) -> None:
        """Beat into *pipe*, the write end of a pipe, from now on ours; None beats for nobody."""
        self._pipe = pipe
        self._next: Nanos | None = None
        self._told = b""
        if pipe is not None:
            os.set_blocking(pipe, False)
            fcntl.fcntl(pipe, fcntl.F_SETFD, fcntl.FD_CLOEXEC)  # our own children must not hold it open

    @classmethod
    def from_environment(cls, environ: MutableMapping[str, str] = os.environ) -> Self:
        """Take the pipe that the supervisor left us, out of the environment: our own children must not find it there.

        On Linux the process also asks to be killed when the supervisor is: nothing may stay on the wall that nobody watches.
        """
        number = environ.pop(PIPE, "")
        if not (number.isascii() and number.isdigit() and _is_pipe(int(number))):
            return cls(None)
        _die_with_parent(pipe=int(number))
        return cls(int(number))

    def beat(self, now: Nanos, *, presented: bool, rung: str = "") -> None:
        """Tell that we live at *now* (monotonic), whether pictures are being *presented*, and from which *rung* of the ladder.

        Never waits, never fails.
        """
        if self._pipe is None:
            return
        beat = (PRESENTED[:-1] + f" {rung}\n".encode() if rung else PRESENTED) if presented else ALIVE
        if self._next is not None and now < self._next and beat == self._told:
            return
        self._next = now + BEAT_EVERY
        self._told = beat
        try:
            os.write(self._pipe, beat)
        except OSError:
            return  # full: the supervisor is late, not we; closed: it is gone, and PR_SET_PDEATHSIG sees to that


class Pulse:
    """The supervisor's end: what has been heard, whole lines only."""

    MAX_PARTIAL_BYTES: Final = 256  # a beat has 16; anything longer is no beat

    def __init__(self) -> None:
        self._partial = b""
        self.rung = ""
        """Where the photos come from, as the last beat said."""

    def hear(self, data: bytes) -> bool | None:
        """Take in *data*; return what the last whole beat in it said (presented or not), None when there was none."""
        *lines, rest = (self._partial + data).split(b"\n")
        self._partial = rest[: self.MAX_PARTIAL_BYTES]
        beats = [beat for line in lines if (beat := _BEAT.fullmatch(line))]
        if not beats:
            return None
        self.rung = (beats[-1]["rung"] or b"").decode()
        return beats[-1]["presented"] is not None


def _is_pipe(number: int) -> bool:
    try:
        return stat.S_ISFIFO(os.fstat(number).st_mode)
    except (OSError, OverflowError):
        return False


def _die_with_parent(*, pipe: int) -> None:
    """Have the kernel kill this process when its parent dies; leave at once when that happened before we could ask."""
    if not sys.platform.startswith("linux"):
        return
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
    try:
        os.set_blocking(pipe, False)
        os.write(pipe, b"\n")  # no beat: we are not up yet
    except BrokenPipeError:
        sys.exit("The supervisor has gone.")
    except BlockingIOError:
        return
