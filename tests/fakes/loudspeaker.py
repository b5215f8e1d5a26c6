"""A sound card by a clock of the tests, with what real ones do wrong: clocks of their own, late blocks, hanging, leaving."""

from __future__ import annotations

import random
from collections import deque
from typing import Final

import numpy as np
from numpy.typing import NDArray

from player.errors import OperatorError
from player.units import SECOND, Nanos
from tests.fakes.clock import FakeClock

RATE: Final = 48_000


class FakeLoudspeaker:
    """Plays a queue in blocks of its own, and remembers what was heard when."""

    def __init__(self, clock: FakeClock, *, ppm: float = 0.0, chunk: int = 512, late: Nanos = 0, seed: int = 1) -> None:
        """*ppm*: by how much its clock is too fast; *late*: by how much at most a block is taken too late."""
        self.name = "fake"
        self.latency = chunk * 3 // 2
        self.rate = RATE * (1 + ppm * 1e-6)
        self.is_unplugged = self.is_closed = False
        self.pushed = self.missing = 0
        self._clock, self._chunk, self._late, self._chance = clock, chunk, late, random.Random(seed)
        self._began = clock.monotonic()
        self._taken = 0  # blocks
        self._queue: deque[NDArray[np.float32]] = deque()
        self._waiting = 0
        self._stands_until: Nanos = 0
        self._heard: list[NDArray[np.float32]] = []

    def stand_still(self, length: Nanos) -> None:
        """Take nothing for so long, and then go on, as a card does whose bus hangs."""
        self._advance()
        self._stands_until = self._clock.monotonic() + length
        self._began += length

    def heard_at(self, sample: int) -> Nanos:
        """Return when the sample that was pushed as number *sample* is heard, if the card never ran dry."""
        return self._began + round((sample + 2 * self._chunk) / self.rate * SECOND)

    @property
    def heard(self) -> NDArray[np.float32]:
        """All that was heard so far, silence included, n x 2."""
        self._advance()
        return np.concatenate(self._heard) if self._heard else np.zeros((0, 2), np.float32)

    def push(self, samples: NDArray[np.float32]) -> None:
        """Put *samples* at the end of the queue."""
        self._advance()
        assert samples.dtype == np.float32
        assert samples.shape[1] == 2
        assert np.isfinite(samples).all()
        self._queue.append(samples)
        self._waiting += len(samples)
        self.pushed += len(samples)

    def queued(self) -> int:
        """Return how many samples have not been taken yet."""
        self._advance()
        return self._waiting

    def is_there(self) -> bool:
        """Whether nobody unplugged it."""
        return not self.is_unplugged

    def close(self) -> None:
        """Remember it."""
        self.is_closed = True

    def _advance(self) -> None:
        """Take as many blocks as the time says."""
        now = self._clock.monotonic() - (self._chance.randrange(self._late) if self._late else 0)
        if now < self._stands_until:
            return
        due = int((now - self._began) * self.rate / SECOND) // self._chunk
        for _ in range(self._taken, due):
            self._heard.append(self._block())
        self._taken = max(self._taken, due)

    def _block(self) -> NDArray[np.float32]:
        out = np.zeros((self._chunk, 2), np.float32)
        filled = 0
        while filled < self._chunk and self._queue:
            head = self._queue.popleft()
            fits = min(len(head), self._chunk - filled)
            out[filled : filled + fits] = head[:fits]
            filled += fits
            if fits < len(head):
                self._queue.appendleft(head[fits:])
        self._waiting -= filled
        self.missing += self._chunk - filled
        return out


class Shop:
    """Where loudspeakers are opened: as many attempts fail as it is told."""

    def __init__(self, clock: FakeClock, failures: int = 0) -> None:
        self.attempts: list[Nanos] = []
        self.sold: list[FakeLoudspeaker] = []
        self._clock, self._failures = clock, failures

    def open(self, name: str) -> FakeLoudspeaker:
        """Return a new one."""
        self.attempts.append(self._clock.monotonic())
        if len(self.attempts) <= self._failures:
            raise OperatorError(f'There is no sound device "{name}".')
        self.sold.append(FakeLoudspeaker(self._clock))
        return self.sold[-1]


class Phasor:
    """Sound that says where it is from: a cosine on the left, a sine on the right, once round a second."""

    def __init__(self, amplitude: float = 0.5, offset: float = 0.0) -> None:
        """*offset*: of a turn, to tell one from another."""
        self.written = 1 << 40
        self.freed = 0
        self._amplitude, self._offset = amplitude, offset

    def take(self, start: int, count: int) -> NDArray[np.float32]:
        """Return samples, as a ring does: what was freed is silent for ever."""
        assert start + count <= self.written or not count
        at = np.arange(start, start + count)
        turns = 2 * np.pi * (at / RATE + self._offset)
        out = self._amplitude * np.stack([np.cos(turns), np.sin(turns)], axis=1)
        out[(at < self.freed) | (at < 0)] = 0
        self.freed = max(self.freed, start + count)
        return out.astype(np.float32)


def loudness_of(heard: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return the amplitude of each sample of a phasor."""
    return np.hypot(heard[:, 0], heard[:, 1]).astype(np.float64)


def seconds_in(heard: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return which instant of its film each sample of a phasor is from, within a second, 0 to 1."""
    return (np.arctan2(heard[:, 1], heard[:, 0]) / (2 * np.pi)).astype(np.float64) % 1.0


def roughest(heard: NDArray[np.float32]) -> float:
    """Return the largest step from one sample to the next: of a phasor 0.00007, of an edge 0.003, of a click up to 1."""
    return float(np.abs(np.diff(heard, axis=0)).max(initial=0.0))
