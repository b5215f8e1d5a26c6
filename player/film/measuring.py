"""Hears all of a film, as fast as it can be decoded, to say by how much it is to be made louder."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Final

from player.clock import Clock
from player.errors import FilmError, InterruptedFilmError
from player.film.decoder import Decoder, Wanted
from player.film.limits import SOUND_RATE
from player.film.loudness import Meter, gain_for
from player.film.ring import RingReader
from player.film.samples import CAPACITY, SamplesReader, sample_at
from player.film.wire import Ended, Failed, Film
from player.units import MILLISECOND, SECOND, Nanos, Size

SMALLEST: Final = Size(32, 32)  # pixels: nobody looks at them
AHEAD: Final[Nanos] = 30 * SECOND  # so far late its pictures seem that only whole ones are decoded
PAUSE: Final[Nanos] = 5 * MILLISECOND  # in which a second and a half of sound is decoded
BLOCK: Final = SOUND_RATE  # samples that are measured at once


def gain_of(
    film: int,
    facts: Film,
    target: float,
    *,
    clock: Clock,
    stopped: threading.Event,
    beat: Callable[[], None],
    command: Sequence[str] | None = None,
) -> float | None:
    """Return by how many dB the file with descriptor *film* is made louder to have *target* LUFS; None when *stopped* before.

    Args:
        film: Its own place in the file is not moved.
        facts: What is known of it.
        target: In LUFS.
        clock: For how long is waited.
        stopped: Ends it early.
        beat: Called every few milliseconds.
        command: What is started; None: the confined child.

    Raises:
        FilmError: it cannot be heard to its end.
        InterruptedFilmError: likewise, but that need not be its own fault.
        WorkerError: we failed, not the film.
    """
    wanted = Wanted(size=SMALLEST, rate=1.0, has_sound=True)
    decoder = Decoder(film, wanted, now=clock.monotonic(), command=command)
    try:
        reader, listener = RingReader(decoder.ring), SamplesReader(decoder.samples)
        try:
            return _heard(decoder, reader, listener, facts.duration, target, clock, stopped, beat)
        finally:
            reader.end()
            reader.close()
            listener.close()
    finally:
        decoder.close()


def _heard(  # noqa: PLR0917 - all of what was just made, handed down once
    decoder: Decoder,
    reader: RingReader,
    listener: SamplesReader,
    duration: Nanos,
    target: float,
    clock: Clock,
    stopped: threading.Event,
    beat: Callable[[], None],
) -> float | None:
    meter, taken, is_over = Meter(), 0, False
    most = sample_at(duration) + CAPACITY  # a decoder that was taken over may say that it has written for years
    while not is_over:
        if stopped.is_set():
            return None
        beat()
        for state in decoder.hear():
            if isinstance(state, Failed):
                raise InterruptedFilmError(state.why) if decoder.is_interrupted else FilmError(state.why)
            is_over = is_over or isinstance(state, Ended)
        hung = decoder.check(clock.monotonic())
        if hung is not None:
            raise FilmError(hung.why)
        before, end = taken, min(listener.written, most)
        while taken < end:
            count = min(BLOCK, end - taken)
            meter.add(listener.take(taken, count))
            taken += count
        is_over = is_over or taken >= most
        reader.tell(min(duration, taken * SECOND // SOUND_RATE) + AHEAD, clock.monotonic())
        reader.newest(duration + AHEAD)
        if taken == before and not is_over:
            clock.wait(stopped, PAUSE)
    return gain_for(meter.result(), target)
