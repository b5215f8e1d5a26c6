"""The two rings of one moving source, as who keeps it holds them: made, handed to its child, and felt for the child's pulse."""

from __future__ import annotations

import os
from typing import Final

from player.errors import WorkerError
from player.film.limits import HANG
from player.film.ring import RingWatch, make_ring
from player.film.samples import make_samples
from player.units import SECOND, Nanos, Size

MOST_AHEAD: Final[Nanos] = 60 * SECOND  # that a frame is written before its time; twelve of them are, in a film of slides too
STUCK: Final = f"its decoder did not move for {HANG // SECOND} s and was ended"


class RingPair:
    """A ring of frames, and one of samples where there is sound. They outlive the children that fill them, one after another."""

    def __init__(self, size: Size, *, has_sound: bool) -> None:
        """Make them, for frames of *size*.

        Raises:
            WorkerError: No memory, or a size that no ring has.
        """
        self._watch: RingWatch | None = None
        self._beat = self._moved = 0
        self.frames = self.samples = -1
        """Descriptors for a `RingReader` and a `SamplesReader`; -1: no sound was wanted, or it is closed."""
        try:
            self.frames = make_ring(size)
            self.samples = make_samples() if has_sound else -1
            self._watch = RingWatch(self.frames)
        except WorkerError:
            self.close()
            raise

    @property
    def watch(self) -> RingWatch:
        """The frames as their keeper sees them: what is on screen; ValueError once this is closed."""
        if self._watch is None:
            raise ValueError("this decoder was closed")
        return self._watch

    @property
    def is_open(self) -> bool:
        """Whether it was not closed yet."""
        return self._watch is not None

    def given(self, *besides: int) -> list[int]:
        """Return the descriptors for a child: these, and those *besides* that there are."""
        return [descriptor for descriptor in (self.frames, self.samples, *besides) if descriptor >= 0]

    def last(self, at: Nanos) -> Nanos | None:
        """Return the instant of the last frame that was written, while *at* is on screen; None: there is none that can be.

        A decoder that was taken over by what it decodes writes any number; those that follow it must not begin by that.
        """
        last = self.watch.last_pts
        return last if last is not None and 0 <= last <= at + MOST_AHEAD else None

    def begin(self, now: Nanos) -> None:
        """Take it that a child begins to fill them *now*."""
        self._beat, self._moved = self.watch.beat, now

    def is_stuck(self, now: Nanos) -> bool:
        """Whether the child has not moved for HANG; to be asked about once a second."""
        beat = self.watch.beat
        if beat != self._beat:
            self._beat, self._moved = beat, now
        return now - self._moved > HANG

    def close(self) -> None:
        """Let them go, as soon as their readers do; more than once does no harm."""
        if self._watch is not None:
            self._watch.close()
            self._watch = None
        for descriptor in self.given():
            os.close(descriptor)
        self.frames = self.samples = -1
