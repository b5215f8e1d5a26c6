"""How loud a film is by EBU R 128, and by how much it is made louder or softer, so that none is louder than the next.

FFmpeg's filter `ebur128` measures (ITU-R BS.1770: K-weighting, gates at -70 LUFS and 10 LU below, true peak by oversampling):
it is in the library that decodes anyway and runs where nothing can get out. pyloudnorm would bring scipy, 35 MB, wants the whole
film in memory, and knows no true peak.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Final

import numpy as np
from av.audio.frame import AudioFrame
from av.error import BlockingIOError as NotYetError
from av.error import EOFError as OverError
from av.error import FFmpegError
from av.filter import Graph
from numpy.typing import NDArray

from player.errors import WorkerError
from player.film.gain import decibels
from player.film.limits import CHANNELS, SOUND_RATE

TARGET: Final = -23.0  # LUFS, R 128
CEILING: Final = -1.0  # dBTP, R 128: what a loudspeaker makes between the samples must not be cut off either
MOST: Final = 20.0  # dB, either way: a film that needs more is broken, and its noise would be all that is heard
SILENCE: Final = -70.0  # LUFS, BS.1770's absolute gate; the filter says this of what lies below it, and before it knows
_LOUDEST: Final = 16.0  # of full scale; broken decoders make samples of any size, and one of them would outweigh a film
_LEAST_PEAK: Final = 1e-3  # the filter gives peaks to three digits
_INTEGRATED: Final = "lavfi.r128.I"
_PEAK: Final = "lavfi.r128.true_peaks_ch"


@dataclass(frozen=True, slots=True)
class Loudness:
    """What was measured of a film; None for silence, which has no loudness."""

    integrated: float | None
    """LUFS."""
    peak: float | None
    """The true peak, dBTP."""


class Meter:
    """Measures a film, block by block; it holds a few seconds of it at most."""

    def __init__(self) -> None:
        """Make ready; WorkerError when this FFmpeg cannot measure."""
        try:
            self._graph = Graph()
            self._graph.threads = 1  # in a confined process there are no others
            base = Fraction(1, SOUND_RATE)
            source = self._graph.add_abuffer(
                sample_rate=SOUND_RATE, format="flt", layout="stereo", channels=CHANNELS, time_base=base
            )
            meter = self._graph.add("ebur128", "peak=true:metadata=1:framelog=quiet")
            self._sink = self._graph.add("abuffersink")
            source.link_to(meter)
            meter.link_to(self._sink)
            self._graph.configure()
        except (FFmpegError, ValueError) as error:
            raise WorkerError(f"loudness cannot be measured here: {error}") from error
        self._count = 0
        self._said: dict[str, str] = {}

    def add(self, samples: NDArray[np.float32]) -> None:
        """Take in the next block, count x 2, 48 kHz; of any length."""
        if not len(samples):
            return
        clean = np.nan_to_num(samples, copy=True, nan=0.0, posinf=0.0, neginf=0.0)
        np.clip(clean, -_LOUDEST, _LOUDEST, out=clean)
        frame = AudioFrame.from_ndarray(np.ascontiguousarray(clean, np.float32).reshape(1, -1), format="flt", layout="stereo")
        frame.sample_rate = SOUND_RATE
        frame.pts = self._count
        self._count += len(samples)
        self._push(frame)

    def result(self) -> Loudness:
        """Return how loud all of it was; nothing can be added afterwards."""
        self._push(None)
        integrated = float(self._said.get(_INTEGRATED, SILENCE))
        peak = max((float(self._said.get(f"{_PEAK}{channel}", 0)) for channel in range(CHANNELS)), default=0.0)
        return Loudness(
            integrated if SILENCE < integrated < -SILENCE else None,
            decibels(peak) if _LEAST_PEAK <= peak < float("inf") else None,
        )

    def _push(self, frame: AudioFrame | None) -> None:
        """Give the filter a block, and keep what it said last; it says something every 100 ms."""
        try:
            self._graph.push(frame)
            while True:
                self._said = self._graph.pull().metadata or self._said
        except (NotYetError, OverError):
            return
        except FFmpegError as error:
            raise WorkerError(f"loudness cannot be measured: {error}") from error


def gain_for(loudness: Loudness, target: float = TARGET) -> float:
    """Return by how many dB a film is made louder, below 0 softer, to have *target* LUFS; silence stays as it is.

    Never by more than 20 dB; and no louder than leaves its highest peak 1 dB below full scale.
    """
    if loudness.integrated is None:
        return 0.0
    gain = max(-MOST, min(MOST, target - loudness.integrated))
    return gain if loudness.peak is None else min(gain, CEILING - loudness.peak)
