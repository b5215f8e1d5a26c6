"""Real films, made by FFmpeg: any codec, container and rate, a number drawn into every frame, a tone as sound.

Made once in a run of tests, in memory, because encoding costs. A frame's number is written in black and white blocks along its
upper edge, so that a test can read which frame it sees, at whatever size.
"""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any, Final

import av
import numpy as np
from av.stream import Disposition
from numpy.typing import NDArray

from player.units import Size

os.environ.setdefault("SVT_LOG", "0")  # the encoder of AV1 would tell of itself at length

SIZE: Final = Size(160, 96)
BITS: Final = 10
TONE_HZ: Final = 440
SOUND_RATE: Final = 44_100  # not the player's own, so that it must be converted
MILLI: Final = Fraction(1, 1000)

_OPTIONS: Final[dict[str, dict[str, str]]] = {
    "libx264": {"preset": "ultrafast", "crf": "20"},
    "libx265": {"preset": "ultrafast", "x265-params": "log-level=none:pools=1:frame-threads=1"},
    "libvpx-vp9": {"deadline": "realtime", "cpu-used": "8", "crf": "24", "b": "0"},
    "libsvtav1": {"preset": "12", "crf": "24", "svtav1-params": "lp=1"},
}
_SOUND: Final = {"webm": "libopus"}
_MUXERS: Final = {"mkv": "matroska"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """What film to make."""

    codec: str = "libx264"
    container: str = "mp4"
    size: Size = SIZE
    frames: int = 50
    rate: Fraction = Fraction(25)
    instants_ms: tuple[int, ...] = ()
    """Of every frame, where they come unevenly."""
    has_sound: bool = False
    sound_s: float | None = None
    """How long the tone is; None: as long as the pictures."""
    key_every: int = 12
    pixels: str = "yuv420p"
    colour: tuple[int, int, int, int] | None = None
    """Matrix, range (1 limited, 2 full), transfer, primaries; ITU-T H.273."""
    fill: tuple[int, int, int] | None = None
    """Y, Cb, Cr of all pixels, instead of numbers; eight bits, or as many as *pixels* has."""
    turned: int = 0
    """Degrees, as in `VideoStream.set_display_rotation`."""
    stretch: Fraction | None = None
    """How much wider than high a pixel is."""
    options: tuple[tuple[str, str], ...] = ()
    """For the encoder."""
    muxing: tuple[tuple[str, str], ...] = ()
    """For the container."""


@cache
def film(recipe: Recipe) -> bytes:
    """Return a film's file."""
    out = os.memfd_create("film")
    try:
        # By a path, because some ways of writing read again what they wrote. In a thread that ends with it: the encoder of AV1
        # makes whoever calls it as root a real-time one (FIFO, 99) for good, and so all that it starts afterwards.
        with ThreadPoolExecutor(1) as apart:
            apart.submit(_make, recipe, f"/proc/self/fd/{out}").result()
        return os.pread(out, os.fstat(out).st_size, 0)
    finally:
        os.close(out)


def _make(recipe: Recipe, path: str) -> None:
    form = _MUXERS.get(recipe.container, recipe.container)
    container: Any
    with av.open(path, "w", format=form, options=dict(recipe.muxing)) as container:
        video: Any = container.add_stream(recipe.codec, rate=recipe.rate)
        video.width, video.height, video.pix_fmt = *recipe.size, recipe.pixels
        video.options = _OPTIONS.get(recipe.codec, {}) | dict(recipe.options)
        video.codec_context.gop_size = recipe.key_every
        video.codec_context.thread_count = 1
        if recipe.instants_ms:
            video.codec_context.time_base = MILLI
        if recipe.stretch:
            video.codec_context.sample_aspect_ratio = recipe.stretch
        if recipe.colour:
            context = video.codec_context
            context.colorspace, context.color_range, context.color_trc, context.color_primaries = recipe.colour
        if recipe.turned:
            video.set_display_rotation(recipe.turned)
        audio: Any = None
        if recipe.has_sound:
            audio = container.add_stream(_SOUND.get(recipe.container, "aac"), rate=_sound_rate(recipe), layout="mono")
            container.start_encoding()
        for packet in _interleaved(recipe, video, audio):
            container.mux(packet)


def _sound_rate(recipe: Recipe) -> int:
    return 48_000 if recipe.container == "webm" else SOUND_RATE  # Opus has no other


def _interleaved(recipe: Recipe, video: Any, audio: Any) -> Iterator[Any]:
    sound: Iterator[Any] = _sounds(recipe, audio) if audio is not None else iter(())
    for number in range(recipe.frames):
        frame = av.VideoFrame.from_ndarray(drawn(recipe, number), format=recipe.pixels)
        frame.pts = recipe.instants_ms[number] if recipe.instants_ms else number
        frame.time_base = MILLI if recipe.instants_ms else 1 / recipe.rate
        if recipe.colour:
            frame.colorspace, frame.color_range, frame.color_trc, frame.color_primaries = recipe.colour
        yield from video.encode(frame)
        for _, packets in zip(range(2), sound, strict=False):
            yield from packets
    yield from video.encode(None)
    for packets in sound:
        yield from packets


def remuxed(data: bytes, change: Callable[[Any], bool], form: str = "matroska") -> bytes:
    """Return a film whose packets were changed; those are left out for which *change* says False."""
    out = io.BytesIO()
    source: Any
    target: Any
    with av.open(io.BytesIO(data), "r") as source, av.open(out, "w", format=form) as target:
        streams = {stream.index: target.add_stream_from_template(stream) for stream in source.streams}
        for packet in source.demux():
            if packet.size and change(packet):
                packet.stream = streams[packet.stream.index]
                target.mux(packet)
    return out.getvalue()


def song(*, cover: bytes = b"") -> bytes:
    """Return a file of sound, with a JPEG as its cover where one is given."""
    out = io.BytesIO()
    container: Any
    with av.open(out, "w", format="mp4" if cover else "matroska") as container:
        audio = container.add_stream("aac", rate=SOUND_RATE, layout="mono")
        if cover:
            video = container.add_stream("mjpeg", rate=1)
            video.width, video.height, video.pix_fmt = 100, 100, "yuvj420p"
            video.disposition = Disposition.attached_pic
            packet: Any = av.Packet(cover)
            packet.stream, packet.pts, packet.dts = video, 0, 0
            container.start_encoding()
            container.mux(packet)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), format="fltp", layout="mono")
        frame.sample_rate = SOUND_RATE
        container.mux(audio.encode(frame) + audio.encode(None))
    return out.getvalue()


def _sounds(recipe: Recipe, audio: Any) -> Iterator[Any]:
    rate = _sound_rate(recipe)
    length = recipe.sound_s if recipe.sound_s is not None else float(recipe.frames / recipe.rate)
    wave = tone(round(length * rate), rate)
    for start in range(0, len(wave), 1024):
        frame = av.AudioFrame.from_ndarray(wave[None, start : start + 1024], format="fltp", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = rate, start, Fraction(1, rate)
        yield audio.encode(frame)
    yield audio.encode(None)


def tone(count: int, rate: int) -> NDArray[np.float32]:
    """Return a sine that is silent in the first half of every second."""
    at = np.arange(count) / rate
    return (0.5 * np.sin(2 * np.pi * TONE_HZ * at) * (at % 1 >= 0.5)).astype(np.float32)


def drawn(recipe: Recipe, number: int) -> NDArray[Any]:
    """Return a picture in planes, as PyAV takes them: a number in blocks, or one colour."""
    width, height = recipe.size
    kind = np.uint16 if "p10" in recipe.pixels else np.uint8
    if recipe.fill:
        luma, blue, red = recipe.fill
        rows = [np.full((height, width), luma, kind), *(np.full((height // 4, width), value, kind) for value in (blue, red))]
        return np.concatenate(rows)
    picture = np.full((height * 3 // 2, width), 128, np.uint8)
    # Something moves, or codecs would leave frames out.
    picture[:height] = 60 + (np.arange(width)[None, :] + 3 * number) % 64
    for bit in range(BITS):
        block = slice(bit * width // BITS, (bit + 1) * width // BITS)
        picture[: height // 3, block] = 220 if number >> bit & 1 else 30
    return picture


def number_in(luma: NDArray[np.uint8]) -> int:
    """Return which frame is seen, whatever its size."""
    height, width = luma.shape
    row = luma[height // 6]
    return sum((int(row[(2 * bit + 1) * width // (2 * BITS)]) > 125) << bit for bit in range(BITS))


@contextmanager
def opened(data: bytes) -> Generator[int]:
    """Give a descriptor of a file that holds *data*."""
    descriptor = os.memfd_create("film")
    try:
        os.write(descriptor, data)
        yield descriptor
    finally:
        os.close(descriptor)
