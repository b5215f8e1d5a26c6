"""A child process as the supervisor sees it: a process group, a heartbeat pipe, and what has been heard from it."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from player.heartbeat import PIPE, Pulse
from player.restart import Ending, History, Running, State, Waiting, after_death
from player.units import Nanos

SYSTEMD_ONLY: Final = ("NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID")  # ours alone: a child must not speak for the whole
READ_BYTES: Final = 65536  # a whole pipe


@dataclass(frozen=True, slots=True)
class Child:
    """A row of the supervisor's table."""

    name: str
    argv: tuple[str, ...]
    presents: bool = False
    """Whether this is the one whose heartbeat says that pictures are being presented."""
    begins_after: Nanos = 0
    """How long after the others it is first started."""


class Ward:
    """One child over all its lives. Does as it is told; decides nothing."""

    def __init__(self, child: Child, now: Nanos) -> None:
        """Make a ward that is to be started at *now*, or as long after it as its row says."""
        self.child = child
        self.state: State = Waiting(now + child.begins_after)
        self.history = History()
        self.presented_at: Nanos | None = None
        self.pipe: int | None = None
        self._pulse = Pulse()
        self._process: subprocess.Popen[bytes] | None = None
        self._reload_owed = False

    @property
    def is_up(self) -> bool:
        """Whether there is a process."""
        return self._process is not None

    @property
    def rung(self) -> str:
        """Where its photos come from, by its last beat; empty when it did not say."""
        return self._pulse.rung

    def start(self, now: Nanos, environ: Mapping[str, str]) -> None:
        """Start the process, in a session of its own: a terminal's Ctrl-C reaches only us, and one call ends all it started.

        Raises:
            OSError: It cannot be started.
        """
        mine, theirs = os.pipe()
        try:
            os.set_blocking(mine, False)
            self._process = subprocess.Popen(  # noqa: S603 - the table is ours
                self.child.argv,
                stdin=subprocess.DEVNULL,
                pass_fds=(theirs,),
                start_new_session=True,
                env={key: value for key, value in environ.items() if key not in SYSTEMD_ONLY} | {PIPE: str(theirs)},
            )
        except OSError:
            os.close(mine)
            raise
        finally:
            os.close(theirs)
        self.pipe, self._pulse = mine, Pulse()
        self.state = Running(now)

    def listen(self, now: Nanos) -> bool:
        """Hear what came by the pipe; return False when nothing will come any more."""
        if self.pipe is None:
            return False
        try:
            data = os.read(self.pipe, READ_BYTES)
        except BlockingIOError:
            return True
        presented = self._pulse.hear(data)
        if presented is None:
            return bool(data)
        if presented:
            self.presented_at = now
        if isinstance(self.state, Running):
            self.state = Running(self.state.started, now)
            if self._reload_owed:
                self.reload()
        return True

    def excuse(self, now: Nanos) -> None:
        """Begin the wait for its next beat anew, because we ourselves were not there to hear it."""
        if isinstance(self.state, Running) and self.state.heard is not None:
            self.state = Running(self.state.started, now)

    def reload(self) -> None:
        """Pass SIGHUP on; to a child that has not beaten yet only then, for until it has a handler the signal would kill it."""
        self._reload_owed = not (isinstance(self.state, Running) and self.state.heard is not None)
        if not self._reload_owed and self._process is not None:
            os.kill(self._process.pid, signal.SIGHUP)

    def terminate(self, now: Nanos) -> None:
        """Ask the process to end; it winds up its own children."""
        if self._process is not None and not isinstance(self.state, Waiting):
            self.state = Ending(self.state.started, now)
            os.kill(self._process.pid, signal.SIGTERM)

    def kill(self, now: Nanos) -> None:
        """End the process and all that it started. One that hangs in the kernel is asked again after another grace."""
        if self._process is not None and not isinstance(self.state, Waiting):
            self.state = Ending(self.state.started, now)
            self._kill_group(self._process.pid)

    def reap(self) -> int | None:
        """Return the exit status of a process that has ended (negative: by that signal), once; None while there is none.

        What it started goes with it. It is killed before its parent's number can be used again.
        """
        if self._process is None or not os.waitid(os.P_PID, self._process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT):
            return None
        self._kill_group(self._process.pid)
        status = self._process.wait()
        self._process = None
        if self.pipe is not None:
            os.close(self.pipe)
        self.pipe = self.presented_at = None
        self._reload_owed = False
        return status

    def bury(self, now: Nanos) -> None:
        """Enter a death, or a start that failed, into the history and set the time of the next start."""
        started = now if isinstance(self.state, Waiting) else self.state.started
        self.history, self.state = after_death(self.history, started=started, now=now)

    @staticmethod
    def _kill_group(leader: int) -> None:
        try:
            os.killpg(leader, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):  # nobody left; on a Mac, only the dead
            return
