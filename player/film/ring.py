"""Frames in shared memory: a decoder writes them ahead, the screen looks at the newest whose time has come, and copies nothing.

One writer, one reader, a number for every frame. The frame with number n lies in slot n mod N. The reader says which number it
*holds*; the writer writes n only when n - N is less than that: so neither the frame that the reader holds nor any later one is
ever written over, and the reader, which only goes forward, chooses among just these. Neither waits for the other in here: a
reader finds what there is, a writer asks for room and is told no. Each slot has a lock of its own besides, odd while it is
written: after a writer that died half-way the next one begins that slot anew, and a writer gone mad is seen.

Layout, in pages: the reader's words (which the writer maps read-only), the writer's words (which the reader maps read-only with
all that follows), then the slots: luma, height x width, and chroma, Cb and Cr interleaved, half as high; 8 bits, BT.601, limited.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from player.errors import WorkerError
from player.film.limits import MAX_RING_BYTES, MAX_RING_SIZE, MAX_SLOTS, MIN_SLOTS, RING_BYTES
from player.film.memory import PAGE, Words, mapped, sealed_length, shared_memory
from player.units import Nanos, Size

MIN_RING_SIDE: Final = 2  # pixels: chroma has one value for two
_MAGIC: Final = 0x5752_5249_4E47_0001  # "WRRING", version 1
LATEST: Final[Nanos] = 2**61  # 73 years: of instants that a frame may claim, so that sums of them stay numbers of a ring
_SLOT_ALIGNMENT: Final = 4096  # bytes

# The reader's words.
_LOCK, _AT, _MONOTONIC, _HELD, _IS_OVER = range(5)
# The writer's words; of each slot from _SLOT on.
_KIND, _WIDTH, _HEIGHT, _SLOTS, _WRITTEN, _BEAT, _ENDS_AT = range(7)
_SLOT: Final = 16
_SLOT_WORDS: Final = 8
_SLOT_LOCK, _SLOT_PTS, _SLOT_DUE = range(3)
_NEVER: Final = -1
_TRIES: Final = 64  # to read two words that belong together while they are written, which takes a microsecond

Plane = NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class MovingFrame:
    """One frame of a moving source: NV12, BT.601 in limited range, read-only, in memory that others own."""

    serial: int
    """Counted from 1; another number, another frame."""
    pts: Nanos
    """When it comes, from the film's first frame on."""
    due: Nanos
    """When it is to be shown, CLOCK_MONOTONIC; of live streams, else 0."""
    luma: Plane
    """Height x width."""
    chroma: Plane
    """Height/2 x width/2 x 2: Cb, Cr."""


class Position(NamedTuple):
    """Which instant of a film is on screen, and when that was so."""

    at: Nanos
    """From the film's first frame on."""
    monotonic: Nanos


class _Geometry(NamedTuple):
    size: Size
    slots: int

    @property
    def stride(self) -> int:
        """Bytes from one slot to the next."""
        frame = self.size.width * self.size.height * 3 // 2
        return -(-frame // _SLOT_ALIGNMENT) * _SLOT_ALIGNMENT

    @property
    def length(self) -> int:
        """Bytes of everything."""
        return 2 * PAGE + self.slots * self.stride

    def planes(self, pixels: Plane, serial: int) -> tuple[Plane, Plane]:
        """Return the views of the slot of frame *serial*; *pixels* begins with the writer's words."""
        width, height = self.size
        start = PAGE + serial % self.slots * self.stride
        cut = start + width * height
        end = cut + width * height // 2
        return pixels[start:cut].reshape(height, width), pixels[cut:end].reshape(height // 2, width // 2, 2)


def make_ring(size: Size) -> int:
    """Return the descriptor of a ring for frames of *size*, even, and as many of them as is good.

    Raises:
        WorkerError: The machine gives no memory; or the size is none that we ask for.
    """
    frame = size.width * size.height * 3 // 2
    geometry = _checked(size, max(MIN_SLOTS, min(MAX_SLOTS, RING_BYTES // max(1, frame))))
    descriptor = shared_memory("film", geometry.length)
    words = Words(mapped(descriptor, offset=PAGE, length=PAGE, is_writable=True))
    for index, value in ((_WIDTH, size.width), (_HEIGHT, size.height), (_SLOTS, geometry.slots), (_ENDS_AT, _NEVER)):
        words[index] = value
    words[_KIND] = _MAGIC
    return descriptor


def _checked(size: Size, slots: int) -> _Geometry:
    is_even = not (size.width % 2 or size.height % 2)
    fits = all(MIN_RING_SIDE <= side <= most for side, most in zip(size, MAX_RING_SIZE, strict=True))
    geometry = _Geometry(size, slots)
    if not (is_even and fits and MIN_SLOTS <= slots <= MAX_SLOTS and geometry.length <= MAX_RING_BYTES):
        raise WorkerError(f"no ring of {slots} frames of {size.width}x{size.height} pixels")
    return geometry


class _Ring:
    """What both ends see: the words of both, the geometry as it was when it was opened, and the pixels."""

    def __init__(self, descriptor: int, *, reads: bool, writes: bool) -> None:
        length = sealed_length(descriptor)
        if length < 2 * PAGE:
            raise WorkerError("not a ring of frames")
        self.theirs = Words(mapped(descriptor, offset=0, length=PAGE, is_writable=reads))
        memory = mapped(descriptor, offset=PAGE, length=length - PAGE, is_writable=writes)
        self.words = Words(memory)
        # Read once: what the other end makes of these words later changes nothing.
        self.geometry = _checked(Size(self.words[_WIDTH], self.words[_HEIGHT]), self.words[_SLOTS])
        if self.words[_KIND] != _MAGIC or self.geometry.length != length:
            raise WorkerError("not a ring of frames")
        self.pixels = np.frombuffer(memory, np.uint8)

    def close(self) -> None:
        """Let the memory and the descriptors behind it go, once nobody holds a frame."""
        self.words.release()
        self.theirs.release()
        self.pixels = np.empty(0, np.uint8)

    def slot(self, serial: int) -> int:
        """Return the first word of the slot of frame *serial*."""
        return _SLOT + serial % self.geometry.slots * _SLOT_WORDS

    def ends_at(self) -> Nanos | None:
        """Return when the film's last frame has been long enough on screen; None while more is to come."""
        ends_at = self.words[_ENDS_AT]
        return None if ends_at == _NEVER else ends_at

    def last_pts(self) -> Nanos | None:
        """Return the instant of the last frame that was written; None before the first."""
        written = self.words[_WRITTEN]
        return self.words[self.slot(written) + _SLOT_PTS] if written else None

    def position(self) -> Position | None:
        """Return what the reader said last; None before it said anything."""
        for _ in range(_TRIES):
            before = self.theirs[_LOCK]
            self.theirs.fence()
            position = Position(self.theirs[_AT], self.theirs[_MONOTONIC])
            self.theirs.fence()
            if self.theirs[_LOCK] == before and not before % 2:
                return position if before else None
        return None  # the reader died while it wrote


class RingReader:
    """The end that looks: the screen's. Copies nothing, waits for nothing; WorkerError when the descriptor is no ring."""

    def __init__(self, descriptor: int) -> None:
        """Map the ring; the descriptor may be closed afterwards."""
        self._ring = _Ring(descriptor, reads=True, writes=False)
        self._lock = 0

    @property
    def size(self) -> Size:
        """Of every frame, in pixels."""
        return self._ring.geometry.size

    @property
    def ends_at(self) -> Nanos | None:
        """When the film's last frame has been long enough on screen; None while more is to come."""
        return self._ring.ends_at()

    def tell(self, at: Nanos, monotonic: Nanos) -> None:
        """Say that instant *at* of the film is on screen at *monotonic*: sound follows, and what is late is not decoded."""
        words = self._ring.theirs
        words[_LOCK] = self._lock + 1
        words.fence()
        words[_AT], words[_MONOTONIC] = at, monotonic
        words.fence()
        self._lock += 2
        words[_LOCK] = self._lock

    @property
    def last_pts(self) -> Nanos | None:
        """The instant of the last frame that was written; None before the first."""
        return self._ring.last_pts()

    def end(self) -> None:
        """Say that nothing more is wanted: the decoder ends."""
        self._ring.theirs[_IS_OVER] = 1

    def close(self) -> None:
        """Let the ring go; frames that were given stay readable as long as they are held. Nothing may be asked afterwards."""
        self._ring.close()

    def newest(self, at: Nanos) -> MovingFrame | None:
        """Return the newest frame whose instant in the film is not after *at*; its planes are good until the next call."""
        return self._choose(_SLOT_PTS, at)

    def newest_due(self, now: Nanos) -> MovingFrame | None:
        """Return the newest frame that is due by *now*, CLOCK_MONOTONIC; its planes are good until the next call."""
        return self._choose(_SLOT_DUE, now)

    def _choose(self, key: int, limit: Nanos) -> MovingFrame | None:
        ring, words = self._ring, self._ring.words
        last = words[_WRITTEN]
        words.fence()
        first = max(1, ring.theirs[_HELD], last - ring.geometry.slots + 1)
        for serial in range(last, first - 1, -1):
            slot = ring.slot(serial)
            if words[slot + key] > limit or words[slot + _SLOT_LOCK] != 2 * serial:
                continue
            pts, due = words[slot + _SLOT_PTS], words[slot + _SLOT_DUE]
            if not (0 <= pts <= LATEST and 0 <= due <= LATEST):
                continue  # no decoder of ours writes that: whoever sends a film may have taken it over, but not the screen
            # From here on the writer may have what came before this frame.
            ring.theirs.fence()
            ring.theirs[_HELD] = serial
            return MovingFrame(serial, pts, due, *ring.geometry.planes(ring.pixels, serial))
        return None


class RingWriter:
    """The end that writes: the decoder's. Goes on where another writer stopped; WorkerError when the descriptor is no ring."""

    def __init__(self, descriptor: int) -> None:
        self._ring = _Ring(descriptor, reads=False, writes=True)
        self._serial = self._ring.words[_WRITTEN] + 1
        self._ring.words[_ENDS_AT] = _NEVER

    @property
    def size(self) -> Size:
        """Of every frame, in pixels."""
        return self._ring.geometry.size

    @property
    def is_over(self) -> bool:
        """Whether the reader said that it wants nothing more."""
        return bool(self._ring.theirs[_IS_OVER])

    @property
    def position(self) -> Position | None:
        """What the reader said is on screen; None before it said anything."""
        return self._ring.position()

    def beat(self) -> None:
        """Show that this end is alive."""
        self._ring.words[_BEAT] += 1

    def has_room(self) -> bool:
        """Whether the reader is done with what lies where the next frame goes."""
        held = self._ring.theirs[_HELD]
        self._ring.theirs.fence()
        return self._serial - self._ring.geometry.slots < max(1, held)

    def begin(self) -> tuple[Plane, Plane]:
        """Return luma and chroma of the next frame, to be written; only when there is room."""
        self._ring.words[self._ring.slot(self._serial) + _SLOT_LOCK] = 2 * self._serial - 1
        self._ring.words.fence()
        return self._ring.geometry.planes(self._ring.pixels, self._serial)

    def publish(self, pts: Nanos, due: Nanos = 0) -> None:
        """Let the reader see the frame that was begun."""
        words, slot = self._ring.words, self._ring.slot(self._serial)
        words[slot + _SLOT_PTS], words[slot + _SLOT_DUE] = pts, due
        words.fence()
        words[slot + _SLOT_LOCK] = 2 * self._serial
        words.fence()
        words[_WRITTEN] = self._serial
        self._serial += 1

    def finish(self, ends_at: Nanos) -> None:
        """Say that no frame follows, and when the last one has been long enough on screen."""
        self._ring.words.fence()
        self._ring.words[_ENDS_AT] = ends_at


class RingWatch:
    """Who keeps the decoder looks at its ring: whether it moves, and what is on screen. Writes nothing."""

    def __init__(self, descriptor: int) -> None:
        self._ring = _Ring(descriptor, reads=False, writes=False)

    @property
    def beat(self) -> int:
        """A number that changes while the decoder lives."""
        return self._ring.words[_BEAT]

    @property
    def position(self) -> Position | None:
        """What the reader said is on screen; None before it said anything."""
        return self._ring.position()

    @property
    def last_pts(self) -> Nanos | None:
        """The instant of the last frame that was written; None before the first."""
        return self._ring.last_pts()

    def newest_due(self, now: Nanos) -> Nanos | None:
        """Return when the newest frame was due that is due by *now*, CLOCK_MONOTONIC; None: there is none.

        What a reader that looks shows by now: of what is written ahead nothing is on screen yet.
        """
        ring, words = self._ring, self._ring.words
        last = words[_WRITTEN]
        words.fence()
        for serial in range(last, max(0, last - ring.geometry.slots), -1):
            slot = ring.slot(serial)
            if words[slot + _SLOT_LOCK] == 2 * serial and 0 <= (due := words[slot + _SLOT_DUE]) <= now:
                return due
        return None

    def close(self) -> None:
        """Let the ring go."""
        self._ring.close()
