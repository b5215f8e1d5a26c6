"""Sound in shared memory: float32, 48 kHz, two channels. Every sample has its place in the film, so no clock runs apart.

Sample n belongs to n / 48000 s of the film; where a film has none there is silence. One writer and one reader, as for frames: the
reader says up to where it has *taken*, and the writer never reaches further than a whole ring beyond that.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from player.errors import WorkerError
from player.film.limits import CHANNELS, SOUND_RATE, SOUND_SECONDS
from player.film.memory import PAGE, Words, mapped, sealed_length, shared_memory
from player.units import SECOND, Nanos

CAPACITY: Final = SOUND_RATE * SOUND_SECONDS  # samples in each channel
_BYTES: Final = CAPACITY * CHANNELS * 4
_LENGTH: Final = 2 * PAGE + _BYTES
_TAKEN: Final = 0  # the reader's word
_BEGIN, _END = 0, 1  # the writer's: the first that was ever written, and one past the last

Sound = NDArray[np.float32]


def sample_at(at: Nanos) -> int:
    """Return which sample belongs to instant *at* of the film."""
    return at * SOUND_RATE // SECOND


def make_samples() -> int:
    """Return the descriptor of a ring of samples; WorkerError when the machine gives no memory."""
    return shared_memory("sound", _LENGTH)


class _Samples:
    def __init__(self, descriptor: int, *, reads: bool, writes: bool) -> None:
        if sealed_length(descriptor) != _LENGTH:
            raise WorkerError("not a ring of samples")
        self.theirs = Words(mapped(descriptor, offset=0, length=PAGE, is_writable=reads))
        memory = mapped(descriptor, offset=PAGE, length=_LENGTH - PAGE, is_writable=writes)
        self.words = Words(memory)
        self.sound = np.frombuffer(memory, np.float32, offset=PAGE).reshape(CAPACITY, CHANNELS)

    def close(self) -> None:
        """Let the memory and the descriptors behind it go."""
        self.words.release()
        self.theirs.release()
        self.sound = np.empty((0, CHANNELS), np.float32)

    def parts(self, start: int, end: int) -> tuple[tuple[int, int, slice], ...]:
        """Return where samples *start* up to *end* lie: from, to, place; two pieces where they go round the end."""
        turn = start - start % CAPACITY + CAPACITY
        pieces = ((start, min(end, turn)), (turn, end))
        return tuple((a, b, slice(a % CAPACITY, a % CAPACITY + b - a)) for a, b in pieces if a < b)


class SamplesReader:
    """The end that plays. Waits for nothing; WorkerError when the descriptor is no ring of samples."""

    def __init__(self, descriptor: int) -> None:
        self._ring = _Samples(descriptor, reads=True, writes=False)

    @property
    def written(self) -> int:
        """One past the last sample that is there."""
        return self._ring.words[_END]

    def close(self) -> None:
        """Let the ring go; nothing may be asked afterwards."""
        self._ring.close()

    def take(self, start: int, count: int) -> Sound:
        """Return samples *start* up to *start* + *count*, count x 2, a copy; silence for what is not there."""
        out = np.zeros((count, CHANNELS), np.float32)
        begin, end = self._ring.words[_BEGIN], self._ring.words[_END]
        self._ring.words.fence()
        first = max(start, begin, end - CAPACITY, self._ring.theirs[_TAKEN])
        last = min(start + count, end)
        for a, b, place in self._ring.parts(first, last):
            out[a - start : b - start] = self._ring.sound[place]
        self._ring.theirs.fence()
        self._ring.theirs[_TAKEN] = max(start + count, self._ring.theirs[_TAKEN])
        # A decoder that was taken over may write anything; what is no number must not reach a loudspeaker.
        return np.clip(np.nan_to_num(out, copy=False, nan=0.0, posinf=0.0, neginf=0.0), -1.0, 1.0, out=out)


class SamplesWriter:
    """The end that decodes. Goes on where another writer stopped."""

    def __init__(self, descriptor: int, begin: int) -> None:
        """*begin*: which sample will be the first, or nearly."""
        self._ring = _Samples(descriptor, reads=False, writes=True)
        self._ring.words[_END] = self._ring.words[_BEGIN] = max(begin, self._ring.words[_END])

    @property
    def end(self) -> int:
        """One past the last sample that was written."""
        return self._ring.words[_END]

    @property
    def room(self) -> int:
        """How many samples can be written now."""
        taken = self._ring.theirs[_TAKEN]
        self._ring.theirs.fence()
        return max(0, max(taken, self._ring.words[_BEGIN]) + CAPACITY - self.end)

    def write(self, start: int, sound: Sound) -> None:
        """Write *sound*, count x 2, as samples *start* and on: what overlaps what is there or finds no room is left out.

        A gap before it becomes silence.
        """
        end = self.end
        stop = min(start + len(sound), end + self.room)
        if stop <= end:
            return
        oldest = max(end, stop - CAPACITY)  # the reader has gone on meanwhile: what it left behind is not made up for
        for a, b, place in self._ring.parts(oldest, min(start, stop)):
            self._ring.sound[place] = np.zeros((b - a, CHANNELS), np.float32)
        for a, b, place in self._ring.parts(max(start, oldest), stop):
            self._ring.sound[place] = sound[a - start : b - start]
        self._ring.words.fence()
        self._ring.words[_END] = stop
