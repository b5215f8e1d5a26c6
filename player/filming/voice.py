"""Sound of a stream in the making: samples in pieces of any length become AAC, which has a length of its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Final, Protocol, TypeAlias, cast

import numpy as np
from av.audio.frame import AudioFrame
from numpy.typing import NDArray

from player.filming.coder import Muxer

Samples: TypeAlias = NDArray[np.float32]
"""n x 2, 48,000 a second, -1 to 1."""
RATE: Final = 48_000
PIECE: Final = 1024  # samples that AAC encodes at once (ISO/IEC 14496-3)
LAYOUT: Final = "stereo"


class _Track(Protocol):
    def encode(self, frame: AudioFrame | None = None) -> Sequence[object]: ...


class _Adding(Protocol):
    def add_stream(self, codec_name: str, rate: int, *, layout: str) -> _Track: ...


class Voice:
    """One track. What does not fill a piece waits for the next samples."""

    def __init__(self, muxer: Muxer) -> None:
        """Add a track to *muxer*, before anything is written."""
        self._track = cast("_Adding", muxer).add_stream("aac", RATE, layout=LAYOUT)
        self._waiting: Samples = np.zeros((0, 2), np.float32)
        self._at = 0

    def encoded(self, samples: Samples) -> Iterator[Sequence[object]]:
        """Yield the packets that are ready by *samples*.

        Raises:
            FFmpegError: they cannot be encoded.
        """
        self._waiting = np.concatenate((self._waiting, samples))
        while len(self._waiting) >= PIECE:
            planes = np.ascontiguousarray(self._waiting[:PIECE].T)
            self._waiting = self._waiting[PIECE:]
            frame = AudioFrame.from_ndarray(planes, format="fltp", layout=LAYOUT)
            frame.sample_rate, frame.pts, frame.time_base = RATE, self._at, Fraction(1, RATE)
            self._at += PIECE
            yield self._track.encode(frame)
