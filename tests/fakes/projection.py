"""A film played in this process, without walls and without waiting: what a viewer would see and hear of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from player.film.hearing import Hearing
from player.film.playing import Playing
from player.film.reading import FilmFile, open_film
from player.film.ring import MovingFrame, RingReader, RingWriter, make_ring
from player.film.samples import SamplesReader, SamplesWriter, make_samples, sample_at
from player.film.wire import Ended
from player.units import SECOND, Nanos, Size
from tests.fakes.clock import FakeClock
from tests.fakes.films import number_in, opened

SIZE: Final = Size(160, 96)
FAR: Final[Nanos] = 10**15  # later than any film's end
PIECE: Final = 480  # samples taken at once


@dataclass(slots=True)
class Seen:
    """Every frame that came, in order, and the sound."""

    at: list[Nanos] = field(default_factory=list[int])
    numbers: list[int] = field(default_factory=list[int])
    frames: list[tuple[NDArray[np.uint8], NDArray[np.uint8]]] = field(
        default_factory=list[tuple[NDArray[np.uint8], NDArray[np.uint8]]]
    )
    sound: NDArray[np.float32] = field(default_factory=lambda: np.zeros((0, 2), np.float32))
    ended: Ended | None = None

    def add(self, frame: MovingFrame) -> None:
        """Note a frame, and keep a copy."""
        self.at.append(frame.pts)
        self.numbers.append(number_in(frame.luma))
        self.frames.append((frame.luma.copy(), frame.chroma.copy()))

    @property
    def milliseconds(self) -> list[int]:
        """When each came, rounded."""
        return [round(at / 1_000_000) for at in self.at]


def played(
    data: bytes,
    *,
    size: Size = SIZE,
    begin: Nanos = 0,
    end: Nanos | None = None,
    rate: float = 1000.0,
    has_sound: bool = False,
    at: Callable[[Seen], Nanos | None] = lambda _: None,
    threads: int = 1,
) -> Seen:
    """Play a film to its end as fast as it goes; FilmError as the child's.

    *at*: what is on screen, as the viewer would say after what it has seen; None: it says nothing, so nothing is late.
    """
    seen = Seen()
    ring = make_ring(size)
    samples = make_samples()
    with opened(data) as descriptor:
        film = open_film(FilmFile(descriptor), threads=threads)
        reader = RingReader(ring)
        hearing, listener = None, SamplesReader(samples)
        heard: list[NDArray[np.float32]] = []
        place = sample_at(begin)
        if has_sound and film.audio is not None:
            hearing = Hearing(SamplesWriter(samples, place), origin=film.origin, length=film.length, end=end)
        playing = Playing(film, RingWriter(ring), hearing, begin=begin, end=end, rate=rate, clock=FakeClock())
        playing.start()
        serial = 0
        for turn in range(1_000_000):
            seen.ended = playing.turn()
            on_screen = at(seen)
            if on_screen is not None:
                reader.tell(on_screen, turn)
            frame = reader.newest(FAR)
            if frame is not None and frame.serial != serial:
                serial = frame.serial
                seen.add(frame)
            while listener.written >= place + PIECE and (seen.ended or place < sample_at(seen.at[-1] if seen.at else 0)):
                heard.append(listener.take(place, PIECE))
                place += PIECE
            if seen.ended is not None:
                break
        film.container.close()
    if heard:
        seen.sound = np.concatenate(heard)
    return seen


def seconds(value: float) -> Nanos:
    """Return so many seconds in nanoseconds."""
    return round(value * SECOND)
