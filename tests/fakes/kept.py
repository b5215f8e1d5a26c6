"""A moving source without a decoder: frames and sound are put into real shared memory by hand."""

from __future__ import annotations

import os
from collections.abc import Sequence

import numpy as np

from player.errors import FilmError
from player.film.ring import RingWriter, make_ring
from player.film.samples import SamplesWriter, make_samples
from player.film.talk import State, Wanted
from player.units import Nanos


class FakeKept:
    """A source as the desk keeps it; of grey frames."""

    def __init__(self, wanted: Wanted, *, is_heard: bool) -> None:
        self.wanted = wanted
        self.ring = make_ring(wanted.size)
        self.samples = make_samples() if is_heard else -1
        self.gain_db = 0.0
        self.writer = RingWriter(self.ring)
        self.coming: list[State] = []
        self.is_closed = False

    def descriptors(self) -> tuple[int, ...]:
        """Nothing needs to be waited for."""
        return ()

    def step(self, now: Nanos) -> Sequence[State]:
        """Say what was put into `coming`."""
        del now
        said, self.coming = self.coming, []
        return said

    def close(self) -> None:
        """Let the memory go."""
        if not self.is_closed:
            self.is_closed = True
            os.close(self.ring)
            if self.samples >= 0:
                os.close(self.samples)

    def put(self, pts: Nanos, grey: int, due: Nanos = 0) -> None:
        """Write a frame of one grey."""
        luma, chroma = self.writer.begin()
        luma[:], chroma[:] = grey, 128
        self.writer.publish(pts, due)

    def hum(self, samples: int) -> None:
        """Write so much sound, at half of full scale."""
        SamplesWriter(self.samples, 0).write(0, np.full((samples, 2), 0.5, np.float32))


class Cellar:
    """Opens sources, and keeps them for whoever looks; what is in `broken` cannot be opened."""

    def __init__(self) -> None:
        self.kept: list[FakeKept] = []
        self.broken: set[str] = set()

    def open(self, wanted: Wanted, now: Nanos, *, is_heard: bool) -> FakeKept:
        """Open what is wanted."""
        del now
        name = getattr(wanted, "film", getattr(wanted, "stream", ""))
        if name in self.broken:
            raise FilmError(f"{name} is no film")
        self.kept.append(FakeKept(wanted, is_heard=is_heard))
        return self.kept[-1]
