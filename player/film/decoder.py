"""One film being decoded by a child, as its keeper sees it: rings to hand on, states to hear, a hang to end, a new start.

No thread: whoever keeps it waits for `fileno` among its other descriptors, and calls `check` about once a second.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass

from player.errors import FilmError, InterruptedFilmError, WorkerError
from player.film.process import FilmProcess
from player.film.ring import RingWatch
from player.film.ring_pair import STUCK, RingPair
from player.film.wire import Ended, Failed, Ready, Request
from player.units import Nanos, Size


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is wanted of a film."""

    size: Size
    """Of its frames: even sides, at most 3840 x 2160. The film is stretched to it: ask for its own shape."""
    begin: Nanos = 0
    """From the film's first frame on; the frame that is on screen then is the first, whatever it needs to be decoded."""
    end: Nanos | None = None
    """None: its own."""
    rate: float = 60.0
    """Frames in a second that the output shows; more are left out."""
    has_sound: bool = False
    """Whether sound is to be decoded, if there is any."""


class Decoder:
    """A film on its way into two rings. Close it: that ends the child and lets the rings go, once their readers did."""

    def __init__(self, film: int, wanted: Wanted, *, now: Nanos, command: Sequence[str] | None = None) -> None:
        """Start decoding the file with descriptor *film*, which is kept open here for another start.

        Raises:
            WorkerError: No memory, no process, or a size that no ring has.
        """
        self._wanted = wanted
        self._command = command
        self._process: FilmProcess | None = None
        self._rings = RingPair(wanted.size, has_sound=wanted.has_sound)
        self._film = os.dup(film)
        self.is_interrupted = False
        """Whether it failed in a way that need not be the film's fault."""
        try:
            self._start(wanted.begin, now)
        except WorkerError:
            self.close()
            raise

    def fileno(self) -> int:
        """Return what is readable when `hear` has something to tell; changes with every start."""
        if self._process is None:
            raise ValueError("this decoder has ended")
        return self._process.fileno()

    @property
    def ring(self) -> int:
        """Descriptor of the frames, to be handed to a `RingReader`."""
        return self._rings.frames

    @property
    def samples(self) -> int:
        """Descriptor of the sound, to be handed to a `SamplesReader`; -1: none was wanted."""
        return self._rings.samples

    @property
    def watch(self) -> RingWatch:
        """The ring as its keeper sees it: what is on screen; ValueError once this is closed."""
        return self._rings.watch

    @property
    def is_running(self) -> bool:
        """Whether there is a child; only then there is something to hear."""
        return self._process is not None

    @property
    def pid(self) -> int | None:
        """The number of the child, for who measures it; None when there is none."""
        return None if self._process is None else self._process.pid

    def hear(self) -> list[Ready | Ended | Failed]:
        """Return what became of it since, without waiting. After Ended or Failed there is no child any more."""
        if self._process is None:
            return []
        states: list[Ready | Ended | Failed] = []
        try:
            answers = self._process.hear()
        except FilmError as error:
            states.append(Failed(str(error)))
        else:
            states += [answer for answer in answers if isinstance(answer, Ready | Ended | Failed)]
        has_ended = any(isinstance(state, Ended | Failed) for state in states)
        if self._process.is_over and not has_ended:
            fault = self._process.fault()
            self.is_interrupted = isinstance(fault, InterruptedFilmError)
            states.append(Failed(str(fault)))
            has_ended = True
        if has_ended:
            self._end()
        return states

    def behind(self) -> Nanos:
        """Return how far what is decoded is behind what is on screen; 0 when it is not, or nobody knows."""
        position = self.watch.position
        last = None if position is None else self._rings.last(position.at)
        return 0 if position is None or last is None else max(0, position.at - last)

    def check(self, now: Nanos) -> Failed | None:
        """End a child that hangs, and say so; to be asked about once a second."""
        if self._process is None or not self._rings.is_stuck(now):
            return None
        self._end()
        return Failed(STUCK)

    def restart(self, now: Nanos) -> None:
        """Start anew where the film is on screen, behind the frames that are still in the ring; readers notice nothing.

        Raises:
            WorkerError: No process.
        """
        self._end()
        position = self.watch.position
        begin = self._wanted.begin if position is None else max(position.at, self._wanted.begin)
        last = self._rings.last(begin)
        self._start(begin if last is None else max(begin, last + 1), now)

    def close(self) -> None:
        """End the child and close the descriptors; more than once does no harm."""
        self._end()
        self._rings.close()
        if self._film >= 0:
            os.close(self._film)
        self._film = -1

    def _start(self, begin: Nanos, now: Nanos) -> None:
        wanted = self._wanted
        request = Request(
            film=self._film,
            ring=self.ring,
            samples=self.samples,
            begin=begin,
            end=wanted.end,
            rate=wanted.rate,
            cores=len(os.sched_getaffinity(0)),
        )
        self._rings.begin(now)
        self._process = FilmProcess(request, self._rings.given(self._film), self._command)

    def _end(self) -> None:
        if self._process is not None:
            self._process.close()
            self._process = None
