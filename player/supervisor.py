"""Starts the processes of a player, watches them, restarts them, and ends them all together.

It touches child processes and systemd: no network, no pictures, no window. One thread waits for signals, heartbeats and
deadlines; what to do when is decided in `player.restart`.
"""

from __future__ import annotations

import os
import selectors
import signal
import socket
from collections.abc import Generator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from typing import Final

from player import log
from player.clock import Clock
from player.notify import Notifier
from player.restart import END_GRACE, Action, Running, Waiting, action, acts_at
from player.units import SECOND, Nanos
from player.ward import Child, Ward

__all__ = ["EXIT_ENDED", "Child", "run"]

EXIT_ENDED: Final = 3
"""A child ends with this when a person asked for the end: Esc twice, or the window was closed."""

TICK: Final[Nanos] = 1 * SECOND  # how often systemd hears of us
FRESH: Final[Nanos] = 3 * SECOND  # a beat comes twice a second; what was presented longer ago than this is no present tense
ABSENT: Final[Nanos] = 3 * SECOND  # our own wait never lasts longer than a tick: beyond this, the machine stood still

_SIGNALS: Final = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD)


def run(
    children: Sequence[Child],
    *,
    clock: Clock,
    ends_after: Nanos | None = None,
    notifier: Notifier | None = None,
    environ: Mapping[str, str] = os.environ,
) -> int:
    """Keep *children* running until a signal, a person or the time *ends_after* says otherwise; return the exit status.

    Must be called in the main thread, which receives the signals. Nothing that was started is left when it returns.

    Args:
        children: The table of processes.
        clock: Tells monotonic time.
        ends_after: The length of the run; None for no end.
        notifier: The way to systemd; by default the one that *environ* names.
        environ: What the children inherit, but for what is meant for us alone.
    """
    with ExitStack() as stack:
        way = stack.enter_context(notifier or Notifier.from_environment(environ))
        mailbox = stack.enter_context(_signals())
        post = stack.enter_context(selectors.DefaultSelector())
        post.register(mailbox, selectors.EVENT_READ)
        supervisor = _Supervisor(children, clock=clock, notifier=way, environ=environ, selector=post, mailbox=mailbox)
        stack.callback(supervisor.end)
        supervisor.watch(ends_after)
    return 0


class _Supervisor:
    """The loop. Obeys `player.restart` for each child, and signals for all."""

    def __init__(
        self,
        children: Sequence[Child],
        *,
        clock: Clock,
        notifier: Notifier,
        environ: Mapping[str, str],
        selector: selectors.BaseSelector,
        mailbox: socket.socket,
    ) -> None:
        self._clock = clock
        self._notifier = notifier
        self._environ = environ
        self._selector = selector
        self._mailbox = mailbox
        self._log = log.get("supervisor")
        self._budget = log.Edge(self._log, begins="a process keeps dying; a person should look", ends="a process stays up again")
        self._wards = [Ward(child, clock.monotonic()) for child in children]
        self._had_terminal = _has_terminal()
        self._ended = False
        self._ready = False
        self._told: Nanos | None = None
        self._status = ""

    def watch(self, ends_after: Nanos | None) -> None:
        """Start and keep the children; return when it is time to end them."""
        before = self._clock.monotonic()
        ends_at = None if ends_after is None else before + ends_after
        while not self._ended:
            now = self._clock.monotonic()
            if ends_at is not None and now >= ends_at:
                break
            if now - before > ABSENT:
                for ward in self._wards:
                    ward.excuse(now)
            before = now
            for ward in self._wards:
                self._attend(ward, now)
            self._report(now)
            due = [now + TICK, *(acts_at(ward.state) for ward in self._wards), *([] if ends_at is None else [ends_at])]
            self._listen(min(due))

    def end(self) -> None:
        """End all children: asked first, killed after a grace; at once when a second signal says so."""
        self._notifier.tell(STOPPING="1")
        began = self._clock.monotonic()
        for ward in self._wards:
            ward.terminate(began)
        self._ended = False
        while any(ward.is_up for ward in self._wards):
            now = self._clock.monotonic()
            for ward in self._wards:
                if self._ended or now >= began + END_GRACE:
                    ward.kill(now)
                self._gone(ward)
            if any(ward.is_up for ward in self._wards):
                self._listen(max(began + END_GRACE, now + SECOND // 10))

    def _attend(self, ward: Ward, now: Nanos) -> None:
        """Do what is due about one child."""
        status = self._gone(ward)
        if status == EXIT_ENDED:
            self._log.info("a person ended the run", process=ward.child.name)
            self._ended = True
        elif status is not None:
            self._log.warning("a process has died", process=ward.child.name, status=_in_words(status))
            self._bury(ward, now)
        due = action(ward.state, now)
        if due is Action.START:
            self._start(ward, now)
        elif due is Action.TERMINATE:
            self._log.warning("a process is stuck, ending it", process=ward.child.name)
            ward.terminate(now)
        elif due is Action.KILL:
            ward.kill(now)
        if isinstance(ward.state, Running) and not ward.history.over_budget(now):
            self._budget.note(ward.child.name, holds=False, process=ward.child.name)

    def _start(self, ward: Ward, now: Nanos) -> None:
        try:
            ward.start(now, self._environ)
        except OSError as error:
            self._log.warning("a process cannot be started", process=ward.child.name, error=error)
            self._bury(ward, now)
            return
        if ward.pipe is not None:
            self._selector.register(ward.pipe, selectors.EVENT_READ, ward)
        self._log.debug("a process was started", process=ward.child.name)

    def _bury(self, ward: Ward, now: Nanos) -> None:
        ward.bury(now)
        over = ward.history.over_budget(now)
        self._budget.note(ward.child.name, holds=over, process=ward.child.name, deaths=len(ward.history.deaths))

    def _gone(self, ward: Ward) -> int | None:
        """Return the status of a child that has ended, once; its pipe is forgotten before its number is used again."""
        pipe = ward.pipe
        status = ward.reap()
        if status is not None and pipe is not None:
            with suppress(KeyError):  # it may have closed the pipe long before
                self._selector.unregister(pipe)
        return status

    def _listen(self, until: Nanos) -> None:
        """Wait for signals and heartbeats, at most until an instant; take in what came."""
        wait_s = max(0, until - self._clock.monotonic()) / SECOND
        for key, _ in self._selector.select(wait_s):
            if isinstance(key.data, Ward):
                if not key.data.listen(self._clock.monotonic()):
                    self._selector.unregister(key.fileobj)
            else:
                for number in self._mailbox.recv(4096):
                    self._obey(signal.Signals(number))

    def _obey(self, told: signal.Signals) -> None:
        if told in {signal.SIGTERM, signal.SIGINT}:
            self._ended = True
        elif told == signal.SIGHUP and self._had_terminal and not _has_terminal():
            self._ended = True  # the terminal that we were started from was closed
        elif told == signal.SIGHUP:
            for ward in self._wards:
                ward.reload()

    def _report(self, now: Nanos) -> None:
        """Feed systemd's watchdog while pictures are being presented; say how the children are when that changes."""
        if self._told is not None and now - self._told < TICK:
            return
        self._told = now
        up = [w for w in self._wards if w.child.presents and w.presented_at is not None and now - w.presented_at <= FRESH]
        presenting = bool(up)
        if presenting:
            self._notifier.tell(WATCHDOG="1", **({} if self._ready else {"READY": "1"}))
            self._ready = True
        rung = next((f" ({ward.rung})" for ward in up if ward.rung), "")
        status = f"{f'presenting{rung}' if presenting else 'not presenting'}; " + ", ".join(
            f"{ward.child.name} {'waits to restart' if isinstance(ward.state, Waiting) else 'runs'}" for ward in self._wards
        )
        if status != self._status and self._notifier.tell(STATUS=status):
            self._status = status


@contextmanager
def _signals() -> Generator[socket.socket]:
    """Have the signals that concern us arrive as bytes in a socket, and put everything back afterwards."""
    mine, theirs = socket.socketpair()
    with mine, theirs, ExitStack() as stack:
        mine.settimeout(0)
        theirs.settimeout(0)
        stack.callback(signal.set_wakeup_fd, signal.set_wakeup_fd(theirs.fileno(), warn_on_full_buffer=False))
        for number in _SIGNALS:
            stack.callback(signal.signal, number, signal.signal(number, lambda _number, _frame: None) or signal.SIG_DFL)
        yield mine


def _has_terminal() -> bool:
    """Whether this process has a controlling terminal."""
    try:
        os.close(os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY))
    except OSError:
        return False
    return True


def _in_words(status: int) -> str:
    """Return an exit status for a log."""
    if status >= 0:
        return f"exit {status}"
    try:
        return signal.Signals(-status).name
    except ValueError:
        return f"signal {-status}"
