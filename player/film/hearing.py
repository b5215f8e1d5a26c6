"""A film's sound into the ring of samples: float32, 48 kHz, two channels, each sample at its place in the film."""

from __future__ import annotations

from typing import Final

import numpy as np
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.error import FFmpegError
from av.packet import Packet

from player.film.limits import CHANNELS, SOUND_RATE
from player.film.samples import SamplesWriter, sample_at
from player.film.timeline import Mender, in_nanos
from player.units import MILLISECOND, Nanos

_ROOM: Final = SOUND_RATE // 4  # samples; no packet of the codecs that we take holds more
_SAME: Final = SOUND_RATE // 50  # samples, 20 ms: containers round instants to a millisecond and more; sound is not cut up for it
_USUAL: Final[Nanos] = 20 * MILLISECOND  # of sound in a packet


class Hearing:
    """Decodes packets of one stream of sound. What cannot be decoded becomes silence."""

    def __init__(self, samples: SamplesWriter, *, origin: Nanos, length: Nanos | None, end: Nanos | None) -> None:
        """*origin* and *length*: the film's, see `Mender`; *end*: from which instant on nothing is wanted."""
        self._samples = samples
        self._mender = Mender(origin=origin, usual=_USUAL, length=length)
        self._end = None if end is None else sample_at(end)
        self._resampler: AudioResampler | None = None
        self._kind: tuple[str, str, int] = ("", "", 0)
        self._next: int | None = None

    def has_room(self) -> bool:
        """Whether a packet's sound can be written."""
        return self._samples.room >= _ROOM

    def heard_until(self) -> int:
        """Return one past the last sample that was written."""
        return self._samples.end

    def decode(self, packet: Packet[AudioStream]) -> None:
        """Write what *packet* holds."""
        try:
            for frame in packet.decode():
                self._write(frame)
        except (FFmpegError, ValueError):  # a damaged packet, or a layout that cannot be mixed: silence until the next good one
            self._resampler = None

    def _write(self, frame: AudioFrame) -> None:
        kind = frame.format.name, frame.layout.name, frame.sample_rate
        if self._resampler is None or kind != self._kind:
            self._resampler, self._kind = AudioResampler(format="flt", layout="stereo", rate=SOUND_RATE), kind
            self._next = None
        base = frame.time_base
        claimed = None if frame.pts is None or base is None else in_nanos(frame.pts, base)
        lasts = frame.samples * 1_000_000_000 // max(1, frame.sample_rate)
        start = sample_at(self._mender.mend(claimed, lasts))
        if self._next is None or abs(start - self._next) > _SAME:
            self._next = start
        for resampled in self._resampler.resample(frame):
            sound = np.frombuffer(memoryview(resampled.planes[0]), np.float32)[: resampled.samples * CHANNELS].reshape(
                -1, CHANNELS
            )
            if self._end is not None:
                sound = sound[: max(0, self._end - self._next)]
            self._samples.write(self._next, sound)
            self._next += len(sound)
