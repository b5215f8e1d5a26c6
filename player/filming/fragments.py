"""The running show as pieces of fragmented MP4, a second each: what HLS and browsers take. In memory alone."""

from __future__ import annotations

import contextlib
import struct
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Final, Protocol, cast

import av
from av.video.frame import VideoFrame

from player.filming.coder import FAULTS, Converter, Muxer, track
from player.filming.voice import Samples, Voice
from player.render.protocol import Image
from player.units import Size

KEY_EVERY_S: Final = 1  # a piece begins with a picture that needs no other, and whoever comes waits for one
OPTIONS: Final[Mapping[str, str]] = {
    "preset": "ultrafast",  # a tenth of a core for 720p at 15
    "tune": "zerolatency",
    "crf": "23",
    "maxrate": "2500k",  # what a phone takes in a square full of phones
    "bufsize": "2500k",
    "threads": "1",  # the cores are the show's
}
_MUXING: Final = {
    # For a trailer, which nobody ever gets, the place of each piece would be kept for as long as the stream lasts.
    "movflags": "frag_keyframe+empty_moov+default_base_moof+skip_trailer",
}
_HEAD: Final = struct.Struct(">I4s")
_START: Final = frozenset({b"ftyp", b"moov"})


class _Sink:
    """Takes what the muxer writes."""

    def __init__(self) -> None:
        self.data = bytearray()

    def write(self, data: bytes) -> int:
        """Take it."""
        self.data += data
        return len(data)


class _Opener(Protocol):
    def __call__(self, file: object, mode: str, *, format: str, options: Mapping[str, str]) -> Muxer: ...  # noqa: A002 - PyAV's


class Fragments:
    """One stream in the making. All of its pictures have one size."""

    def __init__(self, size: Size, fps: int, *, has_sound: bool = False) -> None:
        """Begin a stream of pictures of *size*, *fps* a second; with a track of sound, where it *has_sound*.

        Raises:
            FFmpegError: this cannot be encoded.
        """
        self.size = size
        self.start = b""
        """What a player needs before any piece, once there is one."""
        self._sink, self._rate = _Sink(), Fraction(fps)
        self._muxer = cast("_Opener", av.open)(self._sink, "w", format="mp4", options=_MUXING)
        self._converter = Converter(size)
        self._track = track(self._muxer, self._converter.size, self._rate, OPTIONS, fps * KEY_EVERY_S)
        self._voice = Voice(self._muxer) if has_sound else None
        self._frame: VideoFrame | None = None
        self._number = 0

    def say(self, samples: Samples) -> None:
        """Add what is heard with the next picture; where there is no track of sound, nothing is.

        Raises:
            FFmpegError: it cannot be encoded.
        """
        for packets in self._voice.encoded(samples) if self._voice else ():
            self._muxer.mux(packets)

    def add(self, image: Image | None) -> Iterator[bytes]:
        """Add a picture, BGRA; None: the one before once more. Yield pieces that became whole by it.

        Raises:
            FFmpegError: it cannot be encoded.
        """
        if image is not None:
            self._frame = self._converter.converted(image)
        if self._frame is None:
            return
        self._frame.pts, self._frame.time_base = self._number, 1 / self._rate
        self._number += 1
        self._muxer.mux(self._track.encode(self._frame))
        if not self._sink.data:
            return
        boxes, rest = parted(bytes(self._sink.data))
        self._sink.data = bytearray(rest)
        self.start += b"".join(box for kind, box in boxes if kind in _START)
        piece = b"".join(box for kind, box in boxes if kind not in _START)
        if piece:
            yield piece

    def close(self) -> None:
        """Let go of it: a muxer that is only forgotten waits for ever for somebody to read what it has left."""
        with contextlib.suppress(*FAULTS):
            self._track.encode(None)
            self._muxer.close()


def parted(data: bytes) -> tuple[list[tuple[bytes, bytes]], bytes]:
    """Return the boxes of an MP4 (ISO/IEC 14496-12, 4.2) with their kinds, and what is no whole box yet."""
    found: list[tuple[bytes, bytes]] = []
    at = 0
    while at + _HEAD.size <= len(data):
        length, kind = _HEAD.unpack_from(data, at)
        if length < _HEAD.size or at + length > len(data):
            break
        found.append((kind, data[at : at + length]))
        at += length
    return found, data[at:]
