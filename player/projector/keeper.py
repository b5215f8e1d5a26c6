"""One projector's thread: visits it, waits, and visits it again; told at once when it should be something else."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import Final

from player.clock import Clock
from player.projector.call import Call
from player.projector.section import Projector
from player.projector.steps import Manner
from player.projector.visit import Deed, Known, Visitor, Visits, Wakes
from player.projector.wanted import Aim, Goal
from player.projector.wire import EVERYBODY, Wire, wake
from player.secret import Secret
from player.units import SECOND, Nanos, Seconds, nanos

JOINED_WITHIN_S: Final[Seconds] = 1.0  # a turn of the socket's waiting, and the exchange of a command
UNTIL_TOLD: Final[Nanos] = SECOND  # between looks for something to do

Done = Callable[[str, Deed], None]


class Keeper:
    """Keeps one projector as it should be."""

    def __init__(self, name: str, visitor: Visitor, *, clock: Clock, stopped: threading.Event, done: Done) -> None:
        """Visit as *visitor*; what was *done* is told from the thread."""
        self.name = name
        self._visitor = visitor
        self._clock = clock
        self._stopped = stopped
        self._done = done
        self._aim: Aim | None = None
        self._called = threading.Event()
        self._lane = ThreadPoolExecutor(1, f"projector {name}")
        self._life: Future[None] | None = None

    @property
    def known(self) -> Known:
        """What is known of the projector."""
        return self._visitor.known

    def start(self) -> None:
        """Begin."""
        self._life = self._lane.submit(self._live)

    def want(self, goal: Goal) -> None:
        """Let it be so from now on."""
        if goal.aim is not self._aim:
            self._aim = goal.aim
            self._called.set()

    def check(self) -> None:
        """Raise what ended the thread, if something did: our own fault, and the process is started anew."""
        if self._life and self._life.done():
            self._life.result()

    def end(self) -> None:
        """Wait until the thread has ended; `stopped` was set before."""
        self._called.set()
        if self._life:
            with suppress(TimeoutError):  # a visit that still waits sees `stopped` at its next turn
                self._life.exception(JOINED_WITHIN_S)
        self._lane.shutdown(wait=False)

    @property
    def is_called(self) -> bool:
        """Whether it is to be visited now, whatever the last visit said."""
        return self._called.is_set()

    def visit(self) -> Nanos:
        """Visit once; return how long to wait. For the thread, and for tests that are one."""
        self._called.clear()
        aim = self._aim
        if aim is None:
            return UNTIL_TOLD
        for deed in self._visitor.visit(aim, latest=lambda: self._aim or aim):
            self._done(self.name, deed)
        return self._visitor.pause()

    def _live(self) -> None:
        while not self._stopped.is_set():
            pause = self.visit()
            if not self._stopped.is_set():  # looked at after `visit` has taken its call: none is lost
                self._clock.wait(self._called, pause)


def manner_of(projector: Projector) -> Manner:
    """Return how *projector* is to be treated."""
    return Manner(off_after=nanos(projector.off_after), cool=nanos(projector.cool), input=projector.input)


def visitor_of(projector: Projector, *, clock: Clock, stopped: threading.Event, lit_at: Nanos | None) -> Visitor:
    """Return what visits *projector*; *lit_at* is when its lamp was last known to burn (monotonic)."""
    mac, host, password = projector.mac, projector.host, projector.password
    if projector.kind == "wol" or host is None:
        return Wakes(lambda: wake(mac or "", host or EVERYBODY), clock=clock)
    return Visits(
        call_of(host, projector.port, password, clock=clock, stopped=stopped),
        manner_of(projector),
        clock=clock,
        wake=(lambda: wake(mac)) if mac else None,
        lit_at=lit_at,
    )


def call_of(host: str, port: int, password: str | None, *, clock: Clock, stopped: threading.Event) -> Call:
    """Return what asks the projector at an address; *password* is a reference."""
    # PJLink's passwords may be short; each is read when it is needed, for it may be changed meanwhile.
    reveal = (lambda: Secret(password).reveal(shortest=1)) if password else None
    return Call(lambda: Wire(host, port, clock=clock, stopped=stopped), clock, password=reveal)
