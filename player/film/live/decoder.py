"""One live stream as its keeper sees it, however it comes: rings to hand on, states to hear, and a child that is started anew.

It has the surface of a film's `Decoder`, and is heard the same way; but it never ends for good by itself, and starts its children
on its own. Its screen must look for the newest frame all the time, from the beginning on: frames that nobody takes stand still.
"""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from player.clock import Clock
from player.errors import FilmError, WorkerError
from player.film.decoder import Wanted
from player.film.live.bell import Bell
from player.film.live.tuning import Deed, GivenUp, Over, Playing, Tuning
from player.film.live.tuning import Stalled as HasStalled
from player.film.process import FilmProcess
from player.film.ring import RingWatch
from player.film.ring_pair import STUCK, RingPair
from player.film.wire import Answer, Begun, Ended, Failed, Ready, Request
from player.units import Nanos, Size


@dataclass(frozen=True, slots=True)
class Live:
    """Frames come."""

    latency: Nanos | None
    """As of its decoder; None: not known yet."""
    rendition: str
    """Which it is, in words; empty: there is but one."""


@dataclass(frozen=True, slots=True)
class Stalled:
    """No frame has come for about 2 s: what is shown is the title page."""

    since: Nanos
    """When the last one was due, CLOCK_MONOTONIC."""


LiveState: TypeAlias = Ready | Live | Stalled | Ended | Failed


class LiveDecoder(ABC):
    """A stream on its way into two rings. All calls from one thread, which outlives it: its child dies with that thread.

    How it comes is its descendants': `fetched`, piece by piece, or `direct`, read by the child itself.
    """

    def __init__(self, wanted: Wanted, *, clock: Clock, command: Sequence[str]) -> None:
        """Make what children are to fill; none is started before the first `hear`.

        Args:
            wanted: `begin` and `end` mean nothing; frames are contained in `size`, with black beside them.
            clock: The machine's own: frames are due by CLOCK_MONOTONIC.
            command: Of the child.

        Raises:
            WorkerError: No memory, or a size that no ring has.
        """
        self._wanted = wanted
        self._clock = clock
        self._command = command
        self._process: FilmProcess | None = None
        self._said: LiveState | None = None
        self._epoch = clock.monotonic()
        self._tuning = Tuning(self._epoch)
        self._rings = RingPair(wanted.size, has_sound=wanted.has_sound)
        self._bell = Bell()
        self.size: Size | None = None
        """Of the stream's pictures as they are to be seen; None: nothing was seen yet."""

    def fileno(self) -> int:
        """Return what is readable when there is news; besides, `hear` is to be called about four times a second."""
        return self._bell.fileno()

    @property
    def ring(self) -> int:
        """Descriptor of the frames, for a `RingReader` that is asked by `newest_due`."""
        return self._rings.frames

    @property
    def samples(self) -> int:
        """Descriptor of the sound, for a `SamplesReader`; -1: none was wanted."""
        return self._rings.samples

    @property
    def watch(self) -> RingWatch:
        """The ring as its keeper sees it; ValueError once this is closed."""
        return self._rings.watch

    @property
    def is_running(self) -> bool:
        """Whether there is something to hear: until it is closed."""
        return self._rings.is_open

    @property
    def pid(self) -> int | None:
        """The number of the child, for who measures it; None when there is none."""
        return None if self._process is None else self._process.pid

    @property
    def epoch(self) -> Nanos:
        """Where on CLOCK_MONOTONIC the instants in its rings begin: what `RingReader.tell` is told is now less this."""
        return self._epoch

    @property
    @abstractmethod
    def latency(self) -> Nanos | None:
        """How far behind its newest moment that is known here it is shown; None: not known yet."""

    @property
    def rendition(self) -> str:
        """Which of those that the stream has is played, in words; empty: there is but one."""
        return ""

    def hear(self) -> list[LiveState]:
        """Return what became of it since, without waiting, and do what is to be done."""
        if not self.is_running:
            return []
        self._bell.quieten()
        now = self._clock.monotonic()
        states: list[LiveState] = []
        self._hear_child(now, states)
        self._hear_source(now)
        last = self._last(now)
        self._obey(self._tuning.tick(now, self.watch.newest_due(now)), now)
        said = self._condition(last)
        if said is not None and _differs(said, self._said):
            states.append(said)
            self._said = said
        return states

    def check(self, now: Nanos) -> None:
        """End a child that hangs; to be asked about once a second. What becomes of it is heard, and `hear` is due afterwards."""
        self._bell.ring()
        if self._process is not None and self._rings.is_stuck(now):
            self._lost(STUCK, now)

    def close(self) -> None:
        """End all of it and close the descriptors; more than once does no harm. Waits for no network: see `join`."""
        self._end()
        self._bell.close()
        self._rings.close()

    @abstractmethod
    def join(self) -> None:
        """After `close`: wait until no thread of it is left."""

    @abstractmethod
    def _hear_source(self, now: Nanos) -> None:
        """Do what where it comes from asks for."""

    @abstractmethod
    def _obey(self, deed: Deed, now: Nanos) -> None:
        """Do what its tuning asks for."""

    @abstractmethod
    def _let_go(self) -> None:
        """Let go of what belongs to one child alone, which was killed or is not there; its pipes are still open."""

    @abstractmethod
    def _note(self, answer: Answer, now: Nanos) -> None:
        """Take note of what only this kind of stream wants to know."""

    @abstractmethod
    def _end_said(self, now: Nanos) -> None:
        """Do what follows when the child has said that the stream has ended."""

    def _last(self, now: Nanos) -> Nanos | None:
        """Return the instant of the newest frame in the ring, in its time; None: there is none that can be."""
        return self._rings.last(now - self._epoch)

    def _condition(self, last: Nanos | None) -> LiveState | None:
        condition = self._tuning.condition
        if isinstance(condition, Playing):
            return Live(self.latency, self.rendition)
        if isinstance(condition, HasStalled):
            return Stalled(condition.since)
        if isinstance(condition, GivenUp):
            return Failed(condition.why)
        if isinstance(condition, Over):
            return Ended(last or 0, is_cut_short=False)
        return None

    def _hear_child(self, now: Nanos, states: list[LiveState]) -> None:
        process = self._process
        if process is None:
            return
        try:
            answers = process.hear()
        except FilmError as error:
            self._lost(str(error), now)
            return
        for answer in answers:
            if process is not self._process:
                return  # another one was started meanwhile, or none: what this one said is over
            if isinstance(answer, Ready):
                states.append(answer)
            elif isinstance(answer, Failed):
                self._lost(answer.why, now)
            elif isinstance(answer, Ended):
                self._end_said(now)
            else:
                if isinstance(answer, Begun):
                    self.size = answer.size
                self._note(answer, now)
        if process is self._process and process.is_over:
            self._lost(process.why_ended(), now)

    def _lost(self, why: str, now: Nanos) -> None:
        """End the child, which failed; its tuning says when there is to be another."""
        self._end()
        self._tuning.lost(why, now)

    def _request(self) -> Request:
        """Return what every child of it is asked."""
        return Request(
            ring=self.ring,
            samples=self.samples,
            begin=self._last(self._clock.monotonic()) or 0,
            rate=self._wanted.rate,
            cores=len(os.sched_getaffinity(0)),
            epoch=self._epoch,
        )

    def _begin(self, request: Request, now: Nanos, *, is_fed: bool = False) -> FilmProcess | None:
        """Start a child, where there is none; None: it could not be started, which its tuning knows."""
        given = self._rings.given(request.film, request.relay)
        self._rings.begin(now)
        try:
            process = FilmProcess(request, given, self._command, is_fed=is_fed, may_converse=request.relay >= 0)
        except WorkerError as error:
            self._lost(str(error), now)
            return None
        self._process = process
        self._bell.add(process.fileno())
        return process

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            self._bell.remove(process.fileno())
            process.kill()  # first, so that who feeds it waits for nothing
        self._let_go()
        if process is not None:
            process.close()


def _differs(said: LiveState, before: LiveState | None) -> bool:
    """Whether it is worth saying: another state or rendition; latency is asked for."""
    if isinstance(said, Live) and isinstance(before, Live):
        return said.rendition != before.rendition
    return said != before
